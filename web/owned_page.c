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

/* Why the visitor may not see it, the code of a problem; NULL: they may. */
static int find_obstacle(const struct visit *visit, const char **obstacle,
			 struct error *err)
{
	const char *in_path = request_value(visit->request, ":agency");
	const char *const params[] = { in_path ? in_path
					       : request_value(visit->request, "agency"),
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

int answer_owned_page(const struct visit *visit, struct reply *reply, struct error *err)
{
	const char *obstacle;

	if (find_obstacle(visit, &obstacle, err) != 0)
		return -1;
	if (!obstacle)
		return answer_page(visit, reply, err);
	if (visit->request->format == FORMAT_HTML) {
		site_refuse(visit->site, visit->request, 0, "forbidden", NULL, reply);
		return 0;
	}
	problem_fill(reply, obstacle, visit->request->language, visit->request->address,
		     NULL, NULL);
	return 0;
}
