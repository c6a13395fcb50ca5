/* cache.h -- finished answers, for as long as the store stays as it is.
 *
 * Each answer is kept under its address with the version of the store it was
 * made from; another version empties the cache. */
#ifndef WEB_CACHE_H
#define WEB_CACHE_H

#include "web/reply.h"

struct cache;

void cache_open(struct cache **cache, size_t most_bytes);
void cache_close(struct cache *cache);

/* 1 and a copy in REPLY if there is an answer for KEY at VERSION.  Else 0: the
 * caller makes it, and ends with cache_made(); others who ask for KEY wait until
 * then, so that many visitors at once cost one answer. */
int cache_find(struct cache *cache, const char *version, const char *key,
	       struct reply *reply);
/* Keeps a copy of REPLY (NULL: it could not be made); the oldest answers make room. */
void cache_made(struct cache *cache, const char *version, const char *key,
		const struct reply *reply);

#endif
