/* owned_page.c -- models that an agency and its successors alone may see. */
#include "web/owned_page.h"

#include <stdlib.h>
#include <string.h>

#include "web/page.h"
#include "web/problem.h"
#include "web/site.h"

static const char OWNS[] =
#include "sql/queries/may_see_agency.sql.inc"
	;
static const char NOTE[] =
#include "sql/queries/dossiers_read.sql.inc"
	;

/* A value of the path, else of the query; borrowed, NULL where neither has it. */
static const char *value_of(const struct request *request, const char *in_path)
{
	const char *value = request_value(request, in_path);

	return value ? value : request_value(request, in_path + 1);
}

/* Why the visitor may not see it, the code of a problem; NULL: they may. */
static int find_obstacle(const struct visit *visit, const char **obstacle,
			 struct error *err)
{
	const char *const params[] = { value_of(visit->request, ":agency"),
				       request_value(visit->request, "period") };
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

/* Who read records of an agency stands in the log. */
static int note_reading(const struct visit *visit, struct error *err)
{
	const char *const params[] = { value_of(visit->request, ":agency"),
				       request_value(visit->request, "period"),
				       value_of(visit->request, ":indicator"),
				       request_value(visit->request, "after") };

	return db_query(visit->db, NOTE, params, 4, NULL, err);
}

int answer_owned_page(const struct visit *visit, struct reply *reply, struct error *err)
{
	const char *obstacle;

	if (find_obstacle(visit, &obstacle, err) != 0)
		return -1;
	if (!obstacle)
		return note_reading(visit, err) == 0 ? answer_page(visit, reply, err)
						     : -1;
	if (visit->request->format == FORMAT_HTML) {
		site_refuse(visit->site, visit->request, 0, "forbidden", NULL, reply);
		return 0;
	}
	problem_fill(reply, obstacle, visit->request->language, visit->request->address,
		     NULL, NULL);
	return 0;
}
