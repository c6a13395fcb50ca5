/* archive.h -- files by the SHA-256 of their content, under one folder. */
#ifndef DELIVERY_ARCHIVE_H
#define DELIVERY_ARCHIVE_H

#include <stddef.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/text.h"

/* Writes BYTES below FOLDER, whole and flushed; their name goes to SHA256.  What is there
 * already stays. */
int archive_store(const char *folder, const void *bytes, size_t length,
		  char sha256[DIGEST_SIZE], struct error *err);
/* Appends the content to OUT; ERROR_NOT_FOUND if it is gone, ERROR_INTERNAL if it is not
 * what its name says. */
int archive_load(const char *folder, const char *sha256, struct text *out,
		 struct error *err);
/* Fine where it is gone. */
int archive_remove(const char *folder, const char *sha256, struct error *err);

#endif
