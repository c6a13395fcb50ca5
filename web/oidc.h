/* oidc.h -- the OpenID provider that signs people in (OpenID Connect Core, authorization
 * code with PKCE), as far as HTTP goes: who that is here, sql/functions/account.sql says.
 *
 * Nothing is kept between the two halves of a sign-in but one secret in a cookie of the
 * browser (token.h), from which state, nonce and verifier are derived.  What the provider
 * says of itself is fetched when it is needed and kept for an hour; functions that may
 * fetch wait for it, at most some seconds. */
#ifndef WEB_OIDC_H
#define WEB_OIDC_H

#include "base/config.h"
#include "base/error.h"
#include "base/text.h"

struct oidc;

/* Whom the provider has signed in; owns its strings. */
struct oidc_person {
	char *subject;
	char *login; /* what the claim of the setting says, or NULL */
};

/* What came back with the browser, borrowed; NULL: it did not. */
struct oidc_return {
	const char *state, *code, *issuer;
};

/* *OIDC is NULL where the settings turn it off. */
int oidc_open(struct oidc **oidc, const struct config *config, struct error *err);
void oidc_close(struct oidc *oidc);

const char *oidc_issuer(const struct oidc *oidc);
const char *oidc_name(const struct oidc *oidc); /* NULL: none was set */

/* Where a browser that is to hold SECRET goes; WHENCE, printable ASCII, comes back with
 * it. */
int oidc_start(struct oidc *oidc, const char *secret, const char *whence,
	       struct text *location, struct error *err);

/* WHENCE of a STATE that was made for SECRET some minutes ago; NULL: it was not.  Belongs
 * to the caller. */
char *oidc_whence(const char *secret, const char *state);

/* Takes the code to the provider, and looks hard at what it answers.  ERROR_UNAVAILABLE if
 * it does not, ERROR_INVALID if that is not to be believed.  oidc_whence() has been asked
 * before. */
int oidc_redeem(struct oidc *oidc, const char *secret, const struct oidc_return *given,
		struct oidc_person *person, struct error *err);
void oidc_person_free(struct oidc_person *person);

/* Where people sign out of the provider; ERROR_NOT_FOUND if it has no such place. */
int oidc_end(struct oidc *oidc, struct text *location, struct error *err);

#endif
