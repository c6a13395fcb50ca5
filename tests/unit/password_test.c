/* password_test.c -- passwords: right, wrong, too weak, hashed at another cost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "web/password.h"

static void only_the_right_one_is_right(void **state)
{
	char hash[PASSWORD_HASH_SIZE], again[PASSWORD_HASH_SIZE];
	struct error err;

	(void)state;
	assert_int_equal(password_hash("con mèo đen 17", 1, hash, &err), 0);
	assert_int_equal(password_hash("con mèo đen 17", 1, again, &err), 0);
	assert_memory_equal(hash, "$argon2id$v=19$m=1024,t=3,", 26);
	assert_string_not_equal(hash, again);
	assert_true(password_is_right("con mèo đen 17", hash, 1));
	/* Decomposed, as some keyboards write it. */
	assert_true(password_is_right("con me\xcc\x80o \xc4\x91"
				      "en 17",
				      hash, 1));
	assert_false(password_is_right("con meo đen 17", hash, 1));
	assert_false(password_is_right("", hash, 1));
	assert_false(password_is_right("con mèo đen 17", "not a hash", 1));
	assert_false(password_is_right("con mèo đen 17", NULL, 1));
}

static void the_cost_is_noticed(void **state)
{
	char hash[PASSWORD_HASH_SIZE];
	struct error err;

	(void)state;
	assert_int_equal(password_hash("con mèo đen 17", 1, hash, &err), 0);
	assert_false(password_is_outdated(hash, 1));
	assert_true(password_is_outdated(hash, 2));
}

static void weak_ones_are_refused(void **state)
{
	struct error err;
	char made[PASSWORD_LEAST * 2 + 1], other[PASSWORD_LEAST * 2 + 1];

	(void)state;
	assert_int_equal(password_is_fit("đủ mười ký tự", "lan", &err), 0);
	assert_int_equal(password_is_fit("ngắn quá", "lan", &err), -1);
	assert_int_equal(password_is_fit("aaaaaaaaaaaaaaa", "lan", &err), -1);
	assert_int_equal(password_is_fit("Nguyen.Thi.Lan", "nguyen.thi.lan", &err), -1);
	password_make(made);
	password_make(other);
	assert_int_equal(password_is_fit(made, "lan", &err), 0);
	assert_string_not_equal(made, other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_right_one_is_right),
		cmocka_unit_test(the_cost_is_noticed),
		cmocka_unit_test(weak_ones_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
