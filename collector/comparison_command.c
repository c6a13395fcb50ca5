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
	int confirmed;
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

static int note_evidence(struct db *db, void *context, struct error *err)
{
	const struct request *r = context;
	const char *const params[] = { r->agency,
				       r->fact ? "fact" : "service",
				       r->fact ? r->fact : r->procedure,
				       r->item,
				       r->confirmed ? "true" : "false",
				       r->note,
				       r->by };

	return db_query(db, EVIDENCE_NOTE, params, 7, NULL, err);
}

static int is_comparator(const struct request *r)
{
	struct period period;
	struct error ignored;

	return r->indicator && r->period && r->source && *r->source && *r->by &&
	       (r->value != NULL) != (r->numerator || r->denominator) &&
	       (r->value ||
		(office_is_number(r->numerator) && office_is_number(r->denominator))) &&
	       period_parse(&period, r->period, &ignored) == 0;
}

static int is_finding(const struct request *r)
{
	return r->agency && *r->by && (r->fact != NULL) != (r->procedure != NULL);
}

static int is_list(const struct request *request)
{
	(void)request;
	return 1;
}

static const struct action {
	const char *noun, *name;
	int confirmed;
	enum db_role role;
	int (*is_whole)(const struct request *request);
	int (*run)(struct db *db, void *context, struct error *err);
} actions[] = {
	{ "comparator", "list", 0, DB_REPORTS, is_list, list_comparators },
	{ "comparator", "add", 0, DB_OWNER, is_comparator, add_comparator },
	{ "evidence", "list", 0, DB_REPORTS, is_list, list_evidence },
	{ "evidence", "confirm", 1, DB_OWNER, is_finding, note_evidence },
	{ "evidence", "refute", 0, DB_OWNER, is_finding, note_evidence },
};

static const struct action *find_action(const char *noun, const char *name)
{
	for (size_t i = 0; name && i < sizeof actions / sizeof *actions; i++)
		if (strcmp(actions[i].noun, noun) == 0 &&
		    strcmp(actions[i].name, name) == 0)
			return &actions[i];
	return NULL;
}

static int run(int argc, char **argv, const struct config *config, const char *usage)
{
	const struct action *action = find_action(argv[0], argv[1]);
	struct request r = { .by = office_account() };
	const char *format = NULL;
	const struct office_option options[] = { { "indicator", &r.indicator, NULL },
						 { "agency", &r.agency, NULL },
						 { "period", &r.period, NULL },
						 { "value", &r.value, NULL },
						 { "numerator", &r.numerator, NULL },
						 { "denominator", &r.denominator, NULL },
						 { "publisher", &r.publisher, NULL },
						 { "source", &r.source, NULL },
						 { "note", &r.note, NULL },
						 { "by", &r.by, NULL },
						 { "fact", &r.fact, NULL },
						 { "item", &r.item, NULL },
						 { "procedure", &r.procedure, NULL },
						 { "format", &format, NULL },
						 { 0 } };
	int first, code;

	code = office_options(action ? argc - 1 : argc, action ? argv + 1 : argv, usage,
			      options, 0, 0, &first);
	if (code >= 0)
		return code;
	if (!action || list_format_find(format, &r.format) != 0 ||
	    !action->is_whole(&r)) {
		fputs(usage, stderr);
		return 2;
	}
	r.confirmed = action->confirmed;
	return office_run(config, action->role, action->noun, action->run, &r);
}

int comparator_command(int argc, char **argv, const struct config *config)
{
	return run(argc, argv, config, COMPARATOR_USAGE);
}

int evidence_command(int argc, char **argv, const struct config *config)
{
	return run(argc, argv, config, EVIDENCE_USAGE);
}
