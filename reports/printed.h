/* printed.h -- what a report must show, held against what was drawn: a report in which a
 * figure is missing or another is printed is refused, never sent. */
#ifndef REPORTS_PRINTED_H
#define REPORTS_PRINTED_H

#include "base/error.h"
#include "base/text.h"
#include "reports/compliance.h"

/* RECORD is what canvas_record() wrote down of the whole report.  ERROR_INTERNAL names the
 * first figure of which no line holds name, value and fraction together. */
int printed_check(const struct compliance *compliance, const struct text *record,
		  struct error *err);

/* The same of sentences, which tell only what is significant: ERROR_INTERNAL names the first
 * percentage that is none of the model's. */
int printed_known(const struct compliance *compliance, const struct text *record,
		  struct error *err);

#endif
