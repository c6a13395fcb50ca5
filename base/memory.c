/* memory.c -- allocation that ends the process when there is none left. */
#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *or_end(void *block)
{
	if (!block) {
		fputs("nq17: out of memory\n", stderr);
		_Exit(1);
	}
	return block;
}

void *memory_take(size_t size)
{
	return or_end(malloc(size ? size : 1));
}

void *memory_zeroed(size_t count, size_t size)
{
	return or_end(calloc(count ? count : 1, size ? size : 1));
}

void *memory_resize(void *old, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		or_end(NULL);
	return or_end(realloc(old, count && size ? count * size : 1));
}

char *memory_copy(const char *string)
{
	return memory_copy_bytes(string, strlen(string));
}

char *memory_copy_bytes(const char *bytes, size_t length)
{
	char *copy = memory_take(length + 1);

	if (length)
		memcpy(copy, bytes, length);
	copy[length] = '\0';
	return copy;
}
