/* printed.c -- is every figure of the model on the paper, as it is in the model? */
#include "reports/printed.h"

#include <stdlib.h>
#include <string.h>

#include "reports/format.h"
#include "reports/model.h"

struct wanted {
	struct text parts[6];
	size_t count;
};

static struct text *next_part(struct wanted *wanted)
{
	return &wanted->parts[wanted->count++];
}

static void free_wanted(struct wanted *wanted)
{
	for (size_t i = 0; i < wanted->count; i++)
		text_free(&wanted->parts[i]);
}

/* Lines are broken at spaces, and words too long for a line anywhere: spaces say nothing. */
static void add_without_spaces(struct text *out, const char *string)
{
	for (; *string; string++)
		if (*string != ' ')
			text_add_char(out, *string);
}

static bool has(const char *line, size_t length, const struct text *part)
{
	return memmem(line, length, text_string(part), part->length) != NULL;
}

static bool is_there(const struct wanted *wanted, const struct text *record)
{
	const char *line = text_string(record), *end;

	for (; *line; line = end + (*end == '\n')) {
		size_t found = 0;

		end = line + strcspn(line, "\n");
		while (found < wanted->count &&
		       has(line, (size_t)(end - line), &wanted->parts[found]))
			found++;
		if (found == wanted->count)
			return true;
	}
	return false;
}

/* A row of a table: the name of what is measured, the value, and of what it is made. */
static int check(const struct observation *row, const char *name, const char *language,
		 const struct text *record, struct error *err)
{
	struct wanted wanted = { 0 };
	int status = 0;

	add_without_spaces(next_part(&wanted), name);
	observation_add_value(next_part(&wanted), row, language);
	if (wanted.parts[1].length == 0)
		text_add(&wanted.parts[1], "–");
	if (row->has_fraction) {
		format_add_integer(next_part(&wanted), language, row->numerator);
		format_add_integer(next_part(&wanted), language, row->denominator);
	}
	if (!is_there(&wanted, record))
		status = error_set(err, ERROR_INTERNAL,
				   "the report does not print %s of %s as it is: %s",
				   row->indicator, row->agency,
				   text_string(&wanted.parts[1]));
	free_wanted(&wanted);
	return status;
}

static int check_ranking(const struct compliance *compliance, const json_t *ranking,
			 const struct text *record, struct error *err)
{
	size_t count;
	struct observation *rows = observations_read(json_object_get(ranking, "rows"),
						     compliance->language, &count);
	int status = 0;

	for (size_t i = 0; i < count && status == 0; i++)
		status = check(&rows[i], rows[i].agency_name, compliance->language,
			       record, err);
	free(rows);
	return status;
}

/* A change since publication: whose, of what, both fractions. */
static int check_change(const json_t *change, const char *language,
			const struct text *record, struct error *err)
{
	static const char *const names[] = { "agency_name", "indicator_name" };
	static const char *const numbers[] = { "old_numerator", "old_denominator",
					       "new_numerator", "new_denominator" };
	struct wanted wanted = { 0 };
	int status = 0;

	for (size_t i = 0; i < 2; i++)
		add_without_spaces(next_part(&wanted),
				   model_words(change, names[i], language));
	for (size_t i = 0; i < 4; i++)
		if (json_is_integer(json_object_get(change, numbers[i])))
			format_add_integer(next_part(&wanted), language,
					   model_integer(change, numbers[i]));
	if (!is_there(&wanted, record))
		status = error_set(err, ERROR_INTERNAL,
				   "the report does not print the change of %s of %s",
				   model_string(change, "indicator"),
				   model_string(change, "agency"));
	free_wanted(&wanted);
	return status;
}

static int check_each(const struct compliance *compliance, const char *part,
		      const struct text *record, struct error *err)
{
	const json_t *ranking;
	size_t i;

	json_array_foreach(json_object_get(compliance->model, part), i, ranking)
		if (check_ranking(compliance, ranking, record, err) != 0)
			return -1;
	return 0;
}

static int check_all(const struct compliance *compliance, const struct text *record,
		     struct error *err)
{
	const json_t *change;
	size_t i;

	for (i = 0; i < compliance->targets_count; i++)
		if (check(&compliance->targets[i], compliance->targets[i].indicator_name,
			  compliance->language, record, err) != 0)
			return -1;
	json_array_foreach(json_object_get(compliance->model, "ledger"), i, change)
		if (check_change(change, compliance->language, record, err) != 0)
			return -1;
	if (check_each(compliance, "groups", record, err) != 0)
		return -1;
	/* The report of an agency has no table of the others. */
	return *compliance->agency ? 0 : check_each(compliance, "ranking", record, err);
}

int printed_check(const struct compliance *compliance, const struct text *record,
		  struct error *err)
{
	struct text bare = { 0 };
	int status;

	add_without_spaces(&bare, text_string(record));
	status = check_all(compliance, &bare, err);
	text_free(&bare);
	return status;
}

/* ---- Sentences ----------------------------------------------------------- */

/* All percentages of the model as they are printed, with a bar between two. */
static void add_known(struct text *known, const json_t *value, const char *name,
		      const char *language)
{
	size_t length = strlen(name), i;
	const char *key;
	json_t *member;

	if (json_is_string(value) && length >= strlen("percent") &&
	    strcmp(name + length - strlen("percent"), "percent") == 0) {
		text_add_char(known, '|');
		format_add_percent(known, language, json_string_value(value));
		text_add_char(known, '|');
	}
	json_object_foreach((json_t *)value, key, member)
		add_known(known, member, key, language);
	json_array_foreach(value, i, member)
		add_known(known, member, name, language);
}

/* From its first digit to the sign at END, or "": a percentage with decimals, which are those
 * of figures; a target and the mark of an axis have none. */
static void add_percentage(struct text *out, const char *line, const char *end)
{
	const char *at = end;

	while (at > line && strchr("0123456789.,", at[-1]))
		at--;
	if (end - at > 3 && strchr(".,", end[-3])) {
		text_add_char(out, '|');
		text_add_bytes(out, at, (size_t)(end - at + 1));
		text_add_char(out, '|');
	}
}

int printed_known(const struct compliance *compliance, const struct text *record,
		  struct error *err)
{
	struct text known = { 0 }, found = { 0 };
	const char *line = text_string(record);
	int status = 0;

	add_known(&known, compliance->model, "", compliance->language);
	for (const char *at = line; status == 0 && (at = strchr(at, '%')) != NULL; at++) {
		text_clear(&found);
		add_percentage(&found, line, at);
		if (!strstr(text_string(&known), text_string(&found)))
			status = error_set(err, ERROR_INTERNAL,
					   "the report prints %s, which no figure is",
					   text_string(&found));
	}
	text_free(&known);
	text_free(&found);
	return status;
}
