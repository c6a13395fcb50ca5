/* cache.c -- finished answers, for as long as the store stays as it is. */
#include "web/cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

enum { BUCKETS = 1024, MOST_MAKERS = 64 };

struct entry {
	char *key;
	struct reply reply;
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

static void copy_reply(struct reply *to, const struct reply *from)
{
	*to = (struct reply){ .status = from->status,
			      .type = from->type,
			      .allow = from->allow,
			      .is_gzip = from->is_gzip,
			      .is_lasting = from->is_lasting,
			      .is_private = from->is_private,
			      .tag = from->tag };
	text_add_bytes(&to->location, text_string(&from->location),
		       from->location.length);
	text_add_bytes(&to->file_name, text_string(&from->file_name),
		       from->file_name.length);
	text_add_bytes(&to->body, text_string(&from->body), from->body.length);
}

static size_t size_of(const struct entry *entry)
{
	return sizeof *entry + strlen(entry->key) + entry->reply.body.length;
}

static void drop_oldest(struct cache *cache)
{
	struct entry *entry = cache->oldest;
	struct entry **link = bucket_of(cache, entry->key);

	while (*link && *link != entry)
		link = &(*link)->next;
	if (!*link)
		BUG("%s is not in its bucket", entry->key);
	*link = entry->next;
	cache->oldest = entry->younger;
	if (cache->oldest)
		cache->oldest->older = NULL;
	else
		cache->youngest = NULL;
	cache->bytes -= size_of(entry);
	free(entry->key);
	reply_free(&entry->reply);
	free(entry);
}

static void drop_all(struct cache *cache)
{
	while (cache->oldest)
		drop_oldest(cache);
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
	drop_all(cache);
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

int cache_find(struct cache *cache, const char *version, const char *key,
	       struct reply *reply)
{
	struct entry *entry = NULL;
	const char **place;

	pthread_mutex_lock(&cache->lock);
	while (maker_of(cache, key))
		pthread_cond_wait(&cache->made, &cache->lock);
	if (strcmp(cache->version, version) == 0)
		entry = find(cache, key);
	if (entry) {
		copy_reply(reply, &entry->reply);
	} else {
		place = maker_of(cache, NULL);
		if (!place)
			BUG("more than %d makers", MOST_MAKERS);
		*place = key;
	}
	pthread_mutex_unlock(&cache->lock);
	return entry != NULL;
}

static void keep(struct cache *cache, const char *version, const char *key,
		 const struct reply *reply)
{
	struct entry *entry = memory_zeroed(1, sizeof *entry);
	struct entry **bucket;

	entry->key = memory_copy(key);
	copy_reply(&entry->reply, reply);
	if (strcmp(cache->version, version) != 0) {
		drop_all(cache);
		free(cache->version);
		cache->version = memory_copy(version);
	}
	if (find(cache, key) || size_of(entry) > cache->most_bytes) {
		free(entry->key);
		reply_free(&entry->reply);
		free(entry);
		return;
	}
	while (cache->bytes + size_of(entry) > cache->most_bytes)
		drop_oldest(cache);
	bucket = bucket_of(cache, key);
	entry->next = *bucket;
	*bucket = entry;
	entry->older = cache->youngest;
	if (cache->youngest)
		cache->youngest->younger = entry;
	else
		cache->oldest = entry;
	cache->youngest = entry;
	cache->bytes += size_of(entry);
}

void cache_made(struct cache *cache, const char *version, const char *key,
		const struct reply *reply)
{
	const char **place;

	pthread_mutex_lock(&cache->lock);
	if (reply)
		keep(cache, version, key, reply);
	place = maker_of(cache, key);
	if (!place)
		BUG("nobody makes %s", key);
	*place = NULL;
	pthread_cond_broadcast(&cache->made);
	pthread_mutex_unlock(&cache->lock);
}
