/* edition.h -- one report on one agency in one language, drawn once: its files, and the
 * words and the picture that go with it in a letter.
 *
 * Everything is drawn from one snapshot of the store, so that the letter, the table in it
 * and the files behind it cannot disagree.  The title is the report's own; how things stand,
 * and the targets, are told as the compliance report of the same agency and period tells
 * it, whatever the report is. */
#ifndef REPORTS_EDITION_H
#define REPORTS_EDITION_H

#include <stddef.h>

#include "base/db.h"
#include "base/error.h"
#include "base/text.h"

struct edition;

struct edition_request {
	const char *report, *period, *lang;
	const char *agency;           /* VN, a code or CODE@YEAR */
	const char *indicator;        /* of the reports that are of one */
	const char *vintage;          /* its number; NULL: the figures of now */
	const char *site;             /* where it can be verified, or NULL */
	const char *notice;           /* a sentence for page one, or NULL */
	struct report_models *models; /* of a burst, or NULL */
};

/* A target as text, printed for people. */
struct edition_line {
	const char *mark;   /* "●" */
	const char *status; /* "Đạt" */
	const char *name;
	char *value, *target, *fraction; /* "" where there is none */
};

/* Is there a REPORT of that name that can be had in FORMAT ("pdf"; NULL: any)? */
int edition_can(const char *report, const char *format);

/* ERROR_NOT_FOUND where the agency is not listed in the period.  Free with
 * edition_free(). */
int edition_make(struct edition **edition, struct db *db,
		 const struct edition_request *request, struct error *err);
void edition_free(struct edition *edition);

/* Borrowed. */
const char *edition_agency_name(const struct edition *edition);
const char *edition_period_name(const struct edition *edition);
const char *edition_title(const struct edition *edition);
const char *edition_sentence(const struct edition *edition); /* how things stand */
const char *edition_foot(const struct edition *edition);     /* as of, maturity, code */
const char *edition_as_of(const struct edition *edition);
const char *edition_verification(const struct edition *edition);
const char *edition_figures(const struct edition *edition); /* JSON: the observations */
const struct edition_line *edition_lines(const struct edition *edition, size_t *count);

/* The bytes are appended to OUT, after they were looked at, and noted in the register of
 * reports: a file that is not whole, or lacks a figure, is ERROR_INTERNAL. */
int edition_file(const struct edition *edition, struct db *db, const char *format,
		 struct text *out, struct error *err);
/* The table of targets as a PNG of WIDTH pixels; nothing is added where no target
 * applies. */
int edition_picture(const struct edition *edition, int width, struct text *out,
		    struct error *err);

#endif
