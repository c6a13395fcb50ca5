/* trend_layout.c -- numbers -> places: one value over periods. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "reports/chart_layout.h"

/* The places that an axis of ranks spans at least. */
enum { RANKS_LEAST = 5 };

static void find_range(const struct trend_input *input, double *low, double *high)
{
	size_t i;

	*low = INFINITY;
	*high = -INFINITY;
	for (i = 0; i < input->count; i++) {
		const double both[] = { input->values[i], input->targets[i] };
		size_t j;

		for (j = 0; j < 2; j++) {
			if (isnan(both[j]))
				continue;
			*low = fmin(*low, both[j]);
			*high = fmax(*high, both[j]);
		}
	}
	if (input->has_forecast) {
		*low = fmin(*low, input->low);
		*high = fmax(*high, input->high);
	}
	if (*low > *high) { /* nothing at all */
		*low = input->ranks ? 1 : 0;
		*high = 100;
	}
	if (!input->ranks) {
		*low = fmin(*low, 0);
		return;
	}
	/* Between the first and the second place there is none. */
	*low = fmin(*low, fmax(1, *high - RANKS_LEAST));
	*high = fmax(*high, *low + RANKS_LEAST);
}

/* There is no place 0: an axis of round numbers begins with the first place. */
static void begin_at_first(struct layout_axis *axis)
{
	if (axis->low >= 1)
		return;
	axis->low = 1;
	axis->ticks[0] = 1;
}

static void place_points(struct trend_layout *layout, const struct trend_input *input)
{
	double low, high;
	size_t i;

	find_range(input, &low, &high);
	/* A rank axis runs downwards: the best place is on top. */
	layout_axis_make(&layout->axis, low, high, 6,
			 input->ranks ? layout->top : layout->bottom,
			 input->ranks ? layout->bottom : layout->top);
	if (input->ranks && low >= 1)
		begin_at_first(&layout->axis);
	layout->step = (layout->right - layout->left) /
		       (double)(layout->slots > 0 ? layout->slots : 1);
	for (i = 0; i < input->count; i++) {
		layout->x[i] = layout->left + layout->step * ((double)i + 0.5);
		layout->y[i] = isnan(input->values[i])
				       ? NAN
				       : layout_axis_at(&layout->axis, input->values[i]);
		layout->target_y[i] =
			isnan(input->targets[i])
				? NAN
				: layout_axis_at(&layout->axis, input->targets[i]);
	}
	if (!input->has_forecast)
		return;
	layout->forecast_x = layout->left + layout->step * ((double)i + 0.5);
	layout->forecast_y = layout_axis_at(&layout->axis, input->forecast);
	layout->low_y = layout_axis_at(&layout->axis, input->low);
	layout->high_y = layout_axis_at(&layout->axis, input->high);
}

/* The twelfth of 63 and the twelfth of 34 are not one place: no line joins them. */
static bool same_total(const struct trend_input *input, size_t a, size_t b)
{
	return !input->totals || input->totals[a] == input->totals[b] ||
	       (isnan(input->totals[a]) && isnan(input->totals[b]));
}

static void find_runs(struct trend_layout *layout, const struct trend_input *input)
{
	size_t i;

	for (i = 0; input->totals && i < input->count; i++) {
		if (isnan(input->totals[i]))
			continue;
		if (i == 0 || !same_total(input, i - 1, i))
			layout->runs[layout->runs_count++] = (struct trend_run){
				.first = i, .x = layout->x[i] - layout->step / 2
			};
		layout->runs[layout->runs_count - 1].last = i;
	}
}

/* Above the middle of each run, the last one first. */
static void place_runs(struct trend_layout *layout, const struct trend_input *input)
{
	double next = layout->right;
	size_t i;

	for (i = layout->runs_count; i-- > 0;) {
		struct trend_run *run = &layout->runs[i];
		double width = input->total_widths[run->first];
		double middle = (layout->x[run->first] + layout->x[run->last]) / 2;

		run->word = (struct layout_box){ middle - width / 2, 0, width,
						 input->text * 1.2 };
		layout_box_keep(&run->word, layout->left, next);
		if (run->word.x < layout->left || run->word.x + width > next)
			run->word.width = 0;
		else
			next = run->word.x - input->text * 0.5;
	}
}

static void find_segments(struct trend_layout *layout, const struct trend_input *input)
{
	size_t i;

	for (i = 0; i < input->count; i++) {
		if (isnan(input->values[i])) {
			struct trend_gap *gap = &layout->gaps[layout->gaps_count];

			if (i > 0 && isnan(input->values[i - 1])) {
				gap[-1].last = i;
				gap[-1].width += layout->step;
			} else {
				*gap = (struct trend_gap){ .first = i,
							   .last = i,
							   .x = layout->x[i] -
								layout->step / 2,
							   .width = layout->step };
				layout->gaps_count++;
			}
		} else if (i > 0 && !isnan(input->values[i - 1]) &&
			   same_total(input, i - 1, i)) {
			layout->segments[layout->segments_count++] =
				(struct trend_segment){ i - 1, i, input->provisional[i] };
		}
	}
}

static bool labels_fit(const struct trend_layout *layout, const double *widths,
		       size_t count, size_t stride, double gap)
{
	size_t i;

	for (i = count - 1; i >= stride; i -= stride)
		if (widths[i] / 2 + widths[i - stride] / 2 + gap >
		    layout->step * (double)stride)
			return false;
	return true;
}

/* Shows the last label and, going back, each STRIDE-th, as many as have room. */
static void choose_labels(struct trend_layout *layout, const double *widths, size_t count,
			  double gap, bool *shown)
{
	size_t i, stride = 1;

	if (count == 0)
		return;
	while (!labels_fit(layout, widths, count, stride, gap))
		stride++;
	for (i = 0; i < count; i++)
		shown[i] = (count - 1 - i) % stride == 0;
}

/* The line comes down to it and does not go on down: what stands above it would stand
 * in the line. */
static bool in_a_dip(const struct trend_layout *layout, size_t i)
{
	double at = layout->y[i];
	double next = i + 1 < layout->count ? layout->y[i + 1] : layout->forecast_y;

	return i > 0 && layout->y[i - 1] < at - 2 && (isnan(next) || next < at - 2);
}

/* Is the line of the target where text around Y would stand? */
static bool meets_target(const struct trend_layout *layout, size_t i, double y,
			 double text)
{
	double target = layout->target_y[i];

	return target > y - text * 0.7 && target < y + text * 0.8;
}

/* Above the point; below it in a dip, or where the target's line runs through the label. */
static double value_y(const struct trend_layout *layout, size_t i, double text)
{
	double y = layout->y[i];

	if (y + text * 1.6 >= layout->bottom)
		return y - text;
	if (in_a_dip(layout, i))
		return meets_target(layout, i, y + text, text) ? y - text : y + text;
	return meets_target(layout, i, y - text, text) ? y + text : y - text;
}

/* On the side where the line is not: above a point from which it rises to the left,
 * below it to the right. */
static double value_side(const struct trend_layout *layout, size_t i, double y)
{
	double next = i + 1 < layout->count ? layout->y[i + 1] : layout->forecast_y;
	double at = layout->y[i], side = y < at ? 0.35 : -0.35;

	if (next < at - 2)
		return -side;
	if (i > 0 && layout->y[i - 1] < at - 2)
		return side;
	if (y > at && i > 0 && layout->y[i - 1] > at + 2)
		return -side;
	return 0;
}

/* Does BOX meet the label of a value after I? */
static bool meets_value(const struct trend_layout *layout, const struct layout_box *box,
			size_t i)
{
	size_t j;

	for (j = i + 1; j < layout->count; j++)
		if (layout->value_shown[j] &&
		    layout_boxes_meet(box, &layout->value_boxes[j]))
			return true;
	return false;
}

/* Does BOX cover the point of another value than I? */
static bool covers_point(const struct trend_layout *layout, const struct layout_box *box,
			 size_t i, double text)
{
	double reach = text * 0.25;
	size_t j;

	for (j = 0; j < layout->count; j++) {
		const struct layout_box point = { layout->x[j] - reach,
						  layout->y[j] - reach, 2 * reach,
						  2 * reach };

		if (j != i && !isnan(layout->y[j]) && layout_boxes_meet(box, &point))
			return true;
	}
	return false;
}

/* The last value first, as it matters most; one that finds no place is not shown. */
static void place_values(struct trend_layout *layout, const struct trend_input *input)
{
	double text = input->text;
	size_t i;

	for (i = layout->count; i-- > 0;) {
		struct layout_box *box = &layout->value_boxes[i];
		double y, width = input->value_widths[i], sides[3] = { 0 };
		int tried;

		layout->value_shown[i] =
			layout->value_shown[i] && !isnan(input->values[i]);
		if (!layout->value_shown[i])
			continue;
		y = value_y(layout, i, text);
		sides[0] = value_side(layout, i, y);
		sides[2] = -sides[0];
		layout->value_shown[i] = false;
		for (tried = 0; tried < 3 && !layout->value_shown[i]; tried++) {
			*box = (struct layout_box){ layout->x[i] +
							    width * (sides[tried] - 0.5),
						    y - text * 0.5, width, text * 1.05 };
			layout_box_keep(box, layout->left, layout->right);
			layout->value_shown[i] = !meets_value(layout, box, i) &&
						 !covers_point(layout, box, i, text);
		}
	}
}

static bool sign_meets(const struct trend_layout *layout, size_t i, double text)
{
	const struct layout_box *box = &layout->sign_boxes[i];
	size_t j;

	for (j = 0; j < i; j++)
		if (layout->sign_boxes[j].width > 0 &&
		    layout_boxes_meet(box, &layout->sign_boxes[j]))
			return true;
	for (j = 0; j < layout->count; j++)
		if (layout->value_shown[j] &&
		    layout_boxes_meet(box, &layout->value_boxes[j]))
			return true;
	return covers_point(layout, box, layout->count, text);
}

/* Around a point whose value is not shown, or at the foot of a gap. */
static void place_sign(struct trend_layout *layout, size_t i, double width, double text)
{
	static const double places[][2] = { { 0, -1 },    { 0, 1 },       { 0.7, -0.7 },
					    { 0.7, 0.7 }, { -0.7, -0.7 }, { -0.7, 0.7 },
					    { 0, -2 },    { 0, 2 } };
	struct layout_box *box = &layout->sign_boxes[i];
	double y = isnan(layout->y[i]) ? layout->bottom - text * 1.8 : layout->y[i];
	size_t tried;

	for (tried = 0; tried < sizeof places / sizeof *places; tried++) {
		*box = (struct layout_box){ layout->x[i] + places[tried][0] * text -
						    width / 2,
					    y + (places[tried][1] - 0.5) * text, width,
					    text };
		layout_box_keep(box, layout->left, layout->right);
		if (box->y >= 0 && box->y + box->height <= layout->bottom &&
		    !sign_meets(layout, i, text))
			return;
	}
	box->width = 0;
}

static void place_signs(struct trend_layout *layout, const struct trend_input *input)
{
	size_t i;

	for (i = 0; input->sign_widths && i < layout->count; i++) {
		double width = input->sign_widths[i];

		if (!(width > 0))
			continue;
		if (layout->value_shown[i]) {
			layout->sign_boxes[i] = layout->value_boxes[i];
			layout->sign_boxes[i].x += layout->value_boxes[i].width - width;
			layout->sign_boxes[i].width = width;
		}
	}
	for (i = 0; input->sign_widths && i < layout->count; i++)
		if (input->sign_widths[i] > 0 && !layout->value_shown[i])
			place_sign(layout, i, input->sign_widths[i], input->text);
}

/* Above its range, unless the last value stands there. */
static void place_forecast(struct trend_layout *layout, const struct trend_input *input)
{
	struct layout_box *box = &layout->forecast_box;
	double width, text = input->text;

	if (!input->has_forecast)
		return;
	width = input->value_widths[layout->count];
	*box = (struct layout_box){
		layout->forecast_x - width / 2,
		fmax(fmin(layout->high_y, layout->low_y) - text * 1.3, 0), width, text
	};
	layout_box_keep(box, layout->left, layout->right);
	if (layout->count > 0 && layout->value_shown[layout->count - 1] &&
	    layout_boxes_meet(box, &layout->value_boxes[layout->count - 1]))
		box->width = 0;
}

/* Does the word of gap I meet a value, a point or a word that was placed? */
static bool word_meets(const struct trend_layout *layout, size_t i, double text)
{
	const struct layout_box *word = &layout->gaps[i].word;
	size_t j;

	if (covers_point(layout, word, layout->count, text))
		return true;
	for (j = 0; j < layout->count; j++)
		if (layout->value_shown[j] &&
		    layout_boxes_meet(word, &layout->value_boxes[j]))
			return true;
	for (j = 0; j < layout->count; j++)
		if (layout->sign_boxes[j].width > 0 &&
		    layout_boxes_meet(word, &layout->sign_boxes[j]))
			return true;
	for (j = 0; j < layout->gaps_count; j++)
		if (j != i && layout->gaps[j].word.width > 0 &&
		    layout_boxes_meet(word, &layout->gaps[j].word))
			return true;
	return false;
}

/* As low as what stands beside the gap allows; false: nowhere. */
static bool place_word(struct trend_layout *layout, const struct trend_input *input,
		       size_t i)
{
	double text = input->text;
	struct trend_gap *gap = &layout->gaps[i];
	struct layout_box *word = &gap->word;

	*word = (struct layout_box){ gap->x + (gap->width - input->gap_width) / 2,
				     layout->bottom - text * 2.6, input->gap_width,
				     text * 1.2 };
	layout_box_keep(word, layout->left, layout->right);
	for (; word->y >= layout->top; word->y -= text * 0.6)
		if (!word_meets(layout, i, text))
			return true;
	word->width = 0;
	return false;
}

/* In each gap that is as wide as the word; where none is, in the last that has a place
 * for it: the hatching says the rest. */
static void place_words(struct trend_layout *layout, const struct trend_input *input)
{
	bool placed = false;
	size_t i;

	for (i = 0; i < layout->gaps_count; i++)
		if (layout->gaps[i].width >= input->gap_width)
			placed |= place_word(layout, input, i);
	for (i = layout->gaps_count; i-- > 0 && !placed;)
		placed = place_word(layout, input, i);
}

/* Left for the line when ticks, periods and the target's name have their room; the
 * line of a cell leaves half a mark. */
static void place_plot(struct trend_layout *layout, const struct trend_input *input)
{
	if (input->bare) {
		layout->top = 4;
		layout->right = input->width;
		layout->bottom = input->height - 1;
		return;
	}
	layout->left = input->tick_width + input->text * 0.6;
	layout->right =
		input->width -
		(input->target_width > 0 ? input->target_width + input->text * 0.5 : 0);
	/* A value's label above the highest point, and over it what it is a place among. */
	layout->top = input->text * (input->totals ? 3.4 : 1.9);
	layout->bottom = input->height - input->text * 1.9;
}

void trend_layout_make(struct trend_layout *layout, const struct trend_input *input)
{
	size_t count = input->count + 2; /* never an empty block */

	*layout = (struct trend_layout){ .count = input->count,
					 .slots = input->count + input->has_forecast,
					 .forecast_x = NAN,
					 .forecast_y = NAN,
					 .low_y = NAN,
					 .high_y = NAN };
	place_plot(layout, input);
	layout->x = memory_zeroed(count, sizeof *layout->x);
	layout->y = memory_zeroed(count, sizeof *layout->y);
	layout->target_y = memory_zeroed(count, sizeof *layout->target_y);
	layout->label_shown = memory_zeroed(count, sizeof *layout->label_shown);
	layout->value_shown = memory_zeroed(count, sizeof *layout->value_shown);
	layout->value_boxes = memory_zeroed(count, sizeof *layout->value_boxes);
	layout->sign_boxes = memory_zeroed(count, sizeof *layout->sign_boxes);
	layout->segments = memory_zeroed(count, sizeof *layout->segments);
	layout->gaps = memory_zeroed(count, sizeof *layout->gaps);
	layout->runs = memory_zeroed(count, sizeof *layout->runs);
	place_points(layout, input);
	find_segments(layout, input);
	find_runs(layout, input);
	if (input->bare)
		return;
	choose_labels(layout, input->label_widths, layout->slots, input->text * 0.5,
		      layout->label_shown);
	choose_labels(layout, input->value_widths, layout->count, input->text * 0.5,
		      layout->value_shown);
	place_values(layout, input);
	place_signs(layout, input);
	place_forecast(layout, input);
	place_words(layout, input);
	place_runs(layout, input);
}

void trend_layout_free(struct trend_layout *layout)
{
	free(layout->x);
	free(layout->y);
	free(layout->target_y);
	free(layout->label_shown);
	free(layout->value_shown);
	free(layout->value_boxes);
	free(layout->sign_boxes);
	free(layout->segments);
	free(layout->gaps);
	free(layout->runs);
	*layout = (struct trend_layout){ 0 };
}
