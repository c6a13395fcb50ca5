/* file.h -- files that appear whole or not at all. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>

#include "base/error.h"

/* Writes BYTES to PATH by way of a draft beside it, flushed to the disk and renamed:
 * a reader or a crash meets the old file or the new one.  ERROR_UNAVAILABLE names
 * PATH and the reason. */
int file_replace(const char *path, const char *bytes, size_t length, struct error *err);

#endif
