/* key_command.c -- nq17 key: the keys with which agencies send over HTTP. */
#include "collector/collector.h"

#include <stdio.h>

#include "base/text.h"
#include "collector/key.h"
#include "collector/office.h"

static const char LIST[] =
#include "sql/queries/key_list.sql.inc"
	;

static const char USAGE[] =
	"usage: nq17 key add --agency CODE [--types TYPE,...] [--expires DATE]\n"
	"       nq17 key list [--format table|csv|json]\n"
	"       nq17 key revoke ID\n"
	"\n"
	"Keys with which agencies send records to POST /api/v1/records/TYPE.\n"
	"\n"
	"  add              makes a key and prints it, once: it is stored as a hash only\n"
	"    --agency CODE  for whom it speaks, and for its predecessors; CODE@YEAR names\n"
	"                   an earlier or later row of a code that was used again\n"
	"    --types T,...  what it may send (dossier,service,fact,count,milestone)\n"
	"    --expires DATE the last day on which it is valid, YYYY-MM-DD\n"
	"  list             the keys, without their secrets\n"
	"  revoke           the key is refused from now on\n"
	"  -h, --help       this help\n";

struct request {
	const char *agency, *types, *expires, *id;
	enum list_format format;
};

static int add(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	struct text token = { 0 };
	int status = key_add(db, request->agency, request->types, request->expires,
			     &token, err);

	if (status == 0)
		puts(text_string(&token));
	text_free(&token);
	return status;
}

static int list(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;

	return list_query(db, LIST, NULL, 0, request->format, NULL, err);
}

static int revoke(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;

	return key_revoke(db, request->id, err);
}

static int has_agency(const void *context)
{
	const struct request *request = context;

	return request->agency != NULL;
}

int key_command(int argc, char **argv, const struct config *config)
{
	/* As the owner: whoever breaks into the processes that take records can neither
	 * make a key nor bring a revoked one back. */
	static const struct office_action actions[] = {
		{ "add", 0, 0, DB_OWNER, add, has_agency },
		{ "list", 0, 0, DB_OWNER, list, NULL },
		{ "revoke", 1, 1, DB_OWNER, revoke, NULL },
		{ 0 },
	};
	struct request request = { .types = KEY_TYPES };
	const struct office_option options[] = { { "agency", &request.agency, NULL },
						 { "types", &request.types, NULL },
						 { "expires", &request.expires, NULL },
						 { 0 } };
	const struct office_command command = {
		USAGE,           actions, options, { &request.id },
		&request.format, NULL,    NULL,    &request
	};

	return office_command(argc, argv, config, &command);
}
