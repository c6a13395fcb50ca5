/* milestones_command.c -- `nq17 milestones`: the dated tasks, and who is late. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/question.h"
#include "reports/reports.h"
#include "reports/rows.h"
#include "reports/words.h"
#include "base/text.h"

static const char MILESTONES[] =
#include "sql/queries/milestones.sql.inc"
	;
static const char MILESTONES_MODEL[] =
#include "sql/queries/milestones_model.sql.inc"
	;

static const char USAGE[] =
	"usage: nq17 milestones [--agency CODE] [--as-of DATE] [--lang vi|en]\n"
	"                       [--format table|csv|json]\n"
	"\n"
	"The dated tasks of the Resolution, one line for each year and for each agency that\n"
	"the text names: on time, late by n days, overdue by n days, not due; qualitative\n"
	"tasks have no score.  They stand as on DATE, or as on the day of the store's newest\n"
	"batch.  Deadlines and outcomes that were not read in a source come last, as\n"
	"unverified.\n";

/* The columns of the CSV: those before the names. */
enum { CSV_COLUMNS = 12 };

static const struct verdict {
	const char *code, *vi, *en;
	int counts; /* days belong to it */
} verdicts[] = {
	{ "on_time", "đúng hạn", "on time", 0 },
	{ "late", "chậm %s ngày", "late by %s days", 1 },
	{ "overdue", "quá hạn %s ngày", "overdue by %s days", 1 },
	{ "not_due", "chưa đến hạn", "not due", 0 },
	{ "qualitative", "định tính, không chấm điểm", "qualitative, no score", 0 },
	{ NULL, NULL, NULL, 0 },
};

/* "late by 1.234 days" */
static void add_verdict(struct text *out, const struct db_rows *rows, size_t row,
			const char *lang)
{
	const char *code = db_value(rows, row, "status");
	const struct verdict *verdict = verdicts;
	struct text days = { 0 };

	while (verdict->code && strcmp(verdict->code, code) != 0)
		verdict++;
	if (!verdict->code)
		BUG("status %s of a milestone", code);
	if (verdict->counts)
		format_add_decimal(&days, lang, db_value(rows, row, "days"));
	text_addf(out, format_choose(lang, verdict->vi, verdict->en), text_string(&days));
	text_free(&days);
}

static void add_day(struct text *out, const struct db_rows *rows, size_t row,
		    const char *column, const char *lang)
{
	const char *day = db_value(rows, row, column);

	if (day)
		format_add_date(out, lang, day);
	else
		text_add(out, "-");
}

static void print_line(const struct db_rows *rows, size_t row, const char *lang)
{
	const char *year = db_value(rows, row, "year");
	struct text due = { 0 }, done = { 0 }, verdict = { 0 };

	add_day(&due, rows, row, "due", lang);
	add_day(&done, rows, row, "done_on", lang);
	add_verdict(&verdict, rows, row, lang);
	printf("  %-10s %4s %10s %10s  %s\n", db_value(rows, row, "agency"),
	       year ? year : "", text_string(&due), text_string(&done),
	       text_string(&verdict));
	text_free(&due);
	text_free(&done);
	text_free(&verdict);
}

static void print_table(const struct db_rows *rows, const char *lang)
{
	const char *name = strcmp(lang, "en") == 0 ? "name_en" : "name_vi";
	const char *before = "";
	int verified = 1;

	if (db_rows_count(rows) && strcmp(db_value(rows, 0, "sample"), "1") == 0)
		printf("*** %s ***\n\n", words_sample(lang));
	for (size_t row = 0; row < db_rows_count(rows); row++) {
		const char *task = db_value(rows, row, "task");
		int is_verified = strcmp(db_value(rows, row, "verified"), "true") == 0;

		if (verified && !is_verified)
			printf("%s--- %s ---\n", row ? "\n" : "",
			       format_choose(lang, "Chưa kiểm chứng", "Unverified"));
		if (strcmp(task, before) != 0 || verified != is_verified)
			printf("%s%s - %s\n", row ? "\n" : "", task,
			       db_value(rows, row, name));
		print_line(rows, row, lang);
		before = task;
		verified = is_verified;
	}
}

static int answer(const struct question *question, struct db *db, const void *context,
		  struct error *err)
{
	const char *const params[] = { question->agency, question->as_of };
	const char *const model_params[] = { question->as_of, question->agency };
	struct db_rows *rows = NULL;
	char *model = NULL;

	(void)context;
	if (strcmp(question->format, "json") == 0) {
		if (db_value_of(db, MILESTONES_MODEL, model_params, 2, &model, err) != 0)
			return -1;
		puts(model ? model : "null");
		free(model);
		return 0;
	}
	if (db_query(db, MILESTONES, params, 2, &rows, err) != 0)
		return -1;
	if (strcmp(question->format, "csv") == 0)
		rows_print_csv(rows, CSV_COLUMNS);
	else
		print_table(rows, question->lang);
	db_rows_free(rows);
	return 0;
}

int milestones_command(int argc, char **argv, const struct config *config)
{
	struct question question;
	int code = question_read(&question, argc, argv, "Patfl", USAGE, config);

	if (code != 0)
		return code - 1;
	if (question_settle_format(&question, USAGE) != 0)
		return 2;
	return question_answer(&question, config, answer, NULL);
}
