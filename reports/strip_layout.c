/* strip_layout.c -- values -> dots stacked on one scale, in lanes.
 *
 * Dots stand in columns as wide as a dot, one of whose edges is the target, so that
 * no dot stands on the wrong side of it. */
#include "reports/strip_layout.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

#define HIGHEST 9 /* lines of text that a stack may take; more dots overlap */

/* The stacks of one lane, in dots, by column. */
struct stacks {
	size_t *heights;
	long first, count; /* columns */
	double pitch;      /* from dot to dot upwards */
};

static long column_of(const struct strip_layout *layout, double x)
{
	double edge = isnan(layout->target_x) ? layout->axis.from : layout->target_x;

	return (long)floor((x - edge) / layout->dot + 1e-9);
}

static double column_x(const struct strip_layout *layout, long column)
{
	double edge = isnan(layout->target_x) ? layout->axis.from : layout->target_x;

	return edge + ((double)column + 0.5) * layout->dot;
}

static size_t *height_at(const struct stacks *stacks, long column)
{
	long at = column - stacks->first;

	return &stacks->heights[at < 0                ? 0
				: at >= stacks->count ? stacks->count - 1
						      : at];
}

static void clear_stacks(struct stacks *stacks, const struct strip_layout *layout)
{
	stacks->first = column_of(layout, layout->axis.from) - 1;
	stacks->count = column_of(layout, layout->axis.to) + 2 - stacks->first;
	stacks->heights = memory_zeroed((size_t)stacks->count, sizeof(size_t));
}

/* Puts the dots of LANE on each other, those with names last: they are on top.  y is
 * the height above the base for now. */
static void stack_dots(struct strip_layout *layout, const struct strip_input *input,
		       size_t lane, struct stacks *stacks)
{
	size_t i, most = 1;
	int named;

	for (named = 0; named < 2; named++)
		for (i = 0; i < input->count; i++) {
			struct strip_dot *dot = &layout->dots[i];
			size_t *height;
			long column;

			if (input->lanes[i] != lane || isnan(input->values[i]) ||
			    (input->name_widths[i] > 0) != named)
				continue;
			column = column_of(
				layout, layout_axis_at(&layout->axis, input->values[i]));
			height = height_at(stacks, column);
			dot->x = column_x(layout, column);
			dot->y = (double)(*height)++;
			most = *height > most ? *height : most;
		}
	stacks->pitch = fmin(layout->dot, input->text * HIGHEST / (double)most);
	for (i = 0; i < input->count; i++)
		if (input->lanes[i] == lane && !isnan(layout->dots[i].x))
			layout->dots[i].y =
				layout->dots[i].y * stacks->pitch + layout->dot / 2;
}

/* How high the stacks are anywhere below BOX. */
static double height_below(const struct strip_layout *layout, const struct stacks *stacks,
			   const struct layout_box *box)
{
	long column, last = column_of(layout, box->x + box->width);
	double most = 0;

	for (column = column_of(layout, box->x); column <= last; column++) {
		size_t height = *height_at(stacks, column);

		if (height > 0)
			most = fmax(most,
				    (double)(height - 1) * stacks->pitch + layout->dot);
	}
	return most;
}

/* Stands on the dots below it, and on names that were placed before; MOST lines up.
 * The box's y is the height of its foot above the base for now. */
static bool place_box(struct strip_layout *layout, const struct strip_input *input,
		      size_t i, double width, double most, const struct stacks *stacks)
{
	struct strip_dot *dot = &layout->dots[i];
	double line = input->text * 1.25, floor;
	size_t j;

	dot->name = (struct layout_box){ dot->x - width / 2, 0, width, line };
	layout_box_keep(&dot->name, 0, input->width);
	floor = height_below(layout, stacks, &dot->name) + input->text * 0.15;
	dot->name.y = floor;
	for (j = 0; j < input->count; j++) {
		if (j == i || (!layout->dots[j].is_named && !layout->dots[j].is_sign) ||
		    input->lanes[j] != input->lanes[i] ||
		    !layout_boxes_meet(&layout->dots[j].name, &dot->name))
			continue;
		dot->name.y = layout->dots[j].name.y + line;
		j = (size_t)-1; /* look at all of them again */
	}
	return dot->name.y - floor < line * most && dot->name.width <= input->width;
}

/* The name with its sign; of a contested figure whose name has no room, or which has none,
 * the sign. */
static bool place_name(struct strip_layout *layout, const struct strip_input *input,
		       size_t i, const struct stacks *stacks)
{
	struct strip_dot *dot = &layout->dots[i];

	if (input->name_widths[i] > input->sign_width)
		dot->is_named =
			place_box(layout, input, i, input->name_widths[i], 2.5, stacks);
	if (!dot->is_named && input->disputed && input->disputed[i])
		dot->is_sign =
			place_box(layout, input, i, input->sign_width, HIGHEST, stacks);
	return dot->is_named || dot->is_sign;
}

static size_t most_rank(const struct strip_input *input)
{
	size_t i, most = 0;

	for (i = 0; i < input->count; i++)
		most = input->ranks[i] > most ? input->ranks[i] : most;
	return most;
}

/* The height of the dots and names of LANE. */
static double name_dots(struct strip_layout *layout, const struct strip_input *input,
			size_t lane, const struct stacks *stacks)
{
	double most = 0;
	size_t i, rank, last = most_rank(input);

	for (i = 0; i < input->count; i++)
		if (input->lanes[i] == lane && !isnan(layout->dots[i].x))
			most = fmax(most, layout->dots[i].y + layout->dot / 2);
	for (rank = 1; rank <= last; rank++)
		for (i = 0; i < input->count; i++)
			if (input->ranks[i] == rank && input->lanes[i] == lane &&
			    input->name_widths[i] > 0 && !isnan(layout->dots[i].x) &&
			    place_name(layout, input, i, stacks))
				most = fmax(most, layout->dots[i].name.y +
							  layout->dots[i].name.height);
	return most;
}

/* Turns heights above the base into places. */
static void put_down(struct strip_layout *layout, const struct strip_input *input,
		     size_t lane)
{
	double base = layout->lanes[lane].base;
	size_t i;

	for (i = 0; i < input->count; i++) {
		struct strip_dot *dot = &layout->dots[i];

		if (input->lanes[i] != lane)
			continue;
		dot->y = base - dot->y;
		dot->name.y = base - dot->name.y - dot->name.height;
	}
}

static double place_lane(struct strip_layout *layout, const struct strip_input *input,
			 size_t lane, double y)
{
	struct strip_lane *place = &layout->lanes[lane];
	struct stacks stacks;
	size_t i;

	for (i = 0; i < input->count; i++)
		place->missing += input->lanes[i] == lane && isnan(input->values[i]);
	place->head_y = y + input->text * 0.65;
	place->top = y + input->text * 1.6;
	clear_stacks(&stacks, layout);
	stack_dots(layout, input, lane, &stacks);
	place->base = place->top +
		      fmax(name_dots(layout, input, lane, &stacks), input->text * 1.4);
	free(stacks.heights);
	put_down(layout, input, lane);
	return place->base;
}

/* The names of target and nation, each on a line of its own above the lanes. */
static double place_heads(struct strip_layout *layout, const struct strip_input *input)
{
	double line = input->text * 1.35, y = 0;

	if (!isnan(input->target)) {
		layout->target_x = layout_axis_at(&layout->axis, input->target);
		layout->target_name =
			(struct layout_box){ layout->target_x - input->target_width / 2,
					     y, input->target_width, line };
		layout_box_keep(&layout->target_name, 0, input->width);
		y += line;
	}
	if (!isnan(input->nation)) {
		layout->nation_x = layout_axis_at(&layout->axis, input->nation);
		layout->nation_name =
			(struct layout_box){ layout->nation_x - input->nation_width / 2,
					     y, input->nation_width, line };
		layout_box_keep(&layout->nation_name, 0, input->width);
		y += line;
	}
	return y + input->text * 0.3;
}

void strip_layout_make(struct strip_layout *layout, const struct strip_input *input)
{
	size_t i;
	double y;

	*layout = (struct strip_layout){ .count = input->count,
					 .lanes_count = input->lanes_count,
					 .target_x = NAN,
					 .nation_x = NAN,
					 .dot = input->text * 0.62 };
	layout->dots = memory_zeroed(input->count + 1, sizeof *layout->dots);
	layout->lanes = memory_zeroed(input->lanes_count + 1, sizeof *layout->lanes);
	for (i = 0; i < input->count; i++)
		layout->dots[i].x = layout->dots[i].y = NAN;
	layout_axis_make(&layout->axis, input->low, input->high, 6, input->text,
			 input->width - input->text * 1.4);
	y = layout->top = place_heads(layout, input);
	for (i = 0; i < input->lanes_count; i++)
		y = place_lane(layout, input, i, y) + input->text * 0.7;
	layout->bottom = y - input->text * 0.7;
	layout->height = layout->bottom + input->text * 1.9;
}

void strip_layout_free(struct strip_layout *layout)
{
	free(layout->dots);
	free(layout->lanes);
	*layout = (struct strip_layout){ 0 };
}
