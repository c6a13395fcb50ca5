/* canvas.h -- one sheet to draw on, whoever holds the brush.
 *
 * Charts and documents draw text, rectangles, paths and tags on a struct canvas
 * and cannot tell which painter is behind it: cairo for PNG (canvas_cairo.c), our own
 * for SVG (canvas_svg.c) and PDF (canvas_pdf.c).  Another painter is one more
 * struct canvas_painter.
 *
 * Lengths are points, the origin is the top left corner, y grows downwards.
 * Text is measured by fonts.h for every painter alike, so a layout is the same
 * in every format.  Colours are names, not numbers: a page's style sheet may
 * give them other values (a dark theme).
 *
 * Drawing never fails on the spot: the first fault is kept and reported by
 * canvas_finish(). */
#ifndef REPORTS_CANVAS_H
#define REPORTS_CANVAS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

enum canvas_colour {
	COLOUR_NONE,
	COLOUR_INK,
	COLOUR_MUTED, /* secondary text */
	COLOUR_PAPER,
	COLOUR_WASH, /* behind table heads */
	COLOUR_RULE, /* thin lines, the track of a bar */
	COLOUR_REACHED,
	COLOUR_REACHED_TINT,
	COLOUR_MISSED,
	COLOUR_MISSED_TINT,
	COLOUR_UNKNOWN,
	COLOUR_UNKNOWN_TINT,
	COLOUR_ACCENT,
	COLOUR_STEP_1, /* five classes of one hue, the least first */
	COLOUR_STEP_2,
	COLOUR_STEP_3,
	COLOUR_STEP_4,
	COLOUR_STEP_5,
	COLOUR_STEP_INK, /* text on the upper two */
	COLOUR_COUNT
};

struct canvas_rgb {
	unsigned char red, green, blue;
	const char *name; /* class in SVG: "fill-NAME", "stroke-NAME" */
};

extern const struct canvas_rgb canvas_palette[COLOUR_COUNT];

enum canvas_family { FAMILY_SERIF, FAMILY_SANS };
enum canvas_anchor { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END };

struct canvas_font {
	enum canvas_family family;
	double size; /* points */
	bool bold, italic;
};

struct canvas_style {
	struct canvas_font font;
	enum canvas_colour colour;
	enum canvas_anchor anchor;
	double word_space; /* points added at each space: justified lines */
};

struct canvas_stroke {
	enum canvas_colour colour; /* COLOUR_NONE: no line */
	double width;
	double dash; /* length of dashes and gaps; 0: solid */
};

/* A path: `struct canvas_path p = {0};`, steps, canvas_path_free(). */
enum canvas_step_kind { STEP_MOVE, STEP_LINE, STEP_CURVE, STEP_CLOSE };

struct canvas_step {
	enum canvas_step_kind kind;
	double x[3], y[3]; /* the end is the last used: [0], for curves [2] */
};

struct canvas_path {
	struct canvas_step *steps;
	size_t count, room;
};

void path_move(struct canvas_path *path, double x, double y);
void path_line(struct canvas_path *path, double x, double y);
void path_curve(struct canvas_path *path, double x1, double y1, double x2, double y2,
		double x, double y);
void path_close(struct canvas_path *path);
void path_circle(struct canvas_path *path, double x, double y, double radius);
void canvas_path_free(struct canvas_path *path);

/* What a piece means, for the structure of a PDF.  What lies outside every tag
 * is decoration (running heads, repeated table heads).  Only TAG_LINK and
 * TAG_FIGURE use their text: the address, the alternative. */
enum canvas_tag {
	TAG_DOCUMENT, /* around all pages */
	TAG_H1,
	TAG_H2,
	TAG_H3,
	TAG_P,
	TAG_TABLE,
	TAG_TR,
	TAG_TH,
	TAG_TD,
	TAG_FIGURE,
	TAG_LINK,
	TAG_COUNT
};

struct canvas;

struct canvas_painter {
	void (*page_begin)(struct canvas *canvas, double width, double height);
	void (*page_end)(struct canvas *canvas);
	/* (X, Y) is the anchor on the baseline. */
	void (*text)(struct canvas *canvas, double x, double y,
		     const struct canvas_style *style, const char *string);
	void (*rectangle)(struct canvas *canvas, double x, double y, double width,
			  double height, enum canvas_colour fill);
	void (*path)(struct canvas *canvas, const struct canvas_path *path,
		     enum canvas_colour fill, const struct canvas_stroke *stroke);
	void (*circle)(struct canvas *canvas, double x, double y, double radius,
		       enum canvas_colour fill, const struct canvas_stroke *stroke);
	/* Around what belongs to one figure; both NULL where nobody can point at it. */
	void (*mark_begin)(struct canvas *canvas, double x, double y, const char *label,
			   const char *address);
	void (*mark_end)(struct canvas *canvas);
	void (*tag_begin)(struct canvas *canvas, enum canvas_tag tag, const char *text);
	void (*tag_end)(struct canvas *canvas, enum canvas_tag tag);
	int (*finish)(struct canvas *canvas, struct error *err);
	void (*free)(struct canvas *canvas);
};

/* What a painter's own structure begins with. */
struct canvas {
	const struct canvas_painter *painter;
	double x, y;         /* added to every place: canvas_shift() */
	struct text *record; /* canvas_record() */
	bool in_row;
};

/* From now on what is written goes to RECORD as well, borrowed: each text a line, the texts
 * of a table row one line, with a space between.  NULL ends it. */
void canvas_record(struct canvas *canvas, struct text *record);

void canvas_page_begin(struct canvas *canvas, double width, double height);
void canvas_page_end(struct canvas *canvas);
void canvas_shift(struct canvas *canvas, double dx, double dy);

void canvas_text(struct canvas *canvas, double x, double y,
		 const struct canvas_style *style, const char *string);
void canvas_rectangle(struct canvas *canvas, double x, double y, double width,
		      double height, enum canvas_colour fill);
void canvas_line(struct canvas *canvas, double x1, double y1, double x2, double y2,
		 const struct canvas_stroke *stroke);
/* STROKE may be NULL. */
void canvas_path(struct canvas *canvas, const struct canvas_path *path,
		 enum canvas_colour fill, const struct canvas_stroke *stroke);
void canvas_circle(struct canvas *canvas, double x, double y, double radius,
		   enum canvas_colour fill, const struct canvas_stroke *stroke);
/* Slanted lines inside a rectangle with a thin frame: data is missing here. */
void canvas_hatch(struct canvas *canvas, double x, double y, double width, double height,
		  enum canvas_colour colour);
/* What is drawn until the end belongs to one figure: LABEL says it in words (a
 * tooltip, a screen reader's name), ADDRESS is its explanation or "".  Marks alike
 * but for their place (X, Y) become the same bytes, which packs well. */
void canvas_mark_begin(struct canvas *canvas, double x, double y, const char *label,
		       const char *address);
void canvas_mark_end(struct canvas *canvas);
void canvas_tag_begin(struct canvas *canvas, enum canvas_tag tag, const char *text);
void canvas_tag_end(struct canvas *canvas, enum canvas_tag tag);

/* Ends the drawing; the bytes are then in the text given at the start. */
int canvas_finish(struct canvas *canvas, struct error *err);
void canvas_free(struct canvas *canvas);

/* A file inside a document. */
struct canvas_attachment {
	const char *name, *type; /* "figures.csv", "text/csv" */
	const char *description;
	struct text bytes;
};

/* What a document says about itself. */
struct canvas_about {
	const char *title, *author, *subject;
	const char *language; /* "vi", "en" */
	const char *created;  /* RFC 3339; the document's as-of, never the clock */
	const char *keywords;
	/* Files inside the document, for programs, in the order of their names; read at
	 * the end: they may come while it is drawn.  NULL: none. */
	struct canvas_attachment *const *attachments;
	const size_t *attachments_count;
};

/* What a picture says about itself: an SVG to whoever cannot see it, a PNG to whoever finds the
 * file later. */
struct canvas_picture {
	const char *language, *title, *description;
	const char *keywords; /* for programs that read a PNG; or NULL */
	double text;          /* size of most of its text, points */
	bool is_inside;       /* of a page, whose style sheet has the colours */
	bool has_marks;       /* inside a page: a document of marks, not one image */
	bool is_silent;       /* the page says in words what it shows */
	const char *class;    /* one more class, or NULL */
	int page;             /* of a document, from 1 on; 0: there is one alone */
};

/* The painters.  OUT and ABOUT are borrowed and must outlive the canvas.
 * SVG: one page; title and description are its text alternative.  A document with fewer pages
 * than ABOUT wants is ERROR_NOT_FOUND. */
int canvas_svg_new(struct canvas **canvas, const struct canvas_picture *about,
		   struct text *out, struct error *err);
/* PNG: the page numbered PAGE (from 1) at SCALE pixels per point; a drawing
 * with fewer pages is ERROR_NOT_FOUND. */
int canvas_png_new(struct canvas **canvas, const struct canvas_picture *about,
		   double scale, int page, struct text *out, struct error *err);
int canvas_pdf_new(struct canvas **canvas, const struct canvas_about *about,
		   struct text *out, struct error *err);
/* Where everything stands, a line each, for tests (canvas_boxes.c). */
int canvas_boxes_new(struct canvas **canvas, struct text *out, struct error *err);

#endif
