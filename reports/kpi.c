/* kpi.c -- `nq17 kpi`: the figures of a period, as table, CSV or JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/question.h"
#include "reports/reports.h"
#include "reports/rows.h"
#include "reports/words.h"
#include "base/log.h"
#include "base/text.h"

static const char OBSERVATIONS[] =
#include "sql/queries/observations.sql.inc"
	;
static const char OBSERVATIONS_MODEL[] =
#include "sql/queries/observations_model.sql.inc"
	;

static const char USAGE[] =
	"usage: nq17 kpi --period P [--agency CODE] [--indicator SLUG]\n"
	"                [--as-of T|--vintage ID | --recast | --set NAME --variant NAME]\n"
	"                [--unverified] [--format table|csv|json]\n"
	"\n"
	"The indicators of Resolution 17/NQ-CP for a period: one row per indicator and\n"
	"agency, and VN for the nation.  P is 2020, 2020-H1, 2020-Q3, 2020-09, 2020-W23,\n"
	"2020-06-30, or ND09-2020... for the reporting calendar of Decree 09/2019.\n"
	"With --as-of or --vintage the figures are those that were published: of the latest\n"
	"vintage at or before T, or of the one of that number.\n"
	"--set judges by another set of targets than the Resolution's (nq17 target sets),\n"
	"--variant computes by another reading where an indicator has it (nq17 method).\n"
	"--recast shows a period on today's agencies: the numerators and denominators of all\n"
	"their predecessors added, labelled as computed; the nation as it was.\n"
	"The table marks figures of which a dispute is open.\n"
	"Exit 0 also without data, 1 for an unknown name and where nothing was\n"
	"published, 2 for a malformed one.\n";

/* The columns of DESIGN 6.4, in its order. */
enum { CSV_COLUMNS = 11 };

static const char *value_or(const struct db_rows *rows, size_t row, const char *column,
			    const char *otherwise)
{
	const char *value = db_value(rows, row, column);

	return value ? value : otherwise;
}

/* "  45.80%": what is printed of a value, or of a place among countries. */
static void add_printed(struct text *line, const struct db_rows *rows, size_t row,
			const char *percent, const char *plain)
{
	const char *value = db_value(rows, row, percent);

	if (value)
		text_addf(line, " %8s%%", value);
	else
		text_addf(line, " %9s", value_or(rows, row, plain, "-"));
}

/* Whose figures are added up, and why some are no more. */
static void print_population(const char *bytes, const char *lang)
{
	json_t *population = bytes ? json_loads(bytes, 0, NULL) : NULL;
	struct text line = { 0 };

	words_add_population(&line, population, lang);
	if (population)
		printf("  %s\n", text_string(&line));
	text_free(&line);
	json_decref(population);
}

static bool is_sample(const struct db_rows *rows)
{
	return db_rows_count(rows) > 0 && strcmp(db_value(rows, 0, "sample"), "1") == 0;
}

static void print_table(const struct db_rows *rows, const char *lang)
{
	const char *name = strcmp(lang, "en") == 0 ? "name_en" : "name_vi";
	const char *before = "";
	struct text line = { 0 };

	if (is_sample(rows))
		printf("*** %s ***\n\n", words_sample(lang));
	for (size_t row = 0; row < db_rows_count(rows); row++) {
		const char *slug = db_value(rows, row, "indicator");

		if (strcmp(slug, before) != 0) {
			printf("%s%s - %s\n", *before ? "\n" : "", slug,
			       db_value(rows, row, name));
			print_population(db_value(rows, row, "population"), lang);
			printf("  %-10s %12s %12s %9s %9s  %-14s %4s %9s\n", "agency",
			       "numerator", "denominator", "value", "target", "status",
			       "rank", "coverage");
			before = slug;
		}
		text_clear(&line);
		text_addf(&line, "  %-10s %12s %12s", db_value(rows, row, "agency"),
			  value_or(rows, row, "numerator", "-"),
			  value_or(rows, row, "denominator", "-"));
		add_printed(&line, rows, row, "percent", "value");
		add_printed(&line, rows, row, "target_percent", "target");
		text_addf(&line, "  %-14s %4s", db_value(rows, row, "status"),
			  value_or(rows, row, "rank", "-"));
		add_printed(&line, rows, row, "coverage_percent", "coverage");
		if (db_value(rows, row, "disputes"))
			text_addf(&line, "  %s", words_disputed(lang));
		puts(text_string(&line));
	}
	text_free(&line);
}

static int print_json(struct db *db, const char *const *params, struct error *err)
{
	char *model = NULL;

	if (db_value_of(db, OBSERVATIONS_MODEL, params, 7, &model, err) != 0)
		return -1;
	puts(model);
	free(model);
	return 0;
}

static int answer(const struct question *question, struct db *db, const void *context,
		  struct error *err)
{
	const char *const params[] = { question->period,
				       question->agency,
				       question->indicator,
				       question->unverified ? "true" : "false",
				       question->as_of,
				       question->vintage,
				       question->recast ? "true" : "false" };
	struct db_rows *rows = NULL;

	(void)context;
	if (strcmp(question->format, "json") == 0)
		return print_json(db, params, err);
	if (db_query(db, OBSERVATIONS, params, 7, &rows, err) != 0)
		return -1;
	if (strcmp(question->format, "csv") == 0) {
		/* On standard error: the columns of the CSV are a contract. */
		if (is_sample(rows))
			log_line("nq17", "%s", words_sample(question->lang));
		if (question->recast)
			log_line("nq17", "%s", words_recast_label(question->lang));
		rows_print_csv(rows, CSV_COLUMNS);
	} else {
		if (question->recast)
			printf("%s\n\n", words_recast_label(question->lang));
		print_table(rows, question->lang);
	}
	db_rows_free(rows);
	return 0;
}

int kpi_command(int argc, char **argv, const struct config *config)
{
	struct question question;
	int code = question_read(&question, argc, argv, "paitVufsvr", USAGE, config);

	if (code != 0)
		return code - 1;
	if (question_settle_format(&question, USAGE) != 0)
		return 2;
	return question_answer(&question, config, answer, NULL);
}
