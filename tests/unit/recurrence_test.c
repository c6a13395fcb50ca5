/* recurrence_test.c -- when schedules run: month ends, leap days, Tet, zones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/period.h"
#include "base/text.h"
#include "delivery/recurrence.h"

#define HANOI "Asia/Ho_Chi_Minh"

/* 2020: the days off of the catalogue for Tet, 23 to 29 January. */
static long tet[7];

static void add_moment(struct text *out, int64_t at)
{
	time_t seconds = (time_t)at;
	struct tm utc;
	char printed[32];

	gmtime_r(&seconds, &utc);
	strftime(printed, sizeof printed, "%Y-%m-%dT%H:%MZ", &utc);
	text_addf(out, "%s%s", out->length ? " " : "", printed);
}

static int64_t moment(const char *utc)
{
	struct tm parts = { 0 };

	assert_non_null(strptime(utc, "%Y-%m-%dT%H:%MZ", &parts));
	return (int64_t)timegm(&parts);
}

static const struct {
	const char *rule, *start, *zone, *after, *expected;
	enum recurrence_shift shift;
} cases[] = {
	/* The end of each month, and a day that most months do not have. */
	{ "FREQ=MONTHLY;BYMONTHDAY=-1", "2019-12-01T08:00:00", HANOI, "2020-01-01T00:00Z",
	  "2020-01-31T01:00Z 2020-02-29T01:00Z 2020-03-31T01:00Z", SHIFT_NONE },
	{ "FREQ=MONTHLY", "2020-01-31T08:00:00", HANOI, "2020-01-01T00:00Z",
	  "2020-01-31T01:00Z 2020-03-31T01:00Z 2020-05-31T01:00Z", SHIFT_NONE },
	/* The leap day alone. */
	{ "FREQ=YEARLY", "2020-02-29T08:00:00", HANOI, "2020-03-01T00:00Z",
	  "2024-02-29T01:00Z 2028-02-29T01:00Z 2032-02-29T01:00Z", SHIFT_NONE },
	/* The last working day by the rule itself. */
	{ "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2020-01-01T17:30:00", HANOI,
	  "2020-01-01T00:00Z", "2020-01-31T10:30Z 2020-02-28T10:30Z 2020-03-31T10:30Z",
	  SHIFT_NONE },
	{ "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=2,-2", "2020-02-01T08:00:00", HANOI,
	  "2020-02-01T00:00Z", "2020-02-04T01:00Z 2020-02-27T01:00Z 2020-03-03T01:00Z",
	  SHIFT_NONE },
	/* Created for the past: counted from there, run from now on. */
	{ "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "2010-01-04T08:00:00", HANOI,
	  "2020-06-30T00:00Z", "2020-07-06T01:00Z 2020-07-20T01:00Z 2020-08-03T01:00Z",
	  SHIFT_NONE },
	/* Not at the very moment, but after it. */
	{ "FREQ=DAILY", "2020-06-01T08:00:00", HANOI, "2020-06-02T01:00Z",
	  "2020-06-03T01:00Z 2020-06-04T01:00Z 2020-06-05T01:00Z", SHIFT_NONE },
	/* Tet: the 25th of January 2020 lies within it, next and previous working day. */
	{ "FREQ=MONTHLY;BYMONTHDAY=25", "2020-01-01T08:00:00", HANOI, "2020-01-01T00:00Z",
	  "2020-01-30T01:00Z 2020-02-25T01:00Z 2020-03-25T01:00Z", SHIFT_NEXT },
	{ "FREQ=MONTHLY;BYMONTHDAY=25", "2020-01-01T08:00:00", HANOI, "2020-01-01T00:00Z",
	  "2020-01-22T01:00Z 2020-02-25T01:00Z 2020-03-25T01:00Z", SHIFT_PREVIOUS },
	/* Moved onto one moment: one run, the last of them (Monday for the weekend). */
	{ "FREQ=DAILY", "2020-06-05T08:00:00", HANOI, "2020-06-05T00:00Z",
	  "2020-06-05T01:00Z 2020-06-08T01:00Z 2020-06-09T01:00Z", SHIFT_NEXT },
	/* Europe: 02:30 does not exist on 29 March 2020, and comes twice on 25 October. */
	{ "FREQ=DAILY", "2020-03-28T02:30:00", "Europe/Berlin", "2020-03-27T00:00Z",
	  "2020-03-28T01:30Z 2020-03-29T01:30Z 2020-03-30T00:30Z", SHIFT_NONE },
	{ "FREQ=DAILY", "2020-10-24T02:30:00", "Europe/Berlin", "2020-10-23T00:00Z",
	  "2020-10-24T00:30Z 2020-10-25T00:30Z 2020-10-26T01:30Z", SHIFT_NONE },
	{ "FREQ=WEEKLY;BYDAY=SU", "2020-03-01T09:00:00", "America/New_York",
	  "2020-03-01T00:00Z", "2020-03-01T14:00Z 2020-03-08T13:00Z 2020-03-15T13:00Z",
	  SHIFT_NONE },
	/* Half an hour's summer time, south of the equator. */
	{ "FREQ=DAILY", "2020-04-04T12:00:00", "Australia/Lord_Howe", "2020-04-03T12:00Z",
	  "2020-04-04T01:00Z 2020-04-05T01:30Z 2020-04-06T01:30Z", SHIFT_NONE },
	/* A month that has no such day is passed over; 2100 is no leap year. */
	{ "FREQ=MONTHLY;BYMONTHDAY=29", "2019-01-01T08:00:00", HANOI, "2019-01-15T00:00Z",
	  "2019-01-29T01:00Z 2019-03-29T01:00Z 2019-04-29T01:00Z", SHIFT_NONE },
	{ "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", "2096-01-01T08:00:00", HANOI,
	  "2099-01-01T00:00Z", "2099-02-28T01:00Z 2100-02-28T01:00Z 2101-02-28T01:00Z",
	  SHIFT_NONE },
	/* The first of two weekdays; what Tet takes from a week; the end of a month on a
	 * Sunday, sent in the next month. */
	{ "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1", "2020-01-01T08:00:00", HANOI,
	  "2020-01-01T00:00Z", "2020-01-06T01:00Z 2020-02-03T01:00Z 2020-03-02T01:00Z",
	  SHIFT_NONE },
	{ "FREQ=WEEKLY;BYDAY=MO", "2020-01-01T08:00:00", HANOI, "2020-01-15T00:00Z",
	  "2020-01-20T01:00Z 2020-01-30T01:00Z 2020-02-03T01:00Z", SHIFT_NEXT },
	{ "FREQ=MONTHLY;BYMONTHDAY=-1", "2020-01-01T08:00:00", HANOI, "2020-05-15T00:00Z",
	  "2020-06-01T01:00Z 2020-06-30T01:00Z 2020-07-31T01:00Z", SHIFT_NEXT },
	/* Quarters of an hour, and the first zone to have a day. */
	{ "FREQ=DAILY", "2020-06-01T08:00:00", "Asia/Kathmandu", "2020-06-01T00:00Z",
	  "2020-06-01T02:15Z 2020-06-02T02:15Z 2020-06-03T02:15Z", SHIFT_NONE },
	{ "FREQ=MONTHLY;BYMONTHDAY=1", "2020-06-01T08:00:00", "Pacific/Kiritimati",
	  "2020-05-31T00:00Z", "2020-05-31T18:00Z 2020-06-30T18:00Z 2020-07-31T18:00Z",
	  SHIFT_NONE },
	{ "FREQ=DAILY;COUNT=2", "2020-01-01T08:00:00", "UTC", "2019-01-01T00:00Z",
	  "2020-01-01T08:00Z 2020-01-02T08:00Z", SHIFT_NONE },
	{ "FREQ=DAILY;UNTIL=20200102T000000", "2020-01-01T08:00:00", "UTC",
	  "2019-01-01T00:00Z", "2020-01-01T08:00Z", SHIFT_NONE },
};

static void rules_run_when_they_should(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct recurrence recurrence = { cases[i].rule, cases[i].start,
						       cases[i].zone, cases[i].shift,
						       tet,           7 };
		struct recurrence_run runs[3];
		struct text printed = { 0 };
		struct error err;
		size_t count;

		assert_int_equal(recurrence_next(&recurrence, moment(cases[i].after),
						 runs, 3, &count, &err),
				 0);
		for (size_t r = 0; r < count; r++)
			add_moment(&printed, runs[r].at);
		if (strcmp(text_string(&printed), cases[i].expected) != 0)
			fail_msg("%s from %s: %s, not %s", cases[i].rule, cases[i].start,
				 text_string(&printed), cases[i].expected);
		text_free(&printed);
	}
}

/* What is reported on follows the rule's own day, wherever the run was moved. */
static void the_day_of_the_rule_is_kept(void **state)
{
	const struct recurrence recurrence = { "FREQ=MONTHLY;BYMONTHDAY=1",
					       "2020-08-01T08:00:00",
					       HANOI,
					       SHIFT_PREVIOUS,
					       tet,
					       7 };
	struct recurrence_run run;
	struct error err;
	size_t count;

	(void)state;
	assert_int_equal(recurrence_next(&recurrence, 0, &run, 1, &count, &err), 0);
	assert_int_equal(run.at, moment("2020-07-31T01:00Z"));
	assert_int_equal(run.day, period_day(2020, 8, 1));
}

static void wrong_ones_are_refused(void **state)
{
	static const struct recurrence wrong[] = {
		{ "every Monday", "2020-01-01T08:00:00", HANOI, SHIFT_NONE, NULL, 0 },
		{ "FREQ=OFTEN", "2020-01-01T08:00:00", HANOI, SHIFT_NONE, NULL, 0 },
		{ "FREQ=HOURLY", "2020-01-01T08:00:00", HANOI, SHIFT_NONE, NULL, 0 },
		{ "FREQ=MINUTELY", "2020-01-01T08:00:00", HANOI, SHIFT_NONE, NULL, 0 },
		{ "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "2020-01-01T08:00:00", HANOI,
		  SHIFT_NONE, NULL, 0 },
		{ "FREQ=DAILY", "2020-02-30T08:00:00", HANOI, SHIFT_NONE, NULL, 0 },
		{ "FREQ=DAILY", "2020-02-28", HANOI, SHIFT_NONE, NULL, 0 },
		{ "FREQ=DAILY", "2020-02-28T08:00:00", "Asia/Nowhere", SHIFT_NONE, NULL,
		  0 },
		{ "FREQ=DAILY", "2020-02-28T08:00:00", "../../etc/passwd", SHIFT_NONE,
		  NULL, 0 },
		{ "FREQ=DAILY", "2020-02-28T08:00:00", "", SHIFT_NONE, NULL, 0 },
	};
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		if (recurrence_check(&wrong[i], &err) == 0)
			fail_msg("taken: %s, %s, %s", wrong[i].rule, wrong[i].start,
				 wrong[i].zone);
		assert_int_equal(err.kind, ERROR_INVALID);
	}
}

static void a_rule_says_what_it_covers(void **state)
{
	static const struct {
		const char *rule, *covers;
	} rules[] = {
		{ "FREQ=DAILY", "day" },
		{ "FREQ=WEEKLY;BYDAY=MO", "week" },
		{ "FREQ=MONTHLY;BYMONTHDAY=25", "month" },
		{ "FREQ=MONTHLY;INTERVAL=3", "quarter" },
		{ "FREQ=MONTHLY;INTERVAL=6", "half" },
		{ "FREQ=MONTHLY;INTERVAL=12", "year" },
		{ "FREQ=YEARLY;BYMONTH=1", "year" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		assert_string_equal(recurrence_covers(rules[i].rule), rules[i].covers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_run_when_they_should),
		cmocka_unit_test(the_day_of_the_rule_is_kept),
		cmocka_unit_test(wrong_ones_are_refused),
		cmocka_unit_test(a_rule_says_what_it_covers),
	};

	for (int i = 0; i < 7; i++)
		tet[i] = period_day(2020, 1, 23 + i);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
