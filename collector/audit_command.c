/* audit_command.c -- nq17 audit: the figures against the records. */
#include "base/usage.h"
#include "collector/collector.h"

#include <stdio.h>
#include <string.h>

#include "collector/audit.h"
#include "collector/office.h"

static const char USAGE[] =
	"usage: nq17 audit [--full]\n"
	"       nq17 audit --log [--known NUMBER:HASH]\n"
	"\n"
	"Counts the figures again from the records, by other queries than those that keep\n"
	"and print them, and lists every difference.  The last line is \"N figures, M\n"
	"differences\"; exit 1 if M is not 0.  The store keeps the result (nq17 doctor, and the\n"
	"foot of each page); `nq17 collect` audits every night (audit_hour).\n"
	"\n"
	"  --full      every agency and period; without it a few at random, agencies with\n"
	"              their predecessors and successors\n"
	"  --log       checks the log of actions instead: that no entry was changed, taken\n"
	"              out or put in.  The last line is \"N entries, whole, HASH\"; exit 1 if\n"
	"              it is not.  Keep N:HASH somewhere else:\n"
	"  --known N:HASH  entry N must still have that hash, so that a log which was cut or\n"
	"              written anew is found out too\n"
	"  -h, --help  this help\n";

static const char CHECK_LOG[] =
#include "sql/queries/audit_log_check.sql.inc"
	;

struct request {
	int full;
	size_t differences;
	const char *known; /* NUMBER:HASH, or NULL */
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

/* "12:9f86..." into the two parts; -1 if it is written otherwise. */
static int split_known(const char *known, char number[20], const char **hash)
{
	size_t length = known ? strcspn(known, ":") : 0;

	*hash = NULL;
	if (!known)
		return 0;
	if (length < 1 || length > 18 || strlen(known) != length + 65)
		return -1;
	memcpy(number, known, length);
	number[length] = '\0';
	*hash = known + length + 1;
	return office_is_number(number) ? 0 : -1;
}

static int check_log(struct db *db, void *context, struct error *err)
{
	struct request *request = context;
	char number[20];
	const char *params[2] = { NULL, NULL };
	struct db_rows *rows = NULL;
	const char *wrong;

	split_known(request->known, number, &params[1]);
	params[0] = params[1] ? number : NULL;
	if (db_query(db, CHECK_LOG, params, 2, &rows, err) != 0)
		return -1;
	wrong = db_value(rows, 0, "wrong");
	if (wrong)
		printf("entry %s: %s\n", wrong, db_value(rows, 0, "reason"));
	else
		printf("%s entries, whole, %s\n", db_value(rows, 0, "entries"),
		       db_value(rows, 0, "head"));
	request->differences = wrong != NULL;
	db_rows_free(rows);
	return 0;
}

int audit_command(int argc, char **argv, const struct config *config)
{
	struct request context = { 0 };
	int log = 0, first, code;
	char number[20];
	const char *hash;
	const struct office_option options[] = { { "full", NULL, &context.full },
						 { "log", NULL, &log },
						 { "known", &context.known, NULL },
						 { 0 } };

	code = office_options(argc, argv, USAGE, options, 0, 0, &first);
	if (code >= 0)
		return code;
	if (split_known(context.known, number, &hash) != 0 ||
	    ((context.known || log) && (!log || context.full)))
		return usage_refuse(USAGE);
	code = office_run(config, log ? DB_OWNER : DB_COLLECTOR, "audit",
			  log ? check_log : audit, &context);
	return code ? code : context.differences > 0;
}
