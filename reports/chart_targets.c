/* chart_targets.c -- every target in a row: shape, bar, target tick, word. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "reports/chart_kind.h"
#include "reports/flow.h"
#include "reports/fonts.h"
#include "reports/format.h"
#include "reports/mark.h"

static void add_word(struct text *out, const struct observation *row,
		     const char *language)
{
	text_add(out, words_status_name(row->status, language));
}

static const char *value_head(const char *language)
{
	return format_choose(language, "Kết quả", "Result");
}

static const char *target_head(const char *language)
{
	return format_choose(language, "Mục tiêu", "Target");
}

/* "38/85 cơ quan đạt", for targets of each agency. */
static void add_counts(struct text *out, const struct observation *row,
		       const char *language)
{
	long long all = 0, reached;
	int status;

	if (isnan(row->length))
		return;
	for (status = 0; status < STATUS_COUNT; status++)
		all += row->counts[status];
	reached = row->counts[STATUS_MET] + row->counts[STATUS_ON_TRACK];
	if (all > 0)
		text_addf(out,
			  format_choose(language, "%lld/%lld cơ quan đạt",
					"%lld of %lld agencies reach it"),
			  reached, all);
}

static void describe(struct chart *chart)
{
	const char *language = chart->options.language;
	size_t i;

	text_addf(&chart->alternative, "%s, %s.", text_string(&chart->title),
		  chart_period(chart));
	for (i = 0; i < chart->count; i++) {
		const struct observation *row = &chart->rows[i];

		text_addf(&chart->alternative, " %s: ", row->indicator_name);
		if (!isnan(row->length)) {
			observation_add_value(&chart->alternative, row, language);
			text_add(&chart->alternative, ", ");
		}
		text_addf(&chart->alternative, "%s.",
			  words_status_name(row->status, language));
	}
}

/* A rank has no place on a scale of percent. */
static double on_scale(const struct observation *row, double value)
{
	return *row->percent || *row->target_percent ? value : NAN;
}

static size_t lines_of_name(const struct chart *chart, const struct observation *row,
			    double width)
{
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_START);
	struct flow_lines lines = { 0 };
	size_t count;

	flow_break(&lines, &style.font, row->indicator_name, width, 0);
	count = lines.count + (row->has_counts && !isnan(row->length));
	flow_free(&lines);
	return count;
}

static void name_chart(struct chart *chart)
{
	const json_t *agency = json_object_get(chart->model, "agency");
	const char *language = chart->options.language;

	text_add(&chart->title,
		 format_choose(language, "Các chỉ tiêu của Nghị quyết 17/NQ-CP",
			       "The targets of Resolution 17/NQ-CP"));
	if (json_is_object(agency))
		text_addf(&chart->title, " – %s", model_words(agency, "name", language));
	chart_add_period(&chart->subtitle, chart);
	text_add(&chart->subtitle, "; ");
	chart_add_reached(
		&chart->subtitle, chart,
		format_choose(
			language, "chỉ tiêu đạt; vạch đứng là mục tiêu, thang 0–100%",
			"targets met; the upright tick is the target, scale 0–100%"));
}

static void prepare(struct chart *chart, double most)
{
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_START);
	double *values = memory_zeroed(chart->count + 1, sizeof *values);
	double *targets = memory_zeroed(chart->count + 1, sizeof *targets);
	size_t *lines = memory_zeroed(chart->count + 1, sizeof *lines);
	const char *language = chart->options.language;
	struct targets_input input = {
		.count = chart->count,
		.values = values,
		.targets = targets,
		.name_lines = lines,
		.value_width = fmax(chart_widest(chart, observation_add_value) * 1.07,
				    fonts_width(&style.font, value_head(language))),
		.target_width = fmax(chart_widest(chart, observation_add_target),
				     fonts_width(&style.font, target_head(language))),
		.word_width = chart_widest(chart, add_word),
		.text = chart->options.text,
		.width = chart->options.width,
	};
	size_t i;

	(void)most; /* rows of words do not shrink */
	for (i = 0; i < chart->count; i++) {
		const struct observation *row = &chart->rows[i];

		values[i] = on_scale(row, row->length);
		targets[i] = on_scale(row, row->target_length);
		lines[i] = lines_of_name(chart, row, targets_name_width(&input));
	}
	name_chart(chart);
	describe(chart);
	targets_layout_make(&chart->layout.targets, &input);
	chart->body = chart->layout.targets.height;
	free(values);
	free(targets);
	free(lines);
}

static void paint_head(const struct chart *chart, struct canvas *canvas)
{
	const struct targets_layout *layout = &chart->layout.targets;
	struct canvas_style style = chart_style(chart, COLOUR_MUTED, ANCHOR_END);
	const char *language = chart->options.language;
	double y = layout->head * 0.4;

	chart_label(canvas, layout->value_end, y, &style, value_head(language));
	chart_label(canvas, layout->target_end, y, &style, target_head(language));
	style.anchor = ANCHOR_START;
	chart_label(canvas, layout->word_x, y, &style,
		    format_choose(language, "Đánh giá", "Status"));
}

static void paint_name(const struct chart *chart, struct canvas *canvas, size_t i)
{
	const struct targets_layout *layout = &chart->layout.targets;
	const struct observation *row = &chart->rows[i];
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_START);
	struct flow_lines lines = { 0 };
	struct text counts = { 0 };
	double y = layout->rows[i].name_y;
	size_t j;

	flow_break(&lines, &style.font, row->indicator_name, layout->name_width, 0);
	for (j = 0; j < lines.count; j++, y += layout->line)
		chart_label(canvas, layout->name_x, y, &style, lines.items[j].string);
	add_counts(&counts, row, chart->options.language);
	style.colour = COLOUR_MUTED;
	style.font.size *= 0.9;
	chart_label(canvas, layout->name_x, y, &style, text_string(&counts));
	flow_free(&lines);
	text_free(&counts);
}

static void paint_bar(const struct chart *chart, struct canvas *canvas, size_t i)
{
	const struct targets_layout *layout = &chart->layout.targets;
	const struct targets_row *place = &layout->rows[i];
	const struct observation *row = &chart->rows[i];
	const struct canvas_stroke tick = { COLOUR_INK, 1.5, 0 };
	double top = place->bar_y - layout->bar / 2, reach = layout->bar * 0.35;

	if (isnan(row->length)) {
		canvas_hatch(canvas, layout->bar_x, top, layout->bar_width, layout->bar,
			     COLOUR_UNKNOWN);
	} else if (!place->missing) {
		canvas_rectangle(canvas, layout->bar_x, top, layout->bar_width,
				 layout->bar, COLOUR_UNKNOWN_TINT);
		canvas_rectangle(canvas, layout->bar_x, top, fmax(place->length, 0.75),
				 layout->bar, words_status_colour(row->status));
	}
	if (!isnan(place->tick_x))
		canvas_line(canvas, place->tick_x, top - reach, place->tick_x,
			    top + layout->bar + reach, &tick);
}

static void paint_row(const struct chart *chart, struct canvas *canvas, size_t i)
{
	const struct targets_layout *layout = &chart->layout.targets;
	const struct canvas_stroke rule = { COLOUR_RULE, 0.5, 0 };
	const struct targets_row *place = &layout->rows[i];
	const struct observation *row = &chart->rows[i];
	const char *language = chart->options.language;
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_END);
	struct text text = { 0 };

	canvas_line(canvas, 0, place->top, chart->options.width, place->top, &rule);
	mark_paint(canvas, row->status, layout->mark_x, place->name_y,
		   chart->options.text * 0.78);
	paint_name(chart, canvas, i);
	paint_bar(chart, canvas, i);
	observation_add_target(&text, row, language);
	chart_label(canvas, layout->target_end, place->bar_y, &style, text_string(&text));
	style.anchor = ANCHOR_START;
	chart_label(canvas, layout->word_x, place->bar_y, &style,
		    words_status_name(row->status, language));
	style.anchor = ANCHOR_END;
	style.font.bold = true;
	text_clear(&text);
	if (isnan(row->length))
		text_add(&text, "–");
	else
		observation_add_value(&text, row, language);
	chart_label(canvas, layout->value_end, place->bar_y, &style, text_string(&text));
	text_free(&text);
}

static void paint(const struct chart *chart, struct canvas *canvas)
{
	size_t i;

	paint_head(chart, canvas);
	for (i = 0; i < chart->count; i++)
		paint_row(chart, canvas, i);
}

static void release(struct chart *chart)
{
	targets_layout_free(&chart->layout.targets);
}

const struct chart_kind chart_targets = { "targets", "targets", prepare, paint, release, true };
