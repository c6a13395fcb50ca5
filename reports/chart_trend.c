/* chart_trend.c -- one indicator over periods: broken where there is no data,
 * dashed where the figure is provisional, with the target's line or path. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reports/chart_kind.h"
#include "reports/fonts.h"
#include "reports/format.h"
#include "reports/mark.h"

/* Among how many the value is a place; 0: it is none, or that is not known. */
static long long total_of(const struct chart *chart, size_t i)
{
	const json_t *points = json_object_get(chart->model, "points");

	return json_integer_value(json_object_get(json_array_get(points, i), "of"));
}

static bool is_ranked(const struct chart *chart)
{
	for (size_t i = 0; i < chart->count; i++)
		if (total_of(chart, i) > 0)
			return true;
	return false;
}

static void name_chart(struct chart *chart)
{
	const struct observation *first = &chart->rows[0];
	const char *language = chart->options.language;

	if (chart->count > 0) {
		text_add(&chart->title, first->indicator_name);
		if (*first->agency_name)
			text_addf(&chart->title, " – %s", first->agency_name);
	}
	if (is_ranked(chart)) {
		text_add(&chart->subtitle,
			 format_choose(language,
				       "Hạng 1 ở trên cùng; không nối các hạng trong số "
				       "cơ quan khác nhau",
				       "Rank 1 is on top; ranks among different numbers "
				       "of agencies are not joined"));
		return;
	}
	text_add(&chart->subtitle,
		 format_choose(language,
			       "Nét liền: số chính thức; nét đứt: số tạm tính; "
			       "vùng gạch chéo: chưa có số liệu",
			       "Solid: final; dashed: provisional; hatched: no data"));
}

static void add_total(struct text *out, const struct chart *chart, size_t i)
{
	if (total_of(chart, i) > 0)
		text_addf(out,
			  format_choose(chart->options.language, "trong %lld", "of %lld"),
			  total_of(chart, i));
}

/* A rank, or what else the figure is, in words that stand alone. */
static void add_value(struct text *out, const struct chart *chart, size_t i)
{
	observation_add_value(out, &chart->rows[i], chart->options.language);
	if (total_of(chart, i) > 0)
		text_add_char(out, ' ');
	add_total(out, chart, i);
}

static void describe(struct chart *chart)
{
	const char *language = chart->options.language;
	const char *title = chart_words(chart, "title");
	size_t i;

	text_addf(&chart->alternative, "%s.",
		  *title ? title : text_string(&chart->title));
	for (i = 0; i < chart->count; i++) {
		const struct observation *row = &chart->rows[i];

		text_add_char(&chart->alternative, ' ');
		format_add_period(&chart->alternative, language, row->period);
		text_add(&chart->alternative, ": ");
		if (isnan(row->length))
			text_add(&chart->alternative,
				 words_status_name(row->status == STATUS_NOT_APPLICABLE
							   ? STATUS_NOT_APPLICABLE
							   : STATUS_NO_DATA,
						   language));
		else
			add_value(&chart->alternative, chart, i);
		text_add_char(&chart->alternative, '.');
	}
}

/* What will be at the deadline, where that was said: not of what was refused. */
static const json_t *forecast_of(const struct chart *chart)
{
	const json_t *forecast = json_object_get(chart->model, "forecast");

	if (isnan(model_number(forecast, "percent")) ||
	    isnan(model_number(forecast, "low")) || isnan(model_number(forecast, "high")))
		return NULL;
	return forecast;
}

/* "Dự báo năm 2026: 61,20% (khoảng 80%: 55,00–67,40%)" */
static void add_forecast(struct text *out, const struct chart *chart)
{
	const json_t *forecast = forecast_of(chart);
	const char *language = chart->options.language;

	text_add(out, format_choose(language, "Dải nhạt: dự báo ",
				    "Pale band: forecast for "));
	format_add_period(out, language, model_string(forecast, "period"));
	text_add(out, ": ");
	format_add_percent(out, language, model_string(forecast, "percent"));
	text_addf(out, format_choose(language, ", khoảng %s: ", ", %s interval: "),
		  model_string(forecast, "level"));
	format_add_decimal(out, language, model_string(forecast, "low"));
	text_add(out, "–");
	format_add_percent(out, language, model_string(forecast, "high"));
	text_add(out, ". ");
}

/* Percentages, or places in a ranking?  Where nothing came the target tells. */
static bool is_percent(const struct chart *chart)
{
	size_t i;

	for (i = 0; i < chart->count; i++)
		if (*chart->rows[i].percent || *chart->rows[i].target_percent)
			return true;
	for (i = 0; i < chart->count; i++)
		if (*chart->rows[i].value || *chart->rows[i].target)
			return false;
	return true;
}

static bool is_provisional(const struct observation *row)
{
	return strcmp(row->maturity, "provisional") == 0;
}

struct columns {
	double *values, *targets, *labels, *widths, *signs, *totals, *total_widths;
	bool *provisional;
};

static void read_columns(struct columns *columns, const struct chart *chart)
{
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_START);
	size_t i, count = chart->count + 2;
	const json_t *forecast = forecast_of(chart);
	struct text text = { 0 };

	columns->values = memory_zeroed(count, sizeof(double));
	columns->targets = memory_zeroed(count, sizeof(double));
	columns->labels = memory_zeroed(count, sizeof(double));
	columns->widths = memory_zeroed(count, sizeof(double));
	columns->signs = memory_zeroed(count, sizeof(double));
	columns->totals = memory_zeroed(count, sizeof(double));
	columns->total_widths = memory_zeroed(count, sizeof(double));
	columns->provisional = memory_zeroed(count, sizeof(bool));
	for (i = 0; i < chart->count; i++) {
		const struct observation *row = &chart->rows[i];

		columns->values[i] = row->place;
		columns->targets[i] = row->target_length;
		columns->provisional[i] = is_provisional(row);
		text_clear(&text);
		format_add_period(&text, chart->options.language, row->period);
		columns->labels[i] = fonts_width(&style.font, text_string(&text));
		text_clear(&text);
		observation_add_value(&text, row, chart->options.language);
		columns->signs[i] = row->disputed ? chart_sign_width(chart) : 0;
		columns->widths[i] = fonts_width(&style.font, text_string(&text)) * 1.07 +
				     columns->signs[i];
		text_clear(&text);
		add_total(&text, chart, i);
		columns->total_widths[i] = fonts_width(&style.font, text_string(&text));
		columns->totals[i] =
			total_of(chart, i) > 0 ? (double)total_of(chart, i) : NAN;
	}
	if (forecast) {
		text_clear(&text);
		format_add_period(&text, chart->options.language,
				  model_string(forecast, "period"));
		columns->labels[i] = fonts_width(&style.font, text_string(&text));
		columns->widths[i] = fonts_width(&style.font, "100,00%") * 1.07;
	}
	text_free(&text);
}

static const char *target_word(const struct chart *chart)
{
	return format_choose(chart->options.language, "Mục tiêu", "Target");
}

/* Of the target's name behind the end of its line; 0 without a target. */
static double target_width(const struct chart *chart)
{
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_START);
	double width = chart_widest(chart, observation_add_target) * 1.07;

	style.font.bold = true;
	if (!chart_target_row(chart))
		return 0;
	return fmax(width, fonts_width(&style.font, target_word(chart)));
}

static void prepare(struct chart *chart, double most)
{
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_START);
	double text = chart->options.text;
	double height = fmin(fmax(chart->options.width * 0.46, text * 16), text * 26);
	struct columns columns = { 0 };
	struct trend_input input;

	if (most > 0 && height > most)
		height = most;
	if (forecast_of(chart))
		add_forecast(&chart->notes, chart);
	chart_note_disputes(chart, chart_has_disputes(chart));
	if (most > 0)
		height -= chart_notes_height(chart);
	read_columns(&columns, chart);
	input = (struct trend_input){
		.count = chart->count,
		.values = columns.values,
		.targets = columns.targets,
		.provisional = columns.provisional,
		.totals = is_ranked(chart) ? columns.totals : NULL,
		.total_widths = columns.total_widths,
		.label_widths = columns.labels,
		.value_widths = columns.widths,
		.sign_widths = columns.signs,
		.ranks = !is_percent(chart),
		.has_forecast = forecast_of(chart) != NULL,
		.forecast = model_number(forecast_of(chart), "percent"),
		.low = model_number(forecast_of(chart), "low"),
		.high = model_number(forecast_of(chart), "high"),
		.tick_width = fonts_width(&style.font, "100%"),
		.target_width = target_width(chart),
		.gap_width = fonts_width(&style.font,
					 words_status_name(STATUS_NO_DATA,
							   chart->options.language)) +
			     chart->options.text * 0.6,
		.text = chart->options.text,
		.width = chart->options.width,
		.height = height,
	};
	name_chart(chart);
	describe(chart);
	trend_layout_make(&chart->layout.trend, &input);
	chart->body = height;
	free(columns.values);
	free(columns.targets);
	free(columns.labels);
	free(columns.widths);
	free(columns.signs);
	free(columns.totals);
	free(columns.total_widths);
	free(columns.provisional);
}

static void paint_axis(const struct chart *chart, struct canvas *canvas)
{
	const struct trend_layout *layout = &chart->layout.trend;
	const struct canvas_stroke grid = { COLOUR_RULE, 0.5, 0 };
	struct canvas_style style = chart_style(chart, COLOUR_MUTED, ANCHOR_END);
	size_t i;

	for (i = 0; i < layout->axis.ticks_count; i++) {
		double y = layout_axis_at(&layout->axis, layout->axis.ticks[i]);
		struct text tick = { 0 };

		canvas_line(canvas, layout->left, y, layout->right, y, &grid);
		chart_add_tick(&tick, chart, &layout->axis, i, is_percent(chart));
		chart_label(canvas, layout->left - chart->options.text * 0.5, y, &style,
			    text_string(&tick));
		text_free(&tick);
	}
	style.anchor = ANCHOR_MIDDLE;
	for (i = 0; i < layout->slots; i++) {
		bool ahead = i == chart->count;
		double x = ahead ? layout->forecast_x : layout->x[i], half;
		struct text period = { 0 };

		format_add_period(&period, chart->options.language,
				  ahead ? model_string(forecast_of(chart), "period")
					: chart->rows[i].period);
		half = fonts_width(&style.font, text_string(&period)) / 2;
		if (layout->label_shown[i])
			chart_label(canvas, fmin(x, chart->options.width - half),
				    layout->bottom + chart->options.text * 1.1, &style,
				    text_string(&period));
		text_free(&period);
	}
}

/* From the last value, if there is one, the band opens to the range. */
static void paint_forecast(const struct chart *chart, struct canvas *canvas)
{
	const struct trend_layout *layout = &chart->layout.trend;
	const struct canvas_stroke line = { COLOUR_REACHED, 2, 4 };
	const struct canvas_stroke edge = { COLOUR_REACHED, 1.5, 0 };
	double x = layout->forecast_x, half = chart->options.text * 0.35;
	size_t last = chart->count - 1;
	struct canvas_path path = { 0 };

	if (isnan(x))
		return;
	if (chart->count > 0 && !isnan(layout->y[last])) {
		path_move(&path, layout->x[last], layout->y[last]);
		path_line(&path, x, layout->high_y);
		path_line(&path, x, layout->low_y);
		path_close(&path);
		canvas_path(canvas, &path, COLOUR_REACHED_TINT, NULL);
		canvas_line(canvas, layout->x[last], layout->y[last], x,
			    layout->forecast_y, &line);
	}
	canvas_path_free(&path);
	canvas_line(canvas, x, layout->high_y, x, layout->low_y, &edge);
	canvas_line(canvas, x - half, layout->high_y, x + half, layout->high_y, &edge);
	canvas_line(canvas, x - half, layout->low_y, x + half, layout->low_y, &edge);
}

static void paint_gaps(const struct chart *chart, struct canvas *canvas)
{
	const struct trend_layout *layout = &chart->layout.trend;
	struct canvas_style style = chart_style(chart, COLOUR_MUTED, ANCHOR_MIDDLE);
	size_t i;

	for (i = 0; i < layout->gaps_count; i++) {
		const struct trend_gap *gap = &layout->gaps[i];
		const struct layout_box *word = &gap->word;

		canvas_hatch(canvas, gap->x, layout->top, gap->width,
			     layout->bottom - layout->top, COLOUR_RULE);
		if (!(word->width > 0))
			continue;
		canvas_rectangle(canvas, word->x, word->y, word->width, word->height,
				 COLOUR_PAPER);
		chart_label(canvas, word->x + word->width / 2, word->y + word->height / 2,
			    &style,
			    words_status_name(STATUS_NO_DATA, chart->options.language));
	}
}

/* Where the number of those that are ranked changes, a rule; over each part, the number. */
static void paint_runs(const struct chart *chart, struct canvas *canvas)
{
	const struct trend_layout *layout = &chart->layout.trend;
	const struct canvas_stroke rule = { COLOUR_MUTED, 1, 3 };
	struct canvas_style style = chart_style(chart, COLOUR_MUTED, ANCHOR_MIDDLE);
	size_t i;

	for (i = 0; i < layout->runs_count; i++) {
		const struct trend_run *run = &layout->runs[i];
		struct text word = { 0 };

		if (i > 0)
			canvas_line(canvas, run->x, 0, run->x, layout->bottom, &rule);
		if (!(run->word.width > 0))
			continue;
		add_total(&word, chart, run->first);
		chart_label(canvas, run->word.x + run->word.width / 2,
			    run->word.y + run->word.height / 2, &style,
			    text_string(&word));
		text_free(&word);
	}
}

/* The target is a level per period, so its path is made of steps. */
static void paint_target(const struct chart *chart, struct canvas *canvas)
{
	const struct trend_layout *layout = &chart->layout.trend;
	const struct canvas_stroke line = { COLOUR_INK, 1, 0 };
	const struct observation *target = NULL;
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_START);
	struct canvas_path path = { 0 };
	struct text name = { 0 };
	double half = layout->step / 2, x, y = NAN;
	size_t i;

	for (i = 0; i < chart->count; i++) {
		if (isnan(layout->target_y[i]))
			continue;
		if (i == 0 || isnan(layout->target_y[i - 1]))
			path_move(&path, layout->x[i] - half, layout->target_y[i]);
		else
			path_line(&path, layout->x[i] - half, layout->target_y[i]);
		path_line(&path,
			  layout->x[i] + half +
				  (i + 1 == chart->count) * layout->step *
					  (double)(layout->slots - layout->count),
			  layout->target_y[i]);
		target = &chart->rows[i]; /* the last one gives its name */
		y = layout->target_y[i];
	}
	if (target) {
		canvas_path(canvas, &path, COLOUR_NONE, &line);
		observation_add_target(&name, target, chart->options.language);
		style.font.bold = true;
		x = layout->right + chart->options.text * 0.5;
		chart_label(canvas, x, y - chart->options.text * 0.6, &style,
			    target_word(chart));
		chart_label(canvas, x, y + chart->options.text * 0.6, &style, name.data);
	}
	canvas_path_free(&path);
	text_free(&name);
}

static void paint_line(const struct chart *chart, struct canvas *canvas)
{
	const struct trend_layout *layout = &chart->layout.trend;
	size_t i;

	for (i = 0; i < layout->segments_count; i++) {
		const struct trend_segment *segment = &layout->segments[i];
		const struct canvas_stroke line = { COLOUR_REACHED, 2,
						    segment->dashed ? 4 : 0 };

		canvas_line(canvas, layout->x[segment->from], layout->y[segment->from],
			    layout->x[segment->to], layout->y[segment->to], &line);
	}
}

/* "Quý III/2020: 19,98% (8.412 / 42.100), Chưa đạt, tạm tính" */
static void add_point(struct text *out, const struct chart *chart, size_t i)
{
	const struct observation *row = &chart->rows[i];
	const char *language = chart->options.language;
	const char *maturity = words_maturity_inline(row->maturity, language);

	format_add_period(out, language, row->period);
	text_add(out, ": ");
	add_value(out, chart, i);
	if (row->has_fraction) {
		text_add(out, " (");
		observation_add_fraction(out, row, language);
		text_add_char(out, ')');
	}
	if (row->status != STATUS_NO_TARGET)
		text_addf(out, ", %s", words_status_name(row->status, language));
	if (*maturity)
		text_addf(out, ", %s", maturity);
	if (row->disputed)
		text_addf(out, ", %s", words_disputed(language));
}

static void paint_points(const struct chart *chart, struct canvas *canvas)
{
	const struct trend_layout *layout = &chart->layout.trend;
	const struct canvas_stroke line = { COLOUR_REACHED, 1.5, 0 };
	struct text label = { 0 };
	size_t i;

	for (i = 0; i < chart->count; i++) {
		const struct observation *row = &chart->rows[i];

		if (isnan(layout->y[i]))
			continue;
		text_clear(&label);
		add_point(&label, chart, i);
		canvas_mark_begin(canvas, layout->x[i], layout->y[i], label.data, "");
		canvas_circle(canvas, layout->x[i], layout->y[i],
			      chart->options.text * 0.25,
			      is_provisional(row) ? COLOUR_PAPER : COLOUR_REACHED, &line);
		canvas_mark_end(canvas);
	}
	text_free(&label);
	if (!isnan(layout->forecast_x))
		canvas_circle(canvas, layout->forecast_x, layout->forecast_y,
			      chart->options.text * 0.25, COLOUR_PAPER, &line);
}

/* First the paper under the labels, then, over the line, the labels. */
static void paint_values(const struct chart *chart, struct canvas *canvas, bool paper)
{
	const struct trend_layout *layout = &chart->layout.trend;
	size_t i;

	for (i = 0; i < chart->count; i++) {
		struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_MIDDLE);
		const struct layout_box *box = &layout->value_boxes[i];
		struct text value = { 0 };

		if (!layout->value_shown[i])
			continue;
		style.font.bold = i + 1 == chart->count;
		observation_add_value(&value, &chart->rows[i], chart->options.language);
		if (paper)
			canvas_rectangle(canvas, box->x, box->y, box->width, box->height,
					 COLOUR_PAPER);
		else
			chart_label(canvas,
				    box->x + (box->width - layout->sign_boxes[i].width) /
						     2,
				    box->y + chart->options.text * 0.5, &style,
				    text_string(&value));
		text_free(&value);
	}
}

static void paint_signs(const struct chart *chart, struct canvas *canvas)
{
	const struct trend_layout *layout = &chart->layout.trend;
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_MIDDLE);
	size_t i;

	for (i = 0; i < chart->count; i++) {
		const struct layout_box *box = &layout->sign_boxes[i];

		if (!(box->width > 0))
			continue;
		if (!layout->value_shown[i])
			canvas_rectangle(canvas, box->x, box->y, box->width, box->height,
					 COLOUR_PAPER);
		chart_label(canvas, box->x + box->width / 2,
			    box->y + chart->options.text * 0.5, &style,
			    WORDS_DISPUTED_SIGN);
	}
}

static void paint_forecast_value(const struct chart *chart, struct canvas *canvas)
{
	const struct layout_box *box = &chart->layout.trend.forecast_box;
	struct canvas_style style = chart_style(chart, COLOUR_MUTED, ANCHOR_MIDDLE);
	struct text value = { 0 };

	if (!(box->width > 0))
		return;
	format_add_percent(&value, chart->options.language,
			   model_string(forecast_of(chart), "percent"));
	canvas_rectangle(canvas, box->x, box->y, box->width, box->height, COLOUR_PAPER);
	chart_label(canvas, box->x + box->width / 2, box->y + box->height / 2, &style,
		    value.data);
	text_free(&value);
}

static void paint(const struct chart *chart, struct canvas *canvas)
{
	paint_axis(chart, canvas);
	paint_forecast(chart, canvas);
	paint_gaps(chart, canvas);
	paint_runs(chart, canvas);
	paint_target(chart, canvas);
	paint_values(chart, canvas, true);
	paint_line(chart, canvas);
	paint_points(chart, canvas);
	paint_values(chart, canvas, false);
	paint_signs(chart, canvas);
	paint_forecast_value(chart, canvas);
}

static void release(struct chart *chart)
{
	trend_layout_free(&chart->layout.trend);
}

const struct chart_kind chart_trend = {
	"trend", "points", prepare, paint, release, true
};
