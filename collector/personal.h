/* personal.h -- personal data that comes by mistake: identity numbers, phone numbers,
 * e-mail addresses and names of people in text that should hold none (DESIGN 4.11).
 *
 * Made for few false alarms: codes of procedures, dossiers and documents hold digits,
 * wards and districts are called after people.  What counts is told by the table of
 * cases in tests/unit/personal_test.c. */
#ifndef COLLECTOR_PERSONAL_H
#define COLLECTOR_PERSONAL_H

#include <stddef.h>

#include "base/text.h"

enum personal {
	PERSONAL_NONE,
	PERSONAL_IDENTITY, /* 12 digits of a citizen's card, 9 of the one before it */
	PERSONAL_PHONE,    /* of a mobile phone */
	PERSONAL_EMAIL,
	PERSONAL_NAME, /* behind a title: ông, bà, họ tên... */
};

/* What the value of a free-text field (UTF-8, NFC) holds. */
enum personal personal_find(const char *bytes, size_t length);
/* Is it a keyed hash, or something else that tells nothing to a stranger? */
int personal_is_opaque(const char *bytes, size_t length);
/* Its name, in both languages. */
const char *personal_name(enum personal found);

/* Appends TEXT, of a whole record or of one value, to OUT with an x for each digit or
 * letter of what is personal in it.  KEEP (or NULL) is left as it is wherever it stands:
 * the code of the dossier.  Returns whether anything was masked. */
int personal_mask(struct text *out, const char *bytes, size_t length, const char *keep);

#endif
