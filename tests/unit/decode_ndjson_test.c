/* decode_ndjson_test.c -- NDJSON and CloudEvents: records, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "decoding.h"

#define EVENT(data)                                                                      \
	"{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/x\","                       \
	"\"type\":\"vn.nq17.task.v1\",\"data\":" data "}"

static const struct {
	const struct decoder *decoder;
	const char *text, *file_code, *records;
} cases[] = {
	{ &decoder_ndjson, "{\"task\":\"a\"}\n{\"task\":\"b\"}", "", "1 a\n2 b\n" },
	{ &decoder_ndjson, "\xef\xbb\xbf{\"task\":\"a\"}\r\n\r\n{\"task\":\"b\"}\r\n", "",
	  "1 a\n3 b\n" },
	{ &decoder_ndjson, "{\"task\":null,\"clause\":\"\",\"kind\":\"k\"}\n", "",
	  "1 k\n" },
	{ &decoder_ndjson, "{\"task\":true,\"kind\":12}\n", "", "1 true|12\n" },
	{ &decoder_ndjson, "{\"each\":[\"a\",\"b\"],\"nq17_x\":{}}\n", "", "1 a b\n" },
	{ &decoder_ndjson, "{\"task\":\"\\u1ec7\"}\n", "", "1 \xe1\xbb\x87\n" },
	{ &decoder_ndjson, "{\"task\":\"a\"} x\n{\"task\":\"b\"}\n", "",
	  "1 !bad_json\n2 b\n" },
	{ &decoder_ndjson, "{\"task\":\"a\",\"task\":\"b\"}\n", "", "1 !bad_json\n" },
	{ &decoder_ndjson, "{\"task\":\"\\u0000\"}\n", "", "1 !bad_json\n" },
	{ &decoder_ndjson, "{\"task\":\"\xed\xa0\x80\"}\n", "", "1 !bad_json\n" },
	{ &decoder_ndjson, "{\"kind\":99999999999999999999}\n", "", "1 !bad_json\n" },
	{ &decoder_ndjson, "{\"colour\":1}\n", "", "1 !unknown_field\n" },
	{ &decoder_ndjson, "{}\n[]\n", "", "1 \n2 !bad_json\n" },
	{ &decoder_ndjson, "", "file_empty", "" },
	{ &decoder_ndjson, "[{\"task\":\"a\"}]", "file_not_ndjson", "" },
	{ &decoder_ndjson, "task,kind\n", "file_not_ndjson", "" },
	{ &decoder_cloudevents, EVENT("{\"task\":\"a\"}"), "", "1 a\n" },
	{ &decoder_cloudevents,
	  "[" EVENT("{\"task\":\"}]\\\"\"}") " ,\n" EVENT("{\"task\":\"b\"}") "]\n", "",
	  "1 }]\"\n2 b\n" },
	{ &decoder_cloudevents, "[{\"task\":\"a\"}," EVENT("{\"task\":\"b\"}") "]", "",
	  "1 a\n2 b\n" },
	{ &decoder_json, "[{\"task\":\"a\"}," EVENT("{\"task\":\"b\"}") "]", "",
	  "1 a\n2 b\n" },
	{ &decoder_json, "[{\"task\":\"a\"},{\"task\":\"b\"}]", "", "1 a\n2 b\n" },
	{ &decoder_json, " {\"task\":\"a\"} ", "", "1 a\n" },
	{ &decoder_cloudevents, "{\"task\":\"a\"}", "", "1 !bad_event\n" },
	{ &decoder_cloudevents, "[" EVENT("[]") "," EVENT("{\"task\":\"b\"}") "]", "",
	  "1 !bad_event\n2 b\n" },
	{ &decoder_cloudevents, "[{\"specversion\":\"0.3\"}]", "", "1 !bad_event\n" },
	{ &decoder_json, "[]", "file_header_only", "" },
	{ &decoder_json, " \n", "file_empty", "" },
	{ &decoder_json, "[{\"task\":\"a\"},]", "file_not_json", "1 a\n" },
	{ &decoder_json, "[{\"task\":\"a\"}", "file_not_json", "1 a\n" },
	{ &decoder_json, "[{\"task\":\"a\"}] x", "file_not_json", "1 a\n" },
	{ &decoder_json, "[1 , \"]\\\"\",null,[{}],{\"task\":\"a\"}]", "",
	  "1 !bad_json\n2 !bad_json\n3 !bad_json\n4 !bad_json\n5 a\n" },
	{ &decoder_json, "[1", "file_not_json", "" },
	{ &decoder_json, "[x]", "file_not_json", "" },
	{ &decoder_json, "1", "file_not_json", "" },
};

static void records_and_their_lines(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct decoded decoded;

		run_decoder(&decoded, cases[i].decoder, "task", cases[i].text,
			    strlen(cases[i].text));
		if (strcmp(decoded.file_code, cases[i].file_code) != 0 ||
		    strcmp(text_string(&decoded.records), cases[i].records) != 0)
			fail_msg("%s\ngives %s\n%s", cases[i].text, decoded.file_code,
				 text_string(&decoded.records));
		text_free(&decoded.records);
	}
}

static void a_record_is_at_most_1_mib(void **unused)
{
	static const struct {
		const struct decoder *decoder;
		const char *begin, *between, *end, *last;
	} files[] = {
		{ &decoder_ndjson, "", "\n", "\n", "2 b\n" },
		{ &decoder_json, "[", ",", "]", "2 b\n" },
	};
	static const struct {
		size_t size;
		int taken;
	} sizes[] = { { RECORD_SIZE_MAX - 100, 1 },
		      { RECORD_SIZE_MAX, 0 },
		      { 4 * RECORD_SIZE_MAX, 0 } };

	(void)unused;
	for (int f = 0; f < 2; f++)
		for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
			struct text file = { 0 };
			struct decoded decoded;

			text_add(&file, files[f].begin);
			text_add(&file, "{\"task\":\"");
			for (size_t k = 0; k < sizes[i].size; k++)
				text_add_char(&file, 'x');
			text_add(&file, "\"}");
			text_add(&file, files[f].between);
			text_add(&file, "{\"task\":\"b\"}");
			text_add(&file, files[f].end);
			run_decoder(&decoded, files[f].decoder, "task", file.data,
				    file.length);
			assert_string_equal(decoded.file_code, "");
			assert_memory_equal(text_string(&decoded.records),
					    sizes[i].taken ? "1 xxxx" : "1 !rec", 6);
			assert_non_null(
				strstr(text_string(&decoded.records), files[f].last));
			text_free(&decoded.records);
			text_free(&file);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_and_their_lines),
		cmocka_unit_test(a_record_is_at_most_1_mib),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
