/* remember.c -- keeps the figures that pages show at hand (sql/functions/memory.sql): those
 * whose records have been still for a while. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "collector/way.h"

static const char REMEMBER_NEXT[] =
#include "sql/queries/remember_next.sql.inc"
	;

enum { LOOK_SECONDS = 15 };
#define STILL_SECONDS "10"

struct remember {
	const struct collect_context *context;
	struct db *db; /* while there is something to remember */
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
}

/* One period a step. */
static int remember_step(void *state, int *seconds, struct error *err)
{
	static const char *const params[] = { STILL_SECONDS };
	struct remember *remember = state;
	struct db_rows *rows = NULL;
	int has_more;

	*seconds = LOOK_SECONDS;
	if (remember->context->once)
		return 0;
	if ((!remember->db && cluster_connect(remember->context->cluster, DB_COLLECTOR,
					      &remember->db, err) != 0) ||
	    db_query(remember->db, REMEMBER_NEXT, params, 1, &rows, err) != 0) {
		leave(remember);
		return -1;
	}
	has_more = strcmp(db_value(rows, 0, "remembered"), "1") == 0;
	db_rows_free(rows);
	if (has_more)
		*seconds = 0; /* after whatever else waits */
	else
		leave(remember);
	return 0;
}

static void remember_close(void *state)
{
	leave(state);
	free(state);
}

const struct way way_remember = { "remember", remember_open, remember_step,
				  remember_close };
