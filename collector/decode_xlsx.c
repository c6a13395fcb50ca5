/* decode_xlsx.c -- records from a worksheet: a header row, then a record a row.
 *
 * The header is the first of the first rows that names all required fields, so that titles
 * may stand above it.  Where none does, the row that names most of them says what is
 * wrong: never a row of values, which nobody sent to be shown.  A refused record is kept as
 * a line of CSV with the cells of its row, and its file of errors is CSV as well.
 */
#include "collector/decoder.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "collector/columns.h"
#include "collector/xlsx.h"

enum { HEADER_ROWS = 40 };

struct workbook {
	const struct decoding *decoding;
	struct columns columns, best; /* best: of the rows that are no header */
	int named;                    /* fields that it names */
	int is_headed;
	uint64_t rows, records;
	struct text first, source; /* lines of CSV */
	struct raw_record record;
};

static void print_line(struct text *out, const struct xlsx_cell *cells, int count,
		       int columns)
{
	text_clear(out);
	for (int i = 0; i < columns; i++) {
		if (i > 0)
			text_add_char(out, ',');
		if (i < count)
			text_add_csv(out, cells[i].bytes);
	}
}

/* ---- The header --------------------------------------------------------- */

static void read_columns(struct workbook *workbook, const struct xlsx_cell *cells,
			 int count)
{
	columns_begin(&workbook->columns, workbook->decoding);
	for (int i = 0; i < count; i++)
		columns_add(&workbook->columns, cells[i].bytes, cells[i].length);
}

static void settle_header(struct workbook *workbook)
{
	const struct decoding *decoding = workbook->decoding;

	workbook->is_headed = 1;
	if (!decoding->header)
		return;
	text_clear(decoding->header);
	text_add(decoding->header, text_string(&workbook->first));
	*decoding->delimiter = ',';
}

static void keep_best(struct workbook *workbook)
{
	struct columns columns = workbook->columns;
	int named = 0;

	for (int i = 0; i < columns.count; i++)
		named += columns.field[i] != COLUMN_IGNORED;
	if (named <= workbook->named)
		return;
	workbook->named = named;
	workbook->columns = workbook->best;
	workbook->best = columns;
}

static int look_for_header(struct workbook *workbook, const struct xlsx_cell *cells,
			   int count, struct error *err)
{
	read_columns(workbook, cells, count);
	if (columns_are_complete(&workbook->columns)) {
		print_line(&workbook->first, cells, count, count);
		settle_header(workbook);
		return columns_check(&workbook->columns, err);
	}
	keep_best(workbook);
	return workbook->rows < HEADER_ROWS ? 0 : columns_check(&workbook->best, err);
}

/* ---- Records ------------------------------------------------------------ */

static void refuse(struct raw_record *record, const char *code, const char *field,
		   const struct field_text *value)
{
	if (record->refusal)
		return;
	record->refusal = code;
	record->refused_field = field;
	record->refused_value = *value;
}

/* A code is no number, though a small whole one can be told from its digits. */
static int is_code(const struct record_field *field)
{
	return field->kind == VALUE_NAME || field->kind == VALUE_AGENCY;
}

static void take_cell(struct workbook *workbook, const struct xlsx_cell *cell, int index)
{
	const struct record_field *field = &workbook->decoding->type->fields[index];
	struct raw_record *record = &workbook->record;
	struct field_text value = { cell->bytes, cell->length,
				    cell->kind == XLSX_TEXT ? FIELD_TEXT : FIELD_PLAIN };

	if (cell->kind == XLSX_ERROR)
		refuse(record, "cell_error", field->name, &value);
	else if (is_code(field) && (cell->kind == XLSX_NUMBER || cell->kind == XLSX_TIME))
		refuse(record, "number_in_code", field->name, &value);
	record->fields[index] = value;
}

static int take_record(struct workbook *workbook, uint64_t number,
		       const struct xlsx_cell *cells, int count, struct error *err)
{
	const struct columns *columns = &workbook->columns;
	struct raw_record *record = &workbook->record;
	int most = count > columns->count ? count : columns->count;

	*record = (struct raw_record){ .line = number };
	print_line(&workbook->source, cells, count, most);
	record->source = text_string(&workbook->source);
	record->source_length = workbook->source.length;
	for (int i = 0; i < count; i++)
		if (cells[i].kind == XLSX_EMPTY)
			continue;
		else if (i >= columns->count)
			refuse(record, "too_many_columns", NULL,
			       &(struct field_text){ 0 });
		else if (columns->field[i] != COLUMN_IGNORED)
			take_cell(workbook, &cells[i], columns->field[i]);
	workbook->records++;
	return workbook->decoding->sink(workbook->decoding->context, record, err);
}

static int take_row(void *context, uint64_t number, const struct xlsx_cell *cells,
		    int count, struct error *err)
{
	struct workbook *workbook = context;

	workbook->rows++;
	return workbook->is_headed ? take_record(workbook, number, cells, count, err)
				   : look_for_header(workbook, cells, count, err);
}

static int finish(struct workbook *workbook, struct error *err)
{
	struct file_refusal *refusal = workbook->decoding->refusal;

	if (workbook->rows == 0)
		return file_refuse(refusal, err, "file_empty", NULL);
	if (!workbook->is_headed)
		return columns_check(&workbook->best, err);
	if (workbook->records == 0)
		return file_refuse(refusal, err, "file_header_only", NULL);
	return 0;
}

static int decode(const struct decoding *decoding, struct error *err)
{
	struct workbook *workbook = memory_zeroed(1, sizeof *workbook);
	struct xlsx *xlsx = NULL;
	int fd, status = -1;

	workbook->decoding = decoding;
	columns_begin(&workbook->best, decoding);
	if (input_file(decoding->input, &fd, err) != 0 ||
	    xlsx_open(&xlsx, fd, decoding->refusal, err) != 0 ||
	    xlsx_read(xlsx, "Dữ liệu", decoding->type->name, take_row, workbook, err) !=
		    0)
		goto done;
	status = finish(workbook, err);
done:
	xlsx_close(xlsx);
	columns_free(&workbook->columns);
	columns_free(&workbook->best);
	text_free(&workbook->first);
	text_free(&workbook->source);
	free(workbook);
	return status;
}

const struct decoder decoder_xlsx = { "xlsx", 0, decode };
