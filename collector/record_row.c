/* record_row.c -- a checked record as a row for COPY. */
#include "collector/record_row.h"

#include <string.h>

static void put_value(struct copy_row *row, const struct record_field *field,
		      const struct typed_value *value)
{
	if (!value->given)
		copy_put_null(row);
	else if (field->bytes)
		copy_put_integer(row, value->number, field->bytes);
	else
		copy_put_text(row, value->bytes, value->length);
}

static int is_stored(const struct record_field *field)
{
	return field->kind != VALUE_AGENCY && !(field->traits & TRAIT_VERSION);
}

static int has_agency(const struct record_type *type)
{
	return record_type_field(type, "agency", 6) >= 0;
}

int record_row_list_state(struct text *list, const struct record_type *type)
{
	int count = 2;

	text_add(list, "updated_given, updated_at");
	if (has_agency(type)) {
		text_add(list, ", agency_id");
		count++;
	}
	for (const struct record_field *field = type->fields; field->name; field++)
		if (is_stored(field)) {
			text_addf(list, ", %s", field->column);
			count++;
		}
	if (type->kind == RECORD_DOSSIER) {
		text_add(list, ", received_day, resolved_day, settled_id, level4");
		count += 4;
	} else if (type->kind == RECORD_COUNT) {
		text_add(list, ", first_day, end_day");
		count += 2;
	}
	return count;
}

void record_row_put_state(struct copy_row *row, const struct record_type *type,
			  const struct typed_record *record)
{
	copy_put_integer(row, record->updated_given, 1);
	copy_put_integer(row, record->updated_at, 8);
	if (has_agency(type))
		copy_put_integer(row, record->agency_id, 4);
	for (int i = 0; type->fields[i].name; i++)
		if (is_stored(&type->fields[i]))
			put_value(row, &type->fields[i], &record->values[i]);
	if (type->kind == RECORD_DOSSIER) {
		copy_put_integer(row, record->received_day, 4);
		if (record->values[DOSSIER_RESOLVED_AT].given)
			copy_put_integer(row, record->resolved_day, 4);
		else
			copy_put_null(row);
		if (record->is_resolved)
			copy_put_integer(row, record->settled_id, 4);
		else
			copy_put_null(row);
		copy_put_integer(row, record->level4, 1);
	} else if (type->kind == RECORD_COUNT) {
		copy_put_integer(row, record->first_day, 4);
		copy_put_integer(row, record->end_day, 4);
	}
}

int record_row_list_place(struct text *list, const struct record_type *type)
{
	text_add(list, "line, ");
	if (type->kind != RECORD_DOSSIER)
		return 1;
	text_add(list, "must_join, version_order, ");
	return 3;
}

void record_row_put_place(struct copy_row *row, const struct record_type *type,
			  const struct typed_record *record)
{
	copy_put_integer(row, (int64_t)record->line, 8);
	if (type->kind != RECORD_DOSSIER)
		return;
	copy_put_integer(row, record->must_join, 1);
	copy_put_integer(row, record->order, 8);
}
