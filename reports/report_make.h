/* report_make.h -- a report out of the store, in one call. */
#ifndef REPORTS_REPORT_MAKE_H
#define REPORTS_REPORT_MAKE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/db.h"
#include "base/error.h"
#include "base/text.h"

struct report_request {
	const char *report, *period, *lang;
	const char *agency;          /* NULL: the nation */
	const char *indicator;       /* NULL: online-filing */
	const char *as_of, *vintage; /* NULL: now */
	const char *site;            /* where it can be verified, or NULL */
	const char *number, *issued; /* "08", "2020-10-20"; NULL: left blank */
	int page;                    /* of a picture, from 1 on */
};

/* Is there a REPORT of that name that can be had in FORMAT: pdf, png, svg, xlsx, csv,
 * json;
 * NULL: in any? */
int report_can(const char *report, const char *format);

/* The names of the reports, with a space between. */
void report_add_names(struct text *out);

/* Can REPORT, or a single chart of that name, be told on today's agencies? */
int report_can_recast(const char *report);

/* Sets *SAMPLE if the store's records are made up: a CSV has no place to say so. */
int report_is_sample(struct db *db, bool *sample, struct error *err);

/* Appends the file to OUT, and notes it in the register of reports.  ERROR_NOT_FOUND where the agency or the indicator is not listed;
 * ERROR_INTERNAL where a figure is not printed as it is. */
int report_make(struct db *db, const struct report_request *request, const char *format,
		struct text *out, struct error *err);

/* The same of a MODEL at hand, whose BYTES PostgreSQL gave. */
int report_write(struct db *db, const json_t *model, const char *bytes,
		 const char *format, const char *lang, int page, struct text *out,
		 struct error *err);

#endif
