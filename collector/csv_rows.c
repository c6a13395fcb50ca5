/* csv_rows.c -- the rows of a CSV file.  The only file that includes libcsv.
 *
 * Lines are joined to rows by the same few states as in libcsv, so that a quote that
 * never ends is noticed without reading what it swallows again for every line. */
#include "collector/csv_rows.h"

#include <stdlib.h>
#include <string.h>

#include <csv.h>

#include "base/memory.h"
#include "base/text.h"
#include "collector/decoder.h"

enum { CHUNK = RECORD_SIZE_MAX / 4, BUFFER = RECORD_SIZE_MAX + 2 * CHUNK };

/* A row with its line end may be this long. */
enum { ROW_MAX = RECORD_SIZE_MAX + 2 };

enum place {
	CELL_BEGIN, /* also the beginning of a row */
	IN_PLAIN,   /* in a cell that does not begin with a quote */
	IN_QUOTES,
	AFTER_QUOTE, /* in quotes: one that ends the cell or is the first of two */
};

struct csv_rows {
	struct input *input;
	struct file_refusal *refusal;
	struct csv_parser parser;
	char delimiter, line_end; /* '\n', or '\r' where lines end in CR alone */

	char *buffer; /* [start..length) is not handed over yet */
	size_t start, length;
	size_t searched; /* no line end stands between START and here */
	int at_end;      /* of the input */
	uint64_t line;   /* of START */

	size_t header, header_length;

	/* A row that is in quotes at a line end before OPEN_END does not end before
	 * OPEN_END, and stands at OPEN_PLACE there. */
	size_t open_end;
	enum place open_place;

	/* The row in hand. */
	struct csv_row row;
	struct csv_cell cells[CSV_CELLS_MAX];
	char *values; /* of cells that libcsv read, one after the other */
	size_t values_length;

	csv_row_sink *sink;
	void *context;
	int failed;
	struct error *err;
};

/* ---- Bytes -------------------------------------------------------------- */

/* More bytes behind those at hand; nothing new at the end of the input. */
static int fill(struct csv_rows *rows, struct error *err)
{
	size_t got, moved = rows->start;

	if (BUFFER - rows->length < CHUNK && moved > 0) {
		memmove(rows->buffer, rows->buffer + moved, rows->length - moved);
		rows->length -= moved;
		rows->searched = rows->searched > moved ? rows->searched - moved : 0;
		rows->open_end = rows->open_end > moved ? rows->open_end - moved : 0;
		rows->start = 0;
	}
	if (input_read(rows->input, rows->buffer + rows->length, BUFFER - rows->length,
		       &got, err) != 0)
		return -1;
	rows->length += got;
	rows->at_end = got == 0;
	return 0;
}

static size_t without_line_end(const char *bytes, size_t length)
{
	while (length > 0 && (bytes[length - 1] == '\n' || bytes[length - 1] == '\r'))
		length--;
	return length;
}

/* ---- Cells -------------------------------------------------------------- */

static void add_cell(struct csv_rows *rows, const char *bytes, size_t length)
{
	if (rows->row.count < CSV_CELLS_MAX)
		rows->cells[rows->row.count] = (struct csv_cell){ bytes, length };
	rows->row.count++;
}

static void split_plain(struct csv_rows *rows, const char *bytes, size_t length)
{
	const char *at = bytes, *end = bytes + length, *stop;

	while ((stop = memchr(at, rows->delimiter, (size_t)(end - at))) != NULL) {
		add_cell(rows, at, (size_t)(stop - at));
		at = stop + 1;
	}
	add_cell(rows, at, (size_t)(end - at));
}

static void take_cell(void *bytes, size_t length, void *context)
{
	struct csv_rows *rows = context;
	char *copy = rows->values + rows->values_length;

	/* libcsv reuses its buffer for the next value. */
	if (length > 0)
		memcpy(copy, bytes, length);
	rows->values_length += length;
	add_cell(rows, copy, length);
}

static void take_row(int end, void *context)
{
	struct csv_rows *rows = context;

	(void)end;
	if (!rows->failed && rows->sink(rows->context, &rows->row, rows->err) != 0)
		rows->failed = 1;
	rows->row.count = 0;
	rows->values_length = 0;
}

/* Whole lines that libcsv must judge. */
static int split_by_libcsv(struct csv_rows *rows, const char *bytes, size_t length,
			   struct error *err)
{
	rows->failed = 0;
	rows->err = err;
	rows->values_length = 0;
	if (csv_parse(&rows->parser, bytes, length, take_cell, take_row, rows) !=
		    length ||
	    csv_fini(&rows->parser, take_cell, take_row, rows) != 0)
		return error_set(err, ERROR_INTERNAL, "libcsv: %s",
				 csv_strerror(csv_error(&rows->parser)));
	return rows->failed ? -1 : 0;
}

static int never_space(unsigned char c)
{
	(void)c;
	return 0;
}

static void prepare_parser(struct csv_rows *rows)
{
	if (csv_init(&rows->parser, 0) != 0)
		BUG("csv_init");
	/* Blanks belong to values; the checks trim what may be trimmed. */
	csv_set_space_func(&rows->parser, never_space);
	csv_set_realloc_func(&rows->parser, realloc);
	csv_set_blk_size(&rows->parser, 64 * 1024);
}

/* ---- Rows --------------------------------------------------------------- */

static void begin_row(struct csv_rows *rows, const char *source, size_t length)
{
	rows->row = (struct csv_row){ .line = rows->line,
				      .source = source,
				      .source_length = length,
				      .cells = rows->cells };
}

/* Hands over the lines up to END, which are one row (or several where a CR stands
 * alone). */
static int take_lines(struct csv_rows *rows, size_t end, int has_quotes, uint64_t lines,
		      struct error *err)
{
	const char *bytes = rows->buffer + rows->start;
	size_t size = end - rows->start, length = without_line_end(bytes, size);
	char other_end = rows->line_end == '\n' ? '\r' : '\n';
	int status = 0;

	begin_row(rows, bytes, length);
	if (has_quotes || memchr(bytes, other_end, length)) {
		status = split_by_libcsv(rows, bytes, size, err);
	} else if (length > 0) {
		split_plain(rows, bytes, length);
		status = rows->sink(rows->context, &rows->row, err);
	}
	rows->start = rows->searched = end;
	rows->line += lines;
	return status;
}

/* The place behind BYTES, read from PLACE on; *END is behind the line end that ends the
 * row, or NULL if none does.  As in libcsv, CR and LF both end a row. */
static enum place follow(const struct csv_rows *rows, enum place place, const char *bytes,
			 const char *limit, const char **end)
{
	*end = NULL;
	for (const char *at = bytes; at < limit; at++) {
		if (place == IN_QUOTES) {
			at = memchr(at, '"', (size_t)(limit - at));
			if (!at)
				return IN_QUOTES;
			place = AFTER_QUOTE;
		} else if (*at == '\n' || *at == '\r') {
			place = CELL_BEGIN;
			if (*at == rows->line_end) {
				*end = at + 1;
				return place;
			}
		} else if (*at == rows->delimiter) {
			place = CELL_BEGIN;
		} else if (place == AFTER_QUOTE) {
			place = IN_QUOTES;
		} else if (place == CELL_BEGIN) {
			place = *at == '"' ? IN_QUOTES : IN_PLAIN;
		}
	}
	return place;
}

/* The first line opens a quote that does not end in time: only that line is refused,
 * the rest is read again. */
static int refuse_line(struct csv_rows *rows, size_t end, struct error *err)
{
	const char *bytes = rows->buffer + rows->start;

	begin_row(rows, bytes, without_line_end(bytes, end - rows->start));
	rows->row.refusal = "quote_unclosed";
	rows->start = rows->searched = end;
	rows->line++;
	return rows->sink(rows->context, &rows->row, err);
}

/* The row whose first line, up to END, leaves a quote open at PLACE. */
static int take_quoted(struct csv_rows *rows, size_t end, enum place place,
		       struct error *err)
{
	size_t first = end - rows->start; /* from START, which fill() may move */
	size_t at = first;
	const char *row_end = NULL;
	uint64_t lines = 0;

	if (end < rows->open_end) {
		at = rows->open_end - rows->start;
		place = rows->open_place;
	}
	for (;;) {
		size_t limit = rows->length - rows->start;

		if (limit > ROW_MAX)
			limit = ROW_MAX;
		place = follow(rows, place, rows->buffer + rows->start + at,
			       rows->buffer + rows->start + limit, &row_end);
		if (row_end)
			break;
		at = limit;
		if (rows->length - rows->start > ROW_MAX ||
		    (rows->at_end && place == IN_QUOTES)) {
			rows->open_end = rows->start + at;
			rows->open_place = place;
			return refuse_line(rows, rows->start + first, err);
		}
		if (rows->at_end) {
			row_end = rows->buffer + rows->length;
			break;
		}
		if (fill(rows, err) != 0)
			return -1;
	}
	for (const char *line = rows->buffer + rows->start; line < row_end; lines++) {
		line = memchr(line, rows->line_end, (size_t)(row_end - line));
		line = line ? line + 1 : row_end;
	}
	return take_lines(rows, (size_t)(row_end - rows->buffer), 1, lines, err);
}

static int refuse_large(struct csv_rows *rows, struct error *err)
{
	char *end;

	begin_row(rows, rows->buffer + rows->start, 1024); /* it has no end to speak of */
	rows->row.refusal = "record_too_large";
	if (rows->sink(rows->context, &rows->row, err) != 0)
		return -1;
	while (!(end = memchr(rows->buffer + rows->start, rows->line_end,
			      rows->length - rows->start))) {
		rows->start = rows->length;
		if (rows->at_end)
			return 0;
		if (fill(rows, err) != 0)
			return -1;
	}
	rows->start = rows->searched = (size_t)(end - rows->buffer) + 1;
	rows->line++;
	return 0;
}

/* The row that begins with the line up to END. */
static int take_row_at(struct csv_rows *rows, size_t end, struct error *err)
{
	const char *bytes = rows->buffer + rows->start, *limit = rows->buffer + end;
	const char *row_end;
	enum place place = CELL_BEGIN;
	const char *quote;

	if (end - rows->start > ROW_MAX)
		return refuse_large(rows, err);
	quote = memchr(bytes, '"', end - rows->start);
	if (quote)
		place = follow(rows, place, bytes, limit, &row_end);
	if (place == IN_QUOTES && rows->at_end && end == rows->length)
		return refuse_line(rows, end, err);
	if (place == IN_QUOTES)
		return take_quoted(rows, end, place, err);
	return take_lines(rows, end, quote != NULL, 1, err);
}

int csv_rows_read(struct csv_rows *rows, csv_row_sink *sink, void *context,
		  struct error *err)
{
	rows->sink = sink;
	rows->context = context;
	while (rows->start < rows->length || !rows->at_end) {
		char *end = memchr(rows->buffer + rows->searched, rows->line_end,
				   rows->length - rows->searched);
		size_t line_end = end ? (size_t)(end - rows->buffer) + 1 : rows->length;

		rows->searched = line_end;
		if (end || rows->at_end || rows->length - rows->start > ROW_MAX) {
			if (take_row_at(rows, line_end, err) != 0)
				return -1;
		} else if (fill(rows, err) != 0) {
			return -1;
		}
	}
	return 0;
}

/* ---- The header --------------------------------------------------------- */

/* More semicolons than commas outside quotes: semicolons separate. */
static char detect_delimiter(const char *line, size_t length)
{
	size_t commas = 0, semicolons = 0;
	int quoted = 0;

	for (size_t i = 0; i < length; i++) {
		quoted ^= line[i] == '"';
		commas += !quoted && line[i] == ',';
		semicolons += !quoted && line[i] == ';';
	}
	return semicolons > commas ? ';' : ',';
}

char csv_rows_delimiter(const char *header)
{
	return detect_delimiter(header, strlen(header));
}

/* Fills the buffer until it holds the first line with what follows its end. */
static int find_header(struct csv_rows *rows, struct error *err)
{
	size_t at = 0;

	do
		if (fill(rows, err) != 0)
			return -1;
	while (!rows->at_end && rows->length < FOREIGN_MAX);
	if (decoder_refuse_foreign(rows->buffer, rows->length, rows->refusal, err) != 0)
		return -1;
	if (rows->length >= 3 && memcmp(rows->buffer, "\xef\xbb\xbf", 3) == 0)
		rows->start = at = 3;
	for (;;) {
		while (at < rows->length && rows->buffer[at] != '\n' &&
		       rows->buffer[at] != '\r')
			at++;
		if (at - rows->start > RECORD_SIZE_MAX)
			return file_refuse(rows->refusal, err, "file_header_too_long",
					   NULL);
		/* One byte more tells CR from CR LF. */
		if (at + 1 < rows->length || rows->at_end)
			break;
		if (fill(rows, err) != 0)
			return -1;
	}
	rows->header = rows->start;
	rows->header_length = at - rows->start;
	return 0;
}

/* Behind the line end of the header, which tells how the lines end. */
static void pass_header(struct csv_rows *rows)
{
	size_t at = rows->header + rows->header_length;

	rows->line_end = '\n';
	if (at < rows->length && rows->buffer[at] == '\r') {
		at++;
		if (at < rows->length && rows->buffer[at] != '\n')
			rows->line_end = '\r';
	}
	if (rows->line_end == '\n' && at < rows->length && rows->buffer[at] == '\n')
		at++;
	rows->start = rows->searched = at;
	rows->line = 2;
}

static int read_header(struct csv_rows *rows, struct error *err)
{
	const char *header;

	if (find_header(rows, err) != 0)
		return -1;
	header = rows->buffer + rows->header;
	if (rows->header_length == 0) {
		size_t blank = rows->header;

		while (blank < rows->length && strchr("\r\n", rows->buffer[blank]))
			blank++;
		return file_refuse(rows->refusal, err,
				   rows->at_end && blank == rows->length
					   ? "file_empty"
					   : "file_header_blank",
				   NULL);
	}
	if (memchr("{[", *header, 2))
		return file_refuse(rows->refusal, err, "file_json_as_csv", NULL);
	if (!text_is_utf8(header, rows->header_length))
		return file_refuse(rows->refusal, err, "file_not_utf8", NULL);
	rows->delimiter = detect_delimiter(header, rows->header_length);
	csv_set_delim(&rows->parser, (unsigned char)rows->delimiter);
	pass_header(rows);
	return 0;
}

int csv_rows_open(struct csv_rows **result, struct input *input,
		  struct file_refusal *refusal, struct error *err)
{
	struct csv_rows *rows = memory_zeroed(1, sizeof *rows);

	rows->input = input;
	rows->refusal = refusal;
	rows->buffer = memory_take(BUFFER);
	rows->values = memory_take(ROW_MAX);
	prepare_parser(rows);
	if (read_header(rows, err) != 0) {
		csv_rows_close(rows);
		return -1;
	}
	*result = rows;
	return 0;
}

void csv_rows_close(struct csv_rows *rows)
{
	if (!rows)
		return;
	csv_free(&rows->parser);
	free(rows->buffer);
	free(rows->values);
	free(rows);
}

const char *csv_rows_header(const struct csv_rows *rows, size_t *length, char *delimiter)
{
	*length = rows->header_length;
	*delimiter = rows->delimiter;
	return rows->buffer + rows->header;
}

int csv_rows_split_header(struct csv_rows *rows, csv_row_sink *sink, void *context,
			  struct error *err)
{
	const char *header = rows->buffer + rows->header;

	rows->sink = sink;
	rows->context = context;
	begin_row(rows, header, rows->header_length);
	return split_by_libcsv(rows, header, rows->header_length, err);
}
