/* schedule_command.c -- nq17 schedule: what is sent to whom, and when. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/office.h"
#include "base/period.h"
#include "delivery/address.h"
#include "delivery/delivery.h"
#include "delivery/runs.h"
#include "reports/reports.h"

enum { SHOWN = 5 };

static const char ADD[] =
#include "sql/queries/schedule_add.sql.inc"
	;
static const char LIST[] =
#include "sql/queries/schedule_list.sql.inc"
	;
static const char FIND[] =
#include "sql/queries/schedule_find.sql.inc"
	;
static const char PREVIEW[] =
#include "sql/queries/schedule_preview.sql.inc"
	;
static const char SWITCH[] =
#include "sql/queries/schedule_switch.sql.inc"
	;
static const char DROP[] =
#include "sql/queries/schedule_drop.sql.inc"
	;
static const char FIRE[] =
#include "sql/queries/schedule_fire.sql.inc"
	;
static const char CONTACT_ADD[] =
#include "sql/queries/contact_add.sql.inc"
	;
static const char CONTACT_LIST[] =
#include "sql/queries/contact_list.sql.inc"
	;
static const char CONTACT_REMOVE[] =
#include "sql/queries/contact_remove.sql.inc"
	;

static const char USAGE[] =
	"usage: nq17 schedule add NAME --report R [--agency CODE | --each KIND] --rrule RULE\n"
	"                  --format pdf[,png] --to RECIPIENT[,RECIPIENT] [options below]\n"
	"       nq17 schedule list [--format table|csv|json]\n"
	"       nq17 schedule preview NAME [--format table|csv|json]\n"
	"       nq17 schedule run NAME [--period P]\n"
	"       nq17 schedule pause|resume|remove NAME\n"
	"       nq17 schedule contact add|remove --agency CODE ADDRESS\n"
	"       nq17 schedule contact list [--format table|csv|json]\n"
	"\n"
	"  add      shows the next five runs, then saves\n"
	"  run      puts the last complete period (or P) into the outbox now; whoever has had\n"
	"           it gets it no second time\n"
	"  contact  the addresses of agencies: the recipient `contacts` of schedules\n"
	"\n"
	"  --indicator SLUG   of the reports that are of one (online-filing)\n"
	"  --each KIND        an edition for each ministry, ministerial_agency,\n"
	"                     government_agency, province; central, all\n"
	"  --rrule RULE       of RFC 5545, like FREQ=MONTHLY;BYMONTHDAY=25\n"
	"  --zone Z           of the rule (Asia/Ho_Chi_Minh)\n"
	"  --from DAY         where the rule is counted from (today)\n"
	"  --at HH:MM         unless the rule says it (08:00)\n"
	"  --workdays W       next or previous working day instead; none\n"
	"  --covers KIND      day, week, month, quarter, half, year, or nd09-month and so on:\n"
	"                     what is reported on is the last complete one (by the rule)\n"
	"  --when W           time; published; coverage:PERCENT of the agencies heard from\n"
	"  --deadline P2D     after which it is sent all the same, and says who is missing\n"
	"  --lang vi|en       of the report\n"
	"  --to RECIPIENT     name@domain, folder:/path, https://..., sftp://...,\n"
	"                     hook:https://...; {agency} stands for a code; contacts\n"
	"  --credentials FILE for the ways that want them\n"
	"  --owner CODE       the agency it belongs to (VN: the Office of the Government)\n"
	"  --alert ADDRESS    who is told of what was not sent (the setting alert_to)\n"
	"  --dry-run          shows the runs, saves nothing\n"
	"  -h, --help         this help\n";

struct request {
	const struct config *config;
	const char *name, *agency, *address; /* arguments */
	const char *report, *indicator, *each, *rrule, *zone, *from, *at, *workdays,
		*covers, *when;
	const char *deadline, *lang, *formats, *to, *credentials, *owner, *alert, *period;
	int dry_run;
	enum list_format as;
	const char *state;
	int removes; /* a contact */
};

/* ---- Runs ---------------------------------------------------------------- */

static int find(struct db *db, const char *name, struct db_rows **rows, struct error *err)
{
	if (db_query(db, FIND, &name, 1, rows, err) != 0)
		return -1;
	if (db_rows_count(*rows) == 0)
		return error_set(err, ERROR_NOT_FOUND, "there is no schedule %s", name);
	return 0;
}

static void read_row(struct recurrence *recurrence, const struct db_rows *rows)
{
	recurrence->rule = db_value(rows, 0, "rrule");
	recurrence->start = db_value(rows, 0, "starts");
	recurrence->zone = db_value(rows, 0, "zone");
	recurrence_shift_find(db_value(rows, 0, "shift"), &recurrence->shift);
}

static int print_runs(struct db *db, const struct recurrence_run *runs, size_t count,
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

static int preview(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	struct recurrence recurrence = { 0 };
	struct recurrence_run runs[SHOWN];
	struct db_rows *rows = NULL;
	size_t count;
	int status = find(db, request->name, &rows, err);

	if (status == 0)
		read_row(&recurrence, rows);
	if (status == 0 &&
	    (runs_load_days_off(&recurrence, db, err) != 0 ||
	     recurrence_next(&recurrence, atoll(db_value(rows, 0, "now")), runs, SHOWN,
			     &count, err) != 0 ||
	     print_runs(db, runs, count, recurrence.zone, db_value(rows, 0, "covers"),
			request->as, err) != 0))
		status = -1;
	runs_free(&recurrence);
	db_rows_free(rows);
	return status;
}

/* ---- Adding -------------------------------------------------------------- */

static int is_one_of(const char *value, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(value, *names) == 0)
			return 1;
	return 0;
}

/* Does CHECK take every part of LIST between commas? */
static int check_parts(const struct request *request, const char *list,
		       int (*check)(const struct request *request, const char *part,
				    struct error *err),
		       struct error *err)
{
	char *copy = memory_copy(list), *rest = copy, *part;
	int status = 0;

	while (status == 0 && (part = strsep(&rest, ",")) != NULL)
		status = check(request, part, err);
	free(copy);
	return status;
}

static int check_format(const struct request *request, const char *format,
			struct error *err)
{
	if (edition_can(request->report, format))
		return 0;
	return error_set(err, ERROR_INVALID, "the report %s cannot be had as %s",
			 request->report, format);
}

/* With an agency's code in the place of {agency}. */
static int check_recipient(const struct request *request, const char *recipient,
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
	status = address_read(text_string(&tried),
			      config_get(request->config, "mail_domains"), &way, &place,
			      err);
	text_free(&tried);
	return status;
}

static int check_scope(const struct request *request, struct error *err)
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

static int check_covers(const struct request *request, struct error *err)
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
static int read_when(const struct request *request, const char **fires,
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
static int read_rule(const struct request *request, struct db *db,
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

static int insert(struct db *db, const struct request *request,
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

static int check(const struct request *request, struct error *err)
{
	const char *fires, *coverage;

	if (check_scope(request, err) != 0 || check_covers(request, err) != 0 ||
	    read_when(request, &fires, &coverage, err) != 0 ||
	    check_parts(request, request->formats, check_format, err) != 0 ||
	    check_parts(request, request->to, check_recipient, err) != 0)
		return -1;
	return request->alert ? check_recipient(request, request->alert, err) : 0;
}

static int add(struct db *db, void *context, struct error *err)
{
	struct request *request = context;
	struct recurrence recurrence = { 0 };
	struct recurrence_run runs[SHOWN];
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
	    recurrence_next(&recurrence, atoll(now), runs, SHOWN, &count, err) == 0 &&
	    print_runs(db, runs, count, recurrence.zone, request->covers, request->as,
		       err) == 0)
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

/* ---- The others ---------------------------------------------------------- */

static int list(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;

	return list_query(db, LIST, NULL, 0, request->as, NULL, err);
}

static int run(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	struct db_rows *rows = NULL;
	char *added = NULL;
	int status = find(db, request->name, &rows, err);

	if (status == 0) {
		const char *const params[] = {
			db_value(rows, 0, "schedule_id"),
			request->period ? request->period : db_value(rows, 0, "period"),
			"hand", config_get(request->config, "alert_to")
		};

		status = db_value_of(db, FIRE, params, 4, &added, err);
		if (status == 0)
			printf("%s of %s: %s in the outbox\n", request->name, params[1],
			       added);
	}
	free(added);
	db_rows_free(rows);
	return status;
}

/* Runs that were missed while it paused are not made up for. */
static int next_run(struct db *db, const struct db_rows *rows,
		    struct recurrence_run *next, size_t *count, struct error *err)
{
	struct recurrence recurrence = { 0 };
	int status;

	read_row(&recurrence, rows);
	status = runs_load_days_off(&recurrence, db, err);
	if (status == 0)
		status = recurrence_next(&recurrence, atoll(db_value(rows, 0, "now")),
					 next, 1, count, err);
	runs_free(&recurrence);
	return status;
}

static int switch_state(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	struct recurrence_run next;
	struct db_rows *rows = NULL;
	char at[24], day[24];
	size_t count = 0;
	int status = find(db, request->name, &rows, err);

	if (status == 0 && strcmp(request->state, "active") == 0)
		status = next_run(db, rows, &next, &count, err);
	if (status == 0) {
		const char *params[4] = { db_value(rows, 0, "schedule_id"),
					  request->state };

		if (count) {
			snprintf(at, sizeof at, "%" PRId64, next.at);
			snprintf(day, sizeof day, "%ld", next.day);
			params[2] = at;
			params[3] = day;
		}
		status = db_query(db, SWITCH, params, 4, NULL, err);
		if (status == 0 && strcmp(request->state, "removed") == 0)
			status = db_query(db, DROP, NULL, 0, NULL, err);
	}
	db_rows_free(rows);
	return status;
}

static int contact_list(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;

	return list_query(db, CONTACT_LIST, NULL, 0, request->as, NULL, err);
}

static int contact_change(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->agency, request->address,
				       office_account() };
	char *answer = NULL;
	int status;

	if (!request->removes && (check_recipient(request, request->address, err) != 0 ||
				  !strchr(request->address, '@')))
		return -1;
	status = db_value_of(db, request->removes ? CONTACT_REMOVE : CONTACT_ADD, params,
			     request->removes ? 2 : 3, &answer, err);
	if (status == 0 && (!answer || strcmp(answer, "0") == 0))
		status = error_set(err, ERROR_NOT_FOUND, "there is no %s %s",
				   request->removes ? "contact" : "agency",
				   request->removes ? request->address : request->agency);
	free(answer);
	return status;
}

/* ---- The command --------------------------------------------------------- */

enum { NEEDS_NAME = 1, NEEDS_MORE = 2, IS_CONTACT = 4 };

static const struct action {
	const char *name;
	int (*run)(struct db *db, void *context, struct error *err);
	int needs;
	const char *state;
} actions[] = {
	{ "add", add, NEEDS_NAME | NEEDS_MORE, NULL },
	{ "list", list, 0, NULL },
	{ "preview", preview, NEEDS_NAME, NULL },
	{ "run", run, NEEDS_NAME, NULL },
	{ "pause", switch_state, NEEDS_NAME, "paused" },
	{ "resume", switch_state, NEEDS_NAME, "active" },
	{ "remove", switch_state, NEEDS_NAME, "removed" },
};

static const struct action contact_actions[] = {
	{ "add", contact_change, NEEDS_NAME | IS_CONTACT, NULL },
	{ "remove", contact_change, NEEDS_NAME | IS_CONTACT, NULL },
	{ "list", contact_list, 0, NULL },
};

static const struct action *find_action(const char *name, const struct action *among,
					size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(among[i].name, name) == 0)
			return &among[i];
	return NULL;
}

static int usage(void)
{
	fputs(USAGE, stderr);
	return 2;
}

/* "--format" is that of the list, or of the report that is added. */
static int read_format(struct request *request, const struct action *action)
{
	if (action->needs & NEEDS_MORE)
		return 0;
	return list_format_find(request->formats, &request->as);
}

static int is_complete(const struct request *request, const struct action *action)
{
	struct period period;
	struct error err;

	if ((action->needs & NEEDS_MORE) &&
	    (!request->report || !request->rrule || !request->formats || !request->to))
		return 0;
	if ((action->needs & IS_CONTACT) && !request->removes && !request->agency)
		return 0;
	if (request->period && period_parse(&period, request->period, &err) != 0) {
		log_line("schedule", "%s", err.message);
		return 0;
	}
	return 1;
}

static int act(int argc, char **argv, struct request *request,
	       const struct action *action)
{
	const struct office_option options[] = {
		{ "report", &request->report, NULL },
		{ "indicator", &request->indicator, NULL },
		{ "agency", &request->agency, NULL },
		{ "each", &request->each, NULL },
		{ "rrule", &request->rrule, NULL },
		{ "zone", &request->zone, NULL },
		{ "from", &request->from, NULL },
		{ "at", &request->at, NULL },
		{ "workdays", &request->workdays, NULL },
		{ "covers", &request->covers, NULL },
		{ "when", &request->when, NULL },
		{ "deadline", &request->deadline, NULL },
		{ "lang", &request->lang, NULL },
		{ "format", &request->formats, NULL },
		{ "to", &request->to, NULL },
		{ "credentials", &request->credentials, NULL },
		{ "owner", &request->owner, NULL },
		{ "alert", &request->alert, NULL },
		{ "period", &request->period, NULL },
		{ "dry-run", NULL, &request->dry_run },
		{ 0 },
	};
	int wanted = action->needs & NEEDS_NAME ? 1 : 0, first, code;

	code = office_options(argc, argv, USAGE, options, wanted, wanted, &first);
	if (code >= 0)
		return code;
	request->name = request->address = wanted ? argv[first] : NULL;
	request->state = action->state;
	request->removes = strcmp(action->name, "remove") == 0;
	if (read_format(request, action) != 0 || !is_complete(request, action))
		return usage();
	return office_run(request->config, DB_OWNER, "schedule", action->run, request);
}

int schedule_command(int argc, char **argv, const struct config *config)
{
	struct request request = { .config = config,
				   .zone = "Asia/Ho_Chi_Minh",
				   .at = "08:00",
				   .workdays = "none",
				   .when = "time",
				   .owner = "VN",
				   .lang = config_get(config, "lang") };
	int is_contact = argc > 1 && strcmp(argv[1], "contact") == 0;
	const struct action *action;

	argc -= is_contact;
	argv += is_contact;
	if (argc > 1 && (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0)) {
		fputs(USAGE, stdout);
		return 0;
	}
	action = argc < 2     ? NULL
		 : is_contact ? find_action(argv[1], contact_actions, 3)
			      : find_action(argv[1], actions,
					    sizeof actions / sizeof *actions);
	return action ? act(argc - 1, argv + 1, &request, action) : usage();
}
