/* report_kind.h -- the official reports: what each is about, and what it says.
 *
 * One body makes every form: drawn on pages it is the PDF and the PNG, taken down as headings,
 * paragraphs and tables (struct document_sink) the workbook and the CSV. */
#ifndef REPORTS_REPORT_KIND_H
#define REPORTS_REPORT_KIND_H

#include <jansson.h>

#include "base/error.h"
#include "base/text.h"
#include "reports/compliance.h"
#include "reports/document.h"

struct report_kind {
	const char *name;
	/* What it is about, in the title: no full stop. */
	void (*subject)(struct text *out, const struct compliance *report);
	int (*body)(struct compliance *report, struct document *document,
		    struct error *err);
	/* An official form of that number: its own heading, pages turned; NULL: a report. */
	const char *form;
	/* The sentence above the signature; NULL: a form has none. */
	const char *ending_vi, *ending_en;
	/* What follows the signature, or NULL. */
	int (*annex)(struct compliance *report, struct document *document,
		     struct error *err);
	/* Is all of it there?  RECORD is what was drawn; NULL: nothing to hold it against. */
	int (*check)(const struct compliance *report, const struct text *record,
		     struct error *err);
};

extern const struct report_kind report_compliance, report_ranking, report_indicator,
	report_brief, report_restatement, report_evidence, report_form06a;

/* NULL: there is none of that name. */
const struct report_kind *report_kind_find(const char *name);

enum report_pages {
	PAGES_PDF,   /* all */
	PAGES_PNG,   /* one, at 150 dots per inch */
	PAGES_SVG,   /* one */
	PAGES_BOXES, /* where everything stands, for tests: canvas_boxes.c */
};

/* The same model gives the same bytes, appended to OUT.  ERROR_NOT_FOUND for a PAGE beyond the
 * last. */
int report_draw(const struct report_kind *kind, const json_t *model, const char *language,
		enum report_pages form, int page, struct text *out, struct error *err);
/* A workbook: the words on the first sheet, a sheet for each table. */
int report_sheets(const struct report_kind *kind, const json_t *model,
		  const char *language, struct text *out, struct error *err);
/* The figures of the model in the columns of `nq17 kpi`; of one without figures the largest table
 * of the body, after a line of column titles. */
int report_csv(const struct report_kind *kind, const json_t *model, const char *language,
	       struct text *out, struct error *err);
/* The figures alone, and how many there are. */
size_t report_figures_csv(struct text *out, const struct compliance *compliance);
/* TABLE: raw values after a line of titles. */
void report_csv_table(struct text *out, const struct table *table);
/* The body and the annex into SINK. */
int report_tell(const struct report_kind *kind, struct compliance *report,
		const struct document_sink *sink, struct error *err);

/* As of when, how final, how complete, and the code: the foot of every page. */
void report_add_foot(struct text *out, const struct compliance *report);

/* The nation's full table, of the model's "annex"; nothing without it (report_annex.c). */
int report_annex(struct compliance *report, struct document *document, struct error *err);

/* ---- Blocks that several reports have (report_parts.c) -------------------- */

/* "IV. TITLE", counted by NUMBER. */
void report_heading(struct compliance *report, struct document *document, int *number,
		    const char *vi, const char *en);
/* A picture of the members of PART; with ROOM, only if it fits there, else 1. */
int report_figure(struct compliance *report, struct document *document, const char *name,
		  const json_t *part, double room, struct error *err);
/* The targets as bullets; ROOM as in report_figure(). */
int report_targets_figure(struct compliance *report, struct document *document,
			  double room, struct error *err);

enum report_cell {
	CELL_TEXT,
	CELL_WORDS,    /* KEY_vi or KEY_en */
	CELL_INTEGER,  /* also of a string of digits */
	CELL_PERCENT,  /* "45.80" */
	CELL_POINTS,   /* "-1.20": percentage points, with a sign */
	CELL_FRACTION, /* KEYnumerator / KEYdenominator */
	CELL_DATE,
	CELL_MOMENT,
	CELL_STATUS,
	CELL_MOVE,  /* places gained: 3, -2 */
	CELL_NAMED, /* a word that report_word() translates */
};

struct report_column {
	const char *vi, *en, *key;
	enum report_cell cell;
	enum canvas_anchor align;
	double share; /* as in struct table_column */
};

/* A table of ROWS, objects; nothing if there are none. */
void report_table(struct compliance *report, struct document *document,
		  const char *caption_vi, const char *caption_en,
		  const struct report_column *columns, size_t count, const json_t *rows);
/* Each target beside the periods before; the tasks overdue; who sent nothing; the ledger;
 * what was published. */
void report_changes_table(struct compliance *report, struct document *document);
void report_overdue_table(struct compliance *report, struct document *document);
void report_silent_table(struct compliance *report, struct document *document);
void report_ledger_table(struct compliance *report, struct document *document);
void report_vintages_table(struct compliance *report, struct document *document);

#endif
