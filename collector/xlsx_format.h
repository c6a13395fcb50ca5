/* xlsx_format.h -- what the numbers and texts of a workbook mean: by their format, their
 * calendar and their escapes. */
#ifndef COLLECTOR_XLSX_FORMAT_H
#define COLLECTOR_XLSX_FORMAT_H

#include "base/text.h"

/* Does a number format show a date (1), a time of day too (2), or neither (0)? */
int xlsx_format_kind(const char *format);
/* The same of a format that needs no definition, by its number. */
int xlsx_builtin_kind(unsigned format);
/* How many digits a format of zeros alone (000) fills up to; 0: it is another. */
int xlsx_format_digits(const char *format);

/* Appends a serial number of days as a time or a plain date.  -1: out of range. */
int xlsx_print_time(double serial, int is_1904, int has_clock, struct text *out);

/* Appends a text of a workbook: "_x000D_" stands for the character with that number, which
 * XML could not hold or would change (ECMA-376 part 1, 22.9.2.19).  An escaped NUL or half
 * a pair stays as it is written. */
void xlsx_add_text(struct text *out, const char *bytes, size_t length);

#endif
