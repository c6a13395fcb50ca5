/* table_test.c -- models as CSV. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "web/table.h"

#define MARK "\xEF\xBB\xBF"

static const struct {
	const char *model, *rows, *columns, *expected;
} cases[] = {
	{ "{\"l\": [{\"a\": 1, \"b\": \"x\"}, {\"a\": null}]}", "l", "a,b",
	  "a,b\r\n1,x\r\n,\r\n" },
	/* What is missing in the row is looked for around it. */
	{ "{\"p\": \"2020\", \"g\": [{\"k\": \"A\", \"l\": [{\"v\": 1}, {\"v\": 2}]},"
	  " {\"k\": \"B\", \"l\": [{\"v\": 3, \"p\": null}]}]}",
	  "g.l", "p,k,v", "p,k,v\r\n2020,A,1\r\n2020,A,2\r\n,B,3\r\n" },
	{ "{\"a\": [{\"f\": {\"v\": 1}}], \"b\": [{\"f\": {\"v\": 2}}]}", "a.f b.f", "v",
	  "v\r\n1\r\n2\r\n" },
	{ "{\"l\": []}", "l", "a", "a\r\n" },
	{ "{\"l\": null}", "l", "a", "a\r\n" },
	{ "{}", "l.m", "a", "a\r\n" },
	{ "{\"l\": [{\"a\": true}, {\"a\": false}]}", "l", "a",
	  "a\r\ntrue\r\nfalse\r\n" },
	{ "{\"l\": [{\"a\": \"x,\\\"y\\\"\\nz\"}]}", "l", "a",
	  "a\r\n\"x,\"\"y\"\"\nz\"\r\n" },
	/* Nothing that a spreadsheet would run; numbers stay numbers. */
	{ "{\"l\": [{\"a\": \"=1+1\"}, {\"a\": \"+x\"}, {\"a\": \"-x\"}, {\"a\": \"@x\"},"
	  " {\"a\": \"\\tx\"}]}",
	  "l", "a", "a\r\n'=1+1\r\n'+x\r\n'-x\r\n'@x\r\n'\tx\r\n" },
	{ "{\"l\": [{\"a\": \"-0.500000\"}, {\"a\": \"0.458000\"}, {\"a\": -5}]}", "l",
	  "a", "a\r\n-0.500000\r\n0.458000\r\n-5\r\n" },
};

static void test_csv(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		json_t *model = json_loads(cases[i].model, 0, NULL);
		struct text out = { 0 };

		assert_non_null(model);
		table_add_csv(&out, model, cases[i].rows, cases[i].columns);
		assert_memory_equal(text_string(&out), MARK, 3);
		assert_string_equal(text_string(&out) + 3, cases[i].expected);
		text_free(&out);
		json_decref(model);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_csv) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
