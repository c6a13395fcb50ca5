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
	const char *set, *name, *name_en, *from, *source, *agency; /* also in OPTIONS */
	const char *members;                                       /* a file */
	json_t *options; /* as revision_draft() reads them */
	enum list_format format;
	enum message_language language;
};

/* ---- Actions ------------------------------------------------------------- */

/* Adds the agencies of the file to OPTIONS. */
static int read_members(const struct request *request, struct error *err)
{
	static const struct record_field fields[] = {
		{ "agency", NULL, VALUE_NAME, 1, 1, 64, NULL, 0, 0 },
		{ NULL, NULL, 0, 0, 0, 0, NULL, 0, 0 },
	};
	static const struct record_type type = { "population", RECORD_DOSSIER, fields,
						 "agency" };
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
			json_object_set_new(request->options, "members", members);
	}
	text_free(&array);
	code_list_free(&list);
	return status;
}

static int draft(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	struct db_rows *rows = NULL;
	char *options;
	int status;

	if (request->members && read_members(request, err) != 0)
		return -1;
	options = json_dumps(request->options, 0);
	status = db_query(db, DRAFT,
			  (const char *const[]){ request->kind, options, request->by }, 3,
			  &rows, err);
	free(options);
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

static const struct action {
	const char *name;
	int arguments;
	int is_number; /* its argument is the number of a draft */
	int only_target;
	enum db_role role;
	int (*run)(struct db *db, void *context, struct error *err);
} actions[] = {
	{ "list", 0, 0, 0, DB_REPORTS, list },
	{ "draft", 1, 0, 0, DB_OWNER, draft },
	{ "drafts", 0, 0, 0, DB_REPORTS, drafts },
	{ "preview", 1, 1, 0, DB_OWNER, preview },
	{ "approve", 1, 1, 0, DB_OWNER, approve },
	{ "drop", 1, 1, 0, DB_OWNER, drop },
	{ "sets", 0, 0, 1, DB_REPORTS, list_sets },
	{ "set", 1, 0, 1, DB_OWNER, add_set },
};

static const struct action *find_action(const char *kind, const char *name)
{
	for (size_t i = 0; name && i < sizeof actions / sizeof *actions; i++)
		if (strcmp(actions[i].name, name) == 0 &&
		    (!actions[i].only_target || strcmp(kind, "target") == 0))
			return &actions[i];
	return NULL;
}

static int is_period(const char *code)
{
	struct period period;
	struct error ignored;

	return !code || period_parse(&period, code, &ignored) == 0;
}

/* Are the request's parts written as they should be? */
static int is_well_formed(const struct request *request, const struct action *action)
{
	const json_t *reason = json_object_get(request->options, "reason");

	if (action->is_number && !office_is_number(request->subject))
		return 0;
	if (action->run == draft && (!json_is_string(reason) || !request->from))
		return 0;
	return *request->by && is_period(request->period) &&
	       (!request->from || office_is_day(request->from));
}

static void set_option(json_t *options, const char *name, const char *value)
{
	if (value)
		json_object_set_new(options, name, json_string(value));
}

static int run(int argc, char **argv, const struct config *config, const char *usage)
{
	const struct action *action = find_action(argv[0], argv[1]);
	struct request request = { .kind = argv[0],
				   .by = office_account(),
				   .language = office_language(config) };
	const char *format = NULL, *value = NULL, *deadline = NULL, *direction = NULL,
		   *kinds = NULL, *indicator = NULL, *reason = NULL, *clause = NULL,
		   *formula = NULL, *definition = NULL, *definition_en = NULL;
	const struct office_option options[] = {
		{ "set", &request.set, NULL },
		{ "by", &request.by, NULL },
		{ "period", &request.period, NULL },
		{ "name", &request.name, NULL },
		{ "name-en", &request.name_en, NULL },
		{ "from", &request.from, NULL },
		{ "source", &request.source, NULL },
		{ "agency", &request.agency, NULL },
		{ "members", &request.members, NULL },
		{ "format", &format, NULL },
		{ "value", &value, NULL },
		{ "deadline", &deadline, NULL },
		{ "direction", &direction, NULL },
		{ "kinds", &kinds, NULL },
		{ "indicator", &indicator, NULL },
		{ "reason", &reason, NULL },
		{ "clause", &clause, NULL },
		{ "formula", &formula, NULL },
		{ "definition", &definition, NULL },
		{ "definition-en", &definition_en, NULL },
		{ 0 },
	};
	int first, code, least = action ? action->arguments : 0;

	code = office_options(action ? argc - 1 : argc, action ? argv + 1 : argv, usage,
			      options, least, least, &first);
	if (code >= 0)
		return code;
	if (!action) {
		fputs(usage, stderr);
		return 2;
	}
	if (least)
		request.subject = argv[first + 1];
	request.options = json_object();
	for (int i = 0; options[i].name; i++)
		set_option(request.options, options[i].name, *options[i].value);
	/* "all" is no indicator of its own: the population of all that have none. */
	if (!request.subject || strcmp(request.kind, "population") != 0 ||
	    strcmp(request.subject, "all") != 0)
		set_option(request.options, "subject", request.subject);
	if (list_format_find(format, &request.format) != 0 ||
	    !is_well_formed(&request, action) || (deadline && !office_is_day(deadline))) {
		fputs(usage, stderr);
		code = 2;
	} else {
		code = office_run(config, action->role, request.kind, action->run,
				  &request);
	}
	json_decref(request.options);
	return code;
}

int target_command(int argc, char **argv, const struct config *config)
{
	return run(argc, argv, config, TARGET_USAGE);
}

int definition_command(int argc, char **argv, const struct config *config)
{
	return run(argc, argv, config, DEFINITION_USAGE);
}

int population_command(int argc, char **argv, const struct config *config)
{
	return run(argc, argv, config, POPULATION_USAGE);
}
