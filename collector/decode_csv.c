/* decode_csv.c -- records from CSV (RFC 4180).  The only file that includes libcsv.
 *
 * libcsv is fed one physical line at a time, so that the line on which a record
 * starts and its text as it came are known, and a record that never ends is given
 * up after 1 MiB whatever its length. */
#include "collector/decoder.h"

#include <stdlib.h>
#include <string.h>

#include <csv.h>

#include "base/memory.h"
#include "base/text.h"

enum { CHUNK = 256 * 1024, BUFFER = RECORD_SIZE_MAX + 2 * CHUNK, COLUMNS_MAX = 256 };
enum { COLUMN_IGNORED = -1 };

struct csv_file {
	const struct decoding *decoding;
	struct csv_parser parser;
	int parser_ready;
	char delimiter;
	char line_end; /* '\n', or '\r' where lines end in CR alone */

	char *buffer; /* [start..scanned) the record in hand, [scanned..length) unread */
	size_t start, scanned, length;
	int at_end;   /* of the input */
	int skipping; /* to the next line end: the record is too large */
	uint64_t line, start_line;

	int columns; /* of the header */
	int column_field[COLUMNS_MAX];

	char *values; /* of the record in hand, one after the other */
	size_t values_length;
	int value_count, any_value;
	struct raw_record record;
	uint64_t records;
	int failed;
	struct error *err;
};

/* ---- Bytes -------------------------------------------------------------- */

/* More bytes behind those at hand; nothing new at the end of the input. */
static int fill(struct csv_file *file, struct error *err)
{
	size_t got;

	if (file->start > 0) {
		memmove(file->buffer, file->buffer + file->start,
			file->length - file->start);
		file->length -= file->start;
		file->scanned -= file->start;
		file->start = 0;
	}
	if (input_read(file->decoding->input, file->buffer + file->length,
		       BUFFER - file->length, &got, err) != 0)
		return -1;
	file->length += got;
	file->at_end = got == 0;
	return 0;
}

static size_t without_line_end(const char *bytes, size_t length)
{
	while (length > 0 && (bytes[length - 1] == '\n' || bytes[length - 1] == '\r'))
		length--;
	return length;
}

static int never_space(unsigned char c)
{
	(void)c;
	return 0;
}

static void restart_parser(struct csv_file *file)
{
	if (file->parser_ready)
		csv_free(&file->parser);
	if (csv_init(&file->parser, 0) != 0)
		BUG("csv_init");
	file->parser_ready = 1;
	csv_set_delim(&file->parser, (unsigned char)file->delimiter);
	/* Blanks belong to values; the checks trim what may be trimmed. */
	csv_set_space_func(&file->parser, never_space);
	csv_set_realloc_func(&file->parser, realloc);
	csv_set_blk_size(&file->parser, 64 * 1024);
	file->values_length = 0;
	file->value_count = file->any_value = 0;
}

/* ---- Records ------------------------------------------------------------ */

static void clear_fields(struct csv_file *file)
{
	memset(file->record.fields, 0, sizeof file->record.fields);
	file->record.refusal = file->record.refused_field = file->record.detail = NULL;
}

static void take_value(void *bytes, size_t length, void *context)
{
	struct csv_file *file = context;
	int column = file->value_count++;
	char *copy = file->values + file->values_length;
	struct field_text *field;

	if (column >= file->columns)
		return;
	if (length > 0)
		file->any_value = 1;
	if (length == 0 || file->column_field[column] == COLUMN_IGNORED)
		return;
	/* libcsv reuses its buffer for the next value. */
	memcpy(copy, bytes, length);
	file->values_length += length;
	field = &file->record.fields[file->column_field[column]];
	*field = (struct field_text){ copy, length, FIELD_TEXT };
}

static int hand_over(struct csv_file *file, const char *refusal, const char *detail)
{
	struct raw_record *record = &file->record;

	record->line = file->start_line;
	record->source = file->buffer + file->start;
	record->source_length =
		without_line_end(record->source, file->scanned - file->start);
	record->refusal = refusal;
	record->detail = detail;
	if (refusal && strcmp(refusal, "record_too_large") == 0)
		record->source_length = 1024; /* it has no end to speak of */
	file->records++;
	return file->decoding->sink(file->decoding->context, record, file->err);
}

static void take_row(int end, void *context)
{
	struct csv_file *file = context;
	char detail[64] = "";

	(void)end;
	if (file->failed)
		return;
	/* A row of empty cells is what spreadsheets leave behind, no record. */
	if (file->any_value || file->value_count > file->columns) {
		const char *refusal = NULL;

		if (file->value_count != file->columns) {
			refusal = file->value_count > file->columns ? "too_many_columns"
								    : "too_few_columns";
			snprintf(detail, sizeof detail, "%d / %d", file->value_count,
				 file->columns);
		}
		if (hand_over(file, refusal, detail) != 0)
			file->failed = 1;
	}
	clear_fields(file);
	file->values_length = 0;
	file->value_count = file->any_value = 0;
}

/* Gives the record in hand up.  Where it spans several lines an open quote has
 * swallowed them: only its first line is refused and the rest is read again. */
static int give_up(struct csv_file *file)
{
	char *first_end = memchr(file->buffer + file->start, file->line_end,
				 file->scanned - file->start);
	const char *refusal = first_end ? "quote_unclosed" : "record_too_large";
	size_t resume =
		first_end ? (size_t)(first_end - file->buffer) + 1 : file->scanned;

	clear_fields(file);
	file->scanned = resume;
	if (!first_end && file->at_end)
		refusal = "quote_unclosed";
	if (hand_over(file, refusal, NULL) != 0)
		return -1;
	restart_parser(file);
	file->skipping = !first_end;
	file->line = file->start_line + (first_end != NULL);
	file->start = resume;
	file->start_line = file->line;
	return 0;
}

/* Passes over the rest of a line that is too long. */
static void skip(struct csv_file *file)
{
	char *end = memchr(file->buffer + file->scanned, file->line_end,
			   file->length - file->scanned);

	file->scanned = end ? (size_t)(end - file->buffer) + 1 : file->length;
	file->start = file->scanned;
	if (end) {
		file->skipping = 0;
		file->start_line = ++file->line;
	}
}

/* One more physical line, or what is at hand of it. */
static int parse_line(struct csv_file *file, struct error *err)
{
	char *from = file->buffer + file->scanned;
	char *end = memchr(from, file->line_end, file->length - file->scanned);
	size_t size = end ? (size_t)(end - from) + 1 : file->length - file->scanned;

	if (file->scanned + size - file->start > RECORD_SIZE_MAX + 2) {
		file->scanned += size;
		if (end)
			file->scanned--;
		return give_up(file);
	}
	file->scanned += size;
	if (csv_parse(&file->parser, from, size, take_value, take_row, file) != size)
		return error_set(err, ERROR_INTERNAL, "libcsv: %s",
				 csv_strerror(csv_error(&file->parser)));
	if (file->failed)
		return -1;
	if (end)
		file->line++;
	if (file->parser.pstate == 0) { /* between rows */
		file->start = file->scanned;
		file->start_line = file->line;
	}
	return 0;
}

/* The end of the input: the last line may lack its line end. */
static int finish(struct csv_file *file, struct error *err)
{
	if (file->parser.pstate == 2 && file->parser.quoted) {
		if (give_up(file) != 0)
			return -1;
		return 0;
	}
	if (csv_fini(&file->parser, take_value, take_row, file) != 0)
		return error_set(err, ERROR_INTERNAL, "libcsv: %s",
				 csv_strerror(csv_error(&file->parser)));
	file->start = file->scanned;
	return file->failed ? -1 : 0;
}

static int read_records(struct csv_file *file, struct error *err)
{
	for (;;) {
		if (file->scanned == file->length) {
			if (!file->at_end && fill(file, err) != 0)
				return -1;
			if (file->at_end && file->scanned == file->length) {
				if (finish(file, err) != 0)
					return -1;
				if (file->scanned == file->length)
					return 0;
			}
		}
		if (file->skipping)
			skip(file);
		else if (parse_line(file, err) != 0)
			return -1;
	}
}

/* ---- The header --------------------------------------------------------- */

struct header {
	struct csv_file *file;
	struct text unknown, repeated;
	unsigned char seen[RECORD_FIELDS_MAX];
	int too_many;
};

static void add_name(struct text *list, const char *name, size_t length)
{
	if (list->length)
		text_add(list, ", ");
	text_add_bytes(list, name, length > 80 ? 80 : length);
}

static void take_column(void *bytes, size_t length, void *context)
{
	struct header *header = context;
	struct csv_file *file = header->file;
	const char *name = bytes;
	int field;

	while (length > 0 && (*name == ' ' || *name == '\t')) {
		name++;
		length--;
	}
	while (length > 0 && (name[length - 1] == ' ' || name[length - 1] == '\t'))
		length--;
	if (file->columns == COLUMNS_MAX) {
		header->too_many = 1;
		return;
	}
	field = record_type_field(file->decoding->type, name, length);
	if (field < 0) {
		if (length < 5 || memcmp(name, "nq17_", 5) != 0)
			add_name(&header->unknown, length ? name : "\"\"",
				 length ? length : 2);
		field = COLUMN_IGNORED;
	} else if (header->seen[field]++) {
		add_name(&header->repeated, name, length);
	}
	file->column_field[file->columns++] = field;
}

static void take_header_end(int end, void *context)
{
	(void)end;
	(void)context;
}

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

static int check_header(struct csv_file *file, struct header *header, struct error *err)
{
	struct file_refusal *refusal = file->decoding->refusal;
	const struct record_field *fields = file->decoding->type->fields;
	struct text missing = { 0 };
	int status = 0;

	for (int i = 0; fields[i].name; i++)
		if (fields[i].required && !header->seen[i] &&
		    !(fields[i].kind == VALUE_AGENCY && file->decoding->agency_given))
			add_name(&missing, fields[i].name, strlen(fields[i].name));
	if (header->too_many)
		status = file_refuse(refusal, err, "file_unknown_columns",
				     "257, 258, ...");
	else if (header->unknown.length)
		status = file_refuse(refusal, err, "file_unknown_columns",
				     header->unknown.data);
	else if (header->repeated.length)
		status = file_refuse(refusal, err, "file_repeated_columns",
				     header->repeated.data);
	else if (missing.length)
		status = file_refuse(refusal, err, "file_missing_columns", missing.data);
	text_free(&missing);
	return status;
}

/* Fills the buffer until it holds the first line that is not blank, whole, and
 * tells where that ends (behind its line end). */
static int find_header(struct csv_file *file, size_t *end, struct error *err)
{
	struct file_refusal *refusal = file->decoding->refusal;
	int checked = 0;

	for (;;) {
		char *bytes;
		size_t at;

		if (fill(file, err) != 0)
			return -1;
		if (!checked && (file->length >= 4096 || file->at_end)) {
			if (decoder_refuse_foreign(file->buffer, file->length, refusal,
						   err) != 0)
				return -1;
			checked = 1;
		}
		if (!checked)
			continue;
		if (file->length >= 3 && memcmp(file->buffer, "\xef\xbb\xbf", 3) == 0 &&
		    file->start == 0)
			file->start = 3;
		bytes = file->buffer + file->start;
		for (at = 0; file->start + at < file->length; at++)
			if (bytes[at] == '\n' || bytes[at] == '\r')
				break;
		if (file->start + at < file->length || file->at_end) {
			*end = file->start + at;
			return 0;
		}
		if (at > RECORD_SIZE_MAX)
			return file_refuse(refusal, err, "file_header_too_long", NULL);
		file->start = 0; /* the mark is looked for again */
	}
}

static int read_header(struct csv_file *file, struct error *err)
{
	struct file_refusal *refusal = file->decoding->refusal;
	struct header header = { .file = file };
	size_t end = 0;
	int status = -1;

	if (find_header(file, &end, err) != 0)
		return -1;
	if (end == file->start) {
		size_t blank = end;

		while (blank < file->length && strchr("\r\n", file->buffer[blank]))
			blank++;
		return file_refuse(refusal, err,
				   file->at_end && blank == file->length
					   ? "file_empty"
					   : "file_header_blank",
				   NULL);
	}
	if (memchr("{[", file->buffer[file->start], 2))
		return file_refuse(refusal, err, "file_json_as_csv", NULL);
	if (!text_is_utf8(file->buffer + file->start, end - file->start))
		return file_refuse(refusal, err, "file_not_utf8", NULL);
	file->delimiter = detect_delimiter(file->buffer + file->start, end - file->start);
	restart_parser(file);
	if (csv_parse(&file->parser, file->buffer + file->start, end - file->start,
		      take_column, take_header_end, &header) != end - file->start ||
	    csv_fini(&file->parser, take_column, take_header_end, &header) != 0) {
		error_set(err, ERROR_INTERNAL, "libcsv: %s",
			  csv_strerror(csv_error(&file->parser)));
		goto done;
	}
	if (check_header(file, &header, err) != 0)
		goto done;
	if (file->decoding->header) {
		text_clear(file->decoding->header);
		text_add_bytes(file->decoding->header, file->buffer + file->start,
			       end - file->start);
		*file->decoding->delimiter = file->delimiter;
	}
	file->line_end = '\n';
	if (end < file->length && file->buffer[end] == '\r') {
		if (end + 1 < file->length && file->buffer[end + 1] != '\n')
			file->line_end = '\r';
		end++;
	}
	if (file->line_end == '\n' && end < file->length && file->buffer[end] == '\n')
		end++;
	file->start = file->scanned = end;
	file->line = file->start_line = 2;
	restart_parser(file);
	status = 0;
done:
	text_free(&header.unknown);
	text_free(&header.repeated);
	return status;
}

static int decode(const struct decoding *decoding, struct error *err)
{
	struct csv_file *file = memory_zeroed(1, sizeof *file);
	int status = -1;

	file->decoding = decoding;
	file->err = err;
	file->buffer = memory_take(BUFFER);
	file->values = memory_take(BUFFER);
	if (read_header(file, err) != 0 || read_records(file, err) != 0)
		goto done;
	if (file->records == 0) {
		file_refuse(decoding->refusal, err, "file_header_only", NULL);
		goto done;
	}
	status = 0;
done:
	if (file->parser_ready)
		csv_free(&file->parser);
	free(file->buffer);
	free(file->values);
	free(file);
	return status;
}

const struct decoder decoder_csv = { "csv", decode };
