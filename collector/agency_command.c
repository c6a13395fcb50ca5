/* agency_command.c -- nq17 agency and nq17 freshness: what the office knows and expects
 * of each agency. */
#include "collector/collector.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
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
static const char FRESHNESS[] =
#include "sql/queries/freshness.sql.inc"
	;

static const char USAGE[] =
	"usage: nq17 agency list [--format table|csv|json]\n"
	"       nq17 agency show CODE\n"
	"       nq17 agency source CODE records|totals --from DATE\n"
	"       nq17 agency source CODE auto\n"
	"       nq17 agency cadence CODE TYPE DAYS\n"
	"\n"
	"  list     the register\n"
	"  show     one agency: names, predecessors, source of its figures, cadence\n"
	"  source   from DATE on it is measured on its records, or on its totals; auto: on\n"
	"           records from its first dossier on\n"
	"  cadence  in how many days new records of a type (dossier, service, fact, count,\n"
	"           milestone) are expected; CODE VN: of every agency without its own\n"
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

struct request {
	const char *words[3]; /* the arguments */
	const char *agency, *type, *state, *at, *from;
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

int agency_command(int argc, char **argv, const struct config *config)
{
	static const struct office_action actions[] = {
		{ "list", 0, 0, DB_REPORTS, list, NULL },
		{ "show", 1, 1, DB_REPORTS, show, NULL },
		/* the register is the office's */
		{ "source", 2, 2, DB_OWNER, set_source, is_source },
		{ "cadence", 3, 3, DB_OWNER, set_cadence, is_cadence },
		{ 0 },
	};
	struct request request = { 0 };
	const struct office_option options[] = { { "from", &request.from, NULL }, { 0 } };
	const struct office_command command = { USAGE,
						actions,
						options,
						{ &request.words[0], &request.words[1],
						  &request.words[2] },
						&request.format,
						NULL,
						NULL,
						&request };

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

int freshness_command(int argc, char **argv, const struct config *config)
{
	static const char *const states[] = { "fresh", "late", "silent", "never", NULL };
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
	if (list_format_find(format, &request.format) != 0 ||
	    (request.state && !is_one_of(request.state, states))) {
		fputs(FRESHNESS_USAGE, stderr);
		return 2;
	}
	return office_run(config, DB_REPORTS, "freshness", list_freshness, &request);
}
