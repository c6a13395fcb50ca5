/* encoding.h -- the ways a body is compressed on its way to the visitor. */
#ifndef WEB_ENCODING_H
#define WEB_ENCODING_H

#include "base/text.h"

/* The smaller the body, the higher. */
enum encoding { ENCODING_NONE, ENCODING_GZIP, ENCODING_BROTLI };

/* The best that the header Accept-Encoding (or NULL) allows. */
enum encoding encoding_choose(const char *accept_encoding);
/* As in Content-Encoding; NULL for none. */
const char *encoding_name(enum encoding encoding);
/* Compresses BODY in place; LASTING bodies are worth more effort. */
void encoding_pack(enum encoding encoding, int is_lasting, struct text *body);

#endif
