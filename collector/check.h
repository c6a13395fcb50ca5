/* check.h -- from text to a typed record: is every value right, do they fit
 * together, and which agency is meant (DESIGN 6.2). */
#ifndef COLLECTOR_CHECK_H
#define COLLECTOR_CHECK_H

#include <stdint.h>

#include "base/text.h"
#include "collector/agency_register.h"
#include "collector/alias.h"
#include "collector/decoder.h"
#include "collector/level4.h"
#include "collector/message.h"

struct typed_value {
	int given;
	int64_t number;    /* microseconds, day, 0/1, integer, or index of a choice */
	const char *bytes; /* of text, in NFC; borrowed until the next check */
	size_t length;
};

struct refusal {
	const char *code; /* NULL: nothing is wrong */
	const char *field;
	struct text value, detail;
};

/* A record that may be stored, or why not. */
struct typed_record {
	uint64_t line;
	struct typed_value values[RECORD_FIELDS_MAX]; /* in the order of the type */
	int32_t agency_id; /* 0: the nation, none, or not known */
	int must_join;     /* only if a predecessor holds the dossier */
	int updated_given;
	int64_t updated_at; /* microseconds */
	int64_t order;      /* of a dossier's versions: updated_at, then status */
	int32_t received_day, resolved_day, settled_id; /* dossier */
	int32_t ended_day; /* of one that is no longer open: resolved_day, else of updated_at */
	int is_resolved, is_withdrawn, level4;
	int32_t first_day, end_day; /* of a count's period */
	/* (source, id) of a CloudEvent, borrowed; both NULL if it is none. */
	const char *event_source, *event_id;
	struct refusal refusal;
};

struct checker {
	const struct record_type *type;
	struct agency_register *agencies;            /* borrowed */
	const struct level4 *services;               /* borrowed; for dossiers */
	const struct aliases *dossiers, *procedures; /* borrowed; NULL: none */
	const char *agency; /* given for the whole file, or NULL */
	int32_t scope;      /* whose records may come; 0: everyone's */
	int64_t arrival;    /* microseconds from 2000-01-01 UTC */
	struct typed_record record;
	struct text normal[RECORD_FIELDS_MAX]; /* texts that were not NFC */
	struct text key;
	/* Short free texts without personal data: units and sectors come again. */
	struct clean_text {
		unsigned char length;
		char bytes[79];
	} clean[256];
};

/* Fills checker->record from RAW. */
void checker_take(struct checker *checker, const struct raw_record *raw);
/* The key of RAW, which was refused with CODE, as the store writes it, without its agency;
 * NULL: none, or it cannot be read.  Borrowed until the next call. */
const char *checker_key(struct checker *checker, const struct raw_record *raw,
			int32_t agency_id, const char *code);
void checker_free(struct checker *checker);

#endif
