/* style.h -- dates and numbers as people write them, where a column says so.
 *
 * A column declares its style, in its header ("received_at[dd/MM/yyyy]") or in a mapping
 * profile; nothing is guessed, and a value in another style is refused. */
#ifndef COLLECTOR_STYLE_H
#define COLLECTOR_STYLE_H

#include <stddef.h>

#include "base/text.h"

enum style {
	STYLE_NONE,
	STYLE_DAY,         /* dd/MM/yyyy */
	STYLE_DAY_MINUTE,  /* dd/MM/yyyy HH:mm */
	STYLE_DAY_SECOND,  /* dd/MM/yyyy HH:mm:ss */
	STYLE_COMPACT_DAY, /* yyyyMMdd */
	STYLE_COMPACT,     /* yyyyMMddHHmmss */
	STYLE_NUMBER       /* 1.234,5 */
};

/* STYLE_NONE if there is none of that name. */
enum style style_find(const char *name, size_t length);
const char *style_name(enum style style);
/* Every name, for people. */
void style_list(struct text *out);

/* Appends to OUT what BYTES mean, as the checks read it: RFC 3339 without offset, a plain
 * date, digits with a decimal point.  0, or -1 if BYTES are not in STYLE. */
int style_apply(enum style style, const char *bytes, size_t length, struct text *out);

/* "name[style]": *LENGTH becomes that of the name.  STYLE_NONE where no style that we
 * know stands behind it; then *LENGTH is left. */
enum style style_of_header(const char *header, size_t *length);

#endif
