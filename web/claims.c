/* claims.c -- does a genuine token say what we asked for? */
#include "web/claims.h"

#include <string.h>

enum {
	TOKEN_SECONDS = 10 * 60, /* how old a token may be */
	SKEW_SECONDS = 60,       /* between our clock and theirs */
	SUBJECT_MOST = 255,
};

static int is_text(const json_t *value, const char *wanted)
{
	return json_is_string(value) && strcmp(json_string_value(value), wanted) == 0;
}

static int is_for(const json_t *claims, const char *client)
{
	const json_t *audience = json_object_get(claims, "aud"), *one;
	const json_t *party = json_object_get(claims, "azp");
	int is_ours = is_text(audience, client);
	size_t i;

	json_array_foreach(audience, i, one)
		is_ours |= is_text(one, client);
	if (party || json_array_size(audience) > 1)
		is_ours = is_ours && is_text(party, client);
	return is_ours;
}

/* NULL, or what is wrong with the times. */
static const char *judge_times(const json_t *claims, double now)
{
	const json_t *expires = json_object_get(claims, "exp");
	const json_t *issued = json_object_get(claims, "iat");
	const json_t *begins = json_object_get(claims, "nbf");

	if (!json_is_number(expires) || !json_is_number(issued) ||
	    (begins && !json_is_number(begins)))
		return "has no times";
	if (json_number_value(expires) <= now - SKEW_SECONDS)
		return "has expired";
	if (json_number_value(issued) < now - TOKEN_SECONDS - SKEW_SECONDS)
		return "is old";
	if (json_number_value(issued) > now + SKEW_SECONDS ||
	    (begins && json_number_value(begins) > now + SKEW_SECONDS))
		return "is of the future: compare the clocks";
	return NULL;
}

const char *claims_judge(const json_t *claims, const struct claims_wanted *wanted)
{
	const char *subject = json_string_value(json_object_get(claims, "sub"));
	const char *fault = judge_times(claims, (double)wanted->now);

	if (!is_text(json_object_get(claims, "iss"), wanted->issuer))
		return "is of another issuer";
	if (!is_for(claims, wanted->client))
		return "is for somebody else";
	if (fault)
		return fault;
	if (!is_text(json_object_get(claims, "nonce"), wanted->nonce))
		return "is of another sign-in";
	if (!subject || !*subject || strlen(subject) > SUBJECT_MOST)
		return "names nobody";
	return NULL;
}
