/* media_type_test.c -- what a body of records says it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "web/media_type.h"

#define XLSX "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

static const struct {
	const char *header, *format; /* NULL: refused... */
	const char *problem;         /* ...with this code */
} types[] = {
	{ "text/csv", "csv", NULL },
	{ "TEXT/CSV", "csv", NULL },
	{ "  text/csv\t", "csv", NULL },
	{ "text/csv ; header=present", "csv", NULL },
	{ "text/csv; charset=utf-8", "csv", NULL },
	{ "text/csv;charset=UTF8", "csv", NULL },
	{ "text/csv; charset=\"utf-8\" ; header=present", "csv", NULL },
	{ "text/csv; Charset=US-ASCII", "csv", NULL },
	{ "text/csv;", "csv", NULL },
	{ "application/x-ndjson", "ndjson", NULL },
	{ "application/ndjson", "ndjson", NULL },
	{ "application/jsonl", "ndjson", NULL },
	{ "application/json; charset=utf-8", "json", NULL },
	{ "application/cloudevents+json", "cloudevents", NULL },
	{ "application/cloudevents-batch+json", "cloudevents", NULL },
	{ XLSX, "xlsx", NULL },
	{ "text/csv; charset=utf-16", NULL, "charset" },
	{ "text/csv; header=present; charset=windows-1258", NULL, "charset" },
	{ "text/csv; charset=", NULL, "charset" },
	{ "text/csv; charset=\"utf-8", NULL, "charset" },
	{ "text/csv; charset=utf-81", NULL, "charset" },
	{ NULL, NULL, "media_type" },
	{ "", NULL, "media_type" },
	{ ";", NULL, "media_type" },
	{ "text/csvs", NULL, "media_type" },
	{ "text/cs", NULL, "media_type" },
	{ "text/csv, text/csv", NULL, "media_type" },
	{ "text/plain; charset=utf-16", NULL, "media_type" },
	{ "multipart/form-data; boundary=x", NULL, "media_type" },
	{ "application/x-www-form-urlencoded", NULL, "media_type" },
};

static void formats(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		const char *problem,
			*format = media_type_format(types[i].header, &problem);

		if (types[i].format) {
			assert_non_null(format);
			assert_string_equal(format, types[i].format);
		} else {
			assert_null(format);
			assert_string_equal(problem, types[i].problem);
		}
	}
}

static void encodings(void **state)
{
	static const char *const known[] = { NULL,     "identity", "gzip", "GZIP",
					     " gzip ", "x-gzip",   "zstd" };
	static const char *const unknown[] = { "",     "br",         "deflate",
					       "gzi",  "gzip, gzip", "zstd, gzip",
					       "gzipp" };

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		assert_true(media_type_encoding_is_known(known[i]));
	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
		assert_false(media_type_encoding_is_known(unknown[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats),
		cmocka_unit_test(encodings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
