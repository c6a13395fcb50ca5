/* printed.c -- is every figure of the model on the paper, as it is in the model? */
#include "reports/printed.h"

#include <stdlib.h>
#include <string.h>

#include "reports/format.h"

struct wanted {
	struct text parts[4];
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

static int check_all(const struct compliance *compliance, const struct text *record,
		     struct error *err)
{
	const json_t *ranking;
	size_t i;

	for (i = 0; i < compliance->targets_count; i++)
		if (check(&compliance->targets[i], compliance->targets[i].indicator_name,
			  compliance->language, record, err) != 0)
			return -1;
	/* The report of an agency has no table of the others. */
	if (*compliance->agency)
		return 0;
	json_array_foreach(json_object_get(compliance->model, "ranking"), i, ranking)
		if (check_ranking(compliance, ranking, record, err) != 0)
			return -1;
	return 0;
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
