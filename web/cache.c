/* cache.c -- finished answers, for as long as the store stays as it is. */
#include "web/cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "web/send.h"

enum { BUCKETS = 1024, MOST_MAKERS = 64 };

struct entry {
	char *key;
	struct packet *packet;
	int is_fixed;       /* whatever the store holds */
	struct entry *next; /* in the bucket */
	struct entry *older, *younger;
};

struct cache {
	pthread_mutex_t lock; /* all below */
	size_t most_bytes, bytes;
	char *version;
	struct entry *buckets[BUCKETS];
	struct entry *oldest, *youngest;
	const char *making[MOST_MAKERS]; /* keys, borrowed from their makers */
	pthread_cond_t made;
};

static struct entry **bucket_of(struct cache *cache, const char *key)
{
	unsigned hash = 5381;

	for (; *key; key++)
		hash = hash * 33 + (unsigned char)*key;
	return &cache->buckets[hash % BUCKETS];
}

static size_t size_of(const struct entry *entry)
{
	return sizeof *entry + strlen(entry->key) + packet_size(entry->packet);
}

static void free_entry(struct entry *entry)
{
	packet_release(entry->packet);
	free(entry->key);
	free(entry);
}

static void drop(struct cache *cache, struct entry *entry)
{
	struct entry **link = bucket_of(cache, entry->key);

	while (*link && *link != entry)
		link = &(*link)->next;
	if (!*link)
		BUG("%s is not in its bucket", entry->key);
	*link = entry->next;
	*(entry->older ? &entry->older->younger : &cache->oldest) = entry->younger;
	*(entry->younger ? &entry->younger->older : &cache->youngest) = entry->older;
	cache->bytes -= size_of(entry);
	free_entry(entry);
}

static void drop_all(struct cache *cache, int fixed_too)
{
	struct entry *next;

	for (struct entry *entry = cache->oldest; entry; entry = next) {
		next = entry->younger;
		if (fixed_too || !entry->is_fixed)
			drop(cache, entry);
	}
}

void cache_open(struct cache **result, size_t most_bytes)
{
	struct cache *cache = memory_zeroed(1, sizeof *cache);

	pthread_mutex_init(&cache->lock, NULL);
	pthread_cond_init(&cache->made, NULL);
	cache->most_bytes = most_bytes;
	cache->version = memory_copy("");
	*result = cache;
}

void cache_close(struct cache *cache)
{
	if (!cache)
		return;
	drop_all(cache, 1);
	pthread_cond_destroy(&cache->made);
	pthread_mutex_destroy(&cache->lock);
	free(cache->version);
	free(cache);
}

static struct entry *find(struct cache *cache, const char *key)
{
	struct entry *entry = *bucket_of(cache, key);

	while (entry && strcmp(entry->key, key) != 0)
		entry = entry->next;
	return entry;
}

/* Where KEY stands among those being made, or a free place for NULL. */
static const char **maker_of(struct cache *cache, const char *key)
{
	for (size_t i = 0; i < MOST_MAKERS; i++)
		if (key ? cache->making[i] && strcmp(cache->making[i], key) == 0
			: !cache->making[i])
			return &cache->making[i];
	return NULL;
}

/* Under the lock. */
static struct packet *look(struct cache *cache, const char *version, const char *key)
{
	struct entry *entry = find(cache, key);

	if (!entry ||
	    (!entry->is_fixed && (!version || strcmp(cache->version, version) != 0)))
		return NULL;
	return packet_hold(entry->packet);
}

struct packet *cache_look(struct cache *cache, const char *version, const char *key)
{
	struct packet *packet;

	pthread_mutex_lock(&cache->lock);
	packet = look(cache, version, key);
	pthread_mutex_unlock(&cache->lock);
	return packet;
}

struct packet *cache_find(struct cache *cache, const char *version, const char *key)
{
	struct packet *packet;
	const char **place;

	pthread_mutex_lock(&cache->lock);
	while (maker_of(cache, key))
		pthread_cond_wait(&cache->made, &cache->lock);
	packet = look(cache, version, key);
	if (!packet) {
		place = maker_of(cache, NULL);
		if (!place)
			BUG("more than %d makers", MOST_MAKERS);
		*place = key;
	}
	pthread_mutex_unlock(&cache->lock);
	return packet;
}

/* Under the lock. */
static void keep(struct cache *cache, const char *version, const char *key,
		 struct packet *packet)
{
	struct entry *entry = memory_zeroed(1, sizeof *entry);
	struct entry **bucket;

	entry->key = memory_copy(key);
	entry->packet = packet_hold(packet);
	entry->is_fixed = !version;
	if (version && strcmp(cache->version, version) != 0) {
		drop_all(cache, 0);
		free(cache->version);
		cache->version = memory_copy(version);
	}
	if (find(cache, key) || size_of(entry) > cache->most_bytes) {
		free_entry(entry);
		return;
	}
	while (cache->bytes + size_of(entry) > cache->most_bytes)
		drop(cache, cache->oldest);
	bucket = bucket_of(cache, key);
	entry->next = *bucket;
	*bucket = entry;
	entry->older = cache->youngest;
	*(cache->youngest ? &cache->youngest->younger : &cache->oldest) = entry;
	cache->youngest = entry;
	cache->bytes += size_of(entry);
}

void cache_keep(struct cache *cache, const char *version, const char *key,
		struct packet *packet)
{
	pthread_mutex_lock(&cache->lock);
	keep(cache, version, key, packet);
	pthread_mutex_unlock(&cache->lock);
}

void cache_made(struct cache *cache, const char *version, const char *key,
		struct packet *packet)
{
	const char **place;

	pthread_mutex_lock(&cache->lock);
	if (packet)
		keep(cache, version, key, packet);
	place = maker_of(cache, key);
	if (!place)
		BUG("nobody makes %s", key);
	*place = NULL;
	pthread_cond_broadcast(&cache->made);
	pthread_mutex_unlock(&cache->lock);
}
