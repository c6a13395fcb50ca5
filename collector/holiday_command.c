/* holiday_command.c -- nq17 holiday: the days off, as far as they are known. */
#include "collector/collector.h"

#include <stdio.h>
#include <string.h>

#include "collector/office.h"

static const char LIST[] =
#include "sql/queries/holiday_list.sql.inc"
	;
static const char ADD[] =
#include "sql/queries/holiday_add.sql.inc"
	;
static const char REMOVE[] =
#include "sql/queries/holiday_remove.sql.inc"
	;

static const char USAGE[] =
	"usage: nq17 holiday list [--year YEAR] [--format table|csv|json]\n"
	"       nq17 holiday add DATE --name TEXT --source TEXT\n"
	"       nq17 holiday remove DATE\n"
	"\n"
	"The days off of which `nq17 act` counts working days.  Days that nobody read in a\n"
	"source are unverified until `add` names one.\n";

struct request {
	const char *day, *name, *source, *year;
	enum list_format format;
};

static int list(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->year };

	return list_query(db, LIST, params, 1, request->format, NULL, err);
}

static int add(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->day, request->name, request->source };

	return db_query(db, ADD, params, 3, NULL, err);
}

static int take_away(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->day };
	struct db_rows *rows = NULL;
	int status = db_query(db, REMOVE, params, 1, &rows, err);

	if (status == 0 && db_rows_count(rows) == 0)
		status =
			error_set(err, ERROR_NOT_FOUND, "%s is no holiday", request->day);
	db_rows_free(rows);
	return status;
}

static const struct action {
	const char *name;
	int arguments;
	enum db_role role; /* the calendar is the office's */
	int (*run)(struct db *db, void *context, struct error *err);
} actions[] = {
	{ "list", 0, DB_REPORTS, list },
	{ "add", 1, DB_OWNER, add },
	{ "remove", 1, DB_OWNER, take_away },
};

static const struct action *find_action(const char *name)
{
	for (size_t i = 0; name && i < sizeof actions / sizeof *actions; i++)
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	return NULL;
}

int holiday_command(int argc, char **argv, const struct config *config)
{
	const struct action *action = find_action(argv[1]);
	struct request request = { 0 };
	const char *format = NULL;
	const struct office_option options[] = { { "name", &request.name, NULL },
						 { "source", &request.source, NULL },
						 { "year", &request.year, NULL },
						 { "format", &format, NULL },
						 { 0 } };
	int first, code;

	if (!action) {
		code = office_options(argc, argv, USAGE, options, 0, 0, &first);
		return code >= 0 ? code : (fputs(USAGE, stderr), 2);
	}
	code = office_options(argc - 1, argv + 1, USAGE, options, action->arguments,
			      action->arguments, &first);
	if (code >= 0)
		return code;
	request.day = action->arguments ? argv[first + 1] : NULL;
	if (list_format_find(format, &request.format) != 0 ||
	    (request.year && !office_is_number(request.year)) ||
	    (request.day && !office_is_day(request.day)) ||
	    (action->run == add && (!request.name || !request.source))) {
		fputs(USAGE, stderr);
		return 2;
	}
	return office_run(config, action->role, "holiday", action->run, &request);
}
