/* csv_rows_test.c -- rows and cells: csv-spectrum, and quotes that never end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <string.h>
#include <time.h>

#include "collector/csv_rows.h"
#include "decoding.h"

#define SPECTRUM "tests/data/csv-spectrum/"

struct table {
	json_t *names, *rows; /* of objects, as in csv-spectrum */
};

static int take_names(void *context, const struct csv_row *row, struct error *err)
{
	struct table *table = context;

	(void)err;
	for (size_t i = 0; i < row->count; i++)
		json_array_append_new(table->names, json_stringn(row->cells[i].bytes,
								 row->cells[i].length));
	return 0;
}

static int take_row(void *context, const struct csv_row *row, struct error *err)
{
	struct table *table = context;
	json_t *object = json_object();

	(void)err;
	assert_null(row->refusal);
	assert_int_equal(row->count, json_array_size(table->names));
	for (size_t i = 0; i < row->count; i++)
		json_object_set_new(
			object, json_string_value(json_array_get(table->names, i)),
			json_stringn(row->cells[i].bytes, row->cells[i].length));
	json_array_append_new(table->rows, object);
	return 0;
}

static json_t *read_table(const char *path)
{
	struct file_refusal refusal = { MESSAGE_EN, NULL };
	struct table table = { json_array(), json_array() };
	struct error err = { 0 };
	struct input *input = NULL;
	struct csv_rows *rows = NULL;

	assert_int_equal(input_open(&input, path, &refusal, &err), 0);
	assert_int_equal(csv_rows_open(&rows, input, &refusal, &err), 0);
	assert_int_equal(csv_rows_split_header(rows, take_names, &table, &err), 0);
	assert_int_equal(csv_rows_read(rows, take_row, &table, &err), 0);
	csv_rows_close(rows);
	input_close(input);
	json_decref(table.names);
	return table.rows;
}

/* The package's own JSON of this case is one object, with another telephone number. */
static void mend_expected(json_t *expected)
{
	json_object_set_new(json_array_get(expected, 0), "Contact Phone Number",
			    json_string("2095257564"));
}

static void spectrum_case(void **name)
{
	char path[128];
	json_t *got, *expected;

	snprintf(path, sizeof path, SPECTRUM "csvs/%s.csv", (const char *)*name);
	got = read_table(path);
	snprintf(path, sizeof path, SPECTRUM "json/%s.json", (const char *)*name);
	expected = json_load_file(path, 0, NULL);
	assert_non_null(expected);
	if (json_is_object(expected)) {
		expected = json_pack("[o]", expected);
		mend_expected(expected);
	}
	assert_true(json_array_size(got) > 0);
	if (!json_equal(got, expected))
		fail_msg("%s: %s", (const char *)*name, json_dumps(got, 0));
	json_decref(got);
	json_decref(expected);
}

/* Open quotes and odd ones, in a file that took the square of its size once. */
static void open_quotes_take_no_square_of_time(void **unused)
{
	static const char *const lines[] = { "\"a\"b\n", "x,\"abc\n", "\"\n",
					     "\"\"\"a\n" };

	(void)unused;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct text file = { 0 };
		struct decoded decoded;
		clock_t began = clock();

		text_add(&file, "task,issuer\n");
		while (file.length < 3 * RECORD_SIZE_MAX)
			text_add(&file, lines[i]);
		run_decoder(&decoded, &decoder_csv, "milestone", file.data, file.length);
		assert_string_equal(decoded.file_code, "");
		assert_true(decoded.records.length > 0);
		assert_true((double)(clock() - began) / CLOCKS_PER_SEC < 10);
		text_free(&decoded.records);
		text_free(&file);
	}
}

/* A file of everything that is difficult gives the same in pieces of any size. */
static void pieces_of_any_size(void **unused)
{
	static const char file[] =
		"\xef\xbb\xbftask;issuer;agency\r\n"
		"b;\"c;\"\"d\"\"\r\n;\";a\r\n;;\r\n\r\n\"\";\"\r\";x\r\ny;z\r;w;v;u\r\n"
		"a\"b;\"c\"d;\"\"\r\nq;\"open;\r\nr;s;t";
	struct decoded whole, pieces;

	(void)unused;
	run_decoder(&whole, &decoder_csv, "milestone", file, sizeof file - 1);
	assert_string_equal(whole.file_code, "");
	for (size_t piece = 1; piece < sizeof file; piece++) {
		run_decoder_in_pieces(&pieces, &decoder_csv, "milestone", file,
				      sizeof file - 1, piece);
		assert_string_equal(text_string(&pieces.records),
				    text_string(&whole.records));
		text_free(&pieces.records);
	}
	text_free(&whole.records);
}

int main(void)
{
#define SPECTRUM_CASE(name)                                                              \
	{                                                                                \
		name, spectrum_case, NULL, NULL, (void *)(uintptr_t)name                 \
	}
	const struct CMUnitTest tests[] = {
		SPECTRUM_CASE("comma_in_quotes"),
		SPECTRUM_CASE("empty"),
		SPECTRUM_CASE("empty_crlf"),
		SPECTRUM_CASE("escaped_quotes"),
		SPECTRUM_CASE("json"),
		SPECTRUM_CASE("location_coordinates"),
		SPECTRUM_CASE("newlines"),
		SPECTRUM_CASE("newlines_crlf"),
		SPECTRUM_CASE("quotes_and_newlines"),
		SPECTRUM_CASE("simple"),
		SPECTRUM_CASE("simple_crlf"),
		SPECTRUM_CASE("utf8"),
		cmocka_unit_test(open_quotes_take_no_square_of_time),
		cmocka_unit_test(pieces_of_any_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
