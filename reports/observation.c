/* observation.c -- one figure as charts and documents read it from the model. */
#include "reports/observation.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reports/format.h"

/* A length to draw; NAN if there is none.  Less than nothing has no length, and its
 * digits beside it. */
static double read_length(const char *digits)
{
	return fmax(model_decimal(digits), *digits ? 0 : NAN);
}

#define INTERVAL_BELOW 1000 /* units: with more, an interval says nothing */

static void read_interval(struct observation *observation, const json_t *json)
{
	observation->low = model_string(json, "low");
	observation->high = model_string(json, "high");
	observation->low_length = read_length(observation->low);
	observation->high_length = read_length(observation->high);
	observation->has_interval =
		observation->has_fraction && observation->denominator < INTERVAL_BELOW &&
		!isnan(observation->low_length) && !isnan(observation->high_length);
	if (!observation->has_interval)
		observation->low_length = observation->high_length = NAN;
	observation->tie_group = json_integer_value(json_object_get(json, "tie_group"));
}

static void read_counts(struct observation *observation, const json_t *counts)
{
	int status;

	observation->has_counts = json_is_object(counts);
	for (status = 0; status < STATUS_COUNT; status++)
		observation->counts[status] = json_integer_value(
			json_object_get(counts, words_status_code((enum status)status)));
}

static void read_words(struct observation *observation, const json_t *json,
		       const char *language)
{
	observation->period = model_string(json, "period");
	observation->agency = model_string(json, "agency");
	observation->agency_name = model_words(json, "agency_name", language);
	observation->indicator = model_string(json, "indicator");
	observation->indicator_name = model_words(json, "indicator_name", language);
	observation->number = model_string(json, "number");
	observation->value = model_string(json, "value");
	observation->percent = model_string(json, "percent");
	observation->target = model_string(json, "target");
	observation->target_percent = model_string(json, "target_percent");
	observation->direction = model_string(json, "direction");
	observation->unit = model_words(json, "unit", language);
	if (!*observation->unit)
		observation->unit = words_unit(observation->indicator, language);
	observation->unranked_reason = model_string(json, "unranked_reason");
	observation->coverage_percent = model_string(json, "coverage_percent");
	observation->maturity = model_string(json, "maturity");
	observation->clause = model_words(json, "clause", language);
	observation->closed =
		model_words(json_object_get(json, "population"), "note", language);
}

void observation_read(struct observation *observation, const json_t *json,
		      const char *language)
{
	const json_t *numerator = json_object_get(json, "numerator");
	const json_t *denominator = json_object_get(json, "denominator");
	const json_t *gap = json_object_get(json, "gap");

	*observation = (struct observation){ 0 };
	read_words(observation, json, language);
	/* A rank has a value without a percentage, and nothing that it is a part of. */
	observation->has_fraction = json_is_integer(numerator) &&
				    json_is_integer(denominator) &&
				    (*observation->percent || !*observation->value);
	observation->numerator = json_integer_value(numerator);
	observation->denominator = json_integer_value(denominator);
	observation->has_target = *observation->target || *observation->target_percent;
	observation->has_gap = json_is_integer(gap);
	observation->gap = json_integer_value(gap);
	observation->status = words_status(model_string(json, "status"));
	observation->rank = json_integer_value(json_object_get(json, "rank"));
	observation->tied = json_is_true(json_object_get(json, "tied"));
	observation->recast = json_is_true(json_object_get(json, "recast"));
	observation->disputed = json_is_object(json_object_get(json, "dispute"));
	observation->length = read_length(*observation->percent ? observation->percent
								: observation->value);
	observation->place = model_decimal(*observation->percent ? observation->percent
								 : observation->value);
	observation->target_length =
		read_length(*observation->target_percent ? observation->target_percent
							 : observation->target);
	if (*observation->percent && !*observation->target_percent)
		observation->target_length =
			NAN; /* a cell's target is on another scale */
	read_interval(observation, json);
	read_counts(observation, json_object_get(json, "counts"));
}

struct observation *observations_read(const json_t *array, const char *language,
				      size_t *count)
{
	struct observation *all;
	size_t i;

	*count = json_array_size(array);
	all = memory_zeroed(*count + 1, sizeof *all);
	for (i = 0; i < *count; i++)
		observation_read(&all[i], json_array_get(array, i), language);
	return all;
}

void observation_add_value(struct text *out, const struct observation *observation,
			   const char *language)
{
	if (*observation->percent)
		format_add_percent(out, language, observation->percent);
	else
		format_add_decimal(out, language, observation->value);
}

/* "78.000000" -> "78": the target of a rank is a whole number. */
static void add_whole(struct text *out, const char *digits, const char *language)
{
	struct text whole = { 0 };
	size_t length = strcspn(digits, ".");

	if (strspn(digits + length, ".0") != strlen(digits + length))
		length = strlen(digits);
	text_add_bytes(&whole, digits, length);
	format_add_decimal(out, language, text_string(&whole));
	text_free(&whole);
}

void observation_add_target(struct text *out, const struct observation *observation,
			    const char *language)
{
	if (!observation->has_target)
		return;
	if (strcmp(observation->direction, ">=") == 0)
		text_add(out, "≥ ");
	else if (strcmp(observation->direction, "<=") == 0)
		text_add(out, "≤ ");
	if (*observation->target_percent)
		format_add_percent(out, language, observation->target_percent);
	else
		add_whole(out, observation->target, language);
}

void observation_add_interval(struct text *out, const struct observation *observation,
			      const char *language)
{
	if (!observation->has_interval)
		return;
	format_add_decimal(out, language, observation->low);
	text_add(out, "–");
	format_add_percent(out, language, observation->high);
}

size_t observations_group_end(const struct observation *rows, size_t count, size_t i)
{
	size_t end = i + 1;

	if (rows[i].rank == 0 || rows[i].tie_group == 0)
		return end;
	while (end < count && rows[end].rank > 0 &&
	       rows[end].tie_group == rows[i].tie_group)
		end++;
	return end;
}

enum observations_groups observations_groups(const struct observation *rows, size_t count)
{
	size_t i, end, groups = 0, parts = 0;

	for (i = 0; i < count; i = end) {
		end = observations_group_end(rows, count, i);
		parts += rows[i].rank > 0;
		groups += end > i + 1;
	}
	if (groups == 0)
		return GROUPS_NONE;
	return parts == 1 ? GROUPS_ONE : GROUPS_SOME;
}

void observation_add_fraction(struct text *out, const struct observation *observation,
			      const char *language)
{
	if (!observation->has_fraction)
		return;
	format_add_integer(out, language, observation->numerator);
	text_add(out, " / ");
	format_add_integer(out, language, observation->denominator);
}
