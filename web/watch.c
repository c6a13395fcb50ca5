/* watch.c -- the version of the store, known without asking while many ask. */
#include "web/watch.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/db.h"
#include "base/log.h"
#include "base/memory.h"

/* MANY in a WINDOW begin the watch; fewer in each TICK, for IDLE ticks, end it. */
enum {
	TICK_MILLISECONDS = 20,
	WINDOW_MILLISECONDS = 100,
	MANY = 32,
	IDLE_TICKS = 25,
	RETRY_MILLISECONDS = 1000,
};

static const char STORE_VERSION[] =
#include "sql/queries/store_version.sql.inc"
	;
static const char STORE_SNAPSHOT[] =
#include "sql/queries/store_snapshot.sql.inc"
	;

struct watch {
	char *conninfo;
	pthread_t thread;
	struct db *db;  /* of the thread; NULL: none */
	char *snapshot; /* of the thread: what the version was read at, or NULL */

	pthread_mutex_t lock; /* all below */
	pthread_cond_t changed;
	int is_closing;
	long long window; /* when it began */
	int asked;        /* since then, or in this tick */
	int is_watching;
	char *version;      /* NULL: none yet */
	long long put;      /* when the question was put that gave it */
	long long doubtful; /* answers to questions put until then do not count */
};

static long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

/* ---- Asking the store --------------------------------------------------- */

/* The version is a question to several tables; whether anything at all was committed since
 * it was read is one to memory.  The snapshot comes first: a commit in between makes the
 * version newer than it, never older. */
static int read_version(struct watch *watch, char **version, struct error *err)
{
	char *snapshot = NULL;

	*version = NULL;
	if (!watch->db && db_open(&watch->db, watch->conninfo, DB_WEB, err) != 0)
		return -1;
	if (db_value_of(watch->db, STORE_SNAPSHOT, NULL, 0, &snapshot, err) != 0)
		return -1;
	if (watch->snapshot && strcmp(watch->snapshot, snapshot) == 0) {
		free(snapshot);
		return 0;
	}
	free(watch->snapshot);
	watch->snapshot = NULL;
	if (db_value_of(watch->db, STORE_VERSION, NULL, 0, version, err) != 0) {
		free(snapshot);
		return -1;
	}
	watch->snapshot = snapshot;
	return 0;
}

static void forget_connection(struct watch *watch)
{
	db_close(watch->db);
	watch->db = NULL;
	free(watch->snapshot);
	watch->snapshot = NULL;
}

/* One question; 0 when it was answered. */
static int renew(struct watch *watch)
{
	const long long put = now();
	char *version;
	struct error err;

	if (read_version(watch, &version, &err) != 0) {
		log_line("web", "watching the store: %s", err.message);
		forget_connection(watch);
		return -1;
	}
	pthread_mutex_lock(&watch->lock);
	if (version) {
		free(watch->version);
		watch->version = version;
	}
	watch->put = put;
	pthread_mutex_unlock(&watch->lock);
	return 0;
}

/* ---- The thread --------------------------------------------------------- */

/* Until many ask; 0 when the watch closes. */
static int wait_for_many(struct watch *watch)
{
	int is_open;

	pthread_mutex_lock(&watch->lock);
	while (!watch->is_closing && watch->asked < MANY)
		pthread_cond_wait(&watch->changed, &watch->lock);
	is_open = !watch->is_closing;
	watch->is_watching = is_open;
	watch->asked = 0;
	pthread_mutex_unlock(&watch->lock);
	return is_open;
}

static void pause_milliseconds(int milliseconds)
{
	const struct timespec pause = { .tv_sec = milliseconds / 1000,
					.tv_nsec = milliseconds % 1000 * 1000000L };

	nanosleep(&pause, NULL);
}

/* How many asked in the tick that ends now; -1 when the watch closes. */
static int end_tick(struct watch *watch)
{
	int asked;

	pthread_mutex_lock(&watch->lock);
	asked = watch->is_closing ? -1 : watch->asked;
	watch->asked = 0;
	pthread_mutex_unlock(&watch->lock);
	return asked;
}

static void watch_while_many(struct watch *watch)
{
	int idle = 0, asked = 0;

	while (idle < IDLE_TICKS && asked >= 0) {
		if (renew(watch) != 0) {
			pause_milliseconds(RETRY_MILLISECONDS);
			break;
		}
		pause_milliseconds(TICK_MILLISECONDS);
		asked = end_tick(watch);
		idle = asked < MANY * TICK_MILLISECONDS / WINDOW_MILLISECONDS ? idle + 1
									      : 0;
	}
	pthread_mutex_lock(&watch->lock);
	watch->is_watching = 0;
	watch->asked = 0;
	watch->put = 0;
	pthread_mutex_unlock(&watch->lock);
}

static void *work(void *argument)
{
	struct watch *watch = argument;

	while (wait_for_many(watch))
		watch_while_many(watch);
	forget_connection(watch);
	return NULL;
}

void watch_open(struct watch **result, const char *conninfo)
{
	struct watch *watch = memory_zeroed(1, sizeof *watch);

	watch->conninfo = memory_copy(conninfo);
	pthread_mutex_init(&watch->lock, NULL);
	pthread_cond_init(&watch->changed, NULL);
	if (pthread_create(&watch->thread, NULL, work, watch) != 0)
		BUG("no thread");
	*result = watch;
}

void watch_close(struct watch *watch)
{
	if (!watch)
		return;
	pthread_mutex_lock(&watch->lock);
	watch->is_closing = 1;
	pthread_cond_signal(&watch->changed);
	pthread_mutex_unlock(&watch->lock);
	pthread_join(watch->thread, NULL);
	pthread_cond_destroy(&watch->changed);
	pthread_mutex_destroy(&watch->lock);
	free(watch->version);
	free(watch->conninfo);
	free(watch);
}

/* ---- Those who ask ------------------------------------------------------ */

/* Under the lock. */
static void count(struct watch *watch, long long moment)
{
	if (watch->is_watching) {
		watch->asked++;
		return;
	}
	if (moment - watch->window > WINDOW_MILLISECONDS * 1000LL) {
		watch->window = moment;
		watch->asked = 0;
	}
	if (++watch->asked == MANY)
		pthread_cond_signal(&watch->changed);
}

int watch_version(struct watch *watch, struct text *version)
{
	const long long moment = now();
	int is_believed;

	pthread_mutex_lock(&watch->lock);
	count(watch, moment);
	is_believed = watch->version && watch->put > watch->doubtful &&
		      moment - watch->put < WATCH_LEASE_MILLISECONDS * 1000LL;
	if (is_believed)
		text_add(version, watch->version);
	pthread_mutex_unlock(&watch->lock);
	return is_believed;
}

void watch_doubt(struct watch *watch)
{
	pthread_mutex_lock(&watch->lock);
	watch->doubtful = now();
	pthread_mutex_unlock(&watch->lock);
}
