/* stage.h -- checked records on their way into the temporary table `stage`, by
 * binary COPY. */
#ifndef COLLECTOR_STAGE_H
#define COLLECTOR_STAGE_H

#include "base/db.h"
#include "collector/check.h"

struct stage;

/* The tables alone: stage and stage_refused. */
int stage_create(struct db *db, const struct record_type *type, struct error *err);
/* Creates them for records of TYPE on DB (borrowed).  EVENTS: the records come as
 * CloudEvents. */
int stage_begin(struct stage **stage, struct db *db, const struct record_type *type,
		int events, struct error *err);
/* The first one begins a COPY; no other statement fits in between until stage_end(). */
int stage_put(struct stage *stage, const struct typed_record *record, struct error *err);
int stage_end(struct stage *stage, struct error *err);
void stage_free(struct stage *stage);

#endif
