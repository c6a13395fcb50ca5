/* layout_test.c -- where everything stands on the pages of each report, against what was
 * looked at and kept: tests/data/layout/REPORT.LANGUAGE.boxes.
 *
 * After a change that is meant: NQ17_GOLDEN=write layout_test, look at the pages, and at the
 * difference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "reports/model.h"
#include "reports/report_kind.h"

enum { MOST = 1 << 20 };

static const char *const reports[] = { "compliance",  "ranking",  "indicator", "brief",
				       "restatement", "evidence", "form06a" };
static const char *const languages[] = { "vi", "en" };

#define COUNT(array) (sizeof(array) / sizeof *(array))

static json_t *load(const char *report)
{
	struct text path = { 0 };
	json_error_t fault;
	json_t *model;

	text_addf(&path, "tests/data/layout/%s.json", report);
	model = json_load_file(path.data, 0, &fault);
	if (!model)
		fail_msg("%s: %s", path.data, fault.text);
	text_free(&path);
	return model;
}

static void draw(const char *report, const json_t *model, const char *language,
		 struct text *out)
{
	struct error err = { 0 };

	if (report_draw(report_kind_find(report), model, language, PAGES_BOXES, 0, out,
			&err) != 0)
		fail_msg("%s: %s", report, err.message);
}

/* Fails at the first line that differs. */
static void compare(const char *path, const struct text *kept, const struct text *drawn)
{
	const char *a = text_string(kept), *b = text_string(drawn);
	int line = 1;

	while (*a || *b) {
		int first = (int)strcspn(a, "\n"), second = (int)strcspn(b, "\n");

		if (first != second || memcmp(a, b, (size_t)first) != 0)
			fail_msg("%s:%d\n  was: %.*s\n  is:  %.*s", path, line, first, a,
				 second, b);
		a += first + (a[first] == '\n');
		b += second + (b[second] == '\n');
		line++;
	}
}

static void check(const char *report, const json_t *model, const char *language)
{
	struct text path = { 0 }, kept = { 0 }, drawn = { 0 };
	const char *golden = getenv("NQ17_GOLDEN");
	struct error err = { 0 };

	text_addf(&path, "tests/data/layout/%s.%s.boxes", report, language);
	draw(report, model, language, &drawn);
	if (golden && strcmp(golden, "write") == 0) {
		if (file_replace(path.data, drawn.data, drawn.length, &err) != 0)
			fail_msg("%s", err.message);
	} else if (file_read(path.data, MOST, &kept, &err) != 0) {
		fail_msg("%s", err.message);
	} else {
		compare(path.data, &kept, &drawn);
	}
	text_free(&path);
	text_free(&kept);
	text_free(&drawn);
}

static void everything_stands_where_it_stood(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(reports); i++) {
		json_t *model = load(reports[i]);

		for (size_t j = 0; j < COUNT(languages); j++)
			check(reports[i], model, languages[j]);
		json_decref(model);
	}
}

/* A page as SVG holds the texts of that page, and one beyond the last is refused. */
static void a_page_comes_as_svg(void **state)
{
	json_t *model = load("compliance");
	struct text first = { 0 }, second = { 0 };
	struct error err = { 0 };

	(void)state;
	assert_int_equal(
		report_draw(&report_compliance, model, "vi", PAGES_SVG, 1, &first, &err),
		0);
	assert_int_equal(
		report_draw(&report_compliance, model, "vi", PAGES_SVG, 2, &second, &err),
		0);
	assert_non_null(strstr(first.data, ">CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</text>"));
	assert_null(strstr(second.data, "CỘNG HÒA XÃ HỘI"));
	assert_non_null(strstr(first.data, "<title>"));
	assert_non_null(strstr(first.data, "<desc>"));
	assert_int_equal(
		report_draw(&report_compliance, model, "vi", PAGES_SVG, 99, &first, &err),
		-1);
	assert_int_equal(err.kind, ERROR_NOT_FOUND);
	json_decref(model);
	text_free(&first);
	text_free(&second);
}

int main(void)
{
	const struct CMUnitTest unit_tests[] = {
		cmocka_unit_test(everything_stands_where_it_stood),
		cmocka_unit_test(a_page_comes_as_svg),
	};

	return cmocka_run_group_tests(unit_tests, NULL, NULL);
}
