/* chart_spark.c -- a figure over periods in a cell of a table: a line without words,
 * its last point shaped by its status. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reports/chart_kind.h"
#include "reports/format.h"
#include "reports/mark.h"

static double target_of(const struct chart *chart)
{
	double target = model_number(chart->model, "target_percent");
	const struct observation *row = chart_target_row(chart);

	return !isnan(target) ? target : row ? row->target_length : NAN;
}

static bool is_percent(const struct chart *chart)
{
	size_t i;

	for (i = 0; i < chart->count; i++)
		if (*chart->rows[i].percent)
			return true;
	return false;
}

static void describe(struct chart *chart)
{
	const char *language = chart->options.language;
	size_t i;

	if (chart->count > 0 && *chart->rows[0].indicator_name)
		text_add(&chart->title, chart->rows[0].indicator_name);
	else
		text_add(&chart->title, format_choose(language, "Diễn biến", "Trend"));
	for (i = 0; i < chart->count; i++) {
		format_add_period(&chart->alternative, language, chart->rows[i].period);
		text_add(&chart->alternative, ": ");
		if (isnan(chart->rows[i].length))
			text_add(&chart->alternative,
				 words_status_name(STATUS_NO_DATA, language));
		else
			observation_add_value(&chart->alternative, &chart->rows[i],
					      language);
		text_add(&chart->alternative, ". ");
	}
}

static void prepare(struct chart *chart, double most)
{
	double height = model_number(chart->model, "height");
	double *values = memory_zeroed(chart->count + 1, sizeof *values);
	double *targets = memory_zeroed(chart->count + 1, sizeof *targets);
	bool *provisional = memory_zeroed(chart->count + 1, sizeof *provisional);
	struct trend_input input = { .count = chart->count,
				     .values = values,
				     .targets = targets,
				     .provisional = provisional,
				     .ranks = !is_percent(chart),
				     .bare = true };
	size_t i;

	(void)most;
	chart->mini = true;
	if (isnan(model_number(chart->model, "width")))
		chart->options.width = 94;
	chart->body = height > 8 ? height - 2 : 24;
	input.width = chart->options.width;
	input.height = chart->body;
	for (i = 0; i < chart->count; i++) {
		values[i] = chart->rows[i].length;
		targets[i] = target_of(chart);
		provisional[i] = strcmp(chart->rows[i].maturity, "provisional") == 0;
	}
	trend_layout_make(&chart->layout.trend, &input);
	describe(chart);
	free(values);
	free(targets);
	free(provisional);
}

/* Neighbours are one stroke; a value between two gaps is a dot. */
static void paint_line(const struct chart *chart, struct canvas *canvas, bool dashed)
{
	const struct trend_layout *layout = &chart->layout.trend;
	const struct canvas_stroke line = { COLOUR_MUTED, 1.5, dashed ? 2 : 0 };
	struct canvas_path path = { 0 };
	size_t i, last = (size_t)-1;

	for (i = 0; i < layout->segments_count; i++) {
		const struct trend_segment *segment = &layout->segments[i];

		if (segment->dashed != dashed)
			continue;
		if (segment->from != last)
			path_move(&path, layout->x[segment->from],
				  layout->y[segment->from]);
		path_line(&path, layout->x[segment->to], layout->y[segment->to]);
		last = segment->to;
	}
	if (path.count > 0)
		canvas_path(canvas, &path, COLOUR_NONE, &line);
	canvas_path_free(&path);
}

static void paint_lonely(const struct chart *chart, struct canvas *canvas)
{
	const struct trend_layout *layout = &chart->layout.trend;
	size_t i;

	for (i = 0; i + 1 < layout->count; i++)
		if (!isnan(layout->y[i]) && (i == 0 || isnan(layout->y[i - 1])) &&
		    isnan(layout->y[i + 1]))
			canvas_circle(canvas, layout->x[i], layout->y[i], 1.2,
				      COLOUR_MUTED, NULL);
}

static void paint(const struct chart *chart, struct canvas *canvas)
{
	const struct trend_layout *layout = &chart->layout.trend;
	const struct canvas_stroke base = { COLOUR_RULE, 1, 0 };
	const struct canvas_stroke aim = { COLOUR_INK, 1, 2 };
	size_t last = layout->count - 1;

	canvas_line(canvas, 0, layout->bottom + 0.5, layout->right, layout->bottom + 0.5,
		    &base);
	if (layout->count == 0)
		return;
	if (!isnan(layout->target_y[0]))
		canvas_line(canvas, 0, layout->target_y[0], layout->right,
			    layout->target_y[0], &aim);
	paint_line(chart, canvas, false);
	paint_line(chart, canvas, true);
	paint_lonely(chart, canvas);
	if (!isnan(layout->y[last]))
		mark_paint(canvas, chart->rows[last].status, layout->x[last],
			   layout->y[last], 6);
}

static void release(struct chart *chart)
{
	trend_layout_free(&chart->layout.trend);
}

const struct chart_kind chart_spark = {
	"spark", "points", prepare, paint, release, false
};
