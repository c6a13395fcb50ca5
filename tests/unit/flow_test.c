/* flow_test.c -- how text breaks into lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "reports/flow.h"
#include "reports/fonts.h"

static const struct canvas_font font = { FAMILY_SERIF, 13, false, false };

static int open_fonts(void **state)
{
	struct error err = { 0 };

	(void)state;
	return fonts_open(&err);
}

static void lines_break_at_spaces_only(void **state)
{
	static const struct {
		const char *string, *lines; /* joined by | */
		double width;
	} cases[] = {
		{ "", "", 100 },
		{ "một", "một", 100 },
		{ "một hai ba bốn", "một hai|ba bốn", 50 },
		{ "một  hai", "một|hai", 25 },
		{ "một hai ", "một hai", 100 },
		{ "một\nhai ba", "một|hai ba", 100 },
		{ "một\r\nhai\tba\r\n\r\nbốn", "một|hai ba||bốn", 100 },
		{ "mục tiêu ≥ 20%", "mục tiêu|≥ 20%", 65 },
		{ "kết quả 61000 / 85000", "kết quả|61000|/ 85000", 45 },
		{ "ỡỡỡỡỡỡ", "ỡỡỡ|ỡỡỡ", 24 },
		{ "a ỡỡỡỡỡỡ b", "a|ỡỡỡ|ỡỡỡ|b", 24 },
		{ "ỡ", "ỡ", 1 },
	};
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct flow_lines lines = { 0 };
		struct text joined = { 0 };

		flow_break(&lines, &font, cases[i].string, cases[i].width, 0);
		for (j = 0; j < lines.count; j++) {
			text_add(&joined, j ? "|" : "");
			text_add(&joined, lines.items[j].string);
		}
		assert_string_equal(text_string(&joined), cases[i].lines);
		text_free(&joined);
		flow_free(&lines);
	}
}

static void lines_fit_and_nothing_is_lost(void **state)
{
	static const char string[] =
		"Trên đây là kết quả thực hiện các chỉ tiêu của Nghị quyết số 17/NQ-CP "
		"ngày 07 tháng 3 năm 2019 của Chính phủ về một số nhiệm vụ, giải pháp "
		"trọng tâm phát triển Chính phủ điện tử giai đoạn 2019 - 2020.";
	double width;

	(void)state;
	for (width = 40; width < 600; width += 13) {
		struct flow_lines lines = { 0 };
		struct text joined = { 0 };
		size_t i;

		flow_break(&lines, &font, string, width, 20);
		for (i = 0; i < lines.count; i++) {
			assert_true(lines.items[i].width <=
				    width - (i == 0 ? 20 : 0) + 0.02);
			assert_int_equal(lines.items[i].closes, i + 1 == lines.count);
			text_add(&joined, i ? " " : "");
			text_add(&joined, lines.items[i].string);
		}
		if (width > 80) /* no word is broken */
			assert_string_equal(joined.data, string);
		text_free(&joined);
		flow_free(&lines);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_break_at_spaces_only),
		cmocka_unit_test(lines_fit_and_nothing_is_lost),
	};

	return cmocka_run_group_tests(tests, open_fonts, NULL);
}
