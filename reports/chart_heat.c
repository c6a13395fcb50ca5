/* chart_heat.c -- agencies by indicators: value, shape and tint of each figure. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reports/chart_kind.h"
#include "reports/flow.h"
#include "reports/fonts.h"
#include "reports/format.h"
#include "reports/heat_layout.h"
#include "reports/mark.h"

struct heat {
	struct heat_layout layout;
	struct observation *cells; /* rows x columns; without a figure: no data */
	size_t columns;
	double name_width;
};

static struct heat *heat_of(const struct chart *chart)
{
	return chart->layout.own;
}

static const json_t *column_of(const struct chart *chart, size_t column)
{
	return json_array_get(json_object_get(chart->model, "columns"), column);
}

static struct observation *cell_of(const struct chart *chart, size_t row, size_t column)
{
	struct heat *heat = heat_of(chart);

	return &heat->cells[row * heat->columns + column];
}

static void read_cells(struct chart *chart)
{
	struct heat *heat = heat_of(chart);
	const json_t *rows = json_object_get(chart->model, "rows");
	size_t i, j;

	heat->columns = json_array_size(json_object_get(chart->model, "columns"));
	heat->cells =
		memory_zeroed(chart->count * heat->columns + 1, sizeof *heat->cells);
	for (i = 0; i < chart->count; i++)
		for (j = 0; j < heat->columns; j++) {
			const json_t *cells =
				json_object_get(json_array_get(rows, i), "cells");
			const json_t *json = json_array_get(cells, j);
			struct observation *cell = cell_of(chart, i, j);

			observation_read(cell, json, chart->options.language);
			if (!json_is_object(json))
				cell->status = STATUS_NO_DATA;
			cell->agency = chart->rows[i].agency;
			cell->agency_name = chart->rows[i].agency_name;
			cell->indicator = model_string(column_of(chart, j), "indicator");
		}
}

/* Without the sign: the subtitle has it. */
static void add_digits(struct text *out, const struct chart *chart,
		       const struct observation *cell)
{
	if (isnan(cell->length))
		text_add(out, cell->status == STATUS_NOT_APPLICABLE ? "n/a" : "–");
	else if (*cell->percent)
		format_add_decimal(out, chart->options.language, cell->percent);
	else
		observation_add_value(out, cell, chart->options.language);
}

static void add_rank(struct text *out, const struct observation *row,
		     const char *language)
{
	(void)language;
	if (row->rank > 0)
		text_addf(out, "%lld", row->rank);
}

static void add_name(struct text *out, const struct observation *row,
		     const char *language)
{
	(void)language;
	text_add(out, row->agency_name);
}

/* "02 Hồ sơ giải quyết trực tuyến" */
static void add_head(struct text *out, const struct chart *chart, size_t column)
{
	const json_t *json = column_of(chart, column);

	if (*model_string(json, "number"))
		text_addf(out, "%s ", model_string(json, "number"));
	text_add(out, model_words(json, "indicator_name", chart->options.language));
}

static void break_head(const struct chart *chart, size_t column, double text,
		       double width, struct flow_lines *lines)
{
	struct canvas_style style = chart_style(chart, COLOUR_MUTED, ANCHOR_START);
	struct text head = { 0 };

	style.font.size = text * 0.85;
	add_head(&head, chart, column);
	flow_break(lines, &style.font, head.data, width, 0);
	text_free(&head);
}

static bool has_disputes(const struct chart *chart)
{
	const struct heat *heat = heat_of(chart);
	size_t i;

	for (i = 0; i < chart->count * heat->columns; i++)
		if (heat->cells[i].disputed)
			return true;
	return false;
}

static double cell_width(const struct chart *chart)
{
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_START);

	return fonts_width(&style.font, "100,00") + chart->options.text * 1.4 +
	       (has_disputes(chart) ? chart_sign_width(chart) : 0);
}

static size_t count_lines(const struct chart *chart, size_t row, double text,
			  double width)
{
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_START);
	struct flow_lines lines = { 0 };
	size_t count;

	style.font.size = text;
	style.font.bold = true; /* it may be the one in focus */
	flow_break(&lines, &style.font, chart->rows[row].agency_name, width, 0);
	count = lines.count;
	flow_free(&lines);
	return count;
}

static void lay_out(struct chart *chart, struct heat *heat)
{
	double full = chart->options.text, width = chart->options.width;
	double rank = chart_widest(chart, add_rank);
	double name = chart_widest(chart, add_name) * 1.08;
	double text =
		heat_text(full, width, heat->columns, rank, name, cell_width(chart));
	size_t *lines = memory_zeroed(chart->count + 1, sizeof *lines);
	struct heat_input input = { .rows = chart->count,
				    .columns = heat->columns,
				    .name_lines = lines,
				    .head_lines = 1,
				    .rank_width = rank * text / full,
				    .sign_width = has_disputes(chart)
							  ? chart_sign_width(chart) *
								    text / full
							  : 0,
				    .text = text,
				    .width = width };
	size_t i;

	input.name_width = heat->name_width =
		heat_name_width(text, width, name * text / full);
	for (i = 0; i < chart->count; i++)
		lines[i] = count_lines(chart, i, text, heat->name_width);
	heat_layout_make(&heat->layout, &input); /* for the width of a cell */
	for (i = 0; i < heat->columns; i++) {
		struct flow_lines head = { 0 };

		break_head(chart, i, text, heat->layout.cell_width - text * 0.4, &head);
		if (head.count > input.head_lines)
			input.head_lines = head.count;
		flow_free(&head);
	}
	heat_layout_free(&heat->layout);
	heat_layout_make(&heat->layout, &input);
	chart->body = heat->layout.height;
	free(lines);
}

static void name_chart(struct chart *chart)
{
	const char *group = model_string(chart->model, "group");
	const char *language = chart->options.language;

	text_add(&chart->title, format_choose(language, "Kết quả theo từng chỉ tiêu, %",
					      "Results by indicator, %"));
	if (*model_words(chart->model, "peers", language))
		group = model_words(chart->model, "peers", language);
	else if (*group)
		group = words_group(group, language);
	if (*group)
		text_addf(&chart->title, " – %s", group);
	chart_add_period(&chart->subtitle, chart);
	text_add(&chart->subtitle,
		 format_choose(language,
			       "; ● đạt, ○ chưa đạt, ô gạch chéo: chưa có số liệu",
			       "; ● met, ○ not met, hatched: no data"));
}

static void describe(struct chart *chart)
{
	const struct heat *heat = heat_of(chart);
	const char *language = chart->options.language;
	size_t i, j;

	text_addf(&chart->alternative, "%s.", text_string(&chart->subtitle));
	for (j = 0; j < heat->columns; j++) {
		size_t reached = 0;

		if (!*model_string(column_of(chart, j), "target"))
			continue; /* nothing to reach */
		for (i = 0; i < chart->count; i++)
			reached += words_status_colour(cell_of(chart, i, j)->status) ==
				   COLOUR_REACHED;
		text_addf(&chart->alternative,
			  format_choose(language, " %s: %zu/%zu cơ quan đạt.",
					" %s: %zu of %zu agencies met it."),
			  model_words(column_of(chart, j), "indicator_name", language),
			  reached, chart->count);
	}
}

static void prepare(struct chart *chart, double most)
{
	struct heat *heat = memory_zeroed(1, sizeof *heat);

	(void)most;
	chart->layout.own = heat;
	read_cells(chart);
	lay_out(chart, heat);
	name_chart(chart);
	describe(chart);
	chart_note_disputes(chart, has_disputes(chart));
}

/* ---- Painting ------------------------------------------------------------ */

static void paint_heads(const struct chart *chart, struct canvas *canvas)
{
	const struct heat_layout *layout = &heat_of(chart)->layout;
	struct canvas_style style = chart_style(chart, COLOUR_MUTED, ANCHOR_START);
	size_t i, j;

	style.font.size = layout->text * 0.85;
	for (i = 0; i < layout->columns; i++) {
		double x = layout->cells_x + layout->cell_width * (double)i;
		double y = layout->head - layout->text * 0.5 - layout->line / 2;
		struct flow_lines lines = { 0 };

		break_head(chart, i, layout->text,
			   layout->cell_width - layout->text * 0.4, &lines);
		for (j = lines.count; j-- > 0; y -= layout->line)
			chart_label(canvas, x, y, &style, lines.items[j].string);
		flow_free(&lines);
	}
}

/* Over a hatching, which it interrupts. */
static void paint_sign(struct canvas *canvas, struct layout_box box, bool on_paper,
		       const struct canvas_style *digits)
{
	struct canvas_style style = *digits;

	style.colour = COLOUR_INK;
	style.anchor = ANCHOR_MIDDLE;
	if (on_paper)
		canvas_rectangle(canvas, box.x, box.y, box.width, box.height,
				 COLOUR_PAPER);
	chart_label(canvas, box.x + box.width / 2, box.y + box.height / 2, &style,
		    WORDS_DISPUTED_SIGN);
}

static void paint_cell(const struct chart *chart, struct canvas *canvas, size_t row,
		       size_t column)
{
	const struct heat_layout *layout = &heat_of(chart)->layout;
	const struct observation *cell = cell_of(chart, row, column);
	const struct layout_box box = heat_cell(layout, row, column);
	enum canvas_colour colour = words_status_colour(cell->status);
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_END);
	double text = layout->text, y = box.y + box.height / 2;
	struct text words = { 0 };

	style.font.size = text;
	add_digits(&words, chart, cell);
	if (cell->status == STATUS_NOT_APPLICABLE) { /* nothing is missing */
		canvas_rectangle(canvas, box.x, box.y, box.width, box.height,
				 COLOUR_WASH);
		style.colour = COLOUR_MUTED;
	} else if (isnan(cell->length)) {
		double width = fonts_width(&style.font, words.data);

		canvas_hatch(canvas, box.x + 0.3, box.y + 0.3, box.width - 0.6,
			     box.height - 0.6, COLOUR_UNKNOWN);
		canvas_rectangle(canvas, box.x + box.width - layout->margin - width - 2,
				 y - text * 0.55, width + 4, text * 1.1, COLOUR_PAPER);
		style.colour = COLOUR_MUTED;
	} else {
		canvas_rectangle(canvas, box.x, box.y, box.width, box.height,
				 colour == COLOUR_REACHED  ? COLOUR_REACHED_TINT
				 : colour == COLOUR_MISSED ? COLOUR_MISSED_TINT
							   : COLOUR_UNKNOWN_TINT);
		mark_paint(canvas, cell->status, box.x + text * 0.6, y, text * 0.62);
	}
	chart_label(canvas, box.x + box.width - layout->margin, y, &style, words.data);
	if (cell->disputed)
		paint_sign(canvas, heat_sign(layout, row, column), isnan(cell->length),
			   &style);
	text_free(&words);
}

static void paint_name(const struct chart *chart, struct canvas *canvas, size_t i)
{
	const struct heat_layout *layout = &heat_of(chart)->layout;
	const struct observation *row = &chart->rows[i];
	const char *focus = model_string(chart->model, "focus");
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_START);
	double y = layout->rows[i].y + layout->text * 0.2 + layout->line / 2 - 0.75;
	struct flow_lines lines = { 0 };
	struct text rank = { 0 };
	size_t j;

	style.font.size = layout->text;
	if (*focus && strcmp(focus, row->agency) == 0) {
		style.font.bold = true;
		style.colour = COLOUR_ACCENT;
	}
	flow_break(&lines, &style.font, row->agency_name, heat_of(chart)->name_width, 0);
	for (j = 0; j < lines.count; j++)
		chart_label(canvas, layout->name_x, y + layout->line * (double)j, &style,
			    lines.items[j].string);
	flow_free(&lines);
	style.colour = COLOUR_MUTED;
	style.anchor = ANCHOR_END;
	add_rank(&rank, row, "");
	chart_label(canvas, layout->rank_end, y, &style, text_string(&rank));
	text_free(&rank);
}

static void paint(const struct chart *chart, struct canvas *canvas)
{
	const struct heat *heat = heat_of(chart);
	size_t i, j;

	paint_heads(chart, canvas);
	for (i = 0; i < chart->count; i++) {
		chart_mark_begin(chart, canvas, 0, heat->layout.rows[i].y,
				 &chart->rows[i], chart->rows[i].agency_name);
		paint_name(chart, canvas, i);
		for (j = 0; j < heat->columns; j++)
			paint_cell(chart, canvas, i, j);
		canvas_mark_end(canvas);
	}
}

static void release(struct chart *chart)
{
	struct heat *heat = heat_of(chart);

	heat_layout_free(&heat->layout);
	free(heat->cells);
	free(heat);
}

const struct chart_kind chart_heat = { "heat", "rows", prepare, paint, release, true };
