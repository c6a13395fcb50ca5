/* chart_layout.c -- numbers -> boxes, ticks, places: axes, bars and targets. */
#include "reports/chart_layout.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

#define SMALLEST_TEXT 6.5 /* points; below it a printed chart cannot be read */

void layout_axis_make(struct layout_axis *axis, double low, double high, size_t most,
		      double from, double to)
{
	static const double steps[] = { 1, 2, 5, 10 };
	double raw, power, step = 1;
	size_t i, count;

	*axis = (struct layout_axis){ .from = from, .to = to };
	if (!(high > low))
		high = low + 1;
	if (most > LAYOUT_TICKS)
		most = LAYOUT_TICKS;
	raw = (high - low) / (double)(most - 1);
	power = pow(10, floor(log10(raw)));
	for (i = 0; i < sizeof steps / sizeof *steps; i++) {
		step = steps[i] * power;
		/* The ends are moved out to whole steps, which may take one more. */
		if (ceil(high / step - 1e-9) - floor(low / step + 1e-9) <=
		    (double)(most - 1))
			break;
	}
	axis->low = floor(low / step + 1e-9) * step;
	axis->high = ceil(high / step - 1e-9) * step;
	count = (size_t)lround((axis->high - axis->low) / step) + 1;
	for (i = 0; i < count && i < LAYOUT_TICKS; i++)
		axis->ticks[axis->ticks_count++] = axis->low + (double)i * step;
}

double layout_axis_at(const struct layout_axis *axis, double value)
{
	return axis->from +
	       (value - axis->low) / (axis->high - axis->low) * (axis->to - axis->from);
}

bool layout_boxes_meet(const struct layout_box *a, const struct layout_box *b)
{
	const double edge = 1e-6;

	return a->x + a->width > b->x + edge && b->x + b->width > a->x + edge &&
	       a->y + a->height > b->y + edge && b->y + b->height > a->y + edge;
}

void layout_box_keep(struct layout_box *box, double from, double to)
{
	box->x = fmax(from, fmin(box->x, to - box->width));
}

static double largest(const double *values, size_t count)
{
	double most = 0;
	size_t i;

	for (i = 0; i < count; i++)
		if (!isnan(values[i]) && values[i] > most)
			most = values[i];
	return most;
}

static double clamp(double value, double low, double high)
{
	return value < low ? low : value > high ? high : value;
}

/* What the second and further lines of the key take. */
static double more_key(const struct bars_input *input)
{
	return fmax(input->key_lines - 1, 0) * input->text * 1.5;
}

/* Chooses the size of the rows; the factor by which the text shrank. */
static double bars_size(struct bars_layout *layout, const struct bars_input *input)
{
	double pitch = input->text * 1.6, text = input->text;
	/* Key and target above, ticks below. */
	double rest = input->text * 6 + more_key(input);

	if (layout->stacked) {
		/* Beside the widest name, there is only its rank. */
		double room = input->width / (input->gutter + input->rank_width +
					      input->text + input->name_width);

		text = clamp(text * room, SMALLEST_TEXT, text);
		pitch = text * 2.9;
	}
	if (input->max_height > 0 &&
	    (double)input->count * pitch + rest > input->max_height) {
		double least = SMALLEST_TEXT * (layout->stacked ? 2.4 : 1.22);

		pitch = clamp((input->max_height - rest) / (double)input->count, least,
			      pitch);
		text = clamp(pitch / (layout->stacked ? 2.4 : 1.22), SMALLEST_TEXT, text);
	}
	layout->pitch = pitch;
	layout->text = text;
	return text / input->text;
}

static void bars_columns(struct bars_layout *layout, const struct bars_input *input,
			 double shrink)
{
	double gap = layout->text * 0.6, mark = layout->text * 0.9;
	double names = input->name_width * shrink;

	layout->rank_end = (input->gutter + input->rank_width) * shrink;
	layout->name_x = layout->rank_end + (layout->rank_end > 0 ? gap : 0);
	if (layout->stacked)
		layout->mark_x = layout->name_x + mark / 2;
	else
		layout->mark_x = layout->name_x + names + gap + mark / 2;
	layout->bar_x = layout->mark_x + mark / 2 + gap;
}

/* Behind a bar; the words of missing rows find room without it. */
static double widest_label(const struct bars_input *input)
{
	double widest = 0;
	size_t i;

	for (i = 0; i < input->count; i++)
		if (!isnan(input->values[i]))
			widest = fmax(widest, input->label_widths[i]);
	return widest;
}

static void place_bar(struct bars_layout *layout, const struct bars_input *input,
		      size_t i, double shrink)
{
	struct bars_row *row = &layout->rows[i];
	double top = layout->top + layout->pitch * (double)i;
	double width = input->label_widths[i] * shrink, gap = layout->text * 0.35;

	row->missing = isnan(input->values[i]);
	if (row->missing)
		row->length = clamp(input->width - layout->bar_x - gap - width,
				    layout->text * 0.5, layout->text * 4);
	else
		row->length =
			layout_axis_at(&layout->axis, input->values[i]) - layout->bar_x;
	row->label_x = layout->bar_x + row->length + gap;
	row->low_x = row->high_x = NAN;
	/* At the end of an interval a value would be taken for that end. */
	if (input->highs && !row->missing)
		row->label_x = input->width - width;
	if (input->highs && !isnan(input->highs[i])) {
		row->low_x = layout_axis_at(&layout->axis, input->lows[i]);
		row->high_x = layout_axis_at(&layout->axis, input->highs[i]);
	}
	/* The target's line stays whole: a label that it would cross moves behind. */
	if (row->label_x - gap / 2 < layout->target_x &&
	    layout->target_x < row->label_x + width + gap / 2 &&
	    layout->target_x + gap + width <= input->width)
		row->label_x = layout->target_x + gap;
	row->name_y = top + layout->pitch * (layout->stacked ? 0.28 : 0.5);
	row->bar_y = top + layout->pitch * (layout->stacked ? 0.7 : 0.5);
}

/* Have all words behind a hatching room to the right of the names? */
static bool words_fit(const struct bars_layout *layout, const struct bars_input *input,
		      double shrink)
{
	double room = input->width - layout->bar_x - layout->text;
	size_t i;

	for (i = 0; i < input->count; i++)
		if (isnan(input->values[i]) && input->label_widths[i] * shrink > room)
			return false;
	return true;
}

void bars_layout_make(struct bars_layout *layout, const struct bars_input *input)
{
	double shrink, most, end;
	size_t i;

	*layout = (struct bars_layout){ .count = input->count, .target_x = NAN };
	layout->stacked = input->name_width + input->rank_width > input->width * 0.5;
	shrink = bars_size(layout, input);
	bars_columns(layout, input, shrink);
	if (!layout->stacked && !words_fit(layout, input, shrink)) {
		layout->stacked = true;
		shrink = bars_size(layout, input);
		bars_columns(layout, input, shrink);
	}

	end = input->width - widest_label(input) * shrink - layout->text;
	if (end < layout->bar_x + 20)
		end = layout->bar_x + 20;
	most = largest(input->values, input->count);
	if (input->highs)
		most = fmax(most, largest(input->highs, input->count));
	if (!isnan(input->target) && input->target > most)
		most = input->target;
	if (most <= 0)
		most = 100;
	layout_axis_make(&layout->axis, 0, most, 6, layout->bar_x, end);
	/* The longest bar takes all the room; ticks beyond it would only shorten it. */
	layout->axis.high = most;
	while (layout->axis.ticks[layout->axis.ticks_count - 1] > most + 1e-9)
		layout->axis.ticks_count--;
	if (!isnan(input->target))
		layout->target_x = layout_axis_at(&layout->axis, input->target);

	layout->bar = layout->stacked ? layout->text * 0.8 : layout->pitch * 0.62;
	layout->top = input->text * (isnan(input->target) ? 2 : 4) + more_key(input);
	layout->bottom = layout->top + layout->pitch * (double)input->count;
	layout->height = layout->bottom + layout->text * 2;
	layout->rows = memory_zeroed(input->count + 1, sizeof *layout->rows);
	for (i = 0; i < input->count; i++)
		place_bar(layout, input, i, shrink);
}

void bars_layout_free(struct bars_layout *layout)
{
	free(layout->rows);
	*layout = (struct bars_layout){ 0 };
}

static bool targets_stacked(const struct targets_input *input)
{
	return input->width < input->text * 40;
}

double targets_name_width(const struct targets_input *input)
{
	double gap = input->text, mark = input->text * 1.5;
	double rest = input->width - mark - input->value_width - input->target_width -
		      input->word_width - 4 * gap;

	return targets_stacked(input) ? input->width - mark : rest * 0.64;
}

/* From the right: word, target, value; what is left are name and bar. */
static void targets_columns(struct targets_layout *layout,
			    const struct targets_input *input)
{
	double gap = input->text, mark = input->text * 1.5;
	double end = input->width;

	layout->mark_x = input->text * 0.5;
	layout->name_x = mark;
	layout->name_width = targets_name_width(input);
	layout->word_x = end - input->word_width;
	layout->target_end = layout->word_x - gap;
	layout->value_end = layout->target_end - input->target_width - gap;
	layout->bar_x =
		layout->stacked ? mark : layout->name_x + layout->name_width + gap;
	layout->bar_width = layout->value_end - input->value_width - gap - layout->bar_x;
	if (layout->bar_width < 10)
		layout->bar_width = 10;
}

/* The place of the I-th of VALUES, which may be NULL. */
static double place_of(const struct layout_axis *axis, const double *values, size_t i)
{
	return values && !isnan(values[i])
		       ? layout_axis_at(axis, clamp(values[i], 0, 100))
		       : NAN;
}

static void place_target(struct targets_layout *layout, const struct targets_input *input,
			 size_t i)
{
	struct targets_row *row = &layout->rows[i];
	struct layout_axis axis;

	layout_axis_make(&axis, 0, 100, 6, layout->bar_x,
			 layout->bar_x + layout->bar_width);
	row->missing = isnan(input->values[i]);
	if (!row->missing)
		row->length = place_of(&axis, input->values, i) - layout->bar_x;
	row->tick_x = place_of(&axis, input->targets, i);
	row->q1_x = place_of(&axis, input->q1, i);
	row->median_x = place_of(&axis, input->medians, i);
	row->q3_x = place_of(&axis, input->q3, i);
	row->before_x = place_of(&axis, input->befores, i);
}

void targets_layout_make(struct targets_layout *layout, const struct targets_input *input)
{
	double y;
	size_t i;

	*layout = (struct targets_layout){ .count = input->count,
					   .stacked = targets_stacked(input) };
	targets_columns(layout, input);
	layout->line = input->text * 1.25;
	layout->bar = input->text * 0.75;
	layout->head = input->text * 1.9;
	layout->rows = memory_zeroed(input->count + 1, sizeof *layout->rows);
	y = layout->head;
	for (i = 0; i < input->count; i++) {
		struct targets_row *row = &layout->rows[i];
		double name = layout->line * (double)input->name_lines[i];
		double room = input->text * 0.6; /* above and below the words */

		row->top = y;
		row->height = name + room + (layout->stacked ? layout->line * 1.1 : 0);
		row->name_y = y + room / 2 + layout->line / 2;
		row->bar_y = layout->stacked ? y + room / 2 + name + layout->line * 0.55
					     : row->name_y;
		place_target(layout, input, i);
		y += row->height;
	}
	layout->height = y;
}

void targets_mini_make(struct targets_layout *layout, const struct targets_input *input,
		       double height)
{
	size_t i;

	*layout = (struct targets_layout){ .count = input->count,
					   .bar = height * 0.5,
					   .bar_x = 1,
					   .bar_width = input->width - 2,
					   .height = height * (double)input->count };
	layout->rows = memory_zeroed(input->count + 1, sizeof *layout->rows);
	for (i = 0; i < input->count; i++) {
		layout->rows[i].top = height * (double)i;
		layout->rows[i].height = height;
		layout->rows[i].bar_y = height * ((double)i + 0.5);
		place_target(layout, input, i);
	}
}

void targets_layout_free(struct targets_layout *layout)
{
	free(layout->rows);
	*layout = (struct targets_layout){ 0 };
}
