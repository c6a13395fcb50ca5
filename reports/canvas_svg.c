/* canvas_svg.c -- the SVG painter: text stays text.
 *
 * Every string goes through text_add_xml(), so nothing in a model can become
 * markup.  Inside a page a colour is a class, which the style sheet gives its value
 * in each theme; in a picture of its own it is an attribute.  Neither needs an
 * exception from a Content-Security-Policy. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reports/canvas.h"
#include "reports/fonts.h"

struct svg {
	struct canvas canvas; /* first */
	const struct canvas_picture *about;
	struct text *out, *target, unwanted; /* OUT is one of the two */
	int pages;
	double x, y; /* where the mark that is open has its origin */
	bool in_link;
};

static struct svg *svg_of(struct canvas *canvas)
{
	return (struct svg *)canvas;
}

/* At most one decimal, whatever the locale: a tenth of a pixel. */
static void add_number(struct text *out, double value)
{
	long long tenths = llround(value * 10), whole = llabs(tenths) / 10;
	char digits[24], *at = digits + sizeof digits;

	if (tenths % 10) {
		*--at = (char)('0' + llabs(tenths) % 10);
		*--at = '.';
	}
	do {
		*--at = (char)('0' + whole % 10);
		whole /= 10;
	} while (whole > 0);
	if (tenths < 0)
		*--at = '-';
	text_add_bytes(out, at, (size_t)(digits + sizeof digits - at));
}

static void add_attribute(struct text *out, const char *name, double value)
{
	text_add_char(out, ' ');
	text_add(out, name);
	text_add(out, "=\"");
	add_number(out, value);
	text_add_char(out, '"');
}

/* A place that is not said is 0. */
static void add_place(struct svg *svg, const char *name, double value)
{
	if (fabs(value) >= 0.05)
		add_attribute(svg->out, name, value);
}

static void add_rgb(struct text *out, const char *what, enum canvas_colour colour)
{
	static const char hex[] = "0123456789abcdef";
	const struct canvas_rgb *rgb = &canvas_palette[colour];
	const char digits[] = { hex[rgb->red >> 4],   hex[rgb->red & 15],
				hex[rgb->green >> 4], hex[rgb->green & 15],
				hex[rgb->blue >> 4],  hex[rgb->blue & 15] };

	text_add_char(out, ' ');
	text_add(out, what);
	text_add(out, "=\"#");
	text_add_bytes(out, digits, sizeof digits);
	text_add_char(out, '"');
}

/* What is not filled says so; what is not stroked says nothing. */
static void add_colours(struct svg *svg, enum canvas_colour fill,
			const struct canvas_stroke *stroke)
{
	struct text *out = svg->out;
	bool has_line = stroke && stroke->colour != COLOUR_NONE;

	if (fill == COLOUR_NONE)
		text_add(out, " fill=\"none\"");
	else if (!svg->about->is_inside)
		add_rgb(out, "fill", fill);
	if (has_line && !svg->about->is_inside)
		add_rgb(out, "stroke", stroke->colour);
	if (svg->about->is_inside && (fill != COLOUR_NONE || has_line)) {
		text_add(out, " class=\"");
		if (fill != COLOUR_NONE) {
			text_add(out, "fill-");
			text_add(out, canvas_palette[fill].name);
		}
		if (has_line) {
			text_add(out, fill != COLOUR_NONE ? " stroke-" : "stroke-");
			text_add(out, canvas_palette[stroke->colour].name);
		}
		text_add_char(out, '"');
	}
	if (has_line && stroke->width != 1)
		add_attribute(out, "stroke-width", stroke->width);
	if (has_line && stroke->dash > 0)
		add_attribute(out, "stroke-dasharray", stroke->dash);
}

static void add_role(struct text *out, const struct canvas_picture *about)
{
	if (about->is_silent)
		text_add(out, " aria-hidden=\"true\"");
	else if (about->has_marks)
		text_add(out, " role=\"graphics-document\"");
	else
		text_add(out, " role=\"img\"");
}

static void add_alternative(struct text *out, const struct canvas_picture *about)
{
	if (about->is_silent)
		return;
	text_add(out, "<title>");
	text_add_xml(out, about->title);
	text_add(out, "</title>\n<desc>");
	text_add_xml(out, about->description);
	text_add(out, "</desc>\n");
}

static void svg_page_begin(struct canvas *canvas, double width, double height)
{
	struct svg *svg = svg_of(canvas);
	const struct canvas_picture *about = svg->about;
	struct text *out;

	if (svg->pages++ > 0 && about->page == 0)
		BUG("an SVG has one page");
	out = svg->out = about->page == 0 || svg->pages == about->page ? svg->target
								       : &svg->unwanted;
	text_add(out, "<svg");
	if (!about->is_inside)
		text_add(out, " xmlns=\"http://www.w3.org/2000/svg\"");
	text_add(out, " class=\"chart");
	if (about->class) {
		text_add_char(out, ' ');
		text_add_xml(out, about->class);
	}
	text_add_char(out, '"');
	add_role(out, about);
	if (!about->is_silent) {
		text_add(out, " lang=\"");
		text_add_xml(out, about->language);
		text_add_char(out, '"');
	}
	text_add(out, " viewBox=\"0 0 ");
	add_number(out, width);
	text_add_char(out, ' ');
	add_number(out, height);
	text_add_char(out, '"');
	add_attribute(out, "width", width);
	add_attribute(out, "height", height);
	if (!about->is_silent) {
		/* Those with the widths that were measured. */
		text_add(out, " font-family=\"Liberation Sans, Arial, Helvetica, "
			      "sans-serif\"");
		add_attribute(out, "font-size", about->text);
	}
	text_add(out, ">\n");
	add_alternative(out, about);
	if (!about->is_inside)
		canvas_rectangle(canvas, 0, 0, width, height, COLOUR_PAPER);
}

static void svg_page_end(struct canvas *canvas)
{
	struct svg *svg = svg_of(canvas);

	text_add(svg->out, "</svg>\n");
	text_clear(&svg->unwanted);
}

static void svg_text(struct canvas *canvas, double x, double y,
		     const struct canvas_style *style, const char *string)
{
	struct svg *svg = svg_of(canvas);
	struct text *out = svg->out;

	text_add(out, "<text");
	add_place(svg, "x", x - svg->x);
	add_place(svg, "y", y - svg->y);
	if (style->font.family == FAMILY_SERIF)
		text_add(out, " font-family=\"Liberation Serif, Times New Roman, Times, "
			      "serif\"");
	if (fabs(style->font.size - svg->about->text) > 0.01)
		add_attribute(out, "font-size", style->font.size);
	if (style->font.bold)
		text_add(out, " font-weight=\"bold\"");
	if (style->font.italic)
		text_add(out, " font-style=\"italic\"");
	if (style->anchor != ANCHOR_START)
		text_add(out, style->anchor == ANCHOR_END ? " text-anchor=\"end\""
							  : " text-anchor=\"middle\"");
	if (style->word_space != 0)
		add_attribute(out, "word-spacing", style->word_space);
	add_colours(svg, style->colour, NULL);
	text_add_char(out, '>');
	text_add_xml(out, string);
	text_add(out, "</text>\n");
}

static void svg_rectangle(struct canvas *canvas, double x, double y, double width,
			  double height, enum canvas_colour fill)
{
	struct svg *svg = svg_of(canvas);
	struct text *out = svg->out;

	text_add(out, "<rect");
	add_place(svg, "x", x - svg->x);
	add_place(svg, "y", y - svg->y);
	add_attribute(out, "width", width);
	add_attribute(out, "height", height);
	add_colours(svg, fill, NULL);
	text_add(out, "/>\n");
}

static void svg_circle(struct canvas *canvas, double x, double y, double radius,
		       enum canvas_colour fill, const struct canvas_stroke *stroke)
{
	struct svg *svg = svg_of(canvas);
	struct text *out = svg->out;

	text_add(out, "<circle");
	add_place(svg, "cx", x - svg->x);
	add_place(svg, "cy", y - svg->y);
	add_attribute(out, "r", radius);
	add_colours(svg, fill, stroke);
	text_add(out, "/>\n");
}

static void add_points(struct svg *svg, const struct canvas_step *step, int count)
{
	int i;

	for (i = 0; i < count; i++) {
		if (i > 0)
			text_add_char(svg->out, ' ');
		add_number(svg->out, step->x[i] - svg->x);
		text_add_char(svg->out, ' ');
		add_number(svg->out, step->y[i] - svg->y);
	}
}

/* A line along an axis takes one number. */
static void add_line(struct svg *svg, const struct canvas_step *step)
{
	struct text *out = svg->out;

	if (step->kind == STEP_LINE && step[-1].kind <= STEP_LINE &&
	    fabs(step->y[0] - step[-1].y[0]) < 0.01) {
		text_add_char(out, 'H');
		add_number(out, step->x[0] - svg->x);
	} else if (step->kind == STEP_LINE && step[-1].kind <= STEP_LINE &&
		   fabs(step->x[0] - step[-1].x[0]) < 0.01) {
		text_add_char(out, 'V');
		add_number(out, step->y[0] - svg->y);
	} else {
		text_add_char(out, 'L');
		add_points(svg, step, 1);
	}
}

static void svg_path(struct canvas *canvas, const struct canvas_path *path,
		     enum canvas_colour fill, const struct canvas_stroke *stroke)
{
	struct svg *svg = svg_of(canvas);
	struct text *out = svg->out;
	size_t i;

	text_add(out, "<path d=\"");
	for (i = 0; i < path->count; i++) {
		const struct canvas_step *step = &path->steps[i];

		switch (step->kind) {
		case STEP_MOVE:
			text_add_char(out, 'M');
			add_points(svg, step, 1);
			break;
		case STEP_LINE:
			add_line(svg, step);
			break;
		case STEP_CURVE:
			text_add_char(out, 'C');
			add_points(svg, step, 3);
			break;
		case STEP_CLOSE:
			text_add_char(out, 'Z');
			break;
		}
	}
	text_add_char(out, '"');
	add_colours(svg, fill, stroke);
	text_add(out, "/>\n");
}

/* Inside a page a mark leads somewhere; in a picture of its own it only has a name
 * for who points at it. */
static void svg_mark_begin(struct canvas *canvas, double x, double y, const char *label,
			   const char *address)
{
	struct svg *svg = svg_of(canvas);
	struct text *out = svg->out;

	svg->in_link = svg->about->is_inside && *address;
	text_add(out, svg->in_link ? "<a transform=\"translate("
				   : "<g transform=\"translate(");
	add_number(out, x);
	text_add_char(out, ' ');
	add_number(out, y);
	text_add(out, ")\"");
	if (svg->in_link) {
		text_add(out, " href=\"");
		text_add_xml(out, address);
		text_add_char(out, '"');
	} else if (svg->about->has_marks) {
		text_add(out, " role=\"graphics-symbol\"");
	}
	text_add(out, "><title>");
	text_add_xml(out, label);
	text_add(out, "</title>\n");
	svg->x = x;
	svg->y = y;
}

static void svg_mark_end(struct canvas *canvas)
{
	struct svg *svg = svg_of(canvas);

	text_add(svg->out, svg->in_link ? "</a>\n" : "</g>\n");
	svg->x = svg->y = 0;
}

/* The structure of a PDF has no counterpart but its links. */
static void svg_tag(struct canvas *canvas, enum canvas_tag tag, const char *text)
{
	struct svg *svg = svg_of(canvas);

	if (tag != TAG_LINK)
		return;
	text_add(svg->out, "<a href=\"");
	text_add_xml(svg->out, text);
	text_add(svg->out, "\">");
}

static void svg_tag_end(struct canvas *canvas, enum canvas_tag tag)
{
	if (tag == TAG_LINK)
		text_add(svg_of(canvas)->out, "</a>\n");
}

static int svg_finish(struct canvas *canvas, struct error *err)
{
	const struct svg *svg = svg_of(canvas);

	if (svg->pages == 0)
		return error_set(err, ERROR_INTERNAL, "the drawing has no page");
	if (svg->pages < svg->about->page)
		return error_set(err, ERROR_NOT_FOUND,
				 "there is no page %d: the document has %d",
				 svg->about->page, svg->pages);
	return 0;
}

static void svg_free(struct canvas *canvas)
{
	text_free(&svg_of(canvas)->unwanted);
	free(canvas);
}

int canvas_svg_new(struct canvas **canvas, const struct canvas_picture *about,
		   struct text *out, struct error *err)
{
	static const struct canvas_painter painter = {
		.page_begin = svg_page_begin,
		.page_end = svg_page_end,
		.text = svg_text,
		.rectangle = svg_rectangle,
		.path = svg_path,
		.circle = svg_circle,
		.mark_begin = svg_mark_begin,
		.mark_end = svg_mark_end,
		.tag_begin = svg_tag,
		.tag_end = svg_tag_end,
		.finish = svg_finish,
		.free = svg_free,
	};
	struct svg *svg;

	*canvas = NULL;
	if (fonts_open(err) != 0)
		return -1;
	svg = memory_zeroed(1, sizeof *svg);
	svg->canvas.painter = &painter;
	svg->about = about;
	svg->out = svg->target = out;
	*canvas = &svg->canvas;
	return 0;
}
