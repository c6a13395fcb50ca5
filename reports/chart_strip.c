/* chart_strip.c -- where the agencies lie on one scale: a dot each, and the target.
 * Small, for a cell of a table: how many lie in which tenth. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reports/chart_kind.h"
#include "reports/fonts.h"
#include "reports/format.h"
#include "reports/mark.h"
#include "reports/strip_layout.h"

struct strip {
	struct strip_layout layout;
	const char *groups[4]; /* codes of the lanes */
	size_t groups_count;
	size_t *lanes; /* of the rows */
	struct observation nation;
	bool has_nation;
};

static struct strip *strip_of(const struct chart *chart)
{
	return chart->layout.own;
}

/* ---- Small: ten columns ------------------------------------------------- */

static void prepare_bins(struct chart *chart)
{
	double height = model_number(chart->model, "height");

	chart->mini = true;
	chart->body = height > 8 ? height - 2 : 24;
	text_add(&chart->title,
		 format_choose(chart->options.language, "Phân bố các cơ quan",
			       "Distribution of agencies"));
}

static void paint_bins(const struct chart *chart, struct canvas *canvas)
{
	const struct canvas_stroke base = { COLOUR_UNKNOWN, 1, 0 };
	const struct canvas_stroke aim = { COLOUR_INK, 1, 2 };
	const json_t *bins = json_object_get(chart->model, "bins"), *bin;
	double target = model_number(chart->model, "target_percent"), most = 0;
	double width = chart->options.width, height = chart->body - 1;
	size_t i;

	json_array_foreach(bins, i, bin) {
		most = fmax(most, model_number(bin, "agencies"));
	}
	json_array_foreach(bins, i, bin) {
		double from = model_number(bin, "from") / 100 * width;
		double to = model_number(bin, "to") / 100 * width;
		double tall = model_number(bin, "agencies") / fmax(most, 1) * height;

		if (tall > 0)
			canvas_rectangle(canvas, from + 0.5, height - tall, to - from - 1,
					 tall, COLOUR_UNKNOWN);
	}
	canvas_line(canvas, 0, height + 0.5, width, height + 0.5, &base);
	if (!isnan(target))
		canvas_line(canvas, target / 100 * width, 0, target / 100 * width, height,
			    &aim);
}

/* ---- Dots --------------------------------------------------------------- */

static size_t lane_of(struct strip *strip, const char *group)
{
	size_t i;

	for (i = 0; i < strip->groups_count; i++)
		if (strcmp(strip->groups[i], group) == 0)
			return i;
	if (strip->groups_count == sizeof strip->groups / sizeof *strip->groups)
		return strip->groups_count - 1;
	strip->groups[strip->groups_count] = group;
	return strip->groups_count++;
}

/* Central agencies above provinces, whatever comes first. */
static void read_lanes(struct chart *chart, struct strip *strip)
{
	const json_t *rows = json_object_get(chart->model, "rows"), *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		if (strcmp(model_string(row, "group"), "central") == 0)
			lane_of(strip, "central");
	}
	strip->lanes = memory_zeroed(chart->count + 1, sizeof *strip->lanes);
	json_array_foreach(rows, i, row) {
		strip->lanes[i] = lane_of(strip, model_string(row, "group"));
	}
	if (strip->groups_count == 0)
		strip->groups_count = 1, strip->groups[0] = "";
}

/* "Hà Giang 12,30%" */
static void add_name(struct text *out, const struct chart *chart, size_t i)
{
	text_add(out, chart->rows[i].agency_name);
	text_add_char(out, ' ');
	observation_add_value(out, &chart->rows[i], chart->options.language);
	text_add(out, chart->rows[i].disputed ? WORDS_DISPUTED_MARK : "");
}

static bool is_focus(const struct chart *chart, size_t i)
{
	const char *focus = model_string(chart->model, "focus");

	return *focus && strcmp(focus, chart->rows[i].agency) == 0;
}

static struct canvas_style name_style(const struct chart *chart, size_t i)
{
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_START);

	style.font.size *= 0.92;
	if (is_focus(chart, i)) {
		style.font.bold = true;
		style.colour = COLOUR_ACCENT;
	}
	return style;
}

/* The lowest and the highest of LANE; COUNT if it has no value. */
static void find_ends(const struct chart *chart, size_t lane, size_t *low, size_t *high)
{
	const size_t *lanes = strip_of(chart)->lanes;
	size_t i;

	*low = *high = chart->count;
	for (i = 0; i < chart->count; i++) {
		double length = chart->rows[i].place;

		if (lanes[i] != lane || isnan(length))
			continue;
		if (*low == chart->count || length < chart->rows[*low].place)
			*low = i;
		if (*high == chart->count || length > chart->rows[*high].place)
			*high = i;
	}
}

/* The focus first, then the lowest and the highest of each lane. */
static void rank_names(const struct chart *chart, size_t *ranks)
{
	const struct strip *strip = strip_of(chart);
	size_t i, lane, rank = 1 + chart->count, ends[2];

	for (i = 0; i < chart->count; i++)
		if (is_focus(chart, i))
			ranks[i] = rank++;
	for (lane = 0; lane < strip->groups_count; lane++) {
		find_ends(chart, lane, &ends[0], &ends[1]);
		for (i = 0; i < 2; i++)
			if (ends[i] < chart->count && ranks[ends[i]] == 0)
				ranks[ends[i]] = rank++;
	}
}

/* Before them, on their dots, the signs of what is contested and has no name. */
static void choose_names(const struct chart *chart, double *widths, size_t *ranks)
{
	size_t i, rank = 1;

	rank_names(chart, ranks);
	for (i = 0; i < chart->count; i++) {
		struct canvas_style style = name_style(chart, i);
		struct text name = { 0 };

		if (ranks[i] == 0 && chart->rows[i].disputed) {
			ranks[i] = rank++;
			widths[i] = chart_sign_width(chart);
		}
		if (ranks[i] <= chart->count)
			continue;
		add_name(&name, chart, i);
		widths[i] = fonts_width(&style.font, name.data) + 2;
		text_free(&name);
	}
}

static void add_nation(struct text *out, const struct chart *chart)
{
	const struct strip *strip = strip_of(chart);

	text_addf(out, "%s ",
		  format_choose(chart->options.language, "Cả nước", "Nation"));
	observation_add_value(out, &strip->nation, chart->options.language);
	text_add(out, strip->nation.disputed ? WORDS_DISPUTED_MARK : "");
}

/* Percentages, or places?  Where nothing came the target tells; without one, shares. */
static bool is_percent(const struct chart *chart)
{
	bool is_other = false;
	size_t i;

	for (i = 0; i < chart->count; i++) {
		const struct observation *row = &chart->rows[i];

		if (*row->percent || *row->target_percent)
			return true;
		is_other |= *row->value || *row->target;
	}
	return !is_other;
}

static double bold_width(const struct chart *chart, const struct text *string)
{
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_START);

	style.font.bold = true;
	return fonts_width(&style.font, text_string(string));
}

static void lay_out(struct chart *chart, struct strip *strip)
{
	const struct observation *target = chart_target_row(chart);
	double *values = memory_zeroed(chart->count + 1, sizeof *values);
	double *widths = memory_zeroed(chart->count + 1, sizeof *widths);
	size_t *ranks = memory_zeroed(chart->count + 1, sizeof *ranks);
	bool *disputed = memory_zeroed(chart->count + 1, sizeof *disputed);
	struct text target_name = { 0 }, nation_name = { 0 };
	struct strip_input input = {
		.count = chart->count,
		.values = values,
		.lanes = strip->lanes,
		.name_widths = widths,
		.ranks = ranks,
		.sign_width = chart_sign_width(chart),
		.disputed = disputed,
		.lanes_count = strip->groups_count,
		.target = target ? target->target_length : NAN,
		.nation = strip->has_nation ? strip->nation.place : NAN,
		.high = 1,
		.text = chart->options.text,
		.width = chart->options.width,
	};
	size_t i;

	for (i = 0; i < chart->count; i++) {
		values[i] = chart->rows[i].place;
		disputed[i] = chart->rows[i].disputed;
		input.low = fmin(input.low, values[i]);
		input.high = fmax(input.high, values[i]); /* which pass over NAN */
	}
	if (target)
		input.high = fmax(input.high, target->target_length);
	if (is_percent(chart))
		input.high = fmax(input.high, 100);
	choose_names(chart, widths, ranks);
	if (target)
		chart_add_target_name(&target_name, chart, target);
	if (strip->has_nation)
		add_nation(&nation_name, chart);
	input.target_width = bold_width(chart, &target_name);
	input.nation_width = bold_width(chart, &nation_name);
	strip_layout_make(&strip->layout, &input);
	chart->body = strip->layout.height;
	text_free(&target_name);
	text_free(&nation_name);
	free(values);
	free(widths);
	free(ranks);
	free(disputed);
}

static void name_chart(struct chart *chart)
{
	const struct observation *target = chart_target_row(chart);
	const char *language = chart->options.language;

	if (chart->count > 0)
		text_addf(&chart->title, "%s – %s", chart->rows[0].indicator_name,
			  format_choose(language, "phân bố", "distribution"));
	chart_add_period(&chart->subtitle, chart);
	if (target) {
		text_add(&chart->subtitle, "; ");
		chart_add_reached(
			&chart->subtitle, chart,
			format_choose(language,
				      "cơ quan đạt (chấm đặc); chấm rỗng: chưa đạt",
				      "agencies reach the target (full dots); "
				      "open dots: not met"));
	}
}

static void describe(struct chart *chart)
{
	const struct strip *strip = strip_of(chart);
	const char *language = chart->options.language;
	struct text *out = &chart->alternative;
	size_t lane, low, high;

	text_addf(out, "%s. ", text_string(&chart->subtitle));
	for (lane = 0; lane < strip->groups_count; lane++) {
		find_ends(chart, lane, &low, &high);
		text_addf(out, "%s: ", words_group(strip->groups[lane], language));
		if (low < chart->count) {
			text_addf(out, "%s ", format_choose(language, "từ", "from"));
			add_name(out, chart, low);
			text_addf(out, " %s ", format_choose(language, "đến", "to"));
			add_name(out, chart, high);
		}
		if (strip->layout.lanes[lane].missing > 0)
			text_addf(out,
				  format_choose(language, "%s%zu chưa có số liệu",
						"%s%zu without data"),
				  low < chart->count ? "; " : "",
				  strip->layout.lanes[lane].missing);
		text_add(out, ". ");
	}
}

static void prepare(struct chart *chart, double most)
{
	struct strip *strip;

	(void)most; /* dots do not shrink */
	if (json_is_array(json_object_get(chart->model, "bins"))) {
		prepare_bins(chart);
		return;
	}
	strip = chart->layout.own = memory_zeroed(1, sizeof *strip);
	observation_read(&strip->nation, json_object_get(chart->model, "nation"),
			 chart->options.language);
	strip->has_nation = !isnan(strip->nation.length);
	read_lanes(chart, strip);
	lay_out(chart, strip);
	name_chart(chart);
	describe(chart);
	chart_note_disputes(chart, chart_has_disputes(chart) || strip->nation.disputed);
}

static void paint_axis(const struct chart *chart, struct canvas *canvas)
{
	const struct strip_layout *layout = &strip_of(chart)->layout;
	const struct canvas_stroke base = { COLOUR_UNKNOWN, 1, 0 };
	struct canvas_style style = chart_style(chart, COLOUR_MUTED, ANCHOR_MIDDLE);
	size_t i;

	style.font.size *= 0.9;
	for (i = 0; i < layout->lanes_count; i++)
		canvas_line(canvas, layout->axis.from, layout->lanes[i].base + 0.5,
			    layout->axis.to, layout->lanes[i].base + 0.5, &base);
	for (i = 0; i < layout->axis.ticks_count; i++) {
		double x = layout_axis_at(&layout->axis, layout->axis.ticks[i]);
		struct text tick = { 0 };

		canvas_line(canvas, x, layout->bottom + 0.5, x, layout->bottom + 4,
			    &base);
		chart_add_tick(&tick, chart, &layout->axis, i, is_percent(chart));
		chart_label(canvas, x, layout->bottom + chart->options.text, &style,
			    text_string(&tick));
		text_free(&tick);
	}
}

static void paint_lines(const struct chart *chart, struct canvas *canvas)
{
	const struct strip_layout *layout = &strip_of(chart)->layout;
	const struct canvas_stroke aim = { COLOUR_INK, 1.5, 0 };
	const struct canvas_stroke nation = { COLOUR_MUTED, 1, 3 };
	const struct observation *target = chart_target_row(chart);
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_START);
	struct text name = { 0 };

	style.font.bold = true;
	if (!isnan(layout->target_x)) {
		chart_add_target_name(&name, chart, target);
		chart_label(canvas, layout->target_name.x,
			    layout->target_name.y + layout->target_name.height / 2,
			    &style, name.data);
		canvas_line(canvas, layout->target_x,
			    layout->target_name.y + layout->target_name.height,
			    layout->target_x, layout->bottom, &aim);
	}
	style.font.bold = false;
	style.colour = COLOUR_MUTED;
	if (!isnan(layout->nation_x)) {
		text_clear(&name);
		add_nation(&name, chart);
		canvas_line(canvas, layout->nation_x,
			    layout->nation_name.y + layout->nation_name.height,
			    layout->nation_x, layout->bottom, &nation);
		canvas_rectangle(canvas, layout->nation_name.x - 2, layout->nation_name.y,
				 layout->nation_name.width + 4,
				 layout->nation_name.height, COLOUR_PAPER);
		chart_label(canvas, layout->nation_name.x,
			    layout->nation_name.y + layout->nation_name.height / 2,
			    &style, name.data);
	}
	text_free(&name);
}

/* The short one where the whole leaves no room for the missing. */
static const char *lane_name(const struct chart *chart, size_t lane)
{
	const struct strip *strip = strip_of(chart);
	struct canvas_style style = chart_style(chart, COLOUR_MUTED, ANCHOR_START);
	const char *name = words_group(strip->groups[lane], chart->options.language);

	if (fonts_width(&style.font, name) + chart->options.text * 14 >
	    chart->options.width)
		return words_group_head(strip->groups[lane], chart->options.language);
	return name;
}

static bool has_disputed_gap(const struct chart *chart, size_t lane)
{
	size_t i;

	for (i = 0; i < chart->count; i++)
		if (strip_of(chart)->lanes[i] == lane && chart->rows[i].disputed &&
		    isnan(chart->rows[i].place))
			return true;
	return false;
}

/* Behind the name of a lane, how many of it have no dot, with the sign if one of them is
 * contested. */
static void paint_lane(const struct chart *chart, struct canvas *canvas, size_t lane)
{
	const struct strip *strip = strip_of(chart);
	const struct strip_lane *place = &strip->layout.lanes[lane];
	const char *language = chart->options.language;
	struct canvas_style style = chart_style(chart, COLOUR_MUTED, ANCHOR_START);
	double text = chart->options.text, x = 0;
	struct text words = { 0 };

	if (*strip->groups[lane]) {
		const char *name = lane_name(chart, lane);
		double width = fonts_width(&style.font, name);

		canvas_rectangle(canvas, 0, place->head_y - text * 0.65, width + 2,
				 text * 1.3, COLOUR_PAPER);
		chart_label(canvas, 0, place->head_y, &style, name);
		x = width + text;
	}
	if (place->missing > 0) {
		double width;

		text_addf(&words,
			  format_choose(language, "%zu chưa có số liệu",
					"%zu without data"),
			  place->missing);
		text_add(&words,
			 has_disputed_gap(chart, lane) ? WORDS_DISPUTED_MARK : "");
		width = fonts_width(&style.font, words.data) + text * 2;
		if (x + width > chart->options.width) /* no room beside the name */
			x = chart->options.width - width;
		canvas_rectangle(canvas, x, place->head_y - text * 0.65, width,
				 text * 1.3, COLOUR_PAPER);
		canvas_hatch(canvas, x, place->head_y - text * 0.4, text * 1.5,
			     text * 0.8, COLOUR_UNKNOWN);
		chart_label(canvas, x + text * 2, place->head_y, &style, words.data);
		text_free(&words);
	}
}

static void paint_dot(const struct chart *chart, struct canvas *canvas, size_t i)
{
	const struct strip_layout *layout = &strip_of(chart)->layout;
	const struct canvas_stroke ring = { COLOUR_ACCENT, 1.5, 0 };
	const struct strip_dot *dot = &layout->dots[i];
	struct text label = { 0 };

	if (isnan(dot->x))
		return;
	chart_add_label(&label, chart, &chart->rows[i]);
	chart_mark_begin(chart, canvas, dot->x, dot->y, &chart->rows[i], label.data);
	/* Without a target there is no verdict to tell: a dot that is as large as any. */
	if (chart->rows[i].status == STATUS_NO_TARGET)
		canvas_circle(canvas, dot->x, dot->y, layout->dot * 0.45, COLOUR_UNKNOWN,
			      NULL);
	else
		mark_paint(canvas, chart->rows[i].status, dot->x, dot->y,
			   layout->dot * 0.9);
	if (is_focus(chart, i))
		canvas_circle(canvas, dot->x, dot->y, layout->dot * 0.7, COLOUR_NONE,
			      &ring);
	canvas_mark_end(canvas);
	text_free(&label);
}

/* From a name down to its dot, if something stands between them. */
static void paint_leader(const struct chart *chart, struct canvas *canvas, size_t i)
{
	const struct strip_layout *layout = &strip_of(chart)->layout;
	const struct strip_dot *dot = &layout->dots[i];
	const struct canvas_stroke line = { COLOUR_MUTED, 0.7, 0 };
	double foot = dot->name.y + dot->name.height, top = dot->y - layout->dot * 0.6;

	if ((dot->is_named || dot->is_sign) && top - foot > layout->dot * 0.5)
		canvas_line(canvas, dot->x, foot, dot->x, top, &line);
}

static void paint_name(const struct chart *chart, struct canvas *canvas, size_t i)
{
	const struct strip_layout *layout = &strip_of(chart)->layout;
	const struct strip_dot *dot = &layout->dots[i];
	struct canvas_style style = name_style(chart, i);
	struct text name = { 0 };

	if (!dot->is_named && !dot->is_sign)
		return;
	canvas_rectangle(canvas, dot->name.x, dot->name.y, dot->name.width,
			 dot->name.height, COLOUR_PAPER);
	if (dot->is_named)
		add_name(&name, chart, i);
	else
		text_add(&name, WORDS_DISPUTED_SIGN);
	chart_label(canvas, dot->name.x + 1, dot->name.y + dot->name.height / 2, &style,
		    name.data);
	text_free(&name);
}

static void paint(const struct chart *chart, struct canvas *canvas)
{
	size_t i;

	if (chart->mini) {
		paint_bins(chart, canvas);
		return;
	}
	paint_axis(chart, canvas);
	paint_lines(chart, canvas);
	for (i = 0; i < strip_of(chart)->groups_count; i++)
		paint_lane(chart, canvas, i);
	for (i = 0; i < chart->count; i++)
		paint_leader(chart, canvas, i);
	for (i = 0; i < chart->count; i++)
		paint_name(chart, canvas, i);
	for (i = 0; i < chart->count; i++)
		paint_dot(chart, canvas, i);
}

static void release(struct chart *chart)
{
	struct strip *strip = strip_of(chart);

	if (!strip)
		return;
	strip_layout_free(&strip->layout);
	free(strip->lanes);
	free(strip);
}

const struct chart_kind chart_strip = { "strip", "rows bins", prepare,
					paint,   release,     true };
