/* score_command.c -- nq17 score: what ranks are made of beside the records. */
#include "collector/collector.h"

#include <stdio.h>
#include <string.h>

#include "collector/code_list.h"
#include "collector/office.h"

static const char LOAD[] =
#include "sql/queries/score_load.sql.inc"
	;
static const char LIST[] =
#include "sql/queries/score_list.sql.inc"
	;
static const char MINIMUM[] =
#include "sql/queries/score_minimum.sql.inc"
	;

static const char USAGE[] =
	"usage: nq17 score list [--format table|csv|json]\n"
	"       nq17 score load --score NAME --period P --source TEXT FILE.csv|-\n"
	"       nq17 score minimum BASE [--indicator SLUG] [--coverage PERCENT]\n"
	"                          --reason TEXT\n"
	"\n"
	"  list     the scores, their parts, and how many points were loaded\n"
	"  load     points as their owner published them: a file with the columns agency,\n"
	"           part and points; nothing of it is stored if one row cannot be right\n"
	"  minimum  from which denominator on (and which coverage) a figure is ranked, of one\n"
	"           indicator or of all; the reason is printed with the ranking\n"
	"\n"
	"  --by NAME   who says so (the account that runs the command)\n"
	"  -h, --help  this help\n";

struct request {
	const char *argument, *score, *period, *source, *indicator, *coverage, *reason,
		*by;
	enum list_format format;
	enum message_language language;
};

static int list(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;

	return list_query(db, LIST, NULL, 0, request->format, NULL, err);
}

static int store(struct db *db, const struct request *request,
		 const struct code_list *points, struct error *err)
{
	const char *const params[] = { request->score,
				       request->period,
				       request->source,
				       request->by,
				       text_string(&points->columns[0]),
				       text_string(&points->columns[1]),
				       text_string(&points->columns[2]) };
	struct db_rows *rows = NULL;

	if (db_query(db, LOAD, params, 7, &rows, err) != 0)
		return -1;
	printf("%s points stored\n", db_value(rows, 0, "stored"));
	db_rows_free(rows);
	return 0;
}

static int load(struct db *db, void *context, struct error *err)
{
	static const struct record_field fields[] = {
		{ "agency", NULL, VALUE_NAME, 1, 1, 64, NULL, 0, 0 },
		{ "part", NULL, VALUE_NAME, 1, 1, 64, NULL, 0, 0 },
		{ "points", NULL, VALUE_NAME, 1, 1, 32, NULL, 0, 0 },
		{ NULL, NULL, 0, 0, 0, 0, NULL, 0, 0 },
	};
	static const struct record_type type = { "points", RECORD_DOSSIER, fields,
						 "agency", NULL };
	const struct request *request = context;
	struct code_list points;
	int status = -1;

	if (code_list_read(&points, request->argument, &type, request->language, err) ==
	    0)
		status = store(db, request, &points, err);
	code_list_free(&points);
	return status;
}

static int minimum(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->indicator, request->argument,
				       request->coverage, request->reason, request->by };

	return db_query(db, MINIMUM, params, 5, NULL, err);
}

static int may_load(const void *context)
{
	const struct request *request = context;

	return request->score && request->period && request->source;
}

static int may_set_minimum(const void *context)
{
	const struct request *request = context;

	return request->reason && office_is_number(request->argument) &&
	       (!request->coverage || office_is_number(request->coverage));
}

int score_command(int argc, char **argv, const struct config *config)
{
	static const struct office_action actions[] = {
		{ "list", 0, 0, DB_REPORTS, list, NULL },
		{ "load", 1, 1, DB_OWNER, load, may_load },
		{ "minimum", 1, 1, DB_OWNER, minimum, may_set_minimum },
		{ 0 },
	};
	struct request request = { .by = office_account(),
				   .language = office_language(config) };
	const struct office_option options[] = { { "score", &request.score, NULL },
						 { "period", &request.period, NULL },
						 { "source", &request.source, NULL },
						 { "indicator", &request.indicator,
						   NULL },
						 { "reason", &request.reason, NULL },
						 { "coverage", &request.coverage, NULL },
						 { 0 } };
	const struct office_command command = {
		USAGE,           actions,     options, { &request.argument },
		&request.format, &request.by, NULL,    &request
	};

	return office_command(argc, argv, config, &command);
}
