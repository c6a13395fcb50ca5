/* alias.h -- other codes of procedures and dossiers, replaced by the code that counts
 * before a record's key is used. */
#ifndef COLLECTOR_ALIAS_H
#define COLLECTOR_ALIAS_H

#include <stddef.h>
#include <stdint.h>

#include "base/db.h"

enum alias_kind { ALIAS_DOSSIER, ALIAS_PROCEDURE };

struct aliases;

/* *ALIASES is NULL where there are none, and all else is fine with that. */
int aliases_load(struct aliases **aliases, struct db *db, enum alias_kind kind,
		 struct error *err);
void aliases_free(struct aliases *aliases);

/* Puts the code that counts in place of the one that BYTES and LENGTH are, if that is an
 * alias of AGENCY_ID or of every agency.  The bytes belong to ALIASES. */
void aliases_replace(const struct aliases *aliases, int32_t agency_id, const char **bytes,
		     size_t *length);

/* The length of the national code in a local copy's standard form (1.001193 of
 * 1.001193.000.00.00.H56), or LENGTH for any other code. */
size_t alias_national_length(const char *bytes, size_t length);

#endif
