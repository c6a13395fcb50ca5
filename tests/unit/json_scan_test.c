/* json_scan_test.c -- the scanner against jansson, and what is JSON at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "collector/json_record.h"
#include "decoding.h"

#define EVENT(data)                                                                      \
	"{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/x\",\"time\":null,"         \
	"\"type\":\"vn.nq17.task.v1\",\"data\":" data ",\"x\":[1]}"
#define FLAT_EVENT(data)                                                                 \
	"{\"specversion\":\"1.0\",\"id\":\"\\u0031\",\"source\":\"/x\",\"time\":null,"   \
	"\"type\":\"vn.nq17.task.v1\",\"data\":" data ",\"x\":12}"

static void write_field(struct text *out, const struct field_text *field)
{
	text_addf(out, "%d:%.*s|", field->form, (int)field->length,
		  field->length ? field->bytes : "");
}

static void write_record(struct text *out, const struct raw_record *record)
{
	text_addf(out, "%s %s %s %s %s %zu ", record->refusal ? record->refusal : "-",
		  record->refused_field ? record->refused_field : "-",
		  record->detail ? record->detail : "-",
		  record->event_source ? record->event_source : "-",
		  record->event_id ? record->event_id : "-", record->source_length);
	write_field(out, &record->refused_value);
	for (int i = 0; i < RECORD_FIELDS_MAX; i++)
		write_field(out, &record->fields[i]);
}

/* The scanner takes what is common, leaves the rest, and says what jansson says. */
static void same_as_jansson(void **unused)
{
	static const struct {
		const char *text;
		int events, taken;
	} cases[] = {
		{ "{}", 0, 1 },
		{ " { } ", 0, 1 },
		{ "{\"task\":\"a\",\"kind\":\"b\"}", 0, 1 },
		{ "\t{ \"task\" : \"a\" , \"kind\" : \"b\" } \r", 0, 1 },
		{ "{\"task\":\"\"}", 0, 1 },
		{ "{\"task\":null,\"kind\":true,\"clause\":false}", 0, 1 },
		{ "{\"task\":0}", 0, 1 },
		{ "{\"task\":-7,\"kind\":123456789012345678}", 0, 1 },
		{ "{\"task\":\"Vi\xe1\xbb\x87t\"}", 0, 1 },
		{ "{\"task\":\"\xf0\x9f\x98\x80\"}", 0, 1 },
		{ "{\"task\":\"\\u1ec7\\u00e9\\u0041\\uFFFD\"}", 0, 1 },
		{ "{\"task\":\"a\\\"b\\\\c\\/d\\b\\f\\n\\r\\t\",\"kind\":\"\\\"\"}", 0,
		  1 },
		{ "{\"task\":\"0123456789abcdef\x7f\"}", 0, 1 },
		/* jansson's */
		{ "{\"task\":-0}", 0, 0 },
		{ "{\"task\":1234567890123456789}", 0, 0 },
		{ "{\"task\":9223372036854775808}", 0, 0 },
		{ "{\"task\":1.50}", 0, 0 },
		{ "{\"task\":1e400}", 0, 0 },
		{ "{\"task\":1e2}", 0, 0 },
		{ "{\"task\":01}", 0, 0 },
		{ "{\"task\":-}", 0, 0 },
		{ "{\"task\":\"\\ud83d\\ude00\"}", 0, 0 },
		{ "{\"task\":\"\\ud83d\"}", 0, 0 },
		{ "{\"task\":\"\\u0000\"}", 0, 0 },
		{ "{\"task\":\"\\u12g4\"}", 0, 0 },
		{ "{\"task\":\"\\x\"}", 0, 0 },
		{ "{\"task\":\"\xc0\xaf\"}", 0, 0 },
		{ "{\"task\":\"\xed\xa0\x80\"}", 0, 0 },
		{ "{\"task\":\"\xe1\xbb\"}", 0, 0 },
		{ "{\"task\":\"\xe1\\u0041\"}", 0, 0 },
		{ "{\"task\":\"a\tb\"}", 0, 0 },
		{ "{\"task\":\"a\",\"task\":\"b\"}", 0, 0 },
		{ "{\"t\\u0061sk\":\"a\"}", 0, 0 },
		{ "{\"colour\":1}", 0, 0 },
		{ "{\"nq17_line\":1,\"task\":\"a\"}", 0, 0 },
		{ "{\"each\":[\"a\",\"b\"]}", 0, 0 },
		{ "{\"each\":{}}", 0, 0 },
		{ "{\"task\":\"a\",}", 0, 0 },
		{ "{\"task\" \"a\"}", 0, 0 },
		{ "{\"task\":\"a\"", 0, 0 },
		{ "{\"task\":nul}", 0, 0 },
		{ "{\"task\":truex}", 0, 0 },
		{ "[]", 0, 0 },
		{ "", 0, 0 },
		/* events */
		{ FLAT_EVENT("{\"task\":\"a\"}"), 1, 1 },
		{ FLAT_EVENT("{\"task\":\"a\"}"), -1, 1 },
		{ FLAT_EVENT("{\"task\":\"a\"}"), 0, 0 },
		{ EVENT("{\"task\":\"a\"}"), 1, 0 },
		{ FLAT_EVENT("{\"task\":[]}"), 1, 0 },
		{ FLAT_EVENT("[]"), 1, 0 },
		{ FLAT_EVENT("{}") " ", 1, 1 },
		{ "{\"task\":\"a\"}", -1, 1 },
		{ "{\"task\":\"a\"}", 1, 0 },
		{ "{\"data\":{\"task\":\"a\"},\"specversion\":\"1.0\",\"id\":\"1\","
		  "\"source\":\"/x\",\"type\":\"vn.nq17.task.v1\",\"id\":\"2\"}",
		  1, 0 },
		{ "{\"data\":{\"task\":\"a\"},\"specversion\":\"1.1\",\"id\":\"1\","
		  "\"source\":\"/x\",\"type\":\"vn.nq17.task.v1\"}",
		  1, 0 },
		{ "{\"data\":{\"task\":\"a\"},\"specversion\":\"1.0\",\"id\":\"1\","
		  "\"source\":\"\",\"type\":\"vn.nq17.task.v1\"}",
		  -1, 0 },
	};
	static struct json_record mine, its;
	const struct record_type *type = record_type_find("task");

	(void)unused;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t length = strlen(cases[i].text);
		struct text a = { 0 }, b = { 0 };
		int taken = json_record_scan(&mine, cases[i].text, length, 1, type,
					     cases[i].events) != 0;

		if (taken != cases[i].taken)
			fail_msg("%s: %staken", cases[i].text, taken ? "" : "not ");
		json_record_read(&mine, cases[i].text, length, 1, type, cases[i].events);
		json_record_judge(&its, cases[i].text, length, 1, type, cases[i].events);
		write_record(&a, &mine.record);
		write_record(&b, &its.record);
		assert_string_equal(a.data, b.data);
		text_free(&a);
		text_free(&b);
	}
	json_record_free(&mine);
	json_record_free(&its);
}

/* In the manner of JSONTestSuite: y is taken, n is no JSON.  Each is the value of a
 * field, so that an array or a nested object is JSON though no value. */
static const struct {
	const char *value;
	char verdict;
} values[] = {
	{ "\"asd\"", 'y' },
	{ "\"\"", 'y' },
	{ "\" \"", 'y' },
	{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", 'y' },
	{ "\"\\u0060\\u012a\\u12AB\"", 'y' },
	{ "\"\\ud801\\udc37\"", 'y' },
	{ "\"\\ud83d\\ude39\\ud83d\\udc8d\"", 'y' },
	{ "\"\\uDBFF\\uDFFE\"", 'y' },
	{ "\"\\u0821\\uFFFF\"", 'y' },
	{ "\"\\uFDD0\"", 'y' },
	{ "\"\\u2028\xe2\x80\xa8\"", 'y' },
	{ "\"\x7f\"", 'y' },
	{ "\"\xc3\xa9\xe1\xbb\x87\xf0\x9d\x84\x9e\"", 'y' },
	{ "\"\xef\xbf\xbf\"", 'y' },
	{ "\"\xef\xbb\xbf\"", 'y' },
	{ "\"a/*b*/c\"", 'y' },
	{ "\"e\xcc\x81\"", 'y' }, /* NFD */
	{ "0", 'y' },
	{ "-0", 'y' },
	{ "-1", 'y' },
	{ "20", 'y' },
	{ "123.456", 'y' },
	{ "0.5e1", 'y' },
	{ "1E+2", 'y' },
	{ "1e-2", 'y' },
	{ "-123e4", 'y' },
	{ "0e1", 'y' },
	{ "1e-400", 'y' },
	{ "9223372036854775807", 'y' },
	{ "-9223372036854775808", 'y' },
	{ "true", 'y' },
	{ "false", 'y' },
	{ "null", 'y' },
	{ "[]", 'y' },
	{ "[\"a\",\"b\"]", 'y' },
	{ "[1,null,{\"a\":[]}]", 'y' },
	{ "{}", 'y' },
	{ "{\"a\":{\"a\":0}}", 'y' },
	{ " \t1 \r", 'y' },
	{ "", 'n' },
	{ "\"", 'n' },
	{ "\"a", 'n' },
	{ "'a'", 'n' },
	{ "a", 'n' },
	{ "\"\\\"", 'n' },
	{ "\"\\x00\"", 'n' },
	{ "\"\\a\"", 'n' },
	{ "\"\\U0041\"", 'n' },
	{ "\"\\u00A\"", 'n' },
	{ "\"\\u00zz\"", 'n' },
	{ "\"\\u0000\"", 'n' },
	{ "\"\\ud800\"", 'n' },
	{ "\"\\ud800\\n\"", 'n' },
	{ "\"\\ud800\\ud800\"", 'n' },
	{ "\"\\udc00\"", 'n' },
	{ "\"\\udc00\\ud800\"", 'n' },
	{ "\"\t\"", 'n' },
	{ "\"\x01\"", 'n' },
	{ "\"\x1f\"", 'n' },
	{ "\"\x80\"", 'n' },             /* a continuation alone */
	{ "\"\xc3\"", 'n' },             /* broken off */
	{ "\"\xe1\xbb\"", 'n' },         /* broken off */
	{ "\"\xf0\x9d\x84\"", 'n' },     /* broken off */
	{ "\"\xc0\xaf\"", 'n' },         /* overlong */
	{ "\"\xe0\x80\xaf\"", 'n' },     /* overlong */
	{ "\"\xf0\x80\x80\xaf\"", 'n' }, /* overlong */
	{ "\"\xed\xa0\x80\"", 'n' },     /* a surrogate */
	{ "\"\xed\xbf\xbf\"", 'n' },     /* a surrogate */
	{ "\"\xf4\x90\x80\x80\"", 'n' }, /* beyond U+10FFFF */
	{ "\"\xff\"", 'n' },
	{ "\"\xe9\"", 'n' }, /* Latin-1 */
	{ "01", 'n' },
	{ "-01", 'n' },
	{ "+1", 'n' },
	{ "--1", 'n' },
	{ "-", 'n' },
	{ ".5", 'n' },
	{ "1.", 'n' },
	{ "1.e1", 'n' },
	{ "1e", 'n' },
	{ "1e+", 'n' },
	{ "0x1F", 'n' },
	{ "1_000", 'n' },
	{ "1 000", 'n' },
	{ "\xef\xbc\x91", 'n' },
	{ "1e400", 'n' },
	{ "-1e400", 'n' },
	{ "9223372036854775808", 'n' },
	{ "-9223372036854775809", 'n' },
	{ "NaN", 'n' },
	{ "Infinity", 'n' },
	{ "True", 'n' },
	{ "nul", 'n' },
	{ "truee", 'n' },
	{ "undefined", 'n' },
	{ "[1,]", 'n' },
	{ "[1", 'n' },
	{ "[,1]", 'n' },
	{ "[1 2]", 'n' },
	{ "]", 'n' },
	{ "{\"a\"}", 'n' },
	{ "{\"a\":1,}", 'n' },
	{ "{a:1}", 'n' },
	{ "{1:1}", 'n' },
	{ "{\"a\":1,\"a\":2}", 'n' },
	{ "1,", 'n' },
	{ "1,\"kind\"", 'n' },
	{ "1}{", 'n' },
	{ "1 /* a */", 'n' },
	{ "1 // a", 'n' },
	{ "1,\"task\":2", 'n' },
	{ "\xc2\xa0"
	  "1",
	  'n' },
	{ "\f1", 'n' },
};

static void what_is_json(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		struct text line = { 0 };
		struct decoded decoded;
		int refused;

		text_addf(&line, "{\"task\":%s}", values[i].value);
		run_decoder(&decoded, &decoder_ndjson, "task", line.data, line.length);
		assert_string_equal(decoded.file_code, "");
		refused = strstr(text_string(&decoded.records), "!bad_json") != NULL;
		if (refused != (values[i].verdict == 'n'))
			fail_msg("%s gives %s", line.data, text_string(&decoded.records));
		text_free(&decoded.records);
		text_free(&line);
	}
}

static void nested_without_end(void **unused)
{
	static const struct {
		const char *open, *close;
		int depth;
		const char *records;
	} cases[] = {
		{ "[", "]", 2000, "1 \n" },
		{ "[", "]", 9000, "1 !bad_json\n" },
		{ "{\"a\":", "", 9000, "1 !bad_json\n" },
		{ "[", "", 9000, "1 !bad_json\n" },
		{ "[", "]", 100000, "1 !too_many_values\n" },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct text line = { 0 };
		struct decoded decoded;

		text_add(&line, "{\"task\":");
		for (int k = 0; k < cases[i].depth; k++)
			text_add(&line, cases[i].open);
		for (int k = 0; k < cases[i].depth; k++)
			text_add(&line, cases[i].close);
		text_add(&line, "}");
		run_decoder(&decoded, &decoder_ndjson, "task", line.data, line.length);
		assert_string_equal(text_string(&decoded.records), cases[i].records);
		text_free(&decoded.records);
		text_free(&line);
	}
}

/* No record makes a tree that is many times its size. */
static void thousands_of_values(void **unused)
{
	static const struct {
		const char *value;
		int count;
		const char *records;
	} cases[] = {
		{ "0,", 5000, "1 \n" },
		{ "{},", 300000, "1 !too_many_values\n" },
		{ "[[\",,\"]],", 50000, "1 !too_many_values\n" },
		{ "\",[{\\\",[\",", 9000, "1 \n" },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct text line = { 0 };
		struct decoded decoded;

		text_add(&line, "{\"each\":[1,");
		for (int k = 0; k < cases[i].count; k++)
			text_add(&line, cases[i].value);
		text_add(&line, "0]}");
		run_decoder(&decoded, &decoder_ndjson, "task", line.data, line.length);
		assert_string_equal(text_string(&decoded.records), cases[i].records);
		text_free(&decoded.records);
		text_free(&line);
	}
}

static void pieces_of_any_size(void **unused)
{
	static const char lines[] =
		"\xef\xbb\xbf\r\n{\"task\":\"\xe1\xbb\x87\\u1ec7\"}\r\n\n{\"task\":-0,"
		"\"kind\":[\"x\"]}\n{\"a\":1}\n{\"task\":\"b\"}";
	static const char array[] =
		"\xef\xbb\xbf [{\"task\":\"\xe1\xbb\x87\\\"}]\"} ,\n" FLAT_EVENT(
			"{\"task\":\"a\"}") ", 1,\"]\",{\"each\":[{}]},{\"task\":\"b\"}]\n";
	static const struct {
		const struct decoder *decoder;
		const char *text;
		size_t length;
	} files[] = { { &decoder_ndjson, lines, sizeof lines - 1 },
		      { &decoder_json, array, sizeof array - 1 } };

	(void)unused;
	for (int i = 0; i < 2; i++) {
		struct decoded whole, pieces;

		run_decoder(&whole, files[i].decoder, "task", files[i].text,
			    files[i].length);
		assert_string_equal(whole.file_code, "");
		for (size_t piece = 1; piece <= files[i].length; piece++) {
			run_decoder_in_pieces(&pieces, files[i].decoder, "task",
					      files[i].text, files[i].length, piece);
			assert_string_equal(text_string(&pieces.records),
					    text_string(&whole.records));
			text_free(&pieces.records);
		}
		text_free(&whole.records);
	}
}

/* Records of an array longer than the buffer, with one wherever pieces end. */
static void long_arrays(void **unused)
{
	enum { COUNT = 40000 };
	struct text file = { 0 };
	struct decoded decoded;
	size_t count = 0;

	(void)unused;
	for (int i = 0; i < COUNT; i++)
		text_addf(
			&file, "%c{\"task\":\"%d\",\"name_vi\":\"%.*s\\n\xe1\xbb\x87\"}",
			i ? ',' : '[', i, i % 97,
			"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
			"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
	text_add(&file, "]");
	assert_true(file.length > 2 * RECORD_SIZE_MAX);
	run_decoder(&decoded, &decoder_json, "task", file.data, file.length);
	assert_string_equal(decoded.file_code, "");
	assert_null(strchr(text_string(&decoded.records), '!'));
	for (size_t i = 1; i < decoded.records.length; i++)
		count += memcmp(decoded.records.data + i - 1, "\x87\n", 2) == 0;
	assert_int_equal(count, COUNT);
	text_free(&decoded.records);
	text_free(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_as_jansson),
		cmocka_unit_test(what_is_json),
		cmocka_unit_test(nested_without_end),
		cmocka_unit_test(thousands_of_values),
		cmocka_unit_test(pieces_of_any_size),
		cmocka_unit_test(long_arrays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
