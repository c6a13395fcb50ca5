/* owned_page.c -- models that an agency and its successors alone may see. */
#include "web/owned_page.h"

#include <stdlib.h>
#include <string.h>

#include "collector/collector.h"
#include "web/page.h"
#include "web/problem.h"

static const char OWNS[] =
#include "sql/queries/key_owns.sql.inc"
	;

/* Why the visitor may not see it, the code of a problem; NULL: they may. */
static int find_obstacle(const struct visit *visit, const char **obstacle,
			 struct error *err)
{
	const char *token = request_token(visit->request);
	struct api_key key = { 0 };
	struct text number = { 0 };
	const char *params[3];
	char *owns = NULL;
	int status = 0;

	*obstacle = token ? NULL : "key_missing";
	if (!token)
		return 0;
	if (key_check(visit->db, token, &key, err) != 0) {
		*obstacle = "key_invalid";
		status = err->kind == ERROR_NOT_FOUND ? 0 : -1;
		goto done;
	}
	text_addf(&number, "%d", (int)key.agency_id);
	params[0] = text_string(&number);
	params[1] = request_value(visit->request, "agency");
	params[2] = request_value(visit->request, "period");
	status = db_value_of(visit->db, OWNS, params, 3, &owns, err);
	if (status == 0 && strcmp(owns, "t") != 0)
		*obstacle = "key_agency";
done:
	free(owns);
	text_free(&number);
	key_free(&key);
	return status;
}

int answer_owned_page(const struct visit *visit, struct reply *reply, struct error *err)
{
	const char *obstacle;

	if (find_obstacle(visit, &obstacle, err) != 0)
		return -1;
	if (!obstacle)
		return answer_page(visit, reply, err);
	problem_fill(reply, obstacle, visit->request->language, visit->request->address,
		     NULL, NULL);
	return 0;
}
