/* digest.h -- SHA-256, as 64 lower-case hexadecimal digits. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stddef.h>

enum { DIGEST_SIZE = 65 }; /* with the zero behind it */

/* Of what is at hand. */
void digest_of(const void *bytes, size_t count, char sha256[DIGEST_SIZE]);

/* Of what comes piece by piece; the end frees it (and is fine on NULL). */
struct digest *digest_begin(void);
void digest_add(struct digest *digest, const void *bytes, size_t count);
void digest_end(struct digest *digest, char sha256[DIGEST_SIZE]);

#endif
