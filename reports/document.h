/* document.h -- an A4 document laid out as Decree 30/2020/ND-CP asks.
 *
 * Blocks flow down the pages of any canvas in the order in which they are added:
 * margins 30 mm left, 15 mm right, 20 mm above and below; Liberation Serif 13;
 * page numbers in the upper margin from page 2, of each annex for itself.  Headings stay
 * with what follows, tables break between rows and repeat their heads, nothing is cut. */
#ifndef REPORTS_DOCUMENT_H
#define REPORTS_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "reports/canvas.h"
#include "reports/chart.h"
#include "reports/table.h"

struct document;
struct document_sink;

struct document_settings {
	const char *language;
	const char *notice; /* at the foot of every page, first line */
	const char *foot;   /* and the second */
	const char *label; /* at the head of every page: "DỮ LIỆU MẪU"; NULL: none */
	const struct document_sink *watch; /* is shown each table as well; NULL: nobody */
	bool is_landscape;                 /* its pages are turned */
	double reserve;                    /* document_end_height(): document_reserve() */
};

/* The heads of the first page. */
struct document_opening {
	const char *parent;     /* of the issuing agency; "" if none */
	const char *issuer;     /* in capitals */
	const char *number;     /* "Số:        /BC-VPCP", left blank for the clerk */
	const char *draft;      /* under it: that this is a draft */
	const char *place_date; /* "…, ngày … tháng … năm …" */
	const char *title, *subject;
	/* Of an official form: its number, and lines beside its title; NULL: a report. */
	const char *form, *parties, *period;
	const char *receivers; /* "Kính gửi: "; "" or the names below it, each a line */
	const char *receivers_names;
};

/* The end: to whom it goes, and the place for the signature. */
struct document_closing {
	const char *sentence; /* stays on the page of the signature; "": none */
	const char *receivers_title, *receivers; /* each a line */
	/* The office; what belongs below it; and the name, "" if nobody is named. */
	const char *signer, *signature, *signer_name;
	/* Below the receivers: VERIFY_WORDS, beside a QR code of VERIFY_URL; "": none. */
	const char *verify_url, *verify_words;
};

enum document_paragraph {
	PARAGRAPH_BODY, /* justified, first line indented */
	PARAGRAPH_ITEM, /* the same behind a dash */
	PARAGRAPH_NOTE, /* smaller, no indent */
};

/* CANVAS is borrowed; SETTINGS' strings must outlive the document. */
struct document *document_new(struct canvas *canvas,
			      const struct document_settings *settings);

/* Takes what would be drawn: the same document as a workbook or as CSV.  Pictures, the heads
 * of the first page and the signature are left out. */
struct document_sink {
	void (*heading)(void *context, int level, const char *string); /* 0: the title */
	void (*paragraph)(void *context, const char *string);
	void (*table)(void *context, const char *caption, const struct table *table);
	void *context;
};

/* SINK must outlive the document. */
struct document *document_for(const struct document_sink *sink);
bool document_is_drawn(const struct document *document);
/* Ends the last page. */
void document_close(struct document *document);
void document_free(struct document *document);

void document_open(struct document *document, const struct document_opening *opening);
/* LEVEL 1: a section, 2: a part of one; the title is above both. */
void document_heading(struct document *document, int level, const char *string);
void document_paragraph(struct document *document, enum document_paragraph kind,
			const char *string);
/* A caption (bold, kept with it), then the chart at full text width. */
void document_figure(struct document *document, const char *caption,
		     const struct chart *chart);
/* CAPTION may be NULL. */
void document_table(struct document *document, const char *caption, struct table *table);
void document_end(struct document *document, const struct document_closing *closing);
double document_end_height(const struct document_closing *closing); /* what it takes */
/* The next page begins an annex: "PHỤ LỤC", what it is, "(Kèm theo …)". */
void document_annex(struct document *document, bool is_landscape, const char *title,
		    const char *subject, const char *belongs);
/* The least width at which no word of TABLE breaks. */
double document_table_needs(const struct table *table);

/* What is left of the page, below headings that wait for their block. */
double document_room(const struct document *document);
/* The same above the signature, if it is to stand on this page. */
double document_room_signed(const struct document *document);
double document_text_width(void); /* of a page that is not landscape */
double document_wide_width(void); /* of one that is */
double document_text_height(void);

#endif
