/* habit.c -- is a batch of dossiers like what its agencies sent before? */
#include "collector/habit.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "collector/rollup.h"

static const char WARNINGS[] =
#include "sql/queries/intake_warnings.sql.inc"
	;

struct sent {
	uint64_t counts[ROLLUP_COUNTS];
};

struct habit {
	struct sent *sent; /* by agency id */
	int32_t limit;
};

struct habit *habit_new(void)
{
	return memory_zeroed(1, sizeof(struct habit));
}

void habit_free(struct habit *habit)
{
	if (!habit)
		return;
	free(habit->sent);
	free(habit);
}

static void add(struct habit *habit, int32_t agency_id, unsigned counts)
{
	if (!counts)
		return;
	if (agency_id >= habit->limit) {
		int32_t limit = agency_id * 2 + 64;

		habit->sent =
			memory_resize(habit->sent, (size_t)limit, sizeof *habit->sent);
		memset(habit->sent + habit->limit, 0,
		       (size_t)(limit - habit->limit) * sizeof *habit->sent);
		habit->limit = limit;
	}
	for (; counts; counts &= counts - 1)
		habit->sent[agency_id].counts[__builtin_ctz(counts)]++;
}

void habit_note(struct habit *habit, const struct typed_record *record)
{
	const unsigned counts = rollup_counts_of(record);
	const unsigned by_receipt = counts & ((1u << ROLLUP_BY_RECEIPT) - 1);

	add(habit, record->agency_id, by_receipt);
	add(habit, record->settled_id, counts & ~by_receipt);
}

static int is_empty(const struct sent *sent)
{
	return !sent->counts[ROLLUP_RECEIVED] && !sent->counts[ROLLUP_RESOLVED];
}

/* An array for each parameter of the query. */
static void list_sent(const struct habit *habit, struct text lists[10])
{
	static const enum rollup_count columns[9] = {
		ROLLUP_RECEIVED,        ROLLUP_RECEIVED_ONLINE, ROLLUP_RESOLVED,
		ROLLUP_RESOLVED_ONLINE, ROLLUP_ONE_STOP_KNOWN,  ROLLUP_DUE_KNOWN,
		ROLLUP_SCORED,          ROLLUP_PAID_KNOWN,      ROLLUP_FILED_BY_KNOWN,
	};

	for (int32_t id = 0; id < habit->limit; id++) {
		const struct sent *sent = &habit->sent[id];

		if (is_empty(sent))
			continue;
		text_addf(&lists[0], "%c%d", lists[0].length ? ',' : '{', (int)id);
		for (int i = 0; i < 9; i++)
			text_addf(&lists[i + 1], "%c%llu",
				  lists[i + 1].length ? ',' : '{',
				  (unsigned long long)sent->counts[columns[i]]);
	}
	for (int i = 0; i < 10; i++)
		text_add(&lists[i], lists[i].length ? "}" : "{}");
}

int habit_warn(const struct habit *habit, struct db *db, struct receipt *receipt,
	       enum message_language language, struct error *err)
{
	struct text lists[10] = { 0 }, message = { 0 };
	const char *params[10];
	struct db_rows *rows = NULL;
	int status;

	list_sent(habit, lists);
	for (int i = 0; i < 10; i++)
		params[i] = lists[i].data;
	status = db_query(db, WARNINGS, params, 10, &rows, err);
	for (size_t i = 0; status == 0 && i < db_rows_count(rows); i++) {
		const char *code = db_value(rows, i, "code");
		struct message_parts parts = { db_value(rows, i, "field"),
					       db_value(rows, i, "value"),
					       db_value(rows, i, "detail") };

		text_clear(&message);
		message_add(&message, language, code, &parts);
		receipt_add_warning(receipt, code, db_value(rows, i, "agency"),
				    parts.field, text_string(&message));
	}
	db_rows_free(rows);
	text_free(&message);
	for (int i = 0; i < 10; i++)
		text_free(&lists[i]);
	return status;
}
