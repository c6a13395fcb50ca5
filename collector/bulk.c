/* bulk.c -- dossiers on their way into the store. */
#include "collector/bulk.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "base/memory.h"
#include "collector/key_filter.h"
#include "collector/record_row.h"
#include "collector/rollup.h"
#include "collector/stage.h"

enum {
	CHUNK_SIZE = 10 * 1024 * 1024, /* two of them, and the importer is under 64 MB */
	CHUNK_ROWS = 48 * 1024,
	PLACES = 1 << 17, /* a power of two, more than twice as many */
	ROW_MAX = 2 * RECORD_SIZE_MAX,
	SEND_SIZE = 64 * 1024,
	WORTH_A_LOOK = 1000, /* records, from which on days are asked for first */
	ATTEMPTS = 3,
};

static const char KNOWN[] =
#include "sql/queries/intake_known.sql.inc"
	;
static const char KNOWN_KIN[] =
#include "sql/queries/intake_known_kin.sql.inc"
	;
static const char KIN[] =
#include "sql/queries/intake_kin.sql.inc"
	;
static const char DAYS[] =
#include "sql/queries/intake_days.sql.inc"
	;
static const char FIRST_LOAD[] =
#include "sql/queries/intake_first_load.sql.inc"
	;
static const char FIRST_LOADED[] =
#include "sql/queries/intake_first_loaded.sql.inc"
	;
static const char SETTLE_KNOWN[] =
#include "sql/queries/intake_settle_known.sql.inc"
	;

enum fate {
	FATE_NEW,      /* as far as we know */
	FATE_KNOWN,    /* stored before the batch */
	FATE_REPEATED, /* came before in the file, or can only join */
	FATE_NEWER,    /* a newer version of a new one before it in the chunk */
	FATE_ECHO,     /* says what such a one says at its turn, word for word */
};

/* A row lies in the chunk as two bytes for the number of its columns, its place, its
 * state and the batch: whole for the stage, from the state on for the table. */
struct entry {
	uint32_t state, end;
	int32_t agency_id, family, received_day, settled_id, ended_day;
	int64_t order;
	uint32_t first;   /* of a newer version or an echo: the first entry of its key */
	uint32_t current; /* of a first entry: the newest version, as far as we know */
	uint16_t counts, code_length, version;
	uint8_t is_followed; /* the merge must judge what comes behind it */
	uint8_t fate, kin_holds, is_asked, is_withdrawn;
};

struct chunk {
	struct copy_row rows;
	struct entry *entries;
	uint32_t *order;  /* of those thought to be new, by key */
	uint32_t *places; /* a hash table: of the first entry of each key, from 1 */
	size_t count, fresh;
};

struct destination {
	struct text copy; /* the COPY */
	struct text move; /* from where it was copied to its table; empty: it is there */
	int columns, has_place, has_version, has_replacer;
};

struct bulk {
	struct db *db;
	const struct record_type *type;
	const struct agency_register *agencies;
	unsigned char *kin_holds; /* by agency id: its kin held dossiers before */
	int32_t kin_limit;
	int64_t batch;
	struct destination dossier, corrected, history, stage, stage_known;
	struct key_filter *keys;
	struct chunk chunks[2], *filling;

	struct rollup *rollup;

	/* Of whoever sends: the thread, while there is one. */
	struct chunk *sent;
	unsigned char *buffer;
	uint32_t *list;
	struct bulk_counts counts;
	int is_begun;      /* a chunk was sent */
	int is_first_load; /* into an empty store; the table has no key until the end */
	int status;
	struct error err; /* with STATUS -1 */

	pthread_t sender;
	int is_sending;
};

/* ---- Filling ------------------------------------------------------------ */

static void list_columns(struct destination *destination, const struct record_type *type,
			 struct text *columns)
{
	if (destination->has_place)
		destination->columns = record_row_list_place(columns, type);
	destination->columns += record_row_list_state(columns, type) + 1 +
				destination->has_version + destination->has_replacer;
	text_addf(columns, ", batch_id%s%s", destination->has_version ? ", version" : "",
		  destination->has_replacer ? ", replaced_by" : "");
}

/* PostgreSQL copies nothing into a table with row-level security, except for roles above
 * it.  Where the collector is none of these, rows come by a table of the session. */
static void describe(struct destination *destination, const struct record_type *type,
		     const char *table, int is_guarded)
{
	struct text columns = { 0 };

	list_columns(destination, type, &columns);
	text_addf(&destination->copy, "COPY %s%s (%s) FROM STDIN (FORMAT binary)",
		  is_guarded ? "pg_temp.copied_" : "", table, text_string(&columns));
	if (is_guarded)
		text_addf(&destination->move,
			  "INSERT INTO %s (%s) SELECT %s FROM pg_temp.copied_%s; "
			  "TRUNCATE pg_temp.copied_%s",
			  table, text_string(&columns), text_string(&columns), table,
			  table);
	text_free(&columns);
}

static int find_guard(struct db *db, int *is_guarded, struct error *err)
{
	static const char tables[] =
		"CREATE TEMP TABLE IF NOT EXISTS copied_dossier (LIKE dossier INCLUDING "
		"DEFAULTS);"
		"CREATE TEMP TABLE IF NOT EXISTS copied_dossier_history (LIKE "
		"dossier_history INCLUDING DEFAULTS);"
		"TRUNCATE copied_dossier, copied_dossier_history";
	char *answer = NULL;
	int status = db_value_of(db, "SELECT row_security_active('dossier')", NULL, 0,
				 &answer, err);

	*is_guarded = answer && strcmp(answer, "t") == 0;
	free(answer);
	return status == 0 && *is_guarded ? db_script(db, tables, err) : status;
}

/* What other batches bring to the kin from now on, merge_verify() sees. */
static int load_kin(struct bulk *bulk, struct error *err)
{
	struct db_rows *rows = NULL;

	if (db_query(bulk->db, KIN, NULL, 0, &rows, err) != 0)
		return -1;
	for (size_t i = 0; i < db_rows_count(rows); i++) {
		int32_t id = atoi(db_cell(rows, i, 0));

		if (id >= bulk->kin_limit) {
			bulk->kin_holds =
				memory_resize(bulk->kin_holds, (size_t)id + 1, 1);
			memset(bulk->kin_holds + bulk->kin_limit, 0,
			       (size_t)(id + 1 - bulk->kin_limit));
			bulk->kin_limit = id + 1;
		}
		bulk->kin_holds[id] = 1;
	}
	db_rows_free(rows);
	return 0;
}

int bulk_begin(struct bulk **result, struct db *db, const char *batch,
	       const struct record_type *type, const struct agency_register *agencies,
	       struct error *err)
{
	struct bulk *bulk;
	int is_guarded;

	if (stage_create(db, type, err) != 0 || find_guard(db, &is_guarded, err) != 0)
		return -1;
	*result = bulk = memory_zeroed(1, sizeof *bulk);
	bulk->db = db;
	bulk->type = type;
	bulk->agencies = agencies;
	bulk->batch = strtoll(batch, NULL, 10);
	bulk->stage.has_place = bulk->stage_known.has_place = 1;
	bulk->corrected.has_version = bulk->history.has_version = 1;
	bulk->history.has_replacer = 1;
	describe(&bulk->dossier, type, "dossier", is_guarded);
	describe(&bulk->corrected, type, "dossier", is_guarded);
	describe(&bulk->history, type, "dossier_history", is_guarded);
	describe(&bulk->stage, type, "stage", 0);
	describe(&bulk->stage_known, type, "stage_known", 0);
	bulk->keys = key_filter_new();
	bulk->rollup = rollup_new();
	for (int i = 0; i < 2; i++) {
		bulk->chunks[i].rows.bytes = memory_take(CHUNK_SIZE + ROW_MAX);
		bulk->chunks[i].entries = memory_take(CHUNK_ROWS * sizeof(struct entry));
		bulk->chunks[i].order = memory_take(CHUNK_ROWS * sizeof(uint32_t));
		bulk->chunks[i].places = memory_zeroed(PLACES, sizeof(uint32_t));
	}
	bulk->filling = &bulk->chunks[0];
	bulk->buffer = memory_take(SEND_SIZE + ROW_MAX);
	bulk->list = memory_take(CHUNK_ROWS * sizeof *bulk->list);
	return load_kin(bulk, err);
}

void bulk_free(struct bulk *bulk)
{
	if (!bulk)
		return;
	if (bulk->is_sending)
		pthread_join(bulk->sender, NULL);
	for (int i = 0; i < 2; i++) {
		free(bulk->chunks[i].rows.bytes);
		free(bulk->chunks[i].entries);
		free(bulk->chunks[i].order);
		free(bulk->chunks[i].places);
	}
	text_free(&bulk->dossier.copy);
	text_free(&bulk->corrected.copy);
	text_free(&bulk->history.copy);
	text_free(&bulk->stage.copy);
	text_free(&bulk->stage_known.copy);
	text_free(&bulk->dossier.move);
	text_free(&bulk->corrected.move);
	text_free(&bulk->history.move);
	free(bulk->kin_holds);
	key_filter_free(bulk->keys);
	rollup_free(bulk->rollup);
	free(bulk->buffer);
	free(bulk->list);
	free(bulk);
}

static int is_full(const struct chunk *chunk)
{
	return chunk->count >= CHUNK_ROWS || chunk->rows.length >= CHUNK_SIZE;
}

static const char *code_of(const struct chunk *chunk, const struct entry *entry)
{
	return (const char *)chunk->rows.bytes + entry->state + RECORD_ROW_CODE;
}

/* The place of ENTRY's key in its family: that of the first entry of it, or a free one. */
static uint32_t *place_of(const struct chunk *chunk, const struct entry *entry)
{
	const char *code = code_of(chunk, entry);
	size_t at =
		XXH3_64bits_withSeed(code, entry->code_length, (uint32_t)entry->family);

	for (;; at++) {
		uint32_t *place = &chunk->places[at & (PLACES - 1)];
		const struct entry *other = chunk->entries + (*place ? *place - 1 : 0);

		if (!*place ||
		    (other->family == entry->family &&
		     other->code_length == entry->code_length &&
		     memcmp(code_of(chunk, other), code, entry->code_length) == 0))
			return place;
	}
}

static int says_the_same(const struct chunk *chunk, const struct entry *a,
			 const struct entry *b)
{
	const unsigned char *rows = chunk->rows.bytes;

	return a->end - a->state == b->end - b->state &&
	       memcmp(rows + a->state, rows + b->state, a->end - a->state) == 0;
}

/* What becomes of a record whose key may have come before; FIRST is the place of the
 * first of its key in the chunk (from 1), if one is there.  Senders repeat and correct
 * themselves at once more often than not: what follows a new one is settled here as long
 * as it says the same as the version before it, or a newer one.  Anything else, and all
 * that follows it, is for the merge. */
static enum fate fate_of_repeated(struct chunk *chunk, struct entry *entry,
				  uint32_t first, int must_join)
{
	struct entry *other, *current;

	if (!first)
		return FATE_REPEATED;
	other = &chunk->entries[first - 1];
	current = &chunk->entries[other->current];
	entry->first = first - 1;
	if (other->is_followed || other->fate != FATE_NEW)
		return FATE_REPEATED;
	if (says_the_same(chunk, current, entry))
		return FATE_ECHO;
	if (entry->agency_id == other->agency_id && entry->order > current->order &&
	    !must_join) {
		entry->version = (uint16_t)(current->version + 1);
		other->current = (uint32_t)(entry - chunk->entries);
		return FATE_NEWER;
	}
	other->is_followed = 1;
	return FATE_REPEATED;
}

static void add_entry(struct bulk *bulk, const struct typed_record *record)
{
	const struct typed_value *code = &record->values[DOSSIER_CODE];
	struct chunk *chunk = bulk->filling;
	struct entry *entry = &chunk->entries[chunk->count++];
	struct copy_row *rows = &chunk->rows;
	uint32_t *place;
	int came_before;

	rows->length += 2;
	record_row_put_place(rows, bulk->type, record);
	entry->state = (uint32_t)rows->length;
	record_row_put_state(rows, bulk->type, record);
	copy_put_integer(rows, bulk->batch, 8);
	entry->end = (uint32_t)rows->length;
	entry->agency_id = record->agency_id;
	entry->family = agency_register_family(bulk->agencies, record->agency_id);
	entry->received_day = record->received_day;
	entry->settled_id = record->settled_id;
	entry->ended_day = record->ended_day;
	entry->is_withdrawn = (uint8_t)record->is_withdrawn;
	entry->counts = rollup_counts_of(record);
	entry->code_length = (uint16_t)code->length;
	entry->kin_holds =
		record->agency_id < bulk->kin_limit && bulk->kin_holds[record->agency_id];
	entry->order = record->order;
	entry->current = (uint32_t)(entry - chunk->entries);
	entry->version = 1;
	entry->is_followed = 0;
	entry->fate = FATE_NEW;
	place = place_of(chunk, entry);
	/* One that can only join is remembered as well: what follows it must not be stored
	 * before its turn came. */
	came_before =
		key_filter_add(bulk->keys, entry->family, code->bytes, code->length);
	if (came_before || record->must_join)
		entry->fate = fate_of_repeated(chunk, entry, *place, record->must_join);
	if (!*place)
		*place = (uint32_t)chunk->count;
}

/* ---- Which are new? ------------------------------------------------------ */

/* Entries that are to be looked up, as two arrays of PostgreSQL. */
struct inquiry {
	struct text first, second;
	uint32_t *entries;
	size_t count;
};

static void inquiry_open(struct inquiry *inquiry, size_t most)
{
	*inquiry = (struct inquiry){ .entries = memory_take(most * sizeof(uint32_t)) };
	text_add_char(&inquiry->first, '{');
	text_add_char(&inquiry->second, '{');
}

static void inquiry_free(struct inquiry *inquiry)
{
	text_free(&inquiry->first);
	text_free(&inquiry->second);
	free(inquiry->entries);
}

static void inquiry_add(struct inquiry *inquiry, uint32_t entry, int32_t agency_id)
{
	inquiry->entries[inquiry->count++] = entry;
	if (inquiry->count > 1) {
		text_add_char(&inquiry->first, ',');
		text_add_char(&inquiry->second, ',');
	}
	text_addf(&inquiry->first, "%d", (int)agency_id);
}

static void inquiry_add_code(struct inquiry *inquiry, uint32_t entry,
			     const struct chunk *chunk)
{
	const struct entry *record = &chunk->entries[entry];
	const char *code = code_of(chunk, record);

	inquiry_add(inquiry, entry, record->agency_id);
	text_add_char(&inquiry->second, '"');
	for (int i = 0; i < record->code_length; i++) {
		if (code[i] == '"' || code[i] == '\\')
			text_add_char(&inquiry->second, '\\');
		text_add_char(&inquiry->second, code[i]);
	}
	text_add_char(&inquiry->second, '"');
}

/* Asks SQL, which answers with places in the arrays (from 1). */
static int inquiry_ask(struct inquiry *inquiry, struct db *db, const char *sql,
		       struct db_rows **rows, struct error *err)
{
	const char *params[2];

	*rows = NULL;
	if (inquiry->count == 0)
		return 0;
	text_add_char(&inquiry->first, '}');
	text_add_char(&inquiry->second, '}');
	params[0] = inquiry->first.data;
	params[1] = inquiry->second.data;
	return db_query(db, sql, params, 2, rows, err);
}

static uint32_t inquiry_answer(const struct inquiry *inquiry, const struct db_rows *rows,
			       size_t row)
{
	return inquiry->entries[strtoul(db_cell(rows, row, 0), NULL, 10) - 1];
}

/* Marks those of the inquiry that are stored. */
static int mark_known(struct inquiry *inquiry, struct bulk *bulk, struct chunk *chunk,
		      const char *sql, struct error *err)
{
	struct db_rows *rows;

	if (inquiry_ask(inquiry, bulk->db, sql, &rows, err) != 0)
		return -1;
	for (size_t i = 0; rows && i < db_rows_count(rows); i++)
		chunk->entries[inquiry_answer(inquiry, rows, i)].fate = FATE_KNOWN;
	db_rows_free(rows);
	return 0;
}

static int is_same_day(const struct entry *a, const struct entry *b)
{
	return a->agency_id == b->agency_id && a->received_day == b->received_day;
}

/* Marks as to be asked for those thought to be new whose agency holds dossiers of their
 * day; all of them where looking at the days would not pay.  Codes begin with the day more
 * often than not, so in the order of the keys those of a day stand together. */
static int mark_asked(struct bulk *bulk, struct chunk *chunk, struct error *err)
{
	struct inquiry days;
	struct db_rows *rows = NULL;
	struct entry *entry = NULL, *last;
	int status = 0, pays;

	inquiry_open(&days, chunk->fresh + 1);
	for (size_t i = 0; i < chunk->fresh; i++) {
		last = entry;
		entry = &chunk->entries[chunk->order[i]];
		if (last && is_same_day(last, entry))
			continue;
		inquiry_add(&days, (uint32_t)i, entry->agency_id);
		text_addf(&days.second, "%d", (int)entry->received_day);
	}
	pays = chunk->fresh >= WORTH_A_LOOK && days.count <= chunk->fresh / 4;
	for (size_t i = 0; i < chunk->fresh; i++)
		chunk->entries[chunk->order[i]].is_asked = (uint8_t)!pays;
	if (pays)
		status = inquiry_ask(&days, bulk->db, DAYS, &rows, err);
	for (size_t i = 0; rows && i < db_rows_count(rows); i++) {
		size_t at = inquiry_answer(&days, rows, i);

		last = &chunk->entries[chunk->order[at]];
		for (; at < chunk->fresh; at++) {
			entry = &chunk->entries[chunk->order[at]];
			if (!is_same_day(last, entry))
				break;
			entry->is_asked = 1;
		}
	}
	db_rows_free(rows);
	inquiry_free(&days);
	return status;
}

/* Finds out which of those that are thought to be new are stored.  ALL: without the
 * shortcut by days. */
static int find_known(struct bulk *bulk, struct chunk *chunk, int all, struct error *err)
{
	const uint32_t *entries = chunk->order;
	const size_t count = chunk->fresh;
	struct inquiry own, kin;
	int status = 0;

	if (!all && mark_asked(bulk, chunk, err) != 0)
		return -1;
	inquiry_open(&own, count + 1);
	inquiry_open(&kin, count + 1);
	for (size_t i = 0; i < count; i++) {
		const struct entry *entry = &chunk->entries[entries[i]];

		if (all || entry->is_asked)
			inquiry_add_code(&own, entries[i], chunk);
		if (entry->kin_holds)
			inquiry_add_code(&kin, entries[i], chunk);
	}
	if (mark_known(&own, bulk, chunk, KNOWN, err) != 0 ||
	    mark_known(&kin, bulk, chunk, KNOWN_KIN, err) != 0)
		status = -1;
	inquiry_free(&own);
	inquiry_free(&kin);
	return status;
}

/* ---- Sending ------------------------------------------------------------ */

static int compare_keys(const void *left, const void *right, void *context)
{
	const struct chunk *chunk = context;
	const struct entry *a = &chunk->entries[*(const uint32_t *)left];
	const struct entry *b = &chunk->entries[*(const uint32_t *)right];
	size_t shorter;
	int order;

	if (a->agency_id != b->agency_id)
		return a->agency_id < b->agency_id ? -1 : 1;
	shorter = a->code_length < b->code_length ? a->code_length : b->code_length;
	order = memcmp(code_of(chunk, a), code_of(chunk, b), shorter);
	return order ? order : (int)a->code_length - (int)b->code_length;
}

static void sort_fresh(struct chunk *chunk)
{
	chunk->fresh = 0;
	for (size_t i = 0; i < chunk->count; i++)
		if (chunk->entries[i].fate == FATE_NEW)
			chunk->order[chunk->fresh++] = (uint32_t)i;
	qsort_r(chunk->order, chunk->fresh, sizeof *chunk->order, compare_keys, chunk);
}

/* Drops those that turned out to be known. */
static void keep_fresh(struct chunk *chunk)
{
	size_t kept = 0;

	for (size_t i = 0; i < chunk->fresh; i++)
		if (chunk->entries[chunk->order[i]].fate == FATE_NEW)
			chunk->order[kept++] = chunk->order[i];
	chunk->fresh = kept;
}

/* Copies the first COUNT entries of bulk->list to DESTINATION. */
static int copy_listed(struct bulk *bulk, struct chunk *chunk, size_t count,
		       const struct destination *destination, struct error *err)
{
	struct copy_row out = { bulk->buffer, 0 };
	const size_t before = 2 + (destination->has_place ? RECORD_ROW_PLACE : 0);

	if (count == 0)
		return 0;
	if (db_copy_begin(bulk->db, destination->copy.data, err) != 0)
		return -1;
	copy_put_bytes(&out, COPY_HEADER, COPY_HEADER_SIZE);
	for (size_t i = 0; i < count; i++) {
		const struct entry *entry = &chunk->entries[bulk->list[i]];
		struct copy_row columns = { chunk->rows.bytes, entry->state - before };

		copy_put_number(&columns, (uint64_t)destination->columns, 2);
		copy_put_bytes(&out, chunk->rows.bytes + entry->state - before,
			       entry->end - entry->state + before);
		if (destination->has_version)
			copy_put_integer(&out, entry->version, 4);
		if (destination->has_replacer)
			copy_put_integer(&out, bulk->batch, 8);
		if (out.length < SEND_SIZE)
			continue;
		if (db_copy_put(bulk->db, (char *)out.bytes, out.length, err) != 0)
			return -1;
		out.length = 0;
	}
	copy_put_number(&out, 0xffff, 2);
	if (db_copy_put(bulk->db, (char *)out.bytes, out.length, err) != 0 ||
	    db_copy_end(bulk->db, err) != 0)
		return -1;
	return destination->move.length > 0
		       ? db_script(bulk->db, text_string(&destination->move), err)
		       : 0;
}

static int run(struct bulk *bulk, const char *sql, struct error *err)
{
	return db_query(bulk->db, sql, NULL, 0, NULL, err);
}

static int is_key_taken(const struct error *err)
{
	return strcmp(err->sqlstate, "23505") == 0;
}

/* The new ones that have no other version. */
static size_t list_single(struct bulk *bulk, const struct chunk *chunk)
{
	size_t count = 0;

	for (size_t i = 0; i < chunk->fresh; i++)
		if (chunk->entries[chunk->order[i]].current == chunk->order[i])
			bulk->list[count++] = chunk->order[i];
	return count;
}

/* The newest versions of those that have several. */
static size_t list_corrected(struct bulk *bulk, const struct chunk *chunk)
{
	size_t count = 0;

	for (size_t i = 0; i < chunk->fresh; i++) {
		uint32_t current = chunk->entries[chunk->order[i]].current;

		if (current != chunk->order[i])
			bulk->list[count++] = current;
	}
	return count;
}

/* The versions of new ones that were replaced, all in the chunk. */
static size_t list_replaced(struct bulk *bulk, const struct chunk *chunk)
{
	size_t count = 0;

	for (uint32_t i = 0; i < chunk->count; i++) {
		const struct entry *entry = &chunk->entries[i];
		const struct entry *first = entry;

		if (entry->fate == FATE_NEWER)
			first = &chunk->entries[entry->first];
		if (first->fate == FATE_NEW && first->current != i)
			bulk->list[count++] = i;
	}
	return count;
}

static int copy_fresh(struct bulk *bulk, struct chunk *chunk, struct error *err)
{
	if (copy_listed(bulk, chunk, list_single(bulk, chunk), &bulk->dossier, err) != 0)
		return -1;
	if (copy_listed(bulk, chunk, list_corrected(bulk, chunk), &bulk->corrected,
			err) != 0)
		return -1;
	return copy_listed(bulk, chunk, list_replaced(bulk, chunk), &bulk->history, err);
}

/* Copies the entries that are thought to be new into the table; 1 if the key refused
 * them and nothing was copied. */
static int try_fresh(struct bulk *bulk, struct chunk *chunk, struct error *err)
{
	struct error ignored;

	if (chunk->fresh == 0)
		return 0;
	if (run(bulk, "SAVEPOINT chunk", err) != 0)
		return -1;
	if (copy_fresh(bulk, chunk, err) == 0)
		return run(bulk, "RELEASE SAVEPOINT chunk", err);
	if (!is_key_taken(err) || run(bulk, "ROLLBACK TO SAVEPOINT chunk", &ignored) != 0)
		return -1;
	return 1;
}

static int send_fresh(struct bulk *bulk, struct chunk *chunk, struct error *err)
{
	int status = 1;

	if (bulk->is_first_load) {
		bulk->counts.accepted += chunk->fresh;
		return copy_fresh(bulk, chunk, err);
	}
	for (int attempt = 0; attempt < ATTEMPTS && status == 1; attempt++) {
		if (find_known(bulk, chunk, attempt > 0, err) != 0)
			return -1;
		keep_fresh(chunk);
		status = try_fresh(bulk, chunk, err);
	}
	bulk->counts.accepted += chunk->fresh;
	return status == 0 ? 0 : -1;
}

static size_t list_fate(struct bulk *bulk, const struct chunk *chunk, enum fate fate)
{
	size_t count = 0;

	for (uint32_t i = 0; i < chunk->count; i++)
		if (chunk->entries[i].fate == fate)
			bulk->list[count++] = i;
	return count;
}

static int send_known(struct bulk *bulk, struct chunk *chunk, struct error *err)
{
	size_t count = list_fate(bulk, chunk, FATE_KNOWN);
	char *duplicate = NULL;

	if (count == 0)
		return 0;
	if (copy_listed(bulk, chunk, count, &bulk->stage_known, err) != 0 ||
	    db_value_of(bulk->db, SETTLE_KNOWN, NULL, 0, &duplicate, err) != 0)
		return -1;
	bulk->counts.duplicate += strtoull(duplicate, NULL, 10);
	free(duplicate);
	return 0;
}

/* What follows a new one is settled with it; what follows one that turned out to be
 * known is a repeat like any. */
static void settle_followers(struct bulk *bulk, struct chunk *chunk)
{
	for (size_t i = 0; i < chunk->count; i++) {
		struct entry *entry = &chunk->entries[i];

		if (entry->fate != FATE_ECHO && entry->fate != FATE_NEWER)
			continue;
		if (chunk->entries[entry->first].fate != FATE_NEW)
			entry->fate = FATE_REPEATED;
		else if (entry->fate == FATE_ECHO)
			bulk->counts.duplicate++;
		else
			bulk->counts.corrected++;
	}
}

static int send_repeated(struct bulk *bulk, struct chunk *chunk, struct error *err)
{
	settle_followers(bulk, chunk);
	return copy_listed(bulk, chunk, list_fate(bulk, chunk, FATE_REPEATED),
			   &bulk->stage, err);
}

/* A file is worth it that fills its first chunk. */
static int try_first_load(struct bulk *bulk, const struct chunk *chunk, struct error *err)
{
	char *answer = NULL;

	if (bulk->is_begun || !is_full(chunk))
		return 0;
	if (db_value_of(bulk->db, FIRST_LOAD, NULL, 0, &answer, err) != 0)
		return -1;
	bulk->is_first_load = answer && *answer == 't';
	free(answer);
	return 0;
}

static void *send(void *context)
{
	struct bulk *bulk = context;
	struct chunk *chunk = bulk->sent;

	bulk->status = try_first_load(bulk, chunk, &bulk->err) != 0 ||
				       send_fresh(bulk, chunk, &bulk->err) != 0 ||
				       send_known(bulk, chunk, &bulk->err) != 0 ||
				       send_repeated(bulk, chunk, &bulk->err) != 0
			       ? -1
			       : 0;
	bulk->is_begun = 1;
	return NULL;
}

/* ---- Two chunks in turn -------------------------------------------------- */

/* Waits for the sender, if it is at work. */
static int join(struct bulk *bulk, struct error *err)
{
	if (bulk->is_sending)
		pthread_join(bulk->sender, NULL);
	bulk->is_sending = 0;
	if (bulk->status != 0)
		*err = bulk->err;
	return bulk->status;
}

static struct rollup_addition addition_of(const struct chunk *chunk,
					  const struct entry *entry)
{
	const char *procedure = code_of(chunk, entry) + entry->code_length + 4;
	const unsigned char *length = (const unsigned char *)procedure - 4;

	return (struct rollup_addition){
		entry->agency_id,    entry->received_day,
		entry->settled_id,   entry->ended_day,
		entry->is_withdrawn, entry->counts,
		procedure,           (size_t)length[2] << 8 | length[3],
	};
}

/* Sums up what was new in a chunk that was sent, and empties it. */
static int sum_up(struct bulk *bulk, struct chunk *chunk, struct error *err)
{
	for (size_t i = 0; i < chunk->fresh; i++) {
		const struct entry *first = &chunk->entries[chunk->order[i]];
		const struct rollup_addition addition =
			addition_of(chunk, &chunk->entries[first->current]);

		rollup_add(bulk->rollup, &addition);
		if (rollup_is_full(bulk->rollup) &&
		    (join(bulk, err) != 0 ||
		     rollup_send(bulk->rollup, bulk->db, err) != 0))
			return -1;
	}
	chunk->count = chunk->fresh = chunk->rows.length = 0;
	memset(chunk->places, 0, PLACES * sizeof *chunk->places);
	return 0;
}

/* Hands the filled chunk to the sender; meanwhile the other is summed up. */
static int turn(struct bulk *bulk, struct error *err)
{
	struct chunk *filled = bulk->filling;

	sort_fresh(filled);
	if (join(bulk, err) != 0)
		return -1;
	bulk->sent = filled;
	bulk->filling = filled == bulk->chunks ? bulk->chunks + 1 : bulk->chunks;
	bulk->is_sending = pthread_create(&bulk->sender, NULL, send, bulk) == 0;
	if (!bulk->is_sending) /* no thread to be had: then one after the other */
		send(bulk);
	return sum_up(bulk, bulk->filling, err);
}

int bulk_put(struct bulk *bulk, const struct typed_record *record, struct error *err)
{
	add_entry(bulk, record);
	return is_full(bulk->filling) ? turn(bulk, err) : 0;
}

int bulk_end(struct bulk *bulk, struct bulk_counts *counts, struct error *err)
{
	if (turn(bulk, err) != 0 || join(bulk, err) != 0 ||
	    (bulk->is_first_load && run(bulk, FIRST_LOADED, err) != 0) ||
	    sum_up(bulk, bulk->sent, err) != 0 ||
	    rollup_send(bulk->rollup, bulk->db, err) != 0)
		return -1;
	*counts = bulk->counts;
	return 0;
}
