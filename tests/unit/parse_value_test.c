/* parse_value_test.c -- times, numbers and text as DESIGN 6.2 takes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "collector/parse_value.h"

#define DAY ((int64_t)86400 * 1000000)

static void assert_answer(const char *answer, const char *expected, const char *input)
{
	if ((!answer) != (!expected) || (answer && strcmp(answer, expected) != 0))
		fail_msg("\"%s\": %s, not %s", input, answer ? answer : "taken",
			 expected ? expected : "taken");
}

static void moments_are_read(void **unused)
{
	static const struct {
		const char *text;
		enum plain_date plain;
		const char *wrong;
		int64_t microseconds;
	} cases[] = {
		{ "2000-01-01T00:00:00Z", 0, NULL, 0 },
		{ "2000-01-01t00:00:00z", 0, NULL, 0 },
		{ "2000-01-01 07:00:00", 0, NULL, 0 }, /* Hanoi */
		{ "2000-01-01T07:00:00+07:00", 0, NULL, 0 },
		{ "1999-12-31T23:00:00-01:00", 0, NULL, 0 },
		{ "2000-01-01T00:00:00-00:00", 0, NULL, 0 },
		{ "2000-01-01", PLAIN_DATE_START, NULL, -25200000000 },
		{ "2000-01-01", PLAIN_DATE_END, NULL, DAY - 25200000001 },
		{ "2000-01-02T00:00:00.5Z", 0, NULL, DAY + 500000 },
		{ "2000-01-01T00:00:00.123456Z", 0, NULL, 123456 },
		{ "2000-01-01T00:00:00.1234567Z", 0, NULL, 123456 },
		{ "2000-01-01T00:00:00.123456000000000001999Z", 0, NULL, 123456 },
		{ "2000-02-29T00:00:00Z", 0, NULL, 59 * DAY },
		{ "2024-02-29T23:59:59.999999Z", 0, NULL, 8826 * DAY - 1 },
		{ "1976-01-01T00:00:00Z", 0, NULL, -8766 * DAY },
		{ "1975-12-31", 0, "time_out_of_range", 0 },
		{ "2200-01-01", 0, "time_out_of_range", 0 },
		{ "2000-02-30T00:00:00Z", 0, "bad_time", 0 },
		{ "1900-02-29T00:00:00Z", 0, "bad_time", 0 },
		{ "2000-13-01T00:00:00Z", 0, "bad_time", 0 },
		{ "2000-00-01T00:00:00Z", 0, "bad_time", 0 },
		{ "2000-01-01T24:00:00Z", 0, "bad_time", 0 },
		{ "2000-01-01T00:60:00Z", 0, "bad_time", 0 },
		{ "2000-01-01T00:00:60Z", 0, "bad_time", 0 },
		{ "2000-01-01T00:00Z", 0, "bad_time", 0 },
		{ "2000-01-01T00:00:00.Z", 0, "bad_time", 0 },
		{ "2000-01-01T00:00:00+24:00", 0, "bad_time", 0 },
		{ "2000-01-01T00:00:00+0700", 0, "bad_time", 0 },
		{ "2000-01-01T00:00:00+07:60", 0, "bad_time", 0 },
		{ "2000-01-01T00:00:00Zx", 0, "bad_time", 0 },
		{ "2000-01-01X00:00:00Z", 0, "bad_time", 0 },
		{ "2000/01/01", 0, "bad_time", 0 },
		{ "20000101", 0, "bad_time", 0 },
		{ "0000-01-01", 0, "bad_time", 0 },
		{ "", 0, "bad_time", 0 },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct moment moment;

		assert_answer(parse_moment(&moment, cases[i].text, strlen(cases[i].text),
					   cases[i].plain),
			      cases[i].wrong, cases[i].text);
		if (!cases[i].wrong && moment.microseconds != cases[i].microseconds)
			fail_msg("%s: %lld", cases[i].text,
				 (long long)moment.microseconds);
	}
}

static void days_are_local(void **unused)
{
	static const struct {
		const char *text, *day;
	} cases[] = {
		{ "2025-06-30T16:59:59.999999Z", "2025-06-30" },
		{ "2025-06-30T17:00:00Z", "2025-07-01" },
		{ "1999-12-31T17:00:00Z", "2000-01-01" },
		{ "1999-12-31T16:59:59Z", "1999-12-31" },
		{ "1976-01-01T00:00:00Z", "1976-01-01" },
		{ "2020-02-28T20:00:00Z", "2020-02-29" },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct moment moment;
		char day[16];

		assert_null(parse_moment(&moment, cases[i].text, strlen(cases[i].text),
					 PLAIN_DATE_START));
		print_day(moment_local_day(&moment), day);
		assert_string_equal(day, cases[i].day);
	}
}

static void days_print_as_they_read(void **unused)
{
	char printed[16];
	int32_t day, again;

	(void)unused;
	assert_null(parse_date(&day, "1900-01-01", 10));
	for (; day < 73048; day += 13) {
		print_day(day, printed);
		assert_null(parse_date(&again, printed, 10));
		assert_int_equal(day, again);
	}
	assert_string_equal(parse_date(&day, "2200-01-01", 10), "bad_date");
	assert_string_equal(parse_date(&day, "2020-06-30T00:00:00Z", 20), "bad_date");
}

static void integers_and_booleans(void **unused)
{
	static const struct {
		const char *text;
		int64_t minimum, maximum;
		const char *wrong;
		int64_t value;
	} cases[] = {
		{ "0", 0, 5, NULL, 0 },
		{ "-3", -5, 5, NULL, -3 },
		{ "007", 0, 9, NULL, 7 },
		{ "9223372036854775807", 0, INT64_MAX, NULL, INT64_MAX },
		{ "9223372036854775808", 0, INT64_MAX, "out_of_range", 0 },
		{ "-9223372036854775809", INT64_MIN, 0, "out_of_range", 0 },
		{ "99999999999999999999999999999999999999999999", 0, INT64_MAX,
		  "out_of_range", 0 },
		{ "6", 1, 5, "out_of_range", 0 },
		{ "", 0, 5, "bad_integer", 0 },
		{ "-", 0, 5, "bad_integer", 0 },
		{ "+1", 0, 5, "bad_integer", 0 },
		{ "1.0", 0, 5, "bad_integer", 0 },
		{ "1e0", 0, 5, "bad_integer", 0 },
		{ "1 ", 0, 5, "bad_integer", 0 },
	};
	static const struct {
		const char *text, *wrong;
		int value;
	} booleans[] = {
		{ "true", NULL, 1 },
		{ "false", NULL, 0 },
		{ "1", NULL, 1 },
		{ "0", NULL, 0 },
		{ "True", "bad_boolean", 0 },
		{ "yes", "bad_boolean", 0 },
		{ "2", "bad_boolean", 0 },
		{ "truefalse", "bad_boolean", 0 },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t value = 0;

		assert_answer(parse_integer(&value, cases[i].text, strlen(cases[i].text),
					    cases[i].minimum, cases[i].maximum),
			      cases[i].wrong, cases[i].text);
		assert_true(value == cases[i].value);
	}
	for (size_t i = 0; i < sizeof booleans / sizeof *booleans; i++) {
		int value;

		assert_answer(
			parse_boolean(&value, booleans[i].text, strlen(booleans[i].text)),
			booleans[i].wrong, booleans[i].text);
		if (!booleans[i].wrong)
			assert_int_equal(value, booleans[i].value);
	}
	assert_null(parse_decimal("-0.6667", 7));
	assert_null(parse_decimal(".5", 2));
	assert_string_equal(parse_decimal("1,5", 3), "bad_decimal");
	assert_string_equal(parse_decimal(".", 1), "bad_decimal");
	assert_string_equal(parse_decimal("1e5", 3), "bad_decimal");
}

static void text_becomes_nfc(void **unused)
{
	static const struct {
		const char *text, *wrong, *normal;
		size_t characters;
	} cases[] = {
		{ "plain", NULL, "plain", 5 },
		{ "Đăng ký", NULL, "Đăng ký", 7 },
		{ "e\xcc\xa3\xcc\x82", NULL, "\xe1\xbb\x87", 1 },
		{ "e\xcc\x82\xcc\xa3", NULL, "\xe1\xbb\x87", 1 },
		{ "\xe1\xba\xb9\xcc\x82", NULL, "\xe1\xbb\x87", 1 },
		{ "\xe2\x84\xab", NULL, "\xc3\x85", 1 }, /* Angstrom sign */
		{ "\xf0\x9f\x98\x80", NULL, "\xf0\x9f\x98\x80", 1 },
		{ "\xc0\x80", "not_utf8", NULL, 0 },         /* overlong */
		{ "\xed\xa0\x80", "not_utf8", NULL, 0 },     /* surrogate */
		{ "\xe1\xbb", "not_utf8", NULL, 0 },         /* cut off */
		{ "\xf4\x90\x80\x80", "not_utf8", NULL, 0 }, /* beyond Unicode */
		{ "\xff", "not_utf8", NULL, 0 },
	};
	struct text buffer = { 0 };

	(void)unused;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *bytes = cases[i].text;
		size_t length = strlen(bytes), characters;

		assert_answer(parse_text(&bytes, &length, &characters, &buffer),
			      cases[i].wrong, cases[i].text);
		if (cases[i].wrong)
			continue;
		assert_int_equal(length, strlen(cases[i].normal));
		assert_memory_equal(bytes, cases[i].normal, length);
		assert_int_equal(characters, cases[i].characters);
	}
	text_free(&buffer);
}

/* A zero byte ends no value: "post" and two of them is not "post". */
static void choices_are_whole(void **unused)
{
	static const char *const choices[] = { "online", "post", "other", NULL };
	static const struct {
		const char *text;
		size_t length;
		const char *wrong;
	} cases[] = {
		{ "post", 4, NULL },
		{ "pos", 3, "bad_choice" },
		{ "posts", 5, "bad_choice" },
		{ "post\0", 5, "bad_choice" },
		{ "post\0\0", 6, "bad_choice" },
		{ "\0post", 5, "bad_choice" },
		{ "", 0, "bad_choice" },
	};
	int choice;

	(void)unused;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_answer(
			parse_choice(&choice, cases[i].text, cases[i].length, choices),
			cases[i].wrong, cases[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moments_are_read),
		cmocka_unit_test(days_are_local),
		cmocka_unit_test(days_print_as_they_read),
		cmocka_unit_test(integers_and_booleans),
		cmocka_unit_test(text_becomes_nfc),
		cmocka_unit_test(choices_are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
