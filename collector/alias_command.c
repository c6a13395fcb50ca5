/* alias_command.c -- nq17 alias and nq17 doubles: two codes of one thing. */
#include "collector/collector.h"

#include <stdio.h>
#include <string.h>

#include "collector/code_list.h"
#include "collector/office.h"

static const char ADD[] =
#include "sql/queries/alias_add.sql.inc"
	;
static const char REMOVE[] =
#include "sql/queries/alias_remove.sql.inc"
	;
static const char LIST[] =
#include "sql/queries/alias_list.sql.inc"
	;
static const char DOUBLES[] =
#include "sql/queries/doubles.sql.inc"
	;

static const char USAGE[] =
	"usage: nq17 alias add --agency CODE ALIAS DOSSIER\n"
	"       nq17 alias add [--agency CODE] --procedure ALIAS PROCEDURE\n"
	"       nq17 alias import [--agency CODE] [--procedure] FILE.csv|-\n"
	"       nq17 alias remove [--agency CODE] [--procedure] ALIAS\n"
	"       nq17 alias list [--agency CODE] [--format table|csv|json]\n"
	"\n"
	"  add     says that two codes are of one dossier, or of one procedure: what is\n"
	"          stored under both is joined, what comes later counts once\n"
	"  import  the same for each row of a file with the columns alias and code\n"
	"  remove  takes an alias away; what was joined stays so\n"
	"  list    the aliases\n"
	"\n"
	"  --agency CODE  whose codes they are; a procedure's alias without it is every\n"
	"                 agency's\n"
	"  --by NAME      who says so (the account that runs the command)\n"
	"  -h, --help     this help\n"
	"\n"
	"Local copies in the standard form need no alias: 1.001193.000.00.00.H56 is taken\n"
	"as 1.001193.\n";

static const char DOUBLES_USAGE[] =
	"usage: nq17 doubles [--agency CODE] [--format table|csv|json]\n"
	"\n"
	"Lists dossiers that may be one under several codes: of the same agency and\n"
	"procedure, received in the same second from the same filer or by the same unit.\n"
	"A hint: nothing is joined before `nq17 alias add` says so.\n";

struct request {
	const char *agency, *alias, *code, *by;
	int procedure;
	enum list_format format;
	enum message_language language;
};

static const char *kind_of(const struct request *request)
{
	return request->procedure ? "procedure" : "dossier";
}

static int add_all(struct db *db, const struct request *request, const char *aliases,
		   const char *codes, struct error *err)
{
	const char *const params[] = { kind_of(request), request->agency, aliases, codes,
				       request->by };
	struct db_rows *rows = NULL;

	if (db_query(db, ADD, params, 5, &rows, err) != 0)
		return -1;
	printf("%s aliases added, %s stored %s joined\n", db_value(rows, 0, "added"),
	       db_value(rows, 0, "joined"),
	       request->procedure ? "dossiers and services" : "dossiers");
	db_rows_free(rows);
	return 0;
}

static int add(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	struct text aliases = { 0 }, codes = { 0 };
	int status;

	code_list_add_one(&aliases, request->alias);
	code_list_add_one(&codes, request->code);
	status = add_all(db, request, text_string(&aliases), text_string(&codes), err);
	text_free(&aliases);
	text_free(&codes);
	return status;
}

static int import(struct db *db, void *context, struct error *err)
{
	static const struct record_field fields[] = {
		{ "alias", NULL, VALUE_NAME, 1, 1, 64, NULL, 0, 0 },
		{ "code", NULL, VALUE_NAME, 1, 1, 64, NULL, 0, 0 },
		{ NULL, NULL, 0, 0, 0, 0, NULL, 0, 0 },
	};
	static const struct record_type type = { "alias", RECORD_DOSSIER, fields, "alias",
						 NULL };
	const struct request *request = context;
	struct code_list list;
	int status = -1;

	if (code_list_read(&list, request->alias, &type, request->language, err) == 0)
		status = add_all(db, request, text_string(&list.columns[0]),
				 text_string(&list.columns[1]), err);
	code_list_free(&list);
	return status;
}

static int remove_one(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { kind_of(request), request->agency,
				       request->alias };

	return db_query(db, REMOVE, params, 3, NULL, err);
}

static int list(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->agency };

	return list_query(db, LIST, params, 1, request->format, NULL, err);
}

static int list_doubles(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->agency };

	return list_query(db, DOUBLES, params, 1, request->format, NULL, err);
}

static int has_owner(const void *context)
{
	const struct request *request = context;

	return request->procedure || request->agency;
}

int alias_command(int argc, char **argv, const struct config *config)
{
	static const struct office_action actions[] = {
		{ "add", 2, 2, DB_OWNER, add, has_owner },
		{ "import", 1, 1, DB_OWNER, import, has_owner },
		{ "remove", 1, 1, DB_OWNER, remove_one, has_owner },
		{ "list", 0, 0, DB_REPORTS, list, NULL },
		{ 0 },
	};
	struct request request = { .by = office_account(),
				   .language = office_language(config) };
	const struct office_option options[] = { { "agency", &request.agency, NULL },
						 { "procedure", NULL,
						   &request.procedure },
						 { 0 } };
	const struct office_command command = {
		USAGE,           actions,     options, { &request.alias, &request.code },
		&request.format, &request.by, NULL,    &request
	};

	return office_command(argc, argv, config, &command);
}

int doubles_command(int argc, char **argv, const struct config *config)
{
	struct request request = { 0 };
	const char *format = NULL;
	const struct office_option options[] = { { "agency", &request.agency, NULL },
						 { "format", &format, NULL },
						 { 0 } };
	int first, code;

	code = office_options(argc, argv, DOUBLES_USAGE, options, 0, 0, &first);
	if (code >= 0)
		return code;
	if (list_format_find(format, &request.format) != 0)
		return 2;
	return office_run(config, DB_REPORTS, "doubles", list_doubles, &request);
}
