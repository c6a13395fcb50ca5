/* reconcile_command.c -- nq17 reconcile: what an agency says it has against what is here. */
#include "collector/collector.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/period.h"
#include "base/usage.h"
#include "collector/code_list.h"
#include "collector/office.h"

static const char TOTALS[] =
#include "sql/queries/reconcile.sql.inc"
	;
static const char CODES[] =
#include "sql/queries/reconcile_codes.sql.inc"
	;
static const char MONTHS[] =
#include "sql/queries/reconcile_months.sql.inc"
	;

static const char USAGE[] =
	"usage: nq17 reconcile --agency CODE|--all --from DAY --to DAY [--list FILE.csv]\n"
	"                      [--format table|csv|json]\n"
	"       nq17 reconcile --period P [--agency CODE] [--indicator SLUG]\n"
	"                      [--format table|csv|json]\n"
	"\n"
	"Prints control totals (records of type count whose period is a day) beside what\n"
	"was counted here, and the difference.  With --list, the differences down to codes:\n"
	"missing, quarantine, withdrawn, other_agency, other_day, void, and unlisted for\n"
	"what is here and not in the list.\n"
	"With --period, a quarter, half year or year as it was published beside the sum of\n"
	"its months as they were: the figures that differ, and what changed since then; what\n"
	"was not published is taken as it is now.\n"
	"\n"
	"  --agency CODE  an agency, or VN\n"
	"  --all          every agency that sent totals\n"
	"  --list FILE    its dossiers: columns dossier and, if it likes, received_at and\n"
	"                 resolved_at (- for standard input)\n"
	"  -h, --help     this help\n"
	"\n"
	"Exit 0: no difference; 1: there are some, or it failed; 2: wrong usage.\n";

struct request {
	const char *agency, *from, *to, *list, *period, *indicator;
	int all;
	enum list_format format;
	enum message_language language;
	size_t differences;
};

static int compare_totals(struct db *db, struct request *request, struct error *err)
{
	const char *const params[] = { request->agency, request->from, request->to };
	struct db_rows *rows = NULL;

	if (list_query(db, TOTALS, params, 3, request->format, NULL, err) != 0 ||
	    db_query(db, TOTALS, params, 3, &rows, err) != 0)
		return -1;
	for (size_t i = 0; i < db_rows_count(rows); i++) {
		const char *difference = db_value(rows, i, "difference");

		request->differences += !difference || strcmp(difference, "0") != 0;
	}
	db_rows_free(rows);
	return 0;
}

static int compare_codes(struct db *db, struct request *request, struct error *err)
{
	static const struct record_field fields[] = {
		{ "dossier", NULL, VALUE_NAME, 1, 1, 64, NULL, 0, 0 },
		{ "received_at", NULL, VALUE_START, 0, 0, 0, NULL, 8, 0 },
		{ "resolved_at", NULL, VALUE_START, 0, 0, 0, NULL, 8, 0 },
		{ NULL, NULL, 0, 0, 0, 0, NULL, 0, 0 },
	};
	static const struct record_type type = { "list", RECORD_DOSSIER, fields,
						 "dossier", NULL };
	struct code_list list;
	int status = -1;

	if (code_list_read(&list, request->list, &type, request->language, err) == 0) {
		const char *const params[] = { request->agency,
					       request->from,
					       request->to,
					       text_string(&list.columns[0]),
					       text_string(&list.columns[1]),
					       text_string(&list.columns[2]) };

		status = list_query(db, CODES, params, 6, request->format,
				    &request->differences, err);
	}
	code_list_free(&list);
	return status;
}

static int compare_months(struct db *db, struct request *request, struct error *err)
{
	const char *const params[] = { request->period, request->agency,
				       request->indicator };

	return list_query(db, MONTHS, params, 3, request->format, &request->differences,
			  err);
}

static int reconcile(struct db *db, void *context, struct error *err)
{
	struct request *request = context;

	if (request->period)
		return compare_months(db, request, err);
	return request->list ? compare_codes(db, request, err)
			     : compare_totals(db, request, err);
}

/* Flags that go together, and a period that there is? */
static int is_complete(const struct request *request)
{
	struct period period;
	struct error err;

	if (request->period && period_parse(&period, request->period, &err) != 0) {
		log_line("reconcile", "%s", err.message);
		return 0;
	}
	if (request->period)
		return !request->all && !request->from && !request->to && !request->list;
	return !request->indicator && !request->agency != !request->all &&
	       !(request->list && request->all) && office_is_day(request->from) &&
	       office_is_day(request->to);
}

int reconcile_command(int argc, char **argv, const struct config *config)
{
	struct request request = { .language = office_language(config) };
	const char *format = NULL;
	const struct office_option options[] = { { "agency", &request.agency, NULL },
						 { "all", NULL, &request.all },
						 { "from", &request.from, NULL },
						 { "to", &request.to, NULL },
						 { "list", &request.list, NULL },
						 { "period", &request.period, NULL },
						 { "indicator", &request.indicator,
						   NULL },
						 { "format", &format, NULL },
						 { 0 } };
	int first, code;

	code = office_options(argc, argv, USAGE, options, 0, 0, &first);
	if (code >= 0)
		return code;
	if (list_format_find(format, &request.format) != 0 || !is_complete(&request))
		return usage_refuse(USAGE);
	code = office_run(config, DB_REPORTS, "reconcile", reconcile, &request);
	return code ? code : request.differences > 0;
}
