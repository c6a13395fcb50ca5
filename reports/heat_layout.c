/* heat_layout.c -- agencies by indicators -> a table of tinted cells. */
#include "reports/heat_layout.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

#define SMALLEST 7.0 /* points */
#define GAP      1.5

double heat_name_width(double text, double width, double name)
{
	(void)text;
	return fmin(name, width * 0.4);
}

double heat_text(double text, double width, size_t columns, double rank, double name,
		 double cell)
{
	double size;

	for (size = text; size > SMALLEST; size -= 0.25) {
		double shrink = size / text;
		double names = heat_name_width(size, width, name * shrink);

		if (rank * shrink + names + size * 1.2 +
			    (double)columns * (cell * shrink + GAP) <=
		    width)
			return size;
	}
	return SMALLEST;
}

void heat_layout_make(struct heat_layout *layout, const struct heat_input *input)
{
	double y;
	size_t i;

	*layout = (struct heat_layout){ .text = input->text,
					.line = input->text * 1.25,
					.margin = input->text * 0.5,
					.count = input->rows,
					.columns = input->columns };
	if (input->sign_width > 0)
		layout->margin = input->sign_width + input->text * 0.3;
	layout->rank_end = input->rank_width;
	layout->name_x =
		input->rank_width > 0 ? input->rank_width + input->text * 0.6 : 0;
	layout->cells_x = layout->name_x + input->name_width + input->text * 0.6;
	layout->cell_width = (input->width - layout->cells_x) /
			     (double)(input->columns > 0 ? input->columns : 1);
	layout->cell_width = fmin(layout->cell_width, input->text * 9);
	layout->head = layout->line * (double)input->head_lines + input->text * 0.5;
	layout->rows = memory_zeroed(input->rows + 1, sizeof *layout->rows);
	y = layout->head;
	for (i = 0; i < input->rows; i++) {
		double height =
			layout->line * (double)input->name_lines[i] + input->text * 0.4;

		layout->rows[i] =
			(struct layout_box){ layout->cells_x, y,
					     layout->cell_width * (double)input->columns,
					     height };
		y += height;
	}
	layout->height = y + input->text * 0.3;
}

struct layout_box heat_cell(const struct heat_layout *layout, size_t row, size_t column)
{
	const struct layout_box *cells = &layout->rows[row];

	return (struct layout_box){ cells->x + layout->cell_width * (double)column,
				    cells->y, layout->cell_width - GAP,
				    cells->height - GAP };
}

struct layout_box heat_sign(const struct heat_layout *layout, size_t row, size_t column)
{
	const struct layout_box cell = heat_cell(layout, row, column);
	double gap = layout->text * 0.15;

	return (struct layout_box){ cell.x + cell.width - layout->margin + gap,
				    cell.y + (cell.height - layout->text) / 2,
				    layout->margin - 2 * gap, layout->text };
}

void heat_layout_free(struct heat_layout *layout)
{
	free(layout->rows);
	*layout = (struct heat_layout){ 0 };
}
