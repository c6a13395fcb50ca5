/* stage.c -- checked records on their way into the temporary table `stage`. */
#include "collector/stage.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Big enough for any record behind a buffer that is not worth sending yet. */
enum { SEND_SIZE = 64 * 1024, BUFFER_SIZE = SEND_SIZE + 2 * RECORD_SIZE_MAX };

struct stage {
	struct db *db;
	const struct record_type *type;
	int columns, events;
	unsigned char *buffer;
	size_t length;
};

/* ---- PostgreSQL's binary forms: big-endian, the length first ------------- */

static void put_bytes(struct stage *stage, const void *bytes, size_t length)
{
	memcpy(stage->buffer + stage->length, bytes, length);
	stage->length += length;
}

static void put_number(struct stage *stage, uint64_t value, int bytes)
{
	for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
		stage->buffer[stage->length++] = (unsigned char)(value >> shift);
}

static void put_integer(struct stage *stage, int64_t value, int bytes)
{
	put_number(stage, (uint64_t)bytes, 4);
	put_number(stage, (uint64_t)value, bytes);
}

static void put_null(struct stage *stage)
{
	put_number(stage, 0xffffffff, 4);
}

static void put_value(struct stage *stage, const struct record_field *field,
		      const struct typed_value *value)
{
	if (!value->given) {
		put_null(stage);
	} else if (field->bytes) {
		put_integer(stage, value->number, field->bytes);
	} else {
		put_number(stage, value->length, 4);
		put_bytes(stage, value->bytes, value->length);
	}
}

static void put_string(struct stage *stage, const char *value)
{
	if (!value) {
		put_null(stage);
		return;
	}
	put_number(stage, strlen(value), 4);
	put_bytes(stage, value, strlen(value));
}

/* ---- Columns ------------------------------------------------------------ */

static int is_stored(const struct record_field *field)
{
	return field->kind != VALUE_AGENCY && strcmp(field->name, "updated_at") != 0;
}

static int has_agency(const struct record_type *type)
{
	return record_type_field(type, "agency", 6) >= 0;
}

/* In the order in which put_record() writes. */
static int list_columns(struct text *list, const struct record_type *type, int events)
{
	int count = 3;

	text_add(list, "line, updated_given, updated_at");
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
		text_add(list, ", must_join, version_order, received_day, resolved_day, "
			       "settled_id, level4");
		count += 6;
	} else if (type->kind == RECORD_COUNT) {
		text_add(list, ", first_day, end_day");
		count += 2;
	}
	if (events) {
		text_add(list, ", event_source, event_id");
		count += 2;
	}
	return count;
}

static void put_record(struct stage *stage, const struct typed_record *record)
{
	const struct record_type *type = stage->type;

	put_number(stage, (uint64_t)stage->columns, 2);
	put_integer(stage, (int64_t)record->line, 8);
	put_integer(stage, record->updated_given, 1);
	put_integer(stage, record->updated_at, 8);
	if (has_agency(type))
		put_integer(stage, record->agency_id, 4);
	for (int i = 0; type->fields[i].name; i++)
		if (is_stored(&type->fields[i]))
			put_value(stage, &type->fields[i], &record->values[i]);
	if (type->kind == RECORD_DOSSIER) {
		put_integer(stage, record->must_join, 1);
		put_integer(stage, record->order, 8);
		put_integer(stage, record->received_day, 4);
		if (record->values[DOSSIER_RESOLVED_AT].given)
			put_integer(stage, record->resolved_day, 4);
		else
			put_null(stage);
		if (record->is_resolved)
			put_integer(stage, record->settled_id, 4);
		else
			put_null(stage);
		put_integer(stage, record->level4, 1);
	} else if (type->kind == RECORD_COUNT) {
		put_integer(stage, record->first_day, 4);
		put_integer(stage, record->end_day, 4);
	}
	if (stage->events) {
		put_string(stage, record->event_source);
		put_string(stage, record->event_id);
	}
}

/* ---- The COPY ----------------------------------------------------------- */

int stage_begin(struct stage **result, struct db *db, const struct record_type *type,
		int events, struct error *err)
{
	static const char HEADER[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
	const char *const params[] = { type->name };
	struct stage *stage = memory_zeroed(1, sizeof *stage);
	struct text sql = { 0 };
	int status = -1;

	stage->db = db;
	stage->type = type;
	stage->buffer = memory_take(BUFFER_SIZE);
	text_add(&sql, "COPY stage (");
	stage->events = events;
	stage->columns = list_columns(&sql, type, events);
	text_add(&sql, ") FROM STDIN (FORMAT binary)");
	if (db_query(db, "SELECT intake_stage($1)", params, 1, NULL, err) != 0 ||
	    (events &&
	     db_query(db, "SELECT intake_stage_events()", NULL, 0, NULL, err)) ||
	    db_copy_begin(db, text_string(&sql), err) != 0)
		goto done;
	put_bytes(stage, HEADER, 19);
	*result = stage;
	status = 0;
done:
	text_free(&sql);
	if (status != 0)
		stage_free(stage);
	return status;
}

static int send(struct stage *stage, struct error *err)
{
	size_t length = stage->length;

	stage->length = 0;
	return db_copy_put(stage->db, (const char *)stage->buffer, length, err);
}

int stage_put(struct stage *stage, const struct typed_record *record, struct error *err)
{
	put_record(stage, record);
	return stage->length < SEND_SIZE ? 0 : send(stage, err);
}

int stage_end(struct stage *stage, struct error *err)
{
	put_number(stage, 0xffff, 2);
	if (send(stage, err) != 0)
		return -1;
	return db_copy_end(stage->db, err);
}

void stage_free(struct stage *stage)
{
	if (!stage)
		return;
	free(stage->buffer);
	free(stage);
}
