/* profile.c -- mapping profiles, from the store and from their JSON. */
#include "collector/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/memory.h"

static const char LOAD[] =
#include "sql/queries/profile_load.sql.inc"
	;

static const char IGNORED[] = "ignored", PERSONAL[] = "personal";

static void free_codes(struct profile_code *codes)
{
	for (struct profile_code *code = codes; code && code->from; code++) {
		free(code->from);
		free(code->to);
	}
	free(codes);
}

void profile_free(struct profile *profile)
{
	if (!profile)
		return;
	for (int i = 0; i < RECORD_FIELDS_MAX; i++) {
		free((char *)profile->fields[i].name);
		free_codes(profile->columns[i].codes);
		free(profile->constants[i].value);
	}
	free(profile);
}

/* ---- Reading a definition ------------------------------------------------ */

static int wrong(struct error *err, const char *where, const char *what)
{
	return error_set(err, ERROR_INVALID, "%s: %s", where, what);
}

static int find_field(const struct profile *profile, const char *where, const char *name,
		      int *field, struct error *err)
{
	*field = name ? record_type_field(profile->type, name, strlen(name)) : -1;
	if (*field >= 0)
		return 0;
	return error_set(err, ERROR_INVALID, "%s: a %s has no field \"%s\"", where,
			 profile->type->name, name ? name : "");
}

static int read_codes(struct profile_column *column, const char *where,
		      const json_t *object, struct error *err)
{
	const char *from;
	const json_t *to;
	size_t count = 0;

	if (!json_is_object(object))
		return wrong(err, where, "\"map\" is no object");
	column->codes =
		memory_zeroed(json_object_size(object) + 1, sizeof *column->codes);
	json_object_foreach((json_t *)object, from, to) {
		if (!json_is_string(to) && !json_is_null(to))
			return wrong(
				err, where,
				"a code maps to a text, or to null to drop the record");
		column->codes[count].from = memory_copy(from);
		if (json_is_string(to))
			column->codes[count].to = memory_copy(json_string_value(to));
		count++;
	}
	return 0;
}

/* An object with "field", and "map" or "style" where the values need it. */
static int read_mapped(struct profile *profile, struct profile_column *column,
		       const char *name, const json_t *object, struct error *err)
{
	const json_t *map = json_object_get(object, "map"), *value;
	const char *style = json_string_value(json_object_get(object, "style")), *key;

	json_object_foreach((json_t *)object, key, value) {
		if (strcmp(key, "field") != 0 && strcmp(key, "map") != 0 &&
		    strcmp(key, "style") != 0)
			return error_set(err, ERROR_INVALID, "%s: unknown member \"%s\"",
					 name, key);
	}
	if (find_field(profile, name, json_string_value(json_object_get(object, "field")),
		       &column->field, err) != 0)
		return -1;
	if (style && !(column->style = style_find(style, strlen(style))))
		return wrong(err, name, "there is no such style");
	return map ? read_codes(column, name, map, err) : 0;
}

static int read_column(struct profile *profile, int index, const char *name,
		       const json_t *value, struct error *err)
{
	struct profile_column *column = &profile->columns[index];
	const char *word = json_string_value(value);

	profile->fields[index] =
		(struct record_field){ .name = memory_copy(name), .kind = VALUE_TEXT };
	column->field = -1;
	if (json_is_object(value))
		return read_mapped(profile, column, name, value, err);
	if (!word)
		return wrong(
			err, name,
			"a column is an object, a field, \"ignored\" or \"personal\"");
	column->is_personal = strcmp(word, PERSONAL) == 0;
	profile->has_personal |= column->is_personal;
	if (column->is_personal || strcmp(word, IGNORED) == 0)
		return 0;
	return find_field(profile, name, word, &column->field, err);
}

static int read_columns(struct profile *profile, const json_t *columns, struct error *err)
{
	const char *name;
	const json_t *value;
	int count = 0;

	if (!json_is_object(columns) || json_object_size(columns) == 0)
		return error_set(err, ERROR_INVALID,
				 "\"columns\" is no object of columns");
	if (json_object_size(columns) > RECORD_FIELDS_MAX)
		return error_set(err, ERROR_INVALID, "more than %d columns",
				 RECORD_FIELDS_MAX);
	json_object_foreach((json_t *)columns, name, value) {
		if (read_column(profile, count++, name, value, err) != 0)
			return -1;
	}
	return 0;
}

static int read_constants(struct profile *profile, const json_t *constants,
			  struct error *err)
{
	const char *name;
	const json_t *value;

	json_object_foreach((json_t *)constants, name, value) {
		struct profile_constant *constant =
			&profile->constants[profile->constant_count];

		if (!json_is_string(value))
			return wrong(err, name, "a constant is a text");
		if (profile->constant_count == RECORD_FIELDS_MAX)
			return wrong(err, name, "too many constants");
		if (find_field(profile, name, name, &constant->field, err) != 0)
			return -1;
		constant->value = memory_copy(json_string_value(value));
		profile->constant_count++;
	}
	return 0;
}

static int columns_of(const struct profile *profile, int field)
{
	int count = 0;

	for (int i = 0; profile->fields[i].name; i++)
		count += profile->columns[i].field == field;
	return count;
}

static int is_constant(const struct profile *profile, int field)
{
	for (int i = 0; i < profile->constant_count; i++)
		if (profile->constants[i].field == field)
			return 1;
	return 0;
}

/* A required field comes from somewhere.  A column that is its only source is required
 * itself, so that a file without it is refused by its header. */
static int check_required(struct profile *profile, struct error *err)
{
	const struct record_field *ours = profile->type->fields;

	for (int field = 0; ours[field].name; field++) {
		int count = columns_of(profile, field);

		if (!ours[field].required || is_constant(profile, field))
			continue;
		if (count == 0 && ours[field].kind != VALUE_AGENCY)
			return error_set(err, ERROR_INVALID,
					 "no column for the required field %s",
					 ours[field].name);
		for (int i = 0; count == 1 && profile->fields[i].name; i++)
			if (profile->columns[i].field == field) {
				profile->fields[i].required = 1;
				profile->fields[i].kind = ours[field].kind;
			}
	}
	return 0;
}

int profile_read(struct profile **result, const char *name, const char *definition,
		 struct error *err)
{
	struct profile *profile = memory_zeroed(1, sizeof *profile);
	json_error_t why;
	json_t *root = json_loads(definition, JSON_REJECT_DUPLICATES, &why);
	const char *type = json_string_value(json_object_get(root, "type"));
	int status = -1;

	snprintf(profile->name, sizeof profile->name, "%s", name);
	profile->type = type ? record_type_find(type) : NULL;
	if (!root)
		error_set(err, ERROR_INVALID, "line %d: %s", why.line, why.text);
	else if (!profile->type)
		error_set(err, ERROR_INVALID, "\"type\" names no record type");
	else
		status = read_columns(profile, json_object_get(root, "columns"), err);
	if (status == 0)
		status = read_constants(profile, json_object_get(root, "constants"), err);
	if (status == 0)
		status = check_required(profile, err);
	json_decref(root);
	if (status != 0) {
		profile_free(profile);
		return error_context(err, "profile %s", name);
	}
	profile->source =
		(struct record_type){ profile->type->name, profile->type->kind,
				      profile->fields, profile->type->key, NULL };
	*result = profile;
	return 0;
}

int profile_load(struct profile **profile, struct db *db, const char *name, int drafts,
		 struct error *err)
{
	const char *const params[] = { name, drafts ? "t" : "f" };
	struct db_rows *rows = NULL;
	int status = db_query(db, LOAD, params, 2, &rows, err);

	if (status == 0 && db_rows_count(rows) == 0)
		status = error_set(err, ERROR_NOT_FOUND, "no profile \"%s\" is in use",
				   name);
	if (status == 0)
		status =
			profile_read(profile, name, db_value(rows, 0, "definition"), err);
	if (status == 0)
		(*profile)->version = atoi(db_value(rows, 0, "version"));
	db_rows_free(rows);
	return status;
}
