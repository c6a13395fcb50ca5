/* vintages_command.c -- `nq17 vintages` and `nq17 restatements`: what was published, and
 * what has changed since. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/office.h"
#include "base/period.h"
#include "base/usage.h"
#include "reports/reports.h"

static const char LIST[] =
#include "sql/queries/vintage_list.sql.inc"
	;
static const char CALENDAR[] =
#include "sql/queries/vintage_calendar.sql.inc"
	;
static const char SHOW[] =
#include "sql/queries/vintage_show.sql.inc"
	;
static const char VERIFY[] =
#include "sql/queries/vintage_verify.sql.inc"
	;
static const char REOPEN[] =
#include "sql/queries/vintage_reopen.sql.inc"
	;
static const char RESTATEMENTS[] =
#include "sql/queries/restatements.sql.inc"
	;

static const char USAGE[] =
	"usage: nq17 vintages [list] [--period P] [--format table|csv|json]\n"
	"       nq17 vintages calendar [--year Y] [--format table|csv|json]\n"
	"       nq17 vintages show ID\n"
	"       nq17 vintages verify [ID]\n"
	"       nq17 vintages reopen --period P --reason TEXT --second NAME [--by NAME]\n"
	"\n"
	"  list      what was published, the newest first\n"
	"  calendar  the reporting periods of a year of Decree 09/2019: when their windows\n"
	"            close and their reports are due, and whether they are provisional,\n"
	"            in preview or final\n"
	"  show      the canonical form of a vintage: its SHA-256 is the vintage's\n"
	"  verify    computes the SHA-256 of the stored rows again; exit 1 if one differs\n"
	"  reopen    a final period is provisional again until it is published anew; it\n"
	"            takes two people\n"
	"\n"
	"  --by NAME   who acts (the account that runs the command)\n"
	"  -h, --help  this help\n";

struct request {
	const char *id, *period, *year, *reason, *by, *second, *from, *to;
	enum list_format format;
	size_t wrong; /* vintages that are not what they were */
};

static int list(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->period };

	return list_query(db, LIST, params, 1, request->format, NULL, err);
}

static int calendar(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->year };

	return list_query(db, CALENDAR, params, 1, request->format, NULL, err);
}

static int no_vintage(const struct request *request, struct error *err)
{
	return error_set(err, ERROR_NOT_FOUND, "there is no vintage %s", request->id);
}

static int show(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->id };
	struct db_rows *rows = NULL;
	const char *form;
	int status = -1;

	if (db_query(db, SHOW, params, 1, &rows, err) != 0)
		return -1;
	form = db_cell(rows, 0, 0);
	if (form && *form) {
		fputs(form, stdout);
		status = 0;
	} else {
		no_vintage(request, err);
	}
	db_rows_free(rows);
	return status;
}

static int verify(struct db *db, void *context, struct error *err)
{
	struct request *request = context;
	const char *const params[] = { request->id };
	struct db_rows *rows = NULL;

	if (db_query(db, VERIFY, params, 1, &rows, err) != 0)
		return -1;
	for (size_t i = 0; i < db_rows_count(rows); i++) {
		int genuine = strcmp(db_value(rows, i, "genuine"), "1") == 0;

		printf("vintage %s of %s: %s%s%s\n", db_value(rows, i, "vintage"),
		       db_value(rows, i, "period"), db_value(rows, i, "sha256"),
		       genuine ? ", genuine" : ", but the stored rows give ",
		       genuine ? "" : db_value(rows, i, "recomputed"));
		request->wrong += !genuine;
	}
	if (request->id && db_rows_count(rows) == 0) {
		db_rows_free(rows);
		return no_vintage(request, err);
	}
	db_rows_free(rows);
	return 0;
}

static int reopen(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->period, request->reason, request->by,
				       request->second };
	struct db_rows *rows = NULL;

	if (db_query(db, REOPEN, params, 4, &rows, err) != 0)
		return -1;
	printf("%s is open again after vintage %s: its figures are provisional until it is "
	       "published anew\n",
	       request->period, db_cell(rows, 0, 0));
	db_rows_free(rows);
	return 0;
}

/* Is VALUE, where it is given, the name of a period?  Says what is wrong. */
static int is_period(const char *name, const char *value)
{
	struct period period;
	struct error err;

	if (!value || period_parse(&period, value, &err) == 0)
		return 1;
	log_line(name, "%s", err.message);
	return 0;
}

static int is_right(const void *context)
{
	const struct request *request = context;

	return is_period("vintages", request->period) &&
	       (!request->id || office_is_number(request->id)) &&
	       (!request->year ||
		(office_is_number(request->year) && strlen(request->year) == 4));
}

static int may_reopen(const void *context)
{
	const struct request *request = context;

	return is_right(request) && request->period && request->reason && request->second;
}

int vintages_command(int argc, char **argv, const struct config *config)
{
	static const struct office_action actions[] = {
		{ "list", 0, 0, DB_REPORTS, list, is_right },
		{ "calendar", 0, 0, DB_REPORTS, calendar, is_right },
		{ "show", 1, 1, DB_REPORTS, show, is_right },
		{ "verify", 0, 1, DB_REPORTS, verify, is_right },
		{ "reopen", 0, 0, DB_REPORTS, reopen, may_reopen },
		{ 0 },
	};
	struct request request = { .by = office_account() };
	const struct office_option options[] = { { "period", &request.period, NULL },
						 { "year", &request.year, NULL },
						 { "reason", &request.reason, NULL },
						 { "second", &request.second, NULL },
						 { 0 } };
	const struct office_command command = { USAGE,           actions,
						options,         { &request.id },
						&request.format, &request.by,
						"list",          &request };
	int code = office_command(argc, argv, config, &command);

	return code ? code : request.wrong > 0;
}

static const char RESTATEMENTS_USAGE[] =
	"usage: nq17 restatements --period P [--from ID] [--to ID] [--format table|csv|json]\n"
	"\n"
	"Every figure of a period that has changed since it was published, with its cause\n"
	"(late records, corrections, register, definition, target, dispute) and the batch\n"
	"where there is one; a line for each cause of a figure.  Without --from and --to all\n"
	"steps: from one vintage to the next, and from the last to now.\n"
	"\n"
	"  --from ID   the vintage that is compared\n"
	"  --to ID     with this one; without it, with what is computed now\n"
	"  -h, --help  this help\n";

static int restatements(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->period, request->from, request->to };

	return list_query(db, RESTATEMENTS, params, 3, request->format, NULL, err);
}

static int is_vintage(const char *option, const char *value)
{
	return !value || office_is_number(value) ||
	       usage_say("%s is the number of a vintage, not \"%s\"", option, value);
}

int restatements_command(int argc, char **argv, const struct config *config)
{
	struct request request = { 0 };
	const char *format = NULL;
	const struct office_option options[] = { { "period", &request.period, NULL },
						 { "from", &request.from, NULL },
						 { "to", &request.to, NULL },
						 { "format", &format, NULL },
						 { 0 } };
	int first, code = office_options(argc, argv, RESTATEMENTS_USAGE, options, 0, 0,
					 &first);

	if (code >= 0)
		return code;
	if (!is_period("restatements", request.period))
		return 2;
	if ((!request.period && !usage_say("--period is missing")) ||
	    list_format_find(format, &request.format) != 0 ||
	    !is_vintage("--from", request.from) || !is_vintage("--to", request.to))
		return usage_refuse(RESTATEMENTS_USAGE);
	return office_run(config, DB_REPORTS, "restatements", restatements, &request);
}
