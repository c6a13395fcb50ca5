/* admin_page.c -- /admin/users, /admin/keys, /admin/letterhead, /admin/targets: what is
 * changed there; /admin/audit: what it is called. */
#include "web/admin_page.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <jansson.h>

#include "base/memory.h"
#include "collector/collector.h"
#include "delivery/delivery.h"
#include "web/form.h"
#include "web/messages.h"
#include "web/page.h"
#include "web/password.h"
#include "web/sign_in.h"
#include "web/site.h"

static const char ADD[] =
#include "sql/queries/account_add.sql.inc"
	;
static const char CHANGE[] =
#include "sql/queries/account_change.sql.inc"
	;
static const char PASSWORD[] =
#include "sql/queries/account_password.sql.inc"
	;
static const char TOTP_OFF[] =
#include "sql/queries/totp_off.sql.inc"
	;
static const char DRAFT[] =
#include "sql/queries/office_draft.sql.inc"
	;
static const char LETTERHEAD[] =
#include "sql/queries/letterhead_set.sql.inc"
	;
static const char DECIDE[] =
#include "sql/queries/office_decide.sql.inc"
	;

static int back(const struct visit *visit, struct reply *reply)
{
	struct text location = { 0 };

	text_addf(&location, "%s?note=done%s", visit->route->pattern,
		  strcmp(visit->request->language, "en") == 0 ? "&lang=en" : "");
	reply_see_other(reply, text_string(&location));
	text_free(&location);
	return 0;
}

/* A secret that is shown this once: there is no address to come back to. */
static int show_secret(const struct visit *visit, const char *kind, const char *name,
		       const char *secret, struct reply *reply, struct error *err)
{
	json_t *model = json_pack("{s:s, s:s, s:s, s:s, s:b}", "kind", kind, "name", name,
				  "secret", secret, "back", visit->route->pattern,
				  "has_no_period", 1);
	int status = page_add_frame(model, visit->db, err);

	if (status == 0)
		status = site_render(visit->site, "secret", visit->request, model, reply,
				     err);
	json_decref(model);
	reply->is_secret = 1;
	return status;
}

/* The FIELDS (closed by NULL) of a form as JSON; one left empty is "" if it IS_WHOLE. */
static char *collect(const struct request *request, const char *const *fields,
		     int is_whole)
{
	json_t *wanted = json_object();
	char *printed;

	for (; *fields; fields++) {
		const char *value = request_field(request, *fields);

		if (value || is_whole)
			json_object_set_new(wanted, *fields,
					    json_string(value ? value : ""));
	}
	printed = json_dumps(wanted, 0);
	json_decref(wanted);
	return printed;
}

/* ---- Accounts ----------------------------------------------------------- */

static int change_user(const struct visit *visit, const char *action, struct reply *reply,
		       struct error *err)
{
	const struct request *request = visit->request;
	const int is_role = strcmp(action, "role") == 0;
	const char *const params[] = {
		request_field(request, "login"),
		action,
		is_role ? request_field(request, "role") : NULL,
		is_role ? request_field(request, "agency") : NULL,
	};

	if (db_query(visit->db, CHANGE, params, 4, NULL, err) != 0)
		return -1;
	return back(visit, reply);
}

static int drop_code(const struct visit *visit, struct reply *reply, struct error *err)
{
	const char *const params[] = { request_field(visit->request, "login"), NULL };

	if (db_query(visit->db, TOTP_OFF, params, 2, NULL, err) != 0)
		return -1;
	return back(visit, reply);
}

/* A new account, or a new password of an old one: made here, to be changed by its owner. */
static int give_password(const struct visit *visit, int is_new, struct reply *reply,
			 struct error *err)
{
	const struct request *request = visit->request;
	const char *login = request_field(request, "login");
	const char *name = request_field(request, "name");
	char password[PASSWORD_LEAST * 2 + 1], hash[PASSWORD_HASH_SIZE];
	const char *const added[] = { login, name ? name : login,
				      request_field(request, "role"),
				      request_field(request, "agency"), hash };
	const char *const changed[] = { login, hash, NULL };
	int status;

	if (!login)
		return error_set(err, ERROR_INVALID, "an account needs a login");
	password_make(password);
	status = password_hash(password, visit->sign_in->password_memory, hash, err);
	if (status == 0)
		status = is_new ? db_query(visit->db, ADD, added, 5, NULL, err)
				: db_query(visit->db, PASSWORD, changed, 3, NULL, err);
	if (status == 0)
		status = show_secret(visit, "password", login, password, reply, err);
	password_forget(password);
	return status;
}

/* One's own is changed where the old one is asked for: a browser may be open. */
static int is_own_secret(const struct visit *visit, const char *action)
{
	const char *login = request_field(visit->request, "login");

	return login && strcasecmp(login, visit->visitor->login) == 0 &&
	       (strcmp(action, "password") == 0 || strcmp(action, "totp") == 0);
}

int post_users(const struct visit *visit, struct reply *reply, struct error *err)
{
	const char *action = request_field(visit->request, "action");

	if (!action)
		return error_set(err, ERROR_INVALID, "no such action");
	if (is_own_secret(visit, action))
		return error_set(err, ERROR_INVALID,
				 "your own password and second step are changed on the "
				 "page of your account");
	if (strcmp(action, "add") == 0 || strcmp(action, "password") == 0)
		return give_password(visit, *action == 'a', reply, err);
	if (strcmp(action, "totp") == 0)
		return drop_code(visit, reply, err);
	return change_user(visit, action, reply, err);
}

/* ---- Keys --------------------------------------------------------------- */

/* The record types that were ticked, separated by commas; all where none was. */
static void list_types(const struct request *request, struct text *types)
{
	const char *type;

	for (size_t i = 0; (type = form_value_at(request->form, "type", i)) != NULL; i++)
		text_addf(types, "%s%s", i ? "," : "", type);
	if (types->length == 0)
		text_add(types, KEY_TYPES);
}

static int add_key(const struct visit *visit, struct reply *reply, struct error *err)
{
	const char *agency = request_field(visit->request, "agency");
	struct text types = { 0 }, token = { 0 };
	int status;

	if (!agency)
		return error_set(err, ERROR_INVALID, "a key is for an agency");
	list_types(visit->request, &types);
	status = key_add(visit->db, agency, text_string(&types),
			 request_field(visit->request, "expires"), &token, err);
	if (status == 0)
		status = show_secret(visit, "key", agency, text_string(&token), reply,
				     err);
	text_free(&types);
	text_free(&token);
	return status;
}

int post_keys(const struct visit *visit, struct reply *reply, struct error *err)
{
	const char *action = request_field(visit->request, "action");
	const char *id = request_field(visit->request, "key");

	if (action && strcmp(action, "add") == 0)
		return add_key(visit, reply, err);
	if (!action || strcmp(action, "revoke") != 0 || !id)
		return error_set(err, ERROR_INVALID, "no such action");
	if (key_revoke(visit->db, id, err) != 0)
		return -1;
	return back(visit, reply);
}

/* ---- Letterheads -------------------------------------------------------- */

int post_letterhead(const struct visit *visit, struct reply *reply, struct error *err)
{
	static const char *const fields[] = { "parent",   "name",      "symbol",
					      "place",    "receivers", "recipients",
					      "position", "signer",    NULL };
	const struct request *request = visit->request;
	const char *agency = request_field(request, "agency");
	const char *lang = request_field(request, "of");
	char *wanted = collect(request, fields, 1);
	const char *const params[] = { agency, lang, request_field(request, "from"),
				       wanted };
	struct text location = { 0 };
	int status = -1;

	if (!agency || !lang)
		error_set(err, ERROR_INVALID, "a letterhead is of an agency");
	else
		status = db_query(visit->db, LETTERHEAD, params, 4, NULL, err);
	if (status == 0) {
		text_addf(&location, "%s?note=done&agency=%s&of=%s%s",
			  visit->route->pattern, agency, lang,
			  strcmp(request->language, "en") == 0 ? "&lang=en" : "");
		reply_see_other(reply, text_string(&location));
	}
	text_free(&location);
	free(wanted);
	return status;
}

/* ---- Targets and populations -------------------------------------------- */

/* The fields of a draft, as `nq17 target draft` would have them from its options. */
static char *collect_draft(const struct request *request)
{
	static const char *const fields[] = { "subject",   "value",  "deadline",
					      "direction", "kinds",  "from",
					      "reason",    "clause", "name",
					      "name-en",   NULL };

	return collect(request, fields, 0);
}

static int draft(const struct visit *visit, const char *kind, struct reply *reply,
		 struct error *err)
{
	char *wanted = collect_draft(visit->request), *id = NULL;
	const char *const params[] = { kind, wanted };
	struct text location = { 0 };
	int status = db_value_of(visit->db, DRAFT, params, 2, &id, err);

	if (status == 0) {
		text_addf(&location, "/admin/targets/%s%s", id,
			  strcmp(visit->request->language, "en") == 0 ? "?lang=en" : "");
		reply_see_other(reply, text_string(&location));
	}
	text_free(&location);
	free(wanted);
	free(id);
	return status;
}

int post_targets(const struct visit *visit, struct reply *reply, struct error *err)
{
	const char *action = request_field(visit->request, "action");
	const char *id = request_field(visit->request, "draft");
	int is_approval = action && strcmp(action, "approve") == 0;
	const char *const params[] = { id, is_approval ? "t" : "f" };

	if (action && strcmp(action, "draft_target") == 0)
		return draft(visit, "target", reply, err);
	if (action && strcmp(action, "draft_population") == 0)
		return draft(visit, "population", reply, err);
	if (!id || !(is_approval || (action && strcmp(action, "drop") == 0)))
		return error_set(err, ERROR_INVALID, "no such action");
	if (db_query(visit->db, DECIDE, params, 2, NULL, err) != 0)
		return -1;
	return back(visit, reply);
}

/* ---- The log ------------------------------------------------------------ */

/* The name of the LENGTH letters CODE among the texts "KIND.CODE", or the code. */
static json_t *name_of(const struct visit *visit, const char *kind, const char *code,
		       size_t length)
{
	struct text key = { 0 };
	const char *found;

	text_addf(&key, "%s.%.*s", kind, (int)length, code);
	found = message_find(text_string(&key), visit->request->language);
	text_free(&key);
	return found ? json_string(found) : json_stringn(code, length);
}

static void name_member(const struct visit *visit, json_t *of, const char *member,
			const char *kind)
{
	const char *code = json_string_value(json_object_get(of, member));

	if (code)
		json_object_set_new(of, "called",
				    name_of(visit, kind, code, strlen(code)));
}

/* Words for a value of a detail; by the first of these texts that there is. */
static const struct {
	const char *name, *words;
} values[] = {
	{ "covers", "schedule.covers" },
	{ "direction", "direction" },
	{ "each", "schedule.each" },
	{ "fires", "schedule.fires" },
	{ "format", "schedule_form.format" },
	{ "formats", "schedule_form.format" },
	{ "grp", "group" },
	{ "kinds", "kind" },
	{ "lang", "schedule.lang" },
	{ "maturity", "maturity" },
	{ "report", "report" },
	{ "role", "role" },
	{ "status", "status" },
	{ "type", "data.type" },
	{ "types", "data.type" },
	{ "was", "ledger" },
	{ "workdays", "schedule.workdays" },
};

static const char *word_of(const struct visit *visit, const char *name, const char *code)
{
	struct text key = { 0 };
	const char *found;

	text_addf(&key, "log.value.%s.%s", name, code);
	found = message_find(text_string(&key), visit->request->language);
	for (size_t i = 0; i < sizeof values / sizeof *values && !found; i++) {
		if (strcmp(values[i].name, name) != 0)
			continue;
		text_clear(&key);
		text_addf(&key, "%s.%s", values[i].words, code);
		found = message_find(text_string(&key), visit->request->language);
	}
	text_free(&key);
	return found ? found : code;
}

/* Codes stand between commas; a text that holds some is no list of codes and stays. */
static void name_value(const struct visit *visit, json_t *pair)
{
	const char *name = json_string_value(json_object_get(pair, "name"));
	const char *value = json_string_value(json_object_get(pair, "words"));
	struct text words = { 0 };
	char *copy, *rest, *code;
	int is_words = 1;

	if (!name || !value)
		return;
	copy = rest = memory_copy(value);
	while ((code = strsep(&rest, ",")) != NULL) {
		const char *word = word_of(visit, name, code);

		is_words &= word != code;
		text_addf(&words, "%s%s", words.length ? ", " : "", word);
	}
	if (is_words)
		json_object_set_new(pair, "words", json_string(text_string(&words)));
	text_free(&words);
	free(copy);
}

static void name_detail(const struct visit *visit, json_t *pair)
{
	static const char *const kinds[] = { "log.detail", "table", "change.field" };
	const char *name = json_string_value(json_object_get(pair, "name"));
	struct text key = { 0 };

	for (size_t i = 0; name && i < sizeof kinds / sizeof *kinds; i++) {
		text_clear(&key);
		text_addf(&key, "%s.%s", kinds[i], name);
		if (!message_find(text_string(&key), "vi"))
			continue;
		name_member(visit, pair, "name", kinds[i]);
		break;
	}
	if (name && !json_object_get(pair, "called"))
		json_object_set_new(pair, "called", json_string(name));
	text_free(&key);
	name_value(visit, pair);
}

/* A rule of a schedule needs its start to be said. */
static void name_rule(const struct visit *visit, json_t *details)
{
	const char *start = "1970-01-01T00:00:00", *rule = NULL;
	json_t *pair, *of_rule = NULL;
	struct text words = { 0 };
	size_t i;

	json_array_foreach(details, i, pair) {
		const char *name = json_string_value(json_object_get(pair, "name"));

		if (strcmp(name, "starts") == 0)
			start = json_string_value(json_object_get(pair, "time"));
		if (strcmp(name, "rrule") == 0)
			rule = json_string_value(
				json_object_get(of_rule = pair, "value"));
	}
	if (rule && start &&
	    rule_words_add(&words, rule, start, visit->request->language) == 0)
		json_object_set_new(of_rule, "words", json_string(text_string(&words)));
	text_free(&words);
}

/* "key:12" is of a kind, and has a name or number. */
static void name_object(const struct visit *visit, json_t *entry)
{
	const char *object = json_string_value(json_object_get(entry, "object"));
	size_t kind = object ? strcspn(object, ":") : 0;

	if (!object)
		return;
	json_object_set_new(entry, "kind_called",
			    name_of(visit, "log.object", object, kind));
	if (object[kind])
		json_object_set_new(
			entry, "of",
			json_string(strncmp(object, "oidc:", 5) == 0
					    ? word_of(visit, "step", object + 5)
					    : object + kind + 1));
}

void name_entries(const struct visit *visit, json_t *model)
{
	json_t *entry, *pair;
	size_t i, j;

	json_array_foreach(json_object_get(model, "actions"), i, entry)
		name_member(visit, entry, "name", "log.action");
	json_array_foreach(json_object_get(model, "entries"), i, entry) {
		name_member(visit, entry, "action", "log.action");
		name_object(visit, entry);
		name_rule(visit, json_object_get(entry, "details"));
		json_array_foreach(json_object_get(entry, "details"), j, pair)
			name_detail(visit, pair);
	}
}
