/* copy_row.h -- rows in the binary form of COPY: big-endian, each value behind its
 * length (PostgreSQL manual, COPY, "Binary Format"). */
#ifndef COLLECTOR_COPY_ROW_H
#define COLLECTOR_COPY_ROW_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Before the first row; a count of -1 (0xffff) stands behind the last. */
#define COPY_HEADER      "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0"
#define COPY_HEADER_SIZE 19

/* Bytes to append to; whoever appends has made sure of the room. */
struct copy_row {
	unsigned char *bytes;
	size_t length;
};

static inline void copy_put_number(struct copy_row *row, uint64_t value, int bytes)
{
	for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
		row->bytes[row->length++] = (unsigned char)(value >> shift);
}

static inline void copy_put_bytes(struct copy_row *row, const void *bytes, size_t length)
{
	memcpy(row->bytes + row->length, bytes, length);
	row->length += length;
}

static inline void copy_put_integer(struct copy_row *row, int64_t value, int bytes)
{
	copy_put_number(row, (uint64_t)bytes, 4);
	copy_put_number(row, (uint64_t)value, bytes);
}

static inline void copy_put_text(struct copy_row *row, const char *bytes, size_t length)
{
	copy_put_number(row, length, 4);
	copy_put_bytes(row, bytes, length);
}

static inline void copy_put_null(struct copy_row *row)
{
	copy_put_number(row, 0xffffffff, 4);
}

#endif
