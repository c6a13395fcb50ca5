/* cache.h -- finished answers, for as long as the store stays as it is.
 *
 * Each answer is kept under its address with the version of the store it was
 * made from; another version drops them all, but for those that rest on no store
 * (VERSION NULL).  What is found is held for the caller: packet_release(). */
#ifndef WEB_CACHE_H
#define WEB_CACHE_H

#include <stddef.h>

struct cache;
struct packet;

void cache_open(struct cache **cache, size_t most_bytes);
void cache_close(struct cache *cache);

/* The answer for KEY at VERSION, or NULL.  Never waits. */
struct packet *cache_look(struct cache *cache, const char *version, const char *key);
/* The same; where it is NULL the caller makes the answer, and ends with cache_made().
 * Others who ask for KEY wait until then, so that many visitors at once cost one answer. */
struct packet *cache_find(struct cache *cache, const char *version, const char *key);
/* Holds PACKET (NULL: it could not be made); the oldest answers make room. */
void cache_made(struct cache *cache, const char *version, const char *key,
		struct packet *packet);
/* Without cache_find() before it. */
void cache_keep(struct cache *cache, const char *version, const char *key,
		struct packet *packet);

#endif
