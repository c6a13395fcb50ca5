/* period_test.c -- both calendars, ISO weeks, leap days, edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/period.h"

static const struct {
	const char *code, *first, *last; /* last NULL: not a period */
} cases[] = {
	{ "2020", "2020-01-01", "2020-12-31" },
	{ "2020-H1", "2020-01-01", "2020-06-30" },
	{ "2020-H2", "2020-07-01", "2020-12-31" },
	{ "2020-Q1", "2020-01-01", "2020-03-31" },
	{ "2019-Q1", "2019-01-01", "2019-03-31" },
	{ "2020-Q3", "2020-07-01", "2020-09-30" },
	{ "2020-Q4", "2020-10-01", "2020-12-31" },
	{ "2020-02", "2020-02-01", "2020-02-29" },
	{ "2100-02", "2100-02-01", "2100-02-28" },
	{ "2000-02", "2000-02-01", "2000-02-29" },
	{ "2020-12", "2020-12-01", "2020-12-31" },
	{ "2020-W01", "2019-12-30", "2020-01-05" },
	{ "2020-W23", "2020-06-01", "2020-06-07" },
	{ "2020-W53", "2020-12-28", "2021-01-03" },
	{ "2021-W01", "2021-01-04", "2021-01-10" },
	{ "2021-W52", "2021-12-27", "2022-01-02" },
	{ "2016-W01", "2016-01-04", "2016-01-10" },
	{ "2020-06-30", "2020-06-30", "2020-06-30" },
	{ "2020-02-29", "2020-02-29", "2020-02-29" },
	{ "1900", "1900-01-01", "1900-12-31" },
	{ "2199-12-31", "2199-12-31", "2199-12-31" },
	{ "ND09-2020", "2019-12-15", "2020-12-14" },
	{ "ND09-2020-H1", "2019-12-15", "2020-06-14" },
	{ "ND09-2020-H2", "2020-06-15", "2020-12-14" },
	{ "ND09-2020-Q1", "2019-12-15", "2020-03-14" },
	{ "ND09-2020-Q3", "2020-06-15", "2020-09-14" },
	{ "ND09-2020-Q4", "2020-09-15", "2020-12-14" },
	{ "ND09-2020-01", "2019-12-15", "2020-01-14" },
	{ "ND09-2020-03", "2020-02-15", "2020-03-14" },
	{ "ND09-2020-09", "2020-08-15", "2020-09-14" },
	{ "ND09-1900", "1899-12-15", "1900-12-14" },
	{ "", NULL, NULL },
	{ "20", NULL, NULL },
	{ "2020-", NULL, NULL },
	{ "2020-H3", NULL, NULL },
	{ "2020-H0", NULL, NULL },
	{ "2020-Q5", NULL, NULL },
	{ "2020-Q03", NULL, NULL },
	{ "2020-q3", NULL, NULL },
	{ "2020-13", NULL, NULL },
	{ "2020-00", NULL, NULL },
	{ "2020-1", NULL, NULL },
	{ "2020-W00", NULL, NULL },
	{ "2021-W53", NULL, NULL },
	{ "2020-W54", NULL, NULL },
	{ "2020-W1", NULL, NULL },
	{ "2020-02-30", NULL, NULL },
	{ "2019-02-29", NULL, NULL },
	{ "2020-06-31", NULL, NULL },
	{ "2020-06-30x", NULL, NULL },
	{ "2020-06-", NULL, NULL },
	{ "2020-Q1-01", NULL, NULL },
	{ "2020x", NULL, NULL },
	{ " 2020", NULL, NULL },
	{ "2020 ", NULL, NULL },
	{ "1899", NULL, NULL },
	{ "2200", NULL, NULL },
	{ "+020", NULL, NULL },
	{ "ND09-", NULL, NULL },
	{ "ND09-2020-W23", NULL, NULL },
	{ "ND09-2020-06-30", NULL, NULL },
	{ "nd09-2020", NULL, NULL },
	{ "2020'; DROP TABLE dossier; --", NULL, NULL },
};

static void test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct period period;
		struct error err = { 0 };
		char day[11];
		int status = period_parse(&period, cases[i].code, &err);

		if (!cases[i].last) {
			if (status == 0 || err.kind != ERROR_INVALID)
				fail_msg("\"%s\" was taken for a period", cases[i].code);
			continue;
		}
		if (status != 0)
			fail_msg("%s", err.message);
		assert_string_equal(period.code, cases[i].code);
		period_print_day(period.first, day);
		assert_string_equal(day, cases[i].first);
		period_print_day(period.end - 1, day);
		assert_string_equal(day, cases[i].last);
	}
}

static const struct {
	const char *code;
	int steps;
	const char *expected;
} shifts[] = {
	{ "2020", 1, "2021" },
	{ "2020-H1", -1, "2019-H2" },
	{ "2020-Q4", 1, "2021-Q1" },
	{ "2020-Q1", -5, "2018-Q4" },
	{ "2020-01", -1, "2019-12" },
	{ "2020-01", 12, "2021-01" },
	{ "2020-W53", 1, "2021-W01" },
	{ "2021-W01", -1, "2020-W53" },
	{ "2020-W01", -1, "2019-W52" },
	{ "2020-02-28", 1, "2020-02-29" },
	{ "2020-03-01", -1, "2020-02-29" },
	{ "2021-01-01", -366, "2020-01-01" },
	{ "ND09-2020", -1, "ND09-2019" },
	{ "ND09-2020-12", 1, "ND09-2021-01" },
	{ "ND09-2020-Q1", -4, "ND09-2019-Q1" },
	{ "2020-Q2", 0, "2020-Q2" },
};

static void test_shifts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof shifts / sizeof *shifts; i++) {
		struct period period, shifted, parsed;
		struct error err;

		assert_int_equal(period_parse(&period, shifts[i].code, &err), 0);
		period_shift(&shifted, &period, shifts[i].steps);
		assert_string_equal(shifted.code, shifts[i].expected);
		assert_int_equal(period_parse(&parsed, shifts[i].expected, &err), 0);
		assert_int_equal(shifted.first, parsed.first);
		assert_int_equal(shifted.end, parsed.end);
		assert_int_equal(shifted.year, parsed.year);
		assert_int_equal(shifted.number, parsed.number);
	}
}

/* One period ends where the next begins, over three centuries, in every kind. */
static void test_periods_tile_time(void **state)
{
	static const char *const starts[] = {
		"1900",       "1900-H1",   "1900-Q1",      "1900-01",      "1900-W01",
		"1900-01-01", "ND09-1900", "ND09-1900-H1", "ND09-1900-Q1", "ND09-1900-01"
	};

	(void)state;
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
		struct period period, next, parsed;
		struct error err;

		assert_int_equal(period_parse(&period, starts[i], &err), 0);
		for (; period.year < 2199; period = next) {
			period_shift(&next, &period, 1);
			assert_int_equal(next.first, period.end);
			assert_int_equal(period_parse(&parsed, next.code, &err), 0);
			assert_int_equal(parsed.first, next.first);
			assert_int_equal(parsed.end, next.end);
		}
	}
}

static void test_days(void **state)
{
	int year, month, date;
	long day = period_day(1600, 1, 1);

	(void)state;
	assert_int_equal(period_day(1970, 1, 1), 0);
	assert_int_equal(period_day(2000, 3, 1), 11017);
	assert_int_equal(period_day(1969, 12, 31), -1);
	for (int y = 1600; y < 2500; y++)
		for (int m = 1; m <= 12; m++)
			for (int d = 1; d <= period_days_in_month(y, m); d++, day++) {
				assert_int_equal(period_day(y, m, d), day);
				period_date(day, &year, &month, &date);
				assert_true(year == y && month == m && date == d);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_shifts),
		cmocka_unit_test(test_periods_tile_time),
		cmocka_unit_test(test_days),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
