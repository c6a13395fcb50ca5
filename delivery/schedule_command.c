/* schedule_command.c -- nq17 schedule: what is sent to whom, and when. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/period.h"
#include "delivery/delivery.h"
#include "delivery/runs.h"
#include "delivery/schedule_request.h"

static const char LIST[] =
#include "sql/queries/schedule_list.sql.inc"
	;
static const char FIND[] =
#include "sql/queries/schedule_find.sql.inc"
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

static int preview(struct db *db, void *context, struct error *err)
{
	const struct schedule_request *request = context;
	struct recurrence recurrence = { 0 };
	struct recurrence_run runs[SCHEDULE_SHOWN];
	struct db_rows *rows = NULL;
	size_t count;
	int status = find(db, request->name, &rows, err);

	if (status == 0)
		read_row(&recurrence, rows);
	if (status == 0 &&
	    (runs_load_days_off(&recurrence, db, err) != 0 ||
	     recurrence_next(&recurrence, atoll(db_value(rows, 0, "now")), runs,
			     SCHEDULE_SHOWN, &count, err) != 0 ||
	     schedule_print_runs(db, runs, count, recurrence.zone,
				 db_value(rows, 0, "covers"), request->as, err) != 0))
		status = -1;
	runs_free(&recurrence);
	db_rows_free(rows);
	return status;
}

/* ---- The others ---------------------------------------------------------- */

static int list(struct db *db, void *context, struct error *err)
{
	const struct schedule_request *request = context;

	return list_query(db, LIST, NULL, 0, request->as, NULL, err);
}

static int run(struct db *db, void *context, struct error *err)
{
	const struct schedule_request *request = context;
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
	const struct schedule_request *request = context;
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
	const struct schedule_request *request = context;

	return list_query(db, CONTACT_LIST, NULL, 0, request->as, NULL, err);
}

static int contact_change(struct db *db, void *context, struct error *err)
{
	const struct schedule_request *request = context;
	const char *const params[] = { request->agency, request->address,
				       office_account() };
	char *answer = NULL;
	int status;

	if (!request->removes &&
	    (schedule_check_recipient(request, request->address, err) != 0 ||
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
	{ "add", schedule_add, NEEDS_NAME | NEEDS_MORE, NULL },
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
static int read_format(struct schedule_request *request, const struct action *action)
{
	if (action->needs & NEEDS_MORE)
		return 0;
	return list_format_find(request->formats, &request->as);
}

static int is_complete(const struct schedule_request *request,
		       const struct action *action)
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

static int act(int argc, char **argv, struct schedule_request *request,
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
	struct schedule_request request = { .config = config,
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
