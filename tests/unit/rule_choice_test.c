/* rule_choice_test.c -- the plain choices of a form are rules, and are read back. */
#include "delivery/rule_choice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
	struct rule_choice choice;
	const char *rule; /* NULL: there is none */
} cases[] = {
	{ { "day", 1, 25, 1 }, "FREQ=DAILY" },
	{ { "workday", 1, 25, 1 }, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR" },
	{ { "week", 1, 25, 1 }, "FREQ=WEEKLY;BYDAY=MO" },
	{ { "week", 7, 25, 1 }, "FREQ=WEEKLY;BYDAY=SU" },
	{ { "week", 8, 25, 1 }, NULL },
	{ { "month", 1, 1, 1 }, "FREQ=MONTHLY;BYMONTHDAY=1" },
	{ { "month", 1, -1, 1 }, "FREQ=MONTHLY;BYMONTHDAY=-1" },
	{ { "month", 1, 29, 1 }, NULL },
	{ { "month", 1, 0, 1 }, NULL },
	{ { "quarter", 1, 15, 3 }, "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=15" },
	{ { "quarter", 1, 15, 4 }, NULL },
	{ { "half", 1, 20, 1 }, "FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=20" },
	{ { "year", 1, -1, 12 }, "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1" },
	{ { "year", 1, 1, 13 }, NULL },
	{ { "rule", 1, 1, 1 }, NULL },
	{ { "decade", 1, 1, 1 }, NULL },
};

static void choices_are_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct text rule = { 0 };
		struct rule_choice read;
		int status = rule_choice_write(&cases[i].choice, &rule);

		assert_int_equal(status, cases[i].rule ? 0 : -1);
		if (cases[i].rule) {
			assert_string_equal(text_string(&rule), cases[i].rule);
			rule_choice_read(cases[i].rule, &read);
			assert_string_equal(read.every, cases[i].choice.every);
			assert_int_equal(read.weekday, cases[i].choice.weekday);
			assert_int_equal(read.day, cases[i].choice.day);
			assert_int_equal(read.month, cases[i].choice.month);
		}
		text_free(&rule);
	}
}

static void other_rules_stay_what_they_are(void **state)
{
	static const char *const rules[] = {
		"FREQ=MONTHLY;BYMONTHDAY=25;COUNT=3",
		"FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1",
		"FREQ=YEARLY;BYMONTH=1,4,7;BYMONTHDAY=5",
		"freq=daily",
		"",
		"BYMONTHDAY=",
		"FREQ=WEEKLY;BYDAY=MO,WE",
		"FREQ=MONTHLY;BYMONTHDAY=31",
	};
	struct rule_choice read;

	(void)state;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		rule_choice_read(rules[i], &read);
		assert_string_equal(read.every, "rule");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(choices_are_rules),
		cmocka_unit_test(other_rules_stay_what_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
