/* pdf_sign.h -- a digital signature inside a PDF, and the same file without it.
 *
 * The signature is appended as a revision of its own (ISO 32000-1, 12.8: a detached CMS over
 * all bytes but itself), so that what was signed stays in front of it, byte for byte. */
#ifndef REPORTS_PDF_SIGN_H
#define REPORTS_PDF_SIGN_H

#include "base/error.h"
#include "base/text.h"

/* Appends to OUT the file PDF signed with CERTIFICATE (PEM, the signer's first, then what it is
 * signed by) and KEY (PEM).  A file that is no PDF, is signed already, or is not of our shape,
 * and a key that does not fit are ERROR_INVALID. */
int pdf_sign(const struct text *pdf, const struct text *certificate,
	     const struct text *key, struct text *out, struct error *err);

/* How many bytes of FILE stood there before it was signed as pdf_sign() does it, with nothing
 * else added; 0 if it was not, or its signature does not hold. */
size_t pdf_unsigned_length(const struct text *file);

#endif
