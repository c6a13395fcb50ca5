/* docket_page.c -- /data/preview and /data/disputes: what agencies say to their figures. */
#include "web/docket_page.h"

#include <string.h>

static const char PREVIEW_ACT[] =
#include "sql/queries/preview_act.sql.inc"
	;
static const char DOCKET_ACT[] =
#include "sql/queries/docket_act.sql.inc"
	;

static void add_pair(struct text *location, const char *name, const char *value)
{
	if (!value)
		return;
	text_addf(location, "&%s=", name);
	text_add_url(location, value);
}

static int back(const struct visit *visit, struct text *location, const char *place,
		struct reply *reply)
{
	if (strcmp(visit->request->language, "en") == 0)
		text_add(location, "&lang=en");
	if (place) {
		text_add(location, "#");
		text_add_url(location, place);
	}
	reply_see_other(reply, text_string(location));
	text_free(location);
	return 0;
}

int post_preview(const struct visit *visit, struct reply *reply, struct error *err)
{
	const struct request *request = visit->request;
	const char *agency = request_field(request, "agency");
	const char *period = request_field(request, "period");
	const char *indicator = request_field(request, "indicator");
	const char *const params[] = {
		request_field(request, "action"),
		agency,
		indicator,
		period,
		request_field(request, "said"),
		request_field(request, "evidence"),
		request_field(request, "number"),
	};
	struct text location = { 0 };

	if (!params[0] || !agency || !period)
		return error_set(err, ERROR_INVALID, "an action, an agency, a period");
	if (db_query(visit->db, PREVIEW_ACT, params, 7, NULL, err) != 0)
		return -1;
	text_add(&location, "/data/preview?note=done");
	add_pair(&location, "period", period);
	add_pair(&location, "agency", agency);
	return back(visit, &location, indicator, reply);
}

int post_disputes(const struct visit *visit, struct reply *reply, struct error *err)
{
	const struct request *request = visit->request;
	const char *const params[] = {
		request_field(request, "action"),
		request_field(request, "dispute"),
		request_field(request, "said"),
		request_field(request, "batch"),
	};
	struct text location = { 0 };

	if (!params[0] || !params[1])
		return error_set(err, ERROR_INVALID, "an action, a dispute");
	if (db_query(visit->db, DOCKET_ACT, params, 4, NULL, err) != 0)
		return -1;
	text_add(&location, "/data/disputes?note=done");
	return back(visit, &location, NULL, reply);
}
