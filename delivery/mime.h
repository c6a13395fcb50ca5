/* mime.h -- the encodings of mail: RFC 2045, 2047, 2231.  Pure.
 *
 * Lines end with CRLF and hold at most 76 characters.  What is no UTF-8, or would end a
 * header, cannot come through. */
#ifndef DELIVERY_MIME_H
#define DELIVERY_MIME_H

#include <stddef.h>

#include "base/text.h"

/* "NAME: VALUE" and CRLF; VALUE is UTF-8, in encoded words where it is not plain. */
void mime_add_header(struct text *out, const char *name, const char *value);
/* "NAME: "WORDS" <ADDRESS>" and CRLF. */
void mime_add_mailbox(struct text *out, const char *name, const char *words,
		      const char *address);
/* Text in quoted-printable; its lines end with \n. */
void mime_add_quoted(struct text *out, const char *text);
void mime_add_base64(struct text *out, const void *bytes, size_t length);
/* "; filename=..." for old readers and "; filename*=..." for the others, folded. */
void mime_add_file_name(struct text *out, const char *name);

/* NAME in letters, digits, '.', '-' and '_' only, without accents: safe in any file
 * system and any mail program.  Never empty, never begins with '.' or '-'. */
void mime_add_safe_name(struct text *out, const char *name);

#endif
