/* sample.c -- nq17 sample: made-up records, from the command line. */
#include "collector/sample.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/text.h"
#include "base/usage.h"
#include "collector/collector.h"
#include "collector/parse_value.h"

static const char USAGE[] =
	"usage: nq17 sample [--type TYPE] [--records N] [--seed S] [--from DAY] [--to DAY]\n"
	"                   [--duplicates PCT] [--bad PCT] [--late PCT] [--corrected PCT]\n"
	"                   [--format csv|ndjson] [--output FILE|FOLDER]\n"
	"\n"
	"Writes made-up records to standard output or FILE: the same options, the same\n"
	"bytes.  They say that they are samples, and a database with real records does\n"
	"not take sample dossiers.\n"
	"\n"
	"  --type TYPE       dossier (default), service, fact, count, milestone, or all:\n"
	"                    one file of each in FOLDER\n"
	"  --records N       dossier records in all (100000)\n"
	"  --seed S          a number (17)\n"
	"  --from, --to      days of receipt (2019-01-01, 2025-12-31)\n"
	"  --duplicates PCT  of the records are sent a second time\n"
	"  --bad PCT         of the records are refused by an import\n"
	"  --late PCT        of the records come out of order\n"
	"  --corrected PCT   of the records are an earlier version of another\n";

static const struct kind {
	const char *name;
	int (*write)(FILE *out, const struct sample_options *options, struct error *err);
} kinds[] = {
	{ "service", sample_services }, { "fact", sample_facts },
	{ "count", sample_counts },     { "milestone", sample_milestones },
	{ "dossier", sample_dossiers },
};

enum { KINDS = sizeof kinds / sizeof *kinds };

struct arguments {
	struct sample_options options;
	const char *type, *output;
};

static const struct option flags[] = {
	{ "type", required_argument, NULL, 't' },
	{ "records", required_argument, NULL, 'n' },
	{ "seed", required_argument, NULL, 's' },
	{ "from", required_argument, NULL, 'f' },
	{ "to", required_argument, NULL, 'u' },
	{ "duplicates", required_argument, NULL, 'd' },
	{ "bad", required_argument, NULL, 'b' },
	{ "late", required_argument, NULL, 'l' },
	{ "corrected", required_argument, NULL, 'c' },
	{ "format", required_argument, NULL, 'F' },
	{ "output", required_argument, NULL, 'o' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static int read_percent(double *value, const char *text)
{
	char *end;

	*value = strtod(text, &end);
	return end != text && *end == '\0' && *value >= 0 && *value <= 50;
}

static int read_number(int64_t *value, const char *text)
{
	return parse_integer(value, text, strlen(text), 0, INT64_MAX) == NULL;
}

/* 1 if the option and its value are right. */
static int take_option(struct arguments *arguments, int option, const char *value)
{
	struct sample_options *options = &arguments->options;
	int64_t number = 0;

	switch (option) {
	case 't':
		arguments->type = value;
		return 1;
	case 'n':
		return read_number(&options->records, value);
	case 's':
		if (!read_number(&number, value))
			return 0;
		options->seed = (uint64_t)number;
		return 1;
	case 'f':
		return !parse_date(&options->from, value, strlen(value));
	case 'u':
		return !parse_date(&options->to, value, strlen(value));
	case 'd':
		return read_percent(&options->duplicates, value);
	case 'b':
		return read_percent(&options->bad, value);
	case 'l':
		return read_percent(&options->late, value);
	case 'c':
		return read_percent(&options->corrected, value);
	case 'F':
		options->ndjson = strcmp(value, "ndjson") == 0;
		return options->ndjson || strcmp(value, "csv") == 0;
	case 'o':
		arguments->output = value;
		return 1;
	default:
		return 0;
	}
}

static const char *name_of(int letter)
{
	const struct option *option = flags;

	while (option->val != letter)
		option++;
	return option->name;
}

/* -1: go on; else the exit code. */
static int read_arguments(struct arguments *arguments, int argc, char **argv)
{
	int option;

	while ((option = usage_next_option(argc, argv, flags, NULL)) != -1) {
		if (option == 'h') {
			fputs(USAGE, stdout);
			return 0;
		}
		if (take_option(arguments, option, optarg))
			continue;
		if (option != '?')
			usage_say("--%s takes no \"%s\"", name_of(option), optarg);
		return usage_refuse(USAGE);
	}
	if (optind < argc)
		usage_say("what is \"%s\"?", argv[optind]);
	else if (arguments->options.from > arguments->options.to)
		usage_say("--from is after --to");
	else if (strcmp(arguments->type, "all") == 0 && !arguments->output)
		usage_say("--type all takes --output, a folder");
	if (optind != argc || arguments->options.from > arguments->options.to ||
	    (strcmp(arguments->type, "all") == 0 && !arguments->output))
		return usage_refuse(USAGE);
	return -1;
}

static int write_file(const struct kind *kind, const char *path,
		      const struct sample_options *options, struct error *err)
{
	FILE *out = path ? fopen(path, "w") : stdout;
	int status;

	if (!out)
		return error_set(err, ERROR_UNAVAILABLE, "%s: %s", path, strerror(errno));
	status = kind->write(out, options, err);
	if ((path ? fclose(out) : fflush(out)) != 0 && status == 0)
		status = error_set(err, ERROR_UNAVAILABLE, "%s: %s",
				   path ? path : "stdout", strerror(errno));
	return status;
}

static int write_all(const struct arguments *arguments, struct error *err)
{
	struct text path = { 0 };
	int status = 0;

	if (mkdir(arguments->output, 0777) != 0 && errno != EEXIST)
		return error_set(err, ERROR_UNAVAILABLE, "%s: %s", arguments->output,
				 strerror(errno));
	for (int i = 0; i < KINDS && status == 0; i++) {
		text_clear(&path);
		text_addf(&path, "%s/%s.%s", arguments->output, kinds[i].name,
			  arguments->options.ndjson ? "ndjson" : "csv");
		status = write_file(&kinds[i], text_string(&path), &arguments->options,
				    err);
	}
	text_free(&path);
	return status;
}

int sample_command(int argc, char **argv, const struct config *config)
{
	struct arguments arguments = {
		.options = { .records = 100000, .seed = 17, .from = 6940, .to = 9496 },
		.type = "dossier",
	};
	struct error err = { 0 };
	int code = read_arguments(&arguments, argc, argv), status = 1;

	(void)config;
	if (code >= 0)
		return code;
	if (strcmp(arguments.type, "all") == 0)
		status = write_all(&arguments, &err);
	for (int i = 0; i < KINDS; i++)
		if (strcmp(arguments.type, kinds[i].name) == 0)
			status = write_file(&kinds[i], arguments.output,
					    &arguments.options, &err);
	if (status == 1) {
		usage_no_row("--type", arguments.type, kinds, KINDS, sizeof *kinds);
		return usage_refuse(USAGE);
	}
	if (status != 0)
		log_line("sample", "%s", err.message);
	return status == 0 ? 0 : 1;
}
