/* mapping.c -- from an agency's columns and styles to our fields. */
#include "collector/mapping.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* The styles are known once the first record is there. */
static int has_styles(struct mapping *mapping)
{
	for (int i = 0; !mapping->is_settled && i < RECORD_FIELDS_MAX; i++)
		mapping->has_styles |= mapping->styles[i] != STYLE_NONE;
	mapping->is_settled = 1;
	return mapping->has_styles;
}

static void refuse(struct mapping *mapping, const char *code, const char *column,
		   const struct field_text *value)
{
	struct raw_record *record = &mapping->record;

	if (record->refusal)
		return;
	record->refusal = code;
	record->refused_field = column;
	record->refused_value = *value;
	record->detail = text_string(&mapping->detail);
}

/* ---- One value ---------------------------------------------------------- */

static const struct profile_code *find_code(const struct profile_code *codes,
					    const struct field_text *value)
{
	for (; codes->from; codes++)
		if (strlen(codes->from) == value->length &&
		    memcmp(codes->from, value->bytes, value->length) == 0)
			return codes;
	return NULL;
}

static void list_codes(struct text *out, const struct profile_code *codes)
{
	text_clear(out);
	for (int i = 0; codes[i].from; i++)
		text_addf(out, "%s%s", i ? ", " : "", codes[i].from);
}

/* 1: the record is none of ours. */
static int apply_codes(struct mapping *mapping, const char *column,
		       const struct profile_code *codes, struct field_text *value)
{
	const struct profile_code *code = find_code(codes, value);

	if (!code) {
		list_codes(&mapping->detail, codes);
		refuse(mapping, "bad_code", column, value);
		return 0;
	}
	if (!code->to)
		return 1;
	*value = *code->to ? (struct field_text){ code->to, strlen(code->to), FIELD_TEXT }
			   : (struct field_text){ 0 };
	return 0;
}

static void apply_style(struct mapping *mapping, const char *column, enum style style,
			int buffer, struct field_text *value)
{
	struct text *out = &mapping->buffers[buffer];

	text_clear(out);
	if (style_apply(style, value->bytes, value->length, out) != 0) {
		text_clear(&mapping->detail);
		text_add(&mapping->detail, style_name(style));
		refuse(mapping, "bad_style", column, value);
		return;
	}
	*value = (struct field_text){ text_string(out), out->length, FIELD_TEXT };
}

/* JSON's true and false are codes by their names. */
static struct field_text as_text(struct field_text value)
{
	if (value.form == FIELD_TRUE)
		return (struct field_text){ "true", 4, FIELD_TEXT };
	if (value.form == FIELD_FALSE)
		return (struct field_text){ "false", 5, FIELD_TEXT };
	return value;
}

/* ---- One record --------------------------------------------------------- */

/* 1: the record is none of ours. */
static int map_column(struct mapping *mapping, const struct raw_record *raw, int index)
{
	const struct profile_column *column = &mapping->profile->columns[index];
	const char *name = mapping->profile->fields[index].name;
	enum style style =
		mapping->styles[index] ? mapping->styles[index] : column->style;
	struct field_text value = raw->fields[index];

	/* Of several columns for one field the first that says anything counts. */
	if (column->field < 0 || value.form == FIELD_ABSENT || !value.bytes ||
	    mapping->record.fields[column->field].form != FIELD_ABSENT)
		return 0;
	if (column->codes) {
		value = as_text(value);
		if (apply_codes(mapping, name, column->codes, &value))
			return 1;
	} else if (style) {
		apply_style(mapping, name, style, index, &value);
	}
	mapping->record.fields[column->field] = value;
	return 0;
}

static const struct raw_record *apply_profile(struct mapping *mapping,
					      const struct raw_record *raw)
{
	const struct profile *profile = mapping->profile;

	memset(mapping->record.fields, 0, sizeof mapping->record.fields);
	if (raw->refusal)
		return &mapping->record;
	for (int i = 0; profile->fields[i].name; i++)
		if (map_column(mapping, raw, i)) {
			mapping->dropped++;
			return NULL;
		}
	for (int i = 0; i < profile->constant_count; i++) {
		const struct profile_constant *constant = &profile->constants[i];
		struct field_text *field = &mapping->record.fields[constant->field];

		if (field->form == FIELD_ABSENT)
			*field = (struct field_text){ constant->value,
						      strlen(constant->value),
						      FIELD_TEXT };
	}
	return &mapping->record;
}

const struct raw_record *mapping_apply(struct mapping *mapping,
				       const struct raw_record *raw)
{
	const int styled = !mapping->profile && has_styles(mapping);

	if (!mapping->profile && (!styled || raw->refusal))
		return raw;
	mapping->record = *raw;
	if (mapping->profile)
		return apply_profile(mapping, raw);
	for (int i = 0; i < RECORD_FIELDS_MAX; i++) {
		struct field_text *value = &mapping->record.fields[i];

		if (mapping->styles[i] && value->form != FIELD_ABSENT && value->bytes)
			apply_style(mapping, NULL, mapping->styles[i], i, value);
	}
	return &mapping->record;
}

/* ---- What may be kept ---------------------------------------------------- */

/* The field of SOURCE behind a column of the header, or NULL: unknown or personal. */
static const struct field_text *keepable(const struct mapping *mapping,
					 const struct raw_record *raw, const char *name,
					 size_t length)
{
	const struct profile *profile = mapping->profile;
	int index;

	style_of_header(name, &length);
	index = record_type_field(&profile->source, name, length);
	if (index < 0 || profile->columns[index].is_personal)
		return NULL;
	return &raw->fields[index];
}

/* The cells in the order of the header; those that are personal, empty. */
static void print_cells(struct mapping *mapping, const struct raw_record *raw,
			const char *header, char delimiter)
{
	const char separator[] = { delimiter, '\0' };

	for (const char *at = header;; at++) {
		size_t length = strcspn(at, separator);
		const struct field_text *field;
		const char *name = at;
		size_t size = length;

		if (size >= 2 && *name == '"' && name[size - 1] == '"') {
			name++;
			size -= 2;
		}
		field = keepable(mapping, raw, name, size);
		if (field && field->bytes) {
			char *value = memory_copy_bytes(field->bytes, field->length);

			if (strchr(value, delimiter) && delimiter != ',')
				text_addf(&mapping->source, "\"%s\"", value);
			else
				text_add_csv(&mapping->source, value);
			free(value);
		}
		at += length;
		if (!*at)
			break;
		text_add_char(&mapping->source, delimiter);
	}
}

static void print_object(struct mapping *mapping, const struct raw_record *raw)
{
	const struct profile *profile = mapping->profile;
	int count = 0;

	text_add_char(&mapping->source, '{');
	for (int i = 0; profile->fields[i].name; i++) {
		const struct field_text *field = &raw->fields[i];
		char *value;

		if (profile->columns[i].is_personal || !field->bytes)
			continue;
		text_add(&mapping->source, count++ ? ", " : "");
		text_add_json(&mapping->source, profile->fields[i].name);
		text_add(&mapping->source, ": ");
		value = memory_copy_bytes(field->bytes, field->length);
		text_add_json(&mapping->source, value);
		free(value);
	}
	text_add_char(&mapping->source, '}');
}

void mapping_strip(struct mapping *mapping, const struct raw_record *raw,
		   const char *header, char delimiter, const char **source,
		   size_t *length)
{
	*source = raw->source;
	*length = raw->source_length;
	if (!mapping->profile || !mapping->profile->has_personal)
		return;
	text_clear(&mapping->source);
	/* A record whose columns cannot be told apart may hold anything anywhere. */
	if (raw->refusal)
		text_add(&mapping->source, "");
	else if (*header)
		print_cells(mapping, raw, header, delimiter);
	else
		print_object(mapping, raw);
	*source = text_string(&mapping->source);
	*length = mapping->source.length;
}

void mapping_free(struct mapping *mapping)
{
	for (int i = 0; i < RECORD_FIELDS_MAX; i++)
		text_free(&mapping->buffers[i]);
	text_free(&mapping->detail);
	text_free(&mapping->source);
}
