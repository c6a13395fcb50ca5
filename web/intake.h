/* intake.h -- what all bodies of records share: the spool, the quotas of the keys, and
 * whoever waits for a receipt. */
#ifndef WEB_INTAKE_H
#define WEB_INTAKE_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/config.h"
#include "collector/collector.h"
#include "web/db_pool.h"
#include "web/metrics.h"
#include "web/quota.h"
#include "web/waiter.h"

enum { INTAKE_LARGE_FORMS = 4 }; /* at a time */

struct intake {
	struct spool *spool;
	uint64_t body_limit;   /* bytes, as they come */
	uint64_t disk_reserve; /* bytes; 0: as much as intake_has_room() thinks fit */
	struct quota_setting limits;
	struct quota *quota;
	struct waiter *waiter;
	struct metrics *metrics; /* borrowed */
	atomic_int large_forms;  /* on their way: they are held in memory */
	/* Apart from those of the pages: a slow page keeps no sender waiting. */
	struct db_pool *checkers; /* of keys: quick */
	struct db_pool *keepers;  /* flush bodies to the disk */
};

/* Reads the settings and makes the folder of the spool; starts no thread. */
int intake_open(struct intake **intake, const struct config *config, const char *spool,
		struct error *err);
void intake_start(struct intake *intake, const char *conninfo, struct metrics *metrics);
/* Answers everyone who waits, also those who come from now on. */
void intake_stop(struct intake *intake);
void intake_close(
	struct intake *intake); /* after intake_stop(), or unstarted; NULL too */

/* Is there room on the disk for LENGTH more bytes? */
int intake_has_room(const struct intake *intake, uint64_t length);

#endif
