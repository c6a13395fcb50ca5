/* api_reply.c -- models that are more than one question, and answers to forms. */
#include "web/api_reply.h"

#include <stdlib.h>
#include <string.h>

#include "web/site.h"

int api_load(struct db *db, const char *sql, const char *const *params, int count,
	     json_t **model, struct error *err)
{
	char *bytes = NULL;
	json_error_t fault;
	int status = db_value_of(db, sql, params, count, &bytes, err);

	if (status == 0 && !bytes)
		status = error_set(err, ERROR_NOT_FOUND, SITE_NOTHING_HERE);
	if (status == 0) {
		*model = json_loads(bytes, 0, &fault);
		if (!*model)
			status = error_set(err, ERROR_INTERNAL,
					   "the model cannot be read: %s", fault.text);
	}
	free(bytes);
	return status;
}

int api_print(const json_t *model, struct reply *reply, struct error *err)
{
	char *bytes = json_dumps(model, JSON_COMPACT);

	if (!bytes)
		return error_set(err, ERROR_INTERNAL, "the model cannot be printed");
	reply->status = 200;
	reply->type = "application/json";
	text_addf(&reply->body, "%s\n", bytes);
	free(bytes);
	return 0;
}

int api_is_asked(const struct visit *visit)
{
	return strncmp(visit->route->pattern, "/api/", 5) == 0;
}

int api_done(const struct visit *visit, const char *place, const char *id,
	     const char *note, struct reply *reply)
{
	struct text location = { 0 };

	if (api_is_asked(visit)) {
		reply->status = 200;
		reply->type = "application/json";
		text_addf(&reply->body, "{\"done\": true, \"id\": %s}\n",
			  *id ? id : "null");
		return 0;
	}
	text_addf(&location, "%s%s?note=%s%s", place, id, note,
		  strcmp(visit->request->language, "en") == 0 ? "&lang=en" : "");
	reply_see_other(reply, text_string(&location));
	text_free(&location);
	return 0;
}
