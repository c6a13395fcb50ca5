/* prose.h -- what a letter says, as plain text and as HTML: first the sentence, then
 * the targets.  Both hold everything; the picture and the files only repeat it. */
#ifndef DELIVERY_PROSE_H
#define DELIVERY_PROSE_H

#include <jansson.h>

#include "base/text.h"
#include "reports/reports.h"

/* The same words twice. */
struct prose {
	struct text text, html;
};

void prose_free(struct prose *prose);

/* What the letter is about: HTML without the frame around it. */
struct prose_subject {
	const struct edition *edition;
	const char *report;    /* its kind */
	const char *indicator; /* of reports that are of one, else NULL */
	const char *formats;   /* that are attached: "pdf,xlsx" */
	int picture_height;    /* at 640 pixels of width; 0: no picture */
};

/* Does the picture show the targets, as the letter of the compliance report has it?  Of
 * other reports it is their first page. */
int prose_shows_targets(const char *report);
void prose_report(struct prose *prose, const struct prose_subject *subject,
		  const char *lang);
/* "Chưa gửi số liệu: ..." for the letter and page one: who is silent of READINESS, the
 * JSON of the run.  Nothing is added where nobody is. */
void prose_silent(struct text *out, const json_t *readiness, const char *lang);
/* What a correction corrects: CHANGES are the rows of edition_changes.  IS_FIRST: what was
 * sent had not been published. */
void prose_changes(struct prose *prose, const json_t *changes, int is_first,
		   const char *lang);
void prose_paragraph(struct prose *prose, const char *paragraph);
/* LINK is where the figures can be looked up, or NULL. */
void prose_end(struct prose *prose, const char *lang, const char *link);

/* The frame of an HTML mail around FRAGMENT. */
void prose_frame(struct text *out, const char *lang, const char *title,
		 const char *fragment);

#endif
