/* letterhead.h -- who a report is from and for: the heads of its first page and its end.
 *
 * The model's "issuer" holds what the agency has set (sql/functions/letterhead.sql), and what
 * was asked for: parent, name, symbol, place, receivers, recipients, position, signer; number,
 * issued ("2020-10-20").  Whatever is not there is left blank for the clerk. */
#ifndef REPORTS_LETTERHEAD_H
#define REPORTS_LETTERHEAD_H

#include "reports/compliance.h"
#include "reports/document.h"
#include "reports/report_kind.h"

struct letterhead {
	struct document_opening opening;
	struct document_closing closing;
	struct text parts[11]; /* what the two point at */
	size_t parts_count;
};

/* SUBJECT and REPORT are borrowed.  Free with letterhead_free(). */
void letterhead_read(struct letterhead *letterhead, const struct compliance *report,
		     const struct report_kind *kind, const char *subject);
void letterhead_free(struct letterhead *letterhead);
/* "(Kèm theo Báo cáo số …/BC-… ngày … tháng … năm … của …)", below the title of an annex. */
void letterhead_add_belongs(struct text *out, const struct compliance *report);
/* Tells MODEL the number and the day of issue; NULL: they stay blank. */
void letterhead_set(json_t *model, const char *number, const char *issued);
/* Can they be printed? */
int letterhead_is_right(const char *number, const char *issued);

#endif
