/* chart_layout.h -- numbers -> boxes, ticks, places.
 *
 * Pure: no fonts, no JSON, no canvas.  Widths of texts come in as numbers,
 * measured at the text size given; where a layout has to shrink its text it
 * scales them.  Places are points from the top left corner of the chart's body.
 * A value that is missing is NAN and never a zero. */
#ifndef REPORTS_CHART_LAYOUT_H
#define REPORTS_CHART_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#define LAYOUT_TICKS 12

struct layout_axis {
	double low, high; /* values at the ends */
	double from, to;  /* their places */
	double ticks[LAYOUT_TICKS];
	size_t ticks_count;
};

/* An axis that holds LOW..HIGH and ends on round ticks, at most MOST of them. */
void layout_axis_make(struct layout_axis *axis, double low, double high, size_t most,
		      double from, double to);
double layout_axis_at(const struct layout_axis *axis, double value);

struct layout_box {
	double x, y, width, height; /* of its top left corner */
};

/* Do they share more than an edge? */
bool layout_boxes_meet(const struct layout_box *a, const struct layout_box *b);
/* Moves BOX to the side until it lies within FROM..TO. */
void layout_box_keep(struct layout_box *box, double from, double to);

/* Horizontal bars, one a row. */
struct bars_input {
	size_t count;
	const double *values;       /* NAN: none */
	double name_width;          /* of the widest name */
	const double *label_widths; /* of what stands behind each bar */
	double rank_width;          /* of the widest rank; 0: no ranks */
	const double *lows, *highs; /* ends of intervals, NAN: none; both NULL: labels
				     * stand behind the bars, else in a column */
	double gutter;              /* left of the ranks, for brackets; 0: none */
	double key_lines;           /* above the rows; 0 is taken as 1 */
	double target;              /* NAN: none */
	double text;                /* size of the text, points */
	double width, max_height;   /* of the body; 0: as high as needed */
};

struct bars_row {
	double name_y, bar_y; /* middles */
	double length;        /* of the bar, or of the hatching where there is no value */
	double low_x, high_x; /* of the interval; NAN: none */
	double label_x;
	bool missing;
};

struct bars_layout {
	double text;       /* maybe smaller than asked */
	double pitch, bar; /* from row to row; thickness */
	bool stacked;      /* the name stands above its bar */
	double rank_end, name_x, mark_x, bar_x;
	double top, bottom, height; /* of the rows; of the body */
	double target_x;            /* NAN: none */
	struct layout_axis axis;
	struct bars_row *rows; /* count of them */
	size_t count;
};

void bars_layout_make(struct bars_layout *layout, const struct bars_input *input);
void bars_layout_free(struct bars_layout *layout);

/* One row per target: name, bar with a tick, value, target, word. */
struct targets_input {
	size_t count;
	const double *values, *targets; /* percent; NAN: no bar, no tick */
	const size_t *name_lines;       /* text lines that each name takes */
	/* Of the peers, and of the period before; NAN: none; all NULL: of nobody. */
	const double *q1, *medians, *q3, *befores;
	double value_width, target_width, word_width;
	double text, width;
};

struct targets_row {
	double top, height;
	double bar_y;                          /* middle of bar, mark and figures */
	double name_y;                         /* middle of the first line of the name */
	double length, tick_x;                 /* tick_x NAN: none */
	double q1_x, median_x, q3_x, before_x; /* NAN: none */
	bool missing;
};

struct targets_layout {
	bool stacked; /* the name stands above its bar */
	double mark_x, name_x, name_width, bar_x, bar_width;
	double value_end, target_end, word_x;
	double line, bar, head, height;
	struct targets_row *rows;
	size_t count;
};

/* The width left for names, which decides their NAME_LINES. */
double targets_name_width(const struct targets_input *input);
void targets_layout_make(struct targets_layout *layout,
			 const struct targets_input *input);
/* Only the bars, each HEIGHT high. */
void targets_mini_make(struct targets_layout *layout, const struct targets_input *input,
		       double height);
void targets_layout_free(struct targets_layout *layout);

/* One value over periods of equal width. */
struct trend_input {
	size_t count;
	const double *values, *targets; /* NAN: none */
	const bool *provisional;
	const double *totals;       /* among how many it is a place; NAN: it is none */
	const double *total_widths; /* of the words that say so */
	const double *label_widths; /* of the periods, and of the forecast's */
	const double *
		value_widths; /* of the values, with their signs, and of the forecast's */
	const double *sign_widths; /* of the sign of a dispute; 0: none; NULL: nowhere */
	bool has_forecast;         /* one more period, of which a range is known */
	double forecast, low, high;
	bool ranks;          /* 1 is best and on top; the scale need not hold 0 */
	bool bare;           /* a line in a cell: nothing stands around it */
	double tick_width;   /* of the widest tick label */
	double target_width; /* of the name behind the target's end; 0: none */
	double gap_width;    /* of the word in a gap */
	double text, width, height;
};

struct trend_segment {
	size_t from, to; /* neighbours with values */
	bool dashed;     /* leads to a provisional value */
};

/* Neighbours that are places among equally many. */
struct trend_run {
	size_t first, last;
	double x;               /* where it begins */
	struct layout_box word; /* no width: it has no room */
};

struct trend_gap {
	size_t first, last; /* periods without a value */
	double x, width;
	struct layout_box word; /* no width: it has no room */
};

struct trend_layout {
	double left, right, top, bottom; /* of the plot */
	struct layout_axis axis;
	double *x, *y;    /* count; y NAN where there is no value */
	double *target_y; /* count; NAN: none */
	double step;      /* from period to period */
	double forecast_x, forecast_y, low_y, high_y; /* NAN: no forecast */
	bool *label_shown, *value_shown;
	struct layout_box *value_boxes; /* of the values shown */
	struct layout_box *sign_boxes;  /* the end of the value's, or beside the point */
	struct layout_box forecast_box; /* no width: not shown */
	struct trend_segment *segments;
	size_t segments_count;
	struct trend_gap *gaps;
	struct trend_run *runs;
	size_t gaps_count, runs_count, count;
	size_t slots; /* periods, with that of the forecast */
};

void trend_layout_make(struct trend_layout *layout, const struct trend_input *input);
void trend_layout_free(struct trend_layout *layout);

#endif
