/* guard.c -- closes connections whose client takes too long. */
#include "web/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"

/* How long, and how much, is thrown away after the last answer. */
enum {
	LINGER_MILLISECONDS = 10 * 1000,
	LINGER_PIECE = 1024 * 1024,
	LINGERING_MOST = 256,
};

struct guarded {
	int socket;
	long long until; /* of CLOCK_MONOTONIC, milliseconds */
	struct guarded *previous, *next;
};

struct guard {
	pthread_t thread;
	pthread_mutex_t lock; /* all below */
	int closing;
	struct guarded *first;
	struct {
		int socket; /* our own descriptor */
		long long until;
	} lingering[LINGERING_MOST];
	int lingering_count;
};

static long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

/* 0 when nothing more comes: the other side has closed, or is gone. */
static int throw_away(int socket)
{
	ssize_t length = recv(socket, NULL, LINGER_PIECE, MSG_TRUNC | MSG_DONTWAIT);

	return length > 0 || (length < 0 && (errno == EAGAIN || errno == EWOULDBLOCK ||
					     errno == EINTR));
}

static void look_at_lingering(struct guard *guard, int closing)
{
	for (int i = guard->lingering_count - 1; i >= 0; i--) {
		if (!closing && now() < guard->lingering[i].until &&
		    throw_away(guard->lingering[i].socket))
			continue;
		close(guard->lingering[i].socket);
		guard->lingering[i] = guard->lingering[--guard->lingering_count];
	}
}

/* Shutting down, not closing: the owner of the socket notices and closes it. */
static void *watch(void *argument)
{
	struct guard *guard = argument;
	struct timespec pause = { .tv_nsec = 250 * 1000 * 1000 };
	int closing;

	do {
		nanosleep(&pause, NULL);
		pthread_mutex_lock(&guard->lock);
		closing = guard->closing;
		for (struct guarded *each = guard->first; each; each = each->next)
			if (now() >= each->until)
				shutdown(each->socket, SHUT_RDWR);
		look_at_lingering(guard, closing);
		pause.tv_nsec = (guard->lingering_count ? 10 : 250) * 1000000L;
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
	guarded->until = now() + seconds * 1000LL;
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
	guarded->until = now() + seconds * 1000LL;
	pthread_mutex_unlock(&guard->lock);
}

void guard_extend(struct guard *guard, struct guarded *guarded, long milliseconds,
		  int most_seconds)
{
	long long most = now() + most_seconds * 1000LL;

	pthread_mutex_lock(&guard->lock);
	guarded->until += milliseconds;
	if (guarded->until > most)
		guarded->until = most;
	pthread_mutex_unlock(&guard->lock);
}

void guard_linger(struct guard *guard, int socket)
{
	int copy = fcntl(socket, F_DUPFD_CLOEXEC, 0);

	if (copy < 0)
		return;
	pthread_mutex_lock(&guard->lock);
	if (guard->lingering_count == LINGERING_MOST) {
		close(copy);
	} else {
		guard->lingering[guard->lingering_count].socket = copy;
		guard->lingering[guard->lingering_count++].until =
			now() + LINGER_MILLISECONDS;
	}
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
