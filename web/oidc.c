/* oidc.c -- the OpenID provider that signs people in. */
#include "web/oidc.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <jansson.h>
#include <sodium.h>

#include "base/credentials.h"
#include "base/log.h"
#include "base/memory.h"
#include "web/claims.h"
#include "web/jwt.h"
#include "web/outside.h"
#include "web/token.h"

#define DISCOVERY "/.well-known/openid-configuration"
#define BACK      "/login/sso/back"

enum {
	KEPT_SECONDS = 3600,       /* what the provider says of itself */
	STALE_SECONDS = 24 * 3600, /* the same, while it does not answer */
	PAUSE_SECONDS = 5,         /* between two questions for the same */
	START_SECONDS = 15 * 60,   /* for people to sign in there */
};

struct kept {
	json_t *document; /* NULL: none yet */
	time_t at, tried; /* CLOCK_MONOTONIC, seconds; tried: in vain */
};

struct oidc {
	char *issuer, *client, *scopes, *claim, *name, *ca, *here;
	struct credentials credentials;
	int may_be_plain;     /* a provider on this machine, for trials */
	pthread_mutex_t lock; /* both below */
	struct kept facts, keys;
};

/* ---- Settings ----------------------------------------------------------- */

static char *copy(const char *value)
{
	return value ? memory_copy(value) : NULL;
}

int oidc_open(struct oidc **result, const struct config *config, struct error *err)
{
	const char *issuer = config_get(config, "oidc_issuer");
	const char *client = config_get(config, "oidc_client");
	const char *here = config_get(config, "public_url");
	struct oidc *oidc;

	*result = NULL;
	if (!issuer && !client)
		return 0;
	if (!issuer || !client || !here)
		return error_set(err, ERROR_INVALID,
				 "single sign-on wants oidc_issuer, oidc_client and "
				 "public_url");
	oidc = memory_zeroed(1, sizeof *oidc);
	pthread_mutex_init(&oidc->lock, NULL);
	oidc->issuer = copy(issuer);
	oidc->client = copy(client);
	oidc->scopes = copy(config_get(config, "oidc_scopes"));
	oidc->claim = copy(config_get(config, "oidc_claim"));
	oidc->name = copy(config_get(config, "oidc_name"));
	oidc->ca = copy(config_get(config, "oidc_ca"));
	oidc->here = copy(here);
	oidc->may_be_plain = strncmp(issuer, "http:", 5) == 0;
	for (size_t end = strlen(here); end > 0 && here[end - 1] == '/'; end--)
		oidc->here[end - 1] = '\0';
	if (credentials_read(&oidc->credentials, config_get(config, "oidc_credentials"),
			     err) != 0 ||
	    outside_begin(err) != 0) {
		oidc_close(oidc);
		return -1;
	}
	*result = oidc;
	return 0;
}

void oidc_close(struct oidc *oidc)
{
	if (!oidc)
		return;
	json_decref(oidc->facts.document);
	json_decref(oidc->keys.document);
	credentials_free(&oidc->credentials);
	pthread_mutex_destroy(&oidc->lock);
	free(oidc->issuer);
	free(oidc->client);
	free(oidc->scopes);
	free(oidc->claim);
	free(oidc->name);
	free(oidc->ca);
	free(oidc->here);
	free(oidc);
}

const char *oidc_issuer(const struct oidc *oidc)
{
	return oidc->issuer;
}

const char *oidc_name(const struct oidc *oidc)
{
	return oidc->name;
}

/* ---- What the provider says of itself ------------------------------------ */

static time_t seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* An address that secrets may go to. */
static int is_safe(const struct oidc *oidc, const char *url)
{
	static const char *const near[] = { "http://127.0.0.1", "http://localhost",
					    "http://[::1]" };

	if (!url)
		return 0;
	if (strncasecmp(url, "https://", 8) == 0)
		return 1;
	for (size_t i = 0; oidc->may_be_plain && i < sizeof near / sizeof *near; i++)
		if (strncmp(url, near[i], strlen(near[i])) == 0 &&
		    strchr(":/", url[strlen(near[i])]))
			return 1;
	return 0;
}

static const char *fact(const json_t *facts, const char *name)
{
	return json_string_value(json_object_get(facts, name));
}

static int check_facts(const struct oidc *oidc, const json_t *facts, struct error *err)
{
	static const char *const places[] = { "authorization_endpoint", "token_endpoint",
					      "jwks_uri" };
	const char *issuer = fact(facts, "issuer");

	if (!issuer || strcmp(issuer, oidc->issuer) != 0)
		return error_set(err, ERROR_UNAVAILABLE,
				 "the provider calls itself \"%.200s\", not %s",
				 issuer ? issuer : "", oidc->issuer);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (!is_safe(oidc, fact(facts, places[i])))
			return error_set(err, ERROR_UNAVAILABLE,
					 "the provider has no %s over HTTPS", places[i]);
	return 0;
}

static int check_keys(const struct oidc *oidc, const json_t *keys, struct error *err)
{
	(void)oidc;
	return json_is_array(json_object_get(keys, "keys"))
		       ? 0
		       : error_set(err, ERROR_UNAVAILABLE,
				   "the provider's keys are no JWK set");
}

typedef int check_function(const struct oidc *oidc, const json_t *document,
			   struct error *err);

/* A copy, which belongs to the caller, of what is kept if that is younger than SECONDS;
 * else it is fetched.  The lock is not held meanwhile: who else comes fetches as well. */
static int get(struct oidc *oidc, struct kept *kept, const char *url, int seconds,
	       check_function *check, json_t **document, struct error *err)
{
	const struct outside_question question = { .url = url,
						   .ca = oidc->ca,
						   .may_be_plain = oidc->may_be_plain };
	time_t now = seconds_now();
	json_t *fresh = NULL;
	long status = 0;
	int is_tried;

	*document = NULL;
	pthread_mutex_lock(&oidc->lock);
	if (kept->document && now - kept->at < seconds)
		*document = json_deep_copy(kept->document);
	is_tried = kept->tried && now - kept->tried < PAUSE_SECONDS;
	pthread_mutex_unlock(&oidc->lock);
	if (*document)
		return 0;
	if (is_tried)
		error_set(err, ERROR_UNAVAILABLE, "%s did not answer just now", url);
	else if (outside_ask(&question, &status, &fresh, err) == 0 && status != 200)
		error_set(err, ERROR_UNAVAILABLE, "%s: HTTP %ld", url, status);
	else if (fresh && check(oidc, fresh, err) == 0)
		*document = json_deep_copy(fresh);
	now = seconds_now();
	pthread_mutex_lock(&oidc->lock);
	if (*document) {
		json_decref(kept->document);
		*kept = (struct kept){ .document = fresh, .at = now };
		fresh = NULL;
	} else {
		kept->tried = is_tried ? kept->tried : now;
		if (kept->document && now - kept->at < STALE_SECONDS)
			*document = json_deep_copy(kept->document);
	}
	pthread_mutex_unlock(&oidc->lock);
	json_decref(fresh);
	return *document ? 0 : -1;
}

static int get_facts(struct oidc *oidc, json_t **facts, struct error *err)
{
	struct text url = { 0 };
	size_t length = strlen(oidc->issuer);
	int status;

	text_add_bytes(&url, oidc->issuer, length - (oidc->issuer[length - 1] == '/'));
	text_add(&url, DISCOVERY);
	status = get(oidc, &oidc->facts, text_string(&url), KEPT_SECONDS, check_facts,
		     facts, err);
	text_free(&url);
	return status;
}

/* ---- From one secret ------------------------------------------------------ */

/* What nobody can compute who has not the SECRET, and what tells nothing of it. */
static void derive(const char *purpose, const char *secret, const char *more,
		   char hash[TOKEN_HASH_SIZE])
{
	struct text said = { 0 };

	text_addf(&said, "nq17 sso %s %s %s", purpose, secret, more);
	token_hash(text_string(&said), hash);
	explicit_bzero(said.data, said.length);
	text_free(&said);
}

/* SECONDS.HASH.WHENCE, the last in base64; the hash is of the two others. */
static void add_state(struct text *state, const char *secret, const char *seconds,
		      const char *coded)
{
	struct text said = { 0 };
	char hash[TOKEN_HASH_SIZE];

	text_addf(&said, "%s %s", seconds, coded);
	derive("state", secret, text_string(&said), hash);
	text_addf(state, "%s.%s.%s", seconds, hash, coded);
	text_free(&said);
}

char *oidc_whence(const char *secret, const char *state)
{
	const char *dot = strchr(state, '.'), *last = strrchr(state, '.');
	size_t length = strlen(state), size = 0;
	struct text made = { 0 };
	char *seconds, *whence;
	long long age;
	int is_ours;

	if (!dot || dot == last || length > 4096)
		return NULL;
	seconds = memory_copy_bytes(state, (size_t)(dot - state));
	age = (long long)time(NULL) - strtoll(seconds, NULL, 10);
	add_state(&made, secret, seconds, last + 1);
	is_ours = token_is_same(state, text_string(&made)) && age >= 0 &&
		  age <= START_SECONDS;
	free(seconds);
	text_free(&made);
	if (!is_ours)
		return NULL;
	whence = memory_zeroed(1, length + 1);
	if (sodium_base642bin((unsigned char *)whence, length, last + 1, strlen(last + 1),
			      NULL, &size, NULL,
			      sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
		*whence = '\0';
	return whence;
}

static void add_pair(struct text *out, const char *name, const char *value)
{
	text_addf(out, "%s%s=",
		  out->length && !strchr("?&", out->data[out->length - 1]) ? "&" : "",
		  name);
	text_add_url(out, value);
}

/* An address that may have a query already. */
static void begin_query(struct text *out, const char *address)
{
	text_add(out, address);
	text_add(out, strchr(address, '?') ? "&" : "?");
}

static void add_challenge(struct text *out, const char *verifier)
{
	unsigned char bytes[crypto_hash_sha256_BYTES];
	struct text coded = { 0 };

	crypto_hash_sha256(bytes, (const unsigned char *)verifier, strlen(verifier));
	jwt_add_base64(&coded, bytes, sizeof bytes);
	add_pair(out, "code_challenge", text_string(&coded));
	add_pair(out, "code_challenge_method", "S256");
	text_free(&coded);
}

static void add_back(struct text *out, const struct oidc *oidc)
{
	struct text back = { 0 };

	text_addf(&back, "%s" BACK, oidc->here);
	add_pair(out, "redirect_uri", text_string(&back));
	text_free(&back);
}

int oidc_start(struct oidc *oidc, const char *secret, const char *whence,
	       struct text *location, struct error *err)
{
	char nonce[TOKEN_HASH_SIZE], verifier[TOKEN_HASH_SIZE], seconds[24];
	struct text state = { 0 }, coded = { 0 };
	json_t *facts;

	if (get_facts(oidc, &facts, err) != 0)
		return -1;
	snprintf(seconds, sizeof seconds, "%lld", (long long)time(NULL));
	jwt_add_base64(&coded, (const unsigned char *)whence, strlen(whence));
	add_state(&state, secret, seconds, text_string(&coded));
	derive("nonce", secret, seconds, nonce);
	derive("verifier", secret, seconds, verifier);
	begin_query(location, fact(facts, "authorization_endpoint"));
	add_pair(location, "response_type", "code");
	add_pair(location, "client_id", oidc->client);
	add_back(location, oidc);
	add_pair(location, "scope", oidc->scopes);
	add_pair(location, "state", text_string(&state));
	add_pair(location, "nonce", nonce);
	add_challenge(location, verifier);
	json_decref(facts);
	text_free(&coded);
	text_free(&state);
	return 0;
}

/* ---- The token ------------------------------------------------------------ */

/* With the secret in the header, as every provider takes it unless it says otherwise. */
static int is_posted(const json_t *facts)
{
	const json_t *ways = json_object_get(facts,
					     "token_endpoint_auth_methods_supported"),
		     *way;
	int posts = 0;
	size_t i;

	json_array_foreach(ways, i, way) {
		const char *name = json_string_value(way);

		if (name && strcmp(name, "client_secret_basic") == 0)
			return 0;
		posts |= name && strcmp(name, "client_secret_post") == 0;
	}
	return posts;
}

static int judge_answer(const json_t *answer, long status, char **token,
			struct error *err)
{
	const char *given = fact(answer, "id_token"), *fault = fact(answer, "error");

	if (status == 200 && given) {
		*token = memory_copy(given);
		return 0;
	}
	return error_set(err,
			 fault && strcmp(fault, "invalid_grant") == 0 ? ERROR_INVALID
								      : ERROR_UNAVAILABLE,
			 "the provider gave no token: HTTP %ld, %.60s", status,
			 fault ? fault : "without a word");
}

static int get_token(const struct oidc *oidc, const json_t *facts, const char *code,
		     const char *verifier, char **token, struct error *err)
{
	const char *secret = oidc->credentials.secret;
	const int posts = secret && is_posted(facts);
	struct text form = { 0 }, user = { 0 }, password = { 0 };
	struct outside_question question = { .url = fact(facts, "token_endpoint"),
					     .ca = oidc->ca,
					     .may_be_plain = oidc->may_be_plain };
	json_t *answer = NULL;
	long status;
	int failed;

	add_pair(&form, "grant_type", "authorization_code");
	add_pair(&form, "code", code);
	add_back(&form, oidc);
	add_pair(&form, "code_verifier", verifier);
	if (posts || !secret)
		add_pair(&form, "client_id", oidc->client);
	if (posts)
		add_pair(&form, "client_secret", secret);
	question.form = text_string(&form);
	if (secret && !posts) {
		/* Each in the form of addresses first: RFC 6749, 2.3.1. */
		text_add_url(&user, oidc->client);
		text_add_url(&password, secret);
		question.user = text_string(&user);
		question.password = text_string(&password);
	}
	failed = outside_ask(&question, &status, &answer, err);
	if (failed == 0)
		failed = judge_answer(answer, status, token, err);
	json_decref(answer);
	explicit_bzero(form.data, form.length);
	if (password.data)
		explicit_bzero(password.data, password.length);
	text_free(&form);
	text_free(&user);
	text_free(&password);
	return failed;
}

/* By the keys that are kept; a key that is not among them may be new. */
static int verify(struct oidc *oidc, const json_t *facts, const char *token,
		  json_t **claims, struct error *err)
{
	const char *url = fact(facts, "jwks_uri");
	json_t *keys;
	int status = -1;

	for (int seconds = KEPT_SECONDS; status != 0; seconds = PAUSE_SECONDS) {
		if (get(oidc, &oidc->keys, url, seconds, check_keys, &keys, err) != 0)
			return -1;
		status = jwt_verify(token, json_object_get(keys, "keys"), claims, err);
		json_decref(keys);
		if (status != 0 &&
		    (err->kind != ERROR_NOT_FOUND || seconds == PAUSE_SECONDS)) {
			err->kind = ERROR_INVALID;
			return -1;
		}
	}
	return 0;
}

/* ---- Its claims ----------------------------------------------------------- */

static int check_claims(const struct oidc *oidc, const json_t *claims, const char *nonce,
			struct error *err)
{
	const struct claims_wanted wanted = { oidc->issuer, oidc->client, nonce,
					      time(NULL) };
	const char *fault = claims_judge(claims, &wanted);

	return fault ? error_set(err, ERROR_INVALID, "the token %s", fault) : 0;
}

/* An address of mail that nobody has confirmed may be anybody's. */
static int read_person(const struct oidc *oidc, const json_t *claims,
		       struct oidc_person *person, struct error *err)
{
	const char *login = fact(claims, oidc->claim);

	if (strcmp(oidc->claim, "sub") == 0)
		login = NULL;
	if (login && strcmp(oidc->claim, "email") == 0 &&
	    !json_is_true(json_object_get(claims, "email_verified")))
		return error_set(err, ERROR_INVALID,
				 "the provider has not verified the address");
	person->subject = memory_copy(fact(claims, "sub"));
	person->login = copy(login);
	return 0;
}

int oidc_redeem(struct oidc *oidc, const char *secret, const struct oidc_return *given,
		struct oidc_person *person, struct error *err)
{
	char nonce[TOKEN_HASH_SIZE], verifier[TOKEN_HASH_SIZE], *token = NULL;
	char *seconds = memory_copy_bytes(given->state, strcspn(given->state, "."));
	json_t *facts = NULL, *claims = NULL;
	int status = -1;

	*person = (struct oidc_person){ 0 };
	derive("nonce", secret, seconds, nonce);
	derive("verifier", secret, seconds, verifier);
	if (get_facts(oidc, &facts, err) != 0)
		goto done;
	/* RFC 9207: the answer of another provider, taken here by mistake or design. */
	if (given->issuer
		    ? strcmp(given->issuer, oidc->issuer) != 0
		    : json_is_true(json_object_get(
			      facts, "authorization_response_iss_parameter_supported"))) {
		error_set(err, ERROR_INVALID, "the answer is of another issuer");
		goto done;
	}
	if (get_token(oidc, facts, given->code, verifier, &token, err) == 0 &&
	    verify(oidc, facts, token, &claims, err) == 0 &&
	    check_claims(oidc, claims, nonce, err) == 0)
		status = read_person(oidc, claims, person, err);
done:
	json_decref(claims);
	json_decref(facts);
	if (token)
		explicit_bzero(token, strlen(token));
	free(token);
	free(seconds);
	return status;
}

void oidc_person_free(struct oidc_person *person)
{
	free(person->subject);
	free(person->login);
	*person = (struct oidc_person){ 0 };
}

/* ---- The end --------------------------------------------------------------- */

int oidc_end(struct oidc *oidc, struct text *location, struct error *err)
{
	struct text back = { 0 };
	const char *place;
	json_t *facts;
	int status = 0;

	if (get_facts(oidc, &facts, err) != 0)
		return -1;
	place = fact(facts, "end_session_endpoint");
	if (is_safe(oidc, place)) {
		text_addf(&back, "%s/", oidc->here);
		begin_query(location, place);
		add_pair(location, "client_id", oidc->client);
		add_pair(location, "post_logout_redirect_uri", text_string(&back));
		text_free(&back);
	} else {
		status = error_set(err, ERROR_NOT_FOUND,
				   "the provider has no place to sign out");
	}
	json_decref(facts);
	return status;
}
