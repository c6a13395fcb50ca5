/* letter_words.h -- what a letter says, as plain text and as HTML: first the sentence, then
 * the targets.  Both hold everything; the picture and the files only repeat it. */
#ifndef DELIVERY_LETTER_WORDS_H
#define DELIVERY_LETTER_WORDS_H

#include <jansson.h>

#include "base/text.h"
#include "reports/reports.h"

/* The same words twice. */
struct words {
	struct text text, html;
};

void words_free(struct words *words);

/* The report: HTML without the frame around it.  PICTURE_HEIGHT is that at 640 pixels of
 * width; 0: no picture. */
void words_report(struct words *words, const struct edition *edition, const char *lang,
		  int picture_height);
/* "Chưa gửi số liệu: ..." for the letter and page one: who is silent of READINESS, the
 * JSON of the run.  Nothing is added where nobody is. */
void words_silent(struct text *out, const json_t *readiness, const char *lang);
/* What a correction corrects: CHANGES are the rows of edition_changes. */
void words_changes(struct words *words, const json_t *changes, const char *lang);
void words_paragraph(struct words *words, const char *paragraph);
/* LINK is where the figures can be looked up, or NULL. */
void words_end(struct words *words, const char *lang, const char *link);

/* The frame of an HTML mail around FRAGMENT. */
void words_frame(struct text *out, const char *lang, const char *title,
		 const char *fragment);

#endif
