/* import.c -- nq17 import: a file or standard input, from the command line. */
#include "collector/collector.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cluster.h"
#include "base/log.h"
#include "base/period.h"
#include "base/usage.h"
#include "collector/batch.h"

static const char USAGE[] =
	"usage: nq17 import [--type TYPE] [--agency CODE] [--format FORMAT] [--profile NAME]\n"
	"                   [--period P] [--dry-run] FILE|-\n"
	"\n"
	"Brings the records of a file into the database, all or nothing, and prints a\n"
	"receipt in JSON.  Files compressed by gzip or zstd are read as they are.\n"
	"\n"
	"  --type TYPE      dossier (default), service, fact, count, agency, task,\n"
	"                   milestone or national\n"
	"  --agency CODE    the agency of records that name none\n"
	"  --format FORMAT  csv; ndjson (one object a line); json (one object or an array\n"
	"                   of them: records or CloudEvents); cloudevents (the same, but an\n"
	"                   object alone must be an event); xlsx; ii06a (that form in a\n"
	"                   workbook, as counts).  By the name of the file: .csv, .ndjson\n"
	"                   or .jsonl, .json, .xlsx; else csv\n"
	"  --profile NAME   the mapping profile of the file's columns and codes\n"
	"  --period P       of a form II.06a whose heading names none\n"
	"  --dry-run        check everything, store nothing\n"
	"  --codes          print the table of error codes and end\n"
	"  -h, --help       this help\n"
	"\n"
	"Refused records are written beside the file, as FILE.errors.csv, ready to be\n"
	"mended and sent back.  Exit 0: all is well; 1: something was refused or failed;\n"
	"2: wrong usage.\n";

struct arguments {
	struct batch_request request;
	struct text errors_path;
	const char *lang; /* NULL: the setting */
};

static int print_codes(void)
{
	struct text table = { 0 };

	message_print_table(&table);
	fputs(text_string(&table), stdout);
	text_free(&table);
	return 0;
}

/* A period that is none, or goes with no form: 2; else -1. */
static int check_period(const struct batch_request *request)
{
	struct period period;
	struct error err;

	if (!request->period)
		return -1;
	if (period_parse(&period, request->period, &err) != 0)
		log_line("import", "%s", err.message);
	else if (request->decoder != decoder_find("ii06a"))
		log_line("import", "--period is that of a form: --format ii06a");
	else
		return -1;
	return 2;
}

/* -1: go on; else the exit code. */
static int read_arguments(struct arguments *arguments, int argc, char **argv)
{
	static const struct option options[] = {
		{ "type", required_argument, NULL, 't' },
		{ "agency", required_argument, NULL, 'a' },
		{ "format", required_argument, NULL, 'f' },
		{ "profile", required_argument, NULL, 'p' },
		{ "period", required_argument, NULL, 'P' },
		{ "dry-run", no_argument, NULL, 'd' },
		{ "codes", no_argument, NULL, 'c' },
		/* A setting that main() takes from its own; other rooms name it here. */
		{ "lang", required_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct batch_request *request = &arguments->request;
	const char *type = "dossier", *format = NULL;
	int option;

	while ((option = usage_next_option(argc, argv, options, NULL)) != -1) {
		switch (option) {
		case 't':
			type = optarg;
			break;
		case 'a':
			request->agency = optarg;
			break;
		case 'f':
			format = optarg;
			break;
		case 'p':
			request->profile = optarg;
			break;
		case 'P':
			request->period = optarg;
			break;
		case 'd':
			request->dry_run = 1;
			break;
		case 'c':
			return print_codes();
		case 'l':
			arguments->lang = optarg;
			break;
		case 'h':
			fputs(USAGE, stdout);
			return 0;
		default:
			return usage_refuse(USAGE);
		}
	}
	if (optind < argc - 1)
		usage_say("what is \"%s\"?", argv[optind + 1]);
	else if (optind == argc)
		usage_say("which file?  - is standard input");
	if (optind != argc - 1)
		return usage_refuse(USAGE);
	request->path = argv[optind];
	request->type = record_type_find(type);
	if (!format)
		format = decoder_format_of(request->path);
	if (!format)
		format = "csv";
	request->decoder = decoder_find(format);
	if (!request->type || !request->decoder) {
		if (!request->type)
			record_type_refuse(type);
		else
			usage_no_such("--format", format,
				      "csv ndjson json cloudevents xlsx ii06a");
		return usage_refuse(USAGE);
	}
	return check_period(request);
}

static int import(const struct batch_request *request, const struct config *config,
		  struct error *err)
{
	struct cluster *cluster = NULL;
	struct db *db = NULL;
	struct receipt receipt = { 0 };
	struct text out = { 0 };
	int refused = 0, code = 1;

	if (cluster_open(&cluster, config, err) != 0 ||
	    cluster_connect(cluster, DB_COLLECTOR, &db, err) != 0 ||
	    batch_import(db, request, &receipt, &refused, err) != 0)
		goto done;
	receipt_print(&receipt, &out);
	fputs(text_string(&out), stdout);
	if (refused)
		log_line("import", "%s: %s", request->path, err->message);
	else if (receipt.rejected == 0)
		code = 0;
	if (!refused && receipt.errors_written && request->errors_path &&
	    !request->dry_run)
		log_line("import",
			 request->language == MESSAGE_EN
				 ? "%llu records were refused; they are in %s"
				 : "%llu bản ghi bị từ chối, ghi ở %s",
			 receipt.rejected, request->errors_path);
done:
	if (code != 0 && !receipt.type)
		log_line("import", "%s", err->message);
	else if (code != 0 && !out.length)
		log_line("import", "%s", err->message);
	text_free(&out);
	receipt_free(&receipt);
	db_close(db);
	cluster_close(cluster);
	return code;
}

int import_command(int argc, char **argv, const struct config *config)
{
	struct arguments arguments = { 0 };
	struct error err = { 0 };
	int code = read_arguments(&arguments, argc, argv);

	if (code >= 0)
		return code;
	text_addf(&arguments.errors_path, "%s.errors.csv",
		  strcmp(arguments.request.path, "-") == 0 ? "stdin"
							   : arguments.request.path);
	arguments.request.errors_path = text_string(&arguments.errors_path);
	arguments.request.progress = isatty(STDERR_FILENO);
	if (!arguments.lang)
		arguments.lang = config_get(config, "lang");
	arguments.request.language =
		strcmp(arguments.lang, "en") == 0 ? MESSAGE_EN : MESSAGE_VI;
	code = import(&arguments.request, config, &err);
	text_free(&arguments.errors_path);
	return code;
}
