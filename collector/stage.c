/* stage.c -- checked records on their way into the temporary table `stage`. */
#include "collector/stage.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "collector/record_row.h"

/* Big enough for any record behind a buffer that is not worth sending yet. */
enum { SEND_SIZE = 64 * 1024, BUFFER_SIZE = SEND_SIZE + 2 * RECORD_SIZE_MAX };

struct stage {
	struct db *db;
	const struct record_type *type;
	int columns; /* 0: the COPY has not begun */
	int events;
	struct copy_row row;
};

static void put_string(struct copy_row *row, const char *value)
{
	if (value)
		copy_put_text(row, value, strlen(value));
	else
		copy_put_null(row);
}

static void put_record(struct stage *stage, const struct typed_record *record)
{
	struct copy_row *row = &stage->row;

	copy_put_number(row, (uint64_t)stage->columns, 2);
	record_row_put_place(row, stage->type, record);
	record_row_put_state(row, stage->type, record);
	if (stage->events) {
		put_string(row, record->event_source);
		put_string(row, record->event_id);
	}
}

int stage_create(struct db *db, const struct record_type *type, struct error *err)
{
	const char *const params[] = { type->name };

	return db_query(db, "SELECT intake_stage($1)", params, 1, NULL, err);
}

int stage_begin(struct stage **result, struct db *db, const struct record_type *type,
		int events, struct error *err)
{
	struct stage *stage;

	if (stage_create(db, type, err) != 0 ||
	    (events && db_query(db, "SELECT intake_stage_events()", NULL, 0, NULL, err)))
		return -1;
	*result = stage = memory_zeroed(1, sizeof *stage);
	stage->db = db;
	stage->type = type;
	stage->events = events;
	stage->row.bytes = memory_take(BUFFER_SIZE);
	return 0;
}

static int begin_copy(struct stage *stage, struct error *err)
{
	struct text sql = { 0 };
	int status;

	text_add(&sql, "COPY stage (");
	stage->columns = record_row_list_place(&sql, stage->type) +
			 record_row_list_state(&sql, stage->type);
	if (stage->events) {
		text_add(&sql, ", event_source, event_id");
		stage->columns += 2;
	}
	text_add(&sql, ") FROM STDIN (FORMAT binary)");
	status = db_copy_begin(stage->db, text_string(&sql), err);
	copy_put_bytes(&stage->row, COPY_HEADER, COPY_HEADER_SIZE);
	text_free(&sql);
	return status;
}

static int send(struct stage *stage, struct error *err)
{
	size_t length = stage->row.length;

	stage->row.length = 0;
	return db_copy_put(stage->db, (const char *)stage->row.bytes, length, err);
}

int stage_put(struct stage *stage, const struct typed_record *record, struct error *err)
{
	if (!stage->columns && begin_copy(stage, err) != 0)
		return -1;
	put_record(stage, record);
	return stage->row.length < SEND_SIZE ? 0 : send(stage, err);
}

int stage_end(struct stage *stage, struct error *err)
{
	if (!stage->columns)
		return 0;
	copy_put_number(&stage->row, 0xffff, 2);
	if (send(stage, err) != 0)
		return -1;
	return db_copy_end(stage->db, err);
}

void stage_free(struct stage *stage)
{
	if (!stage)
		return;
	free(stage->row.bytes);
	free(stage);
}
