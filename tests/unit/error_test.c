/* error_test.c -- messages: set, put into context, cut at a character. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

static void test_set(void **state)
{
	struct error err = { .sqlstate = "40001" };

	(void)state;
	assert_int_equal(error_set(&err, ERROR_NOT_FOUND, "no agency \"%s\"", "99"), -1);
	assert_int_equal(err.kind, ERROR_NOT_FOUND);
	assert_string_equal(err.message, "no agency \"99\"");
	assert_string_equal(err.sqlstate, "");
}

static void test_context_keeps_the_kind(void **state)
{
	struct error err = { 0 };

	(void)state;
	error_set(&err, ERROR_CONFLICT, "inner");
	snprintf(err.sqlstate, sizeof err.sqlstate, "23505");
	assert_int_equal(error_context(&err, "outer %d", 7), -1);
	assert_int_equal(error_context(&err, "top"), -1);
	assert_string_equal(err.message, "top: outer 7: inner");
	assert_int_equal(err.kind, ERROR_CONFLICT);
	assert_string_equal(err.sqlstate, "23505");
}

/* A message that does not fit ends with a whole character, wherever the cut falls. */
static void test_cut_at_a_character(void **state)
{
	(void)state;
	for (int shift = 0; shift < 4; shift++) {
		struct text long_text = { 0 };
		struct error err;

		for (int i = 0; i < shift; i++)
			text_add_char(&long_text, 'x');
		for (int i = 0; i < 1000; i++)
			text_add(&long_text, "ế");
		error_set(&err, ERROR_INVALID, "%s", text_string(&long_text));
		assert_true(strlen(err.message) > 1015);
		assert_true(text_is_utf8(err.message, strlen(err.message)));
		error_context(&err, "%s", "ngữ cảnh");
		assert_true(text_is_utf8(err.message, strlen(err.message)));
		error_context(&err, "%s", text_string(&long_text));
		assert_true(text_is_utf8(err.message, strlen(err.message)));
		text_free(&long_text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_context_keeps_the_kind),
		cmocka_unit_test(test_cut_at_a_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
