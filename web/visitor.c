/* visitor.c -- who is asking. */
#include "web/visitor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "collector/collector.h"
#include "web/token.h"

static const char SESSION[] =
#include "sql/queries/session_visit.sql.inc"
	;
static const char BEGIN[] =
#include "sql/queries/visit_begin.sql.inc"
	;

const struct visitor visitor_public = { .role = VISITOR_PUBLIC };

/* ---- Roles -------------------------------------------------------------- */

static const struct {
	enum visitor_role role;
	const char *name;
} roles[] = {
	{ VISITOR_PUBLIC, "public" },
	{ VISITOR_VIEWER, "viewer" },
	{ VISITOR_SENDER, "sender" },
	{ VISITOR_LEADER, "leader" },
	{ VISITOR_OFFICE, "office" },
	{ VISITOR_AUDITOR, "auditor" },
	{ VISITOR_ADMINISTRATOR, "administrator" },
};

enum { ROLES = sizeof roles / sizeof *roles };

const char *visitor_role_name(enum visitor_role role)
{
	for (size_t i = 0; i < ROLES; i++)
		if (roles[i].role == role)
			return roles[i].name;
	BUG("no role %d", (int)role);
}

/* 0 if there is no such role. */
static enum visitor_role role_named(const char *name)
{
	for (size_t i = 0; name && i < ROLES; i++)
		if (strcmp(roles[i].name, name) == 0)
			return roles[i].role;
	return 0;
}

/* ---- Finding ------------------------------------------------------------ */

static int32_t number(const char *value)
{
	return value ? (int32_t)strtol(value, NULL, 10) : 0;
}

static void copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from ? from : "");
}

/* Where a proxy signs people in, it also signs them out. */
static int is_still_theirs(const struct db_rows *rows, const struct request *request)
{
	int is_named = request->proxy_user &&
		       strcasecmp(request->proxy_user, db_value(rows, 0, "login")) == 0;

	if (strcmp(db_value(rows, 0, "way"), "proxy") == 0)
		return is_named;
	return is_named || !request->proxy_user || !*request->proxy_user;
}

static int find_session(struct visitor *visitor, const struct request *request, int idle,
			struct db *db, struct error *err)
{
	char hash[TOKEN_HASH_SIZE], minutes[16];
	const char *const params[] = { hash, minutes };
	struct db_rows *rows = NULL;

	token_hash(request->session, hash);
	snprintf(minutes, sizeof minutes, "%d", idle);
	if (db_query(db, SESSION, params, 2, &rows, err) != 0)
		return error_context(err, "the session");
	if (db_rows_count(rows) == 1 && is_still_theirs(rows, request)) {
		visitor->role = role_named(db_value(rows, 0, "role"));
		visitor->session_id = strtoll(db_value(rows, 0, "session_id"), NULL, 10);
		visitor->account_id = number(db_value(rows, 0, "account_id"));
		visitor->agency_id = number(db_value(rows, 0, "agency_id"));
		visitor->language = request_language(db_value(rows, 0, "lang"));
		copy(visitor->login, sizeof visitor->login, db_value(rows, 0, "login"));
		copy(visitor->name, sizeof visitor->name, db_value(rows, 0, "name"));
		copy(visitor->agency, sizeof visitor->agency,
		     db_value(rows, 0, "agency"));
	}
	db_rows_free(rows);
	return 0;
}

/* A key acts for its agency, as one who sends for it. */
static int find_key(struct visitor *visitor, const char *token, struct db *db,
		    const char **obstacle, struct error *err)
{
	struct api_key key = { 0 };
	int status = key_check(db, token, &key, err);

	if (status == 0) {
		visitor->role = VISITOR_SENDER;
		visitor->key_id = key.id;
		visitor->agency_id = key.agency_id;
		snprintf(visitor->login, sizeof visitor->login, "key:%d", (int)key.id);
		copy(visitor->agency, sizeof visitor->agency, key.agency);
	} else if (err->kind == ERROR_NOT_FOUND) {
		*obstacle = "key_invalid";
		status = 0;
	}
	key_free(&key);
	return status;
}

int visitor_find(struct visitor *visitor, const struct request *request, int idle,
		 struct db *db, const char **obstacle, struct error *err)
{
	const char *key = request_token(request);

	*visitor = visitor_public;
	*obstacle = NULL;
	if (key)
		return find_key(visitor, key, db, obstacle, err);
	return request->session ? find_session(visitor, request, idle, db, err) : 0;
}

int visitor_announce(const struct visitor *visitor, struct db *db, struct error *err)
{
	char agency[16] = "";
	const char *const params[] = { visitor->login, visitor_role_name(visitor->role),
				       agency };

	if (visitor->agency_id)
		snprintf(agency, sizeof agency, "%d", (int)visitor->agency_id);
	if (db_query(db, "BEGIN", NULL, 0, NULL, err) != 0)
		return -1;
	if (db_query(db, BEGIN, params, 3, NULL, err) == 0)
		return 0;
	db_rollback(db);
	return -1;
}
