/* key_filter.c -- a blocked Bloom filter. */
#include "collector/key_filter.h"

#include <stdlib.h>

#include <xxhash.h>

#include "base/memory.h"

/* 8 MB: at five million keys one in some hundred is asked for in vain, at fifty million
 * most are.  Pages are only taken as they are used. */
enum { BLOCKS = 1 << 17, WORDS = 8, BITS_A_KEY = 6 };

struct key_filter {
	uint64_t (*blocks)[WORDS];
};

struct key_filter *key_filter_new(void)
{
	struct key_filter *filter = memory_zeroed(1, sizeof *filter);

	filter->blocks = memory_zeroed(BLOCKS, sizeof *filter->blocks);
	return filter;
}

void key_filter_free(struct key_filter *filter)
{
	if (!filter)
		return;
	free(filter->blocks);
	free(filter);
}

int key_filter_add(struct key_filter *filter, int32_t family, const char *key,
		   size_t length)
{
	uint64_t hash = XXH3_64bits_withSeed(key, length, (uint32_t)family);
	uint64_t *block = filter->blocks[hash & (BLOCKS - 1)];
	uint64_t bits = XXH3_64bits(&hash, sizeof hash);
	int was_there = 1;

	for (int i = 0; i < BITS_A_KEY; i++, bits >>= 9) {
		uint64_t mask = (uint64_t)1 << (bits & 63);
		uint64_t *word = &block[bits >> 6 & (WORDS - 1)];

		was_there &= (*word & mask) != 0;
		*word |= mask;
	}
	return was_there;
}
