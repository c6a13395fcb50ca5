/* letter.h -- a message as it goes over the wire (RFC 5322, MIME).  Pure: the same letter
 * gives the same bytes. */
#ifndef DELIVERY_LETTER_H
#define DELIVERY_LETTER_H

#include <stddef.h>

#include "base/text.h"

struct letter_file {
	const char *name, *media_type;
	const char *bytes;
	size_t length;
};

struct letter {
	const char *from_words, *from, *to;
	const char *subject, *language;
	const char *message_id;  /* without the brackets */
	const char *in_reply_to; /* of the letter that this one corrects, or NULL */
	const char *unsubscribe; /* address to ask for no more, or NULL */
	long long date;          /* seconds since 1970 */
	const char *zone_offset; /* "+0700" */
	long offset_seconds;
	const char *text, *html; /* HTML NULL: text alone */
	const char *picture;     /* a PNG that the HTML shows as cid:LETTER_PICTURE */
	size_t picture_length;
	const struct letter_file *files;
	size_t files_count;
};

#define LETTER_PICTURE "targets@nq17"

void letter_write(struct text *out, const struct letter *letter);

#endif
