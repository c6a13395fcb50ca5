/* owned_page.c -- models that an agency and its successors alone may see. */
#include "web/owned_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "web/page.h"
#include "web/problem.h"
#include "web/site.h"

static const char OWNS[] =
#include "sql/queries/may_see_agency.sql.inc"
	;

static const char NOTE[] =
#include "sql/queries/log_action.sql.inc"
	;

/* Of the path, else of the query. */
static const char *value_of(const struct request *request, const char *name)
{
	char part[32];
	const char *value;

	snprintf(part, sizeof part, ":%s", name);
	value = request_value(request, part);
	return value ? value : request_value(request, name);
}

/* Why the visitor may not see it, the code of a problem; NULL: they may. */
static int find_obstacle(const struct visit *visit, const char **obstacle,
			 struct error *err)
{
	const char *const params[] = { value_of(visit->request, "agency"),
				       value_of(visit->request, "period") };
	char *owns = NULL;
	int status = 0;

	*obstacle = visit->visitor->role == VISITOR_PUBLIC ? "key_missing" : NULL;
	if (*obstacle)
		return 0;
	status = db_value_of(visit->db, OWNS, params, 2, &owns, err);
	if (status == 0 && strcmp(owns, "t") != 0)
		*obstacle = "key_agency";
	free(owns);
	return status;
}

/* That somebody read records is written down: of what, and which page of it. */
static int note_reading(const struct visit *visit, struct error *err)
{
	static const char *const names[] = { "period", "indicator", "procedure", "after",
					     "limit" };
	const struct request *request = visit->request;
	const char *agency = value_of(request, "agency");
	json_t *details = json_object();
	struct text object = { 0 };
	char *printed;
	int status;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (value_of(request, names[i]))
			json_object_set_new(details, names[i],
					    json_string(value_of(request, names[i])));
	json_object_set_new(details, "address", json_string(request->peer));
	printed = json_dumps(details, 0);
	text_addf(&object, "dossiers:%s", agency);
	status = db_query(visit->db, NOTE,
			  (const char *const[]){ "read_dossiers", text_string(&object),
						 printed, agency,
						 value_of(request, "period") },
			  5, NULL, err);
	text_free(&object);
	free(printed);
	json_decref(details);
	return status;
}

static void refuse(const struct visit *visit, const char *obstacle, struct reply *reply)
{
	const struct request *request = visit->request;

	if (request->format == FORMAT_HTML)
		site_refuse(visit->site, request, 0, "forbidden", NULL, reply);
	else
		problem_fill(reply, obstacle, request->language, request->address, NULL,
			     NULL);
}

int answer_owned_page(const struct visit *visit, struct reply *reply, struct error *err)
{
	const char *obstacle;

	if (find_obstacle(visit, &obstacle, err) != 0)
		return -1;
	if (obstacle) {
		refuse(visit, obstacle, reply);
		return 0;
	}
	if (answer_page(visit, reply, err) != 0)
		return -1;
	return note_reading(visit, err);
}
