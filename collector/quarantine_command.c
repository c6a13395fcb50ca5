/* quarantine_command.c -- nq17 quarantine: refused records, to be read, mended and sent
 * again. */
#include "collector/collector.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "collector/csv_rows.h"
#include "collector/office.h"
#include "collector/receipt.h"
#include "collector/replay.h"

static const char LIST[] =
#include "sql/queries/quarantine_list.sql.inc"
	;
static const char SHOW[] =
#include "sql/queries/quarantine_show.sql.inc"
	;
static const char BATCH[] =
#include "sql/queries/quarantine_batch.sql.inc"
	;

static const char USAGE[] =
	"usage: nq17 quarantine list [--code C] [--agency A] [--batch B] [--field F]\n"
	"                            [--format table|csv|json]\n"
	"       nq17 quarantine show BATCH LINE\n"
	"       nq17 quarantine export --batch B [--code C] --output FILE.csv|FILE.ndjson\n"
	"       nq17 quarantine replay [--batch B] [--code C] [--agency A]\n"
	"\n"
	"  list    refused records that wait (a table ends after 1,000)\n"
	"  show    one of them, with its text\n"
	"  export  those of a batch, ready to be mended and sent back (.ndjson for records\n"
	"          that came as JSON)\n"
	"  replay  sends them again as they are, for instance after the register learned\n"
	"          their agency; prints a receipt for each batch; exit 1 if some are\n"
	"          refused again\n"
	"\n"
	"A record leaves quarantine once it is accepted, by replay or sent again mended.\n"
	"\n"
	"  -h, --help  this help\n";

struct request {
	const char *code, *agency, *batch, *field, *line, *output;
	enum list_format format;
	enum message_language language;
	int refused;
};

static int list(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->code, request->agency, request->batch,
				       request->field,
				       request->format == LIST_TABLE ? "1000" : NULL };

	return list_query(db, LIST, params, 5, request->format, NULL, err);
}

static int show(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->batch, request->line };
	struct db_rows *rows = NULL;
	int status = 0;

	if (db_query(db, SHOW, params, 2, &rows, err) != 0)
		return -1;
	if (db_rows_count(rows) == 0)
		status = error_set(err, ERROR_NOT_FOUND,
				   "batch %s has no refused record on line %s",
				   request->batch, request->line);
	else
		list_print_lines(rows);
	db_rows_free(rows);
	return status;
}

/* ---- Export ------------------------------------------------------------- */

static int ends_with(const char *path, const char *ending)
{
	size_t length = strlen(path), size = strlen(ending);

	return length > size && strcmp(path + length - size, ending) == 0;
}

static int write_export(struct db *db, const struct request *request,
			const struct db_rows *batch, struct error *err)
{
	const char *header = db_value(batch, 0, "header");
	const struct record_type *type = record_type_find(db_value(batch, 0, "type"));

	if (!ends_with(request->output, ".ndjson"))
		return receipt_write_errors(
			request->output, db, request->batch, type, header,
			header ? csv_rows_delimiter(header) : ',', err);
	if (header)
		return error_set(err, ERROR_INVALID,
				 "batch %s came as CSV: name a file that ends in .csv",
				 request->batch);
	return receipt_write_lines(request->output, db, request->batch, err);
}

static int export(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->batch };
	const char *const code[] = { request->code ? request->code : "" };
	struct db_rows *rows = NULL;
	int status = -1;

	if (db_query(db, BATCH, params, 1, &rows, err) != 0)
		return -1;
	if (db_rows_count(rows) == 0)
		error_set(err, ERROR_NOT_FOUND, "there is no batch %s", request->batch);
	else if (db_query(db,
			  "SELECT set_config('nq17.code', $1, false), "
			  "set_config('nq17.waiting', 't', false)",
			  code, 1, NULL, err) == 0)
		status = write_export(db, request, rows, err);
	db_rows_free(rows);
	return status;
}

/* ---- Replay ------------------------------------------------------------- */

static int replay(struct db *db, void *context, struct error *err)
{
	struct request *request = context;
	const struct replay_choice choice = { request->batch, request->code,
					      request->agency, request->language };
	unsigned long long refused, left;

	if (replay_refused(db, &choice, &refused, &left, err) != 0)
		return -1;
	if (left > 0)
		log_line("quarantine",
			 "%llu records cannot be sent again as they are (masked, cut, or "
			 "without an end); they wait for their sender",
			 left);
	request->refused = refused > 0;
	return 0;
}

/* ---- The command -------------------------------------------------------- */

static const struct action {
	const char *name;
	int arguments;
	enum db_role role; /* sending again is what the collector does */
	int (*run)(struct db *db, void *context, struct error *err);
} actions[] = {
	{ "list", 0, DB_REPORTS, list },
	{ "show", 2, DB_REPORTS, show },
	{ "export", 0, DB_REPORTS, export },
	{ "replay", 0, DB_COLLECTOR, replay },
};

static const struct action *find_action(const char *name)
{
	for (size_t i = 0; name && i < sizeof actions / sizeof *actions; i++)
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	return NULL;
}

static int is_right(const struct request *request, const struct action *action)
{
	if (action->run == export && (!request->batch || !request->output ||
				      !(ends_with(request->output, ".csv") ||
					ends_with(request->output, ".ndjson"))))
		return 0;
	return (!request->batch || office_is_number(request->batch)) &&
	       (!request->line || office_is_number(request->line));
}

int quarantine_command(int argc, char **argv, const struct config *config)
{
	const struct action *action = find_action(argv[1]);
	struct request request = { 0 };
	const char *format = NULL;
	const struct office_option options[] = { { "code", &request.code, NULL },
						 { "agency", &request.agency, NULL },
						 { "batch", &request.batch, NULL },
						 { "field", &request.field, NULL },
						 { "format", &format, NULL },
						 { "output", &request.output, NULL },
						 { 0 } };
	int first, code, arguments = action ? action->arguments : 0;

	if (!action) {
		code = office_options(argc, argv, USAGE, options, 0, 0, &first);
		return code >= 0 ? code : (fputs(USAGE, stderr), 2);
	}
	code = office_options(argc - 1, argv + 1, USAGE, options, arguments, arguments,
			      &first);
	if (code >= 0)
		return code;
	if (arguments == 2) {
		request.batch = argv[first + 1];
		request.line = argv[first + 2];
	}
	request.language = office_language(config);
	if (list_format_find(format, &request.format) != 0 ||
	    !is_right(&request, action)) {
		fputs(USAGE, stderr);
		return 2;
	}
	code = office_run(config, action->role, "quarantine", action->run, &request);
	return code ? code : request.refused;
}
