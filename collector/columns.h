/* columns.h -- which column of a table is which field, by its header: of CSV and Excel. */
#ifndef COLLECTOR_COLUMNS_H
#define COLLECTOR_COLUMNS_H

#include "collector/decoder.h"

enum { COLUMNS_MAX = 256, COLUMN_IGNORED = -1 };

struct columns {
	const struct decoding *decoding;
	int count;
	int field[COLUMNS_MAX]; /* or COLUMN_IGNORED */
	struct text unknown, repeated;
	unsigned char seen[RECORD_FIELDS_MAX];
	int too_many;
};

/* Begins anew for DECODING; columns_free() at the end. */
void columns_begin(struct columns *columns, const struct decoding *decoding);
void columns_free(struct columns *columns);
/* The next column.  NAME is that of a field, "field[style]", "words [field]" as in our
 * templates, any of them with a star behind it, or begins with nq17_ and is ignored. */
void columns_add(struct columns *columns, const char *name, size_t length);
/* Are all required fields there? */
int columns_are_complete(const struct columns *columns);
/* Refuses the file for unknown, repeated and missing columns. */
int columns_check(const struct columns *columns, struct error *err);

#endif
