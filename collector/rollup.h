/* rollup.h -- what new dossiers add to the totals, summed before it is sent.
 *
 * The second place that says what a dossier adds; the first is rollup_gather() in
 * sql/functions/rollup.sql, and `nq17 audit` holds both against the records. */
#ifndef COLLECTOR_ROLLUP_H
#define COLLECTOR_ROLLUP_H

#include <stdint.h>

#include "base/db.h"
#include "collector/check.h"

/* In the order of the columns of rollup_change: one bit each of what a dossier adds. */
enum rollup_count {
	ROLLUP_RECEIVED,
	ROLLUP_RECEIVED_ONLINE,
	ROLLUP_RESOLVED,
	ROLLUP_RESOLVED_ONLINE,
	ROLLUP_LEVEL4_ONLINE,
	ROLLUP_DUE_KNOWN,
	ROLLUP_ON_TIME,
	ROLLUP_ONE_STOP_KNOWN,
	ROLLUP_ONE_STOP,
	ROLLUP_PAID_KNOWN,
	ROLLUP_PAID_ONLINE,
	ROLLUP_FILED_BY_KNOWN,
	ROLLUP_ASSISTED,
	ROLLUP_SCORED,
	ROLLUP_SATISFIED,
	ROLLUP_COUNTS
};

/* Those below count by the receiving row and the day of receipt, the others by the row
 * the dossier counts for and the day it was settled. */
enum { ROLLUP_BY_RECEIPT = ROLLUP_RESOLVED };

uint16_t rollup_counts_of(const struct typed_record *record);

struct rollup_addition {
	int32_t agency_id, received_day;
	int32_t settled_id, ended_day; /* where it counts as settled */
	int is_withdrawn;              /* then by AGENCY_ID and ENDED_DAY */
	uint16_t counts;
	const char *procedure;
	size_t procedure_length;
};

struct rollup;

struct rollup *rollup_new(void);
void rollup_free(struct rollup *rollup);
void rollup_add(struct rollup *rollup, const struct rollup_addition *addition);
/* Is it time to send what was summed?  It holds at most some megabytes. */
int rollup_is_full(const struct rollup *rollup);
/* Copies the sums into the temporary table rollup_change and forgets them. */
int rollup_send(struct rollup *rollup, struct db *db, struct error *err);

#endif
