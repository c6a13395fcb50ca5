/* report_csv.c -- a report as CSV: its figures for programs, as `nq17 kpi --format csv` prints
 * them; of a report that has none its largest table, raw values after a line of titles. */
#include <string.h>

#include "reports/figures.h"
#include "reports/model.h"
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

size_t report_figures_csv(struct text *out, const struct compliance *compliance)
{
	const json_t *ranking, *row;
	size_t i, j, count = 0;

	figures_add_head(out);
	json_array_foreach(json_object_get(compliance->model, "targets"), i, row) {
		figures_add_row(out, row);
		count++;
	}
	json_array_foreach(json_object_get(compliance->model, "ranking"), i, ranking) {
		json_array_foreach(json_object_get(ranking, "rows"), j, row) {
			/* The report's own agency is among the targets. */
			if (strcmp(model_string(row, "agency"), compliance->agency) == 0)
				continue;
			figures_add_row(out, row);
			count++;
		}
	}
	return count;
}

static int add_largest_table(struct text *out, const struct report_kind *kind,
			     struct compliance *report, struct error *err)
{
	struct taker taker = { 0 };
	const struct document_sink sink = { ignore_heading, ignore_paragraph, take_table,
					    &taker };
	struct document *document = document_for(&sink);
	int status = kind->body(report, document, err);

	if (status == 0 && taker.rows > 0) {
		text_clear(out);
		text_add_bytes(out, text_string(&taker.table), taker.table.length);
	}
	document_free(document);
	text_free(&taker.table);
	return status;
}

int report_csv(const struct report_kind *kind, const json_t *model, const char *language,
	       struct text *out, struct error *err)
{
	struct compliance report;
	int status = 0;

	if (compliance_read(&report, model, language, err) != 0)
		return -1;
	if (report_figures_csv(out, &report) == 0)
		status = add_largest_table(out, kind, &report, err);
	compliance_free(&report);
	return status;
}
