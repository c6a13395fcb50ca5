/* retention.c -- how long what was sent is kept. */
#include <time.h>

#include "delivery/archive.h"
#include "delivery/worker.h"

enum { EVERY_SECONDS = 3600 };

static const char OLD[] =
#include "sql/queries/archive_old.sql.inc"
	;
static const char GONE[] =
#include "sql/queries/archive_gone.sql.inc"
	;

static int remove_old(struct worker *worker, const char *days, struct error *err)
{
	struct db_rows *rows = NULL;
	int status = db_query(worker->db, OLD, &days, 1, &rows, err);

	for (size_t i = 0; status == 0 && i < db_rows_count(rows); i++) {
		const char *const params[] = { db_value(rows, i, "sha256") };

		status = archive_remove(worker->archive, params[0], err);
		if (status == 0)
			status = db_query(worker->db, GONE, params, 1, NULL, err);
	}
	db_rows_free(rows);
	return status;
}

int retention_step(struct worker *worker, struct error *err)
{
	const char *days = config_get(worker->config, "archive_days");
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!days ||
	    (worker->cleaned >= 0 && (long)now.tv_sec - worker->cleaned < EVERY_SECONDS))
		return 0;
	worker->cleaned = (long)now.tv_sec;
	return remove_old(worker, days, err);
}
