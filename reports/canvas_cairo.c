/* canvas_cairo.c -- the painter for PNG, on cairo and pango. */
#include <math.h>
#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reports/canvas.h"
#include "reports/fonts.h"
#include "reports/fonts_pango.h"
#include "reports/png.h"

struct brush {
	struct canvas canvas; /* first */
	cairo_surface_t *surface;
	cairo_t *cairo;
	PangoLayout *layout;
	struct text *out;

	const struct canvas_picture *about;
	double scale; /* pixels per point */
	int page, wanted;

	struct error error; /* the first one */
};

static struct brush *brush_of(struct canvas *canvas)
{
	return (struct brush *)canvas;
}

/* Only the wanted page is painted. */
static bool is_watched(const struct brush *brush)
{
	return brush->page == brush->wanted;
}

static void start_layout(struct brush *brush)
{
	PangoContext *context = fonts_context_new();

	pango_cairo_update_context(brush->cairo, context);
	brush->layout = pango_layout_new(context);
	pango_layout_set_single_paragraph_mode(brush->layout, TRUE);
	g_object_unref(context);
}

static void set_colour(cairo_t *cairo, enum canvas_colour colour)
{
	const struct canvas_rgb *rgb = &canvas_palette[colour];

	cairo_set_source_rgb(cairo, rgb->red / 255.0, rgb->green / 255.0,
			     rgb->blue / 255.0);
}

/* Widens the spaces of a line; its width afterwards. */
static double spread_line(PangoLayoutLine *line, const char *string, double word_space)
{
	int extra = (int)lround(word_space * PANGO_SCALE);
	PangoRectangle logical;
	double width;
	GSList *item;
	int i, spaces = 0;

	pango_layout_line_get_extents(line, NULL, &logical);
	for (item = line->runs; extra != 0 && item; item = item->next) {
		PangoGlyphItem *run = item->data;

		for (i = 0; i < run->glyphs->num_glyphs; i++) {
			int at = run->item->offset + run->glyphs->log_clusters[i];

			if (string[at] == ' ') {
				run->glyphs->glyphs[i].geometry.width += extra;
				spaces++;
			}
		}
	}
	width = (double)logical.width / PANGO_SCALE;
	return width + spaces * (double)extra / PANGO_SCALE;
}

static void brush_text(struct canvas *canvas, double x, double y,
		       const struct canvas_style *style, const char *string)
{
	struct brush *brush = brush_of(canvas);
	PangoLayoutLine *line;
	double width;

	if (!is_watched(brush))
		return;
	pango_layout_set_font_description(brush->layout, fonts_description(&style->font));
	pango_layout_set_text(brush->layout, string, -1);
	if (pango_layout_get_unknown_glyphs_count(brush->layout) > 0 &&
	    brush->error.kind == ERROR_NONE)
		error_set(&brush->error, ERROR_INVALID,
			  "the typeface has not every letter of \"%s\"", string);
	line = pango_layout_get_line(brush->layout, 0);
	width = spread_line(line, string, style->word_space);
	if (style->anchor == ANCHOR_MIDDLE)
		x -= width / 2;
	else if (style->anchor == ANCHOR_END)
		x -= width;
	set_colour(brush->cairo, style->colour);
	cairo_move_to(brush->cairo, x, y);
	pango_cairo_show_layout_line(brush->cairo, line);
}

static void brush_rectangle(struct canvas *canvas, double x, double y, double width,
			    double height, enum canvas_colour fill)
{
	cairo_t *cairo = brush_of(canvas)->cairo;

	set_colour(cairo, fill);
	cairo_rectangle(cairo, x, y, width, height);
	cairo_fill(cairo);
}

static void trace(cairo_t *cairo, const struct canvas_path *path)
{
	size_t i;

	cairo_new_path(cairo);
	for (i = 0; i < path->count; i++) {
		const struct canvas_step *step = &path->steps[i];

		switch (step->kind) {
		case STEP_MOVE:
			cairo_move_to(cairo, step->x[0], step->y[0]);
			break;
		case STEP_LINE:
			cairo_line_to(cairo, step->x[0], step->y[0]);
			break;
		case STEP_CURVE:
			cairo_curve_to(cairo, step->x[0], step->y[0], step->x[1],
				       step->y[1], step->x[2], step->y[2]);
			break;
		case STEP_CLOSE:
			cairo_close_path(cairo);
			break;
		}
	}
}

/* Fills and strokes what was traced. */
static void ink(cairo_t *cairo, enum canvas_colour fill,
		const struct canvas_stroke *stroke)
{
	if (fill != COLOUR_NONE) {
		set_colour(cairo, fill);
		cairo_fill_preserve(cairo);
	}
	if (stroke->colour != COLOUR_NONE) {
		set_colour(cairo, stroke->colour);
		cairo_set_line_width(cairo, stroke->width);
		cairo_set_dash(cairo, &stroke->dash, stroke->dash > 0 ? 1 : 0, 0);
		cairo_stroke(cairo);
	}
	cairo_new_path(cairo);
}

/* Cairo looks for where the pieces of one stroke cross: a hatching, whose lines do
 * not, is several times as fast line by line. */
static void stroke_apart(cairo_t *cairo, const struct canvas_path *path,
			 const struct canvas_stroke *stroke)
{
	size_t from = 0, to;

	while (from < path->count) {
		struct canvas_path piece = { .steps = path->steps + from };

		for (to = from + 1; to < path->count; to++)
			if (path->steps[to].kind == STEP_MOVE)
				break;
		piece.count = to - from;
		trace(cairo, &piece);
		ink(cairo, COLOUR_NONE, stroke);
		from = to;
	}
}

static void brush_path(struct canvas *canvas, const struct canvas_path *path,
		       enum canvas_colour fill, const struct canvas_stroke *stroke)
{
	cairo_t *cairo = brush_of(canvas)->cairo;

	if (!is_watched(brush_of(canvas)))
		return;
	if (fill == COLOUR_NONE && path->count > 16) {
		stroke_apart(cairo, path, stroke);
		return;
	}
	trace(cairo, path);
	ink(cairo, fill, stroke);
}

static void brush_circle(struct canvas *canvas, double x, double y, double radius,
			 enum canvas_colour fill, const struct canvas_stroke *stroke)
{
	cairo_t *cairo = brush_of(canvas)->cairo;

	if (!is_watched(brush_of(canvas)))
		return;
	cairo_new_path(cairo);
	cairo_arc(cairo, x, y, radius, 0, 2 * M_PI);
	cairo_close_path(cairo);
	ink(cairo, fill, stroke);
}

static void keep_fault(struct brush *brush)
{
	cairo_status_t status = cairo_status(brush->cairo);

	if (status != CAIRO_STATUS_SUCCESS && brush->error.kind == ERROR_NONE)
		error_set(&brush->error, ERROR_INTERNAL, "cairo: %s",
			  cairo_status_to_string(status));
}

static void brush_free(struct canvas *canvas)
{
	struct brush *brush = brush_of(canvas);

	g_clear_object(&brush->layout);
	if (brush->cairo)
		cairo_destroy(brush->cairo);
	if (brush->surface)
		cairo_surface_destroy(brush->surface);
	free(brush);
}

/* One picture, drawn anew for each page and kept for the wanted one.  The
 * other pages are drawn on a single pixel, so that a document lays itself out
 * without knowing that nobody looks. */

static void png_page_begin(struct canvas *canvas, double width, double height)
{
	struct brush *brush = brush_of(canvas);
	int wanted = ++brush->page == brush->wanted;

	brush->surface = cairo_image_surface_create(
		CAIRO_FORMAT_RGB24, wanted ? (int)lround(width * brush->scale) : 1,
		wanted ? (int)lround(height * brush->scale) : 1);
	brush->cairo = cairo_create(brush->surface);
	cairo_scale(brush->cairo, brush->scale, brush->scale);
	start_layout(brush);
	set_colour(brush->cairo, COLOUR_PAPER);
	cairo_paint(brush->cairo);
}

static void png_page_end(struct canvas *canvas)
{
	struct brush *brush = brush_of(canvas);

	keep_fault(brush);
	if (brush->page == brush->wanted && brush->error.kind == ERROR_NONE) {
		const struct png_words words = { .language = brush->about->language,
						 .title = brush->about->title,
						 .description = brush->about->description,
						 .comment = brush->about->keywords };

		cairo_surface_flush(brush->surface);
		png_write(brush->out,
			  (const uint32_t *)(const void *)cairo_image_surface_get_data(
				  brush->surface),
			  (unsigned)cairo_image_surface_get_width(brush->surface),
			  (unsigned)cairo_image_surface_get_height(brush->surface),
			  (size_t)cairo_image_surface_get_stride(brush->surface) / 4,
			  72 * brush->scale, &words, &brush->error);
	}
	g_clear_object(&brush->layout);
	cairo_destroy(brush->cairo);
	cairo_surface_destroy(brush->surface);
	brush->cairo = NULL;
	brush->surface = NULL;
}

static void png_tag_begin(struct canvas *canvas, enum canvas_tag tag, const char *text)
{
	(void)canvas, (void)tag, (void)text;
}

static void png_tag_end(struct canvas *canvas, enum canvas_tag tag)
{
	(void)canvas, (void)tag;
}

static int png_finish(struct canvas *canvas, struct error *err)
{
	struct brush *brush = brush_of(canvas);

	if (brush->error.kind == ERROR_NONE && brush->page < brush->wanted)
		error_set(&brush->error, ERROR_NOT_FOUND,
			  "there is no page %d: the document has %d", brush->wanted,
			  brush->page);
	if (brush->error.kind == ERROR_NONE)
		return 0;
	*err = brush->error;
	return -1;
}

int canvas_png_new(struct canvas **canvas, const struct canvas_picture *about,
		   double scale, int page, struct text *out, struct error *err)
{
	static const struct canvas_painter painter = {
		.page_begin = png_page_begin,
		.page_end = png_page_end,
		.text = brush_text,
		.rectangle = brush_rectangle,
		.path = brush_path,
		.circle = brush_circle,
		.tag_begin = png_tag_begin,
		.tag_end = png_tag_end,
		.finish = png_finish,
		.free = brush_free,
	};
	struct brush *brush;

	*canvas = NULL;
	if (fonts_open(err) != 0)
		return -1;
	brush = memory_zeroed(1, sizeof *brush);
	brush->canvas.painter = &painter;
	brush->out = out;
	brush->about = about;
	brush->scale = scale;
	brush->wanted = page;
	*canvas = &brush->canvas;
	return 0;
}
