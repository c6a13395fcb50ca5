/* schedule_ways.c -- nq17 schedule way: the ways out that pages may choose from. */
#include "delivery/schedule_request.h"

#include <stdlib.h>
#include <string.h>

static const char ADD[] =
#include "sql/queries/way_add.sql.inc"
	;
static const char LIST[] =
#include "sql/queries/way_list.sql.inc"
	;
static const char REMOVE[] =
#include "sql/queries/way_remove.sql.inc"
	;

/* Mail needs no way of its own: pages name addresses themselves. */
static int check(const struct schedule_request *request, struct error *err)
{
	const struct schedule_draft *draft = &request->draft;

	if (strchr(draft->to, ',') || !strchr(draft->to, ':'))
		return error_set(err, ERROR_INVALID,
				 "a way is one folder:/path, https://, sftp:// or "
				 "hook:https:// address: \"%s\"",
				 draft->to);
	if (draft->credentials && draft->credentials[0] != '/')
		return error_set(err, ERROR_INVALID,
				 "--credentials wants a path from the root");
	return schedule_check_recipient(request->config, draft->to, err);
}

int schedule_way_change(struct db *db, void *context, struct error *err)
{
	const struct schedule_request *request = context;
	const struct schedule_draft *draft = &request->draft;
	const char *const params[] = { draft->name, draft->owner, draft->to,
				       draft->credentials, office_account() };
	char *answer = NULL;
	int status = request->removes ? 0 : check(request, err);

	if (status == 0)
		status = db_value_of(db, request->removes ? REMOVE : ADD, params,
				     request->removes ? 2 : 5, &answer, err);
	if (status != 0 && strcmp(err->sqlstate, "23505") == 0)
		error_set(err, ERROR_CONFLICT, "there is a way %s already", draft->name);
	else if (status != 0 && strcmp(err->sqlstate, "23514") == 0)
		error_set(err, ERROR_INVALID, "\"%s\" is no name of a way", draft->name);
	else if (status == 0 && !answer)
		status = error_set(err, ERROR_NOT_FOUND, "there is no %s %s",
				   request->removes ? "way" : "agency",
				   request->removes ? draft->name : draft->owner);
	free(answer);
	return status;
}

int schedule_way_list(struct db *db, void *context, struct error *err)
{
	const struct schedule_request *request = context;

	return list_query(db, LIST, NULL, 0, request->as, NULL, err);
}
