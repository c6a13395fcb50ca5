/* schedule_form.c -- a new schedule, or one that is changed.
 *
 * The first button shows the next runs; only then there is one that saves, and only what
 * was shown: whoever changes a field in between is shown the runs once more.  All of it
 * without a script. */
#include "web/schedule_form.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/memory.h"
#include "delivery/delivery.h"
#include "web/api_reply.h"
#include "web/form.h"
#include "web/schedule_page.h"
#include "web/site.h"

static const char PAGE[] =
#include "sql/queries/page_schedule_form.sql.inc"
	;

/* The fields of the form, and what a new one has in them. */
static const struct {
	const char *name, *usual;
} fields[] = {
	{ "name", "" },
	{ "report", "compliance" },
	{ "indicator", "online-filing" },
	{ "scope", "VN" },
	{ "lang", "vi" },
	{ "formats", "pdf" },
	{ "every", "month" },
	{ "weekday", "1" },
	{ "day", "25" },
	{ "month", "1" },
	{ "rrule", "" },
	{ "covers", "" },
	{ "zone", "Asia/Ho_Chi_Minh" },
	{ "from", "" },
	{ "at", "08:00" },
	{ "workdays", "next" },
	{ "when", "time" },
	{ "coverage", "80" },
	{ "deadline", "5" },
	{ "contacts", "" },
	{ "to", "" },
	{ "way", "" },
	{ "alert", "" },
};

enum { FIELDS = sizeof fields / sizeof *fields };

/* What can be chosen, in the order of the form. */
static const struct {
	const char *name, *values;
} choices[] = {
	{ "report", "compliance brief ranking indicator restatement evidence form06a" },
	{ "lang", "vi en" },
	{ "formats", "pdf xlsx png csv json" },
	{ "every", "day workday week month quarter half year rule" },
	{ "weekday", "1 2 3 4 5 6 7" },
	{ "covers", "day week month quarter half year nd09-month nd09-quarter nd09-half "
		    "nd09-year" },
	{ "workdays", "next previous none" },
	{ "when", "time published coverage" },
	{ "each", "all central ministry ministerial_agency government_agency province" },
};

/* ---- Values -------------------------------------------------------------- */

static const char *value_of(const json_t *values, const char *name)
{
	const char *value = json_string_value(json_object_get(values, name));

	return value ? value : "";
}

static const char *given(const json_t *values, const char *name)
{
	const char *value = value_of(values, name);

	return *value ? value : NULL;
}

static void set(json_t *values, const char *name, const char *value)
{
	json_object_set_new(values, name, json_string(value ? value : ""));
}

static void set_number(json_t *values, const char *name, long long number)
{
	char printed[24];

	snprintf(printed, sizeof printed, "%lld", number);
	set(values, name, printed);
}

static json_t *usual_values(void)
{
	json_t *values = json_object();

	for (size_t i = 0; i < FIELDS; i++)
		set(values, fields[i].name, fields[i].usual);
	return values;
}

/* As they were sent; of the formats all that were ticked. */
static json_t *sent_values(const struct request *request)
{
	json_t *values = json_object();
	struct text formats = { 0 };
	const char *format;

	for (size_t i = 0; i < FIELDS; i++)
		set(values, fields[i].name, request_field(request, fields[i].name));
	for (size_t i = 0; (format = form_value_at(request->form, "formats", i)); i++)
		text_addf(&formats, "%s%s", i ? "," : "", format);
	set(values, "formats", text_string(&formats));
	text_free(&formats);
	return values;
}

static void read_rule(json_t *values, const json_t *stored)
{
	const char *rrule = value_of(stored, "rrule");
	const char *covers = value_of(stored, "covers"), *usual;
	struct rule_choice choice;

	rule_choice_read(rrule, &choice);
	usual = rule_choice_covers(choice.every);
	set(values, "every", choice.every);
	set_number(values, "weekday", choice.weekday);
	set_number(values, "day", choice.day);
	set_number(values, "month", choice.month);
	set(values, "rrule", strcmp(choice.every, "rule") == 0 ? rrule : "");
	set(values, "covers", usual && strcmp(usual, covers) == 0 ? "" : covers);
}

/* One address a line; other ways are kept as they are. */
static void read_recipients(json_t *values, const json_t *stored)
{
	struct text to = { 0 };
	const json_t *recipient;
	size_t i;

	json_array_foreach(json_object_get(stored, "recipients"), i, recipient) {
		const char *address = json_string_value(recipient);

		if (strcmp(address, "contacts") == 0)
			set(values, "contacts", "1");
		else if (strchr(address, ':'))
			set(values, "way", "kept");
		else
			text_addf(&to, "%s\n", address);
	}
	set(values, "to", text_string(&to));
	text_free(&to);
}

static void read_scope(json_t *values, const json_t *stored)
{
	const char *each = given(stored, "each");
	const char *agency = value_of(json_object_get(stored, "scope"), "agency");
	struct text scope = { 0 };

	if (each)
		text_addf(&scope, "each:%s", each);
	else
		text_addf(&scope, "%s%s",
			  strcmp(agency, "VN") == 0 ? "" : "agency:", agency);
	set(values, "scope", text_string(&scope));
	text_free(&scope);
}

static json_t *stored_values(const json_t *stored)
{
	static const char *const same[][2] = {
		{ "name", "name" },         { "report", "report" }, { "lang", "lang" },
		{ "zone", "zone" },         { "from", "starts" },   { "at", "at" },
		{ "workdays", "workdays" }, { "when", "fires" },    { "alert", "alert" },
	};
	const json_t *coverage = json_object_get(stored, "coverage");
	const json_t *deadline = json_object_get(stored, "deadline_days");
	json_t *values = usual_values();

	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		set(values, same[i][0], value_of(stored, same[i][1]));
	set(values, "formats", value_of(stored, "formats"));
	if (given(stored, "slug"))
		set(values, "indicator", value_of(stored, "slug"));
	if (json_is_integer(coverage))
		set_number(values, "coverage", json_integer_value(coverage));
	if (json_is_number(deadline))
		set_number(values, "deadline", (long long)json_number_value(deadline));
	read_rule(values, stored);
	read_scope(values, stored);
	read_recipients(values, stored);
	return values;
}

/* ---- What the form shows -------------------------------------------------- */

/* Is VALUE one of those in LIST, between commas or blanks? */
static int is_chosen(const char *list, const char *value)
{
	size_t length = strlen(value);

	while (*list) {
		size_t word = strcspn(list, ", ");

		if (word == length && strncmp(list, value, length) == 0)
			return 1;
		list += word + strspn(list + word, ", ");
	}
	return 0;
}

static void add_choice(json_t *options, const char *value, int is_selected)
{
	json_array_append_new(options, json_pack("{s:s, s:b}", "value", value, "selected",
						 is_selected));
}

/* `each` is a part of the field scope: "each:province". */
static void add_choices(json_t *choose, const json_t *values)
{
	const char *scope = value_of(values, "scope");

	for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
		char *list = memory_copy(choices[i].values), *rest = list, *value;
		const char *chosen = strcmp(choices[i].name, "each") != 0
					     ? value_of(values, choices[i].name)
				     : strncmp(scope, "each:", 5) == 0 ? scope + 5
								       : "";
		json_t *options = json_array();

		while ((value = strsep(&rest, " ")) != NULL)
			add_choice(options, value, is_chosen(chosen, value));
		json_object_set_new(choose, choices[i].name, options);
		free(list);
	}
}

/* Days of the month, and months of the period. */
static void add_numbers(json_t *choose, const char *name, int most, const char *chosen)
{
	json_t *options = json_array();
	char value[12];

	for (int i = 1; i <= most; i++) {
		snprintf(value, sizeof value, "%d", i);
		add_choice(options, value, strcmp(value, chosen) == 0);
	}
	json_object_set_new(choose, name, options);
}

/* Marks what is chosen of a list that the database gave. */
static void mark(json_t *model, const char *list, const char *chosen)
{
	json_t *option;
	size_t i;

	json_array_foreach(json_object_get(model, list), i, option)
		if (strcmp(value_of(option, "value"), chosen) == 0)
			json_object_set_new(option, "selected", json_true());
}

static int show(const struct visit *visit, json_t *model, json_t *values,
		struct reply *reply, struct error *err)
{
	json_t *choose = json_object();

	add_choices(choose, values);
	add_numbers(choose, "day", 28, value_of(values, "day"));
	add_numbers(choose, "month", 12, value_of(values, "month"));
	json_object_set_new(model, "choose", choose);
	json_object_set_new(model, "is_last_day",
			    json_boolean(strcmp(value_of(values, "day"), "-1") == 0));
	json_object_set_new(model, "is_way_kept",
			    json_boolean(strcmp(value_of(values, "way"), "kept") == 0));
	mark(model, "agencies", value_of(values, "scope"));
	mark(model, "indicators", value_of(values, "indicator"));
	mark(model, "ways", value_of(values, "way"));
	json_object_set(model, "field", values);
	return site_render(visit->site, "schedule_form", visit->request, model, reply,
			   err);
}

static int load(const struct visit *visit, json_t **model, struct error *err)
{
	const char *const params[] = { request_value(visit->request, ":schedule") };

	return api_load(visit->db, PAGE, params, 1, model, err);
}

int answer_schedule_form(const struct visit *visit, struct reply *reply,
			 struct error *err)
{
	json_t *model = NULL, *values;
	int status = load(visit, &model, err);

	if (status == 0) {
		const json_t *stored = json_object_get(model, "schedule");

		values = json_is_object(stored) ? stored_values(stored) : usual_values();
		status = show(visit, model, values, reply, err);
		json_decref(values);
	}
	json_decref(model);
	return status;
}

/* ---- What the form asks for ----------------------------------------------- */

/* A draft, and the strings in it that were put together here. */
struct wish {
	struct schedule_draft draft;
	struct text rrule, when, deadline, to;
};

static void wish_free(struct wish *wish)
{
	text_free(&wish->rrule);
	text_free(&wish->when);
	text_free(&wish->deadline);
	text_free(&wish->to);
}

/* What the choices say; where they say nothing, what is wrong with it is that. */
static void write_rule(struct wish *wish, const json_t *values)
{
	const struct rule_choice choice = { .every = value_of(values, "every"),
					    .weekday = atoi(value_of(values, "weekday")),
					    .day = atoi(value_of(values, "day")),
					    .month = atoi(value_of(values, "month")) };
	const char *covers = rule_choice_covers(choice.every);

	if (rule_choice_write(&choice, &wish->rrule) != 0)
		text_add(&wish->rrule, value_of(values, "rrule"));
	wish->draft.rrule = text_string(&wish->rrule);
	wish->draft.covers = given(values, "covers") ? given(values, "covers") : covers;
}

static void write_moment(struct wish *wish, const json_t *values)
{
	const char *when = value_of(values, "when");

	text_add(&wish->when, when);
	if (strcmp(when, "coverage") == 0)
		text_addf(&wish->when, ":%s", value_of(values, "coverage"));
	if (strcmp(when, "time") != 0) {
		text_addf(&wish->deadline, "P%dD", atoi(value_of(values, "deadline")));
		wish->draft.deadline = text_string(&wish->deadline);
	}
	wish->draft.when = text_string(&wish->when);
}

static void add_recipient(struct text *to, const char *recipient, size_t length)
{
	if (to->length > 0)
		text_add_char(to, ',');
	text_add_bytes(to, recipient, length);
}

/* Of a server or folder only the name was chosen; where it leads, the machine says. */
static void add_way(struct wish *wish, const json_t *model, const char *chosen)
{
	const json_t *stored = json_object_get(model, "schedule"), *one;
	size_t i;

	json_array_foreach(json_object_get(model, "ways"), i, one)
		if (strcmp(value_of(one, "value"), chosen) == 0) {
			const char *recipient = value_of(one, "recipient");

			add_recipient(&wish->to, recipient, strlen(recipient));
			wish->draft.credentials = given(one, "credentials");
		}
	if (strcmp(chosen, "kept") != 0)
		return;
	json_array_foreach(json_object_get(stored, "kept"), i, one)
		add_recipient(&wish->to, json_string_value(one), json_string_length(one));
	wish->draft.credentials = given(stored, "credentials");
}

static void write_recipients(struct wish *wish, const json_t *model, const json_t *values)
{
	static const char between[] = " ,;\t\r\n";
	const char *at = value_of(values, "to");

	at += strspn(at, between);
	while (*at) {
		size_t length = strcspn(at, between);

		add_recipient(&wish->to, at, length);
		at += length;
		at += strspn(at, between);
	}
	if (*value_of(values, "contacts"))
		add_recipient(&wish->to, "contacts", strlen("contacts"));
	add_way(wish, model, value_of(values, "way"));
	wish->draft.to = text_string(&wish->to);
}

static void write_scope(struct wish *wish, const json_t *values)
{
	const char *scope = value_of(values, "scope");

	if (strncmp(scope, "each:", 5) == 0)
		wish->draft.each = scope + 5;
	else
		wish->draft.agency = strncmp(scope, "agency:", 7) == 0 ? scope + 7 : "VN";
}

static int is_of_indicator(const char *report)
{
	return strcmp(report, "ranking") == 0 || strcmp(report, "indicator") == 0 ||
	       strcmp(report, "evidence") == 0;
}

/* The wish borrows from MODEL and VALUES. */
static void write_wish(struct wish *wish, const json_t *model, const json_t *values)
{
	const char *report = value_of(values, "report");
	const json_t *stored = json_object_get(model, "schedule");

	*wish = (struct wish){
		.draft = { .owner = value_of(json_object_get(model, "owner"), "agency"),
			   .alert = given(values, "alert"),
			   .report = report,
			   .zone = value_of(values, "zone"),
			   .from = given(values, "from"),
			   .at = value_of(values, "at"),
			   .workdays = value_of(values, "workdays"),
			   .lang = value_of(values, "lang"),
			   .formats = value_of(values, "formats") }
	};
	/* Files and mails bear the name: it stays. */
	wish->draft.name = json_is_object(stored) ? value_of(stored, "name")
						  : value_of(values, "name");
	if (is_of_indicator(report))
		wish->draft.indicator = given(values, "indicator");
	write_scope(wish, values);
	write_rule(wish, values);
	write_moment(wish, values);
	write_recipients(wish, model, values);
}

/* ---- Showing the runs, and saving ----------------------------------------- */

/* What was shown, in a hidden field: the moments of the runs. */
static void print_shown(struct text *out, const struct schedule_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		text_addf(out, "%s%" PRId64, i ? "," : "", plan->runs[i].at);
}

static int add_runs(const struct visit *visit, json_t *model, const struct wish *wish,
		    const struct schedule_plan *plan, struct error *err)
{
	struct text shown = { 0 };
	char *runs = NULL;
	int status = schedule_list_runs(visit->db, plan->runs, plan->count,
					wish->draft.zone, plan->covers, &runs, err);

	print_shown(&shown, plan);
	if (status == 0) {
		json_object_set_new(model, "next_runs", json_loads(runs, 0, NULL));
		json_object_set_new(model, "shown", json_string(text_string(&shown)));
		schedule_add_rule(model, wish->draft.rrule, plan->start);
		json_object_set_new(model, "is_over", json_boolean(plan->count == 0));
	}
	text_free(&shown);
	free(runs);
	return status;
}

/* What is wrong, so that the form can say it beside what was filled in.  -1: it is not
 * the visitor's fault. */
static int add_fault(json_t *model, const char *fault, const struct error *err)
{
	if (err->kind != ERROR_INVALID && err->kind != ERROR_NOT_FOUND &&
	    err->kind != ERROR_CONFLICT)
		return -1;
	json_object_set_new(model, "fault",
			    json_string(fault                                 ? fault
					: err->kind == ERROR_CONFLICT         ? "taken"
					: strcmp(err->sqlstate, "22023") == 0 ? "refused"
									      : "other"));
	json_object_set_new(model, "fault_detail", json_string(err->message));
	return 0;
}

/* Beside the transaction, which a refusal by the database would end. */
static int save(const struct visit *visit, const struct wish *wish,
		const struct schedule_plan *plan, char **saved, struct error *err)
{
	const char *id = request_value(visit->request, ":schedule");
	struct error ignored;

	if (db_query(visit->db, "SAVEPOINT form", NULL, 0, NULL, err) != 0)
		return -1;
	if (schedule_draft_save(&wish->draft, plan, visit->db, id, saved, err) == 0)
		return 0;
	db_query(visit->db, "ROLLBACK TO SAVEPOINT form", NULL, 0, NULL, &ignored);
	return -1;
}

static int is_as_shown(const struct request *request, const struct schedule_plan *plan)
{
	const char *seen = request_field(request, "shown");
	struct text shown = { 0 };
	int is_same;

	print_shown(&shown, plan);
	is_same = strcmp(seen ? seen : "", text_string(&shown)) == 0;
	text_free(&shown);
	return is_same;
}

static int wants_to_save(const struct visit *visit)
{
	const char *action = request_field(visit->request, "action");

	return action && strcmp(action, "save") == 0;
}

/* 1 and *SAVED: it is saved.  0: the runs, or what is wrong, are in MODEL. */
static int take(const struct visit *visit, json_t *model, const struct wish *wish,
		char **saved, struct error *err)
{
	struct schedule_plan plan;

	if (schedule_plan_make(&plan, &wish->draft, visit->db, visit->config, err) != 0)
		return add_fault(model, plan.fault, err);
	if (add_runs(visit, model, wish, &plan, err) != 0)
		return -1;
	if (!wants_to_save(visit))
		return 0;
	if (!api_is_asked(visit) && !is_as_shown(visit->request, &plan)) {
		json_object_set_new(model, "is_changed", json_true());
		return 0;
	}
	if (save(visit, wish, &plan, saved, err) == 0)
		return 1;
	return strcmp(err->sqlstate, "NQ403") == 0 ? -1 : add_fault(model, NULL, err);
}

/* A program is told the runs, or what is wrong as a problem. */
static int answer_program(const json_t *model, const struct error *fault,
			  struct reply *reply, struct error *err)
{
	json_t *answer;
	int status;

	if (json_object_get(model, "fault")) {
		*err = *fault;
		return -1;
	}
	answer = json_pack("{s:b, s:O, s:O}", "done", 0, "rrule",
			   json_object_get(model, "rrule"), "next_runs",
			   json_object_get(model, "next_runs"));
	status = api_print(answer, reply, err);
	json_decref(answer);
	return status;
}

int post_schedule_form(const struct visit *visit, struct reply *reply, struct error *err)
{
	json_t *model = NULL, *values = NULL;
	struct error fault = { 0 };
	struct wish wish = { 0 };
	char *saved = NULL;
	int status = load(visit, &model, err);

	if (status == 0) {
		values = sent_values(visit->request);
		write_wish(&wish, model, values);
		status = take(visit, model, &wish, &saved, &fault);
		if (status == 1)
			status = api_done(visit, "/reports/schedules/", saved, "done",
					  reply);
		else if (status == 0)
			status = api_is_asked(visit)
					 ? answer_program(model, &fault, reply, err)
					 : show(visit, model, values, reply, err);
		else
			*err = fault;
	}
	wish_free(&wish);
	free(saved);
	json_decref(values);
	json_decref(model);
	return status;
}
