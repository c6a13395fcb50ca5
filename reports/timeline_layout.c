/* timeline_layout.c -- days -> a row for each deadline, on one scale of time. */
#include "reports/timeline_layout.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

static void place_years(struct timeline_layout *layout,
			const struct timeline_input *input,
			const struct layout_axis *axis)
{
	double free_from = 0;
	size_t i;

	layout->years_count =
		input->years_count < TIMELINE_YEARS ? input->years_count : TIMELINE_YEARS;
	for (i = 0; i < layout->years_count; i++) {
		double x = layout->years_x[i] = layout_axis_at(axis, input->years[i]);

		/* The last line is the end of the year before it. */
		layout->year_shown[i] = x >= free_from &&
					x + input->year_width + 3 <= layout->plot_to + 1;
		if (layout->year_shown[i])
			free_from = x + input->year_width + input->text * 0.5;
	}
}

static void place_rows(struct timeline_layout *layout, const struct timeline_input *input,
		       const struct layout_axis *axis)
{
	double y = layout->head, room = input->text * 0.6;
	size_t i;

	for (i = 0; i < input->count; i++) {
		struct timeline_row *row = &layout->rows[i];
		double names = layout->line * (double)input->name_lines[i];

		row->top = y;
		row->name_y = y + room / 2 + layout->line / 2;
		row->line_y = row->name_y;
		row->height = names + room;
		if (!(input->name_width > 0)) { /* words below the name, then the marks */
			row->line_y = row->name_y + names + layout->line;
			row->height += layout->line * 2;
		}
		row->due_x = isnan(input->dues[i]) ? NAN
						   : layout_axis_at(axis, input->dues[i]);
		row->done_x = isnan(input->dones[i])
				      ? NAN
				      : layout_axis_at(axis, input->dones[i]);
		y += row->height;
	}
	layout->height = y + input->text * 0.3;
}

void timeline_layout_make(struct timeline_layout *layout,
			  const struct timeline_input *input)
{
	bool above = !(input->name_width > 0);
	struct layout_axis axis = { .low = 0, .high = 1 };

	*layout = (struct timeline_layout){ .count = input->count,
					    .line = input->text * 1.25,
					    .today_x = NAN };
	layout->rows = memory_zeroed(input->count + 1, sizeof *layout->rows);
	layout->word_x = above ? 0 : input->width - input->word_width;
	layout->plot_from = above ? input->text * 0.6 : input->name_width + input->text;
	layout->plot_to = (above ? input->width : layout->word_x) - input->text;
	layout->plot_to = fmax(layout->plot_to, layout->plot_from + 20);
	if (input->years_count > 1) {
		axis.low = input->years[0];
		axis.high = input->years[input->years_count - 1];
	}
	axis.from = layout->plot_from;
	axis.to = layout->plot_to;
	layout->head = layout->line * (isnan(input->today) ? 1.2 : 2.3);
	place_years(layout, input, &axis);
	place_rows(layout, input, &axis);
	if (isnan(input->today))
		return;
	layout->today_x = layout_axis_at(&axis, input->today);
	layout->today_name =
		(struct layout_box){ layout->today_x - input->today_width / 2, 0,
				     input->today_width, layout->line };
	layout_box_keep(&layout->today_name, 0, input->width);
}

void timeline_layout_free(struct timeline_layout *layout)
{
	free(layout->rows);
	*layout = (struct timeline_layout){ 0 };
}
