/* report_command.c -- `nq17 report`: a report or a chart into a file. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "reports/report_file.h"
#include "reports/question.h"
#include "reports/report_compliance.h"
#include "reports/reports.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"

static const char COMPLIANCE_MODEL[] =
#include "sql/queries/compliance_model.sql.inc"
	;
static const char CHART_MODEL[] =
#include "sql/queries/chart_model.sql.inc"
	;

static const char USAGE[] =
	"usage: nq17 report compliance --period P [--agency CODE] [--lang vi|en]\n"
	"                   --output FILE.pdf|.png|.json\n"
	"       nq17 report ranking|trend|targets --period P [--agency CODE]\n"
	"                   [--indicator SLUG] [--lang vi|en] --output FILE.svg|.png|.json\n"
	"\n"
	"compliance is the official report on the targets of Resolution 17/NQ-CP, for the\n"
	"nation or for one agency; its .png is the first page.  The others are single\n"
	"charts; the indicator is online-filing unless one is given.  With --as-of T or\n"
	"--vintage ID the figures are those that were published.  The same store and command\n"
	"give the same bytes.\n";

/* Paints MODEL into OUT; NAME is the chart's. */
typedef int paint_function(const char *name, const json_t *model, const char *lang,
			   struct text *out, struct error *err);

static int paint_pdf(const char *name, const json_t *model, const char *lang,
		     struct text *out, struct error *err)
{
	(void)name;
	return report_compliance_pdf(model, lang, out, err);
}

static int paint_first_page(const char *name, const json_t *model, const char *lang,
			    struct text *out, struct error *err)
{
	(void)name;
	return report_compliance_png(model, lang, 1, out, err);
}

static int paint_png(const char *name, const json_t *model, const char *lang,
		     struct text *out, struct error *err)
{
	return chart_png(name, model, lang, 1200, out, err);
}

/* What can be had: report, ending of the file, painter (NULL: the model itself). */
static const struct form {
	const char *report, *ending;
	paint_function *paint;
} forms[] = {
	{ "compliance", ".pdf", paint_pdf }, { "compliance", ".png", paint_first_page },
	{ "compliance", ".json", NULL },     { "ranking", ".svg", chart_svg },
	{ "ranking", ".png", paint_png },    { "ranking", ".json", NULL },
	{ "trend", ".svg", chart_svg },      { "trend", ".png", paint_png },
	{ "trend", ".json", NULL },          { "targets", ".svg", chart_svg },
	{ "targets", ".png", paint_png },    { "targets", ".json", NULL },
};

/* What is asked for, and the address of the site, "" where it has none. */
struct task {
	const struct form *form;
	const char *site;
};

static const struct form *find_form(const char *report, const char *file)
{
	const char *ending = file ? strrchr(file, '.') : NULL;

	for (size_t i = 0; ending && i < sizeof forms / sizeof *forms; i++)
		if (strcmp(forms[i].report, report) == 0 &&
		    strcasecmp(forms[i].ending, ending) == 0)
			return &forms[i];
	return NULL;
}

static int load_model(const char *report, const struct question *question, struct db *db,
		      char **model, struct error *err)
{
	const char *const compliance[] = { question->period, question->agency,
					   question->lang, question->as_of,
					   question->vintage };
	const char *const chart[] = {
		report,
		question->period,
		question->agency,
		question->indicator ? question->indicator : "online-filing",
		question->as_of,
		question->vintage
	};
	int is_chart = strcmp(report, "compliance") != 0;

	if (db_value_of(db, is_chart ? CHART_MODEL : COMPLIANCE_MODEL,
			is_chart ? chart : compliance, is_chart ? 6 : 5, model, err) != 0)
		return -1;
	if (!*model)
		return error_set(err, ERROR_NOT_FOUND, "there is no report for \"%s\"",
				 question->agency);
	return 0;
}

static int write_report(const struct question *question, struct db *db,
			const void *context, struct error *err)
{
	const struct task *task = context;
	const struct form *form = task->form;
	struct text out = { 0 };
	json_t *model = NULL;
	json_error_t where;
	char *bytes = NULL;
	int status = -1;

	if (load_model(form->report, question, db, &bytes, err) != 0)
		goto done;
	if (!form->paint) {
		status = file_replace(question->output, bytes, strlen(bytes), err);
		goto done;
	}
	model = json_loads(bytes, 0, &where);
	if (!model) {
		error_set(err, ERROR_INTERNAL, "the model of the report: %s", where.text);
		goto done;
	}
	report_file_set_address(model, task->site);
	if (form->paint(form->report, model, question->lang, &out, err) != 0)
		goto done;
	/* Noted first: a file that nobody can verify must not lie about. */
	if (json_object_get(model, "verification") &&
	    report_file_note(db, bytes, form->ending + 1, &out, err) != 0)
		goto done;
	status = file_replace(question->output, text_string(&out), out.length, err);
done:
	json_decref(model);
	text_free(&out);
	free(bytes);
	return status;
}

int report_command(int argc, char **argv, const struct config *config)
{
	struct question question;
	const struct form *form;
	struct task task;
	int help = argc > 1 && argv[1][0] == '-';
	/* The name of the report comes first; the flags follow it. */
	int code = argc < 2 ? 3
			    : question_read(&question, argc - !help, argv + !help,
					    "paitVlo", USAGE, config);

	if (code != 0) {
		if (argc < 2)
			fputs(USAGE, stderr);
		return code - 1;
	}
	form = help ? NULL : find_form(argv[1], question.output);
	if (!form) {
		log_line("nq17",
			 help || question.output
				 ? "no report of that name to a file of that ending"
				 : "where to?  --output FILE is missing");
		fputs(USAGE, stderr);
		return 2;
	}
	task = (struct task){ form, config_get(config, "public_url") };
	return question_answer(&question, config, write_report, &task);
}
