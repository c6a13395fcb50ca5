/* profile.h -- how an agency's own columns and codes become our fields: a mapping profile,
 * which is data (table profile; docs/profiles.md).
 *
 * To the decoders a profile is a record type: its fields are the agency's columns.
 * mapping.h turns a record of that type into one of ours. */
#ifndef COLLECTOR_PROFILE_H
#define COLLECTOR_PROFILE_H

#include "base/db.h"
#include "collector/record_types.h"
#include "collector/style.h"

struct profile_code {
	char *from, *to; /* TO is NULL: such a record is none of ours, and dropped */
};

struct profile_column {
	int field;       /* of our type, or -1: ignored */
	int is_personal; /* ignored, and kept nowhere */
	enum style style;
	struct profile_code *codes; /* closed by a FROM of NULL; or NULL */
};

struct profile_constant {
	int field;
	char *value;
};

struct profile {
	char name[72];
	int version;
	int has_personal;
	const struct record_type *type; /* ours */
	struct record_type source;      /* what the decoders are given */
	struct record_field fields[RECORD_FIELDS_MAX + 1];
	struct profile_column columns[RECORD_FIELDS_MAX]; /* of each field of SOURCE */
	struct profile_constant constants[RECORD_FIELDS_MAX];
	int constant_count;
};

/* Reads a definition, in JSON; what is wrong with it is ERROR_INVALID, in English.
 * Belongs to the caller: profile_free(). */
int profile_read(struct profile **profile, const char *name, const char *definition,
		 struct error *err);
void profile_free(struct profile *profile);

/* The profile in use of that name; with DRAFTS, its newest version whatever its state.
 * ERROR_NOT_FOUND if there is none. */
int profile_load(struct profile **profile, struct db *db, const char *name, int drafts,
		 struct error *err);

#endif
