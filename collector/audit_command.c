/* audit_command.c -- nq17 audit: the figures against the records. */
#include "collector/collector.h"

#include <stdio.h>

#include "collector/audit.h"
#include "collector/office.h"

static const char USAGE[] =
	"usage: nq17 audit [--full]\n"
	"\n"
	"Counts the figures again from the records, by other queries than those that keep\n"
	"and print them, and lists every difference.  The last line is \"N figures, M\n"
	"differences\"; exit 1 if M is not 0.  The store keeps the result (nq17 doctor, and the\n"
	"foot of each page); `nq17 collect` audits every night (audit_hour).\n"
	"\n"
	"  --full      every agency and period; without it a few at random, agencies with\n"
	"              their predecessors and successors\n"
	"  -h, --help  this help\n";

struct request {
	int full;
	size_t differences;
};

static void tell(const char *line)
{
	puts(line);
}

static int audit(struct db *db, void *context, struct error *err)
{
	struct request *request = context;

	return audit_perform(db, request->full, 0, tell, &request->differences, err);
}

int audit_command(int argc, char **argv, const struct config *config)
{
	struct request context = { 0 };
	const struct office_option options[] = { { "full", NULL, &context.full }, { 0 } };
	int first, code = office_options(argc, argv, USAGE, options, 0, 0, &first);

	if (code >= 0)
		return code;
	code = office_run(config, DB_COLLECTOR, "audit", audit, &context);
	return code ? code : context.differences > 0;
}
