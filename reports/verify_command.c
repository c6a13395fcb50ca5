/* verify_command.c -- `nq17 verify`: is this file a report of ours, and does it still hold? */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"
#include "base/office.h"
#include "base/usage.h"
#include "reports/report_file.h"
#include "reports/format.h"
#include "reports/model.h"
#include "reports/pdf_sign.h"
#include "reports/reports.h"

static const char VERIFY[] =
#include "sql/queries/verify.sql.inc"
	;

static const char USAGE[] =
	"usage: nq17 verify FILE [--format table|json] [--lang vi|en]\n"
	"\n"
	"Is FILE a report that this store made, byte for byte, and do its figures still hold?\n"
	"Prints what it is, and which of its figures have changed since; exit 1 if it is not\n"
	"known.  A file that carries a known code but was changed is not genuine.\n"
	"\n"
	"  -h, --help  this help\n";

enum { FILE_MOST = 64 << 20 };

struct verification {
	struct text file, code;
	const char *path, *format, *lang;
	char sha256[DIGEST_SIZE];
	int is_genuine, is_signed;
};

/* What was not provided is no zero. */
static void print_part(const json_t *change, const char *name)
{
	const json_t *part = json_object_get(change, name);

	if (json_is_integer(part))
		printf("%" JSON_INTEGER_FORMAT, json_integer_value(part));
	else
		putchar('-');
}

static void print_side(const json_t *change, const char *value, const char *numerator,
		       const char *denominator)
{
	const char *printed = model_string(change, value);

	printf("%s (", *printed ? printed : "-");
	print_part(change, numerator);
	putchar('/');
	print_part(change, denominator);
	putchar(')');
}

/* A rank moves, and a deadline passes, while the numbers stay. */
static void print_verdict(const json_t *change)
{
	const char *old_status = model_string(change, "old_status");
	const char *new_status = model_string(change, "new_status");

	if (strcmp(old_status, new_status) != 0)
		printf("; %s -> %s", *old_status ? old_status : "-",
		       *new_status ? new_status : "-");
	if (!json_equal(json_object_get(change, "old_rank"),
			json_object_get(change, "new_rank"))) {
		printf("; rank ");
		print_part(change, "old_rank");
		printf(" -> ");
		print_part(change, "new_rank");
	}
}

static void print_change(const json_t *change)
{
	printf("  %s %s: ", model_string(change, "agency"),
	       model_string(change, "indicator"));
	print_side(change, "old_value", "old_numerator", "old_denominator");
	printf(" -> ");
	print_side(change, "new_value", "new_numerator", "new_denominator");
	print_verdict(change);
	putchar('\n');
}

static void print_state(const struct verification *asked, const json_t *state)
{
	const char *period = model_string(json_object_get(state, "period_name"),
					  format_choose(asked->lang, "vi", "en"));
	const json_t *changes = json_object_get(state, "changes"), *change;
	struct text as_of = { 0 };
	size_t i;

	format_add_moment(&as_of, asked->lang, model_string(state, "as_of"));
	printf("report    %s, %s, %s, %s, %s\n", model_string(state, "report"),
	       model_words(state, "agency_name", asked->lang), period,
	       model_string(state, "lang"), model_string(state, "form"));
	printf("code      %s\n", model_string(state, "code"));
	printf("as of     %s\n", text_string(&as_of));
	if (json_is_integer(json_object_get(state, "vintage")))
		printf("vintage   %lld\n", model_integer(state, "vintage"));
	else
		printf("vintage   none: the figures were not published\n");
	printf("state     %s", model_string(state, "state"));
	if (json_is_integer(json_object_get(state, "newest")))
		printf(", the newest vintage of the period is %lld",
		       model_integer(state, "newest"));
	printf("\n%zu of %lld figures changed\n", json_array_size(changes),
	       model_integer(state, "figures"));
	json_array_foreach(changes, i, change)
		print_change(change);
	text_free(&as_of);
}

static int answer_as_json(const struct verification *asked, json_t *state)
{
	json_t *answer = json_pack("{s:s, s:b, s:b, s:s, s:O?}", "sha256", asked->sha256,
				   "genuine", asked->is_genuine, "signed",
				   asked->is_signed, "state",
				   !state              ? "unknown"
				   : asked->is_genuine ? model_string(state, "state")
						       : "altered",
				   "file", state);
	char *bytes = json_dumps(answer, JSON_COMPACT);

	puts(bytes);
	free(bytes);
	json_decref(answer);
	return 0;
}

static void answer_as_text(const struct verification *asked, const json_t *state)
{
	if (!state)
		printf("not known: this store made no such file, and it carries no code "
		       "of one\n");
	else if (asked->is_genuine)
		printf("genuine: this file was made by this store and has not been "
		       "changed since%s\n",
		       asked->is_signed ? ", but for its signature" : "");
	else
		printf("NOT GENUINE: the file carries the code of a report of this "
		       "store, but is not one that it made\n");
	if (state)
		print_state(asked, state);
}

static int verify(struct db *db, void *context, struct error *err)
{
	struct verification *asked = context;
	const char *params[] = { asked->sha256,
				 asked->code.length ? text_string(&asked->code) : NULL };
	struct db_rows *rows = NULL;
	json_t *state = NULL;
	int status = -1;

	if (db_query(db, VERIFY, params, 2, &rows, err) != 0)
		return -1;
	if (db_rows_count(rows) > 0) {
		state = model_parse(db_value(rows, 0, "state"), err);
		if (!state)
			goto done;
		asked->is_genuine = strcmp(db_value(rows, 0, "genuine"), "1") == 0;
	}
	if (asked->format)
		answer_as_json(asked, state);
	else
		answer_as_text(asked, state);
	status = 0;
done:
	json_decref(state);
	db_rows_free(rows);
	return status;
}

static int is_form_right(struct verification *asked)
{
	if (asked->format && strcmp(asked->format, "table") == 0)
		asked->format = NULL;
	if (!asked->format || strcmp(asked->format, "json") == 0)
		return 1;
	usage_no_such("--format", asked->format, "table json");
	return 0;
}

int verify_command(int argc, char **argv, const struct config *config)
{
	struct verification asked = { .lang = config_get(config, "lang") };
	const struct office_option options[] = { { "format", &asked.format, NULL },
						 { "lang", &asked.lang, NULL },
						 { 0 } };
	struct error err;
	size_t unsigned_length;
	int first, code = office_options(argc, argv, USAGE, options, 1, 1, &first);

	if (code >= 0)
		return code;
	if (!is_form_right(&asked))
		return usage_refuse(USAGE);
	if (file_read(argv[first], FILE_MOST, &asked.file, &err) != 0) {
		log_line("verify", "%s", err.message);
		return 1;
	}
	/* What was made here is what was there before it was signed. */
	unsigned_length = pdf_unsigned_length(&asked.file);
	asked.is_signed = unsigned_length > 0;
	digest_of(text_string(&asked.file),
		  asked.is_signed ? unsigned_length : asked.file.length, asked.sha256);
	report_file_code(&asked.file, &asked.code);
	code = office_run(config, DB_REPORTS, "verify", verify, &asked);
	text_free(&asked.file);
	text_free(&asked.code);
	return code ? code : !asked.is_genuine;
}
