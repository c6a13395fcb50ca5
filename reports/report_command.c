/* report_command.c -- `nq17 report`: a report or a chart into a file. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "reports/report_file.h"
#include "reports/question.h"
#include "reports/report_kind.h"
#include "reports/reports.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"

static const char REPORT_MODEL[] =
#include "sql/queries/report_model.sql.inc"
	;
static const char CHART_MODEL[] =
#include "sql/queries/chart_model.sql.inc"
	;

static const char USAGE[] =
	"usage: nq17 report NAME --period P [--agency CODE] [--indicator SLUG] [--lang vi|en]\n"
	"                   [--page N] --output FILE.pdf|.png|.xlsx|.csv|.json\n"
	"       nq17 report ranking|trend|targets --period P [--agency CODE]\n"
	"                   [--indicator SLUG] [--lang vi|en] --output FILE.svg|.png\n"
	"\n"
	"Reports, as drafts of official documents:\n"
	"  compliance   the targets of Resolution 17/NQ-CP, of the nation or of one agency\n"
	"  ranking      all agencies by one indicator, with their moves\n"
	"  indicator    one indicator: what it means, the nation, each agency\n"
	"  brief        one page for the minister\n"
	"  restatement  what has changed since it was published, and why\n"
	"  evidence     one figure with all that stands behind it\n"
	"\n"
	".png is the first page, or --page N; .csv is the largest table.  The others are\n"
	"single charts (ranking.png is the chart).  The indicator is online-filing unless one\n"
	"is given.  With --as-of T or --vintage ID the figures are those that were published.\n"
	"The same store and command give the same bytes.\n";

/* Paints MODEL into OUT. */
typedef int paint_function(const char *name, const json_t *model,
			   const struct question *question, struct text *out,
			   struct error *err);

static int paint_pdf(const char *name, const json_t *model,
		     const struct question *question, struct text *out, struct error *err)
{
	return report_draw(report_kind_find(name), model, question->lang, 0, out, err);
}

static int paint_page(const char *name, const json_t *model,
		      const struct question *question, struct text *out,
		      struct error *err)
{
	return report_draw(report_kind_find(name), model, question->lang,
			   question->page ? atoi(question->page) : 1, out, err);
}

static int paint_sheets(const char *name, const json_t *model,
			const struct question *question, struct text *out,
			struct error *err)
{
	return report_sheets(report_kind_find(name), model, question->lang, out, err);
}

static int paint_csv(const char *name, const json_t *model,
		     const struct question *question, struct text *out, struct error *err)
{
	return report_csv(report_kind_find(name), model, question->lang, out, err);
}

static int paint_svg(const char *name, const json_t *model,
		     const struct question *question, struct text *out, struct error *err)
{
	return chart_svg(name, model, question->lang, out, err);
}

static int paint_png(const char *name, const json_t *model,
		     const struct question *question, struct text *out, struct error *err)
{
	return chart_png(name, model, question->lang, 1200, out, err);
}

/* What can be had of a chart, and else of a report; NULL: the model itself. */
static const struct form {
	const char *ending;
	int is_chart;
	paint_function *paint;
} forms[] = {
	{ ".svg", 1, paint_svg },  { ".png", 1, paint_png },     { ".pdf", 0, paint_pdf },
	{ ".png", 0, paint_page }, { ".xlsx", 0, paint_sheets }, { ".csv", 0, paint_csv },
	{ ".json", 0, NULL },      { ".json", 1, NULL },
};

static int is_chart(const char *name)
{
	return strcmp(name, "ranking") == 0 || strcmp(name, "trend") == 0 ||
	       strcmp(name, "targets") == 0;
}

static const struct form *find_form(const char *name, const char *file)
{
	const char *ending = file ? strrchr(file, '.') : NULL;
	int report = report_kind_find(name) != NULL;

	for (size_t i = 0; ending && i < sizeof forms / sizeof *forms; i++)
		if (strcasecmp(forms[i].ending, ending) == 0 &&
		    (forms[i].is_chart ? is_chart(name) : report))
			return &forms[i];
	return NULL;
}

/* What is asked for, and the address of the site, "" where it has none. */
struct task {
	const char *name;
	const struct form *form;
	const char *site;
};

static int load_model(const struct task *task, const struct question *question,
		      struct db *db, char **model, struct error *err)
{
	const char *slug = question->indicator ? question->indicator : "online-filing";
	const char *const report[] = { question->period,  question->agency,
				       question->lang,    question->as_of,
				       question->vintage, slug,
				       task->name };
	const char *const chart[] = { task->name, question->period, question->agency,
				      slug,       question->as_of,  question->vintage };

	if (db_value_of(db, task->form->is_chart ? CHART_MODEL : REPORT_MODEL,
			task->form->is_chart ? chart : report,
			task->form->is_chart ? 6 : 7, model, err) != 0)
		return -1;
	if (!*model)
		return error_set(err, ERROR_NOT_FOUND, "there is no report for \"%s\"",
				 question->agency ? question->agency : slug);
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

	if (load_model(task, question, db, &bytes, err) != 0)
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
	if (form->paint(task->name, model, question, &out, err) != 0)
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
					    "paitVloG", USAGE, config);

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
	task = (struct task){ argv[1], form, config_get(config, "public_url") };
	return question_answer(&question, config, write_report, &task);
}
