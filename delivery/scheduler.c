/* scheduler.c -- what is due is put into the outbox.
 *
 * One process at a time does it, holding an advisory lock; should that process die, the
 * lock dies with its session.  Time is the database's, so the clocks of several machines
 * do not matter. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/memory.h"
#include "delivery/runs.h"
#include "delivery/worker.h"

enum { RUNS_AT_ONCE = 64, FULL_LOOK_SECONDS = 60 };

static const char WHERE[] =
#include "sql/queries/delivery_where.sql.inc"
	;
static const char SETTLE_HERE[] =
#include "sql/queries/delivery_settle_here.sql.inc"
	;
static const char DUE[] =
#include "sql/queries/schedule_due.sql.inc"
	;
static const char ADVANCE[] =
#include "sql/queries/schedule_advance.sql.inc"
	;
static const char FOUND[] =
#include "sql/queries/delivery_found.sql.inc"
	;
static const char WAITING[] =
#include "sql/queries/schedule_waiting.sql.inc"
	;
static const char FIRE[] =
#include "sql/queries/schedule_fire.sql.inc"
	;
static const char EXPIRE[] =
#include "sql/queries/outbox_expire.sql.inc"
	;
static const char CORRECTIONS[] =
#include "sql/queries/corrections_queue.sql.inc"
	;

/* ---- Where we are -------------------------------------------------------- */

/* A copy of the database would send everything once more, beside the original.  The
 * first place to deliver from is the right one; any other has to be confirmed. */
static int check_place(struct worker *worker, int *paused, struct error *err)
{
	char *archive = realpath(worker->archive, NULL);
	const char *const params[] = { archive ? archive : worker->archive };
	struct db_rows *rows = NULL;
	int status = db_query(worker->db, WHERE, params, 1, &rows, err);

	if (status == 0) {
		const char *noted = db_value(rows, 0, "noted");
		const char *const here[] = { db_value(rows, 0, "here"), worker->name };

		worker->sample = strcmp(db_value(rows, 0, "sample"), "1") == 0;
		*paused = noted && strcmp(noted, here[0]) != 0;
		if (!noted)
			status = db_query(worker->db, SETTLE_HERE, here, 2, NULL, err);
		if (status == 0)
			status = db_query(worker->db, FOUND, here, 1, NULL, err);
	}
	db_rows_free(rows);
	free(archive);
	return status;
}

/* ---- Runs ---------------------------------------------------------------- */

static int advance(struct worker *worker, const char *schedule,
		   const struct recurrence_run *runs, size_t count,
		   const struct recurrence_run *following, struct error *err)
{
	struct text moments = { 0 }, days = { 0 };
	char at[24], day[24];
	const char *params[5] = { schedule };
	int status;

	runs_add_days(&days, runs, count);
	runs_add_moments(&moments, runs, count);
	params[1] = days.data;
	params[2] = moments.data;
	if (following) {
		snprintf(at, sizeof at, "%" PRId64, following->at);
		snprintf(day, sizeof day, "%ld", following->day);
		params[3] = at;
		params[4] = day;
	}
	status = db_query(worker->db, ADVANCE, params, 5, NULL, err);
	text_free(&moments);
	text_free(&days);
	return status;
}

/* Notes the runs that came since the schedule was last looked at, and finds the next.
 * Of many at once (the process was down for a year) only the newest count. */
static int note_runs(struct worker *worker, const char *schedule,
		     const struct recurrence *recurrence, int64_t since, int64_t now,
		     struct error *err)
{
	struct recurrence_run runs[RUNS_AT_ONCE + 1];
	size_t count, past = 0;

	if (recurrence_next(recurrence, since - 1, runs, RUNS_AT_ONCE + 1, &count, err) !=
	    0)
		return -1;
	while (past < count && runs[past].at <= now)
		past++;
	while (past > RUNS_AT_ONCE) {
		since = runs[past - 1].at;
		if (recurrence_next(recurrence, since - 1, runs, RUNS_AT_ONCE + 1, &count,
				    err) != 0)
			return -1;
		for (past = 0; past < count && runs[past].at <= now; past++)
			;
	}
	return advance(worker, schedule, runs, past, past < count ? &runs[past] : NULL,
		       err);
}

static int note_schedule(struct worker *worker, const struct db_rows *rows, size_t row,
			 struct recurrence *days_off, struct error *err)
{
	struct recurrence recurrence = *days_off;

	recurrence.rule = db_value(rows, row, "rrule");
	recurrence.start = db_value(rows, row, "starts");
	recurrence.zone = db_value(rows, row, "zone");
	recurrence_shift_find(db_value(rows, row, "shift"), &recurrence.shift);
	if (note_runs(worker, db_value(rows, row, "schedule_id"), &recurrence,
		      atoll(db_value(rows, row, "next_run")),
		      atoll(db_value(rows, row, "now")), err) != 0)
		return error_context(err, "schedule %s", db_value(rows, row, "name"));
	return 0;
}

static int note_due(struct worker *worker, struct error *err)
{
	struct recurrence days_off = { 0 };
	struct db_rows *rows = NULL;
	int status = db_query(worker->db, DUE, NULL, 0, &rows, err);

	if (status == 0 && db_rows_count(rows) > 0)
		status = runs_load_days_off(&days_off, worker->db, err);
	for (size_t i = 0; status == 0 && i < db_rows_count(rows); i++)
		status = note_schedule(worker, rows, i, &days_off, err);
	runs_free(&days_off);
	db_rows_free(rows);
	return status;
}

/* ---- Firing -------------------------------------------------------------- */

static long seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)now.tv_sec;
}

/* Counting who has sent something takes a while: once a minute. */
static int is_time_to_count(struct worker *worker)
{
	long now = seconds_now();

	if (worker->full_look >= 0 && now - worker->full_look < FULL_LOOK_SECONDS)
		return 0;
	worker->full_look = now;
	return 1;
}

static int fire_waiting(struct worker *worker, int counts, struct error *err)
{
	const char *const asked[] = { counts ? "true" : "false" };
	struct db_rows *rows = NULL;
	int status = db_query(worker->db, WAITING, asked, 1, &rows, err);

	for (size_t i = 0; status == 0 && i < db_rows_count(rows); i++) {
		const char *const params[] = { db_value(rows, i, "schedule_id"),
					       db_value(rows, i, "period"),
					       db_value(rows, i, "cause"),
					       config_get(worker->config, "alert_to") };
		char *added = NULL;

		status = db_value_of(worker->db, FIRE, params, 4, &added, err);
		if (status == 0)
			log_line("deliver", "%s of %s (%s): %s in the outbox",
				 db_value(rows, i, "name"), params[1], params[2], added);
		free(added);
	}
	db_rows_free(rows);
	return status;
}

static int step(struct worker *worker, struct error *err)
{
	const char *const alert[] = { config_get(worker->config, "alert_to") };
	int counts = is_time_to_count(worker);

	if (db_query(worker->db, EXPIRE, alert, 1, NULL, err) != 0 ||
	    note_due(worker, err) != 0 || fire_waiting(worker, counts, err) != 0)
		return -1;
	return counts ? db_query(worker->db, CORRECTIONS, NULL, 0, NULL, err) : 0;
}

int scheduler_step(struct worker *worker, int *paused, struct error *err)
{
	char *has_lock = NULL;
	int status = check_place(worker, paused, err);

	if (status != 0 || *paused)
		return status;
	if (db_value_of(worker->db, "SELECT pg_try_advisory_lock(20017, 18)::int", NULL,
			0, &has_lock, err) != 0)
		return -1;
	if (has_lock && strcmp(has_lock, "1") == 0) {
		struct error ignored;

		status = step(worker, err);
		db_query(worker->db, "SELECT pg_advisory_unlock(20017, 18)", NULL, 0,
			 NULL, status ? &ignored : err);
	}
	free(has_lock);
	return status;
}
