/* file.h -- files that appear whole or not at all. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

/* Writes BYTES to PATH by way of a draft beside it, flushed to the disk and renamed:
 * a reader or a crash meets the old file or the new one.  ERROR_UNAVAILABLE names
 * PATH and the reason. */
int file_replace(const char *path, const char *bytes, size_t length, struct error *err);

/* Puts all of PATH into OUT, in the place of what was there.  ERROR_NOT_FOUND if it cannot
 * be read, ERROR_INVALID if it is larger than MOST bytes: OUT is empty then. */
int file_read(const char *path, size_t most, struct text *out, struct error *err);

#endif
