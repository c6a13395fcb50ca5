/* ranking_table.c -- the models of rankings as a table for people, or as CSV. */
#include "reports/ranking_table.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "reports/format.h"
#include "reports/observation.h"
#include "reports/words.h"

/* Columns of the CSV: members of a row, else of its group, else of the model. */
static const char *const indicator_columns[] = {
	"period",    "indicator",       "group",       "place",     "shared",
	"agency",    "numerator",       "denominator", "value",     "low",
	"high",      "tie_group",       "rank",        "rank_best", "rank_worst",
	"low_bound", "high_bound",      "status",      "coverage",  "maturity",
	"recast",    "unranked_reason", NULL,
};
static const char *const score_columns[] = {
	"period", "score",  "group",      "place",  "shared",  "agency",
	"met",    "judged", "attainment", "points", "missing", NULL,
};
static const char *const move_columns[] = {
	"agency",  "indicator", "from",   "period", "cause",
	"percent", "rank",      "places", NULL,
};

static int is_score(const json_t *model)
{
	return json_is_object(json_object_get(model, "score"));
}

static void add_value(struct text *out, const json_t *value)
{
	if (json_is_string(value))
		text_add_csv_cell(out, json_string_value(value));
	else if (json_is_integer(value))
		text_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_boolean(value))
		text_add(out, json_is_true(value) ? "true" : "false");
}

/* The group of a row is the one asked for, not the kind of its agency. */
static const json_t *column(const json_t *model, const json_t *group, const json_t *row,
			    const char *name)
{
	const json_t *value = json_object_get(group, name);

	if (!value)
		value = json_object_get(row, name);
	if (!value)
		value = json_object_get(model, name);
	return json_is_object(value) ? json_object_get(value, name) : value;
}

static void print_header(const char *const *columns)
{
	for (size_t i = 0; columns[i]; i++)
		printf("%s%s", i ? "," : "", columns[i]);
	putchar('\n');
}

static void print_line(const char *const *columns, const json_t *model,
		       const json_t *group, const json_t *row)
{
	struct text line = { 0 };

	for (size_t i = 0; columns[i]; i++) {
		if (i)
			text_add_char(&line, ',');
		add_value(&line, column(model, group, row, columns[i]));
	}
	puts(text_string(&line));
	text_free(&line);
}

void ranking_print_csv(const json_t *model)
{
	const char *const *columns = is_score(model) ? score_columns : indicator_columns;
	const json_t *groups = json_object_get(model, "groups"), *group, *row;
	size_t i, j;

	print_header(columns);
	json_array_foreach(groups, i, group)
		json_array_foreach(json_object_get(group, "rows"), j, row)
			print_line(columns, model, group, row);
}

void move_print_csv(const json_t *model)
{
	const json_t *row;
	size_t i;

	print_header(move_columns);
	json_array_foreach(json_object_get(model, "steps"), i, row)
		print_line(move_columns, model, NULL, row);
}

/* "  12" or "   –" */
static void add_place(struct text *line, const json_t *place)
{
	if (json_is_integer(place))
		text_addf(line, "%4" JSON_INTEGER_FORMAT, json_integer_value(place));
	else
		text_add(line, "   -");
}

/* What a ranked row adds: its fraction, value, interval, and the places it may still take. */
static void add_figure(struct text *line, const json_t *row, const char *lang)
{
	struct observation figure;
	long long best = json_integer_value(json_object_get(row, "rank_best"));
	long long worst = json_integer_value(json_object_get(row, "rank_worst"));

	observation_read(&figure, row, lang);
	text_add(line, "  ");
	observation_add_value(line, &figure, lang);
	if (figure.has_fraction && figure.denominator > 0) {
		text_add(line, "  ");
		observation_add_fraction(line, &figure, lang);
	}
	if (figure.has_interval) {
		text_add(line, "  ");
		observation_add_interval(line, &figure, lang);
	}
	if (best < worst)
		text_addf(line, "  %s %lld-%lld",
			  format_choose(lang, "hạng có thể", "may rank"), best, worst);
	if (*figure.unranked_reason)
		text_addf(line, "  (%s)", words_reason(figure.unranked_reason, lang));
}

static void add_score(struct text *line, const json_t *row, const char *lang)
{
	const char *missing = model_string(row, "missing");
	const char *points = model_string(row, "points");

	if (json_is_integer(json_object_get(row, "judged")))
		text_addf(line, "  %" JSON_INTEGER_FORMAT "/%" JSON_INTEGER_FORMAT "  %s",
			  json_integer_value(json_object_get(row, "met")),
			  json_integer_value(json_object_get(row, "judged")),
			  model_string(row, "attainment"));
	if (*points) {
		text_add(line, "  ");
		format_add_decimal(line, lang, points);
	}
	if (*missing)
		text_addf(
			line, "  (%s: %s)",
			format_choose(lang, "không có điểm, thiếu", "no score, missing"),
			missing);
}

static void print_heading(const json_t *model, const char *lang)
{
	const json_t *score = json_object_get(model, "score");
	const json_t *rule = json_object_get(model, "rule");
	struct text line = { 0 };

	if (json_is_true(json_object_get(model, "sample")))
		printf("*** %s ***\n", words_sample(lang));
	if (json_is_object(json_object_get(model, "recast")))
		printf("%s\n", words_recast_label(lang));
	if (score)
		printf("%s\n%s\n", model_words(score, "name", lang),
		       model_words(score, "rule", lang));
	else if (rule)
		printf("%s: %" JSON_INTEGER_FORMAT " (%s)\n",
		       format_choose(lang, "Mẫu số tối thiểu để xếp hạng",
				     "Minimum base of a rank"),
		       json_integer_value(json_object_get(rule, "minimum_base")),
		       model_words(rule, "reason", lang));
	if (json_object_get(model, "population")) {
		words_add_population(&line, json_object_get(model, "population"), lang);
		puts(text_string(&line));
	}
	text_free(&line);
}

void ranking_print_table(const json_t *model, const char *lang)
{
	const json_t *groups = json_object_get(model, "groups"), *group, *row;
	int scored = is_score(model);
	struct text line = { 0 };
	size_t i, j;

	print_heading(model, lang);
	json_array_foreach(groups, i, group) {
		printf("\n%s\n", model_words(group, "name", lang));
		json_array_foreach(json_object_get(group, "rows"), j, row) {
			text_clear(&line);
			add_place(&line, json_object_get(row, "place"));
			text_addf(&line, "%s %-10s %s",
				  json_is_true(json_object_get(row, "shared")) ? "="
									       : " ",
				  model_string(row, "agency"),
				  model_words(row, "agency_name", lang));
			if (scored)
				add_score(&line, row, lang);
			else
				add_figure(&line, row, lang);
			puts(text_string(&line));
		}
	}
	text_free(&line);
}

/* ---- Moves --------------------------------------------------------------- */

void move_print_table(const json_t *model, const char *lang)
{
	const json_t *step;
	size_t i;

	print_heading(model, lang);
	printf("%s, %s (%s): %s %" JSON_INTEGER_FORMAT " -> %s %" JSON_INTEGER_FORMAT
	       "\n",
	       model_words(json_object_get(model, "after"), "agency_name", lang),
	       model_words(json_object_get(model, "after"), "indicator_name", lang),
	       words_group_short(model_string(model, "group"), lang),
	       model_string(model, "from"),
	       json_integer_value(json_object_get(model, "rank_before")),
	       model_string(model, "period"),
	       json_integer_value(json_object_get(model, "rank_after")));
	json_array_foreach(json_object_get(model, "steps"), i, step)
		printf("  %+4" JSON_INTEGER_FORMAT "  %s\n",
		       json_integer_value(json_object_get(step, "places")),
		       words_cause(model_string(step, "cause"), lang));
	printf("  %+4" JSON_INTEGER_FORMAT "  %s\n",
	       json_integer_value(json_object_get(model, "move")),
	       format_choose(lang, "tổng cộng (dương: xuống hạng)",
			     "together (positive: down)"));
}
