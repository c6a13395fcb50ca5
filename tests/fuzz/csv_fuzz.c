/* csv_fuzz.c -- CSV in pieces of any size; every row as libcsv alone cuts it, fed line
 * by line.  The first byte is the size of the pieces. */
#include "fuzz.h"

#include <csv.h>

#include "collector/csv_rows.h"

/* Rows written down: cells, each behind its length, and the line. */
struct written {
	struct text rows;  /* that are certain */
	struct text maybe; /* of lines that may yet be refused */
	struct text row;
	uint64_t line;
	size_t count;
};

static void write_cell(void *bytes, size_t length, void *context)
{
	struct written *written = context;

	if (written->count++ >= CSV_CELLS_MAX)
		return;
	text_addf(&written->row, "%zu:", length);
	if (length)
		text_add_bytes(&written->row, bytes, length);
}

static void end_row(int end, void *context)
{
	struct written *written = context;

	(void)end;
	text_addf(&written->maybe, "%llu %zu ", (unsigned long long)written->line,
		  written->count);
	text_add_bytes(&written->maybe, text_string(&written->row), written->row.length);
	text_add_char(&written->maybe, '\n');
	text_clear(&written->row);
	written->count = 0;
}

static int write_row(void *context, const struct csv_row *row, struct error *err)
{
	struct written *written = context;

	(void)err;
	written->line = row->line;
	if (row->refusal)
		text_addf(&written->maybe, "%llu !%s\n", (unsigned long long)row->line,
			  row->refusal);
	for (size_t i = 0; i < row->count && i < CSV_CELLS_MAX; i++)
		write_cell((void *)(uintptr_t)row->cells[i].bytes, row->cells[i].length,
			   written);
	written->count = row->count;
	if (!row->refusal)
		end_row(0, written);
	return 0;
}

static int never_space(unsigned char c)
{
	(void)c;
	return 0;
}

static void start(struct csv_parser *parser, char delimiter)
{
	csv_init(parser, 0);
	csv_set_delim(parser, (unsigned char)delimiter);
	csv_set_space_func(parser, never_space);
}

/* The rows from BYTES on, up to the first line that must be refused; returns where to
 * begin again, or SIZE. */
static size_t parse(struct written *written, const char *bytes, size_t from, size_t size,
		    char delimiter, char line_end)
{
	struct csv_parser parser;
	size_t row = from, at = from, first = 0;
	uint64_t line = written->line;
	const char *refusal = NULL;

	start(&parser, delimiter);
	while (at < size && !refusal) {
		const char *end = memchr(bytes + at, line_end, size - at);
		size_t next = end ? (size_t)(end - bytes) + 1 : size;

		if (row == at)
			first = next;
		if (next - row > RECORD_SIZE_MAX + 2) {
			refusal = row == at ? "record_too_large" : "quote_unclosed";
			break;
		}
		csv_parse(&parser, bytes + at, next - at, write_cell, end_row, written);
		line++;
		at = next;
		if (parser.pstate == 0) {
			text_add_bytes(&written->rows, text_string(&written->maybe),
				       written->maybe.length);
			text_clear(&written->maybe);
			row = at;
			written->line = line;
		} else if (at == size && parser.quoted && parser.pstate == 2) {
			refusal = "quote_unclosed";
		}
	}
	if (refusal) {
		text_clear(&written->maybe);
		text_addf(&written->rows, "%llu !%s\n", (unsigned long long)written->line,
			  refusal);
		written->line++;
		at = first;
	} else {
		csv_fini(&parser, write_cell, end_row, written);
		text_add_bytes(&written->rows, text_string(&written->maybe),
			       written->maybe.length);
	}
	text_clear(&written->maybe);
	text_clear(&written->row);
	written->count = 0;
	csv_free(&parser);
	return at;
}

static void by_libcsv(struct written *written, const char *bytes, size_t size,
		      size_t header, char delimiter)
{
	size_t at = header;
	char line_end = '\n';

	if (at < size && bytes[at] == '\r' && at + 1 < size && bytes[at + 1] != '\n')
		line_end = '\r';
	at += at < size && bytes[at] == '\r';
	at += line_end == '\n' && at < size && bytes[at] == '\n';
	written->line = 2;
	while (at < size)
		at = parse(written, bytes, at, size, delimiter, line_end);
}

static void compare_rows(const char *bytes, size_t size)
{
	struct file_refusal refusal = { MESSAGE_EN, NULL };
	struct input *input = open_bytes(bytes, size, &refusal);
	struct written mine = { .count = 0 }, its = { .count = 0 };
	struct error err = { 0 };
	struct csv_rows *rows = NULL;
	size_t header;
	char delimiter;

	if (csv_rows_open(&rows, input, &refusal, &err) == 0) {
		csv_rows_header(rows, &header, &delimiter);
		if (size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
			header += 3;
		REQUIRE(csv_rows_read(rows, write_row, &mine, &err) == 0);
		by_libcsv(&its, bytes, size, header, delimiter);
		if (mine.maybe.length != its.rows.length ||
		    memcmp(text_string(&mine.maybe), text_string(&its.rows),
			   its.rows.length) != 0) {
			fprintf(stderr, "ours:\n%s\nlibcsv:\n%s\n",
				text_string(&mine.maybe), text_string(&its.rows));
			abort();
		}
	}
	csv_rows_close(rows);
	input_close(input);
	text_free(&mine.maybe);
	text_free(&mine.row);
	text_free(&its.rows);
	text_free(&its.maybe);
	text_free(&its.row);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	/* A CR alone ends a row within its line. */
	struct run whole = { .rising = 0 }, pieces = { .rising = 0 };

	if (size == 0 || is_packed(bytes + 1, size - 1))
		return 0;
	piece = (size_t)1 << 30;
	run_decoder(&whole, &decoder_csv, "milestone", bytes + 1, size - 1);
	piece = piece_of(bytes[0]);
	run_decoder(&pieces, &decoder_csv, "milestone", bytes + 1, size - 1);
	require_same(&whole, &pieces);
	compare_rows((const char *)bytes + 1, size - 1);
	text_free(&whole.records);
	text_free(&pieces.records);
	return 0;
}
