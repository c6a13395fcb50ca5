/* recurrence.h -- when a schedule runs: an RFC 5545 rule in a zone, moved off the days
 * nobody works.  Pure: no clock, no database.
 *
 * The rule counts local days and times of the zone.  A time that a change of the clocks
 * skips is taken with the offset before it (02:30 becomes 03:30), one that comes twice
 * is the first of the two (RFC 5545, 3.3.5). */
#ifndef DELIVERY_RECURRENCE_H
#define DELIVERY_RECURRENCE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum recurrence_shift { SHIFT_NONE, SHIFT_NEXT, SHIFT_PREVIOUS };

/* Strings and days are borrowed. */
struct recurrence {
	const char *rule; /* "FREQ=MONTHLY;BYMONTHDAY=25" */
	const char
		*start; /* "2026-01-31T08:00:00", local: where the rule is counted from */
	const char *zone;            /* "Asia/Ho_Chi_Minh" */
	enum recurrence_shift shift; /* of a run on a Saturday, a Sunday or a day off */
	const long *days_off;        /* day numbers (base/period.h) */
	size_t days_off_count;
};

struct recurrence_run {
	int64_t at; /* seconds since 1970 */
	long day;   /* the local day of the rule, before it was moved */
};

/* ERROR_INVALID for an unknown zone, a misshapen start or rule, one that runs more often
 * than daily, one of another calendar. */
int recurrence_check(const struct recurrence *recurrence, struct error *err);

int recurrence_knows_zone(const char *name);

/* The first runs after AFTER, at most MOST of them, oldest first.  Runs that were moved
 * onto one moment are one: the last of them. */
int recurrence_next(const struct recurrence *recurrence, int64_t after,
		    struct recurrence_run *runs, size_t most, size_t *count,
		    struct error *err);

/* What a rule reports on where nobody says: "day", "week", "month", "quarter", "half" or
 * "year".  The rule is one that recurrence_check() took. */
const char *recurrence_covers(const char *rule);

/* SHIFT by its name (none, next, previous); -1: there is no such. */
int recurrence_shift_find(const char *name, enum recurrence_shift *shift);

#endif
