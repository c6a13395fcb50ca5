/* chart_waterfall.c -- the move of a rank or a figure in parts: to the right is
 * better. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reports/chart_kind.h"
#include "reports/flow.h"
#include "reports/fonts.h"
#include "reports/format.h"
#include "reports/waterfall_layout.h"

enum measure { MEASURE_RANK, MEASURE_PERCENT, MEASURE_COUNT };

struct part {
	char *name, *label;
	double value; /* signed; of start and end the figure itself; NAN: not known */
};

struct waterfall {
	struct waterfall_layout layout;
	struct part *parts; /* start, the parts, end */
	size_t count;
	enum measure measure;
	double name_width; /* 0: above */
	bool less_is_better;
};

static struct waterfall *waterfall_of(const struct chart *chart)
{
	return chart->layout.own;
}

/* ---- Reading ------------------------------------------------------------- */

/* "+640", "−3,2 điểm %", "lên 9 bậc". */
static void add_move(struct text *out, const struct chart *chart, double value)
{
	const struct waterfall *waterfall = waterfall_of(chart);
	const char *language = chart->options.language;
	char digits[32];

	if (isnan(value)) {
		text_add(out, words_status_name(STATUS_UNDETERMINED, language));
		return;
	}
	if (value == 0) {
		text_add(out, format_choose(language, "không đổi", "no change"));
		return;
	}
	if (waterfall->measure == MEASURE_RANK) {
		text_addf(out,
			  value < 0 ? format_choose(language, "lên %.0f bậc", "up %.0f")
				    : format_choose(language, "xuống %.0f bậc",
						    "down %.0f"),
			  fabs(value));
		return;
	}
	text_add(out, value < 0 ? "−" : "+");
	if (waterfall->measure == MEASURE_COUNT) {
		format_add_integer(out, language, llround(fabs(value)));
		return;
	}
	snprintf(digits, sizeof digits, "%lld.%02lld", llround(fabs(value) * 100) / 100,
		 llround(fabs(value) * 100) % 100);
	format_add_decimal(out, language, digits);
	text_add(out, format_choose(language, " điểm %", " points"));
}

static void add_figure(struct text *out, const struct chart *chart, const char *digits)
{
	const char *language = chart->options.language;

	switch (waterfall_of(chart)->measure) {
	case MEASURE_RANK:
		text_addf(out, "%s %s", format_choose(language, "hạng", "rank"), digits);
		break;
	case MEASURE_PERCENT:
		format_add_percent(out, language, digits);
		break;
	case MEASURE_COUNT:
		format_add_decimal(out, language, digits);
		break;
	}
}

static struct part *add_part(struct chart *chart, const char *name, double value)
{
	struct waterfall *waterfall = waterfall_of(chart);
	struct part *part;

	waterfall->parts = memory_resize(waterfall->parts, waterfall->count + 1,
					 sizeof *waterfall->parts);
	part = &waterfall->parts[waterfall->count++];
	*part = (struct part){ .name = memory_copy(name), .value = value };
	return part;
}

static void add_moved(struct chart *chart, const char *name, double value)
{
	struct part *part = add_part(chart, name, value);
	struct text label = { 0 };

	add_move(&label, chart, value);
	part->label = text_take(&label);
}

static void add_end(struct chart *chart, const char *name, const char *digits)
{
	struct part *part = add_part(chart, name, model_decimal(digits));
	struct text label = { 0 };

	add_figure(&label, chart, digits);
	part->label = text_take(&label);
}

/* The answer of rank_move(), whole. */
static void read_rank_move(struct chart *chart)
{
	const json_t *model = chart->model, *step;
	const char *language = chart->options.language;
	struct text name = { 0 };
	char digits[32];
	size_t i;

	format_add_period(&name, language, model_string(model, "from"));
	snprintf(digits, sizeof digits, "%lld", model_integer(model, "rank_before"));
	add_end(chart, text_string(&name), digits);
	json_array_foreach(json_object_get(model, "steps"), i, step) {
		add_moved(chart, words_cause(model_string(step, "cause"), language),
			  model_number(step, "places"));
	}
	text_clear(&name);
	format_add_period(&name, language, model_string(model, "period"));
	snprintf(digits, sizeof digits, "%lld", model_integer(model, "rank_after"));
	add_end(chart, text_string(&name), digits);
	text_free(&name);
}

/* The number of OBJECT's value as text, however it was given. */
static void add_digits(struct text *out, const json_t *object)
{
	const json_t *value = json_object_get(object, "value");

	if (json_is_integer(value))
		text_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else
		text_add(out, model_string(object, "value"));
}

static void read_end(struct chart *chart, const char *key)
{
	const json_t *end = json_object_get(chart->model, key);
	struct text digits = { 0 };

	add_digits(&digits, end);
	add_end(chart, model_words(end, "name", chart->options.language),
		text_string(&digits));
	text_free(&digits);
}

static void read_parts(struct chart *chart)
{
	const char *language = chart->options.language;
	const json_t *part;
	size_t i;

	read_end(chart, "start");
	json_array_foreach(json_object_get(chart->model, "parts"), i, part) {
		add_moved(chart, model_words(part, "name", language),
			  model_number(part, "value"));
	}
	read_end(chart, "end");
}

/* Parts that leave something of the move unexplained say so. */
static void add_rest(struct chart *chart)
{
	struct waterfall *waterfall = waterfall_of(chart);
	struct part end = waterfall->parts[waterfall->count - 1], *last;
	double rest = end.value - waterfall->parts[0].value;
	size_t i;

	for (i = 1; i + 1 < waterfall->count; i++)
		rest -= waterfall->parts[i].value;
	if (isnan(rest) || fabs(rest) < 0.005)
		return;
	waterfall->count--;
	add_moved(chart,
		  format_choose(chart->options.language, "Nguyên nhân khác",
				"Other causes"),
		  rest);
	last = add_part(chart, "", 0);
	free(last->name);
	*last = end;
}

static void free_parts(struct waterfall *waterfall)
{
	size_t i;

	for (i = 0; i < waterfall->count; i++) {
		free(waterfall->parts[i].name);
		free(waterfall->parts[i].label);
	}
	free(waterfall->parts);
}

static void read_waterfall(struct chart *chart, struct waterfall *waterfall)
{
	const char *measure = model_string(chart->model, "measure");
	bool is_move = !json_is_array(json_object_get(chart->model, "parts"));

	waterfall->measure = is_move || strcmp(measure, "rank") == 0 ? MEASURE_RANK
			     : strcmp(measure, "percent") == 0       ? MEASURE_PERCENT
								     : MEASURE_COUNT;
	waterfall->less_is_better =
		waterfall->measure == MEASURE_RANK ||
		strcmp(model_string(chart->model, "better"), "down") == 0;
	if (is_move)
		read_rank_move(chart);
	else
		read_parts(chart);
	add_rest(chart);
}

/* ---- Words --------------------------------------------------------------- */

static void name_chart(struct chart *chart)
{
	const struct waterfall *waterfall = waterfall_of(chart);
	const json_t *agency = json_object_get(chart->model, "agency");
	const json_t *after = json_object_get(chart->model, "after");
	const char *language = chart->options.language;

	text_add(&chart->title,
		 waterfall->measure == MEASURE_RANK
			 ? format_choose(language, "Vì sao thứ hạng thay đổi",
					 "Why the rank moved")
			 : format_choose(language, "Vì sao số liệu thay đổi",
					 "Why the figure moved"));
	if (json_is_object(agency))
		text_addf(&chart->title, " – %s", model_words(agency, "name", language));
	else if (json_is_object(after))
		text_addf(&chart->title, " – %s",
			  model_words(after, "agency_name", language));
	text_add(&chart->subtitle,
		 format_choose(language,
			       "Sang phải là tốt hơn; thanh đặc: tốt lên, thanh "
			       "rỗng: xấu đi",
			       "To the right is better; full bars: better, open bars: "
			       "worse"));
}

static void describe(struct chart *chart)
{
	const struct waterfall *waterfall = waterfall_of(chart);
	size_t i;

	text_addf(&chart->alternative, "%s.", text_string(&chart->title));
	for (i = 0; i < waterfall->count; i++)
		text_addf(&chart->alternative, " %s: %s.", waterfall->parts[i].name,
			  waterfall->parts[i].label);
}

static struct canvas_style part_style(const struct chart *chart, size_t i)
{
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_START);

	style.font.bold = i == 0 || i + 1 == waterfall_of(chart)->count;
	return style;
}

/* Names stand on the left while they leave half of the width. */
static double choose_name_width(const struct chart *chart)
{
	const struct waterfall *waterfall = waterfall_of(chart);
	double widest = 0, most = chart->options.width * 0.46;
	size_t i;

	for (i = 0; i < waterfall->count; i++) {
		struct canvas_style style = part_style(chart, i);

		widest = fmax(widest, fonts_width(&style.font, waterfall->parts[i].name));
	}
	if (chart->options.width < chart->options.text * 36)
		return 0;
	return fmin(widest + 1, most);
}

static void break_name(const struct chart *chart, size_t i, struct flow_lines *lines)
{
	const struct waterfall *waterfall = waterfall_of(chart);
	struct canvas_style style = part_style(chart, i);

	flow_break(lines, &style.font, waterfall->parts[i].name,
		   waterfall->name_width > 0 ? waterfall->name_width
					     : chart->options.width,
		   0);
}

static void lay_out(struct chart *chart, struct waterfall *waterfall)
{
	size_t i, count = waterfall->count;
	double *values = memory_zeroed(count, sizeof *values);
	double *widths = memory_zeroed(count, sizeof *widths);
	size_t *lines = memory_zeroed(count, sizeof *lines);
	struct waterfall_input input = {
		.count = count - 2,
		.start = waterfall->parts[0].value,
		.end = waterfall->parts[count - 1].value,
		.parts = values,
		.name_lines = lines,
		.name_width = waterfall->name_width = choose_name_width(chart),
		.label_widths = widths,
		.less_is_better = waterfall->less_is_better,
		.text = chart->options.text,
		.width = chart->options.width,
	};

	for (i = 0; i < count; i++) {
		struct canvas_style style = part_style(chart, i);
		struct flow_lines broken = { 0 };

		break_name(chart, i, &broken);
		lines[i] = broken.count;
		flow_free(&broken);
		widths[i] = fonts_width(&style.font, waterfall->parts[i].label);
		if (i > 0 && i + 1 < count)
			values[i - 1] = waterfall->parts[i].value;
	}
	waterfall_layout_make(&waterfall->layout, &input);
	chart->body = waterfall->layout.height;
	free(values);
	free(widths);
	free(lines);
}

static void prepare(struct chart *chart, double most)
{
	struct waterfall *waterfall = memory_zeroed(1, sizeof *waterfall);

	(void)most;
	chart->layout.own = waterfall;
	read_waterfall(chart, waterfall);
	lay_out(chart, waterfall);
	name_chart(chart);
	describe(chart);
}

/* ---- Painting ------------------------------------------------------------ */

static enum status status_of(const struct waterfall *waterfall, double value)
{
	if (value == 0)
		return STATUS_NO_TARGET;
	return (value < 0) == waterfall->less_is_better ? STATUS_MET : STATUS_NOT_MET;
}

static void paint_bar(const struct chart *chart, struct canvas *canvas, size_t i)
{
	const struct waterfall *waterfall = waterfall_of(chart);
	const struct waterfall_layout *layout = &waterfall->layout;
	const struct waterfall_row *row = &layout->rows[i];
	const struct canvas_stroke mark = { COLOUR_INK, 3, 0 };
	const struct canvas_stroke none = { COLOUR_UNKNOWN, 1.5, 0 };
	double x = fmin(row->from_x, row->to_x), top = row->bar_y - layout->bar / 2;
	double width = fabs(row->to_x - row->from_x);

	if (i == 0 || i + 1 == layout->count)
		canvas_line(canvas, x, top - 2, x, top + layout->bar + 2, &mark);
	else if (row->missing)
		canvas_hatch(canvas, x, top, fmax(width, layout->bar), layout->bar,
			     COLOUR_UNKNOWN);
	else if (width < 0.5)
		canvas_line(canvas, x, top, x, top + layout->bar, &none);
	else
		chart_paint_bar(canvas, x, top, width, layout->bar,
				status_of(waterfall, waterfall->parts[i].value));
}

/* From the end of a bar down to the beginning of the next one. */
static void paint_link(const struct chart *chart, struct canvas *canvas, size_t i)
{
	const struct waterfall_layout *layout = &waterfall_of(chart)->layout;
	const struct canvas_stroke line = { COLOUR_UNKNOWN, 0.8, 2 };
	double x = layout->rows[i].to_x;

	canvas_line(canvas, x, layout->rows[i].bar_y + layout->bar / 2, x,
		    layout->rows[i + 1].bar_y - layout->bar / 2, &line);
}

static void paint_row(const struct chart *chart, struct canvas *canvas, size_t i)
{
	const struct waterfall *waterfall = waterfall_of(chart);
	const struct waterfall_row *row = &waterfall->layout.rows[i];
	struct canvas_style style = part_style(chart, i);
	struct flow_lines lines = { 0 };
	size_t j;

	break_name(chart, i, &lines);
	for (j = 0; j < lines.count; j++)
		chart_label_on_paper(canvas, 0,
				     row->name_y + waterfall->layout.line * (double)j,
				     &style, lines.items[j].string);
	flow_free(&lines);
	paint_bar(chart, canvas, i);
	canvas_rectangle(canvas, row->label.x - 2, row->label.y, row->label.width + 4,
			 row->label.height, COLOUR_PAPER); /* over the links */
	if (waterfall->parts[i].value == 0 || row->missing)
		style.colour = COLOUR_MUTED;
	chart_label(canvas, row->label.x, row->bar_y, &style, waterfall->parts[i].label);
}

static void paint(const struct chart *chart, struct canvas *canvas)
{
	const struct waterfall *waterfall = waterfall_of(chart);
	size_t i;

	for (i = 0; i + 1 < waterfall->count; i++)
		paint_link(chart, canvas, i);
	for (i = 0; i < waterfall->count; i++)
		paint_row(chart, canvas, i);
}

static void release(struct chart *chart)
{
	struct waterfall *waterfall = waterfall_of(chart);

	waterfall_layout_free(&waterfall->layout);
	free_parts(waterfall);
	free(waterfall);
}

const struct chart_kind chart_waterfall = { "waterfall", "parts steps", prepare,
					    paint,       release,       false };
