/* agency_command.c -- nq17 agency and nq17 freshness: what the office knows and expects
 * of each agency. */
#include "collector/collector.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/log.h"
#include "base/usage.h"
#include "collector/office.h"

static const char LIST[] =
#include "sql/queries/agency_list.sql.inc"
	;
static const char SHOW[] =
#include "sql/queries/agency_show.sql.inc"
	;
static const char SOURCE[] =
#include "sql/queries/agency_source.sql.inc"
	;
static const char CADENCE[] =
#include "sql/queries/agency_cadence.sql.inc"
	;
static const char LETTERHEAD[] =
#include "sql/queries/letterhead_show.sql.inc"
	;
static const char LETTERHEAD_SET[] =
#include "sql/queries/letterhead_set.sql.inc"
	;
static const char FRESHNESS[] =
#include "sql/queries/freshness.sql.inc"
	;

static const char USAGE[] =
	"usage: nq17 agency list [--format table|csv|json]\n"
	"       nq17 agency show CODE\n"
	"       nq17 agency source CODE records|totals --from DATE\n"
	"       nq17 agency source CODE auto\n"
	"       nq17 agency cadence CODE TYPE DAYS\n"
	"       nq17 agency letterhead CODE [--for vi|en] [--from DATE] [--parent NAME]\n"
	"                   [--name NAME] [--symbol CODE] [--place PLACE] [--to \"A; B\"]\n"
	"                   [--recipients \"A; B\"] [--position \"A; B\"] [--signer NAME]\n"
	"\n"
	"  list     the register\n"
	"  show     one agency: names, predecessors, source of its figures, cadence\n"
	"  source   from DATE on it is measured on its records, or on its totals; auto: on\n"
	"           records from its first dossier on\n"
	"  cadence  in how many days new records of a type (dossier, service, fact, count,\n"
	"           milestone) are expected; CODE VN: of every agency without its own\n"
	"  letterhead  what stands on the reports of the agency (VN: of the nation) in that\n"
	"           language (vi): the authority above it, its name, what follows \"BC-\" in the\n"
	"           number, the place, who it is addressed to, who gets a copy, the position\n"
	"           of who signs (lines behind semicolons), the name.  What is not given\n"
	"           stays; \"\" takes it away.  The first holds from ever on, a later one from\n"
	"           DATE (today).  Without any of them: shows what holds\n"
	"\n"
	"  -h, --help  this help\n";

static const char FRESHNESS_USAGE[] =
	"usage: nq17 freshness [--agency CODE] [--type TYPE] [--state STATE] [--at TIME]\n"
	"                      [--format table|csv|json]\n"
	"\n"
	"Tells for each agency and record type what came last and when more is expected:\n"
	"fresh, late (behind its cadence), silent (more than three times so), never.\n"
	"\n"
	"  --at TIME  as of that moment (now)\n";

enum { LETTERHEAD_PARTS = 8 };

/* The options, and what they are called in the store. */
static const struct {
	const char *option, *field;
} letterhead_parts[LETTERHEAD_PARTS] = {
	{ "parent", "parent" },     { "name", "name" },
	{ "symbol", "symbol" },     { "place", "place" },
	{ "to", "receivers" },      { "recipients", "recipients" },
	{ "position", "position" }, { "signer", "signer" },
};

struct request {
	const char *words[3]; /* the arguments */
	const char *agency, *type, *state, *at, *from;
	const char *lang;                    /* of a letterhead */
	const char *parts[LETTERHEAD_PARTS]; /* of it, as in letterhead_parts */
	enum list_format format;
};

static int list(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;

	return list_query(db, LIST, NULL, 0, request->format, NULL, err);
}

static int show(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	struct db_rows *rows = NULL;

	if (db_query(db, SHOW, request->words, 1, &rows, err) != 0)
		return -1;
	if (db_rows_count(rows) == 0) {
		db_rows_free(rows);
		return error_set(err, ERROR_NOT_FOUND, "%s is the nation, no agency",
				 request->words[0]);
	}
	list_print_lines(rows);
	db_rows_free(rows);
	return 0;
}

static int set_source(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->words[0], request->words[1],
				       request->from };

	return db_query(db, SOURCE, params, 3, NULL, err);
}

static int set_cadence(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;

	return db_query(db, CADENCE, request->words, 3, NULL, err);
}

static int show_letterhead(struct db *db, const struct request *request, const char *lang,
			   struct error *err)
{
	const char *const params[] = { request->words[0], lang };
	struct db_rows *rows = NULL;
	int status = 0;

	if (db_query(db, LETTERHEAD, params, 2, &rows, err) != 0)
		return -1;
	if (db_rows_count(rows) == 0)
		status = error_set(
			err, ERROR_NOT_FOUND,
			"%s has no letterhead in %s: its reports have the usual "
			"one",
			request->words[0], lang);
	else
		list_print_lines(rows);
	db_rows_free(rows);
	return status;
}

/* Sets what was given, or shows what holds. */
static int letterhead(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *lang = request->lang ? request->lang : "vi";
	json_t *wanted = json_object();
	char *printed;
	int status;

	for (int i = 0; i < LETTERHEAD_PARTS; i++)
		if (request->parts[i])
			json_object_set_new(wanted, letterhead_parts[i].field,
					    json_string(request->parts[i]));
	printed = json_dumps(wanted, 0);
	if (json_object_size(wanted) == 0)
		status = show_letterhead(db, request, lang, err);
	else
		status = db_query(db, LETTERHEAD_SET,
				  (const char *const[]){ request->words[0], lang,
							 request->from, printed },
				  4, NULL, err);
	free(printed);
	json_decref(wanted);
	return status;
}

static int is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(word, *words) == 0)
			return 1;
	return 0;
}

static int is_source(const void *context)
{
	const struct request *request = context;
	static const char *const sources[] = { "records", "totals", NULL };

	if (strcmp(request->words[1], "auto") == 0)
		return !request->from;
	return is_one_of(request->words[1], sources) && office_is_day(request->from);
}

static int is_cadence(const void *context)
{
	const struct request *request = context;
	static const char *const types[] = { "dossier", "service",   "fact",
					     "count",   "milestone", NULL };

	return is_one_of(request->words[1], types) &&
	       office_is_number(request->words[2]) && strlen(request->words[2]) <= 4 &&
	       strspn(request->words[2], "0") < strlen(request->words[2]);
}

static int is_letterhead(const void *context)
{
	const struct request *request = context;
	static const char *const languages[] = { "vi", "en", NULL };

	return (!request->lang || is_one_of(request->lang, languages)) &&
	       (!request->from || office_is_day(request->from));
}

int agency_command(int argc, char **argv, const struct config *config)
{
	static const struct office_action actions[] = {
		{ "list", 0, 0, DB_REPORTS, list, NULL },
		{ "show", 1, 1, DB_REPORTS, show, NULL },
		/* the register is the office's */
		{ "source", 2, 2, DB_OWNER, set_source, is_source },
		{ "cadence", 3, 3, DB_OWNER, set_cadence, is_cadence },
		{ "letterhead", 1, 1, DB_OWNER, letterhead, is_letterhead },
		{ 0 },
	};
	struct request request = { 0 };
	struct office_option options[LETTERHEAD_PARTS + 3] = {
		{ "from", &request.from, NULL }, { "for", &request.lang, NULL }
	};
	const struct office_command command = { USAGE,
						actions,
						options,
						{ &request.words[0], &request.words[1],
						  &request.words[2] },
						&request.format,
						NULL,
						NULL,
						&request };

	for (int i = 0; i < LETTERHEAD_PARTS; i++)
		options[i + 2] = (struct office_option){ letterhead_parts[i].option,
							 &request.parts[i], NULL };
	return office_command(argc, argv, config, &command);
}

/* ---- Freshness ---------------------------------------------------------- */

static int list_freshness(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->agency, request->type, request->state,
				       request->at };

	return list_query(db, FRESHNESS, params, 4, request->format, NULL, err);
}

static int is_state(const char *state)
{
	static const char *const states[] = { "fresh", "late", "silent", "never", NULL };

	if (!state || is_one_of(state, states))
		return 1;
	usage_no_such("--state", state, "fresh late silent never");
	return 0;
}

int freshness_command(int argc, char **argv, const struct config *config)
{
	struct request request = { 0 };
	const char *format = NULL;
	const struct office_option options[] = {
		{ "agency", &request.agency, NULL }, { "type", &request.type, NULL },
		{ "state", &request.state, NULL },   { "at", &request.at, NULL },
		{ "format", &format, NULL },         { 0 }
	};
	int first, code;

	code = office_options(argc, argv, FRESHNESS_USAGE, options, 0, 0, &first);
	if (code >= 0)
		return code;
	if (list_format_find(format, &request.format) != 0 || !is_state(request.state))
		return usage_refuse(FRESHNESS_USAGE);
	return office_run(config, DB_REPORTS, "freshness", list_freshness, &request);
}
