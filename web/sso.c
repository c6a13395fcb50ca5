/* sso.c -- /login/sso and what is below: an OpenID provider signs people in. */
#include "web/sso.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "web/oidc.h"
#include "web/origin.h"
#include "web/sign_in.h"
#include "web/token.h"

static const char FIND[] =
#include "sql/queries/sign_in_oidc.sql.inc"
	;
static const char FAILED[] =
#include "sql/queries/sign_in_oidc_failed.sql.inc"
	;

static int refuse_unset(struct error *err)
{
	return error_set(err, ERROR_NOT_FOUND, "there is no single sign-on here");
}

/* ---- What went wrong ------------------------------------------------------ */

/* Into the log, and onto the page of sign-in in the visitor's language: the page says what
 * to do, the log what it was.  FAULT is the key of a text under sign_in. */
static int fail(const struct visit *visit, const char *fault, const char *why,
		const struct oidc_person *person, struct reply *reply, struct error *err)
{
	/* What was cut may have been cut within a letter. */
	const char *reason = text_is_utf8(why, strlen(why)) ? why : "unreadable";
	const char *const params[] = {
		fault + strlen("sso_"),
		reason,
		visit->request->peer,
		oidc_issuer(visit->sign_in->oidc),
		person ? person->subject : NULL,
		person ? person->login : NULL,
	};

	log_line("web", "single sign-on of %s: %s", visit->request->peer, reason);
	if (db_query(visit->db, FAILED, params, 6, NULL, err) != 0 ||
	    sign_in_show(visit, "login", fault, reply, err) != 0)
		return -1;
	if (strcmp(fault, "sso_down") == 0)
		reply->status = 503;
	reply->is_secret = 1;
	return 0;
}

/* ---- There ----------------------------------------------------------------- */

/* Comes back with the browser: the language, and where to go on. */
static void add_whence(struct text *whence, const struct request *request)
{
	text_add_char(whence, *request->language);
	text_add(whence, sign_in_next(request));
}

static int start(const struct visit *visit, struct reply *reply, struct error *err)
{
	struct text whence = { 0 }, location = { 0 };
	char secret[TOKEN_SIZE];
	int status;

	token_make(secret);
	add_whence(&whence, visit->request);
	status = oidc_start(visit->sign_in->oidc, secret, text_string(&whence), &location,
			    err);
	if (status == 0) {
		origin_add_cookie(&reply->cookies, visit->request, ORIGIN_SSO, secret);
		reply_see_other(reply, text_string(&location));
		reply->is_secret = 1;
	} else if (err->kind == ERROR_UNAVAILABLE) {
		char why[sizeof err->message];

		memcpy(why, err->message, sizeof why);
		status = fail(visit, "sso_down", why, NULL, reply, err);
	}
	text_free(&whence);
	text_free(&location);
	return status;
}

int answer_sso(const struct visit *visit, struct reply *reply, struct error *err)
{
	if (!visit->sign_in->oidc)
		return refuse_unset(err);
	return sign_in_within_quota(visit, reply, err, start);
}

/* ---- And back --------------------------------------------------------------- */

/* Whose account it is; *ACCOUNT, NULL for nobody's, belongs to the caller. */
static int find_account(const struct visit *visit, const struct oidc_person *person,
			char **account, int *has_code, struct error *err)
{
	const char *const params[] = { oidc_issuer(visit->sign_in->oidc), person->subject,
				       person->login };
	struct db_rows *rows = NULL;

	*account = NULL;
	if (db_query(visit->db, FIND, params, 3, &rows, err) != 0)
		return -1;
	if (db_rows_count(rows) == 1) {
		*account = memory_copy(db_value(rows, 0, "account_id"));
		*has_code = strcmp(db_value(rows, 0, "has_code"), "t") == 0;
	}
	db_rows_free(rows);
	return 0;
}

static int admit(const struct visit *visit, const struct oidc_person *person,
		 const char *next, struct reply *reply, struct error *err)
{
	char *account;
	int has_code = 0, status;

	if (find_account(visit, person, &account, &has_code, err) != 0)
		return -1;
	if (!account)
		return fail(visit, "sso_unknown", "no account of ours is this person",
			    person, reply, err);
	status = sign_in_begin(visit, account, !has_code, "oidc", reply, err);
	if (status == 0)
		sign_in_go_on(visit->request, next, has_code, reply);
	free(account);
	return status;
}

/* The browser holds the secret of this STATE. */
static int redeem(const struct visit *visit, const char *next, struct reply *reply,
		  struct error *err)
{
	const struct request *request = visit->request;
	const char *denied = request_value(request, "error");
	const struct oidc_return given = { .state = request_value(request, "state"),
					   .code = request_value(request, "code"),
					   .issuer = request_value(request, "iss") };
	struct oidc_person person;
	char why[sizeof err->message];
	int status;

	if (denied)
		return fail(visit, "sso_denied", denied, NULL, reply, err);
	if (!given.code)
		return fail(visit, "sso_state", "no code came back", NULL, reply, err);
	if (oidc_redeem(visit->sign_in->oidc, request->sso, &given, &person, err) == 0) {
		status = admit(visit, &person, next, reply, err);
	} else {
		memcpy(why, err->message, sizeof why);
		status = fail(visit,
			      err->kind == ERROR_UNAVAILABLE ? "sso_down" : "sso_token",
			      why, NULL, reply, err);
	}
	oidc_person_free(&person);
	return status;
}

/* The address of this page holds a code, and is nothing to link to or to load again. */
static int come_back(const struct visit *visit, struct reply *reply, struct error *err)
{
	const char *state = request_value(visit->request, "state");
	struct request request = *visit->request;
	struct visit here = *visit;
	char *whence = NULL, login[] = "/login";
	int status;

	here.request = &request;
	request.address = login;
	if (request.sso && state)
		whence = oidc_whence(request.sso, state);
	if (whence && *whence)
		request.language = *whence == 'e' ? "en" : "vi";
	if (request.sso)
		origin_add_cookie(&reply->cookies, &request, ORIGIN_SSO, "");
	if (whence && *whence)
		status = redeem(&here, whence + 1, reply, err);
	else
		status = fail(&here, "sso_state",
			      "not the browser that went, or too late", NULL, reply, err);
	reply->is_secret = 1;
	free(whence);
	return status;
}

int answer_sso_back(const struct visit *visit, struct reply *reply, struct error *err)
{
	if (!visit->sign_in->oidc)
		return refuse_unset(err);
	return sign_in_within_quota(visit, reply, err, come_back);
}

/* ---- The end ------------------------------------------------------------------ */

int answer_sso_out(const struct visit *visit, struct reply *reply, struct error *err)
{
	struct text location = { 0 };
	int status;

	if (!visit->sign_in->oidc)
		return refuse_unset(err);
	status = oidc_end(visit->sign_in->oidc, &location, err);
	if (status == 0)
		reply_see_other(reply, text_string(&location));
	text_free(&location);
	return status;
}
