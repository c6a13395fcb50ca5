/* canvas_pdf.c -- the painter for PDF: tagged, with bookmarks, links and attachments.
 *
 * Written by ourselves, because it takes a fifth of cairo's time and half of its bytes
 * (measured: docs/architecture.md).  The structure of the document is in pdf_tags.c.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reports/canvas.h"
#include "reports/fonts.h"
#include "reports/pdf_file.h"
#include "reports/pdf_font.h"
#include "reports/pdf_tags.h"

struct page {
	int object, content;
	double width, height;
	struct text links; /* references of its annotations */
};

struct bookmark {
	struct text title;
	int page;
	double y; /* of the page, from below */
	bool is_part;
};

struct painter {
	struct canvas canvas; /* first */
	const struct canvas_about *about;
	struct pdf_file file;
	struct pdf_fonts *fonts;
	struct pdf_tags *tags;
	int root, pages_object, resources; /* the numbers of objects */

	struct page *pages;
	size_t pages_count;
	struct text content; /* of the page at hand */
	enum canvas_colour fill, stroke;
	double width, dash; /* of lines */

	struct bookmark *bookmarks;
	size_t bookmarks_count;
	bool in_heading;

	const char *address; /* of the link that is open, or NULL */
	double left, bottom, right, top;

	struct error error; /* the first one */
};

static struct painter *painter_of(struct canvas *canvas)
{
	return (struct painter *)canvas;
}

static struct page *page_of(struct painter *painter)
{
	return &painter->pages[painter->pages_count - 1];
}

/* ---- Pages --------------------------------------------------------------- */

static void pdf_page_begin(struct canvas *canvas, double width, double height)
{
	struct painter *painter = painter_of(canvas);

	painter->pages = memory_resize(painter->pages, painter->pages_count + 1,
				       sizeof *painter->pages);
	painter->pages[painter->pages_count++] =
		(struct page){ .object = pdf_reserve(&painter->file),
			       .content = pdf_reserve(&painter->file),
			       .width = width,
			       .height = height };
	painter->fill = painter->stroke = COLOUR_NONE;
	painter->width = painter->dash = -1;
	pdf_tags_page(painter->tags, page_of(painter)->object);
}

static void pdf_page_end(struct canvas *canvas)
{
	struct painter *painter = painter_of(canvas);

	pdf_tags_rest(painter->tags, &painter->content);
	pdf_stream(&painter->file, page_of(painter)->content, "", painter->content.data,
		   painter->content.length);
	text_clear(&painter->content);
}

/* ---- Ink ----------------------------------------------------------------- */

static void add_numbers(struct text *out, const double *numbers, size_t count,
			const char *operator)
{
	for (size_t i = 0; i < count; i++) {
		pdf_add_number(out, numbers[i]);
		text_add_char(out, ' ');
	}
	text_add(out, operator);
	text_add_char(out, '\n');
}

static void set_colour(struct painter *painter, enum canvas_colour *now,
		       enum canvas_colour colour, const char *operator)
{
	const struct canvas_rgb *rgb = &canvas_palette[colour];

	if (*now == colour)
		return;
	*now = colour;
	/* Two decimals would not give every shade back. */
	text_addf(&painter->content, "%.4g %.4g %.4g %s\n", rgb->red / 255.0,
		  rgb->green / 255.0, rgb->blue / 255.0, operator);
}

static void set_stroke(struct painter *painter, const struct canvas_stroke *stroke)
{
	set_colour(painter, &painter->stroke, stroke->colour, "RG");
	if (stroke->width != painter->width)
		add_numbers(&painter->content, &stroke->width, 1, "w");
	painter->width = stroke->width;
	if (stroke->dash == painter->dash)
		return;
	painter->dash = stroke->dash;
	text_add_char(&painter->content, '[');
	if (stroke->dash > 0)
		pdf_add_number(&painter->content, stroke->dash);
	text_add(&painter->content, "] 0 d\n");
}

static void trace(struct painter *painter, const struct canvas_path *path)
{
	double height = page_of(painter)->height;

	for (size_t i = 0; i < path->count; i++) {
		const struct canvas_step *step = &path->steps[i];
		const double numbers[] = { step->x[0], height - step->y[0],
					   step->x[1], height - step->y[1],
					   step->x[2], height - step->y[2] };

		switch (step->kind) {
		case STEP_MOVE:
			add_numbers(&painter->content, numbers, 2, "m");
			break;
		case STEP_LINE:
			add_numbers(&painter->content, numbers, 2, "l");
			break;
		case STEP_CURVE:
			add_numbers(&painter->content, numbers, 6, "c");
			break;
		case STEP_CLOSE:
			text_add(&painter->content, "h\n");
			break;
		}
	}
}

static void pdf_path(struct canvas *canvas, const struct canvas_path *path,
		     enum canvas_colour fill, const struct canvas_stroke *stroke)
{
	struct painter *painter = painter_of(canvas);
	bool fills = fill != COLOUR_NONE, strokes = stroke->colour != COLOUR_NONE;

	if (path->count == 0 || (!fills && !strokes))
		return;
	pdf_tags_ink(painter->tags, &painter->content);
	if (fills)
		set_colour(painter, &painter->fill, fill, "rg");
	if (strokes)
		set_stroke(painter, stroke);
	trace(painter, path);
	text_add(&painter->content, !strokes ? "f\n" : fills ? "B\n" : "S\n");
}

static void pdf_rectangle(struct canvas *canvas, double x, double y, double width,
			  double height, enum canvas_colour fill)
{
	struct painter *painter = painter_of(canvas);
	const double numbers[] = { x, page_of(painter)->height - y - height, width,
				   height };

	if (fill == COLOUR_NONE)
		return;
	pdf_tags_ink(painter->tags, &painter->content);
	set_colour(painter, &painter->fill, fill, "rg");
	add_numbers(&painter->content, numbers, 4, "re f");
}

static void pdf_circle(struct canvas *canvas, double x, double y, double radius,
		       enum canvas_colour fill, const struct canvas_stroke *stroke)
{
	struct canvas_path path = { 0 };

	path_circle(&path, x, y, radius);
	pdf_path(canvas, &path, fill, stroke);
	canvas_path_free(&path);
}

/* ---- Text ---------------------------------------------------------------- */

static double width_of(const struct pdf_glyph *glyphs, size_t count,
		       const struct canvas_style *style)
{
	double width = 0;

	for (size_t i = 0; i < count; i++)
		width += glyphs[i].advance * style->font.size / 1000 +
			 (glyphs[i].is_space ? style->word_space : 0);
	return width;
}

static void add_glyph(struct text *out, uint16_t number)
{
	const char bytes[] = { (char)(number >> 8), (char)number };

	for (int i = 0; i < 2; i++) {
		if (bytes[i] == '\r') {
			text_add(out, "\\r"); /* a reader would take it for \n */
			continue;
		}
		if (strchr("()\\", bytes[i]) && bytes[i])
			text_add_char(out, '\\');
		text_add_char(out, bytes[i]);
	}
}

/* A string in parentheses, left for what stands otherwise than the widths say. */
static void add_glyphs(struct text *out, const struct pdf_glyph *glyphs, size_t count,
		       const struct canvas_style *style)
{
	double pending = 0; /* to the right, in thousandths */
	bool is_raised = false;

	text_add(out, "[(");
	for (size_t i = 0; i < count; i++) {
		const struct pdf_glyph *glyph = &glyphs[i];

		if (is_raised != (glyph->shift_y != 0)) {
			is_raised = !is_raised;
			text_add(out, ")]TJ ");
			pdf_add_number(out, glyph->shift_y * style->font.size / 1000);
			text_add(out, " Ts [(");
		}
		if (fabs(pending + glyph->shift_x) > 0.05) {
			text_add_char(out, ')');
			pdf_add_number(out, -pending - glyph->shift_x);
			text_add_char(out, '(');
			pending = -glyph->shift_x;
		}
		add_glyph(out, glyph->number);
		pending += glyph->advance - glyph->width;
		if (glyph->is_space)
			pending += style->word_space * 1000 / style->font.size;
	}
	text_add(out, is_raised ? ")]TJ 0 Ts" : ")]TJ");
}

static void widen_link(struct painter *painter, double x, double y, double width,
		       double size)
{
	if (!painter->address)
		return;
	painter->left = fmin(painter->left, x);
	painter->right = fmax(painter->right, x + width);
	painter->bottom = fmin(painter->bottom, y - size * 0.25);
	painter->top = fmax(painter->top, y + size * 0.8);
}

/* A heading may take several lines; its bookmark points to the first. */
static void note_heading(struct painter *painter, double top, const char *string)
{
	struct bookmark *bookmark;

	if (!painter->in_heading)
		return;
	bookmark = &painter->bookmarks[painter->bookmarks_count - 1];
	if (bookmark->title.length == 0) {
		bookmark->page = page_of(painter)->object;
		bookmark->y = top;
	}
	text_add(&bookmark->title, string);
}

static void pdf_text(struct canvas *canvas, double x, double y,
		     const struct canvas_style *style, const char *string)
{
	struct painter *painter = painter_of(canvas);
	const struct pdf_glyph *glyphs;
	size_t count;
	double width;
	int face;

	if (painter->error.kind != ERROR_NONE ||
	    pdf_fonts_shape(painter->fonts, &style->font, string, &glyphs, &count, &face,
			    &painter->error) != 0)
		return;
	y = page_of(painter)->height - y;
	width = width_of(glyphs, count, style);
	if (style->anchor != ANCHOR_START)
		x -= style->anchor == ANCHOR_MIDDLE ? width / 2 : width;
	note_heading(painter, y + style->font.size, string);
	widen_link(painter, x, y, width, style->font.size);
	pdf_tags_ink(painter->tags, &painter->content);
	set_colour(painter, &painter->fill, style->colour, "rg");
	text_addf(&painter->content, "BT/F%d ", face);
	add_numbers(&painter->content, (const double[]){ style->font.size }, 1, "Tf");
	add_numbers(&painter->content, (const double[]){ x, y }, 2, "Td");
	add_glyphs(&painter->content, glyphs, count, style);
	text_add(&painter->content, " ET\n");
}

/* ---- Tags ---------------------------------------------------------------- */

static void open_bookmark(struct painter *painter, enum canvas_tag tag)
{
	painter->bookmarks =
		memory_resize(painter->bookmarks, painter->bookmarks_count + 1,
			      sizeof *painter->bookmarks);
	painter->bookmarks[painter->bookmarks_count++] =
		(struct bookmark){ .is_part = tag == TAG_H3 };
	painter->in_heading = true;
}

static void close_bookmark(struct painter *painter)
{
	painter->in_heading = false;
	if (painter->bookmarks[painter->bookmarks_count - 1].title.length == 0)
		painter->bookmarks_count--;
}

static void pdf_tag_begin(struct canvas *canvas, enum canvas_tag tag, const char *text)
{
	struct painter *painter = painter_of(canvas);

	pdf_tags_begin(painter->tags, tag, tag == TAG_FIGURE ? text : "");
	if (tag == TAG_H2 || tag == TAG_H3)
		open_bookmark(painter, tag);
	if (tag == TAG_LINK) {
		painter->address = text;
		painter->left = painter->bottom = INFINITY;
		painter->right = painter->top = -INFINITY;
	}
}

static void add_link(struct painter *painter)
{
	const double corners[] = { painter->left, painter->bottom, painter->right,
				   painter->top };
	int number = pdf_reserve(&painter->file);
	struct text body = { 0 };

	text_add(&body, "<</Type/Annot/Subtype/Link/Border[0 0 0]/F 4/Rect[");
	add_numbers(&body, corners, 4, "]");
	text_addf(&body, "/StructParent %d/Contents ",
		  pdf_tags_annotation(painter->tags, number));
	pdf_add_string(&body, painter->address);
	text_add(&body, "/A<</S/URI/URI ");
	pdf_add_bytes(&body, painter->address);
	text_add(&body, ">>>>");
	pdf_object(&painter->file, number, &body);
	pdf_add_reference(&page_of(painter)->links, number);
	text_add_char(&page_of(painter)->links, ' ');
	text_free(&body);
}

static void pdf_tag_end(struct canvas *canvas, enum canvas_tag tag)
{
	struct painter *painter = painter_of(canvas);

	if (tag == TAG_LINK) {
		if (painter->left < painter->right)
			add_link(painter);
		painter->address = NULL;
	}
	if (painter->in_heading && (tag == TAG_H2 || tag == TAG_H3))
		close_bookmark(painter);
	pdf_tags_end(painter->tags);
}

/* ---- The end ------------------------------------------------------------- */

static void write_pages(struct painter *painter)
{
	struct text body = { 0 }, kids = { 0 };

	for (size_t i = 0; i < painter->pages_count; i++) {
		const struct page *page = &painter->pages[i];

		text_clear(&body);
		text_addf(&body,
			  "<</Type/Page/Parent %d 0 R/Resources %d 0 R/MediaBox[0 0 ",
			  painter->pages_object, painter->resources);
		add_numbers(&body, (const double[]){ page->width, page->height }, 2, "]");
		text_addf(&body, "/Contents %d 0 R/StructParents %zu/Tabs/S",
			  page->content, i);
		if (page->links.length)
			text_addf(&body, "/Annots[%s]", text_string(&page->links));
		text_add(&body, ">>");
		pdf_object(&painter->file, page->object, &body);
		pdf_add_reference(&kids, page->object);
		text_add_char(&kids, ' ');
	}
	text_clear(&body);
	text_addf(&body, "<</Type/Pages/Count %zu/Kids[%s]>>", painter->pages_count,
		  text_string(&kids));
	pdf_object(&painter->file, painter->pages_object, &body);
	text_free(&body);
	text_free(&kids);
}

/* Sections stand below the title of the document, their parts below them: the neighbour of
 * bookmark AT in direction STEP, or the number of bookmarks. */
static size_t neighbour(const struct painter *painter, size_t at, size_t step)
{
	const struct bookmark *all = painter->bookmarks;
	size_t i = at;

	do {
		i += step;
		if (i >= painter->bookmarks_count || (all[at].is_part && !all[i].is_part))
			return painter->bookmarks_count;
	} while (all[i].is_part != all[at].is_part);
	return i;
}

static size_t parts_of(const struct painter *painter, size_t section)
{
	size_t end = section + 1;

	while (end < painter->bookmarks_count && painter->bookmarks[end].is_part)
		end++;
	return end - section - 1;
}

static void write_bookmark(struct painter *painter, size_t at, int first, int parent)
{
	const struct bookmark *bookmark = &painter->bookmarks[at];
	size_t count = painter->bookmarks_count, parts = parts_of(painter, at);
	size_t before = neighbour(painter, at, (size_t)-1);
	size_t next = neighbour(painter, at, 1);
	struct text body = { 0 };

	text_add(&body, "<</Title ");
	pdf_add_string(&body, text_string(&bookmark->title));
	text_addf(&body, "/Parent %d 0 R/Dest[%d 0 R/XYZ 0 ", parent, bookmark->page);
	add_numbers(&body, &bookmark->y, 1, "null]");
	if (before < count)
		text_addf(&body, "/Prev %d 0 R", first + (int)before);
	if (next < count)
		text_addf(&body, "/Next %d 0 R", first + (int)next);
	if (!bookmark->is_part && parts > 0)
		text_addf(&body, "/First %d 0 R/Last %d 0 R/Count %zu",
			  first + (int)at + 1, first + (int)(at + parts), parts);
	text_add(&body, ">>");
	pdf_object(&painter->file, first + (int)at, &body);
	text_free(&body);
}

/* Its number, or 0. */
static int write_bookmarks(struct painter *painter)
{
	size_t count = painter->bookmarks_count, last = 0;
	struct text body = { 0 };
	int root, section, first = 0;

	if (count == 0)
		return 0;
	root = section = pdf_reserve(&painter->file);
	painter->bookmarks[0].is_part = false; /* a part of nothing */
	for (size_t i = 0; i < count; i++) {
		int number = pdf_reserve(&painter->file);

		first = i == 0 ? number : first;
	}
	for (size_t i = 0; i < count; i++) {
		if (!painter->bookmarks[i].is_part) {
			section = first + (int)i;
			last = i;
		}
		write_bookmark(painter, i, first,
			       painter->bookmarks[i].is_part ? section : root);
	}
	text_addf(&body, "<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %zu>>", first,
		  first + (int)last, count);
	pdf_object(&painter->file, root, &body);
	text_free(&body);
	return root;
}

static int write_attachment(struct painter *painter,
			    const struct canvas_attachment *attachment)
{
	int stream = pdf_reserve(&painter->file), number = pdf_reserve(&painter->file);
	struct text body = { 0 };

	/* In a name a slash is #2F. */
	text_addf(&body, "/Type/EmbeddedFile/Subtype%s/Params<</Size %zu>>",
		  attachment->type, attachment->bytes.length);
	pdf_stream(&painter->file, stream, text_string(&body),
		   text_string(&attachment->bytes), attachment->bytes.length);
	text_clear(&body);
	text_add(&body, "<</Type/Filespec/AFRelationship/Data/F ");
	pdf_add_bytes(&body, attachment->name);
	text_add(&body, "/UF ");
	pdf_add_string(&body, attachment->name);
	text_add(&body, "/Desc ");
	pdf_add_string(&body, attachment->description);
	text_addf(&body, "/EF<</F %d 0 R>>>>", stream);
	pdf_object(&painter->file, number, &body);
	text_free(&body);
	return number;
}

static void add_attachments(struct painter *painter, struct text *catalogue)
{
	const struct canvas_about *about = painter->about;
	struct text names = { 0 }, all = { 0 };

	if (!about->attachments || *about->attachments_count == 0)
		return;
	for (size_t i = 0; i < *about->attachments_count; i++) {
		const struct canvas_attachment *given = &(*about->attachments)[i];
		int number = write_attachment(painter, given);

		pdf_add_string(&names, given->name);
		text_addf(&names, " %d 0 R ", number);
		text_addf(&all, "%d 0 R ", number);
	}
	text_addf(catalogue, "/Names<</EmbeddedFiles<</Names[%s]>>>>/AF[%s]",
		  text_string(&names), text_string(&all));
	text_free(&names);
	text_free(&all);
}

/* "2020-12-14T10:00:00+07:00" as D:20201214100000+07'00'. */
static void add_moment(struct text *out, const char *moment)
{
	text_add(out, "(D:");
	for (size_t i = 0; moment[i]; i++) {
		bool is_zone = i > 10 && strchr("+-", moment[i]) != NULL;

		if (is_zone) {
			text_addf(out, "%.3s'%.2s'", moment + i,
				  strlen(moment + i) >= 6 ? moment + i + 4 : "00");
			break;
		}
		if (moment[i] == '.')
			i += strspn(moment + i + 1, "0123456789");
		else if (moment[i] == 'Z')
			text_add_char(out, 'Z');
		else if (moment[i] >= '0' && moment[i] <= '9')
			text_add_char(out, moment[i]);
	}
	text_add_char(out, ')');
}

static int write_information(struct painter *painter)
{
	const struct canvas_about *about = painter->about;
	const struct {
		const char *key, *value;
	} facts[] = {
		{ "/Title", about->title },     { "/Author", about->author },
		{ "/Subject", about->subject }, { "/Keywords", about->keywords },
		{ "/Creator", "NQ17" },         { "/Producer", "NQ17" },
	};
	int number = pdf_reserve(&painter->file);
	struct text body = { 0 };

	text_add(&body, "<<");
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		if (!facts[i].value)
			continue;
		text_add(&body, facts[i].key);
		pdf_add_string(&body, facts[i].value);
	}
	if (about->created) {
		text_add(&body, "/CreationDate");
		add_moment(&body, about->created);
		text_add(&body, "/ModDate");
		add_moment(&body, about->created);
	}
	text_add(&body, ">>");
	pdf_object(&painter->file, number, &body);
	text_free(&body);
	return number;
}

static void write_catalogue(struct painter *painter)
{
	int structure = pdf_tags_write(painter->tags, &painter->file);
	int bookmarks = write_bookmarks(painter);
	struct text body = { 0 };

	text_addf(&body,
		  "<</Type/Catalog/Pages %d 0 R/StructTreeRoot %d 0 R"
		  "/MarkInfo<</Marked true>>/ViewerPreferences<</DisplayDocTitle true>>",
		  painter->pages_object, structure);
	if (bookmarks)
		text_addf(&body, "/Outlines %d 0 R/PageMode/UseOutlines", bookmarks);
	text_add(&body, "/Lang");
	pdf_add_string(&body, painter->about->language);
	add_attachments(painter, &body);
	text_add(&body, ">>");
	pdf_object(&painter->file, painter->root, &body);
	text_free(&body);
}

static int pdf_finish(struct canvas *canvas, struct error *err)
{
	struct painter *painter = painter_of(canvas);
	struct text resources = { 0 };
	int status;

	if (painter->error.kind != ERROR_NONE) {
		*err = painter->error;
		return -1;
	}
	text_add(&resources, "<<");
	status = pdf_fonts_write(painter->fonts, &painter->file, &resources, err);
	text_add(&resources, ">>");
	if (status == 0) {
		pdf_object(&painter->file, painter->resources, &resources);
		write_pages(painter);
		write_catalogue(painter);
		pdf_end(&painter->file, painter->root, write_information(painter));
	}
	text_free(&resources);
	return status;
}

static void pdf_free(struct canvas *canvas)
{
	struct painter *painter = painter_of(canvas);

	pdf_abandon(&painter->file);
	pdf_fonts_free(painter->fonts);
	pdf_tags_free(painter->tags);
	for (size_t i = 0; i < painter->pages_count; i++)
		text_free(&painter->pages[i].links);
	for (size_t i = 0; i < painter->bookmarks_count; i++)
		text_free(&painter->bookmarks[i].title);
	free(painter->pages);
	free(painter->bookmarks);
	text_free(&painter->content);
	free(painter);
}

int canvas_pdf_new(struct canvas **canvas, const struct canvas_about *about,
		   struct text *out, struct error *err)
{
	static const struct canvas_painter methods = {
		.page_begin = pdf_page_begin,
		.page_end = pdf_page_end,
		.text = pdf_text,
		.rectangle = pdf_rectangle,
		.path = pdf_path,
		.circle = pdf_circle,
		.tag_begin = pdf_tag_begin,
		.tag_end = pdf_tag_end,
		.finish = pdf_finish,
		.free = pdf_free,
	};
	struct painter *painter;

	*canvas = NULL;
	if (fonts_open(err) != 0) /* whoever lays the document out measures with them */
		return -1;
	painter = memory_zeroed(1, sizeof *painter);
	painter->canvas.painter = &methods;
	painter->about = about;
	painter->fonts = pdf_fonts_new();
	painter->tags = pdf_tags_new();
	pdf_begin(&painter->file, out);
	painter->root = pdf_reserve(&painter->file);
	painter->pages_object = pdf_reserve(&painter->file);
	painter->resources = pdf_reserve(&painter->file);
	*canvas = &painter->canvas;
	return 0;
}
