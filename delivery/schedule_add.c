/* schedule_add.c -- a new schedule: everything about it is checked before it is saved. */
#include "delivery/schedule_request.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "delivery/address.h"
#include "delivery/runs.h"
#include "reports/reports.h"

static const char ADD[] =
#include "sql/queries/schedule_add.sql.inc"
	;
static const char PREVIEW[] =
#include "sql/queries/schedule_preview.sql.inc"
	;

/* ---- Runs ---------------------------------------------------------------- */

int schedule_print_runs(struct db *db, const struct recurrence_run *runs, size_t count,
			const char *zone, const char *covers, enum list_format as,
			struct error *err)
{
	struct text moments = { 0 }, days = { 0 };
	const char *params[4] = { NULL, NULL, zone, covers };
	int status;

	runs_add_moments(&moments, runs, count);
	runs_add_days(&days, runs, count);
	params[0] = moments.data;
	params[1] = days.data;
	status = list_query(db, PREVIEW, params, 4, as, NULL, err);
	text_free(&moments);
	text_free(&days);
	return status;
}

/* ---- What is asked for --------------------------------------------------- */

static int is_one_of(const char *value, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(value, *names) == 0)
			return 1;
	return 0;
}

/* Does CHECK take every part of LIST between commas? */
static int check_parts(const struct schedule_request *request, const char *list,
		       int (*check)(const struct schedule_request *request,
				    const char *part, struct error *err),
		       struct error *err)
{
	char *copy = memory_copy(list), *rest = copy, *part;
	int status = 0;

	while (status == 0 && (part = strsep(&rest, ",")) != NULL)
		status = check(request, part, err);
	free(copy);
	return status;
}

static int check_format(const struct schedule_request *request, const char *format,
			struct error *err)
{
	if (edition_can(request->report, format))
		return 0;
	return error_set(err, ERROR_INVALID, "the report %s cannot be had as %s",
			 request->report, format);
}

int schedule_check_recipient(const struct schedule_request *request,
			     const char *recipient, struct error *err)
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
	status = address_read(text_string(&tried),
			      config_get(request->config, "mail_domains"), &way, &place,
			      err);
	text_free(&tried);
	return status;
}

static int check_scope(const struct schedule_request *request, struct error *err)
{
	static const char *const kinds[] = { "ministry",
					     "ministerial_agency",
					     "government_agency",
					     "province",
					     "central",
					     "all",
					     NULL };

	if (!edition_can(request->report, NULL))
		return error_set(err, ERROR_INVALID,
				 "there is no report \"%s\" that is sent",
				 request->report);
	if (request->each && request->agency)
		return error_set(err, ERROR_INVALID, "--agency or --each, not both");
	if (request->each && !is_one_of(request->each, kinds))
		return error_set(err, ERROR_INVALID,
				 "--each is ministry, ministerial_agency, "
				 "government_agency, province, central or all");
	if (strcmp(request->lang, "vi") != 0 && strcmp(request->lang, "en") != 0)
		return error_set(err, ERROR_INVALID, "--lang is vi or en");
	if (request->credentials && request->credentials[0] != '/')
		return error_set(err, ERROR_INVALID,
				 "--credentials wants a path from the root");
	return 0;
}

static int check_covers(const struct schedule_request *request, struct error *err)
{
	static const char *const kinds[] = {
		"day",        "week",         "month",     "quarter",   "half", "year",
		"nd09-month", "nd09-quarter", "nd09-half", "nd09-year", NULL
	};

	if (is_one_of(request->covers, kinds))
		return 0;
	return error_set(err, ERROR_INVALID,
			 "--covers is day, week, month, quarter, half, year, nd09-month, "
			 "nd09-quarter, nd09-half or nd09-year");
}

/* "coverage:80": *COVERAGE is "80"; else NULL. */
static int read_when(const struct schedule_request *request, const char **fires,
		     const char **coverage, struct error *err)
{
	static const char *const plain[] = { "time", "published", NULL };

	*coverage = NULL;
	*fires = request->when;
	if (strncmp(request->when, "coverage:", 9) == 0) {
		*fires = "coverage";
		*coverage = request->when + 9;
	} else if (!is_one_of(request->when, plain)) {
		return error_set(err, ERROR_INVALID,
				 "--when is time, published or coverage:PERCENT");
	}
	if (*coverage && (!office_is_number(*coverage) || atoi(*coverage) < 1 ||
			  atoi(*coverage) > 100 || strlen(*coverage) > 3))
		return error_set(err, ERROR_INVALID, "coverage is 1 to 100 percent");
	if ((strcmp(*fires, "time") == 0) != (request->deadline == NULL))
		return error_set(
			err, ERROR_INVALID,
			"whoever waits for data needs a --deadline like P2D, and "
			"nobody else does");
	return 0;
}

static int is_time(const char *at)
{
	return strlen(at) == 5 && at[2] == ':' && strspn(at, "0123456789") == 2 &&
	       strspn(at + 3, "0123456789") == 2 && atoi(at) < 24 && atoi(at + 3) < 60;
}

/* The day before the rule began to count would be today in the zone; the rule itself
 * decides what follows. */
static int read_rule(const struct schedule_request *request, struct db *db,
		     struct recurrence *recurrence, struct text *start, struct error *err)
{
	char *today = NULL;

	if (!is_time(request->at) || (request->from && !office_is_day(request->from)))
		return error_set(err, ERROR_INVALID,
				 "--from wants a day like 2026-01-31, --at a time like "
				 "08:00");
	if (recurrence_shift_find(request->workdays, &recurrence->shift) != 0)
		return error_set(err, ERROR_INVALID,
				 "--workdays is none, next or previous");
	if (!request->from &&
	    db_value_of(db, "SELECT office_today()", NULL, 0, &today, err) != 0)
		return -1;
	text_addf(start, "%sT%s:00", request->from ? request->from : today, request->at);
	free(today);
	recurrence->rule = request->rrule;
	recurrence->zone = request->zone;
	recurrence->start = text_string(start);
	if (recurrence_check(recurrence, err) != 0)
		return -1;
	return runs_load_days_off(recurrence, db, err);
}

/* ---- Saving -------------------------------------------------------------- */

static int insert(struct db *db, const struct schedule_request *request,
		  const struct recurrence *recurrence, const struct recurrence_run *next,
		  struct error *err)
{
	const char *fires, *coverage;
	char *id = NULL, at[24] = "", day[24] = "";

	if (read_when(request, &fires, &coverage, err) != 0)
		return -1;
	if (next) {
		snprintf(at, sizeof at, "%" PRId64, next->at);
		snprintf(day, sizeof day, "%ld", next->day);
	}
	const char *const params[] = {
		request->name,
		request->owner,
		request->alert,
		request->report,
		request->each     ? NULL
		: request->agency ? request->agency
				  : "VN",
		request->each,
		request->covers,
		request->lang,
		request->formats,
		request->rrule,
		recurrence->start,
		request->zone,
		request->workdays,
		fires,
		coverage,
		request->deadline,
		request->to,
		request->credentials,
		next ? at : NULL,
		next ? day : NULL,
		office_account(),
		request->indicator,
	};

	if (db_value_of(db, ADD, params, 22, &id, err) != 0) {
		if (strcmp(err->sqlstate, "23503") == 0)
			return error_set(err, ERROR_NOT_FOUND, "there is no indicator %s",
					 request->indicator);
		if (strcmp(err->sqlstate, "23505") == 0)
			return error_set(err, ERROR_CONFLICT,
					 "there is a schedule %s already", request->name);
		return -1;
	}
	if (!id)
		return error_set(err, ERROR_NOT_FOUND, "there is no agency %s",
				 request->agency ? request->agency : request->owner);
	free(id);
	return 0;
}

static int check(const struct schedule_request *request, struct error *err)
{
	const char *fires, *coverage;

	if (check_scope(request, err) != 0 || check_covers(request, err) != 0 ||
	    read_when(request, &fires, &coverage, err) != 0 ||
	    check_parts(request, request->formats, check_format, err) != 0 ||
	    check_parts(request, request->to, schedule_check_recipient, err) != 0)
		return -1;
	return request->alert ? schedule_check_recipient(request, request->alert, err)
			      : 0;
}

int schedule_add(struct db *db, void *context, struct error *err)
{
	struct schedule_request *request = context;
	struct recurrence recurrence = { 0 };
	struct recurrence_run runs[SCHEDULE_SHOWN];
	struct text start = { 0 };
	char *now = NULL;
	size_t count = 0;
	int status = -1;

	if (!request->covers)
		request->covers = recurrence_covers(request->rrule);
	if (check(request, err) == 0 &&
	    read_rule(request, db, &recurrence, &start, err) == 0 &&
	    db_value_of(db, "SELECT extract(epoch FROM clock_timestamp())::bigint", NULL,
			0, &now, err) == 0 &&
	    recurrence_next(&recurrence, atoll(now), runs, SCHEDULE_SHOWN, &count, err) ==
		    0 &&
	    schedule_print_runs(db, runs, count, recurrence.zone, request->covers,
				request->as, err) == 0)
		status = 0;
	if (status == 0 && count == 0)
		log_line("schedule", "the rule has ended: it runs no more");
	if (status == 0 && !request->dry_run)
		status = insert(db, request, &recurrence, count ? runs : NULL, err);
	runs_free(&recurrence);
	text_free(&start);
	free(now);
	return status;
}
