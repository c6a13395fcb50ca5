/* quota.c -- how much each API key may send. */
#include "web/quota.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"

struct account {
	int32_t key;
	double requests; /* that may still come, at the time below */
	double at;
	unsigned bodies, waiting;
};

struct quota {
	struct quota_setting setting;
	pthread_mutex_t lock;     /* all below */
	struct account *accounts; /* some for each agency: few */
	size_t count;
};

void quota_open(struct quota **result, const struct quota_setting *setting)
{
	struct quota *quota = memory_zeroed(1, sizeof *quota);

	quota->setting = *setting;
	pthread_mutex_init(&quota->lock, NULL);
	*result = quota;
}

void quota_close(struct quota *quota)
{
	if (!quota)
		return;
	pthread_mutex_destroy(&quota->lock);
	free(quota->accounts);
	free(quota);
}

static struct account *account_of(struct quota *quota, int32_t key)
{
	for (size_t i = 0; i < quota->count; i++)
		if (quota->accounts[i].key == key)
			return &quota->accounts[i];
	quota->accounts =
		memory_resize(quota->accounts, quota->count + 1, sizeof *quota->accounts);
	quota->accounts[quota->count] =
		(struct account){ .key = key, .requests = quota->setting.requests };
	return &quota->accounts[quota->count++];
}

/* A bucket that fills at an even pace, up to a minute's worth. */
static void refill(const struct quota *quota, struct account *account, double now)
{
	double most = quota->setting.requests;

	if (now > account->at)
		account->requests += (now - account->at) * most / 60;
	if (account->requests > most)
		account->requests = most;
	account->at = now;
}

const char *quota_begin_body(struct quota *quota, int32_t key, double now,
			     int *retry_after)
{
	const char *problem = NULL;
	struct account *account;

	pthread_mutex_lock(&quota->lock);
	account = account_of(quota, key);
	refill(quota, account, now);
	if (account->requests < 1) {
		*retry_after =
			1 + (int)((1 - account->requests) * 60 / quota->setting.requests);
		problem = "too_many_requests";
	} else if (account->bodies >= quota->setting.bodies) {
		*retry_after = 5;
		problem = "too_many_bodies";
	} else if (account->waiting >= quota->setting.queue) {
		*retry_after = 10;
		problem = "too_many_waiting";
	} else {
		account->requests -= 1;
		account->bodies++;
	}
	pthread_mutex_unlock(&quota->lock);
	return problem;
}

void quota_end_body(struct quota *quota, int32_t key)
{
	pthread_mutex_lock(&quota->lock);
	account_of(quota, key)->bodies--;
	pthread_mutex_unlock(&quota->lock);
}

void quota_begin_wait(struct quota *quota, int32_t key)
{
	pthread_mutex_lock(&quota->lock);
	account_of(quota, key)->waiting++;
	pthread_mutex_unlock(&quota->lock);
}

void quota_end_wait(struct quota *quota, int32_t key)
{
	pthread_mutex_lock(&quota->lock);
	account_of(quota, key)->waiting--;
	pthread_mutex_unlock(&quota->lock);
}
