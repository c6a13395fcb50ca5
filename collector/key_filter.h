/* key_filter.h -- have we seen this key before in the file?  "No" is certain, "yes" may
 * rarely be wrong: a Bloom filter of fixed size, one line of the processor's cache a key. */
#ifndef COLLECTOR_KEY_FILTER_H
#define COLLECTOR_KEY_FILTER_H

#include <stddef.h>
#include <stdint.h>

struct key_filter;

struct key_filter *key_filter_new(void);
void key_filter_free(struct key_filter *filter);
/* Adds the key of FAMILY; 1 if it may have been added before. */
int key_filter_add(struct key_filter *filter, int32_t family, const char *key,
		   size_t length);

#endif
