/* text_test.c -- the growing string and the escapers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const struct {
	void (*escape)(struct text *text, const char *string);
	const char *string, *expected;
} escapes[] = {
	{ text_add_html, "a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#39;" },
	{ text_add_html, "Tỉnh Đắk Lắk", "Tỉnh Đắk Lắk" },
	{ text_add_html, "", "" },
	{ text_add_html, "a\xFFz", "a\xEF\xBF\xBDz" },
	{ text_add_html, "\xC3", "\xEF\xBF\xBD" },
	{ text_add_html, "\xE1\xBA", "\xEF\xBF\xBD\xEF\xBF\xBD" },
	{ text_add_xml, "a\x01\tb<", "a\xEF\xBF\xBD\tb&lt;" },
	/* What turns the text round it, and what no document may hold. */
	{ text_add_html, "a\x07\n\u202Eb\u2066", "a\uFFFD\n\uFFFDb\uFFFD" },
	{ text_add_html, "a\xC2\x85\uFFFFb\u200B", "a\uFFFD\uFFFDb\u200B" },
	{ text_add_xml, "a\uFFFE\u200Fb", "a\uFFFD\uFFFDb" },
	{ text_add_tidy, "Huê\u0301 \u0110u\u031Bo\u031B\u0300ng", "Huế Đường" },
	{ text_add_tidy, "\uFEFFa\u200B\u202Eb\x07\x7F\u00ADc\t\r\nd\uFFFF",
	  "abc\t\r\nd" },
	{ text_add_tidy, "", "" },
	{ text_add_tidy, "Bộ Y tế – 100%", "Bộ Y tế – 100%" },
	{ text_add_json, "", "\"\"" },
	{ text_add_json, "\"\\/\n\r\t\x01\x7F", "\"\\\"\\\\/\\n\\r\\t\\u0001\\u007f\"" },
	{ text_add_json, "Huế\xC0\xAF", "\"Huế\xEF\xBF\xBD\xEF\xBF\xBD\"" },
	{ text_add_json, "\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
	{ text_add_csv, "plain", "plain" },
	{ text_add_csv, "a,b", "\"a,b\"" },
	{ text_add_csv, "a;b", "\"a;b\"" },
	{ text_add_csv, "say \"x\"", "\"say \"\"x\"\"\"" },
	{ text_add_csv, "two\nlines", "\"two\nlines\"" },
	{ text_add_csv, "=1+1", "=1+1" },
	{ text_add_csv_cell, "", "" },
	{ text_add_csv_cell, "=1+1", "'=1+1" },
	{ text_add_csv_cell, " =1+1", "' =1+1" },
	{ text_add_csv_cell, "\u00A0=1+1", "'\u00A0=1+1" },
	{ text_add_csv_cell, " x", " x" },
	{ text_add_csv_cell, "@a,b", "\"'@a,b\"" },
	{ text_add_csv_cell, "-x", "'-x" },
	{ text_add_csv_cell, "\tx", "'\tx" },
	{ text_add_csv_cell, "\n=1", "\"'\n=1\"" },
	{ text_add_csv_cell, "\uFF1D1+1", "'\uFF1D1+1" }, /* ＝, to some the same */
	{ text_add_csv_cell, "\uFF11+1", "\uFF11+1" },
	{ text_add_csv_cell, "-0.500000", "-0.500000" },
	{ text_add_csv_cell, "+84", "+84" },
	{ text_add_csv_cell, "a=b", "a=b" },
	{ text_add_url, "a b/ế?&=~", "a%20b%2F%E1%BA%BF%3F%26%3D~" },
	{ text_add_copy, NULL, "\\N" },
	{ text_add_copy, "a\tb\nc\rd\\e", "a\\tb\\nc\\rd\\\\e" },
	{ text_add_copy, "\\N", "\\\\N" },
	{ text_add_copy, "", "" },
};

static void test_escapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++) {
		struct text text = { 0 };

		escapes[i].escape(&text, escapes[i].string);
		assert_string_equal(text_string(&text), escapes[i].expected);
		text_free(&text);
	}
}

static const struct {
	const char *bytes;
	int expected;
} encodings[] = {
	{ "", 1 },
	{ "ấ", 1 },
	{ "\xF0\x9F\x87\xBB", 1 },
	{ "\xF4\x8F\xBF\xBF", 1 },
	{ "\xF4\x90\x80\x80", 0 }, /* above U+10FFFF */
	{ "\xF0\x8F\xBF\xBF", 0 }, /* overlong */
	{ "\xE0\x9F\xBF", 0 },
	{ "\xC1\xBF", 0 },
	{ "\xED\xBF\xBF", 0 }, /* a surrogate */
	{ "\x80", 0 },
	{ "\xE1\xBA", 0 },
	{ "a\xE1z", 0 },
};

static void test_utf8(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++)
		if (text_is_utf8(encodings[i].bytes, strlen(encodings[i].bytes)) !=
		    encodings[i].expected)
			fail_msg("case %zu", i);
}

static void test_growth(void **state)
{
	struct text text = { 0 };
	char *taken;

	(void)state;
	assert_string_equal(text_string(&text), "");
	for (int i = 0; i < 10000; i++)
		text_addf(&text, "%04d,", i);
	assert_int_equal(text.length, 50000);
	assert_memory_equal(text.data + 5 * 1234, "1234,", 5);
	text_clear(&text);
	assert_string_equal(text_string(&text), "");
	text_addf(&text, "%0300d", 0);
	assert_int_equal(strlen(text.data), 300);
	text_add_bytes(&text, "\0x", 2);
	assert_int_equal(text.length, 302);
	taken = text_take(&text);
	assert_int_equal(taken[301], 'x');
	assert_null(text.data);
	free(taken);
	taken = text_take(&text);
	assert_string_equal(taken, "");
	free(taken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_growth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
