/* totp_test.c -- one-time codes: the vectors of RFC 6238, and when a code counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "web/totp.h"

/* RFC 6238, appendix B. */
static const unsigned char secret[] = "12345678901234567890";

enum { LENGTH = sizeof secret - 1 };

static void rfc_6238(void **state)
{
	static const struct {
		int64_t seconds;
		const char *code;
	} vectors[] = {
		{ 59, "94287082" },         { 1111111109, "07081804" },
		{ 1111111111, "14050471" }, { 1234567890, "89005924" },
		{ 2000000000, "69279037" }, { 20000000000, "65353130" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		char code[9];

		totp_print(secret, LENGTH, vectors[i].seconds / 30, 8, code);
		assert_string_equal(code, vectors[i].code);
	}
}

static void a_code_counts_once_and_for_a_while(void **state)
{
	(void)state;
	/* "081804" is of step 37037036: 1111111080 to 1111111109. */
	assert_int_equal(totp_find_step(secret, LENGTH, "081804", 1111111109, 0),
			 37037036);
	assert_int_equal(totp_find_step(secret, LENGTH, "081804", 1111111111, 0),
			 37037036);
	assert_int_equal(totp_find_step(secret, LENGTH, "081804", 1111111051, 0),
			 37037036);
	assert_int_equal(totp_find_step(secret, LENGTH, "081804", 1111111140, 0), 0);
	assert_int_equal(totp_find_step(secret, LENGTH, "081804", 1111111049, 0), 0);
	assert_int_equal(totp_find_step(secret, LENGTH, "081804", 1111111109, 37037036),
			 0);
	assert_int_equal(totp_find_step(secret, LENGTH, "081805", 1111111109, 0), 0);
	assert_int_equal(totp_find_step(secret, LENGTH, "81804", 1111111109, 0), 0);
	assert_int_equal(totp_find_step(secret, LENGTH, "0818040", 1111111109, 0), 0);
}

static void base32(void **state)
{
	/* RFC 4648, without padding. */
	static const char *const cases[][2] = {
		{ "", "" },
		{ "f", "MY" },
		{ "fo", "MZXQ" },
		{ "foo", "MZXW6" },
		{ "foob", "MZXW6YQ" },
		{ "fooba", "MZXW6YTB" },
		{ "foobar", "MZXW6YTBOI" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct text out = { 0 };

		totp_add_base32(&out, (const unsigned char *)cases[i][0],
				strlen(cases[i][0]));
		assert_string_equal(text_string(&out), cases[i][1]);
		text_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc_6238),
		cmocka_unit_test(a_code_counts_once_and_for_a_while),
		cmocka_unit_test(base32),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
