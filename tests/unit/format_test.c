/* format_test.c -- numbers, dates and periods in both languages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "reports/format.h"

typedef void (*formatter)(struct text *, const char *, const char *);

static void same_text(formatter add, const char *language, const char *value,
		      const char *expected)
{
	struct text out = { 0 };

	add(&out, language, value);
	assert_string_equal(text_string(&out), expected);
	text_free(&out);
}

static void only_separators_change(void **state)
{
	static const struct {
		formatter add;
		const char *value, *vi, *en;
	} cases[] = {
		{ format_add_decimal, "0", "0", "0" },
		{ format_add_decimal, "999", "999", "999" },
		{ format_add_decimal, "1234.5", "1.234,5", "1,234.5" },
		{ format_add_decimal, "1234567", "1.234.567", "1,234,567" },
		{ format_add_decimal, "-1000.999999", "−1.000,999999", "−1,000.999999" },
		{ format_add_decimal, "+1234.50", "+1.234,50", "+1,234.50" },
		{ format_add_decimal, "0.458000", "0,458000", "0.458000" },
		{ format_add_decimal, "n/a", "n/a", "n/a" },
		{ format_add_decimal, "1.", "1.", "1." },
		{ format_add_decimal, "", "", "" },
		{ format_add_percent, "99.99", "99,99%", "99.99%" },
		{ format_add_date, "2020-06-30", "30/06/2020", "2020-06-30" },
		{ format_add_date, "2026-11-23T20:00:00Z", "24/11/2026", "2026-11-24" },
		{ format_add_date, "2026-11-23T20:00:00+07:00", "23/11/2026",
		  "2026-11-23" },
		{ format_add_date, "soon", "soon", "soon" },
		{ format_add_moment, "2026-11-23T10:00:00.123456+07:00",
		  "10:00 ngày 23/11/2026", "2026-11-23 10:00" },
		{ format_add_moment, "2026-12-31T18:30:00-03:30", "05:00 ngày 01/01/2027",
		  "2027-01-01 05:00" },
		{ format_add_period, "2020", "2020", "2020" },
		{ format_add_period, "2020-Q3", "Quý III/2020", "Q3 2020" },
		{ format_add_period, "ND09-2020-Q1", "Quý I/2020", "Q1 2020" },
		{ format_add_period, "2020-H1", "6 tháng đầu 2020", "H1 2020" },
		{ format_add_period, "2020-09", "09/2020", "2020-09" },
		{ format_add_period, "2020-W05", "Tuần 5/2020", "W05 2020" },
		{ format_add_period, "2020-06-30", "30/06/2020", "2020-06-30" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		same_text(cases[i].add, "vi", cases[i].value, cases[i].vi);
		same_text(cases[i].add, "en", cases[i].value, cases[i].en);
	}
}

static void integers_are_grouped(void **state)
{
	struct text out = { 0 };

	(void)state;
	format_add_integer(&out, "vi", 9223372036854775807LL);
	assert_string_equal(text_string(&out), "9.223.372.036.854.775.807");
	text_free(&out);
}

static void capitals_keep_their_marks(void **state)
{
	struct text out = { 0 };

	(void)state;
	format_add_upper(&out, "Ủy ban nhân dân tỉnh Đắk Lắk – ữ ặ ở");
	assert_string_equal(text_string(&out), "ỦY BAN NHÂN DÂN TỈNH ĐẮK LẮK – Ữ Ặ Ở");
	text_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_separators_change),
		cmocka_unit_test(integers_are_grouped),
		cmocka_unit_test(capitals_keep_their_marks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
