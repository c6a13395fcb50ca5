/* remember.c -- keeps the figures that pages show at hand (sql/functions/memory.sql). */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "collector/way.h"

static const char STORE_VERSION[] =
#include "sql/queries/store_version.sql.inc"
	;
static const char REMEMBER_NEXT[] =
#include "sql/queries/remember_next.sql.inc"
	;

/* To see whether anything came costs next to nothing; what is left is asked for anyhow after
 * the rest, as not all that figures rest on are batches. */
enum { LOOK_SECONDS = 1, REST_SECONDS = 15 };
#define PAUSE_SECONDS "10"

struct remember {
	const struct collect_context *context;
	struct db *db;
	char *seen; /* the version of the store at which it was last asked what is left */
	time_t due; /* when to ask again, if nothing comes */
};

static int remember_open(void **state, const struct collect_context *context, int *fd,
			 struct error *err)
{
	struct remember *remember = memory_zeroed(1, sizeof *remember);

	(void)fd;
	(void)err;
	remember->context = context;
	*state = remember;
	return 0;
}

static void leave(struct remember *remember)
{
	db_close(remember->db);
	remember->db = NULL;
	free(remember->seen);
	remember->seen = NULL;
}

/* One period; *SECONDS as the way is to be called again. */
static int remember_one(struct remember *remember, int *seconds, struct error *err)
{
	static const char *const params[] = { PAUSE_SECONDS };
	struct db_rows *rows = NULL;
	const char *wait;
	int rest;

	if (db_query(remember->db, REMEMBER_NEXT, params, 1, &rows, err) != 0)
		return -1;
	wait = db_value(rows, 0, "wait");
	rest = wait ? atoi(wait) : REST_SECONDS;
	db_rows_free(rows);
	if (rest > REST_SECONDS)
		rest = REST_SECONDS;
	*seconds = rest == 0 ? 0 : LOOK_SECONDS; /* 0: after whatever else waits */
	remember->due = time(NULL) + rest;
	return 0;
}

/* Asks what is left when something came, and when it is time to. */
static int remember_due(struct remember *remember, int *seconds, struct error *err)
{
	char *version = NULL;
	int has_come;

	if (!remember->db && cluster_connect(remember->context->cluster, DB_COLLECTOR,
					     &remember->db, err) != 0)
		return -1;
	if (db_value_of(remember->db, STORE_VERSION, NULL, 0, &version, err) != 0)
		return -1;
	has_come = !remember->seen || strcmp(version, remember->seen) != 0;
	free(remember->seen);
	remember->seen = version;
	return has_come || time(NULL) >= remember->due
		       ? remember_one(remember, seconds, err)
		       : 0;
}

static int remember_step(void *state, int *seconds, struct error *err)
{
	struct remember *remember = state;

	if (remember->context->once)
		return 0;
	*seconds = LOOK_SECONDS;
	if (remember_due(remember, seconds, err) == 0)
		return 0;
	leave(remember);
	return -1;
}

static void remember_close(void *state)
{
	leave(state);
	free(state);
}

const struct way way_remember = { "remember", remember_open, remember_step,
				  remember_close };
