/* schedule_page.c -- /reports/schedules: what is sent to whom, and when. */
#include "web/schedule_page.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/memory.h"
#include "base/period.h"
#include "delivery/delivery.h"
#include "web/api_reply.h"
#include "web/site.h"

static const char PAGE[] =
#include "sql/queries/page_schedule.sql.inc"
	;
static const char RUN_NOW[] =
#include "sql/queries/schedule_run_now.sql.inc"
	;

/* ---- One schedule -------------------------------------------------------- */

void schedule_add_rule(json_t *object, const char *rrule, const char *start)
{
	static const char *const languages[] = { "vi", "en" };
	json_t *rule = json_object();

	for (size_t i = 0; i < 2; i++) {
		struct text words = { 0 };

		if (rule_words_add(&words, rrule, start, languages[i]) == 0)
			json_object_set_new(rule, languages[i],
					    json_string(text_string(&words)));
		text_free(&words);
	}
	json_object_set_new(object, "rrule", json_string(rrule));
	if (json_object_size(rule) > 0)
		json_object_set(object, "rule", rule);
	json_decref(rule);
}

static void add_rule(json_t *model)
{
	json_t *schedule = json_object_get(model, "schedule");
	struct text start = { 0 };
	char *rrule = memory_copy(json_string_value(json_object_get(schedule, "rrule")));

	text_addf(&start, "%sT%s:00",
		  json_string_value(json_object_get(schedule, "starts")),
		  json_string_value(json_object_get(schedule, "at")));
	schedule_add_rule(schedule, rrule, text_string(&start));
	text_free(&start);
	free(rrule);
}

/* What runs no more has no next runs. */
static int add_next(const struct visit *visit, json_t *model, const char *id,
		    struct error *err)
{
	const json_t *schedule = json_object_get(model, "schedule");
	const char *state = json_string_value(json_object_get(schedule, "state"));
	char *runs = NULL;
	int status = 0;

	if (state && strcmp(state, "active") == 0)
		status = delivery_next_runs(visit->db, id, &runs, err);
	if (status == 0 && runs)
		json_object_set_new(model, "next_runs", json_loads(runs, 0, NULL));
	free(runs);
	return status;
}

int answer_schedule(const struct visit *visit, struct reply *reply, struct error *err)
{
	const struct request *request = visit->request;
	const char *const params[] = { request_value(request, ":schedule"),
				       request_value(request, "note") };
	json_t *model = NULL;
	int status = api_load(visit->db, PAGE, params, 2, &model, err);

	if (status == 0)
		status = add_next(visit, model, params[0], err);
	if (status == 0) {
		add_rule(model);
		status = request->format == FORMAT_JSON
				 ? api_print(model, reply, err)
				 : site_render(visit->site, "schedule", request, model,
					       reply, err);
	}
	json_decref(model);
	return status;
}

/* ---- What is done with it ------------------------------------------------ */

static int run_now(const struct visit *visit, const char *id, struct error *err)
{
	const char *period = request_field(visit->request, "period");
	const char *const params[] = { id, period,
				       config_get(visit->config, "alert_to") };
	struct period parsed;

	if (!period || period_parse(&parsed, period, err) != 0)
		return error_set(err, ERROR_INVALID, "which period, like 2020-Q3?");
	return db_query(visit->db, RUN_NOW, params, 3, NULL, err);
}

int post_schedule(const struct visit *visit, struct reply *reply, struct error *err)
{
	static const struct {
		const char *action, *state;
	} switches[] = { { "pause", "paused" },
			 { "resume", "active" },
			 { "remove", "removed" } };
	const struct request *request = visit->request;
	const char *action = request_field(request, "action");
	const char *id = request_value(request, ":schedule");
	const char *state = NULL;
	int is_list = id == NULL, status;

	if (is_list)
		id = request_field(request, "schedule");
	if (!action || !id || id[strspn(id, "0123456789")] || strlen(id) > 18)
		return error_set(err, ERROR_INVALID, "no such action, or no schedule");
	for (size_t i = 0; i < sizeof switches / sizeof *switches; i++)
		if (strcmp(switches[i].action, action) == 0)
			state = switches[i].state;
	if (state)
		status = delivery_switch(visit->db, id, state, err);
	else if (strcmp(action, "run") == 0)
		status = run_now(visit, id, err);
	else
		status = error_set(err, ERROR_INVALID, "no such action");
	if (status != 0)
		return -1;
	is_list |= strcmp(action, "remove") == 0;
	return api_done(visit, is_list ? "/reports/schedules" : "/reports/schedules/",
			is_list ? "" : id, "done", reply);
}
