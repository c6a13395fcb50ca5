/* source_command.c -- nq17 source: where the collector looks for records by itself. */
#include "collector/collector.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/usage.h"
#include "collector/decoder.h"
#include "collector/office.h"
#include "collector/pull_schedule.h"

static const char ADD[] =
#include "sql/queries/source_add.sql.inc"
	;
static const char PROFILE[] =
#include "sql/queries/profile_exists.sql.inc"
	;
static const char LIST[] =
#include "sql/queries/source_list.sql.inc"
	;
static const char SHOW[] =
#include "sql/queries/source_show.sql.inc"
	;
static const char WINDOWS[] =
#include "sql/queries/source_windows.sql.inc"
	;
static const char SWITCH[] =
#include "sql/queries/source_switch.sql.inc"
	;
static const char REMOVE[] =
#include "sql/queries/source_remove.sql.inc"
	;
static const char AGAIN[] =
#include "sql/queries/source_again.sql.inc"
	;

static const char USAGE[] =
	"usage: nq17 source add --folder --agency CODE [--profile NAME]\n"
	"       nq17 source add --url URL --agency CODE --from DAY [--type TYPE]\n"
	"                  [--format FORMAT] [--window P1D] [--lateness PT2H]\n"
	"                  [--patience SECONDS] [--credentials FILE] [--profile NAME]\n"
	"       nq17 source list [--format table|csv|json]\n"
	"       nq17 source show ID [--format ...]\n"
	"       nq17 source windows ID [--format ...]\n"
	"       nq17 source again ID --from DAY [--to DAY]\n"
	"       nq17 source on|off|remove ID\n"
	"\n"
	"Where `nq17 collect` looks for records by itself: docs/operations.md.\n"
	"\n"
	"  add      a folder of the agency's under the setting `inbox`, or an address\n"
	"  windows  the ledger: which days were asked for, and what came of it\n"
	"  again    asks for the windows of these days once more\n"
	"  remove   forgets the source and its ledger; what it brought stays\n"
	"\n"
	"  --url URL           http, https or sftp; {from} and {to} stand for the first and\n"
	"                      last day of a window, {next} for the day after it\n"
	"  --from DAY          the first day that is asked for\n"
	"  --type TYPE         of the records (dossier)\n"
	"  --format FORMAT     csv, ndjson or json (by the ending of the address)\n"
	"  --window P1D        how many days are asked for at once\n"
	"  --lateness PT2H     how long after the end of a window it is asked for\n"
	"  --patience 60       seconds that the server may be silent or very slow\n"
	"  --credentials FILE  a file that only the collector's account can read\n"
	"  --profile NAME      a mapping profile\n"
	"  --by NAME           who adds it (the account that runs the command)\n"
	"  -h, --help          this help\n";

struct request {
	const char *id, *agency, *profile, *by, *url, *type, *format;
	const char *from, *to, *window, *lateness, *patience, *credentials;
	int folder;
	enum list_format as;
	const char *state; /* on, off */
};

/* ---- Adding ------------------------------------------------------------- */

static int begins_with(const char *value, const char *start)
{
	return strncmp(value, start, strlen(start)) == 0;
}

static int check_address(const struct request *request, struct error *err)
{
	const char *host = strstr(request->url, "://"), *end, *at;
	struct text ignored = { 0 };
	int status;

	if (!begins_with(request->url, "http://") &&
	    !begins_with(request->url, "https://") &&
	    !begins_with(request->url, "sftp://"))
		return error_set(err, ERROR_INVALID,
				 "an address begins with https://, http:// or sftp://");
	host += 3;
	end = host + strcspn(host, "/?#");
	at = memchr(host, '@', (size_t)(end - host));
	if (at && memchr(host, ':', (size_t)(at - host)))
		return error_set(err, ERROR_INVALID,
				 "no password in an address: put it into the file of "
				 "--credentials");
	if (strpbrk(request->url, " \t\r\n"))
		return error_set(err, ERROR_INVALID, "no blanks in an address");
	status = pull_schedule_address(&ignored, request->url, 0, 1, err);
	text_free(&ignored);
	return status;
}

/* The format by the ending of the path of the address. */
static const char *format_of(const char *url)
{
	struct text path = { 0 };
	const char *format;

	text_add_bytes(&path, url, strcspn(url, "?#"));
	format = decoder_format_of(text_string(&path));
	text_free(&path);
	return format ? format : "csv";
}

static int check_pull(struct request *request, int *window, int *lateness,
		      struct error *err)
{
	const struct record_type *type;

	if (!request->type)
		request->type = "dossier";
	if (!request->format)
		request->format = format_of(request->url);
	type = record_type_find(request->type);
	*window = pull_schedule_hours(request->window);
	*lateness = pull_schedule_hours(request->lateness);
	if (check_address(request, err) != 0)
		return -1;
	if (!type || record_type_field(type, "agency", 6) < 0)
		return error_set(err, ERROR_INVALID,
				 "\"%s\" is no type of records that agencies send",
				 request->type);
	if (!decoder_find(request->format))
		return error_set(err, ERROR_INVALID, "there is no format \"%s\"",
				 request->format);
	if (!office_is_day(request->from))
		return error_set(err, ERROR_INVALID,
				 "--from wants a day like 2020-06-30");
	if (*window < 24 || *window % 24 != 0)
		return error_set(err, ERROR_INVALID,
				 "--window wants whole days, like P1D or P1W");
	if (*lateness < 0)
		return error_set(err, ERROR_INVALID,
				 "--lateness wants a duration like PT2H or P3D");
	if (!office_is_number(request->patience) || strlen(request->patience) > 4)
		return error_set(err, ERROR_INVALID, "--patience wants seconds");
	if (request->credentials && request->credentials[0] != '/')
		return error_set(err, ERROR_INVALID,
				 "--credentials wants a path from the root");
	return 0;
}

static int insert(struct db *db, const char *const *params, const char *agency,
		  struct error *err)
{
	char *id = NULL;

	if (db_value_of(db, ADD, params, 12, &id, err) != 0) {
		if (strcmp(err->sqlstate, "23505") == 0)
			return error_set(err, ERROR_CONFLICT,
					 "%s has a folder already (nq17 source list)",
					 agency);
		return -1;
	}
	if (!id)
		return error_set(err, ERROR_NOT_FOUND, "there is no agency %s today",
				 agency);
	puts(id);
	free(id);
	return 0;
}

static int check_profile(struct db *db, const char *name, struct error *err)
{
	char *version = NULL;

	if (!name)
		return 0;
	if (db_value_of(db, PROFILE, &name, 1, &version, err) != 0)
		return -1;
	if (!version)
		return error_set(err, ERROR_NOT_FOUND,
				 "there is no profile %s (nq17 profile list)", name);
	free(version);
	return 0;
}

static int add(struct db *db, void *context, struct error *err)
{
	struct request *request = context;
	const char *params[12] = { request->folder ? "folder" : "pull", request->agency,
				   request->profile, request->by };
	char days[16], hours[16];
	int window, lateness;

	if (check_profile(db, request->profile, err) != 0)
		return -1;
	if (request->folder)
		return insert(db, params, request->agency, err);
	if (check_pull(request, &window, &lateness, err) != 0)
		return -1;
	snprintf(days, sizeof days, "%d", window / 24);
	snprintf(hours, sizeof hours, "%d", lateness);
	params[4] = request->type;
	params[5] = request->format;
	params[6] = request->url;
	params[7] = days;
	params[8] = request->from;
	params[9] = hours;
	params[10] = request->patience;
	params[11] = request->credentials;
	return insert(db, params, request->agency, err);
}

/* ---- The others --------------------------------------------------------- */

static int no_source(const struct request *request, struct error *err)
{
	return error_set(err, ERROR_NOT_FOUND, "there is no source %s", request->id);
}

static int list(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;

	return list_query(db, LIST, NULL, 0, request->as, NULL, err);
}

static int show(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->id };
	size_t count;

	if (list_query(db, SHOW, params, 1, request->as, &count, err) != 0)
		return -1;
	return count ? 0 : no_source(request, err);
}

static int windows(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->id };

	return list_query(db, WINDOWS, params, 1, request->as, NULL, err);
}

static int again(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->id, request->from,
				       request->to ? request->to : request->from };
	struct db_rows *rows = NULL;
	size_t count;

	if (!office_is_day(params[1]) || !office_is_day(params[2]))
		return error_set(err, ERROR_INVALID,
				 "--from and --to want days like 2020-06-30");
	if (db_query(db, AGAIN, params, 3, &rows, err) != 0)
		return -1;
	count = db_rows_count(rows);
	db_rows_free(rows);
	if (count == 0)
		return error_set(err, ERROR_NOT_FOUND,
				 "source %s has no windows on these days", request->id);
	printf("%zu\n", count);
	return 0;
}

/* Runs a statement that answers a row if there is such a source. */
static int change(struct db *db, const struct request *request, const char *sql,
		  int param_count, struct error *err)
{
	const char *const params[] = { request->id, request->state };
	char *id = NULL;

	if (db_value_of(db, sql, params, param_count, &id, err) != 0)
		return -1;
	if (!id)
		return no_source(request, err);
	free(id);
	return 0;
}

static int set_state(struct db *db, void *context, struct error *err)
{
	return change(db, context, SWITCH, 2, err);
}

static int forget(struct db *db, void *context, struct error *err)
{
	return change(db, context, REMOVE, 1, err);
}

static const struct action {
	const char *name;
	int arguments;
	enum db_role role;
	int (*run)(struct db *db, void *context, struct error *err);
} actions[] = {
	{ "add", 0, DB_OWNER, add },       { "list", 0, DB_REPORTS, list },
	{ "show", 1, DB_REPORTS, show },   { "windows", 1, DB_REPORTS, windows },
	{ "again", 1, DB_OWNER, again },   { "on", 1, DB_OWNER, set_state },
	{ "off", 1, DB_OWNER, set_state }, { "remove", 1, DB_OWNER, forget },
};

static const struct action *find_action(const char *name)
{
	for (size_t i = 0; name && i < sizeof actions / sizeof *actions; i++)
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	return NULL;
}

int source_command(int argc, char **argv, const struct config *config)
{
	const struct action *action = find_action(argv[1]);
	const struct passwd *account = getpwuid(getuid());
	struct request request = { .by = account ? account->pw_name : "root",
				   .window = "P1D",
				   .lateness = "PT2H",
				   .patience = "60",
				   .state = argv[1] };
	const struct office_option options[] = {
		{ "folder", NULL, &request.folder },
		{ "agency", &request.agency, NULL },
		{ "profile", &request.profile, NULL },
		{ "by", &request.by, NULL },
		{ "url", &request.url, NULL },
		{ "type", &request.type, NULL },
		{ "format", &request.format, NULL },
		{ "from", &request.from, NULL },
		{ "to", &request.to, NULL },
		{ "window", &request.window, NULL },
		{ "lateness", &request.lateness, NULL },
		{ "patience", &request.patience, NULL },
		{ "credentials", &request.credentials, NULL },
		{ 0 },
	};
	int first, code;

	if (!action) {
		code = office_options(argc, argv, USAGE, options, 0, argc, &first);
		if (code >= 0)
			return code;
		usage_no_row("action", argv[1], actions, sizeof actions / sizeof *actions,
			     sizeof *actions);
		return usage_refuse(USAGE);
	}
	code = office_options(argc - 1, argv + 1, USAGE, options, action->arguments,
			      action->arguments, &first);
	if (code >= 0)
		return code;
	request.id = action->arguments ? argv[first + 1] : NULL;
	if (list_format_find(action->run == add ? NULL : request.format, &request.as) !=
		    0 ||
	    (request.id && !office_is_number(request.id)) || !*request.by ||
	    (action->run == add &&
	     (!request.agency || request.folder == (request.url != NULL))) ||
	    (action->run == again && !request.from))
		return usage_refuse(USAGE);
	return office_run(config, action->role, "source", action->run, &request);
}
