/* outbox_command.c -- nq17 outbox: what was sent to whom, and what became of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cluster.h"
#include "base/file.h"
#include "base/log.h"
#include "base/office.h"
#include "base/usage.h"
#include "delivery/archive.h"
#include "delivery/delivery.h"

static const char LIST[] =
#include "sql/queries/outbox_list.sql.inc"
	;
static const char SHOW[] =
#include "sql/queries/outbox_show.sql.inc"
	;
static const char EVENTS[] =
#include "sql/queries/outbox_events.sql.inc"
	;
static const char COMPARE[] =
#include "sql/queries/outbox_compare.sql.inc"
	;
static const char RETRY[] =
#include "sql/queries/outbox_retry.sql.inc"
	;
static const char RESOLVE[] =
#include "sql/queries/outbox_resolve.sql.inc"
	;
static const char SENT[] =
#include "sql/queries/outbox_file.sql.inc"
	;
static const char WHERE[] =
#include "sql/queries/delivery_where.sql.inc"
	;
static const char SETTLE_HERE[] =
#include "sql/queries/delivery_settle_here.sql.inc"
	;

static const char USAGE[] =
	"usage: nq17 outbox list [--schedule NAME] [--period P] [--state STATE]\n"
	"                        [--format table|csv|json]\n"
	"       nq17 outbox show ID [--output FILE]\n"
	"       nq17 outbox compare ID ID [--format table|csv|json]\n"
	"       nq17 outbox retry [ID]\n"
	"       nq17 outbox resolve ID --as accepted|bounced|failed|queued [--by NAME]\n"
	"       nq17 outbox resume [--by NAME]\n"
	"\n"
	"  list     the ledger: a row for each recipient, which is queued, rendering, accepted,\n"
	"           deferred, bounced, failed or uncertain\n"
	"  show     one row, what became of it, and with --output what was sent, byte for byte\n"
	"  compare  the figures in which two editions that were sent differ\n"
	"  retry    tries row ID again, now, or whatever is deferred or failed within a week;\n"
	"           never what is uncertain\n"
	"  resolve  what a person found out: of an uncertain one, whether it arrived (queued:\n"
	"           it did not, send it again), of an accepted one, that it came back\n"
	"  resume   makes this database the one that sends, after it was restored or copied\n"
	"\n"
	"  --by NAME   who acts (the account that runs the command)\n"
	"  -h, --help  this help\n";

struct request {
	const struct config *config;
	struct cluster *cluster;
	const char *id, *second, *schedule, *period, *state, *output, *verdict, *by;
	enum list_format as;
};

static int list(struct db *db, struct request *request, struct error *err)
{
	const char *const params[] = { request->schedule, request->period,
				       request->state };

	return list_query(db, LIST, params, 3, request->as, NULL, err);
}

static int archive_folder(const struct request *request, char **folder, struct error *err)
{
	return cluster_work_folder(request->cluster, request->config, "archive", folder,
				   err);
}

/* What was sent, as it was sent. */
static int write_sent(struct db *db, struct request *request, struct error *err)
{
	struct db_rows *rows = NULL;
	struct text bytes = { 0 };
	char *folder = NULL;
	int status = db_query(db, SENT, &request->id, 1, &rows, err);

	if (status == 0 && db_rows_count(rows) == 0)
		status =
			error_set(err, ERROR_NOT_FOUND,
				  "no message is kept of row %s (files in folders and on "
				  "servers are kept by edition)",
				  request->id);
	else if (status == 0 && db_value(rows, 0, "removed_at"))
		status = error_set(err, ERROR_NOT_FOUND,
				   "it was kept until %s (setting archive_days)",
				   db_value(rows, 0, "removed_at"));
	if (status == 0 &&
	    (archive_folder(request, &folder, err) != 0 ||
	     archive_load(folder, db_value(rows, 0, "sha256"), &bytes, err) != 0 ||
	     file_replace(request->output, text_string(&bytes), bytes.length, err) != 0))
		status = -1;
	text_free(&bytes);
	free(folder);
	db_rows_free(rows);
	return status;
}

static int show(struct db *db, struct request *request, struct error *err)
{
	struct db_rows *rows = NULL;
	int status = db_query(db, SHOW, &request->id, 1, &rows, err);

	if (status == 0 && db_rows_count(rows) == 0)
		status = error_set(err, ERROR_NOT_FOUND, "there is no row %s",
				   request->id);
	if (status == 0) {
		list_print_lines(rows);
		putchar('\n');
		status = list_query(db, EVENTS, &request->id, 1, LIST_TABLE, NULL, err);
	}
	db_rows_free(rows);
	if (status == 0 && request->output)
		status = write_sent(db, request, err);
	return status;
}

static int compare(struct db *db, struct request *request, struct error *err)
{
	const char *const params[] = { request->id, request->second };

	return list_query(db, COMPARE, params, 2, request->as, NULL, err);
}

static int retry(struct db *db, struct request *request, struct error *err)
{
	char *count = NULL;
	int status = db_value_of(db, RETRY, &request->id, 1, &count, err);

	if (status == 0 && request->id && strcmp(count, "0") == 0)
		status = error_set(err, ERROR_CONFLICT,
				   "row %s is not one to try again: it is under way, "
				   "accepted or uncertain (nq17 outbox resolve)",
				   request->id);
	else if (status == 0)
		printf("%s to be tried again\n", count);
	free(count);
	return status;
}

static int resolve(struct db *db, struct request *request, struct error *err)
{
	const char *const params[] = { request->id, request->verdict, request->by };
	char *found = NULL;
	int status = db_value_of(db, RESOLVE, params, 3, &found, err);

	if (status == 0 && !found)
		status = error_set(
			err, ERROR_CONFLICT,
			"row %s is neither uncertain, nor accepted and come back",
			request->id);
	free(found);
	return status;
}

static int resume(struct db *db, struct request *request, struct error *err)
{
	char *folder = NULL, *real = NULL;
	struct db_rows *rows = NULL;
	int status = archive_folder(request, &folder, err);

	if (status == 0) {
		real = realpath(folder, NULL);
		const char *const where[] = { real ? real : folder };

		status = db_query(db, WHERE, where, 1, &rows, err);
	}
	if (status == 0) {
		const char *const here[] = { db_value(rows, 0, "here"), request->by };

		status = db_query(db, SETTLE_HERE, here, 2, NULL, err);
	}
	db_rows_free(rows);
	free(real);
	free(folder);
	return status;
}

static const struct action {
	const char *name;
	int least, most; /* arguments */
	int (*run)(struct db *db, struct request *request, struct error *err);
} actions[] = {
	{ "list", 0, 0, list },     { "show", 1, 1, show },
	{ "retry", 0, 1, retry },   { "resolve", 1, 1, resolve },
	{ "resume", 0, 0, resume }, { "compare", 2, 2, compare },
};

static int perform(struct request *request, const struct action *action)
{
	struct error err = { 0 };
	struct db *db = NULL;
	int status = -1;

	if (cluster_open(&request->cluster, request->config, &err) == 0 &&
	    cluster_connect(request->cluster, DB_REPORTS, &db, &err) == 0)
		status = action->run(db, request, &err);
	if (status != 0)
		log_line("outbox", "%s", err.message);
	db_close(db);
	cluster_close(request->cluster);
	return status ? 1 : 0;
}

static int is_verdict(const char *verdict)
{
	static const char *const verdicts[] = { "accepted", "bounced", "failed",
						"queued" };

	for (size_t i = 0; verdict && i < sizeof verdicts / sizeof *verdicts; i++)
		if (strcmp(verdicts[i], verdict) == 0)
			return 1;
	return 0;
}

static const struct action *find_action(const char *name)
{
	for (size_t i = 0; name && i < sizeof actions / sizeof *actions; i++)
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	return NULL;
}

int outbox_command(int argc, char **argv, const struct config *config)
{
	struct request request = { .config = config, .by = office_account() };
	const char *format = NULL;
	const struct office_option options[] = {
		{ "schedule", &request.schedule, NULL },
		{ "period", &request.period, NULL },
		{ "state", &request.state, NULL },
		{ "output", &request.output, NULL },
		{ "as", &request.verdict, NULL },
		{ "by", &request.by, NULL },
		{ "format", &format, NULL },
		{ 0 },
	};
	int named = argc > 1 && argv[1][0] != '-', first, code;
	const struct action *action = find_action(named ? argv[1] : "list");

	if (!action) {
		usage_no_row("action", argv[1], actions, sizeof actions / sizeof *actions,
			     sizeof *actions);
		return usage_refuse(USAGE);
	}
	code = office_options(argc - named, argv + named, USAGE, options, action->least,
			      action->most, &first);
	if (code >= 0)
		return code;
	request.id = first < argc - named ? argv[first + named] : NULL;
	request.second = first + 1 < argc - named ? argv[first + 1 + named] : NULL;
	if (list_format_find(format, &request.as) != 0 ||
	    (request.id && !office_is_number(request.id)) ||
	    (request.second && !office_is_number(request.second)) ||
	    (action->run == resolve && !is_verdict(request.verdict)) || !*request.by)
		return usage_refuse(USAGE);
	return perform(&request, action);
}
