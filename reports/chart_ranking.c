/* chart_ranking.c -- agencies as bars, best first, against the target. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reports/chart_kind.h"
#include "reports/fonts.h"
#include "reports/format.h"
#include "reports/mark.h"
#include "base/memory.h"

static void add_signs(struct text *out, const struct observation *row)
{
	text_add(out, row->recast ? WORDS_RECAST_MARK : "");
	text_add(out, row->disputed ? WORDS_DISPUTED_MARK : "");
}

static void add_name(struct text *out, const struct observation *row,
		     const char *language)
{
	(void)language;
	text_add(out, row->agency_name);
	add_signs(out, row);
}

/* Beside the rank, above its bar: a name that is wider at the chart's text size is cut. */
static double widest_name(const struct chart *chart, double taken)
{
	return chart->options.width - taken - chart->options.text * 1.1;
}

/* The name as far as WIDTH goes, ending at a word; its signs are kept. */
static void add_name_within(struct text *out, const struct observation *row,
			    const struct canvas_font *font, double width)
{
	size_t length = strlen(row->agency_name);

	add_name(out, row, "");
	while (length > 0 && fonts_width(font, text_string(out)) > width) {
		while (length > 0 && row->agency_name[length - 1] != ' ')
			length--;
		while (length > 0 && strchr(" -,", row->agency_name[length - 1]))
			length--;
		text_clear(out);
		text_add_bytes(out, row->agency_name, length);
		text_add(out, "…");
		add_signs(out, row);
	}
}

static void add_rank(struct text *out, const struct observation *row,
		     const char *language)
{
	(void)language;
	if (row->rank > 0)
		text_addf(out, "%lld", row->rank);
}

/* What stands behind the bar: the value, or the word for why there is none. */
static void add_label(struct text *out, const struct observation *row,
		      const char *language)
{
	if (isnan(row->length) &&
	    (row->status == STATUS_NOT_APPLICABLE ||
	     strcmp(row->unranked_reason, "no_data") == 0 || !*row->unranked_reason))
		text_add(out, words_status_name(row->status == STATUS_NOT_APPLICABLE
							? STATUS_NOT_APPLICABLE
							: STATUS_NO_DATA,
						language));
	else if (isnan(row->length))
		text_add(out, words_reason(row->unranked_reason, language));
	else
		observation_add_value(out, row, language);
}

static void describe(struct chart *chart)
{
	const char *language = chart->options.language;
	const struct observation *target = chart_target_row(chart);
	const struct observation *best = NULL, *last = NULL;
	size_t i, missing = 0;

	for (i = 0; i < chart->count; i++) {
		const struct observation *row = &chart->rows[i];

		if (isnan(row->length)) {
			missing++;
		} else {
			best = best ? best : row;
			last = row;
		}
	}
	text_addf(&chart->alternative, "%s, %s. ", text_string(&chart->title),
		  chart_period(chart));
	if (target) {
		chart_add_target_name(&chart->alternative, chart, target);
		text_add(&chart->alternative, ": ");
		chart_add_reached(
			&chart->alternative, chart,
			format_choose(language, "cơ quan đạt. ", "agencies reach it. "));
	}
	if (best) {
		text_addf(&chart->alternative, "%s: %s, ",
			  format_choose(language, "Cao nhất", "Highest"),
			  best->agency_name);
		observation_add_value(&chart->alternative, best, language);
		text_addf(&chart->alternative, "; %s: %s, ",
			  format_choose(language, "thấp nhất", "lowest"),
			  last->agency_name);
		observation_add_value(&chart->alternative, last, language);
		text_add(&chart->alternative, ". ");
	}
	if (missing > 0)
		text_addf(&chart->alternative,
			  format_choose(language, "%zu cơ quan chưa có số liệu.",
					"%zu agencies without data."),
			  missing);
}

static bool has_intervals(const struct chart *chart)
{
	size_t i;

	for (i = 0; i < chart->count; i++)
		if (chart->rows[i].has_interval)
			return true;
	return false;
}

static void add_notes(struct chart *chart)
{
	const char *language = chart->options.language;
	enum observations_groups groups = observations_groups(chart->rows, chart->count);
	bool recast = false;
	size_t i;

	for (i = 0; i < chart->count; i++)
		recast |= chart->rows[i].recast;
	if (recast)
		text_addf(&chart->notes, "%s ", words_recast_note(language));
	chart_note_disputes(chart, chart_has_disputes(chart));
	if (has_intervals(chart))
		text_add(&chart->notes,
			 format_choose(
				 language,
				 "Vạch mảnh trên thanh: khoảng tin cậy 95% (Wilson), "
				 "vẽ khi mẫu số dưới 1.000 đơn vị. ",
				 "Thin line on a bar: the 95% interval (Wilson), "
				 "drawn where there are fewer than 1,000 units. "));
	if (groups == GROUPS_SOME)
		text_add(&chart->notes,
			 format_choose(
				 language,
				 "Ngoặc bên trái hạng: các cơ quan liền kề có khoảng "
				 "tin cậy 95% chồng lên nhau, thứ tự giữa hai cơ quan "
				 "liền kề có thể do ngẫu nhiên. ",
				 "Bracket left of the ranks: neighbours with "
				 "overlapping 95% intervals; the order of two "
				 "neighbours may be chance. "));
	else if (groups == GROUPS_ONE)
		text_add(&chart->notes,
			 format_choose(
				 language,
				 "Khoảng tin cậy 95% của mọi cặp cơ quan liền kề đều "
				 "chồng lên nhau: thứ tự giữa hai cơ quan liền kề có "
				 "thể do ngẫu nhiên. ",
				 "The 95% intervals of all neighbours overlap: the "
				 "order of any two neighbours may be chance. "));
}

static void prepare(struct chart *chart, double most)
{
	const struct observation *target = chart_target_row(chart);
	const char *group = model_string(chart->model, "group");
	const char *focus = model_string(chart->model, "focus"); /* in bold */
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_START);
	double *values = memory_zeroed(chart->count + 1, sizeof *values);
	double *labels = memory_zeroed(chart->count + 1, sizeof *labels);
	double *lows = memory_zeroed(chart->count + 1, sizeof *lows);
	double *highs = memory_zeroed(chart->count + 1, sizeof *highs);
	struct text label = { 0 };
	struct bars_input input = {
		.count = chart->count,
		.values = values,
		.name_width = chart_widest(chart, add_name) * (*focus ? 1.07 : 1),
		.label_widths = labels,
		.lows = has_intervals(chart) ? lows : NULL,
		.highs = has_intervals(chart) ? highs : NULL,
		.gutter = observations_groups(chart->rows, chart->count) == GROUPS_SOME
				  ? chart->options.text * 0.7
				  : 0,
		.rank_width = chart_widest(chart, add_rank),
		.target = target ? target->target_length : NAN,
		.key_lines = chart_paint_key(chart, NULL, 0, 0, chart->options.width),
		.text = chart->options.text,
		.width = chart->options.width,
	};
	size_t i;

	input.name_width = fmin(input.name_width,
				widest_name(chart, input.gutter + input.rank_width));
	add_notes(chart);
	input.max_height = most > 0 ? most - chart_notes_height(chart) : 0;
	for (i = 0; i < chart->count; i++) {
		values[i] = chart->rows[i].length;
		lows[i] = chart->rows[i].low_length;
		highs[i] = chart->rows[i].high_length;
		text_clear(&label);
		add_label(&label, &chart->rows[i], chart->options.language);
		labels[i] = fonts_width(&style.font, text_string(&label));
	}
	if (chart->count > 0)
		text_add(&chart->title, chart->rows[0].indicator_name);
	if (*group)
		text_addf(&chart->title, "%s%s", chart->title.length ? " – " : "",
			  words_group(group, chart->options.language));
	chart_add_period(&chart->subtitle, chart);
	if (target) {
		text_add(&chart->subtitle, "; ");
		chart_add_reached(&chart->subtitle, chart,
				  format_choose(chart->options.language, "cơ quan đạt",
						"agencies reach the target"));
	}
	bars_layout_make(&chart->layout.bars, &input);
	chart->body = chart->layout.bars.height;
	describe(chart);
	text_free(&label);
	free(values);
	free(labels);
	free(lows);
	free(highs);
}

static void paint_axis(const struct chart *chart, struct canvas *canvas)
{
	const struct bars_layout *layout = &chart->layout.bars;
	const struct canvas_stroke grid = { COLOUR_RULE, 0.5, 0 };
	struct canvas_style style = chart_style(chart, COLOUR_MUTED, ANCHOR_MIDDLE);
	int percent = chart->count > 0 &&
		      (*chart->rows[0].percent || *chart->rows[0].target_percent);
	size_t i;

	style.font.size = layout->text * 0.9;
	for (i = 0; i < layout->axis.ticks_count; i++) {
		double x = layout_axis_at(&layout->axis, layout->axis.ticks[i]);
		struct text tick = { 0 };

		if (!layout->stacked) /* names stand in the way */
			canvas_line(canvas, x, layout->top, x, layout->bottom, &grid);
		chart_add_tick(&tick, chart, &layout->axis, i, percent);
		chart_label(canvas, x, layout->bottom + layout->text, &style,
			    text_string(&tick));
		text_free(&tick);
	}
}

static void paint_target_name(const struct chart *chart, struct canvas *canvas,
			      const struct observation *target)
{
	const struct bars_layout *layout = &chart->layout.bars;
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_MIDDLE);
	struct text name = { 0 };
	double width, x = layout->target_x;

	chart_add_target_name(&name, chart, target);
	style.font.bold = true;
	if (*target->clause) {
		size_t length = name.length;

		text_addf(&name, " (%s)", target->clause);
		if (fonts_width(&style.font, name.data) > chart->options.width * 0.9) {
			name.length = length; /* the clause is in the source line too */
			name.data[length] = '\0';
		}
	}
	width = fonts_width(&style.font, name.data);
	x = fmin(fmax(x, width / 2), chart->options.width - width / 2);
	chart_label(canvas, x, layout->top - style.font.size * 1.15, &style, name.data);
	text_free(&name);
}

static void paint_target(const struct chart *chart, struct canvas *canvas)
{
	const struct bars_layout *layout = &chart->layout.bars;
	const struct canvas_stroke line = { COLOUR_INK, 1, 0 };
	const struct observation *target = chart_target_row(chart);
	double x = layout->target_x, top = layout->top - chart->options.text * 0.45;
	size_t i;

	if (!target)
		return;
	paint_target_name(chart, canvas, target);
	if (!layout->stacked) {
		canvas_line(canvas, x, top, x, layout->bottom, &line);
		return;
	}
	canvas_line(canvas, x, top, x, layout->top, &line);
	for (i = 0; i < layout->count; i++)
		canvas_line(canvas, x, layout->rows[i].bar_y - layout->bar * 0.75, x,
			    layout->rows[i].bar_y + layout->bar * 0.75, &line);
}

static void paint_bar(const struct chart *chart, struct canvas *canvas, size_t i)
{
	const struct bars_layout *layout = &chart->layout.bars;
	const struct bars_row *place = &layout->rows[i];
	double top = place->bar_y - layout->bar / 2;

	if (chart->rows[i].status == STATUS_NOT_APPLICABLE)
		return; /* nothing is missing */
	if (place->missing)
		canvas_hatch(canvas, layout->bar_x, top, place->length, layout->bar,
			     COLOUR_UNKNOWN);
	else
		chart_paint_bar(canvas, layout->bar_x, top, place->length, layout->bar,
				chart->rows[i].status);
}

/* From end to end in ink, with paper around it to stand out from its bar. */
static void paint_interval(const struct chart *chart, struct canvas *canvas, size_t i)
{
	const struct bars_layout *layout = &chart->layout.bars;
	const struct bars_row *place = &layout->rows[i];
	const struct canvas_stroke around = { COLOUR_PAPER, fmin(2.2, layout->bar * 0.36),
					      0 };
	const struct canvas_stroke line = { COLOUR_INK, 0.8, 0 };
	double y = place->bar_y, half = layout->bar * 0.3;

	if (isnan(place->high_x))
		return;
	canvas_line(canvas, place->low_x, y, place->high_x, y, &around);
	canvas_line(canvas, place->low_x, y, place->high_x, y, &line);
	canvas_line(canvas, place->low_x, y - half, place->low_x, y + half, &line);
	canvas_line(canvas, place->high_x, y - half, place->high_x, y + half, &line);
}

/* Left of the ranks, around neighbours that cannot be told apart. */
static void paint_brackets(const struct chart *chart, struct canvas *canvas)
{
	const struct bars_layout *layout = &chart->layout.bars;
	const struct canvas_stroke line = { COLOUR_MUTED, 0.8, 0 };
	double inset = layout->pitch * 0.14, x = 0.5, tick = layout->text * 0.28;
	size_t i, end;

	if (observations_groups(chart->rows, chart->count) != GROUPS_SOME)
		return;
	for (i = 0; i < chart->count; i = end) {
		double top = layout->top + layout->pitch * (double)i + inset, bottom;

		end = observations_group_end(chart->rows, chart->count, i);
		if (end == i + 1)
			continue;
		bottom = layout->top + layout->pitch * (double)end - inset;
		canvas_line(canvas, x, top, x, bottom, &line);
		canvas_line(canvas, x, top, x + tick, top, &line);
		canvas_line(canvas, x, bottom, x + tick, bottom, &line);
	}
}

static void paint_label(const struct chart *chart, struct canvas *canvas, size_t i)
{
	const struct bars_layout *layout = &chart->layout.bars;
	const struct bars_row *place = &layout->rows[i];
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_START);
	struct text label = { 0 };
	double width;

	style.font.size = layout->text;
	if (place->missing)
		style.colour = COLOUR_MUTED;
	add_label(&label, &chart->rows[i], chart->options.language);
	width = fonts_width(&style.font, text_string(&label));
	canvas_rectangle(canvas, place->label_x - layout->text * 0.15,
			 place->bar_y - layout->text * 0.55, width + layout->text * 0.3,
			 layout->text * 1.1, COLOUR_PAPER); /* over the grid */
	chart_label(canvas, place->label_x, place->bar_y, &style, text_string(&label));
	text_free(&label);
}

static void paint_row(const struct chart *chart, struct canvas *canvas, size_t i)
{
	const struct bars_layout *layout = &chart->layout.bars;
	const struct observation *row = &chart->rows[i];
	const struct bars_row *place = &layout->rows[i];
	const char *focus = model_string(chart->model, "focus");
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_START);
	struct text name = { 0 }, rank = { 0 };

	style.font.size = layout->text;
	if (*focus && strcmp(focus, row->agency) == 0) {
		style.font.bold = true;
		style.colour = COLOUR_ACCENT;
	}
	add_name_within(&name, row, &style.font, chart->options.width - layout->name_x);
	chart_label(canvas, layout->name_x, place->name_y, &style, name.data);
	style.anchor = ANCHOR_END;
	if (!style.font.bold)
		style.colour = COLOUR_MUTED;
	add_rank(&rank, row, "");
	chart_label(canvas, layout->rank_end, place->name_y, &style, text_string(&rank));
	text_free(&name);
	text_free(&rank);
	mark_paint(canvas, row->status, layout->mark_x, place->bar_y,
		   layout->text * 0.72);
}

static void paint(const struct chart *chart, struct canvas *canvas)
{
	size_t i;

	chart_paint_key(chart, canvas, 0, chart->options.text * 0.6,
			chart->options.width);
	paint_axis(chart, canvas);
	for (i = 0; i < chart->count; i++)
		paint_bar(chart, canvas, i);
	for (i = 0; i < chart->count; i++)
		paint_label(chart, canvas, i);
	for (i = 0; i < chart->count; i++)
		paint_interval(chart, canvas, i);
	paint_target(chart, canvas);
	paint_brackets(chart, canvas);
	for (i = 0; i < chart->count; i++)
		paint_row(chart, canvas, i);
}

static void release(struct chart *chart)
{
	bars_layout_free(&chart->layout.bars);
}

const struct chart_kind chart_ranking = {
	"ranking", "rows", prepare, paint, release, true
};
