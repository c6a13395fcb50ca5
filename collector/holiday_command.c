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

static int is_year(const void *context)
{
	const struct request *request = context;

	return !request->year || office_is_number(request->year);
}

static int is_day(const void *context)
{
	const struct request *request = context;

	return office_is_day(request->day);
}

static int is_holiday(const void *context)
{
	const struct request *request = context;

	return is_day(request) && request->name && request->source;
}

int holiday_command(int argc, char **argv, const struct config *config)
{
	static const struct office_action actions[] = {
		{ "list", 0, 0, DB_REPORTS, list, is_year },
		/* the calendar is the office's */
		{ "add", 1, 1, DB_OWNER, add, is_holiday },
		{ "remove", 1, 1, DB_OWNER, take_away, is_day },
		{ 0 },
	};
	struct request request = { 0 };
	const struct office_option options[] = { { "name", &request.name, NULL },
						 { "source", &request.source, NULL },
						 { "year", &request.year, NULL },
						 { 0 } };
	const struct office_command command = {
		USAGE,           actions, options, { &request.day },
		&request.format, NULL,    NULL,    &request
	};

	return office_command(argc, argv, config, &command);
}
