/* waiter.c -- one thread that looks for the receipts of bodies that were handed over. */
#include "web/waiter.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "base/memory.h"

/* How often a receipt is looked for: soon at first, then ever more slowly. */
enum {
	TICK_MILLISECONDS = 10,
	SLOWEST_TICKS = 200,
	FORGET_SECONDS = 24 * 3600, /* receipts are kept that long */
};

struct waiting {
	char id[SPOOL_ID_MAX + 1];
	int32_t key;
	waiter_told *told; /* NULL: was told */
	void *context;
	long long since, next; /* in ticks of the waiter */
	struct waiting *following;
};

struct waiter {
	struct spool *spool;
	int seconds;
	waiter_over *over;
	void *over_context;
	pthread_t thread;
	pthread_mutex_t lock; /* all below */
	pthread_cond_t changed;
	int stopping, count;
	long long now; /* ticks, by the clock */
	struct waiting *first;
};

static long long ticks_now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (time.tv_sec * 1000LL + time.tv_nsec / 1000000) / TICK_MILLISECONDS;
}

static long long ticks_of(int seconds)
{
	return seconds * 1000LL / TICK_MILLISECONDS;
}

static void tell(struct waiting *waiting, char *receipt)
{
	waiter_told *told = waiting->told;

	waiting->told = NULL;
	if (told)
		told(waiting->context, receipt);
	else
		free(receipt);
}

/* 1 when WAITING is over. */
static int look(struct waiter *waiter, struct waiting *waiting)
{
	long long age = waiter->now - waiting->since;
	char *receipt = NULL;
	struct error err;

	if (waiter->now < waiting->next)
		return 0;
	if (spool_receipt(waiter->spool, waiting->id, &receipt, &err) != 0)
		log_line("web", "%s", err.message);
	if (!receipt && age >= ticks_of(waiter->seconds))
		tell(waiting, NULL);
	if (receipt || age >= ticks_of(FORGET_SECONDS)) {
		waiter->over(waiter->over_context, waiting->key, receipt);
		tell(waiting, receipt);
		return 1;
	}
	waiting->next =
		waiter->now + 1 + (age < 10 * SLOWEST_TICKS ? age / 10 : SLOWEST_TICKS);
	return 0;
}

static void look_at_all(struct waiter *waiter)
{
	struct waiting **at = &waiter->first;

	waiter->now = ticks_now();
	while (*at) {
		struct waiting *waiting = *at;

		if (look(waiter, waiting)) {
			*at = waiting->following;
			waiter->count--;
			free(waiting);
		} else {
			at = &waiting->following;
		}
	}
}

static void *watch(void *argument)
{
	struct waiter *waiter = argument;
	const struct timespec tick = { .tv_nsec = TICK_MILLISECONDS * 1000000L };

	pthread_mutex_lock(&waiter->lock);
	while (!waiter->stopping) {
		if (!waiter->first) {
			pthread_cond_wait(&waiter->changed, &waiter->lock);
			continue;
		}
		look_at_all(waiter);
		pthread_mutex_unlock(&waiter->lock);
		nanosleep(&tick, NULL);
		pthread_mutex_lock(&waiter->lock);
	}
	pthread_mutex_unlock(&waiter->lock);
	return NULL;
}

void waiter_open(struct waiter **result, struct spool *spool, int seconds,
		 waiter_over *over, void *over_context)
{
	struct waiter *waiter = memory_zeroed(1, sizeof *waiter);

	waiter->spool = spool;
	waiter->seconds = seconds;
	waiter->over = over;
	waiter->over_context = over_context;
	pthread_mutex_init(&waiter->lock, NULL);
	pthread_cond_init(&waiter->changed, NULL);
	if (pthread_create(&waiter->thread, NULL, watch, waiter) != 0)
		BUG("no thread");
	*result = waiter;
}

void waiter_stop(struct waiter *waiter)
{
	pthread_mutex_lock(&waiter->lock);
	waiter->stopping = 1;
	pthread_cond_signal(&waiter->changed);
	pthread_mutex_unlock(&waiter->lock);
	pthread_join(waiter->thread, NULL);
	pthread_mutex_lock(&waiter->lock);
	for (struct waiting *each = waiter->first; each; each = each->following)
		tell(each, NULL);
	pthread_mutex_unlock(&waiter->lock);
}

void waiter_close(struct waiter *waiter)
{
	if (!waiter)
		return;
	while (waiter->first) {
		struct waiting *next = waiter->first->following;

		free(waiter->first);
		waiter->first = next;
	}
	pthread_cond_destroy(&waiter->changed);
	pthread_mutex_destroy(&waiter->lock);
	free(waiter);
}

void waiter_add(struct waiter *waiter, const char *id, int32_t key, waiter_told *told,
		void *context)
{
	struct waiting *waiting = memory_zeroed(1, sizeof *waiting);

	snprintf(waiting->id, sizeof waiting->id, "%s", id);
	waiting->key = key;
	waiting->told = told;
	waiting->context = context;
	waiting->since = ticks_now();
	pthread_mutex_lock(&waiter->lock);
	waiting->following = waiter->first;
	waiter->first = waiting;
	waiter->count++;
	if (waiter->stopping)
		tell(waiting, NULL);
	pthread_cond_signal(&waiter->changed);
	pthread_mutex_unlock(&waiter->lock);
}

int waiter_count(struct waiter *waiter)
{
	int count;

	pthread_mutex_lock(&waiter->lock);
	count = waiter->count;
	pthread_mutex_unlock(&waiter->lock);
	return count;
}
