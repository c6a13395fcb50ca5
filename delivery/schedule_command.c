/* schedule_command.c -- nq17 schedule: what is sent to whom, and when. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/period.h"
#include "base/usage.h"
#include "delivery/delivery.h"
#include "delivery/runs.h"
#include "delivery/schedule_request.h"

static const char LIST[] =
#include "sql/queries/schedule_list.sql.inc"
	;
static const char FIND[] =
#include "sql/queries/schedule_find.sql.inc"
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
	"       nq17 schedule way add NAME --to RECIPIENT [--credentials FILE] [--owner CODE]\n"
	"       nq17 schedule way remove NAME [--owner CODE]\n"
	"       nq17 schedule way list [--format table|csv|json]\n"
	"\n"
	"  add      shows the next five runs, then saves\n"
	"  run      puts the last complete period (or P) into the outbox now; whoever has had\n"
	"           it gets it no second time\n"
	"  contact  the addresses of agencies: the recipient `contacts` of schedules\n"
	"  way      a folder, server or webhook that pages may choose from: who makes a\n"
	"           schedule on a page names addresses of mail, and no path or server\n"
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
	if (db_query(db, FIND, (const char *const[]){ name, NULL }, 2, rows, err) != 0)
		return -1;
	if (db_rows_count(*rows) == 0)
		return error_set(err, ERROR_NOT_FOUND, "there is no schedule %s", name);
	return 0;
}

static int preview(struct db *db, void *context, struct error *err)
{
	const struct schedule_request *request = context;
	struct recurrence_run runs[SCHEDULE_SHOWN];
	struct db_rows *rows = NULL;
	size_t count;
	int status = find(db, request->draft.name, &rows, err);

	if (status == 0)
		status = schedule_next_runs(db, rows, runs, SCHEDULE_SHOWN, &count, err);
	if (status == 0)
		status = schedule_print_runs(db, runs, count, db_value(rows, 0, "zone"),
					     db_value(rows, 0, "covers"), request->as,
					     err);
	db_rows_free(rows);
	return status;
}

/* Shows the next runs, and saves the schedule unless it is a trial. */
static int add(struct db *db, void *context, struct error *err)
{
	const struct schedule_request *request = context;
	const struct schedule_draft *draft = &request->draft;
	struct schedule_plan plan;
	char *saved = NULL;
	int status = schedule_plan_make(&plan, draft, db, request->config, err);

	if (status == 0)
		status = schedule_print_runs(db, plan.runs, plan.count, draft->zone,
					     plan.covers, request->as, err);
	if (status == 0 && plan.count == 0)
		log_line("schedule", "the rule has ended: it runs no more");
	if (status == 0 && !request->dry_run)
		status = schedule_draft_save(draft, &plan, db, NULL, &saved, err);
	free(saved);
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
	int status = find(db, request->draft.name, &rows, err);

	if (status == 0) {
		const char *const params[] = {
			db_value(rows, 0, "schedule_id"),
			request->period ? request->period : db_value(rows, 0, "period"),
			"hand", config_get(request->config, "alert_to")
		};

		status = db_value_of(db, FIRE, params, 4, &added, err);
		if (status == 0)
			printf("%s of %s: %s in the outbox\n", request->draft.name,
			       params[1], added);
	}
	free(added);
	db_rows_free(rows);
	return status;
}

static int switch_state(struct db *db, void *context, struct error *err)
{
	const struct schedule_request *request = context;
	struct db_rows *rows = NULL;
	int status = find(db, request->draft.name, &rows, err);

	if (status == 0)
		status = schedule_switch(db, rows, request->state, err);
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
	const char *const params[] = { request->draft.agency, request->address,
				       office_account() };
	char *answer = NULL;
	int status;

	if (!request->removes &&
	    (schedule_check_recipient(request->config, request->address, err) != 0 ||
	     !strchr(request->address, '@')))
		return -1;
	status = db_value_of(db, request->removes ? CONTACT_REMOVE : CONTACT_ADD, params,
			     request->removes ? 2 : 3, &answer, err);
	if (status == 0 && (!answer || strcmp(answer, "0") == 0))
		status = error_set(err, ERROR_NOT_FOUND, "there is no %s %s",
				   request->removes ? "contact" : "agency",
				   request->removes ? request->address
						    : request->draft.agency);
	free(answer);
	return status;
}

/* ---- The command --------------------------------------------------------- */

enum { NEEDS_NAME = 1, NEEDS_MORE = 2, IS_CONTACT = 4, IS_WAY = 8 };

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

static const struct action way_actions[] = {
	{ "add", schedule_way_change, NEEDS_NAME | IS_WAY, NULL },
	{ "remove", schedule_way_change, NEEDS_NAME | IS_WAY, NULL },
	{ "list", schedule_way_list, 0, NULL },
};

/* nq17 schedule GROUP ACTION; without a group the first. */
static const struct {
	const char *name;
	const struct action *actions;
	size_t count;
} groups[] = {
	{ "", actions, sizeof actions / sizeof *actions },
	{ "contact", contact_actions, sizeof contact_actions / sizeof *contact_actions },
	{ "way", way_actions, sizeof way_actions / sizeof *way_actions },
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
	return usage_refuse(USAGE);
}

/* "--format" is that of the list, or of the report that is added. */
static int read_format(struct schedule_request *request, const struct action *action)
{
	if (action->needs & NEEDS_MORE)
		return 0;
	return list_format_find(request->draft.formats, &request->as);
}

static int is_complete(const struct schedule_request *request,
		       const struct action *action)
{
	struct period period;
	struct error err;

	if ((action->needs & NEEDS_MORE) &&
	    (!request->draft.report || !request->draft.rrule || !request->draft.formats ||
	     !request->draft.to))
		return usage_say("add takes --report, --rrule, --format and --to");
	if ((action->needs & IS_CONTACT) && !request->removes && !request->draft.agency)
		return usage_say("--agency is missing");
	if ((action->needs & IS_WAY) && !request->removes && !request->draft.to)
		return usage_say("--to is missing");
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
		{ "report", &request->draft.report, NULL },
		{ "indicator", &request->draft.indicator, NULL },
		{ "agency", &request->draft.agency, NULL },
		{ "each", &request->draft.each, NULL },
		{ "rrule", &request->draft.rrule, NULL },
		{ "zone", &request->draft.zone, NULL },
		{ "from", &request->draft.from, NULL },
		{ "at", &request->draft.at, NULL },
		{ "workdays", &request->draft.workdays, NULL },
		{ "covers", &request->draft.covers, NULL },
		{ "when", &request->draft.when, NULL },
		{ "deadline", &request->draft.deadline, NULL },
		{ "lang", &request->draft.lang, NULL },
		{ "format", &request->draft.formats, NULL },
		{ "to", &request->draft.to, NULL },
		{ "credentials", &request->draft.credentials, NULL },
		{ "owner", &request->draft.owner, NULL },
		{ "alert", &request->draft.alert, NULL },
		{ "period", &request->period, NULL },
		{ "dry-run", NULL, &request->dry_run },
		{ 0 },
	};
	int wanted = action->needs & NEEDS_NAME ? 1 : 0, first, code;

	code = office_options(argc, argv, USAGE, options, wanted, wanted, &first);
	if (code >= 0)
		return code;
	request->draft.name = request->address = wanted ? argv[first] : NULL;
	request->state = action->state;
	request->removes = strcmp(action->name, "remove") == 0;
	if (read_format(request, action) != 0 || !is_complete(request, action))
		return usage();
	return office_run(request->config, DB_OWNER, "schedule", action->run, request);
}

int schedule_command(int argc, char **argv, const struct config *config)
{
	struct schedule_request request = { .config = config,
					    .draft = { .zone = "Asia/Ho_Chi_Minh",
						       .at = "08:00",
						       .workdays = "none",
						       .when = "time",
						       .owner = "VN",
						       .lang = config_get(config,
									  "lang") } };
	const struct action *action;
	size_t group = sizeof groups / sizeof *groups - 1;

	while (group > 0 && (argc < 2 || strcmp(argv[1], groups[group].name) != 0))
		group--;
	argc -= group > 0;
	argv += group > 0;
	if (argc > 1 && (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0)) {
		fputs(USAGE, stdout);
		return 0;
	}
	action = argc < 2 ? NULL
			  : find_action(argv[1], groups[group].actions,
					groups[group].count);
	if (action)
		return act(argc - 1, argv + 1, &request, action);
	usage_no_row("action", argc > 1 ? argv[1] : NULL, groups[group].actions,
		     groups[group].count, sizeof *groups[group].actions);
	return usage();
}
