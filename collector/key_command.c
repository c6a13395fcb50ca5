/* key_command.c -- nq17 key: the keys with which agencies send over HTTP. */
#include "collector/collector.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/cluster.h"
#include "base/log.h"
#include "collector/key.h"

static const char LIST[] =
#include "sql/queries/key_list.sql.inc"
	;

static const char USAGE[] =
	"usage: nq17 key add --agency CODE [--types TYPE,...] [--expires DATE]\n"
	"       nq17 key list [--format table|json]\n"
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

struct arguments {
	const char *agency, *types, *expires, *format;
};

static int add(struct db *db, const struct arguments *arguments, struct error *err)
{
	struct text token = { 0 };
	int status = key_add(db, arguments->agency, arguments->types, arguments->expires,
			     &token, err);

	if (status == 0)
		puts(text_string(&token));
	text_free(&token);
	return status;
}

static void print_json(const struct db_rows *rows)
{
	struct text out = { 0 };

	text_add(&out, "[");
	for (size_t row = 0; row < db_rows_count(rows); row++) {
		text_add(&out, row ? ",\n {" : "{");
		for (size_t column = 0; column < db_columns_count(rows); column++) {
			const char *value = db_cell(rows, row, column);

			text_addf(&out, "%s\"%s\": ", column ? ", " : "",
				  db_column_name(rows, column));
			if (!value)
				text_add(&out, "null");
			else if (column == 0)
				text_add(&out, value);
			else
				text_add_json(&out, value);
		}
		text_add_char(&out, '}');
	}
	text_add(&out, "]\n");
	fputs(text_string(&out), stdout);
	text_free(&out);
}

static void print_table(const struct db_rows *rows)
{
	static const int widths[] = { 4, 10, 38, 8, 26, 26, 26, 0 };

	for (size_t column = 0; column < db_columns_count(rows); column++)
		printf("%-*s", widths[column], db_column_name(rows, column));
	putchar('\n');
	for (size_t row = 0; row < db_rows_count(rows); row++) {
		for (size_t column = 0; column < db_columns_count(rows); column++) {
			const char *value = db_cell(rows, row, column);

			printf("%-*s", widths[column], value ? value : "-");
		}
		putchar('\n');
	}
}

static int list(struct db *db, const struct arguments *arguments, struct error *err)
{
	struct db_rows *rows = NULL;

	if (db_query(db, LIST, NULL, 0, &rows, err) != 0)
		return -1;
	if (strcmp(arguments->format, "json") == 0)
		print_json(rows);
	else
		print_table(rows);
	db_rows_free(rows);
	return 0;
}

/* -1: go on; else the exit code. */
static int read_arguments(struct arguments *arguments, int argc, char **argv)
{
	static const struct option options[] = {
		{ "agency", required_argument, NULL, 'a' },
		{ "types", required_argument, NULL, 't' },
		{ "expires", required_argument, NULL, 'e' },
		{ "format", required_argument, NULL, 'f' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'h') {
			fputs(USAGE, stdout);
			return 0;
		} else if (option == 'a') {
			arguments->agency = optarg;
		} else if (option == 't') {
			arguments->types = optarg;
		} else if (option == 'e') {
			arguments->expires = optarg;
		} else if (option == 'f' && (strcmp(optarg, "json") == 0 ||
					     strcmp(optarg, "table") == 0)) {
			arguments->format = optarg;
		} else {
			fputs(USAGE, stderr);
			return 2;
		}
	}
	return -1;
}

/* Acts as the owner: whoever breaks into the processes that take records can neither
 * make a key nor bring a revoked one back. */
static int run(const char *what, const char *id, const struct arguments *arguments,
	       const struct config *config, struct error *err)
{
	struct cluster *cluster = NULL;
	struct db *db = NULL;
	int status = -1;

	if (cluster_open(&cluster, config, err) == 0 &&
	    cluster_connect(cluster, DB_OWNER, &db, err) == 0)
		status = strcmp(what, "add") == 0    ? add(db, arguments, err)
			 : strcmp(what, "list") == 0 ? list(db, arguments, err)
						     : key_revoke(db, id, err);
	db_close(db);
	cluster_close(cluster);
	return status;
}

int key_command(int argc, char **argv, const struct config *config)
{
	struct arguments arguments = { .types = KEY_TYPES, .format = "table" };
	struct error err = { 0 };
	int code = read_arguments(&arguments, argc, argv);
	const char *what = optind < argc ? argv[optind] : "";
	int count = argc - optind;

	if (code >= 0)
		return code;
	if (!(strcmp(what, "add") == 0 && count == 1 && arguments.agency) &&
	    !(strcmp(what, "list") == 0 && count == 1) &&
	    !(strcmp(what, "revoke") == 0 && count == 2)) {
		fputs(USAGE, stderr);
		return 2;
	}
	if (run(what, count == 2 ? argv[optind + 1] : NULL, &arguments, config, &err) ==
	    0)
		return 0;
	log_line("key", "%s", err.message);
	return 1;
}
