/* dispute_command.c -- `nq17 dispute` and `nq17 note`: an agency contests a figure, agrees
 * with it or says something beside it, and the office answers. */
#include <stdio.h>
#include <string.h>

#include "base/office.h"
#include "base/period.h"
#include "reports/reports.h"

static const char OPEN[] =
#include "sql/queries/dispute_open.sql.inc"
	;
static const char ANSWER[] =
#include "sql/queries/dispute_answer.sql.inc"
	;
static const char WITHDRAW[] =
#include "sql/queries/dispute_withdraw.sql.inc"
	;
static const char LIST[] =
#include "sql/queries/dispute_list.sql.inc"
	;
static const char SHOW[] =
#include "sql/queries/dispute_show.sql.inc"
	;
static const char CLOCK[] =
#include "sql/queries/dispute_clock.sql.inc"
	;
static const char AGREE[] =
#include "sql/queries/agreement_give.sql.inc"
	;
static const char AGREEMENTS[] =
#include "sql/queries/agreement_list.sql.inc"
	;
static const char NOTE_ADD[] =
#include "sql/queries/note_add.sql.inc"
	;
static const char NOTE_REMOVE[] =
#include "sql/queries/note_remove.sql.inc"
	;
static const char NOTE_LIST[] =
#include "sql/queries/note_list.sql.inc"
	;

static const char DISPUTE_USAGE[] =
	"usage: nq17 dispute open --agency CODE --indicator SLUG --period P --reason TEXT\n"
	"                [--evidence URL] [--by NAME]\n"
	"       nq17 dispute withdraw ID [--reason TEXT] [--by NAME]\n"
	"       nq17 dispute answer ID --accept|--reject --reason TEXT [--batch ID] [--by NAME]\n"
	"       nq17 dispute list [--agency CODE] [--period P] [--state STATE]\n"
	"                [--format table|csv|json]\n"
	"       nq17 dispute show ID [--format table|csv|json]\n"
	"       nq17 dispute agree --agency CODE --period P [--indicator SLUG] [--by NAME]\n"
	"       nq17 dispute agreements [--agency CODE] [--period P]\n"
	"                [--format table|csv|json]\n"
	"       nq17 dispute clock DAYS --reason TEXT [--by NAME]\n"
	"\n"
	"  open        an agency contests a figure, before it is published or after; until\n"
	"              the answer the figure is marked as contested\n"
	"  withdraw    the agency takes that back\n"
	"  answer      the office's word, of another person than who contested it; what is\n"
	"              accepted is mended by the correction --batch, which may be named in a\n"
	"              second answer once it came: `nq17 restatements` then says `dispute`\n"
	"  list        the docket: what is open first, by when it is due; STATE: open,\n"
	"              overdue, accepted, rejected, withdrawn; days: working days until the\n"
	"              answer is due, negative since\n"
	"  show        one of them, with the figure as it was contested\n"
	"  agree       the agency's leader agrees with what is said of it in a period, or with\n"
	"              one figure; it covers the figures as they are, not what they become\n"
	"  agreements  who agreed, and whether the figures have changed since\n"
	"  clock       in how many working days what is contested from now on is answered\n"
	"\n"
	"  --by NAME   who acts (the account that runs the command)\n"
	"  -h, --help  this help\n";

static const char NOTE_USAGE[] =
	"usage: nq17 note add --agency CODE --indicator SLUG --period P --text TEXT [--by NAME]\n"
	"       nq17 note list [--agency CODE] [--period P] [--indicator SLUG]\n"
	"                [--format table|csv|json]\n"
	"       nq17 note remove ID [--by NAME]\n"
	"\n"
	"What an agency says beside a figure: it is printed with it, with its day, and moves\n"
	"nothing.  A note that was removed is listed with who removed it.\n"
	"\n"
	"  --by NAME   who acts (the account that runs the command)\n"
	"  -h, --help  this help\n";

struct request {
	const char *id, *agency, *indicator, *period, *reason, *evidence, *batch, *state,
		*note, *by;
	int accept, reject;
	enum list_format format;
};

/* ---- Disputes ------------------------------------------------------------ */

/* Runs SQL, which answers with the number of what it made. */
static int make(struct db *db, const char *sql, const char *const *params, int count,
		const char *what, struct error *err)
{
	struct db_rows *rows = NULL;

	if (db_query(db, sql, params, count, &rows, err) != 0)
		return -1;
	printf("%s %s\n", what, db_cell(rows, 0, 0));
	db_rows_free(rows);
	return 0;
}

static int open_one(struct db *db, void *request, struct error *err)
{
	const struct request *r = request;
	const char *const params[] = { r->agency, r->indicator, r->period,
				       r->reason, r->evidence,  r->by };

	return make(db, OPEN, params, 6, "dispute", err);
}

static int withdraw(struct db *db, void *request, struct error *err)
{
	const struct request *r = request;
	const char *const params[] = { r->id, r->reason, r->by };

	return db_query(db, WITHDRAW, params, 3, NULL, err);
}

static int answer(struct db *db, void *request, struct error *err)
{
	const struct request *r = request;
	const char *const params[] = { r->id, r->accept ? "true" : "false", r->reason,
				       r->batch, r->by };

	return db_query(db, ANSWER, params, 5, NULL, err);
}

static int list(struct db *db, void *request, struct error *err)
{
	const struct request *r = request;
	const char *const params[] = { r->agency, r->period, r->state };

	return list_query(db, LIST, params, 3, r->format, NULL, err);
}

static int no_dispute(const struct request *r, struct error *err)
{
	return error_set(err, ERROR_NOT_FOUND, "there is no dispute %s", r->id);
}

static int show(struct db *db, void *request, struct error *err)
{
	const struct request *r = request;
	struct db_rows *rows = NULL;
	size_t count;
	int status = 0;

	if (r->format != LIST_TABLE) {
		status = list_query(db, SHOW, &r->id, 1, r->format, &count, err);
		return status == 0 && count == 0 ? no_dispute(r, err) : status;
	}
	if (db_query(db, SHOW, &r->id, 1, &rows, err) != 0)
		return -1;
	if (db_rows_count(rows) == 0)
		status = no_dispute(r, err);
	else
		list_print_lines(rows);
	db_rows_free(rows);
	return status;
}

static int agree(struct db *db, void *request, struct error *err)
{
	const struct request *r = request;
	const char *const params[] = { r->agency, r->indicator, r->period, r->by };
	struct db_rows *rows = NULL;

	if (db_query(db, AGREE, params, 4, &rows, err) != 0)
		return -1;
	printf("agreed with %s figures, %s\n", db_value(rows, 0, "figures"),
	       db_value(rows, 0, "sha256"));
	db_rows_free(rows);
	return 0;
}

static int agreements(struct db *db, void *request, struct error *err)
{
	const struct request *r = request;
	const char *const params[] = { r->agency, r->period };

	return list_query(db, AGREEMENTS, params, 2, r->format, NULL, err);
}

static int set_clock(struct db *db, void *request, struct error *err)
{
	const struct request *r = request;
	const char *const params[] = { r->id, r->reason, r->by };

	return db_query(db, CLOCK, params, 3, NULL, err);
}

/* ---- Notes --------------------------------------------------------------- */

static int add_note(struct db *db, void *request, struct error *err)
{
	const struct request *r = request;
	const char *const params[] = { r->agency, r->indicator, r->period, r->note,
				       r->by };

	return make(db, NOTE_ADD, params, 5, "note", err);
}

static int remove_note(struct db *db, void *request, struct error *err)
{
	const struct request *r = request;
	const char *const params[] = { r->id, r->by };

	return db_query(db, NOTE_REMOVE, params, 2, NULL, err);
}

static int list_notes(struct db *db, void *request, struct error *err)
{
	const struct request *r = request;
	const char *const params[] = { r->agency, r->period, r->indicator };

	return list_query(db, NOTE_LIST, params, 3, r->format, NULL, err);
}

/* ---- Command lines ------------------------------------------------------- */

static int is_period(const char *code)
{
	struct period period;
	struct error ignored;

	return code && period_parse(&period, code, &ignored) == 0;
}

static int names_figure(const void *request)
{
	const struct request *r = request;

	return r->agency && r->indicator && is_period(r->period);
}

static int may_open(const void *request)
{
	const struct request *r = request;

	return names_figure(r) && r->reason && *r->reason;
}

static int may_answer(const void *request)
{
	const struct request *r = request;

	return office_is_number(r->id) && r->accept + r->reject == 1 && r->reason &&
	       *r->reason && (!r->batch || office_is_number(r->batch));
}

static int has_number(const void *request)
{
	const struct request *r = request;

	return office_is_number(r->id);
}

static int may_list(const void *request)
{
	static const char *const states[] = { "open", "overdue", "accepted", "rejected",
					      "withdrawn" };
	const struct request *r = request;
	int known = !r->state;

	for (size_t i = 0; r->state && i < sizeof states / sizeof *states; i++)
		known |= strcmp(r->state, states[i]) == 0;
	return known && (!r->period || is_period(r->period));
}

static int may_agree(const void *request)
{
	const struct request *r = request;

	return r->agency && is_period(r->period);
}

static int may_set_clock(const void *request)
{
	const struct request *r = request;

	return office_is_number(r->id) && strlen(r->id) <= 3 && r->reason && *r->reason;
}

static int may_add_note(const void *request)
{
	const struct request *r = request;

	return names_figure(r) && r->note && *r->note;
}

int dispute_command(int argc, char **argv, const struct config *config)
{
	static const struct office_action actions[] = {
		{ "open", 0, 0, DB_OWNER, open_one, may_open },
		{ "withdraw", 1, 1, DB_OWNER, withdraw, has_number },
		{ "answer", 1, 1, DB_OWNER, answer, may_answer },
		{ "list", 0, 0, DB_REPORTS, list, may_list },
		{ "show", 1, 1, DB_REPORTS, show, has_number },
		{ "agree", 0, 0, DB_OWNER, agree, may_agree },
		{ "agreements", 0, 0, DB_REPORTS, agreements, may_list },
		{ "clock", 1, 1, DB_OWNER, set_clock, may_set_clock },
		{ 0 },
	};
	struct request r = { .by = office_account() };
	const struct office_option options[] = {
		{ "agency", &r.agency, NULL },     { "indicator", &r.indicator, NULL },
		{ "period", &r.period, NULL },     { "reason", &r.reason, NULL },
		{ "evidence", &r.evidence, NULL }, { "batch", &r.batch, NULL },
		{ "state", &r.state, NULL },       { "accept", NULL, &r.accept },
		{ "reject", NULL, &r.reject },     { 0 }
	};
	const struct office_command command = { DISPUTE_USAGE, actions,   options,
						{ &r.id },     &r.format, &r.by,
						NULL,          &r };

	return office_command(argc, argv, config, &command);
}

int note_command(int argc, char **argv, const struct config *config)
{
	static const struct office_action actions[] = {
		{ "add", 0, 0, DB_OWNER, add_note, may_add_note },
		{ "list", 0, 0, DB_REPORTS, list_notes, may_list },
		{ "remove", 1, 1, DB_OWNER, remove_note, has_number },
		{ 0 },
	};
	struct request r = { .by = office_account() };
	const struct office_option options[] = { { "agency", &r.agency, NULL },
						 { "indicator", &r.indicator, NULL },
						 { "period", &r.period, NULL },
						 { "text", &r.note, NULL },
						 { 0 } };
	const struct office_command command = { NOTE_USAGE, actions, options, { &r.id },
						&r.format,  &r.by,   NULL,    &r };

	return office_command(argc, argv, config, &command);
}
