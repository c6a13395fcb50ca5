/* account_page.c -- /account: one's own password, second step and sessions. */
#include "web/account_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>
#include <sodium.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/secret_key.h"
#include "web/password.h"
#include "web/sign_in.h"
#include "web/site.h"
#include "web/token.h"
#include "web/totp.h"

static const char PAGE[] =
#include "sql/queries/page_account.sql.inc"
	;
static const char SECRET[] =
#include "sql/queries/sign_in_secret.sql.inc"
	;
static const char HAS_PASSWORD[] =
#include "sql/queries/account_has_password.sql.inc"
	;
static const char PASSWORD[] =
#include "sql/queries/account_password.sql.inc"
	;
static const char FAILED[] =
#include "sql/queries/sign_in_failed.sql.inc"
	;
static const char SESSION_END[] =
#include "sql/queries/session_end.sql.inc"
	;
static const char SESSION_LANGUAGE[] =
#include "sql/queries/session_language.sql.inc"
	;
static const char TOTP_BEGIN[] =
#include "sql/queries/totp_begin.sql.inc"
	;
static const char TOTP_PENDING[] =
#include "sql/queries/totp_pending.sql.inc"
	;
static const char TOTP_CONFIRM[] =
#include "sql/queries/totp_confirm.sql.inc"
	;
static const char TOTP_OFF[] =
#include "sql/queries/totp_off.sql.inc"
	;

/* ---- The page ----------------------------------------------------------- */

/* What a telephone needs to know, once: as a picture, and as letters in fours. */
static void add_secret(json_t *model, const unsigned char *secret, size_t length,
		       const char *login)
{
	struct text plain = { 0 }, spaced = { 0 }, address = { 0 }, picture = { 0 },
		    link = { 0 };
	size_t size;
	char *coded;

	totp_add_base32(&plain, secret, length);
	for (size_t i = 0; i < plain.length; i++) {
		if (i > 0 && i % 4 == 0)
			text_add_char(&spaced, ' ');
		text_add_char(&spaced, plain.data[i]);
	}
	totp_add_address(&address, secret, length, login);
	totp_add_picture(&picture, text_string(&address));
	size = sodium_base64_ENCODED_LEN(picture.length, sodium_base64_VARIANT_ORIGINAL);
	coded = memory_take(size);
	sodium_bin2base64(coded, size, (const unsigned char *)picture.data,
			  picture.length, sodium_base64_VARIANT_ORIGINAL);
	text_addf(&link, "data:image/svg+xml;base64,%s", coded);
	json_object_set_new(model, "secret", json_string(text_string(&spaced)));
	json_object_set_new(model, "picture", json_string(text_string(&link)));
	free(coded);
	text_free(&plain);
	text_free(&spaced);
	text_free(&address);
	text_free(&picture);
	text_free(&link);
}

static void print_session(const struct visit *visit, char number[24])
{
	snprintf(number, 24, "%lld", (long long)visit->visitor->session_id);
}

static int read_pending(const struct visit *visit, unsigned char secret[TOTP_SECRET_MOST],
			size_t *length, struct error *err)
{
	char *sealed = NULL, session[24];
	const char *const params[] = { session };
	struct error unread;

	*length = 0;
	print_session(visit, session);
	if (db_value_of(visit->db, TOTP_PENDING, params, 1, &sealed, err) != 0)
		return -1;
	/* One of a lost key is none: whoever begins anew is given another. */
	if (secret_key_open(visit->sign_in->key, visit->visitor->login, sealed, secret,
			    TOTP_SECRET_MOST, length, &unread) != 0)
		log_line("web", "%s", unread.message);
	free(sealed);
	return 0;
}

int answer_account(const struct visit *visit, struct reply *reply, struct error *err)
{
	char number[24];
	const char *const params[] = { number, request_value(visit->request, "note") };
	unsigned char secret[TOTP_SECRET_MOST];
	char *bytes = NULL;
	json_t *model;
	size_t length;
	int status;

	print_session(visit, number);
	if (db_value_of(visit->db, PAGE, params, 2, &bytes, err) != 0 ||
	    read_pending(visit, secret, &length, err) != 0) {
		free(bytes);
		return -1;
	}
	model = bytes ? json_loads(bytes, 0, NULL) : NULL;
	free(bytes);
	if (!model)
		return error_set(err, ERROR_NOT_FOUND, "no account");
	if (length > 0)
		add_secret(model, secret, length, visit->visitor->login);
	sodium_memzero(secret, sizeof secret);
	status = site_render(visit->site, "account", visit->request, model, reply, err);
	json_decref(model);
	return status;
}

/* ---- What is changed ---------------------------------------------------- */

/* Back to the page, which says NOTE. */
static int back(struct reply *reply, const struct request *request, const char *note)
{
	struct text location = { 0 };

	text_addf(&location, "/account?note=%s%s", note,
		  strcmp(request->language, "en") == 0 ? "&lang=en" : "");
	reply_see_other(reply, text_string(&location));
	text_free(&location);
	return 0;
}

/* The password once more, before what protects the account changes.  Wrong ones count, as
 * whoever found an open browser may try here. */
static int knows_password(const struct visit *visit, int *knows, struct error *err)
{
	const char *login = visit->visitor->login;
	const char *given = request_field(visit->request, "password");
	struct db_rows *rows = NULL;
	const char *hash;
	int status = db_query(visit->db, SECRET, &login, 1, &rows, err);

	if (status != 0)
		return -1;
	hash = db_rows_count(rows) ? db_value(rows, 0, "password_hash") : NULL;
	*knows = password_is_right(given ? given : "", hash,
				   visit->sign_in->password_memory);
	if (hash && !*knows) {
		const char *const params[] = { login, visit->request->peer, "password" };

		status = db_query(visit->db, FAILED, params, 3, NULL, err);
	}
	db_rows_free(rows);
	return status;
}

static void hash_session(const struct visit *visit, char hash[TOKEN_HASH_SIZE])
{
	token_hash(visit->request->session, hash);
}

static int change_password(const struct visit *visit, struct reply *reply,
			   struct error *err)
{
	const struct request *request = visit->request;
	const char *wanted = request_field(request, "new");
	const char *again = request_field(request, "again");
	char hash[PASSWORD_HASH_SIZE], kept[TOKEN_HASH_SIZE];
	const char *const params[] = { visit->visitor->login, hash, kept };
	int knows;

	if (knows_password(visit, &knows, err) != 0)
		return -1;
	if (!knows)
		return back(reply, request, "wrong");
	if (!wanted || !again || strcmp(wanted, again) != 0)
		return back(reply, request, "differ");
	if (password_is_fit(wanted, visit->visitor->login, err) != 0)
		return back(reply, request, "weak");
	hash_session(visit, kept);
	if (password_hash(wanted, visit->sign_in->password_memory, hash, err) != 0 ||
	    db_query(visit->db, PASSWORD, params, 3, NULL, err) != 0 ||
	    sign_in_renew(visit, reply, err) != 0)
		return -1;
	return back(reply, request, "done");
}

/* The same of those who have one. */
static int is_owner(const struct visit *visit, int *is, struct error *err)
{
	char *has_password = NULL;
	int status = db_value_of(visit->db, HAS_PASSWORD, NULL, 0, &has_password, err);

	*is = status == 0 && has_password && strcmp(has_password, "f") == 0;
	free(has_password);
	return status != 0 || *is ? status : knows_password(visit, is, err);
}

static int begin_code(const struct visit *visit, struct reply *reply, struct error *err)
{
	unsigned char secret[TOTP_SECRET_BYTES];
	struct text sealed = { 0 };
	char session[24];
	const char *params[] = { NULL, session };
	int status, is;

	if (is_owner(visit, &is, err) != 0)
		return -1;
	if (!is)
		return back(reply, visit->request, "wrong");
	totp_make(secret);
	secret_key_seal(visit->sign_in->key, visit->visitor->login, secret, sizeof secret,
			&sealed);
	sodium_memzero(secret, sizeof secret);
	params[0] = text_string(&sealed);
	print_session(visit, session);
	status = db_query(visit->db, TOTP_BEGIN, params, 2, NULL, err);
	text_free(&sealed);
	if (status != 0)
		return -1;
	reply_see_other(reply, strcmp(visit->request->language, "en") == 0
				       ? "/account?lang=en#code"
				       : "/account#code");
	return 0;
}

static int confirm_code(const struct visit *visit, struct reply *reply, struct error *err)
{
	const char *code = request_field(visit->request, "code");
	unsigned char secret[TOTP_SECRET_MOST];
	char kept[TOKEN_HASH_SIZE], number[24];
	const char *const params[] = { number, kept };
	size_t length;
	int64_t step;

	if (read_pending(visit, secret, &length, err) != 0)
		return -1;
	step = length ? totp_find_step(secret, length, code ? code : "", time(NULL), 0)
		      : 0;
	sodium_memzero(secret, sizeof secret);
	if (!step)
		return back(reply, visit->request, "wrong_code");
	snprintf(number, sizeof number, "%lld", (long long)step);
	hash_session(visit, kept);
	if (db_query(visit->db, TOTP_CONFIRM, params, 2, NULL, err) != 0 ||
	    sign_in_renew(visit, reply, err) != 0)
		return -1;
	return back(reply, visit->request, "done");
}

static int drop_code(const struct visit *visit, struct reply *reply, struct error *err)
{
	char kept[TOKEN_HASH_SIZE];
	const char *const params[] = { visit->visitor->login, kept };
	int knows;

	if (knows_password(visit, &knows, err) != 0)
		return -1;
	if (!knows)
		return back(reply, visit->request, "wrong");
	hash_session(visit, kept);
	if (db_query(visit->db, TOTP_OFF, params, 2, NULL, err) != 0 ||
	    sign_in_renew(visit, reply, err) != 0)
		return -1;
	return back(reply, visit->request, "done");
}

static int end_session(const struct visit *visit, struct reply *reply, struct error *err)
{
	const char *id = request_field(visit->request, "session");

	if (db_query(visit->db, SESSION_END, &id, 1, NULL, err) != 0)
		return -1;
	return back(reply, visit->request, "done");
}

static int choose_language(const struct visit *visit, struct reply *reply,
			   struct error *err)
{
	char session[24];
	const char *const params[] = { session,
				       request_field(visit->request, "language") };

	print_session(visit, session);
	if (db_query(visit->db, SESSION_LANGUAGE, params, 2, NULL, err) != 0)
		return -1;
	reply_see_other(reply, "/account?note=done");
	return 0;
}

int post_account(const struct visit *visit, struct reply *reply, struct error *err)
{
	static const struct {
		const char *name;
		int (*run)(const struct visit *visit, struct reply *reply,
			   struct error *err);
	} actions[] = {
		{ "password", change_password },  { "code_begin", begin_code },
		{ "code_confirm", confirm_code }, { "code_off", drop_code },
		{ "session_end", end_session },   { "language", choose_language },
	};
	const char *action = request_field(visit->request, "action");

	for (size_t i = 0; action && i < sizeof actions / sizeof *actions; i++)
		if (strcmp(actions[i].name, action) == 0)
			return actions[i].run(visit, reply, err);
	return error_set(err, ERROR_INVALID, "no such action");
}
