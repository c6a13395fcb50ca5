/* report_parts.c -- blocks that several reports have. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reports/format.h"
#include "reports/report_kind.h"

#define CHART_TEXT 8.5
#define HEADINGS   90.0 /* height of two headings and a caption */
#define CAPTION    34.0

/* The ranking, trend or targets with what a chart needs around them. */
static json_t *chart_model(const struct compliance *report, const json_t *part)
{
	json_t *model = json_object();

	json_object_set(model, "period_name",
			json_object_get(report->model, "period_name"));
	json_object_set(model, "agency", json_object_get(report->model, "agency"));
	json_object_update(model, (json_t *)part);
	if (*report->agency)
		json_object_set_new(model, "focus", json_string(report->agency));
	return model;
}

/* With ROOM, only if it fits there; 1: it did not. */
int report_figure(struct compliance *report, struct document *document, const char *name,
		  const json_t *part, double room, struct error *err)
{
	struct chart_options options = {
		.language = report->language,
		.width = document_text_width(),
		.max_height = document_text_height() - HEADINGS,
		.text = CHART_TEXT,
		.bare = true,
	};
	struct text caption = { 0 };
	struct chart *chart;
	json_t *model;
	int status;

	if (!document_is_drawn(document))
		return 0;
	model = chart_model(report, part);
	status = chart_new(&chart, name, model, &options, err);
	if (status == 0 && room > 0 && chart_height(chart) + CAPTION > room) {
		status = 1;
	} else if (status == 0) {
		text_addf(&caption, "%s %d. %s",
			  compliance_choose(report, "Hình", "Figure"), ++report->figures,
			  chart_title(chart));
		document_figure(document, caption.data, chart);
	}
	chart_free(chart);
	text_free(&caption);
	json_decref(model);
	return status;
}

/* The chart of targets leaves out what has no target; ROOM as in report_figure(). */
int report_targets_figure(struct compliance *report, struct document *document,
			  double room, struct error *err)
{
	json_t *part = json_object(), *targets = json_array(), *row;
	size_t i;
	int status = 0;

	json_array_foreach(json_object_get(report->model, "targets"), i, row)
		if (report->targets[i].has_target)
			json_array_append(targets, row);
	json_object_set_new(part, "targets", targets);
	if (json_array_size(targets) > 0)
		status = report_figure(report, document, "targets", part, room, err);
	json_decref(part);
	return status;
}

void report_heading(struct compliance *report, struct document *document, int *number,
		    const char *vi, const char *en)
{
	static const char *const roman[] = { "I", "II", "III", "IV", "V", "VI", "VII" };
	struct text text = { 0 };

	text_addf(&text, "%s. ", roman[(*number)++]);
	format_add_upper(&text, compliance_choose(report, vi, en));
	document_heading(document, 1, text.data);
	text_free(&text);
}

int report_tell(const struct report_kind *kind, struct compliance *report,
		const struct document_sink *sink, struct error *err)
{
	struct document *document = document_for(sink);
	int status = kind->body(report, document, err);

	if (status == 0 && kind->annex)
		status = kind->annex(report, document, err);
	document_free(document);
	return status;
}

/* ---- Tables of a model ---------------------------------------------------- */

/* Words of the models that are no names: causes, states, outcomes. */
static const char *word(const char *code, const char *language)
{
	static const struct {
		const char *code, *vi, *en;
	} words[] = {
		{ "late records", "số liệu đến muộn", "late records" },
		{ "corrections", "đính chính", "corrections" },
		{ "register", "danh mục", "register" },
		{ "definition", "cách tính", "definition" },
		{ "target", "mục tiêu", "target" },
		{ "dispute", "khiếu nại", "dispute" },
		{ "final", "chính thức", "final" },
		{ "superseded", "đã thay thế", "superseded" },
		{ "reopened", "mở lại", "reopened" },
		{ "open", "đang mở", "open" },
		{ "accepted", "chấp nhận", "accepted" },
		{ "rejected", "không chấp nhận", "rejected" },
		{ "taken_back", "đã rút", "taken back" },
		{ "central", "bộ, cơ quan ngang bộ", "ministries" },
		{ "province", "tỉnh, thành phố", "provinces" },
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i].code, code) == 0)
			return format_choose(language, words[i].vi, words[i].en);
	return code;
}

/* A string, or an integer as one; "" where there is none. */
static void add_plain(struct text *out, const json_t *row, const char *key)
{
	const json_t *value = json_object_get(row, key);

	if (json_is_integer(value))
		text_addf(out, "%lld", (long long)json_integer_value(value));
	else
		text_add(out, model_string(row, key));
}

static void add_fraction(struct text *out, const json_t *row, const char *prefix,
			 const char *language)
{
	static const char *const parts[] = { "numerator", "denominator" };
	char key[64];

	for (int i = 0; i < 2; i++) {
		struct text digits = { 0 };

		snprintf(key, sizeof key, "%s%s", prefix, parts[i]);
		add_plain(&digits, row, key);
		text_add(out, i > 0 ? " / " : "");
		if (digits.length > 0)
			format_add_decimal(out, language, digits.data);
		else
			text_add(out, "–");
		text_free(&digits);
	}
}

/* A sign says in which direction; without one it would read as a level. */
static void add_points(struct text *out, const char *digits, const char *language)
{
	if (*digits != '-' && strspn(digits, "0.") < strlen(digits))
		text_add_char(out, '+');
	format_add_decimal(out, language, digits);
}

static void add_move(struct text *out, const char *digits)
{
	if (strcmp(digits, "0") == 0)
		text_add(out, "=");
	else
		text_addf(out, "%s%s", *digits == '-' ? "↓" : "↑",
			  digits + (*digits == '-'));
}

/* How a cell is printed, from RAW, what the model holds of it. */
static void add_printed(struct text *out, const struct report_column *column,
			const json_t *row, const char *raw, const char *language)
{
	switch (column->cell) {
	case CELL_INTEGER:
		format_add_decimal(out, language, raw);
		break;
	case CELL_PERCENT:
		format_add_percent(out, language, raw);
		break;
	case CELL_POINTS:
		add_points(out, raw, language);
		break;
	case CELL_DATE:
		format_add_date(out, language, raw);
		break;
	case CELL_MOMENT:
		format_add_moment(out, language, raw);
		break;
	case CELL_MOVE:
		add_move(out, raw);
		break;
	case CELL_NAMED:
		text_add(out, word(raw, language));
		break;
	case CELL_FRACTION:
		add_fraction(out, row, column->key, language);
		break;
	default:
		text_add(out, raw);
	}
}

static void set_value(struct table *table, enum report_cell cell, const char *raw)
{
	if (cell == CELL_INTEGER || cell == CELL_MOVE || cell == CELL_POINTS)
		table_set_raw(table, VALUE_NUMBER, raw);
	else if (cell == CELL_PERCENT)
		table_set_raw(table, VALUE_PERCENT, raw);
	else if (cell == CELL_DATE)
		table_set_raw(table, VALUE_DATE, raw);
}

static bool is_disputed(const json_t *row)
{
	return json_is_object(json_object_get(row, "dispute"));
}

static void add_cell(struct table *table, const struct report_column *column,
		     const json_t *row, const char *language)
{
	struct text raw = { 0 }, printed = { 0 };

	if (column->cell == CELL_STATUS) {
		enum status status = words_status(model_string(row, column->key));

		table_add_status(table, status, words_status_name(status, language),
				 NULL);
		return;
	}
	if (column->cell == CELL_WORDS)
		text_add(&raw, model_words(row, column->key, language));
	else
		add_plain(&raw, row, column->key);
	if (strcmp(column->key, "agency_name") == 0 && is_disputed(row))
		text_add(&raw, WORDS_DISPUTED_MARK);
	if (raw.length > 0 || column->cell == CELL_FRACTION)
		add_printed(&printed, column, row, text_string(&raw), language);
	table_add(table, printed.length > 0 ? printed.data : "–");
	if (raw.length > 0)
		set_value(table, column->cell, raw.data);
	text_free(&raw);
	text_free(&printed);
}

void report_table(struct compliance *report, struct document *document,
		  const char *caption_vi, const char *caption_en,
		  const struct report_column *columns, size_t count, const json_t *rows)
{
	struct table_column *heads = memory_zeroed(count, sizeof *heads);
	struct table table;
	bool disputed = false;
	const json_t *row;
	size_t i, j;

	for (j = 0; j < count; j++)
		heads[j] = (struct table_column){ compliance_choose(report, columns[j].vi,
								    columns[j].en),
						  columns[j].align, columns[j].share };
	table_start(&table, heads, count);
	table.compact = true;
	json_array_foreach(rows, i, row) {
		for (j = 0; j < count; j++)
			add_cell(&table, &columns[j], row, report->language);
		disputed |= is_disputed(row);
	}
	if (disputed)
		table_add_note(&table, words_disputed_note(report->language));
	if (table_rows(&table) > 0)
		compliance_draw_table(report, document,
				      compliance_choose(report, caption_vi, caption_en),
				      &table);
	table_free(&table);
	free(heads);
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

void report_changes_table(struct compliance *report, struct document *document)
{
	static const struct report_column columns[] = {
		{ "Mã", "No.", "number", CELL_TEXT, ANCHOR_START, 0 },
		{ "Chỉ tiêu", "Indicator", "indicator_name", CELL_WORDS, ANCHOR_START,
		  1 },
		{ "Kỳ này", "Now", "percent", CELL_PERCENT, ANCHOR_END, 0 },
		{ "Kỳ trước", "Before", "before_percent", CELL_PERCENT, ANCHOR_END, 0 },
		{ "Tăng, giảm (điểm %)", "Change (points)", "points", CELL_POINTS,
		  ANCHOR_END, 0 },
		{ "Cùng kỳ năm trước", "A year before", "year_percent", CELL_PERCENT,
		  ANCHOR_END, 0 },
		{ "Tăng, giảm (điểm %)", "Change (points)", "year_points", CELL_POINTS,
		  ANCHOR_END, 0 },
	};

	report_table(report, document, "So với kỳ trước và cùng kỳ năm trước",
		     "Beside the period before and a year before", columns,
		     COUNT(columns), json_object_get(report->model, "changes"));
}

void report_overdue_table(struct compliance *report, struct document *document)
{
	static const struct report_column columns[] = {
		{ "Nhiệm vụ", "Task", "task_name", CELL_WORDS, ANCHOR_START, 2 },
		{ "Chủ trì", "Lead", "agency_name", CELL_WORDS, ANCHOR_START, 1 },
		{ "Thời hạn", "Due", "due", CELL_DATE, ANCHOR_END, 0 },
		{ "Quá hạn (ngày)", "Days overdue", "days", CELL_INTEGER, ANCHOR_END, 0 },
	};

	report_table(report, document, "Nhiệm vụ quá hạn", "Tasks overdue", columns,
		     COUNT(columns), json_object_get(report->model, "overdue"));
}

void report_silent_table(struct compliance *report, struct document *document)
{
	static const struct report_column columns[] = {
		{ "Mã", "Code", "agency", CELL_TEXT, ANCHOR_START, 0 },
		{ "Cơ quan chưa có số liệu", "Agency without data", "agency_name",
		  CELL_WORDS, ANCHOR_START, 1 },
		{ "Khối", "Group", "group", CELL_NAMED, ANCHOR_START, 0 },
	};

	report_table(report, document, "Cơ quan chưa có số liệu",
		     "Agencies that have sent nothing", columns, COUNT(columns),
		     json_object_get(report->model, "silent"));
}

void report_ledger_table(struct compliance *report, struct document *document)
{
	static const struct report_column columns[] = {
		{ "Cơ quan", "Agency", "agency_name", CELL_WORDS, ANCHOR_START, 1 },
		{ "Chỉ tiêu", "Indicator", "indicator_name", CELL_WORDS, ANCHOR_START,
		  1 },
		{ "Đã công bố", "Published", "old_", CELL_FRACTION, ANCHOR_END, 0 },
		{ "Điều chỉnh", "Restated", "new_", CELL_FRACTION, ANCHOR_END, 0 },
		{ "Nguyên nhân", "Cause", "cause", CELL_NAMED, ANCHOR_START, 0 },
		{ "Lô", "Batch", "batch", CELL_TEXT, ANCHOR_END, 0 },
	};

	report_table(report, document, "Số liệu điều chỉnh sau công bố",
		     "Figures that changed since they were published", columns,
		     COUNT(columns), json_object_get(report->model, "ledger"));
}

void report_vintages_table(struct compliance *report, struct document *document)
{
	static const struct report_column columns[] = {
		{ "Bản", "Vintage", "vintage", CELL_TEXT, ANCHOR_END, 0 },
		{ "Công bố lúc", "Published", "published_at", CELL_MOMENT, ANCHOR_START,
		  0 },
		{ "Người công bố", "By", "published_by", CELL_TEXT, ANCHOR_START, 1 },
		{ "Trạng thái", "State", "state", CELL_NAMED, ANCHOR_START, 0 },
		{ "SHA-256", "SHA-256", "sha256", CELL_TEXT, ANCHOR_START, 2 },
	};

	report_table(report, document, "Các bản đã công bố của kỳ",
		     "What was published of the period", columns, COUNT(columns),
		     json_object_get(report->model, "vintages"));
}
