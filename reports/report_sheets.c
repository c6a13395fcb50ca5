/* report_sheets.c -- a report as a workbook: the words on the first sheet, and a sheet for each
 * table, with numbers as numbers. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xlsxwriter.h>

#include "base/file.h"
#include "reports/report_kind.h"

enum {
	MADE = 1551920400, /* the same bytes each time: the day of the Resolution */
	NAME_MOST = 31,    /* characters of a sheet's name */
	WIDEST = 60,       /* a column, in characters */
	HEAD_ROW = 2,      /* of a table: below its caption */
	SHEETS_MOST = 64 << 20,
};

struct book {
	lxw_workbook *workbook;
	lxw_worksheet *words;
	lxw_format *title, *heading, *text, *head, *number, *percent, *date;
	lxw_row_t row; /* the next of the words */
	const char *language;
	int tables;
};

static void write_words(struct book *book, lxw_format *format, const char *string)
{
	worksheet_write_string(book->words, book->row++, 0, string, format);
}

static void take_heading(void *context, int level, const char *string)
{
	struct book *book = context;

	if (book->row > 0)
		book->row++;
	write_words(book, level == 0 ? book->title : book->heading, string);
}

static void take_paragraph(void *context, const char *string)
{
	struct book *book = context;

	write_words(book, book->text, string);
}

/* A number that a double cannot hold exactly stays text. */
static int is_exact(const char *raw)
{
	return strlen(raw) <= 15 && strspn(raw, "-0123456789.") == strlen(raw);
}

static void write_cell(struct book *book, lxw_worksheet *sheet, lxw_row_t row,
		       lxw_col_t column, const struct table_cell *cell)
{
	struct text text = { 0 };
	lxw_datetime date = { 0 };

	if (cell->value == VALUE_NUMBER && cell->raw && is_exact(cell->raw)) {
		worksheet_write_number(sheet, row, column, strtod(cell->raw, NULL),
				       book->number);
	} else if (cell->value == VALUE_PERCENT && cell->raw && is_exact(cell->raw)) {
		/* To four digits, as printed: 45.80 becomes 0.4580. */
		worksheet_write_number(sheet, row, column,
				       round(strtod(cell->raw, NULL) * 100) / 10000,
				       book->percent);
	} else if (cell->value == VALUE_DATE && cell->raw &&
		   sscanf(cell->raw, "%4d-%2d-%2d", &date.year, &date.month, &date.day) ==
			   3) {
		worksheet_write_datetime(sheet, row, column, &date, book->date);
	} else {
		text_addf(&text, "%s%s%s", cell->text, cell->small ? "\n" : "",
			  cell->small ? cell->small : "");
		worksheet_write_string(sheet, row, column, text_string(&text),
				       book->text);
	}
	text_free(&text);
}

static size_t characters(const char *string)
{
	size_t count = 0;

	for (; *string; string++)
		count += ((unsigned char)*string & 0xc0) != 0x80;
	return count;
}

static void set_widths(lxw_worksheet *sheet, const struct table *table)
{
	for (size_t i = 0; i < table->columns_count; i++) {
		size_t widest = characters(table->columns[i].title);

		for (size_t row = 0; row < table_rows(table); row++) {
			size_t own = characters(
				table->cells[row * table->columns_count + i].text);

			widest = own > widest ? own : widest;
		}
		worksheet_set_column(sheet, (lxw_col_t)i, (lxw_col_t)i,
				     widest + 2 > WIDEST ? WIDEST : (double)widest + 2,
				     NULL);
	}
}

static void take_table(void *context, const char *caption, const struct table *table)
{
	struct book *book = context;
	char name[NAME_MOST + 1];
	lxw_worksheet *sheet;
	size_t rows = table_rows(table), columns = table->columns_count;

	snprintf(name, sizeof name, "%s %d",
		 strcmp(book->language, "en") == 0 ? "Table" : "Bảng", ++book->tables);
	sheet = workbook_add_worksheet(book->workbook, name);
	if (!sheet)
		BUG("no sheet %s", name);
	worksheet_write_string(sheet, 0, 0, caption ? caption : name, book->heading);
	for (size_t i = 0; i < columns; i++) {
		struct text title = { 0 };

		table_add_title(&title, table, i);
		worksheet_write_string(sheet, HEAD_ROW, (lxw_col_t)i, title.data,
				       book->head);
		text_free(&title);
	}
	for (size_t i = 0; i < rows * columns; i++)
		write_cell(book, sheet, (lxw_row_t)(HEAD_ROW + 1 + i / columns),
			   (lxw_col_t)(i % columns), &table->cells[i]);
	if (table->note)
		worksheet_write_string(sheet, (lxw_row_t)(HEAD_ROW + 2 + rows), 0,
				       table->note, NULL);
	set_widths(sheet, table);
	worksheet_freeze_panes(sheet, HEAD_ROW + 1, 0);
	worksheet_autofilter(sheet, HEAD_ROW, 0, (lxw_row_t)(HEAD_ROW + rows),
			     (lxw_col_t)(columns - 1));
}

static lxw_format *format_of(struct book *book, const char *pattern, int bold)
{
	lxw_format *format = workbook_add_format(book->workbook);

	if (pattern)
		format_set_num_format(format, pattern);
	if (bold)
		format_set_bold(format);
	return format;
}

static void open_book(struct book *book)
{
	lxw_doc_properties properties = { .title = (char *)"NQ17", .created = MADE };

	workbook_set_properties(book->workbook, &properties);
	book->words = workbook_add_worksheet(
		book->workbook, strcmp(book->language, "en") == 0 ? "Report" : "Báo cáo");
	worksheet_set_column(book->words, 0, 0, 120, NULL);
	book->title = format_of(book, NULL, 1);
	format_set_font_size(book->title, 14);
	format_set_text_wrap(book->title);
	book->heading = format_of(book, NULL, 1);
	book->head = format_of(book, NULL, 1);
	format_set_text_wrap(book->head);
	format_set_bottom(book->head, LXW_BORDER_THIN);
	book->text = format_of(book, NULL, 0);
	format_set_text_wrap(book->text);
	format_set_align(book->text, LXW_ALIGN_VERTICAL_TOP);
	book->number = format_of(book, "#,##0.######", 0);
	book->percent = format_of(book, "0.00%", 0);
	book->date = format_of(
		book, strcmp(book->language, "en") == 0 ? "yyyy-mm-dd" : "dd/mm/yyyy", 0);
}

/* The period, the moment, the maturity and the code stand first, as on every page. */
static void add_frame(struct book *book, const struct compliance *report,
		      const struct report_kind *kind)
{
	struct text text = { 0 };

	kind->subject(&text, report);
	take_heading(book, 0, text_string(&text));
	text_clear(&text);
	report_add_foot(&text, report);
	write_words(book, book->text, text_string(&text));
	if (report->sample)
		write_words(book, book->heading, words_sample(report->language));
	text_free(&text);
}

/* The library writes files alone: one that has no name left is read back. */
static int read_back(const char *path, struct text *out, struct error *err)
{
	struct text bytes = { 0 };
	int status = file_read(path, SHEETS_MOST, &bytes, err);

	if (status == 0)
		text_add_bytes(out, text_string(&bytes), bytes.length);
	text_free(&bytes);
	return status;
}

static int fill_book(struct book *book, const struct report_kind *kind,
		     struct compliance *report, struct error *err)
{
	const struct document_sink sink = { take_heading, take_paragraph, take_table,
					    book };

	open_book(book);
	add_frame(book, report, kind);
	return report_tell(kind, report, &sink, err);
}

int report_sheets(const struct report_kind *kind, const json_t *model,
		  const char *language, struct text *out, struct error *err)
{
	char path[] = "/tmp/nq17-sheets-XXXXXX";
	struct book book = { .language = language };
	struct compliance report;
	int file, status = -1;

	if (compliance_read(&report, model, language, err) != 0)
		return -1;
	file = mkstemp(path);
	if (file < 0) {
		compliance_free(&report);
		return error_set(err, ERROR_UNAVAILABLE, "%s: %s", path, strerror(errno));
	}
	close(file);
	book.workbook = workbook_new(path);
	if (!book.workbook)
		BUG("no memory for a workbook");
	status = fill_book(&book, kind, &report, err);
	if (workbook_close(book.workbook) != LXW_NO_ERROR && status == 0)
		status = error_set(err, ERROR_UNAVAILABLE, "%s: cannot be written", path);
	if (status == 0)
		status = read_back(path, out, err);
	unlink(path);
	compliance_free(&report);
	return status;
}
