/* secret_key.h -- the key under which secrets lie in the database (libsodium,
 * XChaCha20-Poly1305), and the file that it is in.
 *
 * Whoever has a copy of the database alone reads none of them; whoever loses the file has
 * lost them. */
#ifndef BASE_SECRET_KEY_H
#define BASE_SECRET_KEY_H

#include <stddef.h>

#include "base/config.h"
#include "base/error.h"
#include "base/text.h"

struct secret_key;

/* The file: the setting secret_key, or secret.key of the data folder. */
void secret_key_path(const struct config *config, struct text *path);

/* Reads the key.  Where there is no file: makes one that its owner alone may read if
 * MAY_MAKE, else ERROR_NOT_FOUND.  ERROR_INVALID if others may read it, or if it holds no
 * key. */
int secret_key_load(struct secret_key **key, const struct config *config, int may_make,
		    struct error *err);
/* Overwrites it.  Fine on NULL. */
void secret_key_free(struct secret_key *key);

/* Secrets as PostgreSQL prints and reads bytes, "\x0aff".  OWNER is whose it is: put beside
 * another account it does not open. */
void secret_key_seal(const struct secret_key *key, const char *owner,
		     const unsigned char *secret, size_t length, struct text *sealed);
/* Into SECRET, which has room for SIZE bytes; *LENGTH is 0 where nothing lies (NULL).
 * ERROR_CONFLICT if this key does not open it. */
int secret_key_open(const struct secret_key *key, const char *owner, const char *sealed,
		    unsigned char *secret, size_t size, size_t *length,
		    struct error *err);
/* Does it lie there as it is?  So it did before secrets were sealed. */
int secret_key_is_plain(const char *sealed);

#endif
