/* style_test.c -- dates and numbers as people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "collector/style.h"

static const struct {
	const char *style, *value, *meaning; /* NULL: refused */
} cases[] = {
	{ "dd/MM/yyyy", "07/03/2019", "2019-03-07" },
	{ "dd/MM/yyyy", "7/3/2019", "2019-03-07" },
	{ "dd/MM/yyyy", "2019-03-07", NULL },
	{ "dd/MM/yyyy", "07/03/19", NULL },
	{ "dd/MM/yyyy", "07/03/2019 08:00", NULL },
	{ "dd/MM/yyyy", "", NULL },
	{ "dd/MM/yyyy", "/03/2019", NULL },
	/* No day of any month, which the checks say. */
	{ "dd/MM/yyyy", "31/02/2019", "2019-02-31" },
	{ "dd/MM/yyyy HH:mm", "07/03/2019 8:05", "2019-03-07T08:05:00" },
	{ "dd/MM/yyyy HH:mm", "07/03/2019", NULL },
	{ "dd/MM/yyyy HH:mm:ss", "07/03/2019 08:05:09", "2019-03-07T08:05:09" },
	{ "dd/MM/yyyy HH:mm:ss", "07/03/2019 08:05", NULL },
	{ "yyyyMMdd", "20190307", "2019-03-07" },
	{ "yyyyMMdd", "2019037", NULL },
	{ "yyyyMMddHHmmss", "20190307080509", "2019-03-07T08:05:09" },
	{ "yyyyMMddHHmmss", "201903070805091", NULL },
	{ "yyyyMMddHHmmss", "20190307", NULL },
	{ "1.234,5", "1.234,5", "1234.5" },
	{ "1.234,5", "1234", "1234" },
	{ "1.234,5", "1.234.567", "1234567" },
	{ "1.234,5", "-1.234", "-1234" },
	{ "1.234,5", "1.23", NULL },
	{ "1.234,5", "1234.567", NULL },
	{ "1.234,5", "1,5,5", NULL },
	{ "1.234,5", "1,", NULL },
	{ "1.234,5", ",5", NULL },
	{ "1.234,5", "1 234", NULL },
};

static void test_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		enum style style = style_find(cases[i].style, strlen(cases[i].style));
		struct text out = { 0 };
		int status =
			style_apply(style, cases[i].value, strlen(cases[i].value), &out);

		if (!cases[i].meaning)
			assert_int_equal(status, -1);
		else
			assert_int_equal(status, 0);
		if (cases[i].meaning)
			assert_string_equal(text_string(&out), cases[i].meaning);
		text_free(&out);
	}
}

static void test_headers(void **state)
{
	size_t length = strlen("received_at[dd/MM/yyyy]");

	(void)state;
	assert_int_equal(style_of_header("received_at[dd/MM/yyyy]", &length), STYLE_DAY);
	assert_int_equal(length, strlen("received_at"));
	length = strlen("received_at[MM/dd/yyyy]");
	assert_int_equal(style_of_header("received_at[MM/dd/yyyy]", &length), STYLE_NONE);
	assert_int_equal(length, strlen("received_at[MM/dd/yyyy]"));
	length = strlen("[yyyyMMdd");
	assert_int_equal(style_of_header("[yyyyMMdd", &length), STYLE_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
