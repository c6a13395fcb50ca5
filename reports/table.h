/* table.h -- the contents of a table, cell by cell. */
#ifndef REPORTS_TABLE_H
#define REPORTS_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "reports/canvas.h"
#include "reports/words.h"

struct table_column {
	const char *title;
	enum canvas_anchor align;
	double share; /* of the width left over; 0: as wide as the contents need */
};

/* What a cell is to a program. */
enum table_value {
	VALUE_TEXT,
	VALUE_NUMBER,  /* "1204" */
	VALUE_PERCENT, /* "45.80" */
	VALUE_DATE,    /* "2020-12-31" */
};

struct table_cell {
	char *text, *small; /* small: a second paragraph in small type, or NULL */
	enum status mark;   /* a shape before the text; STATUS_COUNT: none */
	bool bold;
	enum table_value value;
	char *raw; /* the same for programs; NULL: the text is all there is */
};

struct table {
	const struct table_column *columns; /* borrowed */
	size_t columns_count;
	struct table_cell *cells; /* row after row */
	size_t cells_count, cells_room;
	/* How it is drawn; set after table_start(). */
	bool compact; /* smaller type and closer rows: many short rows */
	bool fine;    /* smaller still: many columns */
	/* What stands above each column and those beside it with the same, NULL: nothing;
	 * borrowed.  NULL: nowhere. */
	const char *const *groups;
	bool is_last;  /* the signature stands below it: never without its last rows */
	bool numbered; /* "(1)", "(2)", … below the titles, as forms have it */
	size_t blocks; /* stand side by side, each a part of the rows; 0 is 1 */
	char *note;    /* in small type below the last row, on its page; or NULL */
};

/* TABLE needs no other start than this; free with table_free(). */
void table_start(struct table *table, const struct table_column *columns, size_t count);
void table_free(struct table *table);

/* The next cell, from left to right, row after row.  Strings are copied; SMALL
 * may be NULL. */
void table_add(struct table *table, const char *text);
void table_add_more(struct table *table, const char *text, const char *small);
void table_add_status(struct table *table, enum status status, const char *text,
		      const char *small);
void table_set_bold(struct table *table); /* the cell added last */
/* What the cell added last is to a program: RAW is written with a dot and no separators. */
void table_set_raw(struct table *table, enum table_value value, const char *raw);
/* That, or the text. */
const char *table_raw(const struct table_cell *cell);
/* Adds a sentence to the note, after a space. */
void table_add_note(struct table *table, const char *sentence);
size_t table_rows(const struct table *table);
/* "GROUP: TITLE" of column I: what it is called where no group stands above it. */
void table_add_title(struct text *out, const struct table *table, size_t i);

#endif
