/* request_test.c -- what a request head asks for, and the routes it leads to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "web/request.h"
#include "web/routes.h"

static const struct {
	const char *header;
	enum encoding best;
} encodings[] = {
	{ NULL, ENCODING_NONE },
	{ "", ENCODING_NONE },
	{ "identity", ENCODING_NONE },
	{ "gzip", ENCODING_GZIP },
	{ "deflate, gzip", ENCODING_GZIP },
	{ "GZip", ENCODING_GZIP },
	{ "gzip, br", ENCODING_BROTLI },
	{ "br;q=0.1, gzip", ENCODING_BROTLI },
	{ "gzip, brotli", ENCODING_GZIP },
	{ "br ; q=0 , gzip", ENCODING_GZIP },
	{ "gzip;q=0.5", ENCODING_GZIP },
	{ "gzip ; q=1", ENCODING_GZIP },
	{ "gzip;q=0", ENCODING_NONE },
	{ "gzip; q=0.0, br;q=0", ENCODING_NONE },
	{ "gzip;q=0.001", ENCODING_GZIP },
};

static void test_encodings(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++)
		assert_int_equal(encoding_choose(encodings[i].header), encodings[i].best);
}

static const struct {
	const char *path, *pattern; /* NULL: no route */
	enum request_format format;
	const char *name, *value; /* of a part of the path, or NULL */
} paths[] = {
	{ "/", "/", FORMAT_HTML, NULL, NULL },
	{ "/overview.json", "/overview", FORMAT_JSON, NULL, NULL },
	{ "/agencies", "/agencies", FORMAT_HTML, NULL, NULL },
	{ "/agencies.csv", "/agencies", FORMAT_CSV, NULL, NULL },
	{ "/agencies/44@2025", "/agencies/:agency", FORMAT_HTML, ":agency", "44@2025" },
	{ "/agencies/000.00.00.G01", "/agencies/:agency", FORMAT_HTML, ":agency",
	  "000.00.00.G01" },
	{ "/agencies/01/one-stop.csv", "/agencies/:agency/:indicator", FORMAT_CSV,
	  ":indicator", "one-stop" },
	{ "/agencies/01/one-stop/trend.svg", "/agencies/:agency/:indicator/:chart",
	  FORMAT_SVG, ":chart", "trend" },
	{ "/agencies/01/one-stop/move", "/agencies/:agency/:indicator/move", FORMAT_HTML,
	  ":agency", "01" },
	{ "/reports/brief.pdf", "/reports/:report", FORMAT_PDF, ":report", "brief" },
	{ "/reports/schedules.csv", "/reports/schedules", FORMAT_CSV, NULL, NULL },
	{ "/reports/schedules/new", "/reports/schedules/new", FORMAT_HTML, NULL, NULL },
	{ "/reports/schedules/7", "/reports/schedules/:schedule", FORMAT_HTML,
	  ":schedule", "7" },
	{ "/reports/deliveries/7/compare/9.json",
	  "/reports/deliveries/:delivery/compare/:other", FORMAT_JSON, ":other", "9" },
	{ "/api/v1/sent/0a", "/api/v1/sent/:sha256", FORMAT_HTML, ":sha256", "0a" },
	{ "/static/style.css", "/static/:file", FORMAT_HTML, ":file", "style.css" },
	{ "/static/icon.svg", "/static/:file", FORMAT_HTML, ":file", "icon.svg" },
	{ "/api/v1/openapi.json", "/api/v1/openapi", FORMAT_JSON, NULL, NULL },
	{ "/agencies/", NULL, FORMAT_HTML, NULL, NULL },
	{ "/agencies//online-filing", NULL, FORMAT_HTML, NULL, NULL },
	{ "/agencies/01/one-stop/trend/more", NULL, FORMAT_HTML, NULL, NULL },
	{ "/agenciesx", NULL, FORMAT_HTML, NULL, NULL },
	{ "", NULL, FORMAT_HTML, NULL, NULL },
	{ "/.json", NULL, FORMAT_HTML, NULL, NULL },
};

static void test_paths(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		struct request request = { 0 };
		const struct route *route;

		request_set_path(&request, paths[i].path);
		route = routes_find(&request);
		assert_int_equal(request.format, paths[i].format);
		if (!paths[i].pattern)
			assert_null(route);
		else if (!route)
			fail_msg("%s leads nowhere", paths[i].path);
		else
			assert_string_equal(route->pattern, paths[i].pattern);
		if (paths[i].name)
			assert_string_equal(request_value(&request, paths[i].name),
					    paths[i].value);
		request_free(&request);
	}
}

static void test_values(void **state)
{
	struct request request = { 0 };

	(void)state;
	assert_int_equal(request_add(&request, "a", "1"), 0);
	assert_int_equal(request_add(&request, "a", "2"), 0);
	assert_int_equal(request_add(&request, "b", ""), 0);
	assert_int_equal(request_add(&request, "c", "\xff"), -1);
	assert_string_equal(request_value(&request, "a"), "1");
	assert_null(request_value(&request, "b"));
	assert_null(request_value(&request, "d"));
	while (request.count < REQUEST_VALUES)
		assert_int_equal(request_add(&request, "e", "3"), 0);
	assert_int_equal(request_add(&request, "f", "4"), -1);
	request_free(&request);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
