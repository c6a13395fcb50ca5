/* chart_kind.h -- what the kinds of charts share; only chart_*.c include it. */
#ifndef REPORTS_CHART_KIND_H
#define REPORTS_CHART_KIND_H

#include "reports/chart.h"
#include "reports/chart_layout.h"
#include "reports/observation.h"

struct chart {
	const struct chart_kind *kind;
	struct chart_options options;
	const json_t *model; /* borrowed */
	struct observation *rows;
	size_t count;
	struct text title, subtitle, alternative;
	struct text notes;       /* below the picture, also inside a document */
	struct text source;      /* who says so, as of when */
	bool mini;               /* fits a cell of a table: no title, no words around */
	double head, body, foot; /* heights */
	union {
		struct bars_layout bars;
		struct targets_layout targets;
		struct trend_layout trend;
		void *own; /* of kinds that keep more than boxes */
	} layout;
};

struct chart_kind {
	const char *name;
	const char *fields; /* of the model: the array of figures, the first there is */
	/* Titles, alternative, layout and body height; MOST is the body's greatest
	 * height or 0. */
	void (*prepare)(struct chart *chart, double most);
	void (*paint)(const struct chart *chart, struct canvas *canvas);
	void (*release)(struct chart *chart);
	bool has_marks; /* its figures can be pointed at one by one */
};

extern const struct chart_kind chart_ranking, chart_trend, chart_targets, chart_strip,
	chart_tiles, chart_bullet, chart_waterfall, chart_heat, chart_spark,
	chart_timeline;

struct canvas_style chart_style(const struct chart *chart, enum canvas_colour colour,
				enum canvas_anchor anchor);
/* Draws STRING with the middle of its capitals at Y. */
void chart_label(struct canvas *canvas, double x, double y,
		 const struct canvas_style *style, const char *string);
/* The same from X on, over lines, which it interrupts. */
void chart_label_on_paper(struct canvas *canvas, double x, double y,
			  const struct canvas_style *style, const char *string);
/* What is drawn around (X, Y) until canvas_mark_end() belongs to ROW: LABEL in words,
 * and inside a page a link to its explanation. */
void chart_mark_begin(const struct chart *chart, struct canvas *canvas, double x,
		      double y, const struct observation *row, const char *label);
/* "Tỉnh Hà Giang: 12,30%, Chưa đạt" */
void chart_add_label(struct text *out, const struct chart *chart,
		     const struct observation *row);
/* The same string of the model in the chart's language: KEY_vi or KEY_en. */
const char *chart_words(const struct chart *chart, const char *key);
/* A full bar is reached, an open one missed: told apart without colour. */
void chart_paint_bar(struct canvas *canvas, double x, double y, double width,
		     double height, enum status status);
/* How many have which status, which says what the shapes mean: from LEFT, with the
 * first line's middle at Y, in lines that fit WIDTH.  How many lines; CANVAS NULL:
 * only counts them. */
double chart_paint_key(const struct chart *chart, struct canvas *canvas, double left,
		       double y, double width);
/* What the notes take below the body. */
double chart_notes_height(const struct chart *chart);
/* If SOME of what is drawn is contested, the note that says what the sign means. */
void chart_note_disputes(struct chart *chart, bool some);
bool chart_has_disputes(const struct chart *chart);
/* The width of the sign, at the chart's text size. */
double chart_sign_width(const struct chart *chart);
/* The width of what ADD prints for a row, at the chart's text size. */
double chart_widest(const struct chart *chart,
		    void (*add)(struct text *, const struct observation *, const char *));
/* The name of the model's period in the chart's language. */
const char *chart_period(const struct chart *chart);
/* "Kỳ báo cáo: năm 2020" */
void chart_add_period(struct text *out, const struct chart *chart);
/* "9 trong 22 " and WHAT: how many rows are met or on track. */
void chart_add_reached(struct text *out, const struct chart *chart, const char *what);
/* The first row with a target, or NULL. */
const struct observation *chart_target_row(const struct chart *chart);
/* The I-th tick of AXIS: "20%", "0,5%", "78". */
void chart_add_tick(struct text *out, const struct chart *chart,
		    const struct layout_axis *axis, size_t i, bool percent);
void chart_add_target_name(struct text *out, const struct chart *chart,
			   const struct observation *row); /* "Mục tiêu ≥ 20%" */

#endif
