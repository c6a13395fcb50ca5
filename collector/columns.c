/* columns.c -- which column of a table is which field. */
#include "collector/columns.h"

#include <string.h>

void columns_begin(struct columns *columns, const struct decoding *decoding)
{
	columns_free(columns);
	*columns = (struct columns){ .decoding = decoding };
}

void columns_free(struct columns *columns)
{
	text_free(&columns->unknown);
	text_free(&columns->repeated);
}

static void add_name(struct text *list, const char *name, size_t length)
{
	if (list->length)
		text_add(list, ", ");
	text_add_bytes(list, name, length > 80 ? 80 : length);
}

/* The field in "words [field]", or -1. */
static int field_in_brackets(const struct record_type *type, const char *name,
			     size_t length)
{
	const char *open =
		length > 0 && name[length - 1] == ']' ? memrchr(name, '[', length) : NULL;

	return open ? record_type_field(type, open + 1,
					length - (size_t)(open - name) - 2)
		    : -1;
}

static size_t without_blanks(const char *name, size_t length)
{
	while (length > 0 && (name[length - 1] == ' ' || name[length - 1] == '\t'))
		length--;
	return length;
}

static int find_field(const struct columns *columns, const char *name, size_t length)
{
	const struct decoding *decoding = columns->decoding;
	enum style style = decoding->styles ? style_of_header(name, &length) : STYLE_NONE;
	int field = record_type_field(decoding->type, name, length);

	if (field >= 0 && style)
		decoding->styles[field] = style;
	return field >= 0 ? field : field_in_brackets(decoding->type, name, length);
}

void columns_add(struct columns *columns, const char *name, size_t length)
{
	int field;

	while (length > 0 && (*name == ' ' || *name == '\t')) {
		name++;
		length--;
	}
	length = without_blanks(name, length);
	if (columns->count == COLUMNS_MAX) {
		columns->too_many = 1;
		return;
	}
	field = find_field(columns, name, length);
	if (field < 0 && length > 0 && name[length - 1] == '*') /* a required one */
		field = find_field(columns, name, without_blanks(name, length - 1));
	if (field < 0) {
		if (length < 5 || memcmp(name, "nq17_", 5) != 0)
			add_name(&columns->unknown, length ? name : "\"\"",
				 length ? length : 2);
		field = COLUMN_IGNORED;
	} else if (columns->seen[field]++) {
		add_name(&columns->repeated, name, length);
	}
	columns->field[columns->count++] = field;
}

static int is_missing(const struct columns *columns, int field)
{
	const struct record_field *row = &columns->decoding->type->fields[field];

	return row->required && !columns->seen[field] &&
	       !(row->kind == VALUE_AGENCY && columns->decoding->agency_given);
}

int columns_are_complete(const struct columns *columns)
{
	for (int i = 0; columns->decoding->type->fields[i].name; i++)
		if (is_missing(columns, i))
			return 0;
	return 1;
}

int columns_check(const struct columns *columns, struct error *err)
{
	struct file_refusal *refusal = columns->decoding->refusal;
	const struct record_field *fields = columns->decoding->type->fields;
	struct text missing = { 0 };
	int status = 0;

	for (int i = 0; fields[i].name; i++)
		if (is_missing(columns, i))
			add_name(&missing, fields[i].name, strlen(fields[i].name));
	if (columns->too_many)
		status = file_refuse(refusal, err, "file_unknown_columns",
				     "257, 258, ...");
	else if (columns->unknown.length)
		status = file_refuse(refusal, err, "file_unknown_columns",
				     columns->unknown.data);
	else if (columns->repeated.length)
		status = file_refuse(refusal, err, "file_repeated_columns",
				     columns->repeated.data);
	else if (missing.length)
		status = file_refuse(refusal, err, "file_missing_columns", missing.data);
	text_free(&missing);
	return status;
}
