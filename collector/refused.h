/* refused.h -- refused records between the moment they are refused and the COPY
 * into quarantine, in a nameless file: there may be millions of them.
 *
 * They are kept as they came but for two things: what is personal in them is masked, and
 * of a text longer than REFUSED_KEPT bytes only so much is kept. */
#ifndef COLLECTOR_REFUSED_H
#define COLLECTOR_REFUSED_H

#include <stdint.h>

#include "base/db.h"
#include "base/text.h"
#include "collector/record_types.h"

enum { REFUSED_KEPT = 64 * 1024 };

struct refused;

struct refused_record {
	int32_t agency_id; /* 0: not known */
	uint64_t line;
	const char *dossier, *field, *value; /* each may be NULL */
	const char *code, *message;
	const char *key;    /* in the store, without its agency; NULL: none */
	const char *source; /* as it came; SOURCE_LENGTH bytes */
	size_t source_length;
};

/* TYPE (borrowed): of the records. */
int refused_open(struct refused **refused, const struct record_type *type,
		 struct error *err);
void refused_close(struct refused *refused);
int refused_add(struct refused *refused, const struct refused_record *record,
		struct error *err);
uint64_t refused_count(const struct refused *refused);
/* A refused record was this CloudEvent. */
int refused_add_event(struct refused *refused, uint64_t line, const char *source,
		      const char *id, struct error *err);
/* Copies the events into the temporary table event_refused. */
int refused_store_events(struct refused *refused, struct db *db, struct error *err);
/* Forgets the refused records on LINES, COUNT in rising order; once. */
void refused_forget(struct refused *refused, const uint64_t *lines, size_t count);
/* Copies all of them into quarantine under BATCH. */
int refused_store(struct refused *refused, struct db *db, const char *batch,
		  struct error *err);

#endif
