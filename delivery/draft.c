/* draft.c -- a schedule that is asked for: everything about it is checked before it is
 * saved. */
#include "delivery/draft.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "delivery/address.h"
#include "delivery/runs.h"
#include "reports/reports.h"

static const char SAVE[] =
#include "sql/queries/schedule_save.sql.inc"
	;
static const char PREVIEW[] =
#include "sql/queries/schedule_preview.sql.inc"
	;
static const char RUNS[] =
#include "sql/queries/schedule_runs.sql.inc"
	;

/* ---- What is asked for --------------------------------------------------- */

static int is_one_of(const char *value, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(value, *names) == 0)
			return 1;
	return 0;
}

static int is_name(const char *name)
{
	size_t length = strlen(name);

	return length > 0 && length <= 63 && name[0] != '.' && name[0] != '_' &&
	       name[0] != '-' &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			    "0123456789._-") == length;
}

static int check_name(const struct schedule_draft *draft, const struct config *config,
		      struct error *err)
{
	(void)config;
	if (is_name(draft->name))
		return 0;
	return error_set(err, ERROR_INVALID,
			 "a name has letters, digits, '.', '_' and '-', and begins with "
			 "one of the first two: \"%s\"",
			 draft->name);
}

static int check_report(const struct schedule_draft *draft, const struct config *config,
			struct error *err)
{
	(void)config;
	if (edition_can(draft->report, NULL))
		return 0;
	return error_set(err, ERROR_INVALID, "there is no report \"%s\" that is sent",
			 draft->report);
}

static int check_scope(const struct schedule_draft *draft, const struct config *config,
		       struct error *err)
{
	static const char *const kinds[] = { "ministry",
					     "ministerial_agency",
					     "government_agency",
					     "province",
					     "central",
					     "all",
					     NULL };

	(void)config;
	if (draft->each && draft->agency)
		return error_set(err, ERROR_INVALID, "--agency or --each, not both");
	if (draft->each && !is_one_of(draft->each, kinds))
		return error_set(err, ERROR_INVALID,
				 "--each is ministry, ministerial_agency, "
				 "government_agency, province, central or all");
	return 0;
}

static int check_language(const struct schedule_draft *draft, const struct config *config,
			  struct error *err)
{
	(void)config;
	if (strcmp(draft->lang, "vi") == 0 || strcmp(draft->lang, "en") == 0)
		return 0;
	return error_set(err, ERROR_INVALID, "--lang is vi or en");
}

static int check_credentials(const struct schedule_draft *draft,
			     const struct config *config, struct error *err)
{
	(void)config;
	if (!draft->credentials || draft->credentials[0] == '/')
		return 0;
	return error_set(err, ERROR_INVALID, "--credentials wants a path from the root");
}

static int check_covers(const struct schedule_draft *draft, const struct config *config,
			struct error *err)
{
	static const char *const kinds[] = {
		"day",        "week",         "month",     "quarter",   "half", "year",
		"nd09-month", "nd09-quarter", "nd09-half", "nd09-year", NULL
	};

	(void)config;
	if (!draft->covers || is_one_of(draft->covers, kinds))
		return 0;
	return error_set(err, ERROR_INVALID,
			 "--covers is day, week, month, quarter, half, year, nd09-month, "
			 "nd09-quarter, nd09-half or nd09-year");
}

/* "80" of "coverage:80", else NULL. */
static const char *coverage_of(const struct schedule_draft *draft)
{
	return strncmp(draft->when, "coverage:", 9) == 0 ? draft->when + 9 : NULL;
}

static int check_when(const struct schedule_draft *draft, const struct config *config,
		      struct error *err)
{
	static const char *const plain[] = { "time", "published", NULL };

	(void)config;
	if (coverage_of(draft) || is_one_of(draft->when, plain))
		return 0;
	return error_set(err, ERROR_INVALID,
			 "--when is time, published or coverage:PERCENT");
}

static int check_coverage(const struct schedule_draft *draft, const struct config *config,
			  struct error *err)
{
	const char *coverage = coverage_of(draft);

	(void)config;
	if (!coverage || (office_is_number(coverage) && strlen(coverage) <= 3 &&
			  atoi(coverage) >= 1 && atoi(coverage) <= 100))
		return 0;
	return error_set(err, ERROR_INVALID, "coverage is 1 to 100 percent");
}

static int check_deadline(const struct schedule_draft *draft, const struct config *config,
			  struct error *err)
{
	(void)config;
	if ((strcmp(draft->when, "time") == 0) == (draft->deadline == NULL))
		return 0;
	return error_set(err, ERROR_INVALID,
			 "whoever waits for data needs a --deadline like P2D, and nobody "
			 "else does");
}

/* The parts of a list between commas, each of which CHECK must take. */
static int check_parts(const char *list, const void *context,
		       int (*check)(const void *context, const char *part,
				    struct error *err),
		       struct error *err)
{
	char *copy = memory_copy(list), *rest = copy, *part;
	int status = 0;

	while (status == 0 && (part = strsep(&rest, ",")) != NULL)
		status = check(context, part, err);
	free(copy);
	return status;
}

static int check_format(const void *context, const char *format, struct error *err)
{
	const struct schedule_draft *draft = context;

	if (edition_can(draft->report, format))
		return 0;
	return error_set(err, ERROR_INVALID, "the report %s cannot be had as %s",
			 draft->report, format);
}

static int check_formats(const struct schedule_draft *draft, const struct config *config,
			 struct error *err)
{
	(void)config;
	return check_parts(draft->formats, draft, check_format, err);
}

int schedule_check_recipient(const struct config *config, const char *recipient,
			     struct error *err)
{
	const char *code = strstr(recipient, "{agency}"), *place;
	struct text tried = { 0 };
	enum way way;
	int status;

	if (strcmp(recipient, "contacts") == 0)
		return 0;
	text_add_bytes(&tried, recipient,
		       code ? (size_t)(code - recipient) : strlen(recipient));
	if (code)
		text_addf(&tried, "38%s", code + strlen("{agency}"));
	status = address_read(text_string(&tried), config_get(config, "mail_domains"),
			      &way, &place, err);
	text_free(&tried);
	return status;
}

static int check_recipient(const void *context, const char *recipient, struct error *err)
{
	return schedule_check_recipient(context, recipient, err);
}

static int check_recipients(const struct schedule_draft *draft,
			    const struct config *config, struct error *err)
{
	return check_parts(draft->to, config, check_recipient, err);
}

static int check_alert(const struct schedule_draft *draft, const struct config *config,
		       struct error *err)
{
	return draft->alert ? schedule_check_recipient(config, draft->alert, err) : 0;
}

static int is_time(const char *at)
{
	return strlen(at) == 5 && at[2] == ':' && strspn(at, "0123456789") == 2 &&
	       strspn(at + 3, "0123456789") == 2 && atoi(at) < 24 && atoi(at + 3) < 60;
}

static int check_start(const struct schedule_draft *draft, const struct config *config,
		       struct error *err)
{
	(void)config;
	if (is_time(draft->at) && (!draft->from || office_is_day(draft->from)))
		return 0;
	return error_set(err, ERROR_INVALID,
			 "--from wants a day like 2026-01-31, --at a time like 08:00");
}

static int check_workdays(const struct schedule_draft *draft, const struct config *config,
			  struct error *err)
{
	enum recurrence_shift shift;

	(void)config;
	if (recurrence_shift_find(draft->workdays, &shift) == 0)
		return 0;
	return error_set(err, ERROR_INVALID, "--workdays is none, next or previous");
}

static const struct {
	const char *fault;
	int (*check)(const struct schedule_draft *draft, const struct config *config,
		     struct error *err);
} checks[] = {
	{ "name", check_name },
	{ "report", check_report },
	{ "scope", check_scope },
	{ "language", check_language },
	{ "credentials", check_credentials },
	{ "covers", check_covers },
	{ "when", check_when },
	{ "coverage", check_coverage },
	{ "deadline", check_deadline },
	{ "format", check_formats },
	{ "recipient", check_recipients },
	{ "alert", check_alert },
	{ "start", check_start },
	{ "workdays", check_workdays },
};

static int check(struct schedule_plan *plan, const struct schedule_draft *draft,
		 const struct config *config, struct error *err)
{
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
		if (checks[i].check(draft, config, err) != 0) {
			plan->fault = checks[i].fault;
			return -1;
		}
	return 0;
}

/* ---- When it runs -------------------------------------------------------- */

/* Counted from today where nobody says: what lies before is nobody's concern. */
static int write_start(struct schedule_plan *plan, const struct schedule_draft *draft,
		       struct db *db, struct error *err)
{
	char *today = NULL;

	if (!draft->from &&
	    db_value_of(db, "SELECT office_today()", NULL, 0, &today, err) != 0)
		return -1;
	snprintf(plan->start, sizeof plan->start, "%.10sT%.5s:00",
		 draft->from ? draft->from : today, draft->at);
	free(today);
	return 0;
}

static int find_runs(struct schedule_plan *plan, struct recurrence *recurrence,
		     struct db *db, struct error *err)
{
	char *now = NULL;
	int status = -1;

	plan->fault = recurrence_knows_zone(recurrence->zone) ? "rule" : "zone";
	if (recurrence_check(recurrence, err) == 0 &&
	    db_value_of(db, "SELECT extract(epoch FROM clock_timestamp())::bigint", NULL,
			0, &now, err) == 0 &&
	    recurrence_next(recurrence, atoll(now), plan->runs, SCHEDULE_SHOWN,
			    &plan->count, err) == 0)
		status = 0;
	free(now);
	return status;
}

int schedule_plan_make(struct schedule_plan *plan, const struct schedule_draft *draft,
		       struct db *db, const struct config *config, struct error *err)
{
	struct recurrence recurrence = { .rule = draft->rrule, .zone = draft->zone };
	int status;

	*plan = (struct schedule_plan){ 0 };
	if (check(plan, draft, config, err) != 0 ||
	    write_start(plan, draft, db, err) != 0)
		return -1;
	plan->covers = draft->covers ? draft->covers : recurrence_covers(draft->rrule);
	recurrence.start = plan->start;
	recurrence_shift_find(draft->workdays, &recurrence.shift);
	status = runs_load_days_off(&recurrence, db, err);
	if (status == 0)
		status = find_runs(plan, &recurrence, db, err);
	if (status == 0)
		plan->fault = NULL;
	runs_free(&recurrence);
	return status;
}

int schedule_next_runs(struct db *db, const struct db_rows *rows,
		       struct recurrence_run *runs, size_t most, size_t *count,
		       struct error *err)
{
	struct recurrence recurrence = { .rule = db_value(rows, 0, "rrule"),
					 .start = db_value(rows, 0, "starts"),
					 .zone = db_value(rows, 0, "zone") };
	int status;

	*count = 0;
	recurrence_shift_find(db_value(rows, 0, "shift"), &recurrence.shift);
	status = runs_load_days_off(&recurrence, db, err);
	if (status == 0)
		status = recurrence_next(&recurrence, atoll(db_value(rows, 0, "now")),
					 runs, most, count, err);
	runs_free(&recurrence);
	return status;
}

/* What schedule_preview.sql asks for. */
static void add_runs(struct text *moments, struct text *days,
		     const struct recurrence_run *runs, size_t count)
{
	runs_add_moments(moments, runs, count);
	runs_add_days(days, runs, count);
}

int schedule_print_runs(struct db *db, const struct recurrence_run *runs, size_t count,
			const char *zone, const char *covers, enum list_format as,
			struct error *err)
{
	struct text moments = { 0 }, days = { 0 };
	int status;

	add_runs(&moments, &days, runs, count);
	status =
		list_query(db, PREVIEW,
			   (const char *const[]){ moments.data, days.data, zone, covers },
			   4, as, NULL, err);
	text_free(&moments);
	text_free(&days);
	return status;
}

int schedule_list_runs(struct db *db, const struct recurrence_run *runs, size_t count,
		       const char *zone, const char *covers, char **json,
		       struct error *err)
{
	struct text moments = { 0 }, days = { 0 };
	int status;

	add_runs(&moments, &days, runs, count);
	status = db_value_of(
		db, RUNS, (const char *const[]){ moments.data, days.data, zone, covers },
		4, json, err);
	text_free(&moments);
	text_free(&days);
	return status;
}

/* ---- Saving -------------------------------------------------------------- */

static char *print_draft(const struct schedule_draft *draft,
			 const struct schedule_plan *plan)
{
	const char *coverage = coverage_of(draft);
	json_t *wanted = json_pack(
		"{s:s*, s:s*, s:s*, s:s, s:s*, s:s*, s:s*, s:s, s:s, s:s, s:s, s:s, s:s, "
		"s:s, s:s, s:s*, s:s*, s:s, s:s*, s:s}",
		"name", draft->name, "owner", draft->owner, "alert", draft->alert,
		"report", draft->report, "indicator", draft->indicator, "agency",
		draft->agency, "each", draft->each, "covers", plan->covers, "lang",
		draft->lang, "formats", draft->formats, "rrule", draft->rrule, "starts",
		plan->start, "zone", draft->zone, "workdays", draft->workdays, "fires",
		coverage ? "coverage" : draft->when, "coverage", coverage, "deadline",
		draft->deadline, "to", draft->to, "credentials", draft->credentials, "by",
		office_account());
	char *printed = wanted ? json_dumps(wanted, 0) : NULL;

	json_decref(wanted);
	return printed;
}

int schedule_draft_save(const struct schedule_draft *draft,
			const struct schedule_plan *plan, struct db *db, const char *id,
			char **saved, struct error *err)
{
	char at[24] = "", day[24] = "", *wanted = print_draft(draft, plan);
	const char *params[] = { id, wanted, NULL, NULL };
	int status;

	if (!wanted)
		return error_set(err, ERROR_INVALID, "the schedule is no text");
	if (plan->count) {
		snprintf(at, sizeof at, "%" PRId64, plan->runs[0].at);
		snprintf(day, sizeof day, "%ld", plan->runs[0].day);
		params[2] = at;
		params[3] = day;
	}
	status = db_value_of(db, SAVE, params, 4, saved, err);
	free(wanted);
	return status;
}
