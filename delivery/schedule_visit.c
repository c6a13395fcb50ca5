/* schedule_visit.c -- stored schedules, as pages ask for them. */
#include "delivery/delivery.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "delivery/archive.h"
#include "delivery/mime.h"

static const char FIND[] =
#include "sql/queries/schedule_find.sql.inc"
	;
static const char SWITCH[] =
#include "sql/queries/schedule_switch.sql.inc"
	;

static int find(struct db *db, const char *id, struct db_rows **rows, struct error *err)
{
	if (db_query(db, FIND, (const char *const[]){ NULL, id }, 2, rows, err) != 0)
		return -1;
	if (db_rows_count(*rows) == 0)
		return error_set(err, ERROR_NOT_FOUND, "there is no schedule %s", id);
	return 0;
}

int delivery_next_runs(struct db *db, const char *id, char **json, struct error *err)
{
	struct recurrence_run runs[SCHEDULE_SHOWN];
	struct db_rows *rows = NULL;
	size_t count = 0;
	int status = find(db, id, &rows, err);

	if (status == 0)
		status = schedule_next_runs(db, rows, runs, SCHEDULE_SHOWN, &count, err);
	if (status == 0)
		status = schedule_list_runs(db, runs, count, db_value(rows, 0, "zone"),
					    db_value(rows, 0, "covers"), json, err);
	db_rows_free(rows);
	return status;
}

/* Runs that were missed while it paused are not made up for. */
int schedule_switch(struct db *db, const struct db_rows *rows, const char *state,
		    struct error *err)
{
	struct recurrence_run next;
	char at[24], day[24];
	const char *params[4] = { db_value(rows, 0, "schedule_id"), state };
	size_t count = 0;
	int status = 0;

	if (strcmp(state, "active") == 0)
		status = schedule_next_runs(db, rows, &next, 1, &count, err);
	if (status == 0 && count) {
		snprintf(at, sizeof at, "%" PRId64, next.at);
		snprintf(day, sizeof day, "%ld", next.day);
		params[2] = at;
		params[3] = day;
	}
	return status == 0 ? db_query(db, SWITCH, params, 4, NULL, err) : -1;
}

int delivery_switch(struct db *db, const char *id, const char *state, struct error *err)
{
	struct db_rows *rows = NULL;
	int status = find(db, id, &rows, err);

	if (status == 0)
		status = schedule_switch(db, rows, state, err);
	db_rows_free(rows);
	return status;
}

int delivery_load(const char *folder, const char *sha256, struct text *out,
		  struct error *err)
{
	return archive_load(folder, sha256, out, err);
}

/* Messages and parts of them have no name with an ending. */
void delivery_add_file_name(struct text *out, const char *name, const char *media_type)
{
	static const struct {
		const char *media_type, *ending;
	} endings[] = { { "message/rfc822", ".eml" },
			{ "text/html", ".html" },
			{ "text/plain", ".txt" } };
	const char *dot = strrchr(name, '.');

	mime_add_safe_name(out, name);
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (strcmp(endings[i].media_type, media_type) == 0 &&
		    (!dot || strcmp(dot, endings[i].ending) != 0))
			text_add(out, endings[i].ending);
}
