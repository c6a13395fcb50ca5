/* decode_csv.c -- records from CSV: the header names the fields, each row is one. */
#include "collector/decoder.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "collector/columns.h"
#include "collector/csv_rows.h"

struct csv_file {
	const struct decoding *decoding;
	struct csv_rows *rows;
	struct columns columns;
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
	if (count > (size_t)file->columns.count)
		count = (size_t)file->columns.count;
	for (size_t i = 0; i < count; i++) {
		const struct csv_cell *cell = &row->cells[i];
		int field = file->columns.field[i];

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
	size_t columns = (size_t)file->columns.count;
	int any = fill_fields(file, row);
	char detail[64];

	if (row->refusal)
		return take_record(file, row, row->refusal, NULL, err);
	/* A row of empty cells is what spreadsheets leave behind, no record. */
	if (!any && row->count <= columns)
		return 0;
	if (row->count == columns)
		return take_record(file, row, NULL, NULL, err);
	snprintf(detail, sizeof detail, "%zu / %d", row->count, file->columns.count);
	return take_record(file, row,
			   row->count > columns ? "too_many_columns" : "too_few_columns",
			   detail, err);
}

/* ---- The header --------------------------------------------------------- */

static int take_header(void *context, const struct csv_row *row, struct error *err)
{
	(void)err;
	for (size_t i = 0; i < row->count && i < CSV_CELLS_MAX; i++)
		columns_add(context, row->cells[i].bytes, row->cells[i].length);
	return 0;
}

static int read_header(struct csv_file *file, struct error *err)
{
	const struct decoding *decoding = file->decoding;
	const char *line;
	size_t length;
	char delimiter;

	columns_begin(&file->columns, decoding);
	if (csv_rows_split_header(file->rows, take_header, &file->columns, err) != 0 ||
	    columns_check(&file->columns, err) != 0)
		return -1;
	if (decoding->header) {
		line = csv_rows_header(file->rows, &length, &delimiter);
		text_clear(decoding->header);
		text_add_bytes(decoding->header, line, length);
		*decoding->delimiter = delimiter;
	}
	return 0;
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
	columns_free(&file.columns);
	csv_rows_close(file.rows);
	return status;
}

const struct decoder decoder_csv = { "csv", 0, decode };
