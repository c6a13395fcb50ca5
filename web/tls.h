/* tls.h -- the certificate of the server and its key, checked. */
#ifndef WEB_TLS_H
#define WEB_TLS_H

#include "base/error.h"

struct tls {
	char *certificate, *key; /* PEM; both NULL: no TLS */
};

/* Reads both files; with neither named there is no TLS.  One without the other, files
 * that cannot be read or are none, and a key of another certificate are ERROR_INVALID.
 * tls_free() in any case. */
int tls_load(struct tls *tls, const char *certificate_path, const char *key_path,
	     struct error *err);
void tls_free(struct tls *tls);

#endif
