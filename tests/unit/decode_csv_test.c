/* decode_csv_test.c -- CSV: records, their lines, and what is no CSV of ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "decoding.h"

#define HEADER "agency,task,issuer\n"

static void records_and_their_lines(void **unused)
{
	static const struct {
		const char *text, *file_code, *records;
	} cases[] = {
		{ HEADER "a,b,c\n", "", "2 b|a|c\n" },
		{ HEADER "a,b,c", "", "2 b|a|c\n" },
		{ "\xef\xbb\xbf" HEADER "a,b,c\n", "", "2 b|a|c\n" },
		{ "task;issuer;agency\r\nb;c,d;a\r\n", "", "2 b|a|c,d\n" },
		{ "task,issuer\rb,c\rd,e\r", "", "2 b|c\n3 d|e\n" },
		{ HEADER "\n\na,b,\n\n", "", "4 b|a\n" },
		{ HEADER "a,b,\"x\ny\"\nc,d,\n", "", "2 b|a|x\ny\n4 d|c\n" },
		{ HEADER "a,b,\"x\r\ny\"\r\n", "", "2 b|a|x\r\ny\n" },
		{ HEADER "\"a\",\"b\"\"c\",\"d,e\"\n", "", "2 b\"c|a|d,e\n" },
		/* a CR alone ends a row, as for libcsv */
		{ HEADER "a,b,c\rd,e,f\n", "", "2 b|a|c\n2 e|d|f\n" },
		{ "task,issuer\rb,\"c\rx\"\rd,e", "", "2 b|c\rx\n4 d|e\n" },
		/* a quote that is none of ours */
		{ HEADER "a\"b,\"c\"d\",e\n", "", "2 c\"d|a\"b|e\n" },
		{ HEADER "\"a\"b,c,d\n\"a\"b,c,d\nx,y,z\n", "",
		  "2 !quote_unclosed\n3 !quote_unclosed\n4 y|x|z\n" },
		{ HEADER "a,b,c\n\"", "", "2 b|a|c\n3 !quote_unclosed\n" },
		{ HEADER "a,b\n", "", "2 !too_few_columns\n" },
		{ HEADER "a,b,c,d\n", "", "2 !too_many_columns\n" },
		{ HEADER ",,\na,b,c\n", "", "3 b|a|c\n" },
		{ HEADER " a , b ,c\n", "", "2  b | a |c\n" },
		{ HEADER "a,b,\"c\nd,e,f\ng,h,i\n", "",
		  "2 !quote_unclosed\n3 e|d|f\n4 h|g|i\n" },
		{ " task , issuer \nb,c\n", "", "2 b|c\n" },
		{ "nq17_line,task,nq17_line\n1,b,2\n", "", "2 b\n" },
		{ "task\n\"\"\nb\n", "", "3 b\n" },
		{ "", "file_empty", "" },
		{ "\xef\xbb\xbf", "file_empty", "" },
		{ HEADER, "file_header_only", "" },
		{ HEADER "\n\n", "file_header_only", "" },
		{ "task,colour\n1,2\n", "file_unknown_columns", "" },
		{ "task\tissuer\n1\t2\n", "file_unknown_columns", "" },
		{ "task,task\n1,2\n", "file_repeated_columns", "" },
		{ "issuer\n1\n", "file_missing_columns", "" },
		{ "t\xe9sk\n1\n", "file_not_utf8", "" },
		{ "\x89PNG\r\n", "file_foreign", "" },
		{ "\xff\xfet", "file_foreign", "" },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct decoded decoded;

		run_decoder(&decoded, &decoder_csv, "milestone", cases[i].text,
			    strlen(cases[i].text));
		if (strcmp(decoded.file_code, cases[i].file_code) != 0 ||
		    strcmp(text_string(&decoded.records), cases[i].records) != 0)
			fail_msg("%s\ngives %s\n%s", cases[i].text, decoded.file_code,
				 text_string(&decoded.records));
		text_free(&decoded.records);
	}
}

/* The same records wherever the pieces that are read and the buffer end: each byte of a
 * row with quotes stands once on either side. */
static void quotes_across_pieces(void **unused)
{
	static const size_t borders[] = { 256 * 1024, 512 * 1024, 1536 * 1024 };
	static const char row[] = "c,d,\"e\"\"\r\nf\"\r\n",
			  filler[] = "a,b,xxxxxxxxxxx\n";

	(void)unused;
	for (size_t i = 0; i < 3 * (sizeof row + 1); i++) {
		size_t border = borders[i % 3], before = i / 3;
		struct text file = { 0 };
		struct decoded decoded;
		unsigned long lines = 1;
		char expected[64];

		text_add(&file, HEADER);
		while (file.length + 2 * sizeof filler + before < border) {
			text_add(&file, filler);
			lines++;
		}
		text_add(&file, "a,b,");
		while (file.length + 1 + before < border)
			text_add_char(&file, 'y');
		text_addf(&file, "\n%sg,h,\n", row);
		run_decoder(&decoded, &decoder_csv, "milestone", file.data, file.length);
		assert_string_equal(decoded.file_code, "");
		snprintf(expected, sizeof expected, "y\n%lu d|c|e\"\r\nf\n%lu h|g\n",
			 lines + 2, lines + 4);
		assert_non_null(strstr(text_string(&decoded.records), expected));
		text_free(&decoded.records);
		text_free(&file);
	}
}

/* Bytes that are no text are handed on as they are: the checks refuse their record. */
static void bytes_that_are_no_text(void **unused)
{
	static const char file[] =
		HEADER "a\0b,\xed\xa0\x80,\xc0\xaf\n\"\0\",\"\xff\",x\n";
	static const char expected[] = "2 \xed\xa0\x80|a\0b|\xc0\xaf\n3 \xff|\0|x\n";
	struct decoded decoded;

	(void)unused;
	run_decoder(&decoded, &decoder_csv, "milestone", file, sizeof file - 1);
	assert_string_equal(decoded.file_code, "");
	assert_int_equal(decoded.records.length, sizeof expected - 1);
	assert_memory_equal(decoded.records.data, expected, sizeof expected - 1);
	text_free(&decoded.records);
}

static void a_record_is_at_most_1_mib(void **unused)
{
	static const struct {
		size_t size;
		const char *expected; /* how the first record begins */
	} cases[] = {
		{ RECORD_SIZE_MAX - 4, "2 b|a|x" },
		{ RECORD_SIZE_MAX - 3, "2 b|a|x" },
		{ RECORD_SIZE_MAX - 2, "2 !record_too_large\n3 d|c|e\n" },
		{ RECORD_SIZE_MAX + 1, "2 !record_too_large\n3 d|c|e\n" },
		{ 5 * RECORD_SIZE_MAX, "2 !record_too_large\n3 d|c|e\n" },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct text file = { 0 };
		struct decoded decoded;

		text_add(&file, HEADER "a,b,");
		for (size_t k = 0; k < cases[i].size; k++)
			text_add_char(&file, 'x');
		text_add(&file, "\nc,d,e\n");
		run_decoder(&decoded, &decoder_csv, "milestone", file.data, file.length);
		assert_memory_equal(text_string(&decoded.records), cases[i].expected,
				    strlen(cases[i].expected));
		assert_non_null(strstr(text_string(&decoded.records), "3 d|c|e\n"));
		text_free(&decoded.records);
		text_free(&file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_and_their_lines),
		cmocka_unit_test(quotes_across_pieces),
		cmocka_unit_test(bytes_that_are_no_text),
		cmocka_unit_test(a_record_is_at_most_1_mib),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
