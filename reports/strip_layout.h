/* strip_layout.h -- values -> dots stacked on one scale, in lanes.  Pure. */
#ifndef REPORTS_STRIP_LAYOUT_H
#define REPORTS_STRIP_LAYOUT_H

#include "reports/chart_layout.h"

struct strip_input {
	size_t count;
	const double *values; /* NAN: no dot */
	const size_t *lanes;  /* below lanes_count */
	/* Of the names that should stand at a dot, 0: none; the most important ones
	 * have the lowest RANKS, from 1 on. */
	const double *name_widths;
	const size_t *ranks;
	/* Of the sign of a dispute, which stands alone where a name is no wider or has no
	 * room. */
	double sign_width;
	const bool *disputed; /* NULL: none is */
	size_t lanes_count;
	double target, nation;             /* NAN: none */
	double target_width, nation_width; /* of their names */
	double low, high;                  /* ends of the scale, which has 0 on it */
	double text, width;
};

struct strip_dot {
	double x, y; /* NAN: none */
	struct layout_box name;
	bool is_named; /* there was room for the name */
	bool is_sign;  /* or for the sign of a dispute alone, in the same box */
};

struct strip_lane {
	double head_y;    /* middle of the line above the dots */
	double top, base; /* of the dots and their names; where the first dots stand */
	size_t missing;   /* dots without a value */
};

struct strip_layout {
	struct layout_axis axis;
	double dot; /* diameter */
	double top, bottom, height;
	double target_x, nation_x; /* NAN: none */
	struct layout_box target_name, nation_name;
	struct strip_dot *dots;
	struct strip_lane *lanes;
	size_t count, lanes_count;
};

void strip_layout_make(struct strip_layout *layout, const struct strip_input *input);
void strip_layout_free(struct strip_layout *layout);

#endif
