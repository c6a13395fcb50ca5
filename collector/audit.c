/* audit.c -- the figures against the records: nq17 audit, and every night. */
#include "collector/audit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "collector/way.h"

static const char AUDIT[] =
#include "sql/queries/audit.sql.inc"
	;
static const char DUE[] =
#include "sql/queries/audit_due.sql.inc"
	;

static void tell_difference(const struct db_rows *rows, size_t row,
			    void (*tell)(const char *line))
{
	const char *procedure = db_value(rows, row, "procedure");
	struct text line = { 0 };

	text_addf(&line, "%s: agency %s, %s%s%s, %s: stored %s, counted %s",
		  db_value(rows, row, "rollup"), db_value(rows, row, "agency"),
		  db_value(rows, row, "day"), procedure ? ", procedure " : "",
		  procedure ? procedure : "", db_value(rows, row, "measure"),
		  db_value(rows, row, "stored"), db_value(rows, row, "counted"));
	tell(text_string(&line));
	text_free(&line);
}

int audit_perform(struct db *db, int whole, int nightly, void (*tell)(const char *line),
		  size_t *differences, struct error *err)
{
	const char *const params[] = { whole ? "true" : "false",
				       nightly ? "true" : "false" };
	struct db_rows *rows = NULL;
	struct text line = { 0 };

	if (db_query(db, AUDIT, params, 2, &rows, err) != 0)
		return -1;
	*differences = db_rows_count(rows) - 1;
	for (size_t row = 1; row <= *differences; row++)
		tell_difference(rows, row, tell);
	text_addf(&line, "%s figures, %zu differences", db_value(rows, 0, "figures"),
		  *differences);
	tell(text_string(&line));
	text_free(&line);
	db_rows_free(rows);
	return 0;
}

/* ---- Every night --------------------------------------------------------- */

/* Beside the ways in, in a thread of its own: it may take a minute. */
struct night {
	const struct collect_context *context;
	const char *hour; /* NULL: never */
	pthread_t thread;
	int has_thread, whole;
	atomic_int is_working;
};

enum { LOOK_SECONDS = 60 };

static void tell_log(const char *line)
{
	log_line("audit", "%s", line);
}

static void *audit(void *context)
{
	struct night *night = context;
	struct db *db = NULL;
	struct error err;
	size_t differences;

	if (cluster_connect(night->context->cluster, DB_COLLECTOR, &db, &err) != 0 ||
	    audit_perform(db, night->whole, 1, tell_log, &differences, &err) != 0)
		log_line("audit", "%s", err.message);
	db_close(db);
	atomic_store(&night->is_working, 0);
	return NULL;
}

static void join(struct night *night)
{
	if (night->has_thread)
		pthread_join(night->thread, NULL);
	night->has_thread = 0;
}

static int is_due(struct night *night, int *due, struct error *err)
{
	const char *const params[] = { night->hour };
	struct db_rows *rows = NULL;
	struct db *db = NULL;
	int status = -1;

	if (cluster_connect(night->context->cluster, DB_COLLECTOR, &db, err) == 0 &&
	    db_query(db, DUE, params, 1, &rows, err) == 0) {
		*due = strcmp(db_value(rows, 0, "due"), "1") == 0;
		night->whole = strcmp(db_value(rows, 0, "whole"), "1") == 0;
		status = 0;
	}
	db_rows_free(rows);
	db_close(db);
	return status;
}

static int night_open(void **state, const struct collect_context *context, int *fd,
		      struct error *err)
{
	struct night *night = memory_zeroed(1, sizeof *night);

	(void)fd;
	(void)err;
	*state = night;
	night->context = context;
	night->hour = config_get(context->config, "audit_hour");
	return 0;
}

static int night_step(void *state, int *seconds, struct error *err)
{
	struct night *night = state;
	int due = 0;

	*seconds = LOOK_SECONDS;
	if (!night->hour || atomic_load(&night->is_working))
		return 0;
	join(night);
	if (is_due(night, &due, err) != 0)
		return -1;
	if (!due)
		return 0;
	atomic_store(&night->is_working, 1);
	night->has_thread = pthread_create(&night->thread, NULL, audit, night) == 0;
	return night->has_thread
		       ? 0
		       : error_set(err, ERROR_UNAVAILABLE, "no thread to be had");
}

static void night_close(void *state)
{
	join(state);
	free(state);
}

const struct way way_audit = { "audit", night_open, night_step, night_close };
