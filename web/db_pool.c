/* db_pool.c -- worker threads with one database connection each. */
#include "web/db_pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "base/memory.h"

enum { MOST_WAITING = 1000, MOST_WORKERS = 64 };

enum job_state {
	JOB_WAITING,
	JOB_RUNNING,
	JOB_EXPIRED, /* answered without its result; a worker is still on it */
};

struct queued {
	const struct db_job *job;
	void *context;
	enum job_state state;
	struct timespec deadline; /* CLOCK_MONOTONIC */
	struct queued *next;
};

struct db_pool {
	char *conninfo;
	enum db_role role;
	int workers, deadline_seconds;
	pthread_t threads[MOST_WORKERS], watch;

	pthread_mutex_t lock; /* all below */
	pthread_cond_t changed;
	int closing;
	struct queued *first, **last; /* waiting, oldest first */
	int waiting;
	struct queued *running[MOST_WORKERS]; /* by worker; NULL: idle */
	int next_worker;
	struct {
		const struct db_job *job; /* NULL: none */
		void *context;
		int seconds;
		struct timespec next;
	} repeated;
};

static void set_seconds(struct timespec *moment, int seconds)
{
	clock_gettime(CLOCK_MONOTONIC, moment);
	moment->tv_sec += seconds;
}

static int is_past(const struct timespec *deadline)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > deadline->tv_sec ||
	       (now.tv_sec == deadline->tv_sec && now.tv_nsec >= deadline->tv_nsec);
}

/* ---- Workers ------------------------------------------------------------ */

static int connect_worker(struct db_pool *pool, struct db **db, struct error *err)
{
	if (*db && db_is_alive(*db))
		return 0;
	db_close(*db);
	*db = NULL;
	if (db_open(db, pool->conninfo, pool->role, err) != 0)
		return -1;
	db_set_room(*db, "web");
	return 0;
}

/* A connection that broke under the job says nothing about the next one. */
static int run_job(struct db_pool *pool, const struct queued *queued, struct db **db,
		   struct error *err)
{
	for (int attempt = 0;; attempt++) {
		if (connect_worker(pool, db, err) != 0)
			return -1;
		if (queued->job->work(queued->context, *db, err) == 0)
			return 0;
		if (attempt > 0 || db_is_alive(*db))
			return -1;
	}
}

/* The oldest job, now this worker's; NULL when the pool closes. */
static struct queued *take_job(struct db_pool *pool, int worker)
{
	struct queued *queued;

	pthread_mutex_lock(&pool->lock);
	while (!pool->first && !pool->closing)
		pthread_cond_wait(&pool->changed, &pool->lock);
	queued = pool->first;
	if (queued) {
		pool->first = queued->next;
		if (!pool->first)
			pool->last = &pool->first;
		pool->waiting--;
		queued->state = JOB_RUNNING;
		pool->running[worker] = queued;
	}
	pthread_mutex_unlock(&pool->lock);
	return queued;
}

static void *work(void *argument)
{
	struct db_pool *pool = argument;
	struct queued *queued;
	struct db *db = NULL;
	struct error err;
	int worker, status, expired;

	pthread_mutex_lock(&pool->lock);
	worker = pool->next_worker++;
	pthread_mutex_unlock(&pool->lock);

	while ((queued = take_job(pool, worker)) != NULL) {
		status = run_job(pool, queued, &db, &err);
		pthread_mutex_lock(&pool->lock);
		expired = queued->state == JOB_EXPIRED;
		pool->running[worker] = NULL;
		pthread_mutex_unlock(&pool->lock);
		if (!expired)
			queued->job->done(queued->context, status, &err);
		queued->job->release(queued->context);
		free(queued);
	}
	db_close(db);
	return NULL;
}

/* ---- The watch ---------------------------------------------------------- */

static void answer_late(const struct queued *queued, const char *why)
{
	struct error err;

	error_set(&err, ERROR_UNAVAILABLE, "%s", why);
	queued->job->done(queued->context, -1, &err);
}

/* Jobs past their deadline, or all when ALL: those that wait leave the queue and
 * are returned, those that run are answered here, under the lock, so that their
 * worker cannot end meanwhile. */
static struct queued *expire_jobs(struct db_pool *pool, int all)
{
	struct queued *expired = NULL, **end = &expired;

	while (pool->first && (all || is_past(&pool->first->deadline))) {
		*end = pool->first;
		end = &pool->first->next;
		pool->first = pool->first->next;
		pool->waiting--;
	}
	*end = NULL;
	if (!pool->first)
		pool->last = &pool->first;
	for (int i = 0; i < pool->workers; i++) {
		struct queued *queued = pool->running[i];

		if (!queued || queued->state != JOB_RUNNING ||
		    !is_past(&queued->deadline))
			continue;
		queued->state = JOB_EXPIRED;
		answer_late(queued, "the database did not answer in time");
	}
	return expired;
}

static void refuse(struct queued *list, const char *why)
{
	while (list) {
		struct queued *next = list->next;

		answer_late(list, why);
		list->job->release(list->context);
		free(list);
		list = next;
	}
}

static void repeat(struct db_pool *pool)
{
	const struct db_job *job = NULL;
	void *context;
	struct error err;

	pthread_mutex_lock(&pool->lock);
	if (pool->repeated.job && is_past(&pool->repeated.next)) {
		job = pool->repeated.job;
		set_seconds(&pool->repeated.next, pool->repeated.seconds);
	}
	context = pool->repeated.context;
	pthread_mutex_unlock(&pool->lock);
	if (job && db_pool_submit(pool, job, context, &err) != 0)
		job->done(context, -1, &err);
}

static void *watch(void *argument)
{
	struct db_pool *pool = argument;
	const struct timespec pause = { .tv_nsec = 200 * 1000 * 1000 };
	struct queued *expired;
	int closing;

	do {
		nanosleep(&pause, NULL);
		pthread_mutex_lock(&pool->lock);
		closing = pool->closing;
		expired = expire_jobs(pool, 0);
		pthread_mutex_unlock(&pool->lock);
		refuse(expired, "the database is busy");
		if (!closing)
			repeat(pool);
	} while (!closing);
	return NULL;
}

/* ---- The pool ----------------------------------------------------------- */

void db_pool_open(struct db_pool **result, const char *conninfo, enum db_role role,
		  int workers, int deadline_seconds)
{
	struct db_pool *pool = memory_zeroed(1, sizeof *pool);

	if (workers < 1 || workers > MOST_WORKERS)
		BUG("%d workers", workers);
	pool->conninfo = memory_copy(conninfo);
	pool->role = role;
	pool->workers = workers;
	pool->deadline_seconds = deadline_seconds;
	pool->last = &pool->first;
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->changed, NULL);
	for (int i = 0; i < workers; i++)
		if (pthread_create(&pool->threads[i], NULL, work, pool) != 0)
			BUG("no thread");
	if (pthread_create(&pool->watch, NULL, watch, pool) != 0)
		BUG("no thread");
	*result = pool;
}

void db_pool_stop(struct db_pool *pool)
{
	struct queued *waiting;

	pthread_mutex_lock(&pool->lock);
	pool->closing = 1;
	waiting = expire_jobs(pool, 1);
	pthread_cond_broadcast(&pool->changed);
	pthread_mutex_unlock(&pool->lock);
	refuse(waiting, "the server is stopping");
	for (int i = 0; i < pool->workers; i++)
		pthread_join(pool->threads[i], NULL);
	pthread_join(pool->watch, NULL);
}

void db_pool_free(struct db_pool *pool)
{
	if (!pool)
		return;
	pthread_cond_destroy(&pool->changed);
	pthread_mutex_destroy(&pool->lock);
	free(pool->conninfo);
	free(pool);
}

int db_pool_submit(struct db_pool *pool, const struct db_job *job, void *context,
		   struct error *err)
{
	struct queued *queued = memory_zeroed(1, sizeof *queued);
	int status = 0;

	queued->job = job;
	queued->context = context;
	set_seconds(&queued->deadline, pool->deadline_seconds);

	pthread_mutex_lock(&pool->lock);
	if (pool->closing || pool->waiting == MOST_WAITING) {
		status = error_set(err, ERROR_UNAVAILABLE, "too many requests at once");
	} else {
		*pool->last = queued;
		pool->last = &queued->next;
		pool->waiting++;
		pthread_cond_signal(&pool->changed);
	}
	pthread_mutex_unlock(&pool->lock);
	if (status != 0)
		free(queued);
	return status;
}

void db_pool_repeat(struct db_pool *pool, const struct db_job *job, void *context,
		    int seconds)
{
	pthread_mutex_lock(&pool->lock);
	pool->repeated.job = job;
	pool->repeated.context = context;
	pool->repeated.seconds = seconds;
	set_seconds(&pool->repeated.next, 0);
	pthread_mutex_unlock(&pool->lock);
}

int db_pool_waiting(struct db_pool *pool)
{
	int waiting;

	pthread_mutex_lock(&pool->lock);
	waiting = pool->waiting;
	pthread_mutex_unlock(&pool->lock);
	return waiting;
}
