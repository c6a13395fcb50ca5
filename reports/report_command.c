/* report_command.c -- `nq17 report`: a report or a chart into a file. */
#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "reports/question.h"
#include "reports/model.h"
#include "reports/report_burst.h"
#include "reports/reports.h"
#include "reports/words.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "base/usage.h"

static const char CHART_MODEL[] =
#include "sql/queries/chart_model.sql.inc"
	;

static const char CHOOSE_RECAST[] =
#include "sql/queries/choose_recast.sql.inc"
	;

static const char USAGE[] =
	"usage: nq17 report NAME --period P [--agency CODE] [--indicator SLUG] [--lang vi|en]\n"
	"                   [--page N] [--number N] [--issued DATE] [--recast]\n"
	"                   --output FILE.pdf|.png|.svg|.xlsx|.csv|.json\n"
	"       nq17 report NAME --period P --each [--lang vi|en | --both] [--format F]\n"
	"                   [--workers N] [--recast] --output FOLDER\n"
	"       nq17 report ranking|trend|targets --period P [--agency CODE]\n"
	"                   [--indicator SLUG] [--lang vi|en] [--recast] --output FILE.svg|.png\n"
	"\n"
	"Reports, as drafts of official documents:\n"
	"  compliance   the targets of Resolution 17/NQ-CP, of the nation or of one agency\n"
	"  ranking      all agencies by one indicator, with their moves\n"
	"  indicator    one indicator: what it means, the nation, each agency\n"
	"  brief        one page for the minister\n"
	"  restatement  what has changed since it was published, and why\n"
	"  evidence     one figure with all that stands behind it\n"
	"  form06a      form II.06a/VPCP/KSTT of one agency\n"
	"\n"
	".png and .svg are the first page, or --page N; .csv are the figures as `nq17 kpi` prints\n"
	"them, or the largest table of a report that has none; .boxes tells\n"
	"where everything stands on the pages, for tests of the layout.  The others are single\n"
	"charts (ranking.png and ranking.svg are the chart).  The indicator is online-filing unless one\n"
	"is given.  --number and --issued fill in what is left blank for the clerk; who signs,\n"
	"where, and to whom it goes is set by `nq17 agency letterhead`.  With --as-of T or --vintage ID the figures are those that were published.\n"
	"--recast: compliance, ranking, indicator, brief and the charts on today's agencies, the\n"
	"figures of their predecessors added; labelled as computed.\n"
	"With --each every agency has a file in FOLDER, in one language or both, all of one\n"
	"snapshot of the store; N threads draw them, one for each processor unless told\n"
	"otherwise.  F is pdf unless it is given.\n"
	"The same store and command give the same bytes.\n";

/* One of them is the name of a report, too. */
static const char *const charts[] = { "ranking", "trend", "targets" };

static int is_chart(const char *name, const char *ending)
{
	int is_picture =
		strcasecmp(ending, ".svg") == 0 || strcasecmp(ending, ".png") == 0;

	for (size_t i = 0; i < sizeof charts / sizeof *charts; i++)
		if (strcmp(charts[i], name) == 0)
			return is_picture || (strcasecmp(ending, ".json") == 0 &&
					      !report_can(name, "json"));
	return 0;
}

static int choose(const struct question *question, struct db *db, struct error *err)
{
	return question->recast ? db_query(db, CHOOSE_RECAST, NULL, 0, NULL, err) : 0;
}

/* What is asked for, and the address of the site, "" where it has none. */
struct task {
	const char *name, *ending, *site;
};

/* The chart, or for .json its model. */
static int make_chart(const struct task *task, const struct question *question,
		      struct db *db, struct text *out, struct error *err)
{
	const char *slug = question->indicator ? question->indicator : "online-filing";
	const char *const params[] = { task->name, question->period, question->agency,
				       slug,       question->as_of,  question->vintage };
	char *bytes = NULL;
	json_t *model = NULL;
	int status = -1;

	if (db_value_of(db, CHART_MODEL, params, 6, &bytes, err) != 0)
		return -1;
	if (!bytes) {
		error_set(err, ERROR_NOT_FOUND, "there is no chart for \"%s\"",
			  question->agency ? question->agency : slug);
	} else if (strcasecmp(task->ending, ".json") == 0) {
		text_add(out, bytes);
		status = 0;
	} else if ((model = model_parse(bytes, err)) != NULL) {
		status = strcasecmp(task->ending, ".svg") == 0
				 ? chart_svg(task->name, model, question->lang, out, err)
				 : chart_png(task->name, model, question->lang, 1200, out,
					     err);
	}
	json_decref(model);
	free(bytes);
	return status;
}

static int make_report(const struct task *task, const struct question *question,
		       struct db *db, struct text *out, struct error *err)
{
	const struct report_request request = {
		.report = task->name,
		.period = question->period,
		.lang = question->lang,
		.agency = question->agency,
		.indicator = question->indicator,
		.as_of = question->as_of,
		.vintage = question->vintage,
		.site = task->site,
		.number = question->number,
		.issued = question->issued,
		.page = question->page ? atoi(question->page) : 1,
	};
	char format[8];

	snprintf(format, sizeof format, "%s", task->ending + 1);
	for (char *at = format; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	return report_make(db, &request, format, out, err);
}

static int write_report(const struct question *question, struct db *db,
			const void *context, struct error *err)
{
	const struct task *task = context;
	struct text out = { 0 };
	bool sample = false;
	int status = choose(question, db, err);

	if (status == 0)
		status = is_chart(task->name, task->ending)
				 ? make_chart(task, question, db, &out, err)
				 : make_report(task, question, db, &out, err);
	if (status == 0)
		status = file_replace(question->output, text_string(&out), out.length,
				      err);
	if (status == 0 && strcasecmp(task->ending, ".csv") == 0)
		status = report_is_sample(db, &sample, err);
	if (sample)
		log_line("report", "%s", words_sample(question->lang));
	text_free(&out);
	return status;
}

static int write_each(const struct question *question, struct db *db, const void *context,
		      struct error *err)
{
	const struct task *task = context;
	const struct burst_request request = {
		.report = { .report = task->name,
			    .period = question->period,
			    .indicator = question->indicator,
			    .as_of = question->as_of,
			    .vintage = question->vintage,
			    .site = task->site },
		.languages = question->both                      ? "{vi,en}"
			     : strcmp(question->lang, "en") == 0 ? "{en}"
								 : "{vi}",
		.format = question->format ? question->format : "pdf",
		.folder = question->output,
		.workers = question->workers ? atoi(question->workers)
					     : (int)sysconf(_SC_NPROCESSORS_ONLN),
	};
	size_t made = 0;
	int status = choose(question, db, err);

	if (status == 0)
		status = report_burst(question->cluster, db, &request, &made, err);
	log_line("report", "%zu files in %s", made, question->output);
	return status;
}

/* Can NAME be had in a file that ends so? */
static int is_made(const char *name, const char *ending)
{
	char format[8];

	if (!ending || strlen(ending) > sizeof format)
		return 0;
	snprintf(format, sizeof format, "%s", ending + 1);
	for (char *at = format; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	return is_chart(name, ending) || report_can(name, format);
}

/* Says what is wrong with a report that is not made. */
static void refuse_task(const struct task *task, const struct question *question,
			int help)
{
	struct text names = { 0 };

	report_add_names(&names);
	for (size_t i = 0; i < sizeof charts / sizeof *charts; i++)
		if (!report_can(charts[i], NULL))
			text_addf(&names, " %s", charts[i]);
	if (!help && !question->output)
		usage_say("where to?  --output FILE is missing");
	else if (help || !is_made(task->name, ".svg"))
		usage_no_such("report", task->name, text_string(&names));
	else
		usage_say("no report %s to a file that ends so: %s", task->name,
			  question->output);
	text_free(&names);
}

int report_command(int argc, char **argv, const struct config *config)
{
	struct question question;
	struct task task = { 0 };
	int help = argc > 1 && argv[1][0] == '-';
	/* The name of the report comes first; the flags follow it. */
	int code = argc < 2 ? 3
			    : question_read(&question, argc - !help, argv + !help,
					    "paitVloGNIEBWfr", USAGE, config);

	if (code != 0) {
		return argc < 2 ? usage_refuse(USAGE) : code - 1;
	}
	task = (struct task){ argv[1],
			      question.output ? strrchr(question.output, '.') : NULL,
			      config_get(config, "public_url") };
	if (!help && question.recast && !report_can_recast(task.name)) {
		log_line("nq17", "%s is not told on today's agencies", task.name);
		return 2;
	}
	if (!help && question.each && question.output && !question.agency)
		return question_answer(&question, config, write_each, &task);
	if (help || question.each || question.both || !is_made(task.name, task.ending)) {
		refuse_task(&task, &question, help);
		return usage_refuse(USAGE);
	}
	return question_answer(&question, config, write_report, &task);
}
