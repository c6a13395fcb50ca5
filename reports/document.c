/* document.c -- pages, headings, paragraphs and figures of a document. */
#include "reports/document.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reports/document_page.h"
#include "reports/fonts.h"

/* 15 mm on the right, 20 mm below. */
static void set_sheet(struct document *document, double width, double height)
{
	document->sheet = (struct document_sheet){ width, height, width - 15 * MILLIMETRE,
						   height - 20 * MILLIMETRE };
}

double document_text_width(void)
{
	return PAGE_SHORT - 45 * MILLIMETRE;
}

double document_wide_width(void)
{
	return PAGE_LONG - 45 * MILLIMETRE;
}

double document_text_height(void)
{
	return PAGE_LONG - 40 * MILLIMETRE;
}

double document_width(const struct document *document)
{
	return document->sheet.right - PAGE_LEFT;
}

struct canvas_style document_style(double size, bool bold)
{
	return (struct canvas_style){ .font = { FAMILY_SERIF, size, bold, false },
				      .colour = COLOUR_INK };
}

void document_line(struct document *document, double x, double y, double height,
		   const struct canvas_style *style, const struct flow_line *line)
{
	struct canvas_style start = *style;
	struct text text = { 0 };

	start.anchor = ANCHOR_START;
	if (style->anchor == ANCHOR_MIDDLE)
		x -= line->width / 2;
	else if (style->anchor == ANCHOR_END)
		x -= line->width;
	/* A line that goes on ends with a space, or who copies or hears the text
	 * finds its words glued together. */
	text_add(&text, line->string);
	if (!line->closes)
		text_add_char(&text, ' ');
	/* Accents rise above capitals, tails hang below: the rest is shared. */
	canvas_text(document->canvas, x,
		    y + (height + fonts_cap_height(&style->font)) / 2, &start,
		    text_string(&text));
	text_free(&text);
}

static size_t lines_at(const struct canvas_font *font, const char *string, double width)
{
	struct flow_lines lines = { 0 };
	size_t count;

	flow_break(&lines, font, string, width, 0);
	count = lines.count;
	flow_free(&lines);
	return count;
}

/* The least width that needs no more lines: they come out about equally long. */
static double balanced_width(const struct canvas_font *font, const char *string,
			     double width)
{
	size_t count = lines_at(font, string, width);
	double low = width / 2, high = width;

	if (count < 2)
		return width;
	while (high - low > 2) {
		double middle = (low + high) / 2;

		if (lines_at(font, string, middle) > count)
			low = middle;
		else
			high = middle;
	}
	return high;
}

double document_centre(struct document *document, enum canvas_tag tag, double x, double y,
		       double width, const struct canvas_style *style, const char *string)
{
	double height = style->font.size * LINE_HEIGHT;
	struct canvas_style middle = *style;
	struct flow_lines lines = { 0 };
	double whole;
	size_t i;

	middle.anchor = ANCHOR_MIDDLE;
	flow_break(&lines, &style->font, string,
		   balanced_width(&style->font, string, width), 0);
	canvas_tag_begin(document->canvas, tag, NULL);
	for (i = 0; i < lines.count; i++)
		document_line(document, x, y + (double)i * height, height, &middle,
			      &lines.items[i]);
	canvas_tag_end(document->canvas, tag);
	whole = (double)lines.count * height;
	flow_free(&lines);
	return whole;
}

/* The running heads and feet lie outside every tag. */
static void begin_page(struct document *document)
{
	const struct canvas_stroke rule = { COLOUR_RULE, 0.5, 0 };
	struct canvas_style style = document_style(BODY_SIZE, false);
	char number[16];

	const double right = document->sheet.right, bottom = document->sheet.bottom;

	canvas_page_begin(document->canvas, document->sheet.width,
			  document->sheet.height);
	document->page++;
	document->y = PAGE_TOP;
	if (document->page > 1) {
		snprintf(number, sizeof number, "%d", document->page);
		style.anchor = ANCHOR_MIDDLE;
		canvas_text(document->canvas, (PAGE_LEFT + right) / 2, 13 * MILLIMETRE,
			    &style, number);
	}
	if (document->settings.label) {
		style = document_style(12, true);
		style.colour = COLOUR_ACCENT;
		style.anchor = ANCHOR_END;
		canvas_text(document->canvas, right, 13 * MILLIMETRE, &style,
			    document->settings.label);
	}
	style = document_style(8.5, false);
	style.colour = COLOUR_MUTED;
	canvas_line(document->canvas, PAGE_LEFT, bottom + 5 * MILLIMETRE, right,
		    bottom + 5 * MILLIMETRE, &rule);
	canvas_text(document->canvas, PAGE_LEFT, bottom + 9 * MILLIMETRE, &style,
		    document->settings.notice);
	canvas_text(document->canvas, PAGE_LEFT, bottom + 12.8 * MILLIMETRE, &style,
		    document->settings.foot);
}

void document_page_break(struct document *document)
{
	canvas_page_end(document->canvas);
	begin_page(document);
}

static void begin_sheet(struct document *document, bool is_landscape)
{
	document_make_room(document, 0);
	canvas_page_end(document->canvas);
	document->page = 0;
	if (is_landscape)
		set_sheet(document, PAGE_LONG, PAGE_SHORT);
	else
		set_sheet(document, PAGE_SHORT, PAGE_LONG);
	begin_page(document);
}

void document_annex(struct document *document, bool is_landscape, const char *title,
		    const char *subject, const char *belongs)
{
	struct canvas_style style = document_style(14, true);
	double x, width;

	if (document->sink) {
		document->sink->heading(document->sink->context, 1, subject);
		return;
	}
	begin_sheet(document, is_landscape);
	x = (PAGE_LEFT + document->sheet.right) / 2;
	width = document_width(document) * 0.86;
	document->y +=
		document_centre(document, TAG_H2, x, document->y, width, &style, title);
	document->y +=
		document_centre(document, TAG_P, x, document->y, width, &style, subject);
	style = document_style(BODY_SIZE, false);
	style.font.italic = true;
	document->y +=
		document_centre(document, TAG_P, x, document->y, width, &style, belongs) +
		BODY_SPACE;
}

struct document *document_new(struct canvas *canvas,
			      const struct document_settings *settings)
{
	struct document *document = memory_zeroed(1, sizeof *document);

	document->canvas = canvas;
	document->settings = *settings;
	if (settings->is_landscape)
		set_sheet(document, PAGE_LONG, PAGE_SHORT);
	else
		set_sheet(document, PAGE_SHORT, PAGE_LONG);
	begin_page(document);
	canvas_tag_begin(canvas, TAG_DOCUMENT, NULL);
	return document;
}

struct document *document_for(const struct document_sink *sink)
{
	struct document *document = memory_zeroed(1, sizeof *document);

	document->sink = sink;
	set_sheet(document, PAGE_SHORT, PAGE_LONG);
	return document;
}

bool document_is_drawn(const struct document *document)
{
	return document->canvas != NULL;
}

void document_close(struct document *document)
{
	if (document->sink)
		return;
	document_make_room(document, 0);
	canvas_tag_end(document->canvas, TAG_DOCUMENT);
	canvas_page_end(document->canvas);
}

void document_free(struct document *document)
{
	size_t i;

	if (!document)
		return;
	for (i = 0; i < document->waiting_count; i++)
		free(document->waiting[i].string);
	free(document);
}

static double waiting_height(const struct document *document)
{
	double height = 0;
	size_t i;

	for (i = 0; i < document->waiting_count; i++) {
		const struct document_waiting *waiting = &document->waiting[i];

		height += waiting->before + BODY_SPACE +
			  waiting->style.font.size * LINE_HEIGHT *
				  (double)lines_at(&waiting->style.font, waiting->string,
						   document_width(document));
	}
	return height;
}

double document_room(const struct document *document)
{
	return document->sheet.bottom - document->y - waiting_height(document);
}

double document_room_signed(const struct document *document)
{
	return document_room(document) - document->settings.reserve;
}

static void draw_waiting(struct document *document, struct document_waiting *waiting)
{
	double height = waiting->style.font.size * LINE_HEIGHT;
	struct flow_lines lines = { 0 };
	size_t i;

	if (document->y > PAGE_TOP)
		document->y += waiting->before;
	flow_break(&lines, &waiting->style.font, waiting->string,
		   document_width(document), 0);
	canvas_tag_begin(document->canvas, waiting->tag, NULL);
	for (i = 0; i < lines.count; i++, document->y += height)
		document_line(document, PAGE_LEFT, document->y, height, &waiting->style,
			      &lines.items[i]);
	canvas_tag_end(document->canvas, waiting->tag);
	document->y += BODY_SPACE * 0.7;
	flow_free(&lines);
	free(waiting->string);
}

void document_make_room(struct document *document, double height)
{
	size_t i;

	if (document->y > PAGE_TOP &&
	    document->y + waiting_height(document) + height > document->sheet.bottom)
		document_page_break(document);
	for (i = 0; i < document->waiting_count; i++)
		draw_waiting(document, &document->waiting[i]);
	document->waiting_count = 0;
}

static void wait_with(struct document *document, enum canvas_tag tag,
		      const struct canvas_style *style, double before, const char *string)
{
	if (document->waiting_count ==
	    sizeof document->waiting / sizeof *document->waiting)
		document_make_room(document, 0);
	document->waiting[document->waiting_count++] =
		(struct document_waiting){ .string = memory_copy(string),
					   .tag = tag,
					   .style = *style,
					   .before = before };
}

void document_heading(struct document *document, int level, const char *string)
{
	struct canvas_style style = document_style(BODY_SIZE, true);

	if (document->sink) {
		document->sink->heading(document->sink->context, level, string);
		return;
	}
	wait_with(document, level == 1 ? TAG_H2 : TAG_H3, &style, level == 1 ? 10 : 6,
		  string);
}

/* A caption belongs to what follows, as a heading does. */
static void caption(struct document *document, const char *string)
{
	struct canvas_style style = document_style(12, true);

	wait_with(document, TAG_P, &style, 4, string);
}

static void draw_line(struct document *document, const struct flow_line *line, double x,
		      double width, double height, const struct canvas_style *style)
{
	struct canvas_style spread = *style;

	if (!line->closes && line->spaces > 0)
		spread.word_space = (width - line->width) / line->spaces;
	document_line(document, x, document->y, height, &spread, line);
	document->y += height;
}

/* No single line of a paragraph stays behind or goes ahead alone. */
static void draw_lines(struct document *document, const struct flow_lines *lines,
		       double left, double indent, const struct canvas_style *style)
{
	double height = style->font.size * LINE_HEIGHT;
	size_t i, first = lines->count < 4 ? lines->count : 2;

	document_make_room(document, height * (double)first);
	canvas_tag_begin(document->canvas, TAG_P, NULL);
	for (i = 0; i < lines->count; i++) {
		double hung = i == 0 ? indent : 0;
		size_t together = i + 2 == lines->count ? 2 : 1;

		if (i > 0 && document->y + height * (double)together >
				     document->sheet.bottom + 0.01) {
			canvas_tag_end(document->canvas, TAG_P);
			document_page_break(document);
			canvas_tag_begin(document->canvas, TAG_P, NULL);
		}
		draw_line(document, &lines->items[i], PAGE_LEFT + left + hung,
			  document_width(document) - left - hung, height, style);
	}
	canvas_tag_end(document->canvas, TAG_P);
	document->y += BODY_SPACE;
}

void document_paragraph(struct document *document, enum document_paragraph kind,
			const char *string)
{
	struct canvas_style style =
		document_style(kind == PARAGRAPH_NOTE ? 11 : BODY_SIZE, false);
	double indent = kind == PARAGRAPH_NOTE ? 0 : 12.7 * MILLIMETRE;
	struct flow_lines lines = { 0 };
	struct text item = { 0 };

	if (document->sink) {
		document->sink->paragraph(document->sink->context, string);
		return;
	}
	if (kind == PARAGRAPH_ITEM)
		text_add(&item, "- ");
	text_add(&item, string);
	flow_break(&lines, &style.font, text_string(&item), document_width(document),
		   indent);
	draw_lines(document, &lines, 0, indent, &style);
	flow_free(&lines);
	text_free(&item);
}

void document_figure(struct document *document, const char *string,
		     const struct chart *chart)
{
	if (document->sink)
		return;
	caption(document, string);
	document_make_room(document, chart_height(chart) + 4);
	canvas_tag_begin(document->canvas, TAG_FIGURE, chart_alternative(chart));
	canvas_shift(document->canvas, PAGE_LEFT, document->y + 4);
	chart_paint(chart, document->canvas);
	canvas_shift(document->canvas, -PAGE_LEFT, -document->y - 4);
	canvas_tag_end(document->canvas, TAG_FIGURE);
	document->y += chart_height(chart) + 4 + BODY_SPACE * 2;
}

void document_table(struct document *document, const char *string, struct table *table)
{
	if (document->sink) {
		document->sink->table(document->sink->context, string, table);
		return;
	}
	if (document->settings.watch)
		document->settings.watch->table(document->settings.watch->context, string,
						table);
	if (string)
		caption(document, string);
	document_table_draw(document, table);
}
