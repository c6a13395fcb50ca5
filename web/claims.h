/* claims.h -- does a genuine token say what we asked for?  OpenID Connect Core, 3.1.3.7. */
#ifndef WEB_CLAIMS_H
#define WEB_CLAIMS_H

#include <time.h>

#include <jansson.h>

struct claims_wanted {
	const char *issuer, *client, *nonce;
	time_t now; /* by our clock */
};

/* NULL, or what is wrong with CLAIMS: the end of a sentence that begins "the token". */
const char *claims_judge(const json_t *claims, const struct claims_wanted *wanted);

#endif
