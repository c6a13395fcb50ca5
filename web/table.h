/* table.h -- a part of a JSON model line by line, and as CSV.
 *
 * One line for each element of ROWS: dotted paths that may lead through lists, one path
 * after the other. */
#ifndef WEB_TABLE_H
#define WEB_TABLE_H

#include <jansson.h>

#include "base/text.h"

struct table_line;

/* The member NAME of the line's element, or of what is around it ("dispute.due_on": a member
 * of a member); borrowed, NULL: none. */
const json_t *table_value(const struct table_line *line, const char *name);
/* The same of the element alone. */
const json_t *table_own_value(const struct table_line *line, const char *name);
void table_walk(const json_t *model, const char *rows,
		void (*take)(void *context, const struct table_line *line),
		void *context);

/* RFC 4180 with a byte order mark (spreadsheets take the text for UTF-8 by it); the
 * COLUMNS are names, "agency,value".  Text that a spreadsheet would take for a formula gets
 * an apostrophe before it. */
void table_add_csv(struct text *out, const json_t *model, const char *rows,
		   const char *columns);

#endif
