/* sign_in.c -- /login, /login/code, /logout: sessions begin and end. */
#include "web/sign_in.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>
#include <sodium.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/secret_key.h"
#include "web/oidc.h"
#include "web/origin.h"
#include "web/page.h"
#include "web/password.h"
#include "web/quota.h"
#include "web/site.h"
#include "web/token.h"
#include "web/totp.h"

static const char SECRET[] =
#include "sql/queries/sign_in_secret.sql.inc"
	;
static const char FAILED[] =
#include "sql/queries/sign_in_failed.sql.inc"
	;
static const char SIGN_IN[] =
#include "sql/queries/sign_in.sql.inc"
	;
static const char CODE[] =
#include "sql/queries/sign_in_code.sql.inc"
	;
static const char COMPLETE[] =
#include "sql/queries/sign_in_complete.sql.inc"
	;
static const char PROXY[] =
#include "sql/queries/sign_in_proxy.sql.inc"
	;
static const char SIGN_OUT[] =
#include "sql/queries/sign_out.sql.inc"
	;
static const char REHASH[] =
#include "sql/queries/account_rehash.sql.inc"
	;
static const char RESEAL[] =
#include "sql/queries/totp_reseal.sql.inc"
	;
static const char RENEW[] =
#include "sql/queries/session_renew.sql.inc"
	;

enum { TRIES_AT_A_TIME = 3, ADDRESSES = 4096, NUMBER_SIZE = 24 };

int sign_in_open(struct sign_in **result, const struct config *config, struct error *err)
{
	const struct quota_setting limits = { .requests = (unsigned)atoi(config_get(
						      config, "sign_in_tries")),
					      .bodies = TRIES_AT_A_TIME,
					      .queue = 1 };
	struct sign_in *sign_in = memory_zeroed(1, sizeof *sign_in);

	sign_in->password_memory = atoi(config_get(config, "password_memory"));
	sign_in->session_hours = atoi(config_get(config, "session_hours"));
	quota_open(&sign_in->tries, &limits);
	*result = sign_in;
	return oidc_open(&sign_in->oidc, config, err);
}

void sign_in_close(struct sign_in *sign_in)
{
	if (!sign_in)
		return;
	quota_close(sign_in->tries);
	oidc_close(sign_in->oidc);
	secret_key_free(sign_in->key);
	free(sign_in);
}

/* ---- Where to go on ----------------------------------------------------- */

/* On this server: "//host" and "/\host" lead elsewhere. */
static const char *check_next(const char *next)
{
	if (!next || next[0] != '/' || next[1] == '/' || next[1] == '\\')
		return "/";
	for (const char *c = next; *c; c++)
		if (*c < ' ' || *c == '\\' || *c > '~')
			return "/";
	return next;
}

const char *sign_in_next(const struct request *request)
{
	return check_next(request->is_post ? request_field(request, "next")
					   : request_value(request, "next"));
}

/* ADDRESS, in the language of the page that leads there. */
static void add_address(struct text *out, const char *address,
			const struct request *request)
{
	text_add(out, address);
	if (strcmp(request->language, "en") == 0 && !strstr(address, "lang="))
		text_addf(out, "%slang=en", strchr(address, '?') ? "&" : "?");
}

void sign_in_go_on(const struct request *request, const char *next, int has_code,
		   struct reply *reply)
{
	struct text location = { 0 }, code = { 0 };

	next = check_next(next);
	if (has_code) {
		text_add(&code, "/login/code?next=");
		text_add_url(&code, next);
		next = text_string(&code);
	}
	add_address(&location, next, request);
	reply_see_other(reply, text_string(&location));
	text_free(&location);
	text_free(&code);
}

static void go_on(const struct visit *visit, struct reply *reply)
{
	sign_in_go_on(visit->request, sign_in_next(visit->request), 0, reply);
}

/* The way to the provider, where there is one. */
static void add_sso(const struct visit *visit, json_t *model)
{
	const struct oidc *oidc = visit->sign_in->oidc;
	struct text link = { 0 };

	if (!oidc)
		return;
	text_add(&link, "/login/sso?next=");
	text_add_url(&link, sign_in_next(visit->request));
	if (strcmp(visit->request->language, "en") == 0)
		text_add(&link, "&lang=en");
	json_object_set_new(model, "sso",
			    json_pack("{s:s, s:s*, s:b}", "link", text_string(&link),
				      "name", oidc_name(oidc), "is_out",
				      request_value(visit->request, "out") != NULL));
	text_free(&link);
}

/* A browser that has no secret of ours yet is given one, from which the token of the form
 * comes. */
int sign_in_show(const struct visit *visit, const char *page, const char *fault,
		 struct reply *reply, struct error *err)
{
	struct request request = *visit->request;
	json_t *model = json_pack("{s:s, s:s*, s:b}", "next", sign_in_next(&request),
				  "fault", fault, "has_no_period", 1);
	char seed[TOKEN_SIZE];
	int status;

	if (!request.session && !request.seed) {
		token_make(seed);
		token_of_forms(seed, request.csrf);
		origin_add_cookie(&reply->cookies, &request, ORIGIN_SEED, seed);
	}
	reply->is_private = 1; /* the form has the token of this browser */
	add_sso(visit, model);
	status = page_add_frame(model, visit->db, err);
	if (status == 0)
		status = site_render(visit->site, page, &request, model, reply, err);
	json_decref(model);
	if (fault)
		reply->status = 403;
	return status;
}

/* ---- Sessions ----------------------------------------------------------- */

/* The session that the browser holds, if it does; *WAY, how it began, belongs to the caller. */
static int end_session(const struct visit *visit, char **way, struct error *err)
{
	char hash[TOKEN_HASH_SIZE];
	const char *const params[] = { hash };

	*way = NULL;
	if (!visit->request->session)
		return 0;
	token_hash(visit->request->session, hash);
	return db_value_of(visit->db, SIGN_OUT, params, 1, way, err);
}

/* The browser's cookie is replaced: nobody is to go on with the old one. */
int sign_in_begin(const struct visit *visit, const char *account, int is_whole,
		  const char *way, struct reply *reply, struct error *err)
{
	char token[TOKEN_SIZE], hash[TOKEN_HASH_SIZE], hours[NUMBER_SIZE];
	char *ended;
	int status;
	const char *const params[] = {
		account,
		hash,
		is_whole ? "t" : "f",
		way,
		hours,
		visit->request->peer,
		visit->request->agent,
	};

	token_make(token);
	token_hash(token, hash);
	snprintf(hours, sizeof hours, "%d", visit->sign_in->session_hours);
	status = end_session(visit, &ended, err);
	free(ended);
	if (status != 0 || db_query(visit->db, SIGN_IN, params, 7, NULL, err) != 0)
		return error_context(err, "beginning a session");
	origin_add_cookie(&reply->cookies, visit->request, ORIGIN_SESSION, token);
	return 0;
}

int sign_in_renew(const struct visit *visit, struct reply *reply, struct error *err)
{
	char token[TOKEN_SIZE], old[TOKEN_HASH_SIZE], hash[TOKEN_HASH_SIZE];
	const char *const params[] = { old, hash };

	token_make(token);
	token_hash(visit->request->session, old);
	token_hash(token, hash);
	if (db_query(visit->db, RENEW, params, 2, NULL, err) != 0)
		return error_context(err, "renewing a session");
	origin_add_cookie(&reply->cookies, visit->request, ORIGIN_SESSION, token);
	return 0;
}

static int note_failure(const struct visit *visit, const char *login, const char *step,
			struct error *err)
{
	const char *const params[] = { login, visit->request->peer, step };

	return db_query(visit->db, FAILED, params, 3, NULL, err);
}

/* ---- The password ------------------------------------------------------- */

/* Somebody whom the trusted proxy has signed in, and who has an account here. */
static int try_proxy(const struct visit *visit, int *is_in, struct reply *reply,
		     struct error *err)
{
	const char *user = visit->request->proxy_user;
	char *account = NULL;
	int status;

	*is_in = 0;
	if (!user || !*user)
		return 0;
	status = db_value_of(visit->db, PROXY, &user, 1, &account, err);
	if (status == 0 && account) {
		status = sign_in_begin(visit, account, 1, "proxy", reply, err);
		*is_in = status == 0;
	}
	free(account);
	return status;
}

int answer_login(const struct visit *visit, struct reply *reply, struct error *err)
{
	int is_in = visit->visitor->session_id != 0;

	if (!is_in && try_proxy(visit, &is_in, reply, err) != 0)
		return -1;
	if (!is_in)
		return sign_in_show(visit, "login", NULL, reply, err);
	go_on(visit, reply);
	return 0;
}

/* A password that was right is kept under today's cost from now on. */
static int keep_cost(const struct visit *visit, const char *account, const char *hash,
		     const char *password, struct error *err)
{
	char made[PASSWORD_HASH_SIZE];
	const char *const params[] = { account, made };

	if (!password_is_outdated(hash, visit->sign_in->password_memory))
		return 0;
	if (password_hash(password, visit->sign_in->password_memory, made, err) != 0)
		return -1;
	return db_query(visit->db, REHASH, params, 2, NULL, err);
}

/* The same answer, after the same work, whether the name or the password is wrong, or the
 * account is locked or pauses: a hash, and a line in the log. */
static int try_password(const struct visit *visit, struct reply *reply, struct error *err)
{
	const char *login = request_field(visit->request, "login");
	const char *password = request_field(visit->request, "password");
	struct db_rows *rows = NULL;
	const char *hash, *account;
	int has_code, status = -1;

	login = login ? login : "";
	password = password && strlen(password) <= PASSWORD_MOST ? password : "";
	if (db_query(visit->db, SECRET, &login, 1, &rows, err) != 0)
		return -1;
	hash = db_rows_count(rows) ? db_value(rows, 0, "password_hash") : NULL;
	if (!password_is_right(password, hash, visit->sign_in->password_memory)) {
		if (note_failure(visit, login, "password", err) == 0)
			status = sign_in_show(visit, "login", "wrong", reply, err);
		goto done;
	}
	account = db_value(rows, 0, "account_id");
	has_code = strcmp(db_value(rows, 0, "has_code"), "t") == 0;
	if (keep_cost(visit, account, hash, password, err) != 0 ||
	    sign_in_begin(visit, account, !has_code, "password", reply, err) != 0)
		goto done;
	status = 0;
	sign_in_go_on(visit->request, sign_in_next(visit->request), has_code, reply);
done:
	db_rows_free(rows);
	return status;
}

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Addresses share places, so that their number is bounded.  Of IPv6 a network of 64 bits is
 * one address: whoever has one has them all. */
static int32_t place_of(const char *peer)
{
	struct in6_addr address;
	const unsigned char *bytes = (const unsigned char *)peer;
	size_t length = strlen(peer);
	unsigned hash = 2166136261u;

	if (inet_pton(AF_INET6, peer, &address) == 1 && !IN6_IS_ADDR_V4MAPPED(&address)) {
		bytes = address.s6_addr;
		length = sizeof address.s6_addr / 2;
	}
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ bytes[i]) * 16777619u;
	return (int32_t)(hash % ADDRESSES);
}

int sign_in_within_quota(const struct visit *visit, struct reply *reply,
			 struct error *err,
			 int (*try)(const struct visit *visit, struct reply *reply,
				    struct error *err))
{
	int32_t place = place_of(visit->request->peer);
	int wait = 0, status;

	if (quota_begin_body(visit->sign_in->tries, place, seconds_now(), &wait)) {
		site_refuse(visit->site, visit->request, 0, "too_many_requests", NULL,
			    reply);
		reply->retry_after = wait;
		return 0;
	}
	status = try(visit, reply, err);
	quota_end_body(visit->sign_in->tries, place);
	return status;
}

int post_login(const struct visit *visit, struct reply *reply, struct error *err)
{
	return sign_in_within_quota(visit, reply, err, try_password);
}

/* ---- The code ----------------------------------------------------------- */

int answer_code(const struct visit *visit, struct reply *reply, struct error *err)
{
	if (!visit->request->session)
		return answer_login(visit, reply, err);
	return sign_in_show(visit, "login_code", NULL, reply, err);
}

static int complete(const struct visit *visit, const char *old, int64_t step,
		    struct reply *reply, struct error *err)
{
	char token[TOKEN_SIZE], hash[TOKEN_HASH_SIZE], number[NUMBER_SIZE],
		hours[NUMBER_SIZE];
	const char *const params[] = { old, hash, number, hours };

	token_make(token);
	token_hash(token, hash);
	snprintf(number, sizeof number, "%lld", (long long)step);
	snprintf(hours, sizeof hours, "%d", visit->sign_in->session_hours);
	if (db_query(visit->db, COMPLETE, params, 4, NULL, err) != 0)
		return -1;
	origin_add_cookie(&reply->cookies, visit->request, ORIGIN_SESSION, token);
	go_on(visit, reply);
	return 0;
}

/* A secret that lay as it is, from before secrets were sealed, lies so no longer. */
static int seal(const struct visit *visit, const char *login, const char *old,
		const unsigned char *secret, size_t length, struct error *err)
{
	struct text sealed = { 0 };
	const char *params[] = { login, old, NULL };
	int status;

	if (!secret_key_is_plain(old))
		return 0;
	secret_key_seal(visit->sign_in->key, login, secret, length, &sealed);
	params[2] = text_string(&sealed);
	status = db_query(visit->db, RESEAL, params, 3, NULL, err);
	text_free(&sealed);
	return status;
}

static int try_code(const struct visit *visit, struct reply *reply, struct error *err)
{
	const char *code = request_field(visit->request, "code");
	char hash[TOKEN_HASH_SIZE];
	const char *const params[] = { hash };
	unsigned char secret[TOTP_SECRET_MOST];
	struct db_rows *rows = NULL;
	const char *login, *sealed;
	size_t length;
	int64_t step = 0;
	int status;

	token_hash(visit->request->session ? visit->request->session : "", hash);
	if (db_query(visit->db, CODE, params, 1, &rows, err) != 0)
		return -1;
	if (db_rows_count(rows) == 0) { /* too late, or too often wrong */
		db_rows_free(rows);
		return sign_in_show(visit, "login", "again", reply, err);
	}
	login = db_value(rows, 0, "login");
	sealed = db_value(rows, 0, "secret");
	if (secret_key_open(visit->sign_in->key, login, sealed, secret, sizeof secret,
			    &length, err) != 0) {
		log_line("web", "%s", err->message);
		status = sign_in_show(visit, "login", "key_lost", reply, err);
		db_rows_free(rows);
		return status;
	}
	step = totp_find_step(secret, length, code ? code : "", time(NULL),
			      strtoll(db_value(rows, 0, "step"), NULL, 10));
	if (step)
		status = seal(visit, login, sealed, secret, length, err) == 0
				 ? complete(visit, hash, step, reply, err)
				 : -1;
	else if (note_failure(visit, login, "code", err) == 0)
		status = sign_in_show(visit, "login_code", "wrong_code", reply, err);
	else
		status = -1;
	sodium_memzero(secret, sizeof secret);
	db_rows_free(rows);
	return status;
}

int post_code(const struct visit *visit, struct reply *reply, struct error *err)
{
	return sign_in_within_quota(visit, reply, err, try_code);
}

/* ---- The end ------------------------------------------------------------ */

int post_logout(const struct visit *visit, struct reply *reply, struct error *err)
{
	struct text location = { 0 };
	char *way;

	if (end_session(visit, &way, err) != 0)
		return -1;
	if (visit->request->session)
		origin_add_cookie(&reply->cookies, visit->request, ORIGIN_SESSION, "");
	/* Who is still known to the provider is a click away from being in again. */
	add_address(&location,
		    way && strcmp(way, "oidc") == 0 && visit->sign_in->oidc
			    ? "/login?out=1"
			    : "/",
		    visit->request);
	reply_see_other(reply, text_string(&location));
	text_free(&location);
	free(way);
	return 0;
}
