/* comparison_command.c -- nq17 comparator and nq17 evidence: what others published of the
 * same, and what the office found of what agencies declare. */
#include "collector/collector.h"

#include <stdio.h>
#include <string.h>

#include "base/period.h"
#include "collector/office.h"

static const char COMPARATORS[] =
#include "sql/queries/comparator_list.sql.inc"
	;
static const char COMPARATOR_ADD[] =
#include "sql/queries/comparator_add.sql.inc"
	;
static const char EVIDENCE[] =
#include "sql/queries/evidence_list.sql.inc"
	;
static const char EVIDENCE_NOTE[] =
#include "sql/queries/evidence_note.sql.inc"
	;

static const char COMPARATOR_USAGE[] =
	"usage: nq17 comparator list [--indicator SLUG] [--format table|csv|json]\n"
	"       nq17 comparator add --indicator SLUG --period P --source TEXT\n"
	"                --value 45.8%|71 | --numerator N --denominator N\n"
	"                [--agency CODE] [--publisher TEXT] [--note TEXT] [--by NAME]\n"
	"\n"
	"Official figures of others, each with its source: `nq17 explain` shows them beside\n"
	"ours, which they never enter.  Without --agency a figure is the nation's.\n";

static const char EVIDENCE_USAGE[] =
	"usage: nq17 evidence list [--agency CODE] [--format table|csv|json]\n"
	"       nq17 evidence confirm|refute --agency CODE --fact FACT [--item ITEM]\n"
	"       nq17 evidence confirm|refute --agency CODE --procedure PROCEDURE\n"
	"                [--note TEXT] [--by NAME]\n"
	"\n"
	"What agencies declare today, and what the office found of it.  A finding is of the\n"
	"version that was seen: a newer one has to be checked again.  Figures stay as\n"
	"declared; the verified share is printed with them.\n";

struct request {
	const char *indicator, *agency, *period, *value, *numerator, *denominator;
	const char *publisher, *source, *note, *by, *fact, *item, *procedure;
	enum list_format format;
};

static int list_comparators(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;

	return list_query(db, COMPARATORS, &request->indicator, 1, request->format, NULL,
			  err);
}

static int add_comparator(struct db *db, void *context, struct error *err)
{
	const struct request *r = context;
	const char *const params[] = { r->indicator, r->agency ? r->agency : "VN",
				       r->period,    r->value,
				       r->numerator, r->denominator,
				       r->publisher, r->source,
				       r->note,      r->by };

	return db_query(db, COMPARATOR_ADD, params, 10, NULL, err);
}

static int list_evidence(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;

	return list_query(db, EVIDENCE, &request->agency, 1, request->format, NULL, err);
}

static int note_evidence(struct db *db, const struct request *r, const char *confirmed,
			 struct error *err)
{
	const char *const params[] = { r->agency,
				       r->fact ? "fact" : "service",
				       r->fact ? r->fact : r->procedure,
				       r->item,
				       confirmed,
				       r->note,
				       r->by };

	return db_query(db, EVIDENCE_NOTE, params, 7, NULL, err);
}

static int confirm(struct db *db, void *context, struct error *err)
{
	return note_evidence(db, context, "true", err);
}

static int refute(struct db *db, void *context, struct error *err)
{
	return note_evidence(db, context, "false", err);
}

static int is_comparator(const void *context)
{
	const struct request *r = context;
	struct period period;
	struct error ignored;

	return r->indicator && r->period && r->source && *r->source && *r->by &&
	       (r->value != NULL) != (r->numerator || r->denominator) &&
	       (r->value ||
		(office_is_number(r->numerator) && office_is_number(r->denominator))) &&
	       period_parse(&period, r->period, &ignored) == 0;
}

static int is_finding(const void *context)
{
	const struct request *r = context;

	return r->agency && *r->by && (r->fact != NULL) != (r->procedure != NULL);
}

int comparator_command(int argc, char **argv, const struct config *config)
{
	static const struct office_action actions[] = {
		{ "list", 0, 0, DB_REPORTS, list_comparators, NULL },
		{ "add", 0, 0, DB_OWNER, add_comparator, is_comparator },
		{ 0 },
	};
	struct request r = { .by = office_account() };
	const struct office_option options[] = { { "indicator", &r.indicator, NULL },
						 { "agency", &r.agency, NULL },
						 { "period", &r.period, NULL },
						 { "value", &r.value, NULL },
						 { "numerator", &r.numerator, NULL },
						 { "denominator", &r.denominator, NULL },
						 { "publisher", &r.publisher, NULL },
						 { "source", &r.source, NULL },
						 { "note", &r.note, NULL },
						 { 0 } };
	const struct office_command command = {
		COMPARATOR_USAGE, actions, options, { NULL }, &r.format, &r.by, NULL, &r
	};

	return office_command(argc, argv, config, &command);
}

int evidence_command(int argc, char **argv, const struct config *config)
{
	static const struct office_action actions[] = {
		{ "list", 0, 0, DB_REPORTS, list_evidence, NULL },
		{ "confirm", 0, 0, DB_OWNER, confirm, is_finding },
		{ "refute", 0, 0, DB_OWNER, refute, is_finding },
		{ 0 },
	};
	struct request r = { .by = office_account() };
	const struct office_option options[] = {
		{ "agency", &r.agency, NULL },       { "note", &r.note, NULL },
		{ "fact", &r.fact, NULL },           { "item", &r.item, NULL },
		{ "procedure", &r.procedure, NULL }, { 0 }
	};
	const struct office_command command = { EVIDENCE_USAGE, actions,   options,
						{ NULL },       &r.format, &r.by,
						NULL,           &r };

	return office_command(argc, argv, config, &command);
}
