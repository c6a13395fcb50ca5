/* profile_command.c -- nq17 profile: mapping profiles, tried before they are used. */
#include "collector/collector.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/usage.h"
#include "collector/batch.h"
#include "collector/mapping.h"
#include "collector/office.h"

enum { SHOWN = 5, DEFINITION_SIZE_MAX = 1024 * 1024 };

static const char USAGE[] =
	"usage: nq17 profile add NAME FILE.json [--agency CODE] [--by NAME]\n"
	"       nq17 profile list\n"
	"       nq17 profile show NAME\n"
	"       nq17 profile preview NAME FILE [--format FORMAT] [--agency CODE]\n"
	"       nq17 profile on NAME\n"
	"       nq17 profile off NAME\n"
	"\n"
	"How an agency's own columns and codes become ours; docs/profiles.md has the form.\n"
	"\n"
	"  add              a new version of NAME, as a draft\n"
	"  preview          how each column of FILE maps, its first records before and\n"
	"                   after, and the receipt it would have; nothing is stored\n"
	"  on, off          puts the newest version into use, or out of it\n"
	"  -h, --help       this help\n";

static const char ADD[] =
#include "sql/queries/profile_add.sql.inc"
	;
static const char LIST[] =
#include "sql/queries/profile_list.sql.inc"
	;
static const char SHOW[] =
#include "sql/queries/profile_show.sql.inc"
	;
static const char SWITCH[] =
#include "sql/queries/profile_switch.sql.inc"
	;

struct arguments;

struct verb {
	const char *name;
	int words;         /* behind the verb */
	enum db_role role; /* the office changes, the collector reads */
	int (*act)(struct db *db, const struct arguments *arguments, struct error *err);
};

struct arguments {
	const struct verb *verb;
	const char *name, *file, *agency, *by, *format;
	enum message_language language;
};

/* ---- Definitions -------------------------------------------------------- */

static int add(struct db *db, const struct arguments *arguments, struct error *err)
{
	struct profile *profile = NULL;
	const char *params[5] = { arguments->name, NULL, arguments->agency, NULL,
				  arguments->by ? arguments->by : office_account() };
	struct text definition = { 0 };
	char *version = NULL;
	int status = file_read(arguments->file, DEFINITION_SIZE_MAX, &definition, err);

	if (status == 0)
		status = profile_read(&profile, arguments->name, text_string(&definition),
				      err);
	if (status == 0) {
		params[1] = profile->type->name;
		params[3] = text_string(&definition);
		status = db_value_of(db, ADD, params, 5, &version, err);
	}
	if (status == 0)
		printf("%s, version %s: a draft; try it with `nq17 profile preview`, then "
		       "`nq17 profile on %s`\n",
		       arguments->name, version, arguments->name);
	free(version);
	text_free(&definition);
	profile_free(profile);
	return status;
}

static int list(struct db *db, const struct arguments *arguments, struct error *err)
{
	(void)arguments;
	return list_query(db, LIST, NULL, 0, LIST_TABLE, NULL, err);
}

static int show(struct db *db, const struct arguments *arguments, struct error *err)
{
	const char *const params[] = { arguments->name };
	char *definition = NULL;
	int status = db_value_of(db, SHOW, params, 1, &definition, err);

	if (status == 0 && !definition)
		status = error_set(err, ERROR_NOT_FOUND, "there is no profile \"%s\"",
				   arguments->name);
	if (status == 0)
		puts(definition);
	free(definition);
	return status;
}

static int switch_to(struct db *db, const struct arguments *arguments, struct error *err)
{
	const char *const params[] = { arguments->name, arguments->verb->name };
	struct db_rows *rows = NULL;
	int status = db_query(db, "BEGIN", NULL, 0, NULL, err);

	/* One version goes out of use and another one into it: checked at the end. */
	if (status == 0)
		status = db_query(db, "SET CONSTRAINTS ALL DEFERRED", NULL, 0, NULL, err);
	if (status == 0)
		status = db_query(db, SWITCH, params, 2, &rows, err);
	if (status == 0 && db_rows_count(rows) == 0)
		status = error_set(err, ERROR_NOT_FOUND, "there is no profile \"%s\"",
				   arguments->name);
	if (status == 0)
		status = db_query(db, "COMMIT", NULL, 0, NULL, err);
	else
		db_rollback(db);
	if (status == 0)
		printf("%s is %s\n", arguments->name, arguments->verb->name);
	db_rows_free(rows);
	return status;
}

/* ---- Preview ------------------------------------------------------------ */

struct preview {
	struct mapping mapping;
	int shown;
};

static void print_column(const struct profile *profile, int index)
{
	const struct profile_column *column = &profile->columns[index];

	printf("  %-28s ", profile->fields[index].name);
	if (column->is_personal)
		fputs("(personal: kept nowhere)", stdout);
	else if (column->field < 0)
		fputs("(ignored)", stdout);
	else
		printf("-> %s", profile->type->fields[column->field].name);
	if (column->style)
		printf(", written %s", style_name(column->style));
	for (const struct profile_code *code = column->codes; code && code->from; code++)
		printf("%s %s=%s", code == column->codes ? ";" : ",", code->from,
		       code->to ? code->to : "(dropped)");
	putchar('\n');
}

static void print_field(const char *name, const struct field_text *value)
{
	if (value->form != FIELD_ABSENT && value->bytes)
		printf(" %s=%.*s", name, (int)value->length, value->bytes);
}

static int show_record(void *context, const struct raw_record *raw, struct error *err)
{
	struct preview *preview = context;
	const struct profile *profile = preview->mapping.profile;
	const struct raw_record *mapped = mapping_apply(&preview->mapping, raw);

	printf("line %llu:", (unsigned long long)raw->line);
	for (int i = 0; profile->fields[i].name; i++)
		if (!profile->columns[i].is_personal)
			print_field(profile->fields[i].name, &raw->fields[i]);
	fputs("\n  ->", stdout);
	if (!mapped)
		fputs(" dropped", stdout);
	else if (mapped->refusal)
		printf(" refused: %s in %s", mapped->refusal,
		       mapped->refused_field ? mapped->refused_field : "the record");
	else
		for (int i = 0; profile->type->fields[i].name; i++)
			print_field(profile->type->fields[i].name, &mapped->fields[i]);
	putchar('\n');
	return ++preview->shown < SHOWN ? 0 : error_set(err, ERROR_NONE, "enough");
}

static int show_records(struct profile *profile, const struct arguments *arguments,
			const struct decoder *decoder, struct error *err)
{
	struct preview preview = { .mapping = { .profile = profile } };
	struct file_refusal refusal = { .language = arguments->language };
	struct decoding decoding = {
		.type = &profile->source,
		.styles = preview.mapping.styles,
		.agency_given = 1,
		.refusal = &refusal,
		.sink = show_record,
		.context = &preview,
	};
	int status = input_open(&decoding.input, arguments->file, &refusal, err);

	if (status == 0)
		status = decoder->decode(&decoding, err);
	if (status != 0 && preview.shown == SHOWN)
		status = 0;
	mapping_free(&preview.mapping);
	input_close(decoding.input);
	return status;
}

static int show_verdict(struct db *db, const struct profile *profile,
			const struct arguments *arguments, const struct decoder *decoder,
			struct error *err)
{
	const struct batch_request request = {
		.type = profile->type,
		.decoder = decoder,
		.path = arguments->file,
		.agency = arguments->agency,
		.profile = profile->name,
		.dry_run = 1,
		.language = arguments->language,
	};
	struct receipt receipt = { 0 };
	struct text printed = { 0 };
	int refused, status = batch_import(db, &request, &receipt, &refused, err);

	if (status == 0) {
		receipt_print(&receipt, &printed);
		fputs(text_string(&printed), stdout);
	}
	text_free(&printed);
	receipt_free(&receipt);
	return status;
}

static int preview(struct db *db, const struct arguments *arguments, struct error *err)
{
	const struct decoder *decoder =
		decoder_find(arguments->format ? arguments->format
					       : decoder_format_of(arguments->file));
	struct profile *profile = NULL;
	int status = profile_load(&profile, db, arguments->name, 1, err);

	if (status == 0 && !decoder)
		status = error_set(err, ERROR_INVALID, "there is no format \"%s\"",
				   arguments->format);
	if (status == 0) {
		printf("%s, version %d, for records of type %s:\n", profile->name,
		       profile->version, profile->type->name);
		for (int i = 0; profile->fields[i].name; i++)
			print_column(profile, i);
		status = show_records(profile, arguments, decoder, err);
	}
	if (status == 0)
		status = show_verdict(db, profile, arguments, decoder, err);
	profile_free(profile);
	return status;
}

/* ---- The command -------------------------------------------------------- */

static const struct verb verbs[] = {
	{ "add", 2, DB_OWNER, add },       { "list", 0, DB_COLLECTOR, list },
	{ "show", 1, DB_COLLECTOR, show }, { "preview", 2, DB_COLLECTOR, preview },
	{ "on", 1, DB_OWNER, switch_to },  { "off", 1, DB_OWNER, switch_to },
};

static int act(struct db *db, void *context, struct error *err)
{
	const struct arguments *arguments = context;

	return arguments->verb->act(db, arguments, err);
}

static void refuse_verb(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(argv[0], verbs[i].name) == 0) {
			usage_say("%s takes %d arguments, not %d", argv[0],
				  verbs[i].words, argc - 1);
			return;
		}
	usage_no_row("action", argv[0], verbs, sizeof verbs / sizeof *verbs,
		     sizeof *verbs);
}

int profile_command(int argc, char **argv, const struct config *config)
{
	struct arguments arguments = { .language = office_language(config) };
	const struct office_option options[] = {
		{ "agency", &arguments.agency, NULL },
		{ "by", &arguments.by, NULL },
		{ "format", &arguments.format, NULL },
		{ 0 },
	};
	int first, code = office_options(argc, argv, USAGE, options, 1, 3, &first);

	if (code >= 0)
		return code;
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(argv[first], verbs[i].name) == 0 &&
		    argc - first - 1 == verbs[i].words)
			arguments.verb = &verbs[i];
	if (!arguments.verb) {
		refuse_verb(argc - first, argv + first);
		return usage_refuse(USAGE);
	}
	arguments.name = argc - first > 1 ? argv[first + 1] : NULL;
	arguments.file = argc - first > 2 ? argv[first + 2] : NULL;
	return office_run(config, arguments.verb->role, "profile", act, &arguments);
}
