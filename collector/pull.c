/* pull.c -- the way in by sources: servers that are asked for their records, window by
 * window.
 *
 * The ledger (source_window) holds every window that was due.  One that is wanted, or
 * failed and has waited, is fetched to the spool under a name made of source, window and
 * content, and only then noted as fetched: after a crash in between it is fetched once
 * more, and the same content has the same name, which the store knows.  What the store
 * cannot read at all is a failure, too.
 *
 * A few threads with a database connection each do it, one per source at a time, so a
 * slow server delays neither the spool nor the other sources. */
#include "collector/way.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/log.h"
#include "base/memory.h"
#include "collector/pull_fetch.h"
#include "collector/pull_schedule.h"

enum { WORKERS = 3, LOOK_SECONDS = 2, UPKEEP_SECONDS = 5, TROUBLE_SECONDS = 10 };

static const char SOURCES[] =
#include "sql/queries/pull_sources.sql.inc"
	;
static const char ENTER[] =
#include "sql/queries/pull_enter.sql.inc"
	;
static const char DUE[] =
#include "sql/queries/pull_due.sql.inc"
	;
static const char FETCHED[] =
#include "sql/queries/pull_fetched.sql.inc"
	;
static const char FAILED[] =
#include "sql/queries/pull_failed.sql.inc"
	;
static const char REFUSED[] =
#include "sql/queries/pull_refused.sql.inc"
	;

struct worker {
	struct pull *pull;
	pthread_t thread;
	struct db *db;
	int source; /* that it asks now, or 0 */
};

struct pull {
	const struct collect_context *context;
	pthread_mutex_t mutex; /* of the workers' sources, and of TENDED */
	pthread_cond_t woken;
	atomic_int is_closing;
	time_t tended; /* when the ledger was last brought up to date */
	int running;   /* threads */
	struct worker workers[WORKERS];
};

/* A window that is to be fetched; strings borrowed from the rows. */
struct window {
	const struct db_rows *rows;
	const char *source, *day, *label, *type, *format, *profile;
	long first_day;
	int failures;
};

static const char *value(const struct window *window, const char *column)
{
	return db_value(window->rows, 0, column);
}

/* ---- The ledger --------------------------------------------------------- */

static int enter_windows(struct db *db, const struct db_rows *rows, size_t row,
			 struct error *err)
{
	const struct pull_schedule schedule = {
		.first_day = atol(db_value(rows, row, "first_day")),
		.window_days = atoi(db_value(rows, row, "window_days")),
		.lateness_hours = atoi(db_value(rows, row, "lateness_hours")),
	};
	const char *newest = db_value(rows, row, "newest");
	const char *params[2] = { db_value(rows, row, "source_id") };
	char printed[24];
	long day;

	if (!pull_schedule_newest(&schedule, time(NULL), &day) ||
	    (newest && day <= atol(newest)))
		return 0;
	snprintf(printed, sizeof printed, "%ld", day);
	params[1] = printed;
	return db_query(db, ENTER, params, 2, NULL, err);
}

static int note_failure(struct db *db, const char *source, const char *day, int failures,
			int64_t retry_after, const char *why, struct error *err)
{
	char seconds[24];
	const char *const params[] = { source, day, seconds, why };
	uint32_t chance = 0;

	if (getrandom(&chance, sizeof chance, 0) != sizeof chance)
		chance = 1000; /* the middle */
	snprintf(seconds, sizeof seconds, "%lld",
		 (long long)pull_schedule_delay(failures, chance, retry_after));
	log_line("pull", "source %s, %s: %s; asked again in %s s", source, day, why,
		 seconds);
	return db_query(db, FAILED, params, 4, NULL, err);
}

static int note_refused(struct db *db, const struct db_rows *rows, size_t row,
			struct error *err)
{
	return note_failure(db, db_value(rows, row, "source_id"),
			    db_value(rows, row, "day"),
			    atoi(db_value(rows, row, "tries")) + 1, 0,
			    db_value(rows, row, "refusal"), err);
}

static int for_each(struct db *db, const char *sql,
		    int (*act)(struct db *db, const struct db_rows *rows, size_t row,
			       struct error *err),
		    struct error *err)
{
	struct db_rows *rows = NULL;
	int status = db_query(db, sql, NULL, 0, &rows, err);

	for (size_t i = 0; status == 0 && i < db_rows_count(rows); i++)
		status = act(db, rows, i, err);
	db_rows_free(rows);
	return status;
}

/* Enters the windows that came due, and those whose answer was refused. */
static int tend_ledger(struct db *db, struct error *err)
{
	return for_each(db, SOURCES, enter_windows, err) ||
			       for_each(db, REFUSED, note_refused, err)
		       ? -1
		       : 0;
}

/* ---- One window --------------------------------------------------------- */

static int hand_over(struct pull *pull, const struct window *window,
		     struct pull_answer *answer, char id[SPOOL_ID_MAX + 1],
		     struct error *err)
{
	const struct collect_context *context = pull->context;
	struct spool_draft *draft = answer->draft;
	struct text file = { 0 };
	struct spool_note note = { .type = (char *)window->type,
				   .format = (char *)window->format,
				   .agency = (char *)window->label,
				   .way = (char *)"pull",
				   .profile = (char *)window->profile,
				   .scope = atoi(value(window, "agency_id")) };
	int status;

	snprintf(note.id, sizeof note.id, "pull-%s-%s-%.40s", window->source, window->day,
		 answer->sha256);
	snprintf(id, SPOOL_ID_MAX + 1, "%s", note.id);
	text_addf(&file, "source %s, %s", window->source, window->day);
	note.file = file.data;
	if (strcmp(config_get(context->config, "lang"), "en") == 0)
		note.language = MESSAGE_EN;
	answer->draft = NULL; /* it frees it */
	status = spool_hand_over(context->spool, draft, &note, err);
	text_free(&file);
	return status;
}

static int fetch(struct worker *worker, const struct window *window,
		 struct pull_answer *answer, struct error *err)
{
	struct pull *pull = worker->pull;
	struct text url = { 0 };
	struct pull_request request = {
		.credential_file = value(window, "credential_file"),
		.etag = value(window, "etag"),
		.patience = atoi(value(window, "patience")),
		.is_closing = &pull->is_closing,
	};
	int status = pull_schedule_address(&url, value(window, "url"), window->first_day,
					   atoi(value(window, "window_days")), err);

	request.url = text_string(&url);
	if (status == 0)
		status = pull_fetch(&request, pull->context->spool, answer, err);
	text_free(&url);
	return status;
}

/* The error is that of the ledger; one of the server is noted in it. */
static int ask(struct worker *worker, const struct window *window, struct error *err)
{
	struct pull_answer answer = { 0 };
	struct error why;
	char id[SPOOL_ID_MAX + 1] = "";
	const char *params[4] = { window->source, window->day };
	int status;

	if (fetch(worker, window, &answer, &why) == 0 &&
	    (!answer.draft || hand_over(worker->pull, window, &answer, id, &why) == 0)) {
		params[2] = *id ? id : NULL;
		params[3] = answer.etag;
		status = db_query(worker->db, FETCHED, params, 4, NULL, err);
	} else if (atomic_load(&worker->pull->is_closing)) {
		status = 0; /* not the server's fault */
	} else {
		status = note_failure(worker->db, window->source, window->day,
				      window->failures + 1, answer.retry_after,
				      why.message, err);
	}
	pull_answer_free(&answer);
	return status;
}

/* ---- The workers -------------------------------------------------------- */

/* The sources that are being asked, as PostgreSQL writes an array; with the mutex. */
static void list_busy(const struct pull *pull, char *list, size_t size)
{
	int length = snprintf(list, size, "{");

	for (int i = 0; i < WORKERS; i++)
		if (pull->workers[i].source)
			length +=
				snprintf(list + length, size - (size_t)length, "%s%d",
					 length > 1 ? "," : "", pull->workers[i].source);
	snprintf(list + length, size - (size_t)length, "}");
}

/* With the mutex: two workers never take one source.  *ROWS is empty if nothing is due. */
static int take(struct worker *worker, struct db_rows **rows, struct error *err)
{
	struct pull *pull = worker->pull;
	char busy[WORKERS * 16];
	const char *const params[] = { busy };

	if (time(NULL) - pull->tended >= UPKEEP_SECONDS) {
		if (tend_ledger(worker->db, err) != 0)
			return -1;
		pull->tended = time(NULL);
	}
	list_busy(pull, busy, sizeof busy);
	if (db_query(worker->db, DUE, params, 1, rows, err) != 0)
		return -1;
	if (db_rows_count(*rows) > 0)
		worker->source = atoi(db_value(*rows, 0, "source_id"));
	return 0;
}

static int ask_next(struct worker *worker, int *found, struct error *err)
{
	struct pull *pull = worker->pull;
	struct db_rows *rows = NULL;
	int status;

	*found = 0;
	if (!worker->db &&
	    cluster_connect(pull->context->cluster, DB_COLLECTOR, &worker->db, err) != 0)
		return -1;
	pthread_mutex_lock(&pull->mutex);
	status = take(worker, &rows, err);
	pthread_mutex_unlock(&pull->mutex);
	if (status == 0 && worker->source) {
		struct window window = { .rows = rows };

		window.source = value(&window, "source_id");
		window.day = value(&window, "day");
		window.label = value(&window, "label");
		window.type = value(&window, "type");
		window.format = value(&window, "format");
		window.profile = value(&window, "profile");
		window.first_day = atol(value(&window, "first_day"));
		window.failures = atoi(value(&window, "tries"));
		*found = 1;
		status = ask(worker, &window, err);
	}
	db_rows_free(rows);
	pthread_mutex_lock(&pull->mutex);
	worker->source = 0;
	pthread_mutex_unlock(&pull->mutex);
	return status;
}

static void rest(struct pull *pull, int seconds)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&pull->mutex);
	while (!atomic_load(&pull->is_closing) &&
	       pthread_cond_timedwait(&pull->woken, &pull->mutex, &until) == 0)
		;
	pthread_mutex_unlock(&pull->mutex);
}

static void *run(void *context)
{
	struct worker *worker = context;
	struct pull *pull = worker->pull;

	while (!atomic_load(&pull->is_closing)) {
		struct error err;
		int found, status = ask_next(worker, &found, &err);

		if (status != 0) {
			log_line("pull", "%s", err.message);
			if (worker->db && !db_is_alive(worker->db)) {
				db_close(worker->db);
				worker->db = NULL;
			}
		}
		if (status != 0)
			rest(pull, TROUBLE_SECONDS);
		else if (!found)
			rest(pull, LOOK_SECONDS);
	}
	db_close(worker->db);
	return NULL;
}

/* ---- The way ------------------------------------------------------------ */

static int pull_open(void **state, const struct collect_context *context, int *fd,
		     struct error *err)
{
	struct pull *pull = memory_zeroed(1, sizeof *pull);

	(void)fd;
	*state = pull;
	pull->context = context;
	pthread_mutex_init(&pull->mutex, NULL);
	pthread_cond_init(&pull->woken, NULL);
	return pull_fetch_begin(err);
}

/* One window, in this thread. */
static int step_once(struct pull *pull, int *seconds, struct error *err)
{
	struct worker *worker = &pull->workers[0];
	int found;

	worker->pull = pull;
	if (ask_next(worker, &found, err) != 0)
		return -1;
	*seconds = found ? 0 : 3600;
	return 0;
}

/* The threads begin here, where the rights of root are gone and the spool is open. */
static int pull_step(void *state, int *seconds, struct error *err)
{
	struct pull *pull = state;

	if (pull->context->once)
		return step_once(pull, seconds, err);
	while (pull->running < WORKERS) {
		struct worker *worker = &pull->workers[pull->running];

		worker->pull = pull;
		if (pthread_create(&worker->thread, NULL, run, worker) != 0)
			return error_set(err, ERROR_UNAVAILABLE, "no thread to be had");
		pull->running++;
	}
	*seconds = 3600;
	return 0;
}

static void pull_close(void *state)
{
	struct pull *pull = state;

	atomic_store(&pull->is_closing, 1);
	pthread_mutex_lock(&pull->mutex);
	pthread_cond_broadcast(&pull->woken);
	pthread_mutex_unlock(&pull->mutex);
	for (int i = 0; i < pull->running; i++)
		pthread_join(pull->workers[i].thread, NULL);
	if (pull->context->once)
		db_close(pull->workers[0].db);
	pthread_cond_destroy(&pull->woken);
	pthread_mutex_destroy(&pull->mutex);
	free(pull);
}

const struct way way_pull = { "pull", pull_open, pull_step, pull_close };
