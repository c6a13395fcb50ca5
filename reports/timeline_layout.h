/* timeline_layout.h -- days -> a row for each deadline, on one scale of time.  Pure. */
#ifndef REPORTS_TIMELINE_LAYOUT_H
#define REPORTS_TIMELINE_LAYOUT_H

#include "reports/chart_layout.h"

#define TIMELINE_YEARS 24

struct timeline_input {
	size_t count;
	const double *dues, *dones; /* days since any day; NAN: none */
	const size_t *name_lines;
	double name_width;   /* 0: names and words stand above their row */
	double word_width;   /* of the widest outcome */
	double today;        /* NAN: none */
	double today_width;  /* of its name */
	const double *years; /* first days of years, in order: the ticks; the first
				     * one is at or before, the last one after all days */
	size_t years_count;
	double year_width; /* of "2020" */
	double text, width;
};

struct timeline_row {
	double top, height;
	double name_y, line_y; /* middles: of the first line of the name; of the marks */
	double due_x, done_x;  /* NAN: none */
};

struct timeline_layout {
	double line, head, height;
	double plot_from, plot_to, word_x;
	double today_x; /* NAN: none */
	struct layout_box today_name;
	double years_x[TIMELINE_YEARS];
	bool year_shown[TIMELINE_YEARS]; /* its name has room right of its line */
	size_t years_count;
	struct timeline_row *rows;
	size_t count;
};

void timeline_layout_make(struct timeline_layout *layout,
			  const struct timeline_input *input);
void timeline_layout_free(struct timeline_layout *layout);

#endif
