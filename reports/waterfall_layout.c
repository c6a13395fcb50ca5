/* waterfall_layout.c -- a move in parts -> bars that begin where the last one ended.
 *
 * Start and end are marks, not bars: a bar would need the zero of the scale, beside
 * which the parts of a small move could not be seen. */
#include "reports/waterfall_layout.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

/* What is not known takes what the other parts leave of the move; of several, the
 * first. */
static double part_of(const struct waterfall_input *input, size_t i)
{
	double rest = input->end - input->start;
	size_t j;

	if (!isnan(input->parts[i]))
		return input->parts[i];
	for (j = 0; j < input->count; j++) {
		if (isnan(input->parts[j]) && j < i)
			return 0;
		rest -= isnan(input->parts[j]) ? 0 : input->parts[j];
	}
	return rest;
}

static void find_range(const struct waterfall_input *input, double *low, double *high)
{
	double at = input->start;
	size_t i;

	*low = fmin(input->start, input->end);
	*high = fmax(input->start, input->end);
	for (i = 0; i < input->count; i++) {
		at += part_of(input, i);
		*low = fmin(*low, at);
		*high = fmax(*high, at);
	}
	if (*high - *low < 1e-9)
		*high = *low + 1;
}

static double widest_label(const struct waterfall_input *input)
{
	double widest = 0;
	size_t i;

	for (i = 0; i < input->count + 2; i++)
		widest = fmax(widest, input->label_widths[i]);
	return widest;
}

static void place_rows(struct waterfall_layout *layout,
		       const struct waterfall_input *input)
{
	double y = input->text * 0.2, room = input->text * 0.7;
	size_t i;

	for (i = 0; i < layout->count; i++) {
		struct waterfall_row *row = &layout->rows[i];
		double names = layout->line * (double)input->name_lines[i];

		row->top = y;
		row->height = names + room;
		row->name_y = y + room / 2 + layout->line / 2;
		row->bar_y = row->name_y;
		if (!(input->name_width > 0)) {
			row->bar_y = y + room / 2 + names + layout->line * 0.5;
			row->height += layout->line * 1.15;
		}
		y += row->height;
	}
	layout->height = y + input->text * 0.4;
}

void waterfall_layout_make(struct waterfall_layout *layout,
			   const struct waterfall_input *input)
{
	double gap = input->text * 0.5, low, high, at = input->start;
	double left = input->name_width > 0 ? input->name_width + input->text : 2;
	double right = input->width - widest_label(input) - gap - 2;
	size_t i;

	*layout = (struct waterfall_layout){ .line = input->text * 1.25,
					     .bar = input->text * 0.95,
					     .count = input->count + 2 };
	layout->rows = memory_zeroed(layout->count, sizeof *layout->rows);
	place_rows(layout, input);
	find_range(input, &low, &high);
	right = fmax(right, left + 10);
	for (i = 0; i < layout->count; i++) {
		struct waterfall_row *row = &layout->rows[i];
		double from = i == layout->count - 1 ? input->end : at, to = from;
		struct layout_axis axis = { .low = low, .high = high };

		axis.from = input->less_is_better ? right : left;
		axis.to = input->less_is_better ? left : right;
		if (i > 0 && i <= input->count) {
			row->missing = isnan(input->parts[i - 1]);
			at = to = from + part_of(input, i - 1);
		}
		row->from_x = layout_axis_at(&axis, from);
		row->to_x = layout_axis_at(&axis, to);
		row->label = (struct layout_box){ fmax(row->from_x, row->to_x) + gap,
						  row->bar_y - layout->line / 2,
						  input->label_widths[i], layout->line };
	}
}

void waterfall_layout_free(struct waterfall_layout *layout)
{
	free(layout->rows);
	*layout = (struct waterfall_layout){ 0 };
}
