/* format.h -- numbers, dates and words as Vietnamese and English print them.
 *
 * Nothing here rounds: figures come as already rounded decimal text ("99.99")
 * or as integers, and only separators are put in.  vi: 1.234,5 and 23/11/2026;
 * en: 1,234.5 and 2026-11-23.  LANGUAGE is "vi" or "en". */
#ifndef REPORTS_FORMAT_H
#define REPORTS_FORMAT_H

#include "base/text.h"

/* The one of two texts that LANGUAGE asks for. */
const char *format_choose(const char *language, const char *vi, const char *en);

/* DIGITS is "-1234.50"; anything else is printed as it is. */
void format_add_decimal(struct text *out, const char *language, const char *digits);
void format_add_percent(struct text *out, const char *language, const char *digits);
void format_add_integer(struct text *out, const char *language, long long value);

/* ISO is a date or an RFC 3339 time; a time is shown in Vietnam's (+07:00).
 * A malformed one is printed as it is. */
void format_add_date(struct text *out, const char *language, const char *iso);
/* "10:00 ngày 23/11/2026", "2026-11-23 10:00". */
void format_add_moment(struct text *out, const char *language, const char *iso);

/* "2020-Q3" -> "Quý III/2020", "Q3 2020"; short enough for an axis.  A period of
 * Decree 09/2019 prints like its calendar namesake. */
void format_add_period(struct text *out, const char *language, const char *code);

void format_add_upper(struct text *out, const char *string); /* in capitals */

#endif
