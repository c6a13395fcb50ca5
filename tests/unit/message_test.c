/* message_test.c -- why a record was refused, said again in the other language. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/text.h"
#include "collector/message.h"

static const struct {
	const char *code;
	struct message_parts parts;
} cases[] = {
	{ "bad_choice", { "channel", "balloon", "online, counter" } },
	{ "bad_choice", { "channel", "", "" } },
	{ "resolved_before_received", { NULL, NULL, "2020-06-02 < 2020-06-03" } },
	{ "too_long", { "unit", "abc", "64" } },
	{ "bad_time", { "due_at", "2020-06-31", NULL } },
};

static void test_a_detail_is_found_in_what_was_said(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (int said_in = MESSAGE_VI; said_in <= MESSAGE_EN; said_in++)
			for (int in = MESSAGE_VI; in <= MESSAGE_EN; in++) {
				struct message_parts known = cases[i].parts;
				struct text said = { 0 }, wanted = { 0 }, cause = { 0 },
					    remedy = { 0 };

				known.detail = NULL;
				message_add(&said, (enum message_language)said_in,
					    cases[i].code, &cases[i].parts);
				message_add(&wanted, (enum message_language)in,
					    cases[i].code, &cases[i].parts);
				assert_true(message_explain(
					&cause, &remedy, (enum message_language)in,
					cases[i].code, &known, text_string(&said)));
				text_addf(&cause, " %s", text_string(&remedy));
				assert_string_equal(text_string(&cause),
						    text_string(&wanted));
				text_free(&said);
				text_free(&wanted);
				text_free(&cause);
				text_free(&remedy);
			}
}

static void test_what_is_not_known_is_not_made_up(void **state)
{
	static const char *const said[] = { NULL, "", "“x” không phải giá trị",
					    "something else {detail}" };
	const struct message_parts known = { "channel", "balloon", NULL };
	struct text cause = { 0 }, remedy = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof said / sizeof *said; i++)
		assert_false(message_explain(&cause, &remedy, MESSAGE_EN, "bad_choice",
					     &known, said[i]));
	assert_false(message_explain(&cause, &remedy, MESSAGE_EN, "no_such_code", &known,
				     NULL));
	assert_int_equal(cause.length + remedy.length, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_detail_is_found_in_what_was_said),
		cmocka_unit_test(test_what_is_not_known_is_not_made_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
