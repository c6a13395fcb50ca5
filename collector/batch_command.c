/* batch_command.c -- nq17 batch: what came in, and how it is taken back. */
#include "collector/collector.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "collector/office.h"

static const char LIST[] =
#include "sql/queries/batch_list.sql.inc"
	;
static const char SHOW[] =
#include "sql/queries/batch_show.sql.inc"
	;
static const char WITHDRAW[] =
#include "sql/queries/batch_withdraw.sql.inc"
	;
static const char APPROVE[] =
#include "sql/queries/batch_approve.sql.inc"
	;

static const char USAGE[] =
	"usage: nq17 batch list [--agency CODE] [--type TYPE] [--format table|csv|json]\n"
	"       nq17 batch show ID [--format table|csv|json]\n"
	"       nq17 batch withdraw ID --reason TEXT [--by NAME]\n"
	"       nq17 batch approve ID [--by NAME]\n"
	"\n"
	"  list      batches, the newest first\n"
	"  show      one of them, and its withdrawal\n"
	"  withdraw  takes a mistaken batch back: what it replaced holds again, what it\n"
	"            brought goes, and both stay readable with the reason\n"
	"  approve   the second person's word, which it takes for a batch that stands in\n"
	"            published figures\n"
	"\n"
	"  --by NAME   who acts (the account that runs the command)\n"
	"  -h, --help  this help\n";

struct request {
	const char *id, *agency, *type, *reason, *by;
	enum list_format format;
};

static int list(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->agency, request->type };

	return list_query(db, LIST, params, 2, request->format, NULL, err);
}

static int no_batch(const struct request *request, struct error *err)
{
	return error_set(err, ERROR_NOT_FOUND, "there is no batch %s", request->id);
}

/* One line for each thing that is known of it. */
static int show_lines(struct db *db, const struct request *request, struct error *err)
{
	const char *const params[] = { request->id };
	struct db_rows *rows = NULL;
	int status = 0;

	if (db_query(db, SHOW, params, 1, &rows, err) != 0)
		return -1;
	if (db_rows_count(rows) == 0)
		status = no_batch(request, err);
	else
		list_print_lines(rows);
	db_rows_free(rows);
	return status;
}

static int show(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->id };
	size_t count;

	if (request->format == LIST_TABLE)
		return show_lines(db, request, err);
	if (list_query(db, SHOW, params, 1, request->format, &count, err) != 0)
		return -1;
	return count ? 0 : no_batch(request, err);
}

static int print_outcome(const struct request *request, struct db_rows *rows)
{
	if (!db_value(rows, 0, "withdrawn_at"))
		printf("batch %s stands in published figures: somebody else must run "
		       "`nq17 batch approve %s`\n",
		       request->id, request->id);
	else
		printf("batch %s is withdrawn: %s gone, %s back to the version before, "
		       "%s that other batches brought as well\n",
		       request->id, db_value(rows, 0, "removed"),
		       db_value(rows, 0, "restored"), db_value(rows, 0, "kept"));
	db_rows_free(rows);
	return 0;
}

static int withdraw(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->id, request->reason, request->by };
	struct db_rows *rows = NULL;

	if (db_query(db, WITHDRAW, params, 3, &rows, err) != 0)
		return -1;
	return print_outcome(request, rows);
}

static int approve(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->id, request->by };
	struct db_rows *rows = NULL;

	if (db_query(db, APPROVE, params, 2, &rows, err) != 0)
		return -1;
	return print_outcome(request, rows);
}

static int has_number(const void *context)
{
	const struct request *request = context;

	return office_is_number(request->id);
}

static int may_withdraw(const void *context)
{
	const struct request *request = context;

	return has_number(request) && request->reason && *request->reason;
}

int batch_command(int argc, char **argv, const struct config *config)
{
	/* Who only reads needs no more rights than reports have; who takes records back
	 * is the office (sql/roles.sql). */
	static const struct office_action actions[] = {
		{ "list", 0, 0, DB_REPORTS, list, NULL },
		{ "show", 1, 1, DB_REPORTS, show, has_number },
		{ "withdraw", 1, 1, DB_OWNER, withdraw, may_withdraw },
		{ "approve", 1, 1, DB_OWNER, approve, has_number },
		{ 0 },
	};
	struct request request = { .by = office_account() };
	const struct office_option options[] = { { "agency", &request.agency, NULL },
						 { "type", &request.type, NULL },
						 { "reason", &request.reason, NULL },
						 { 0 } };
	const struct office_command command = {
		USAGE,           actions,     options, { &request.id },
		&request.format, &request.by, NULL,    &request
	};

	return office_command(argc, argv, config, &command);
}
