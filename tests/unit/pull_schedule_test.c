/* pull_schedule_test.c -- when windows are due, how long to wait, what address to ask. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/period.h"
#include "collector/pull_schedule.h"

enum { HOUR = 3600, DAY = 24 * HOUR };

/* Midnight in Ha Noi. */
static int64_t midnight(int year, int month, int day)
{
	return (int64_t)period_day(year, month, day) * DAY - 7 * HOUR;
}

static void windows_are_due_when_they_ended(void **state)
{
	struct pull_schedule daily = { period_day(2020, 6, 1), 1, 0 };
	struct pull_schedule weekly = { period_day(2020, 6, 1), 7, 12 };
	long day = 0;

	(void)state;
	assert_false(pull_schedule_newest(&daily, midnight(2019, 1, 1), &day));
	assert_false(pull_schedule_newest(&daily, midnight(2020, 6, 2) - 1, &day));
	assert_true(pull_schedule_newest(&daily, midnight(2020, 6, 2), &day));
	assert_int_equal(day, period_day(2020, 6, 1));
	assert_true(pull_schedule_newest(&daily, midnight(2020, 7, 1) + 5, &day));
	assert_int_equal(day, period_day(2020, 6, 30));
	assert_false(pull_schedule_newest(&weekly, midnight(2020, 6, 8) + 12 * HOUR - 1,
					  &day));
	assert_true(
		pull_schedule_newest(&weekly, midnight(2020, 6, 8) + 12 * HOUR, &day));
	assert_int_equal(day, period_day(2020, 6, 1));
	assert_true(pull_schedule_newest(&weekly, midnight(2020, 6, 22), &day));
	assert_int_equal(day, period_day(2020, 6, 8));
}

static void delays_grow_to_a_cap(void **state)
{
	(void)state;
	assert_int_equal(pull_schedule_delay(1, 1000, 0), 30);
	assert_int_equal(pull_schedule_delay(1, 0, 0), 24);
	assert_int_equal(pull_schedule_delay(1, 2000, 0), 36);
	assert_int_equal(pull_schedule_delay(2, 1000, 0), 60);
	assert_int_equal(pull_schedule_delay(5, 1000, 0), 480);
	for (int failures = 11; failures < 100000; failures *= 3) {
		assert_in_range(pull_schedule_delay(failures, 0, 0), 5 * HOUR - HOUR / 2,
				6 * HOUR);
		assert_in_range(pull_schedule_delay(failures, 2000, 0), 6 * HOUR,
				8 * HOUR);
	}
	assert_int_equal(pull_schedule_delay(1, 1000, 600), 600);
	assert_int_equal(pull_schedule_delay(1, 1000, 1000 * DAY), DAY);
	for (uint32_t chance = UINT32_MAX; chance > UINT32_MAX - 5000; chance--)
		assert_in_range(pull_schedule_delay(3, chance, 0), 96, 144);
}

static void addresses_hold_the_days(void **state)
{
	struct text out = { 0 };
	struct error err;

	(void)state;
	assert_int_equal(pull_schedule_address(&out,
					       "http://x/{from}/{to}?n={next}&f={from}",
					       period_day(2020, 2, 27), 3, &err),
			 0);
	assert_string_equal(text_string(&out),
			    "http://x/2020-02-27/2020-02-29?n=2020-03-01&f=2020-02-27");
	assert_int_equal(pull_schedule_address(&out, "http://x/{day}", 1, 1, &err), -1);
	assert_int_equal(pull_schedule_address(&out, "http://x/to}", 1, 1, &err), -1);
	text_free(&out);
}

static void durations_are_hours(void **state)
{
	static const struct {
		const char *duration;
		int hours;
	} cases[] = {
		{ "P1D", 24 },     { "P2W", 336 },
		{ "PT6H", 6 },     { "P1DT12H", 36 },
		{ "P0D", 0 },      { "P366D", 8784 },
		{ "P367D", -1 },   { "", -1 },
		{ "P", -1 },       { "P1", -1 },
		{ "PD", -1 },      { "P1M", -1 },
		{ "PT", -1 },      { "P1DT", -1 },
		{ "P-1D", -1 },    { "1D", -1 },
		{ "PT1HT1H", -1 }, { "P1H", -1 },
		{ "PT1D", -1 },    { "P99999999999999999999D", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (pull_schedule_hours(cases[i].duration) != cases[i].hours)
			fail_msg("%s: %d hours", cases[i].duration,
				 pull_schedule_hours(cases[i].duration));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(windows_are_due_when_they_ended),
		cmocka_unit_test(delays_grow_to_a_cap),
		cmocka_unit_test(addresses_hold_the_days),
		cmocka_unit_test(durations_are_hours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
