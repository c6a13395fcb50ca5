/* guard.c -- closes connections whose client takes too long. */
#include "web/guard.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/error.h"
#include "base/memory.h"

struct guarded {
	int socket;
	time_t until; /* of CLOCK_MONOTONIC, seconds */
	struct guarded *previous, *next;
};

struct guard {
	pthread_t thread;
	pthread_mutex_t lock; /* all below */
	int closing;
	struct guarded *first;
};

static time_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

/* Shutting down, not closing: the owner of the socket notices and closes it. */
static void *watch(void *argument)
{
	struct guard *guard = argument;
	const struct timespec pause = { .tv_nsec = 250 * 1000 * 1000 };
	int closing;

	do {
		nanosleep(&pause, NULL);
		pthread_mutex_lock(&guard->lock);
		closing = guard->closing;
		for (struct guarded *each = guard->first; each; each = each->next)
			if (now() >= each->until)
				shutdown(each->socket, SHUT_RDWR);
		pthread_mutex_unlock(&guard->lock);
	} while (!closing);
	return NULL;
}

void guard_open(struct guard **result)
{
	struct guard *guard = memory_zeroed(1, sizeof *guard);

	pthread_mutex_init(&guard->lock, NULL);
	if (pthread_create(&guard->thread, NULL, watch, guard) != 0)
		BUG("no thread");
	*result = guard;
}

void guard_close(struct guard *guard)
{
	if (!guard)
		return;
	pthread_mutex_lock(&guard->lock);
	guard->closing = 1;
	pthread_mutex_unlock(&guard->lock);
	pthread_join(guard->thread, NULL);
	pthread_mutex_destroy(&guard->lock);
	free(guard);
}

struct guarded *guard_add(struct guard *guard, int socket, int seconds)
{
	struct guarded *guarded = memory_zeroed(1, sizeof *guarded);

	guarded->socket = socket;
	guarded->until = now() + seconds;
	pthread_mutex_lock(&guard->lock);
	guarded->next = guard->first;
	if (guard->first)
		guard->first->previous = guarded;
	guard->first = guarded;
	pthread_mutex_unlock(&guard->lock);
	return guarded;
}

void guard_set(struct guard *guard, struct guarded *guarded, int seconds)
{
	pthread_mutex_lock(&guard->lock);
	guarded->until = now() + seconds;
	pthread_mutex_unlock(&guard->lock);
}

void guard_remove(struct guard *guard, struct guarded *guarded)
{
	pthread_mutex_lock(&guard->lock);
	if (guarded->previous)
		guarded->previous->next = guarded->next;
	else
		guard->first = guarded->next;
	if (guarded->next)
		guarded->next->previous = guarded->previous;
	pthread_mutex_unlock(&guard->lock);
	free(guarded);
}
