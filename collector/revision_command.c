/* revision_command.c -- nq17 target, definition and population: what is judged, by which
 * formula and over whom.  One person drafts a change, another approves it. */
#include "collector/collector.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/period.h"
#include "collector/code_list.h"
#include "collector/office.h"

static const char DRAFT[] =
#include "sql/queries/revision_draft.sql.inc"
	;
static const char DECIDE[] =
#include "sql/queries/revision_decide.sql.inc"
	;
static const char PREVIEW[] =
#include "sql/queries/revision_preview.sql.inc"
	;
static const char DRAFTS[] =
#include "sql/queries/revision_list.sql.inc"
	;
static const char TARGETS[] =
#include "sql/queries/target_list.sql.inc"
	;
static const char SETS[] =
#include "sql/queries/target_set_list.sql.inc"
	;
static const char SET_ADD[] =
#include "sql/queries/target_set_add.sql.inc"
	;
static const char DEFINITIONS[] =
#include "sql/queries/definition_list.sql.inc"
	;
static const char POPULATIONS[] =
#include "sql/queries/population_list.sql.inc"
	;

#define COMMON_USAGE(NOUN)                                                               \
	"       nq17 " NOUN " drafts [--format table|csv|json]\n"                        \
	"       nq17 " NOUN " preview ID [--period P] [--format table|csv|json]\n"       \
	"       nq17 " NOUN " approve|drop ID [--by NAME]\n"
#define COMMON_HELP                                                                      \
	"  drafts   the changes: what waits, and what became of the others\n"            \
	"  preview  which figures, verdicts and ranks would change, in which periods\n"  \
	"           (every year and quarter with data, or P); nothing is changed\n"      \
	"  approve  lets it come into force; by another person than its author\n"        \
	"\n"                                                                             \
	"  --from DATE    it holds for periods that end on DATE or later\n"              \
	"  --reason TEXT  why; --clause TEXT the legal basis; --by NAME who says so\n"   \
	"                 (the account that runs the command)\n"

static const char TARGET_USAGE[] =
	"usage: nq17 target list [--set NAME] [--format table|csv|json]\n"
	"       nq17 target draft TARGET --from DATE --reason TEXT [--value 25%|78]\n"
	"                [--deadline DATE] [--direction '>='|'='|'<='] [--kinds KIND,...]\n"
	"                [--set NAME --indicator SLUG] [--name TEXT] [--name-en TEXT]\n"
	"                [--clause TEXT] [--source TEXT] [--by NAME]\n" COMMON_USAGE(
		"target") "       nq17 target sets [--format table|csv|json]\n"
			  "       nq17 target set NAME --name TEXT --from DATE --source TEXT\n"
			  "                [--name-en TEXT] [--agency CODE] [--by NAME]\n"
			  "\n"
			  "  list     every version of every target\n"
			  "  draft    a new version of TARGET, or a new one (--set, --indicator, --value,\n"
			  "           --deadline); --kinds: only for agencies of these kinds\n" COMMON_HELP
			  "  set      adds a programme, or (--agency) an agency's own targets, for periods\n"
			  "           after DATE; nq17 kpi --set NAME judges by it\n";

static const char DEFINITION_USAGE[] =
	"usage: nq17 definition list [--format table|csv|json]\n"
	"       nq17 definition draft INDICATOR --from DATE --reason TEXT\n"
	"                [--formula VARIANT|default] [--definition TEXT]\n"
	"                [--definition-en TEXT] [--clause TEXT] [--by NAME]\n" COMMON_USAGE(
		"definition") "\n"
			      "  draft    from DATE on INDICATOR is computed by another of its readings\n"
			      "           (nq17 method lists them), or described in other words\n" COMMON_HELP;

static const char POPULATION_USAGE[] =
	"usage: nq17 population list [--format table|csv|json]\n"
	"       nq17 population draft INDICATOR|all --from DATE --reason TEXT\n"
	"                [--kinds KIND,...] [--members FILE.csv|-] [--name TEXT]\n"
	"                [--name-en TEXT] [--source TEXT] [--clause TEXT] [--by NAME]\n" COMMON_USAGE(
		"population") "\n"
			      "  draft    whose figures are added up from DATE on: agencies of some kinds, those\n"
			      "           of a file with the column agency, or both\n" COMMON_HELP;

struct request {
	const char *kind;    /* target, definition, population */
	const char *subject; /* what is drafted, or the number of a draft */
	const char *by, *period;
	const char *set, *name, *name_en, *from, *source, *agency, *deadline, *reason;
	const char *members;                 /* a file */
	const struct office_option *options; /* all that was said */
	enum list_format format;
	enum message_language language;
};

/* ---- Actions ------------------------------------------------------------- */

/* Adds the agencies of the file to OPTIONS. */
static int read_members(const struct request *request, json_t *options, struct error *err)
{
	static const struct record_field fields[] = {
		{ "agency", NULL, VALUE_NAME, 1, 1, 64, NULL, 0, 0 },
		{ NULL, NULL, 0, 0, 0, 0, NULL, 0, 0 },
	};
	static const struct record_type type = { "population", RECORD_DOSSIER, fields,
						 "agency", NULL };
	struct code_list list;
	struct text array = { 0 };
	json_t *members = NULL;
	json_error_t where;
	int status =
		code_list_read(&list, request->members, &type, request->language, err);

	if (status == 0) {
		/* {"44","G01"} differs from JSON in its brackets: quotes and
		 * backslashes are escaped alike. */
		const char *codes = text_string(&list.columns[0]);

		text_addf(&array, "[%.*s]", (int)strlen(codes) - 2, codes + 1);
		members = json_loads(text_string(&array), 0, &where);
		if (!members)
			status = error_set(err, ERROR_INVALID, "%s: %s", request->members,
					   where.text);
		else
			json_object_set_new(options, "members", members);
	}
	text_free(&array);
	code_list_free(&list);
	return status;
}

/* What is drafted, as revision_draft() reads it. */
static json_t *draft_options(const struct request *request)
{
	json_t *options = json_object();

	for (const struct office_option *o = request->options; o->name; o++)
		if (*o->value)
			json_object_set_new(options, o->name, json_string(*o->value));
	/* "all" is no indicator of its own: the population of all that have none. */
	if (strcmp(request->kind, "population") != 0 ||
	    strcmp(request->subject, "all") != 0)
		json_object_set_new(options, "subject", json_string(request->subject));
	return options;
}

static int draft(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	json_t *model = draft_options(request);
	struct db_rows *rows = NULL;
	char *options = NULL;
	int status = -1;

	if (!request->members || read_members(request, model, err) == 0) {
		options = json_dumps(model, 0);
		status = db_query(
			db, DRAFT,
			(const char *const[]){ request->kind, options, request->by }, 3,
			&rows, err);
	}
	free(options);
	json_decref(model);
	if (status != 0)
		return -1;
	printf("draft %s; `nq17 %s preview %s` shows what it would change\n",
	       db_value(rows, 0, "id"), request->kind, db_value(rows, 0, "id"));
	db_rows_free(rows);
	return 0;
}

static int decide(struct db *db, const struct request *request, const char *approved,
		  struct error *err)
{
	const char *const params[] = { request->subject, request->kind, approved,
				       request->by };

	return db_query(db, DECIDE, params, 4, NULL, err);
}

static int approve(struct db *db, void *context, struct error *err)
{
	return decide(db, context, "true", err);
}

static int drop(struct db *db, void *context, struct error *err)
{
	return decide(db, context, "false", err);
}

static int preview(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->subject, request->kind, request->period };

	return list_query(db, PREVIEW, params, 3, request->format, NULL, err);
}

static int drafts(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->kind };

	return list_query(db, DRAFTS, params, 1, request->format, NULL, err);
}

static int list(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->set };

	if (strcmp(request->kind, "target") == 0)
		return list_query(db, TARGETS, params, 1, request->format, NULL, err);
	return list_query(
		db, strcmp(request->kind, "definition") == 0 ? DEFINITIONS : POPULATIONS,
		NULL, 0, request->format, NULL, err);
}

static int list_sets(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;

	return list_query(db, SETS, NULL, 0, request->format, NULL, err);
}

static int add_set(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->subject, request->name,
				       request->name_en, request->from,
				       request->agency,  request->source,
				       request->by };

	if (!request->name || !request->source || !request->from)
		return error_set(err, ERROR_INVALID,
				 "a set needs --name, --from and --source");
	return db_query(db, SET_ADD, params, 7, NULL, err);
}

/* ---- Command lines ------------------------------------------------------- */

static int is_period(const char *code)
{
	struct period period;
	struct error ignored;

	return !code || period_parse(&period, code, &ignored) == 0;
}

/* Are the request's parts written as they should be? */
static int is_right(const void *context)
{
	const struct request *request = context;

	return is_period(request->period) &&
	       (!request->from || office_is_day(request->from)) &&
	       (!request->deadline || office_is_day(request->deadline));
}

static int has_number(const void *context)
{
	const struct request *request = context;

	return is_right(request) && office_is_number(request->subject);
}

static int may_draft(const void *context)
{
	const struct request *request = context;

	return is_right(request) && request->reason && request->from;
}

/* The first two are of targets only. */
static const struct office_action actions[] = {
	{ "sets", 0, 0, DB_REPORTS, list_sets, is_right },
	{ "set", 1, 1, DB_OWNER, add_set, is_right },
	{ "list", 0, 0, DB_REPORTS, list, is_right },
	{ "draft", 1, 1, DB_OWNER, draft, may_draft },
	{ "drafts", 0, 0, DB_REPORTS, drafts, is_right },
	{ "preview", 1, 1, DB_OWNER, preview, has_number },
	{ "approve", 1, 1, DB_OWNER, approve, has_number },
	{ "drop", 1, 1, DB_OWNER, drop, has_number },
	{ 0 },
}, *const common_actions = &actions[2];

static int run(int argc, char **argv, const struct config *config, const char *usage,
	       const struct office_action *choice)
{
	const char *value = NULL, *direction = NULL, *kinds = NULL, *indicator = NULL,
		   *clause = NULL, *formula = NULL, *definition = NULL,
		   *definition_en = NULL;
	struct request request = { .kind = argv[0],
				   .by = office_account(),
				   .language = office_language(config) };
	const struct office_option options[] = {
		{ "set", &request.set, NULL },
		{ "period", &request.period, NULL },
		{ "name", &request.name, NULL },
		{ "name-en", &request.name_en, NULL },
		{ "from", &request.from, NULL },
		{ "source", &request.source, NULL },
		{ "agency", &request.agency, NULL },
		{ "members", &request.members, NULL },
		{ "value", &value, NULL },
		{ "deadline", &request.deadline, NULL },
		{ "direction", &direction, NULL },
		{ "kinds", &kinds, NULL },
		{ "indicator", &indicator, NULL },
		{ "reason", &request.reason, NULL },
		{ "clause", &clause, NULL },
		{ "formula", &formula, NULL },
		{ "definition", &definition, NULL },
		{ "definition-en", &definition_en, NULL },
		{ 0 },
	};
	const struct office_command command = {
		usage,           choice,      options, { &request.subject },
		&request.format, &request.by, NULL,    &request
	};

	request.options = options;
	return office_command(argc, argv, config, &command);
}

int target_command(int argc, char **argv, const struct config *config)
{
	return run(argc, argv, config, TARGET_USAGE, actions);
}

int definition_command(int argc, char **argv, const struct config *config)
{
	return run(argc, argv, config, DEFINITION_USAGE, common_actions);
}

int population_command(int argc, char **argv, const struct config *config)
{
	return run(argc, argv, config, POPULATION_USAGE, common_actions);
}
