/* personal_test.c -- what is personal data in free text, and what only looks like it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "collector/personal.h"

static const struct {
	const char *value;
	enum personal expected;
} cases[] = {
	/* ---- it is ---- */
	{ "001088012345", PERSONAL_IDENTITY },
	{ "CCCD 079199001234", PERSONAL_IDENTITY },
	{ "số CCCD: 001 088 012 345", PERSONAL_IDENTITY },
	{ "CMND 123456789", PERSONAL_IDENTITY },
	{ "căn cước công dân số 036204001234.", PERSONAL_IDENTITY },
	{ "123456789", PERSONAL_IDENTITY }, /* and nothing else */
	{ "Gọi 0912345678", PERSONAL_PHONE },
	{ "0912.345.678", PERSONAL_PHONE },
	{ "091 234 5678 (chị Hoa)", PERSONAL_PHONE },
	{ "đt: +84912345678", PERSONAL_PHONE },
	{ "+84 912 345 678", PERSONAL_PHONE },
	{ "84912345678", PERSONAL_PHONE },
	{ "an.nguyen@gmail.com", PERSONAL_EMAIL },
	{ "gửi về nguyenvana+1@mail.example.vn nhé", PERSONAL_EMAIL },
	{ "ông Nguyễn Văn An", PERSONAL_NAME },
	{ "Hồ sơ của bà Trần Thị Bích Ngọc, tổ 5", PERSONAL_NAME },
	{ "Họ và tên: Lê Hoàng", PERSONAL_NAME },
	{ "người nộp ĐẶNG THỊ HOA", PERSONAL_NAME },
	/* ---- it is not ---- */
	{ "", PERSONAL_NONE },
	{ "Phòng Tư pháp", PERSONAL_NONE },
	{ "UBND phường Nguyễn Thái Bình", PERSONAL_NONE },
	{ "Trần Văn Thời", PERSONAL_NONE },     /* a district */
	{ "phường Bà Triệu", PERSONAL_NONE },   /* a ward */
	{ "Bà Rịa - Vũng Tàu", PERSONAL_NONE }, /* a province */
	{ "Sở KH&ĐT", PERSONAL_NONE },
	{ "huyện Cô Tô, Quảng Ninh", PERSONAL_NONE },
	{ "Anh Sơn", PERSONAL_NONE },
	{ "1.001193", PERSONAL_NONE },
	{ "1.001193.000.00.00.H56", PERSONAL_NONE },
	{ "000.00.01.H08-200315-0001", PERSONAL_NONE },
	{ "H56.14-240823-0001", PERSONAL_NONE },
	{ "000.17.22.H56-210531-0001", PERSONAL_NONE },
	{ "SAMPLE-33-190101-000001", PERSONAL_NONE },
	{ "0100109106", PERSONAL_NONE },     /* a tax number */
	{ "0312345678-001", PERSONAL_NONE }, /* a branch's */
	{ "Quyết định số 123456789/QĐ-UBND", PERSONAL_NONE },
	{ "17/NQ-CP ngày 07/03/2019", PERSONAL_NONE },
	{ "Đã xong 35% (09.12.2020 08:15)", PERSONAL_NONE },
	{ "2020-06-01T08:00:00+07:00", PERSONAL_NONE },
	{ "1593072000", PERSONAL_NONE },   /* a time of a computer */
	{ "1900 1234", PERSONAL_NONE },    /* a hotline */
	{ "024.38253536", PERSONAL_NONE }, /* an office's */
	{ "112233445566", PERSONAL_NONE }, /* no province 112 */
	{ "44@2025", PERSONAL_NONE },
	{ "Văn phòng @ tầng 3", PERSONAL_NONE },
	{ "Bộ phận Một cửa", PERSONAL_NONE },
	{ "bà con nhân dân", PERSONAL_NONE },
	{ "9876543210123", PERSONAL_NONE },
};

static void test_find(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		enum personal found =
			personal_find(cases[i].value, strlen(cases[i].value));

		if (found != cases[i].expected)
			fail_msg("\"%s\": %d, not %d", cases[i].value, (int)found,
				 (int)cases[i].expected);
	}
}

static void test_opaque(void **state)
{
	static const struct {
		const char *value;
		int expected;
	} filers[] = {
		{ "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", 1 },
		{ "kX3v+/8Qy0dGzA==", 1 },
		{ "citizen:42", 1 },
		{ "1234567", 1 },
		{ "001088012345", 0 },
		{ "123456789", 0 },
		{ "0912345678", 0 },
		{ "an@example.vn", 0 },
		{ "Nguyen Van A", 0 },
		{ "Nguyễn", 0 },
		{ "a,b", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof filers / sizeof *filers; i++)
		if (personal_is_opaque(filers[i].value, strlen(filers[i].value)) !=
		    filers[i].expected)
			fail_msg("%s", filers[i].value);
}

static void test_mask(void **state)
{
	static const struct {
		const char *source, *keep, *expected;
	} texts[] = {
		{ "38,D1,1.001193,online,2020-06-01,001088012345", "D1",
		  "38,D1,1.001193,online,2020-06-01,xxxxxxxxxxxx" },
		{ "38,0912345678,1.001193,online,0987654321", "0912345678",
		  "38,0912345678,1.001193,online,xxxxxxxxxx" },
		{ "{\"cmnd\": 123456789, \"value\": 987654321}", NULL,
		  "{\"cmnd\": xxxxxxxxx, \"value\": 987654321}" },
		{ "a;Nguyễn Văn An;an@x.vn;b", NULL, "a;xxxxxx xxx xx;xx@x.xx;b" },
		{ "38,H56.14-240823-0001,x", NULL, "38,H56.14-240823-0001,x" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct text out = { 0 };
		int masked = personal_mask(&out, texts[i].source, strlen(texts[i].source),
					   texts[i].keep);

		assert_int_equal(masked, strcmp(texts[i].source, texts[i].expected) != 0);
		assert_string_equal(text_string(&out), texts[i].expected);
		text_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_opaque),
		cmocka_unit_test(test_mask),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
