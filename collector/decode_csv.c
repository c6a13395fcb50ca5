/* decode_csv.c -- records from CSV: the header names the fields, each row is one. */
#include "collector/decoder.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "collector/csv_rows.h"

enum { COLUMNS_MAX = CSV_CELLS_MAX - 1 };
enum { COLUMN_IGNORED = -1 };

struct csv_file {
	const struct decoding *decoding;
	struct csv_rows *rows;
	int columns; /* of the header */
	int column_field[COLUMNS_MAX];
	int fields; /* of the type */
	struct raw_record record;
	uint64_t records;
};

/* ---- Records ------------------------------------------------------------ */

static int take_record(struct csv_file *file, const struct csv_row *row,
		       const char *refusal, const char *detail, struct error *err)
{
	struct raw_record *record = &file->record;

	record->line = row->line;
	record->source = row->source;
	record->source_length = row->source_length;
	record->refusal = refusal;
	record->detail = detail;
	file->records++;
	return file->decoding->sink(file->decoding->context, record, err);
}

/* Returns whether any cell holds anything. */
static int fill_fields(struct csv_file *file, const struct csv_row *row)
{
	struct field_text *fields = file->record.fields;
	size_t count = row->count;
	int any = 0;

	memset(fields, 0, (size_t)file->fields * sizeof *fields);
	if (count > (size_t)file->columns)
		count = (size_t)file->columns;
	for (size_t i = 0; i < count; i++) {
		const struct csv_cell *cell = &row->cells[i];
		int field = file->column_field[i];

		if (cell->length == 0)
			continue;
		any = 1;
		if (field != COLUMN_IGNORED)
			fields[field] = (struct field_text){ cell->bytes, cell->length,
							     FIELD_TEXT };
	}
	return any;
}

static int take_row(void *context, const struct csv_row *row, struct error *err)
{
	struct csv_file *file = context;
	size_t columns = (size_t)file->columns;
	int any = fill_fields(file, row);
	char detail[64];

	if (row->refusal)
		return take_record(file, row, row->refusal, NULL, err);
	/* A row of empty cells is what spreadsheets leave behind, no record. */
	if (!any && row->count <= columns)
		return 0;
	if (row->count == columns)
		return take_record(file, row, NULL, NULL, err);
	snprintf(detail, sizeof detail, "%zu / %d", row->count, file->columns);
	return take_record(file, row,
			   row->count > columns ? "too_many_columns" : "too_few_columns",
			   detail, err);
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

static void take_column(const void *bytes, size_t length, void *context)
{
	struct header *header = context;
	struct csv_file *file = header->file;
	const char *name = bytes;
	enum style style;
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
	style = file->decoding->styles ? style_of_header(name, &length) : STYLE_NONE;
	field = record_type_field(file->decoding->type, name, length);
	if (field >= 0 && style)
		file->decoding->styles[field] = style;
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

static int take_header(void *context, const struct csv_row *row, struct error *err)
{
	(void)err;
	for (size_t i = 0; i < row->count && i < CSV_CELLS_MAX; i++)
		take_column(row->cells[i].bytes, row->cells[i].length, context);
	return 0;
}

static int read_header(struct csv_file *file, struct error *err)
{
	const struct decoding *decoding = file->decoding;
	struct header header = { .file = file };
	const char *line;
	size_t length;
	char delimiter;
	int status = -1;

	if (csv_rows_split_header(file->rows, take_header, &header, err) != 0 ||
	    check_header(file, &header, err) != 0)
		goto done;
	if (decoding->header) {
		line = csv_rows_header(file->rows, &length, &delimiter);
		text_clear(decoding->header);
		text_add_bytes(decoding->header, line, length);
		*decoding->delimiter = delimiter;
	}
	status = 0;
done:
	text_free(&header.unknown);
	text_free(&header.repeated);
	return status;
}

static int decode(const struct decoding *decoding, struct error *err)
{
	struct csv_file file = { .decoding = decoding };
	int status = -1;

	file.fields = record_type_count(decoding->type);
	if (csv_rows_open(&file.rows, decoding->input, decoding->refusal, err) != 0 ||
	    read_header(&file, err) != 0 ||
	    csv_rows_read(file.rows, take_row, &file, err) != 0)
		goto done;
	if (file.records == 0)
		file_refuse(decoding->refusal, err, "file_header_only", NULL);
	else
		status = 0;
done:
	csv_rows_close(file.rows);
	return status;
}

const struct decoder decoder_csv = { "csv", 0, decode };
