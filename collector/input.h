/* input.h -- the bytes of one file or of standard input, unpacked on the way.
 *
 * gzip and zstd are known by their first bytes.  The digest is that of the bytes
 * as they came.  What cannot be read a second time (a pipe) is copied to a
 * nameless file while it is read, so that refused records can be looked up
 * again. */
#ifndef COLLECTOR_INPUT_H
#define COLLECTOR_INPUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "collector/message.h"

struct input;

/* PATH "-" is standard input.  A folder or a file that is not there is
 * ERROR_NOT_FOUND, anything else that cannot be read ERROR_UNAVAILABLE.  REFUSAL
 * is borrowed for the life of INPUT. */
int input_open(struct input **input, const char *path, struct file_refusal *refusal,
	       struct error *err);
void input_close(struct input *input);

/* An archive may unpack to this much, and to no more than INPUT_RATIO_MAX times its own
 * size once it gave INPUT_RATIO_FREE bytes.  Records pack at 10:1 to 20:1 (1 GB of them
 * gives up to 20 GB), bombs at 1,000:1 (gzip) and far more (zstd). */
#define INPUT_UNPACKED_MAX ((uint64_t)32 << 30)
#define INPUT_RATIO_FREE   ((uint64_t)64 << 20)
enum { INPUT_RATIO_MAX = 200 };

/* Another maximum than INPUT_UNPACKED_MAX, before the first byte is read. */
void input_limit(struct input *input, uint64_t unpacked_max);

/* Up to SIZE unpacked bytes into BUFFER; *LENGTH 0 at the end.  An archive that
 * breaks off, is damaged or unpacks to too much is ERROR_INVALID. */
int input_read(struct input *input, char *buffer, size_t size, size_t *length,
	       struct error *err);

/* A descriptor that holds all the bytes as they came, for a format that is not read from
 * its beginning to its end; borrowed.  Reads the input to its end first, which must not
 * have begun.  What is packed by gzip or zstd is refused. */
int input_file(struct input *input, int *fd, struct error *err);

/* Once the end was reached: reads whatever is left of the packed bytes, then
 * prints the SHA-256 of all of them in hexadecimal. */
int input_finish(struct input *input, char sha256[65], struct error *err);

/* From the first byte again.  The digest starts anew as well. */
int input_rewind(struct input *input, struct error *err);

/* For a progress bar: packed bytes read, and how many there are (0: unknown). */
uint64_t input_position(const struct input *input);
uint64_t input_size(const struct input *input);

#endif
