/* runs.h -- the runs of a stored schedule: its rule with the days off of the store. */
#ifndef DELIVERY_RUNS_H
#define DELIVERY_RUNS_H

#include "base/db.h"
#include "base/text.h"
#include "delivery/recurrence.h"

/* Loads the days off into RECURRENCE; free with runs_free(). */
int runs_load_days_off(struct recurrence *recurrence, struct db *db, struct error *err);
void runs_free(struct recurrence *recurrence);

/* "{1,2,3}" of moments, and of days as dates. */
void runs_add_moments(struct text *out, const struct recurrence_run *runs, size_t count);
void runs_add_days(struct text *out, const struct recurrence_run *runs, size_t count);

#endif
