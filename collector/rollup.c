/* rollup.c -- what new dossiers add to the totals, summed before it is sent. */
#include "collector/rollup.h"

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "base/memory.h"
#include "collector/copy_row.h"
#include "collector/parse_value.h"

enum {
	CELLS = 1 << 15, /* a power of two */
	FULL = CELLS / 4 * 3,
	PROCEDURES = 1 << 13, /* a power of two */
	NAMES_SIZE = 256 * 1024,
	ROW_MAX = 2 + 4 * 8 + 256 + ROLLUP_COUNTS * 8,
	SEND_SIZE = 64 * 1024,
};

/* In place of a procedure: what was withdrawn on the day, counted as if received. */
#define WITHDRAWN UINT32_MAX

/* Of an agency and a day; or, with a procedure, of the half month that begins on DAY. */
struct cell {
	int32_t agency_id, day;
	uint32_t procedure; /* 0: none; WITHDRAWN; else its place among the names */
	uint32_t is_used;
	uint32_t counts[ROLLUP_COUNTS];
};

struct name {
	uint32_t at, length; /* in the names; length 0: free */
};

struct rollup {
	struct cell *cells;
	size_t used;
	struct name *procedures;
	size_t procedure_count;
	char *names;
	size_t names_length;
};

struct rollup *rollup_new(void)
{
	struct rollup *rollup = memory_zeroed(1, sizeof *rollup);

	rollup->cells = memory_zeroed(CELLS, sizeof *rollup->cells);
	rollup->procedures = memory_zeroed(PROCEDURES, sizeof *rollup->procedures);
	rollup->names = memory_take(NAMES_SIZE);
	return rollup;
}

void rollup_free(struct rollup *rollup)
{
	if (!rollup)
		return;
	free(rollup->cells);
	free(rollup->procedures);
	free(rollup->names);
	free(rollup);
}

static int is_choice(const struct typed_value *value, int number)
{
	return value->given && value->number == number;
}

static unsigned bit(int is_so, enum rollup_count count)
{
	return is_so ? 1u << count : 0;
}

uint16_t rollup_counts_of(const struct typed_record *record)
{
	const struct typed_value *values = record->values;
	const struct typed_value *due = &values[DOSSIER_DUE_AT];
	const struct typed_value *filed_by = &values[DOSSIER_FILED_BY];
	const struct typed_value *score = &values[DOSSIER_SATISFACTION];
	int online = values[DOSSIER_CHANNEL].number == CHANNEL_ONLINE;
	unsigned counts = 0;

	if (values[DOSSIER_STATUS].number != STATUS_VOID)
		counts |= bit(1, ROLLUP_RECEIVED) | bit(online, ROLLUP_RECEIVED_ONLINE);
	if (!record->is_resolved)
		return (uint16_t)counts;
	return (uint16_t)(counts | bit(1, ROLLUP_RESOLVED) |
			  bit(online, ROLLUP_RESOLVED_ONLINE) |
			  bit(record->level4, ROLLUP_LEVEL4_ONLINE) |
			  bit(due->given, ROLLUP_DUE_KNOWN) |
			  bit(due->given &&
				      values[DOSSIER_RESOLVED_AT].number <= due->number,
			      ROLLUP_ON_TIME) |
			  bit(values[DOSSIER_ONE_STOP].given, ROLLUP_ONE_STOP_KNOWN) |
			  bit(is_choice(&values[DOSSIER_ONE_STOP], 1), ROLLUP_ONE_STOP) |
			  bit(values[DOSSIER_PAID_ONLINE].given, ROLLUP_PAID_KNOWN) |
			  bit(is_choice(&values[DOSSIER_PAID_ONLINE], 1),
			      ROLLUP_PAID_ONLINE) |
			  bit(online && filed_by->given, ROLLUP_FILED_BY_KNOWN) |
			  bit(online && filed_by->given &&
				      filed_by->number != FILED_BY_SELF,
			      ROLLUP_ASSISTED) |
			  bit(score->given, ROLLUP_SCORED) |
			  bit(score->given && score->number >= 4, ROLLUP_SATISFIED));
}

/* ---- Summing ------------------------------------------------------------ */

/* The number of a procedure, from 1. */
static uint32_t number_of(struct rollup *rollup, const char *procedure, size_t length)
{
	size_t at = XXH3_64bits(procedure, length);
	struct name *name;

	for (;; at++) {
		name = &rollup->procedures[at & (PROCEDURES - 1)];
		if (name->length == 0)
			break;
		if (name->length == length &&
		    memcmp(rollup->names + name->at, procedure, length) == 0)
			return (uint32_t)(at & (PROCEDURES - 1)) + 1;
	}
	*name = (struct name){ (uint32_t)rollup->names_length, (uint32_t)length };
	memcpy(rollup->names + rollup->names_length, procedure, length);
	rollup->names_length += length;
	rollup->procedure_count++;
	return (uint32_t)(at & (PROCEDURES - 1)) + 1;
}

static void add_to_cell(struct rollup *rollup, int32_t agency_id, int32_t day,
			uint32_t procedure, unsigned counts)
{
	const uint32_t key[3] = { (uint32_t)agency_id, (uint32_t)day, procedure };
	size_t at = XXH3_64bits(key, sizeof key);
	struct cell *cell = &rollup->cells[at & (CELLS - 1)];

	while (cell->is_used && (cell->agency_id != agency_id || cell->day != day ||
				 cell->procedure != procedure))
		cell = &rollup->cells[++at & (CELLS - 1)];
	if (!cell->is_used) {
		cell->agency_id = agency_id;
		cell->day = day;
		cell->procedure = procedure;
		cell->is_used = 1;
		rollup->used++;
	}
	for (; counts; counts &= counts - 1)
		cell->counts[__builtin_ctz(counts)]++;
}

static void add_part(struct rollup *rollup, int32_t agency_id, int32_t day,
		     uint32_t procedure, unsigned counts)
{
	if (!counts)
		return;
	add_to_cell(rollup, agency_id, day, 0, counts);
	add_to_cell(rollup, agency_id, half_month_of(day), procedure, counts);
}

void rollup_add(struct rollup *rollup, const struct rollup_addition *addition)
{
	const unsigned by_receipt = addition->counts & ((1u << ROLLUP_BY_RECEIPT) - 1);
	uint32_t procedure =
		number_of(rollup, addition->procedure, addition->procedure_length);

	add_part(rollup, addition->agency_id, addition->received_day, procedure,
		 by_receipt);
	add_part(rollup, addition->settled_id, addition->ended_day, procedure,
		 addition->counts & ~by_receipt);
	if (addition->is_withdrawn)
		add_to_cell(rollup, addition->agency_id, addition->ended_day, WITHDRAWN,
			    by_receipt);
}

int rollup_is_full(const struct rollup *rollup)
{
	return rollup->used >= FULL || rollup->procedure_count >= PROCEDURES / 2 ||
	       rollup->names_length >= NAMES_SIZE - 1024;
}

/* ---- Sending ------------------------------------------------------------ */

static void put_cell(struct copy_row *row, const struct rollup *rollup,
		     const struct cell *cell)
{
	copy_put_number(row, 4 + ROLLUP_COUNTS, 2);
	copy_put_integer(row, cell->agency_id, 4);
	if (cell->procedure == WITHDRAWN) {
		copy_put_integer(row, cell->day, 4);
		copy_put_null(row);
		copy_put_integer(row, half_month_of(cell->day), 4);
	} else if (cell->procedure) {
		const struct name *name = &rollup->procedures[cell->procedure - 1];

		copy_put_null(row);
		copy_put_text(row, rollup->names + name->at, name->length);
		copy_put_integer(row, cell->day, 4);
	} else {
		copy_put_integer(row, cell->day, 4);
		copy_put_null(row);
		copy_put_null(row);
	}
	for (int i = 0; i < ROLLUP_COUNTS; i++)
		copy_put_integer(row, cell->counts[i], 4);
}

static int put(struct copy_row *row, struct db *db, struct error *err)
{
	size_t length = row->length;

	row->length = 0;
	return db_copy_put(db, (const char *)row->bytes, length, err);
}

int rollup_send(struct rollup *rollup, struct db *db, struct error *err)
{
	struct copy_row row = { memory_take(SEND_SIZE + ROW_MAX), 0 };
	int status = -1;

	if (db_copy_begin(db, "COPY rollup_change FROM STDIN (FORMAT binary)", err) != 0)
		goto done;
	copy_put_bytes(&row, COPY_HEADER, COPY_HEADER_SIZE);
	for (size_t i = 0; i < CELLS; i++) {
		if (!rollup->cells[i].is_used)
			continue;
		put_cell(&row, rollup, &rollup->cells[i]);
		if (row.length >= SEND_SIZE && put(&row, db, err) != 0)
			goto done;
	}
	copy_put_number(&row, 0xffff, 2);
	if (put(&row, db, err) != 0 || db_copy_end(db, err) != 0)
		goto done;
	memset(rollup->cells, 0, CELLS * sizeof *rollup->cells);
	memset(rollup->procedures, 0, PROCEDURES * sizeof *rollup->procedures);
	rollup->used = rollup->procedure_count = rollup->names_length = 0;
	status = 0;
done:
	free(row.bytes);
	return status;
}
