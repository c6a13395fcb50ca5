/* audit_command.c -- nq17 audit: the figures against the records. */
#include "collector/collector.h"

#include <stdio.h>

#include "collector/office.h"

/* A sample small enough to take seconds in a large store. */
#define SAMPLED_FAMILIES "5"

static const char AUDIT[] =
#include "sql/queries/audit.sql.inc"
	;

static const char USAGE[] =
	"usage: nq17 audit [--full]\n"
	"\n"
	"Counts the figures again from the records, by another query than the one that\n"
	"keeps them, and lists every difference.  The last line is \"N figures, M\n"
	"differences\"; exit 1 if M is not 0.\n"
	"\n"
	"  --full      every agency; without it a few at random, with their predecessors\n"
	"              and successors\n"
	"  -h, --help  this help\n";

struct audit {
	int full;
	size_t differences;
};

static int audit(struct db *db, void *context, struct error *err)
{
	struct audit *audit = context;
	const char *const params[] = { audit->full ? NULL : SAMPLED_FAMILIES };
	struct db_rows *rows = NULL;

	if (db_query(db, AUDIT, params, 1, &rows, err) != 0)
		return -1;
	audit->differences = db_rows_count(rows) - 1;
	for (size_t i = 1; i <= audit->differences; i++) {
		const char *procedure = db_value(rows, i, "procedure");

		printf("%s: agency %s, %s%s%s, %s: stored %s, counted %s\n",
		       db_value(rows, i, "rollup"), db_value(rows, i, "agency"),
		       db_value(rows, i, "day"), procedure ? ", procedure " : "",
		       procedure ? procedure : "", db_value(rows, i, "measure"),
		       db_value(rows, i, "stored"), db_value(rows, i, "counted"));
	}
	printf("%s figures, %zu differences\n", db_value(rows, 0, "figures"),
	       audit->differences);
	db_rows_free(rows);
	return 0;
}

int audit_command(int argc, char **argv, const struct config *config)
{
	struct audit context = { 0 };
	const struct office_option options[] = { { "full", NULL, &context.full }, { 0 } };
	int first, code = office_options(argc, argv, USAGE, options, 0, 0, &first);

	if (code >= 0)
		return code;
	code = office_run(config, DB_COLLECTOR, "audit", audit, &context);
	return code ? code : context.differences > 0;
}
