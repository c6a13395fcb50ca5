/* inbox_name_test.c -- what the name of a file in an agency's folder says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "collector/inbox_name.h"

static void names_tell_type_and_format(void **state)
{
	static const struct {
		const char *name, *type, *format; /* type NULL: no */
	} cases[] = {
		{ "dossier-1.csv", "dossier", "csv" },
		{ "dossier.csv", "dossier", "csv" },
		{ "dossier_x.csv.gz", "dossier", "csv" },
		{ "dossier-2020.06.ndjson.zst", "dossier", "ndjson" },
		{ "service-x.jsonl", "service", "ndjson" },
		{ "count.2020.json", "count", "json" },
		{ "dossier-1.csv.errors.csv", "dossier", "csv" },
		{ "dossiers-1.csv", NULL, NULL },
		{ "dossier", NULL, NULL },
		{ "dossier-1.doc", NULL, NULL },
		{ "dossier-1.gz", NULL, NULL },
		{ "agency-1.csv", NULL, NULL },
		{ "task-1.csv", NULL, NULL },
		{ "national-1.csv", NULL, NULL },
		{ "", NULL, NULL },
		{ "x.csv", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct record_type *type;
		const char *format;
		int found = inbox_name_read(cases[i].name, &type, &format) == 0;

		if (found != (cases[i].type != NULL))
			fail_msg("%s: %d", cases[i].name, found);
		if (found) {
			assert_string_equal(type->name, cases[i].type);
			assert_string_equal(format, cases[i].format);
		}
	}
}

static void unfinished_names_are_ignored(void **state)
{
	static const char *const ignored[] = { ".dossier-1.csv",
					       "dossier-1.csv.part",
					       "dossier-1.csv.tmp",
					       "d.filepart",
					       "work",
					       "done",
					       "refused",
					       "." };

	(void)state;
	for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
		assert_true(inbox_name_is_ignored(ignored[i]));
	assert_false(inbox_name_is_ignored("dossier-1.csv"));
	assert_false(inbox_name_is_ignored("part.csv"));
	assert_false(inbox_name_is_ignored("working"));
}

static void numbers_stand_before_the_ending(void **state)
{
	static const struct {
		const char *name, *second;
	} cases[] = { { "a.csv", "a-2.csv" },
		      { "a.csv.gz", "a-2.csv.gz" },
		      { "a.b.ndjson.zst", "a.b-2.ndjson.zst" },
		      { "a", "a-2" },
		      { "a.gz", "a-2.gz" },
		      { ".csv", ".csv-2" } };
	struct text out = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		inbox_name_number(&out, cases[i].name, 1);
		assert_string_equal(text_string(&out), cases[i].name);
		inbox_name_number(&out, cases[i].name, 2);
		assert_string_equal(text_string(&out), cases[i].second);
	}
	text_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_tell_type_and_format),
		cmocka_unit_test(unfinished_names_are_ignored),
		cmocka_unit_test(numbers_stand_before_the_ending),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
