/* document_page.h -- pages and places; only document*.c include it. */
#ifndef REPORTS_DOCUMENT_PAGE_H
#define REPORTS_DOCUMENT_PAGE_H

#include "reports/document.h"
#include "reports/flow.h"

#define MILLIMETRE  (72 / 25.4)
#define PAGE_SHORT  (210 * MILLIMETRE) /* A4: its width, or its height when landscape */
#define PAGE_LONG   (297 * MILLIMETRE)
#define PAGE_LEFT   (30 * MILLIMETRE)
#define PAGE_TOP    (20 * MILLIMETRE)
#define BODY_SIZE   13.0
#define LINE_HEIGHT 1.3 /* of the size */
#define BODY_SPACE  6.0 /* after a paragraph */

struct document_waiting { /* a heading, until it is known what follows */
	char *string;
	enum canvas_tag tag;
	struct canvas_style style;
	double before;
};

struct document_sheet { /* where text stands on the pages that are drawn now */
	double width, height, right, bottom;
};

struct document {
	struct canvas *canvas;            /* or */
	const struct document_sink *sink; /* one of the two */
	struct document_settings settings;
	struct document_sheet sheet;
	int page; /* annexes are numbered each for itself */
	double y; /* where the next block starts */
	struct document_waiting waiting[4];
	size_t waiting_count;
};

/* In document_table.c. */
void document_table_draw(struct document *document, const struct table *table);

/* In document_code.c: a QR code of ADDRESS, SIZE points wide, with its top left at (X, Y). */
void document_code(struct document *document, double x, double y, double size,
		   const char *address);

struct canvas_style document_style(double size, bool bold);
double document_width(const struct document *document); /* of the text on its pages */
void document_page_break(struct document *document);
/* Breaks the page unless HEIGHT fits below the waiting headings, and draws them. */
void document_make_room(struct document *document, double height);
/* One line of text anchored on X; Y is its top. */
void document_line(struct document *document, double x, double y, double height,
		   const struct canvas_style *style, const struct flow_line *line);
/* Lines tagged TAG and centred on X from Y down; the height they take. */
double document_centre(struct document *document, enum canvas_tag tag, double x, double y,
		       double width, const struct canvas_style *style,
		       const char *string);

#endif
