/* canvas_cairo.c -- the painters for PNG and PDF, on cairo and pango. */
#include <cairo-pdf.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reports/canvas.h"
#include "reports/fonts.h"
#include "reports/fonts_pango.h"
#include "reports/pdf_finish.h"
#include "reports/png.h"

struct brush {
	struct canvas canvas; /* first */
	cairo_surface_t *surface;
	cairo_t *cairo;
	PangoLayout *layout;
	struct text *out;

	double scale; /* PNG: pixels per point */
	int page, wanted;

	struct text draft;                /* PDF as cairo writes it */
	const struct canvas_about *about; /* NULL: PNG */
	char **alternatives;              /* of the figures, in order */
	size_t alternatives_count;
	struct text heading; /* what is written inside a heading, for its bookmark */
	double heading_y;    /* where it begins; negative: no heading is open */
	int section;         /* the bookmark of the last section */

	struct error error; /* the first one */
};

static struct brush *brush_of(struct canvas *canvas)
{
	return (struct brush *)canvas;
}

/* Of a PNG only the wanted page is painted. */
static bool is_watched(const struct brush *brush)
{
	return brush->about || brush->page == brush->wanted;
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

/* A heading may take several lines; its bookmark points to the first. */
static void note_heading(struct brush *brush, double top, const char *string)
{
	if (!brush->about || brush->heading_y < 0)
		return;
	if (brush->heading.length == 0)
		brush->heading_y = fmax(top, 0);
	else
		text_add_char(&brush->heading, ' ');
	text_add(&brush->heading, string);
}

static void brush_text(struct canvas *canvas, double x, double y,
		       const struct canvas_style *style, const char *string)
{
	struct brush *brush = brush_of(canvas);
	PangoLayoutLine *line;
	double width;

	if (!is_watched(brush))
		return;
	note_heading(brush, y - style->font.size, string);
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

static void brush_path(struct canvas *canvas, const struct canvas_path *path,
		       enum canvas_colour fill, const struct canvas_stroke *stroke)
{
	cairo_t *cairo = brush_of(canvas)->cairo;

	if (!is_watched(brush_of(canvas)))
		return;
	trace(cairo, path);
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
	size_t i;

	g_clear_object(&brush->layout);
	if (brush->cairo)
		cairo_destroy(brush->cairo);
	if (brush->surface)
		cairo_surface_destroy(brush->surface);
	for (i = 0; i < brush->alternatives_count; i++)
		free(brush->alternatives[i]);
	free(brush->alternatives);
	text_free(&brush->heading);
	text_free(&brush->draft);
	free(brush);
}

/* PNG: one picture, drawn anew for each page and kept for the wanted one.  The
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
		cairo_surface_flush(brush->surface);
		png_write(brush->out,
			  (const uint32_t *)(const void *)cairo_image_surface_get_data(
				  brush->surface),
			  (unsigned)cairo_image_surface_get_width(brush->surface),
			  (unsigned)cairo_image_surface_get_height(brush->surface),
			  (size_t)cairo_image_surface_get_stride(brush->surface) / 4,
			  72 * brush->scale, &brush->error);
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

int canvas_png_new(struct canvas **canvas, double scale, int page, struct text *out,
		   struct error *err)
{
	static const struct canvas_painter painter = {
		.page_begin = png_page_begin,
		.page_end = png_page_end,
		.text = brush_text,
		.rectangle = brush_rectangle,
		.path = brush_path,
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
	brush->scale = scale;
	brush->wanted = page;
	*canvas = &brush->canvas;
	return 0;
}

/* PDF: cairo writes a draft in memory, libqpdf adds what cairo 1.16 cannot. */

static void pdf_page_begin(struct canvas *canvas, double width, double height)
{
	struct brush *brush = brush_of(canvas);

	brush->page++;
	cairo_pdf_surface_set_size(brush->surface, width, height);
}

static void pdf_page_end(struct canvas *canvas)
{
	cairo_show_page(brush_of(canvas)->cairo);
}

static const char *const tag_names[TAG_COUNT] = {
	[TAG_DOCUMENT] = "Document",
	[TAG_H1] = "H1",
	[TAG_H2] = "H2",
	[TAG_H3] = "H3",
	[TAG_P] = "P",
	[TAG_TABLE] = "Table",
	[TAG_TR] = "TR",
	[TAG_TH] = "TH",
	[TAG_TD] = "TD",
	[TAG_FIGURE] = "Figure",
	[TAG_LINK] = CAIRO_TAG_LINK,
};

/* Sections stand below the title of the document, their parts below them. */
static void add_bookmark(struct brush *brush, enum canvas_tag tag)
{
	struct text place = { 0 };
	int parent = tag == TAG_H3 ? brush->section : CAIRO_PDF_OUTLINE_ROOT, added;

	text_addf(&place, "page=%d pos=[0 %d]", brush->page, (int)brush->heading_y);
	added = cairo_pdf_surface_add_outline(
		brush->surface, parent, text_string(&brush->heading), text_string(&place),
		CAIRO_PDF_OUTLINE_FLAG_OPEN);
	if (tag == TAG_H2)
		brush->section = added;
	text_clear(&brush->heading);
	text_free(&place);
}

static int is_bookmarked(enum canvas_tag tag)
{
	return tag == TAG_H2 || tag == TAG_H3;
}

static void pdf_tag_begin(struct canvas *canvas, enum canvas_tag tag, const char *text)
{
	struct brush *brush = brush_of(canvas);
	struct text attributes = { 0 };

	if (is_bookmarked(tag))
		brush->heading_y = 0;
	if (tag == TAG_LINK) {
		text_add(&attributes, "uri='");
		for (; *text; text++) {
			if (*text == '\'' || *text == '\\')
				text_add_char(&attributes, '\\');
			text_add_char(&attributes, *text);
		}
		text_add_char(&attributes, '\'');
	} else if (tag == TAG_FIGURE) {
		brush->alternatives =
			memory_resize(brush->alternatives, brush->alternatives_count + 1,
				      sizeof *brush->alternatives);
		brush->alternatives[brush->alternatives_count++] = memory_copy(text);
	}
	cairo_tag_begin(brush->cairo, tag_names[tag], text_string(&attributes));
	text_free(&attributes);
}

static void pdf_tag_end(struct canvas *canvas, enum canvas_tag tag)
{
	struct brush *brush = brush_of(canvas);

	cairo_tag_end(brush->cairo, tag_names[tag]);
	if (is_bookmarked(tag)) {
		if (brush->heading.length > 0)
			add_bookmark(brush, tag);
		brush->heading_y = -1;
	}
}

static cairo_status_t add_draft(void *closure, const unsigned char *bytes,
				unsigned length)
{
	text_add_bytes(closure, (const char *)bytes, length);
	return CAIRO_STATUS_SUCCESS;
}

static void describe(cairo_surface_t *surface, const struct canvas_about *about)
{
	const struct {
		cairo_pdf_metadata_t key;
		const char *value;
	} facts[] = {
		{ CAIRO_PDF_METADATA_TITLE, about->title },
		{ CAIRO_PDF_METADATA_AUTHOR, about->author },
		{ CAIRO_PDF_METADATA_SUBJECT, about->subject },
		{ CAIRO_PDF_METADATA_KEYWORDS, about->keywords },
		{ CAIRO_PDF_METADATA_CREATOR, "NQ17" },
		{ CAIRO_PDF_METADATA_CREATE_DATE, about->created },
		{ CAIRO_PDF_METADATA_MOD_DATE, about->created },
	};
	size_t i;

	for (i = 0; i < sizeof facts / sizeof *facts; i++)
		if (facts[i].value)
			cairo_pdf_surface_set_metadata(surface, facts[i].key,
						       facts[i].value);
}

static int pdf_finish_canvas(struct canvas *canvas, struct error *err)
{
	struct brush *brush = brush_of(canvas);

	cairo_surface_finish(brush->surface);
	keep_fault(brush);
	if (brush->error.kind != ERROR_NONE) {
		*err = brush->error;
		return -1;
	}
	return pdf_finish(&brush->draft, brush->about,
			  (const char *const *)brush->alternatives,
			  brush->alternatives_count, brush->out, err);
}

int canvas_pdf_new(struct canvas **canvas, const struct canvas_about *about,
		   struct text *out, struct error *err)
{
	static const struct canvas_painter painter = {
		.page_begin = pdf_page_begin,
		.page_end = pdf_page_end,
		.text = brush_text,
		.rectangle = brush_rectangle,
		.path = brush_path,
		.tag_begin = pdf_tag_begin,
		.tag_end = pdf_tag_end,
		.finish = pdf_finish_canvas,
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
	brush->heading_y = -1;
	brush->section = CAIRO_PDF_OUTLINE_ROOT;
	brush->surface =
		cairo_pdf_surface_create_for_stream(add_draft, &brush->draft, 595, 842);
	describe(brush->surface, about);
	brush->cairo = cairo_create(brush->surface);
	start_layout(brush);
	*canvas = &brush->canvas;
	return 0;
}
