/* table.c -- a part of a JSON model line by line, and as CSV. */
#include "web/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

enum { DEPTH = 8 };

struct table_line {
	const json_t *around[DEPTH]; /* outermost first */
	size_t depth;
};

/* ---- Lines -------------------------------------------------------------- */

const json_t *table_value(const struct table_line *line, const char *name)
{
	const char *dot = strchr(name, '.');
	char *first = dot ? memory_copy_bytes(name, (size_t)(dot - name)) : NULL;
	const json_t *found = NULL;

	for (size_t i = line->depth; i > 0 && !found; i--)
		found = json_object_get(line->around[i - 1], first ? first : name);
	/* What a page says once, of all that is on it. */
	if (!found)
		found = json_object_get(json_object_get(line->around[0], "frame"),
					first ? first : name);
	if (dot)
		found = json_object_get(found, dot + 1);
	free(first);
	return found;
}

const json_t *table_own_value(const struct table_line *line, const char *name)
{
	return json_object_get(line->around[line->depth - 1], name);
}

struct walk {
	struct table_line line;
	void (*take)(void *context, const struct table_line *line);
	void *context;
};

/* ROWS ends at its first blank. */
static void walk_lines(struct walk *walk, const char *rows)
{
	struct table_line *line = &walk->line;
	size_t length = strcspn(rows, ". ");
	const json_t *value = NULL;
	char name[64];

	if (length >= sizeof name || line->depth == DEPTH)
		BUG("rows %s", rows);
	memcpy(name, rows, length);
	name[length] = '\0';
	value = json_object_get(line->around[line->depth - 1], name);
	line->depth++;
	for (size_t i = 0; i < (json_is_array(value) ? json_array_size(value) : 1); i++) {
		line->around[line->depth - 1] =
			json_is_array(value) ? json_array_get(value, i) : value;
		if (!value || json_is_null(value))
			break;
		if (rows[length] == '.')
			walk_lines(walk, rows + length + 1);
		else
			walk->take(walk->context, line);
	}
	line->depth--;
}

void table_walk(const json_t *model, const char *rows,
		void (*take)(void *context, const struct table_line *line), void *context)
{
	struct walk walk = { .line = { .around = { model }, .depth = 1 },
			     .take = take,
			     .context = context };

	while (*rows) {
		walk_lines(&walk, rows);
		rows += strcspn(rows, " ");
		rows += strspn(rows, " ");
	}
}

/* ---- CSV ---------------------------------------------------------------- */

static void add_cell(struct text *out, const json_t *value)
{
	if (json_is_string(value))
		text_add_csv_cell(out, json_string_value(value));
	else if (json_is_integer(value))
		text_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_boolean(value))
		text_add(out, json_is_true(value) ? "true" : "false");
	else if (json_is_real(value))
		BUG("models carry decimals as text");
}

struct csv {
	struct text *out;
	const char *columns;
};

static void add_line(void *context, const struct table_line *line)
{
	const struct csv *csv = context;
	const char *columns = csv->columns;

	while (*columns) {
		size_t length = strcspn(columns, ",");
		char name[64];

		if (length >= sizeof name)
			BUG("column %s", columns);
		memcpy(name, columns, length);
		name[length] = '\0';
		add_cell(csv->out, table_value(line, name));
		columns += length;
		if (*columns) {
			text_add_char(csv->out, ',');
			columns++;
		}
	}
	text_add(csv->out, "\r\n");
}

void table_add_csv(struct text *out, const json_t *model, const char *rows,
		   const char *columns)
{
	struct csv csv = { out, columns };

	text_add(out, "\xEF\xBB\xBF");
	text_add(out, columns);
	text_add(out, "\r\n");
	table_walk(model, rows, add_line, &csv);
}
