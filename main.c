/* main.c -- nq17: the table of subcommands, nothing else. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/commands.h"
#include "base/config.h"
#include "base/log.h"
#include "base/text.h"
#include "base/usage.h"
#include "delivery/delivery.h"
#include "reports/reports.h"
#include "collector/collector.h"
#include "web/web.h"

/* Exit codes: 0 done, 1 failed or something was refused, 2 usage.  ARGV[0] is
 * the name of the command. */
static const struct command {
	const char *name, *summary;
	int (*run)(int argc, char **argv, const struct config *config);
} commands[] = {
	{ "run", "everything at once: database, pages, API", run_command },
	{ "kpi", "the figures of a period", kpi_command },
	{ "ranking", "who is ranked where, and why a rank moved", ranking_command },
	{ "explain", "one figure, down to procedures and batches", explain_command },
	{ "method", "how each figure is computed", method_command },
	{ "milestones", "the dated tasks, and who is late", milestones_command },
	{ "act", "what an agency lacks until its targets, and how to get there",
	  act_command },
	{ "report", "a report or a chart into a file", report_command },
	{ "sign", "the office's digital signature into a report", sign_command },
	{ "verify", "is this file a report of ours, and does it still hold?",
	  verify_command },
	{ "publish", "freezes the figures of a period", publish_command },
	{ "vintages", "what was published, and the calendar of reports",
	  vintages_command },
	{ "restatements", "what has changed since it was published, and why",
	  restatements_command },
	{ "dispute", "figures that agencies contest or agree with, and the answers",
	  dispute_command },
	{ "note", "what agencies say beside their figures", note_command },
	{ "schedule", "which report goes to whom, and when", schedule_command },
	{ "outbox", "what was sent, and what became of it", outbox_command },
	{ "deliver", "fires schedules, and delivers what waits in the outbox",
	  deliver_command },
	{ "db", "the embedded cluster and the schema", db_command },
	{ "import", "brings the records of a file in", import_command },
	{ "collect", "commits what was received, and watches the ways in",
	  collect_command },
	{ "source", "folders and addresses that records are fetched from",
	  source_command },
	{ "sample", "made-up records", sample_command },
	{ "user", "who signs in to the pages", user_command },
	{ "key", "the keys with which agencies send over HTTP", key_command },
	{ "profile", "how agencies' own columns and codes become ours", profile_command },
	{ "template", "empty Excel workbooks for officials", template_command },
	{ "batch", "what came in, and taking it back", batch_command },
	{ "quarantine", "refused records: read, mend, send again", quarantine_command },
	{ "alias", "other codes of dossiers and procedures", alias_command },
	{ "doubles", "dossiers that may be one under two codes", doubles_command },
	{ "target", "targets and their sets: list, draft, preview, approve",
	  target_command },
	{ "definition", "by which formula an indicator is computed, from when",
	  definition_command },
	{ "population", "whose figures are added up, from when", population_command },
	{ "comparator", "official figures of others, beside ours", comparator_command },
	{ "evidence", "what agencies declare, and what the office found",
	  evidence_command },
	{ "agency", "the register, and what is expected of whom", agency_command },
	{ "score", "points and the minimum base that rankings rest on", score_command },
	{ "freshness", "who sends as expected, and who fell silent", freshness_command },
	{ "reconcile", "an agency's totals and lists against the store",
	  reconcile_command },
	{ "holiday", "the days off, of which working days are counted", holiday_command },
	{ "audit", "the figures against the records", audit_command },
	{ "web", "the pages and the API", web_command },
	{ "config", "the settings in force", config_command },
	{ "doctor", "what is wrong, and how to mend it", doctor_command },
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static void print_help(FILE *stream)
{
	struct text settings = { 0 };

	fputs("usage: nq17 COMMAND [ARGUMENTS]\n\nCommands (nq17 COMMAND --help):\n",
	      stream);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(stream, "  %-12s %s\n", commands[i].name, commands[i].summary);
	config_print_help(&settings);
	fprintf(stream, "\n%s", text_string(&settings));
	text_free(&settings);
}

static int is_one_of(const char *argument, const char *short_flag, const char *long_flag)
{
	return strcmp(argument, short_flag) == 0 || strcmp(argument, long_flag) == 0;
}

static int run(int argc, char **argv, const struct config *config)
{
	if (argc < 2) {
		print_help(stderr);
		return 2;
	}
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1, config);
	usage_no_row("command", argv[1], commands, COMMANDS, sizeof *commands);
	log_line("nq17", "`nq17 --help` tells what each does");
	return 2;
}

static int load_and_run(int argc, char **argv)
{
	struct config *config = NULL;
	struct error err;
	int code;

	if (config_load(&config, &argc, argv, &err) != 0) {
		log_line("nq17", "%s", err.message);
		return 2;
	}
	code = run(argc, argv, config);
	config_free(config);
	return code;
}

int main(int argc, char **argv)
{
	int code = 0;

	/* Whoever started us may ignore it; then no child's end could be waited for. */
	signal(SIGCHLD, SIG_DFL);
	/* These two work whatever the settings are. */
	if (argc == 2 && is_one_of(argv[1], "-h", "--help"))
		print_help(stdout);
	else if (argc == 2 && is_one_of(argv[1], "-V", "--version"))
		puts("nq17 " NQ17_VERSION);
	else
		code = load_and_run(argc, argv);
	if (fflush(stdout) != 0) {
		log_line("nq17", "cannot write to standard output");
		code = code ? code : 1;
	}
	return code;
}
