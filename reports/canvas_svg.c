/* canvas_svg.c -- the SVG painter: text stays text, colours are classes.
 *
 * Every string goes through text_add_xml(), so nothing in a model can become
 * markup.  A colour is a class with a presentation attribute behind it: the
 * page's style sheet can restyle the chart, and no inline style needs a
 * Content-Security-Policy exception. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reports/canvas.h"
#include "reports/fonts.h"

struct svg {
	struct canvas canvas; /* first */
	const char *language, *title, *description;
	struct text *out;
	int pages;
};

/* At most two decimals, whatever the locale. */
static void add_number(struct text *out, double value)
{
	long long hundredths = llround(value * 100);
	long long whole = llabs(hundredths) / 100, rest = llabs(hundredths) % 100;

	if (hundredths < 0)
		text_add_char(out, '-');
	text_addf(out, "%lld", whole);
	if (rest % 10)
		text_addf(out, ".%02lld", rest);
	else if (rest)
		text_addf(out, ".%lld", rest / 10);
}

static void add_attribute(struct text *out, const char *name, double value)
{
	text_addf(out, " %s=\"", name);
	add_number(out, value);
	text_add_char(out, '"');
}

static void add_colour(struct text *out, const char *what, enum canvas_colour colour)
{
	const struct canvas_rgb *rgb = &canvas_palette[colour];

	text_addf(out, " %s=\"#%02x%02x%02x\"", what, rgb->red, rgb->green, rgb->blue);
}

static void svg_page_begin(struct canvas *canvas, double width, double height)
{
	struct svg *svg = (struct svg *)canvas;
	struct text *out = svg->out;

	if (svg->pages++ > 0)
		BUG("an SVG has one page");
	text_add(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" "
		      "role=\"img\"");
	text_add(out, " lang=\"");
	text_add_xml(out, svg->language);
	text_add(out, "\" viewBox=\"0 0 ");
	add_number(out, width);
	text_add_char(out, ' ');
	add_number(out, height);
	text_add_char(out, '"');
	add_attribute(out, "width", width);
	add_attribute(out, "height", height);
	text_add(out, ">\n<title>");
	text_add_xml(out, svg->title);
	text_add(out, "</title>\n<desc>");
	text_add_xml(out, svg->description);
	text_add(out, "</desc>\n");
	canvas_rectangle(canvas, 0, 0, width, height, COLOUR_PAPER);
}

static void svg_page_end(struct canvas *canvas)
{
	text_add(((struct svg *)canvas)->out, "</svg>\n");
}

static void svg_text(struct canvas *canvas, double x, double y,
		     const struct canvas_style *style, const char *string)
{
	static const char *const families[] = {
		[FAMILY_SERIF] = "Liberation Serif, Times New Roman, Times, serif",
		[FAMILY_SANS] = "Liberation Sans, Arial, Helvetica, sans-serif",
	};
	struct text *out = ((struct svg *)canvas)->out;

	text_add(out, "<text");
	add_attribute(out, "x", x);
	add_attribute(out, "y", y);
	text_addf(out, " font-family=\"%s\"", families[style->font.family]);
	add_attribute(out, "font-size", style->font.size);
	if (style->font.bold)
		text_add(out, " font-weight=\"bold\"");
	if (style->font.italic)
		text_add(out, " font-style=\"italic\"");
	if (style->anchor != ANCHOR_START)
		text_addf(out, " text-anchor=\"%s\"",
			  style->anchor == ANCHOR_END ? "end" : "middle");
	if (style->word_space != 0)
		add_attribute(out, "word-spacing", style->word_space);
	text_addf(out, " class=\"fill-%s\"", canvas_palette[style->colour].name);
	add_colour(out, "fill", style->colour);
	text_add_char(out, '>');
	text_add_xml(out, string);
	text_add(out, "</text>\n");
}

static void svg_rectangle(struct canvas *canvas, double x, double y, double width,
			  double height, enum canvas_colour fill)
{
	struct text *out = ((struct svg *)canvas)->out;

	text_add(out, "<rect");
	add_attribute(out, "x", x);
	add_attribute(out, "y", y);
	add_attribute(out, "width", width);
	add_attribute(out, "height", height);
	text_addf(out, " class=\"fill-%s\"", canvas_palette[fill].name);
	add_colour(out, "fill", fill);
	text_add(out, "/>\n");
}

static void add_points(struct text *out, const struct canvas_step *step, int count)
{
	int i;

	for (i = 0; i < count; i++) {
		if (i > 0)
			text_add_char(out, ' ');
		add_number(out, step->x[i]);
		text_add_char(out, ' ');
		add_number(out, step->y[i]);
	}
}

static void svg_path(struct canvas *canvas, const struct canvas_path *path,
		     enum canvas_colour fill, const struct canvas_stroke *stroke)
{
	static const struct {
		char letter;
		int points;
	} kinds[] = {
		[STEP_MOVE] = { 'M', 1 },
		[STEP_LINE] = { 'L', 1 },
		[STEP_CURVE] = { 'C', 3 },
		[STEP_CLOSE] = { 'Z', 0 },
	};
	struct text *out = ((struct svg *)canvas)->out;
	size_t i;

	text_add(out, "<path d=\"");
	for (i = 0; i < path->count; i++) {
		const struct canvas_step *step = &path->steps[i];

		text_add_char(out, kinds[step->kind].letter);
		add_points(out, step, kinds[step->kind].points);
	}
	text_addf(out, "\" class=\"fill-%s", canvas_palette[fill].name);
	if (stroke->colour != COLOUR_NONE)
		text_addf(out, " stroke-%s", canvas_palette[stroke->colour].name);
	text_add_char(out, '"');
	if (fill == COLOUR_NONE)
		text_add(out, " fill=\"none\"");
	else
		add_colour(out, "fill", fill);
	if (stroke->colour != COLOUR_NONE) {
		add_colour(out, "stroke", stroke->colour);
		add_attribute(out, "stroke-width", stroke->width);
		if (stroke->dash > 0)
			add_attribute(out, "stroke-dasharray", stroke->dash);
	}
	text_add(out, "/>\n");
}

/* The whole picture is one image with a title; only links are elements. */
static void svg_tag_begin(struct canvas *canvas, enum canvas_tag tag, const char *text)
{
	struct text *out = ((struct svg *)canvas)->out;

	if (tag == TAG_LINK) {
		text_add(out, "<a href=\"");
		text_add_xml(out, text);
		text_add(out, "\">");
	}
}

static void svg_tag_end(struct canvas *canvas, enum canvas_tag tag)
{
	if (tag == TAG_LINK)
		text_add(((struct svg *)canvas)->out, "</a>\n");
}

static int svg_finish(struct canvas *canvas, struct error *err)
{
	if (((struct svg *)canvas)->pages != 1)
		return error_set(err, ERROR_INTERNAL, "the drawing has no page");
	return 0;
}

static void svg_free(struct canvas *canvas)
{
	free(canvas);
}

int canvas_svg_new(struct canvas **canvas, const char *language, const char *title,
		   const char *description, struct text *out, struct error *err)
{
	static const struct canvas_painter painter = {
		.page_begin = svg_page_begin,
		.page_end = svg_page_end,
		.text = svg_text,
		.rectangle = svg_rectangle,
		.path = svg_path,
		.tag_begin = svg_tag_begin,
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
	svg->language = language;
	svg->title = title;
	svg->description = description;
	svg->out = out;
	*canvas = &svg->canvas;
	return 0;
}
