/* heat_layout.h -- agencies by indicators -> a table of tinted cells.  Pure. */
#ifndef REPORTS_HEAT_LAYOUT_H
#define REPORTS_HEAT_LAYOUT_H

#include "reports/chart_layout.h"

struct heat_input {
	size_t rows, columns;
	const size_t *name_lines; /* of the rows, broken at NAME_WIDTH */
	size_t head_lines;        /* of the highest column head */
	double rank_width;        /* 0: no ranks */
	double name_width;
	double sign_width;  /* of the sign of a dispute; 0: no cell has it */
	double text, width; /* TEXT: what heat_text() chose */
};

struct heat_layout {
	double text, line;
	double rank_end, name_x, cells_x, cell_width;
	double margin; /* right of the digits of a cell, where the sign stands */
	double head, height;
	struct layout_box *rows; /* the cells of a row */
	size_t count, columns;
};

/* The largest text, at most TEXT, with which names and cells fit WIDTH; RANK, NAME and
 * CELL are widths at TEXT, and names may take two fifths of the width at most. */
double heat_text(double text, double width, size_t columns, double rank, double name,
		 double cell);
/* What is left for names at a text size. */
double heat_name_width(double text, double width, double name);

void heat_layout_make(struct heat_layout *layout, const struct heat_input *input);
struct layout_box heat_cell(const struct heat_layout *layout, size_t row, size_t column);
/* Where the sign of a dispute stands in a cell, clear of its digits. */
struct layout_box heat_sign(const struct heat_layout *layout, size_t row, size_t column);
void heat_layout_free(struct heat_layout *layout);

#endif
