/* db_pool.h -- worker threads with one database connection each.
 *
 * The threads that talk to visitors never wait for the database: they hand a job
 * to the pool and are told when it is done.  A job that is not done after its
 * deadline is answered without its result; the worker finishes it alone. */
#ifndef WEB_DB_POOL_H
#define WEB_DB_POOL_H

#include "base/db.h"

struct db_pool;

struct db_job {
	/* On a worker thread, with a live connection.  May run twice when the
	 * connection was lost in between: reading only. */
	int (*work)(void *context, struct db *db, struct error *err);
	/* Once for each job, on any thread: STATUS and ERR are those of work(), or -1
	 * and ERROR_UNAVAILABLE after the deadline. */
	void (*done)(void *context, int status, const struct error *err);
	/* Once, after both: the pool does not look at CONTEXT again. */
	void (*release)(void *context);
};

/* CONNINFO is copied; connections are opened by the first job that needs them. */
void db_pool_open(struct db_pool **pool, const char *conninfo, enum db_role role,
		  int workers, int deadline_seconds);
/* Answers what is waiting with ERROR_UNAVAILABLE, waits for what is running, and
 * refuses every job from then on. */
void db_pool_stop(struct db_pool *pool);
/* After db_pool_stop(), when nobody submits any more; fine on NULL. */
void db_pool_free(struct db_pool *pool);

/* -1 and ERROR_UNAVAILABLE when too many are waiting; then none of the functions
 * of JOB is called. */
int db_pool_submit(struct db_pool *pool, const struct db_job *job, void *context,
		   struct error *err);
/* Submits JOB now and then every SECONDS until the pool stops; one for each pool. */
void db_pool_repeat(struct db_pool *pool, const struct db_job *job, void *context,
		    int seconds);
/* Jobs that wait for a worker, for the metrics. */
int db_pool_waiting(struct db_pool *pool);

#endif
