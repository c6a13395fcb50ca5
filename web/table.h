/* table.h -- a part of a JSON model as CSV. */
#ifndef WEB_TABLE_H
#define WEB_TABLE_H

#include <jansson.h>

#include "base/text.h"

/* RFC 4180 with a byte order mark (spreadsheets take the text for UTF-8 by it).
 * One line for each element of ROWS, dotted paths that may lead through lists, one
 * path after the other; COLUMNS are members of it, or of what is around it.  Text that a spreadsheet
 * would take for a formula gets an apostrophe before it. */
void table_add_csv(struct text *out, const json_t *model, const char *rows,
		   const char *columns);

#endif
