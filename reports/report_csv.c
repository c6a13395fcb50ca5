/* report_csv.c -- the largest table of a report as CSV: its raw values, after a line of the
 * column titles. */
#include "reports/report_kind.h"

struct taker {
	struct text table; /* the largest so far */
	size_t rows;
};

static void ignore_heading(void *context, int level, const char *string)
{
	(void)context, (void)level, (void)string;
}

static void ignore_paragraph(void *context, const char *string)
{
	(void)context, (void)string;
}

static void add_line(struct text *out, const struct table *table, size_t row)
{
	for (size_t i = 0; i < table->columns_count; i++) {
		if (i > 0)
			text_add_char(out, ',');
		text_add_csv_cell(
			out, table_raw(&table->cells[row * table->columns_count + i]));
	}
	text_add(out, "\r\n");
}

void report_csv_table(struct text *out, const struct table *table)
{
	size_t i, rows = table_rows(table);
	struct text title = { 0 };

	text_add(out, "\xef\xbb\xbf"); /* Excel takes it for another code else */
	for (i = 0; i < table->columns_count; i++) {
		if (i > 0)
			text_add_char(out, ',');
		text_clear(&title);
		table_add_title(&title, table, i);
		text_add_csv_cell(out, title.data);
	}
	text_add(out, "\r\n");
	for (i = 0; i < rows; i++)
		add_line(out, table, i);
	text_free(&title);
}

static void take_table(void *context, const char *caption, const struct table *table)
{
	struct taker *taker = context;

	(void)caption;
	if (table_rows(table) <= taker->rows)
		return;
	taker->rows = table_rows(table);
	text_clear(&taker->table);
	report_csv_table(&taker->table, table);
}

int report_csv(const struct report_kind *kind, const json_t *model, const char *language,
	       struct text *out, struct error *err)
{
	struct taker taker = { 0 };
	const struct document_sink sink = { ignore_heading, ignore_paragraph, take_table,
					    &taker };
	struct document *document;
	struct compliance report;
	int status;

	if (compliance_read(&report, model, language, err) != 0)
		return -1;
	document = document_for(&sink);
	status = kind->body(&report, document, err);
	if (status == 0 && taker.rows == 0)
		status = error_set(err, ERROR_NOT_FOUND, "the report has no table");
	if (status == 0)
		text_add_bytes(out, text_string(&taker.table), taker.table.length);
	document_free(document);
	compliance_free(&report);
	text_free(&taker.table);
	return status;
}
