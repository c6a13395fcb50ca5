/* key.h -- API keys: who sends over HTTP, for which agency, and which record types.
 *
 * A key is "nq17_ID_SECRET": its number in the store and 256 random bits in hex.  The
 * store has the SHA-256 of the secret only. */
#ifndef COLLECTOR_KEY_H
#define COLLECTOR_KEY_H

#include <stdint.h>

#include "base/db.h"
#include "base/text.h"

/* The record types that an agency's key may send, separated by commas.  The registers
 * of the nation (agency, task, national) are not among them. */
#define KEY_TYPES "dossier,service,fact,count,milestone"

struct api_key {
	int32_t id, agency_id;
	char *agency; /* CODE@YEAR of its row */
	char *types;  /* "dossier service" */
};
void key_free(struct api_key *key);

/* Reads the key that TOKEN is and notes its use.  One that is misshapen, unknown,
 * revoked or expired, or whose secret is wrong, is ERROR_NOT_FOUND: they look the same.
 * key_free() in any case. */
int key_check(struct db *db, const char *token, struct api_key *key, struct error *err);
int key_may_send(const struct api_key *key, const char *type);
/* *ANSWER is 1 if the name AGENCY means the key's agency or a predecessor. */
int key_speaks_for(struct db *db, const struct api_key *key, const char *agency,
		   int *answer, struct error *err);

/* A new key of the agency called AGENCY (today's row, else its newest); TYPES as in
 * KEY_TYPES, LAST_DAY an ISO date or NULL.  Appends it to TOKEN: it cannot be had
 * again. */
int key_add(struct db *db, const char *agency, const char *types, const char *last_day,
	    struct text *token, struct error *err);
/* ERROR_NOT_FOUND if there is no key ID. */
int key_revoke(struct db *db, const char *id, struct error *err);

#endif
