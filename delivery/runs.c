/* runs.c -- the runs of a stored schedule. */
#include "delivery/runs.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/period.h"

static const char DAYS[] =
#include "sql/queries/holiday_days.sql.inc"
	;

int runs_load_days_off(struct recurrence *recurrence, struct db *db, struct error *err)
{
	struct db_rows *rows = NULL;
	long *days;

	if (db_query(db, DAYS, NULL, 0, &rows, err) != 0)
		return -1;
	recurrence->days_off_count = db_rows_count(rows);
	days = memory_zeroed(recurrence->days_off_count + 1, sizeof *days);
	for (size_t i = 0; i < recurrence->days_off_count; i++)
		days[i] = atol(db_value(rows, i, "day"));
	recurrence->days_off = days;
	db_rows_free(rows);
	return 0;
}

void runs_free(struct recurrence *recurrence)
{
	free((long *)recurrence->days_off);
	recurrence->days_off = NULL;
	recurrence->days_off_count = 0;
}

void runs_add_moments(struct text *out, const struct recurrence_run *runs, size_t count)
{
	text_add_char(out, '{');
	for (size_t i = 0; i < count; i++)
		text_addf(out, "%s%" PRId64, i ? "," : "", runs[i].at);
	text_add_char(out, '}');
}

void runs_add_days(struct text *out, const struct recurrence_run *runs, size_t count)
{
	char day[11];

	text_add_char(out, '{');
	for (size_t i = 0; i < count; i++) {
		period_print_day(runs[i].day, day);
		text_addf(out, "%s%s", i ? "," : "", day);
	}
	text_add_char(out, '}');
}
