/* waterfall_layout.h -- a move in parts -> bars that begin where the last one ended.
 * Pure. */
#ifndef REPORTS_WATERFALL_LAYOUT_H
#define REPORTS_WATERFALL_LAYOUT_H

#include "reports/chart_layout.h"

struct waterfall_input {
	size_t count; /* of the parts */
	double start, end;
	const double *parts;        /* NAN: not known */
	const size_t *name_lines;   /* of start, the parts, end: count + 2 of them */
	double name_width;          /* room for the names, or 0: they stand above */
	const double *label_widths; /* of start, the parts, end */
	bool less_is_better;        /* the scale then runs to the left */
	double text, width;
};

struct waterfall_row {
	double top, height;
	double name_y, bar_y; /* middles: of the first line of the name; of the bar */
	double from_x, to_x;  /* equal: a mark, no bar */
	struct layout_box label;
	bool missing;
};

struct waterfall_layout {
	double line, bar, height;
	struct waterfall_row *rows; /* count of them: start, the parts, end */
	size_t count;
};

void waterfall_layout_make(struct waterfall_layout *layout,
			   const struct waterfall_input *input);
void waterfall_layout_free(struct waterfall_layout *layout);

#endif
