/* report_annex.c -- the annex of the nation's compliance report: every agency by every
 * indicator. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reports/letterhead.h"
#include "reports/report_kind.h"

struct annex {
	struct compliance *report;
	const json_t *indicators;
	struct text *titles; /* of the indicators */
	struct table_column
		*columns; /* the agency, then COUNT indicators from FIRST on */
	size_t first, count;
};

static const char *choose(const struct annex *annex, const char *vi, const char *en)
{
	return compliance_choose(annex->report, vi, en);
}

/* The figure, or why there is none. */
static void add_figure(struct table *table, const struct annex *annex, const json_t *json)
{
	struct observation row;
	struct text text = { 0 };

	if (!json_is_object(json)) { /* nobody asks it of this agency */
		table_add(table, "–");
		return;
	}
	observation_read(&row, json, annex->report->language);
	if (row.status == STATUS_NO_DATA)
		text_add(&text, choose(annex, "thiếu", "missing"));
	else
		observation_add_value(&text, &row, annex->report->language);
	if (row.disputed)
		text_add(&text, WORDS_DISPUTED_MARK);
	if (text.length > 0)
		table_add_status(table, row.status, text.data, NULL);
	else
		table_add(table, "–");
	if (*row.percent)
		table_set_raw(table, VALUE_PERCENT, row.percent);
	else if (*row.value)
		table_set_raw(table, VALUE_NUMBER, row.value);
	text_free(&text);
}

static void add_row(struct annex *annex, struct table *table, const json_t *row)
{
	const json_t *figures = json_object_get(row, "figures");
	bool is_nation = json_is_true(json_object_get(row, "is_nation"));

	table_add(table,
		  is_nation ? choose(annex, "Cả nước", "Viet Nam")
			    : model_words(row, "agency_name", annex->report->language));
	if (is_nation)
		table_set_bold(table);
	for (size_t i = 0; i < annex->count; i++) {
		add_figure(table, annex, json_array_get(figures, annex->first + i));
		if (is_nation)
			table_set_bold(table);
	}
}

static void fill(struct annex *annex, struct table *table, const json_t *rows)
{
	const json_t *row;
	size_t i;

	annex->columns[0] = (struct table_column){ choose(annex, "Cơ quan", "Agency"),
						   ANCHOR_START, 1 };
	for (i = 0; i < annex->count; i++)
		annex->columns[i + 1] = (struct table_column){
			text_string(&annex->titles[annex->first + i]), ANCHOR_END, 0
		};
	table_start(table, annex->columns, annex->count + 1);
	table->fine = true;
	json_array_foreach(rows, i, row)
		add_row(annex, table, row);
}

/* In how many tables the indicators fit beside the agencies, about equally many in each; a
 * workbook has room for all. */
static size_t parts_of(struct annex *annex, const struct document *document,
		       const json_t *rows)
{
	size_t all = json_array_size(annex->indicators), parts = 0;
	struct table table;
	bool fits;

	if (!document_is_drawn(document))
		return 1;
	do {
		annex->count = (all + parts) / (parts + 1);
		parts++;
		for (fits = true, annex->first = 0; annex->first < all && fits;
		     annex->first += annex->count) {
			if (annex->first + annex->count > all)
				annex->count = all - annex->first;
			fill(annex, &table, rows);
			fits = document_table_needs(&table) <= document_wide_width();
			table_free(&table);
		}
	} while (!fits && parts < all);
	return parts;
}

static void add_note(const struct annex *annex, struct table *table)
{
	table_add_note(
		table,
		choose(annex,
		       "Hình tròn tô đặc: đạt; để trống: chưa đạt; tô một nửa: chưa xác định. "
		       "“thiếu”: chưa có số liệu; “–”: không áp dụng.",
		       "A full circle: met; an empty one: not met; a half one: undetermined. "
		       "“missing”: no data; “–”: not applicable."));
}

static void add_group(struct annex *annex, struct document *document, const json_t *group)
{
	const char *name =
		words_group(model_string(group, "group"), annex->report->language);
	const json_t *rows = json_object_get(group, "rows");
	size_t all = json_array_size(annex->indicators), parts;
	struct text caption = { 0 };
	struct table table;

	parts = parts_of(annex, document, rows);
	for (annex->first = 0; annex->first < all; annex->first += annex->count) {
		annex->count = (all + parts - 1) / parts;
		if (annex->first + annex->count > all)
			annex->count = all - annex->first;
		fill(annex, &table, rows);
		add_note(annex, &table);
		text_clear(&caption);
		text_addf(&caption,
			  choose(annex, "%s, chỉ tiêu %zu đến %zu trên %zu",
				 "%s, indicators %zu to %zu of %zu"),
			  name, annex->first + 1, annex->first + annex->count, all);
		compliance_draw_table(annex->report, document, caption.data, &table);
		table_free(&table);
	}
	text_free(&caption);
}

/* Does the widest table stand on a page that is not turned? */
static bool is_wide(struct annex *annex, const json_t *groups)
{
	const json_t *rows = json_object_get(json_array_get(groups, 0), "rows");
	struct table table;
	double needed;

	annex->first = 0;
	annex->count = json_array_size(annex->indicators);
	fill(annex, &table, rows);
	needed = document_table_needs(&table);
	table_free(&table);
	return needed > document_text_width();
}

static void begin(struct annex *annex, struct document *document, const json_t *groups)
{
	struct text belongs = { 0 };

	letterhead_add_belongs(&belongs, annex->report);
	document_annex(document, document_is_drawn(document) && is_wide(annex, groups),
		       choose(annex, "PHỤ LỤC", "ANNEX"),
		       choose(annex, "Kết quả của từng cơ quan theo từng chỉ tiêu",
			      "Results of each agency by each indicator"),
		       text_string(&belongs));
	text_free(&belongs);
}

int report_annex(struct compliance *report, struct document *document, struct error *err)
{
	const json_t *model = json_object_get(report->model, "annex"), *groups, *group;
	struct annex annex = { .report = report,
			       .indicators = json_object_get(model, "indicators") };
	size_t i, count = json_array_size(annex.indicators);

	(void)err;
	groups = json_object_get(model, "groups");
	if (count == 0 || json_array_size(groups) == 0)
		return 0;
	annex.titles = memory_zeroed(count, sizeof *annex.titles);
	annex.columns = memory_zeroed(count + 1, sizeof *annex.columns);
	for (i = 0; i < count; i++) {
		const json_t *indicator = json_array_get(annex.indicators, i);
		const char *number = model_string(indicator, "number");

		text_addf(&annex.titles[i], "%s%s%s", number, *number ? ". " : "",
			  model_words(indicator, "short", report->language));
	}
	begin(&annex, document, groups);
	json_array_foreach(groups, i, group)
		add_group(&annex, document, group);
	for (i = 0; i < count; i++)
		text_free(&annex.titles[i]);
	free(annex.titles);
	free(annex.columns);
	return 0;
}
