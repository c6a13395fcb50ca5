/* jwt.h -- is a signed token genuine?  JSON Web Tokens (RFC 7519) by RS256 or ES256. */
#ifndef WEB_JWT_H
#define WEB_JWT_H

#include <stddef.h>

#include <jansson.h>

#include "base/error.h"
#include "base/text.h"

/* The claims of TOKEN, if one of KEYS (the member "keys" of a JWK set) has signed it;
 * *CLAIMS belongs to the caller.  ERROR_NOT_FOUND if none of them is the one it names, so
 * that newer keys may be; ERROR_INVALID for whatever else: what it says counts for nothing
 * then.  No claim is looked at. */
int jwt_verify(const char *token, const json_t *keys, json_t **claims, struct error *err);

/* Base64 for addresses, without padding. */
void jwt_add_base64(struct text *out, const unsigned char *bytes, size_t length);

#endif
