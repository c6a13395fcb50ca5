/* reason_test.c -- refusals in the visitor's words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "web/reason.h"

static const struct {
	const char *language, *message, *expected;
} cases[] = {
	{ "vi", "the reason is missing", "Chưa ghi lý do." },
	{ "en", "the reason is missing", "the reason is missing" },
	{ "vi", "not a period: \"2025-Q9\"",
	  "“2025-Q9” không phải một kỳ; viết như 2025, 2025-Q3 hoặc 2025-09." },
	{ "en",
	  "not a period: \"19; data from\"; data from 2019 to 2025; periods: 2025-Q3",
	  "not a period: \"19; data from\". A period is written like 2025 (year), 2025-H1 (half year), 2025-Q3 (quarter), 2025-09 (month), 2025-W23 (week) or 2025-06-30 (day); in the calendar of Decree 09/2019 like ND09-2025, ND09-2025-H1, ND09-2025-Q3 or ND09-2025-09. There is data from 2019 to 2025; the latest: 2025-Q3." },
	{ "vi", "no agency \"a\" in period b\" in period 2025",
	  "Kỳ b\" in period 2025 không có cơ quan “a”." },
	{ "vi", "the evidence is no address: \"\"",
	  "Bằng chứng phải là một địa chỉ http:// hoặc https://, không phải “”." },
	{ "vi", "no key \"abc\"", "Không có khóa “abc”." },
	{ "vi", "no key 7", "Không có khóa 7." },
	{ "vi", "nothing of the kind", "nothing of the kind" },
	{ "vi", "no vintage here: nothing of this is published",
	  "Trang này không có bản công bố, nên không dùng được vintage." },
	{ "vi", "01 has no rank in 2020-Q3 (nothing was published of it)",
	  "01 không có hạng: khi đó kỳ 2020-Q3 chưa được công bố." },
	{ "vi", "01 has no rank in 2020-Q3 (no_data)",
	  "01 không có hạng trong kỳ 2020-Q3." },
	{ "vi", "mail is off: the settings smtp_url and mail_from turn it on",
	  "Chưa bật gửi thư: cần đặt smtp_url và mail_from trong cấu hình." },
	{ "en", "mail is off: the settings smtp_url and mail_from turn it on",
	  "mail is off: the settings smtp_url and mail_from turn it on" },
	{ "vi", "", "" },
	{ "vi",
	  "date/time field value out of range: \"2020-13-45\"; Perhaps you need a different \"datestyle\" setting.",
	  "Không có ngày “2020-13-45”." },
	{ "en",
	  "date/time field value out of range: \"2020-13-45\"; Perhaps you need a different \"datestyle\" setting.",
	  "there is no day \"2020-13-45\"" },
	{ "en", "invalid input syntax for type date: \"x{1}\"",
	  "\"x{1}\" is not written as it should be" },
};

static void test_reasons(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct text out = { 0 };

		reason_add(&out, cases[i].language, cases[i].message);
		assert_string_equal(text_string(&out), cases[i].expected);
		text_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_reasons) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
