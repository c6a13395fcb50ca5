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
	"A record leaves quarantine once it is accepted, by replay or sent again mended: with\n"
	"the same type and key.  One whose key could not be read leaves by replay alone.\n"
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
	const struct replay_choice choice = { .batch = request->batch,
					      .code = request->code,
					      .agency = request->agency,
					      .language = request->language };
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

static int has_numbers(const void *context)
{
	const struct request *request = context;

	return (!request->batch || office_is_number(request->batch)) &&
	       (!request->line || office_is_number(request->line));
}

static int may_export(const void *context)
{
	const struct request *request = context;

	return has_numbers(request) && request->batch && request->output &&
	       (ends_with(request->output, ".csv") ||
		ends_with(request->output, ".ndjson"));
}

int quarantine_command(int argc, char **argv, const struct config *config)
{
	static const struct office_action actions[] = {
		{ "list", 0, 0, DB_REPORTS, list, has_numbers },
		{ "show", 2, 2, DB_REPORTS, show, has_numbers },
		{ "export", 0, 0, DB_REPORTS, export, may_export },
		/* sending again is what the collector does */
		{ "replay", 0, 0, DB_COLLECTOR, replay, has_numbers },
		{ 0 },
	};
	struct request request = { .language = office_language(config) };
	const struct office_option options[] = {
		{ "code", &request.code, NULL },     { "agency", &request.agency, NULL },
		{ "batch", &request.batch, NULL },   { "field", &request.field, NULL },
		{ "output", &request.output, NULL }, { 0 }
	};
	const struct office_command command = {
		USAGE,           actions, options, { &request.batch, &request.line },
		&request.format, NULL,    NULL,    &request
	};
	int code = office_command(argc, argv, config, &command);

	return code ? code : request.refused;
}
