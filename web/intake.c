/* intake.c -- what all bodies of records share. */
#include "web/intake.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/memory.h"
#include "web/outcome.h"
#include "web/problem.h"

enum {
	CHECKERS = 2,
	CHECKING_SECONDS = 30,
	KEEPERS = 4,
	KEEPING_SECONDS = 120, /* a full body on a slow disk */
	FORGETTING_SECONDS = 60,
	RECEIPT_SECONDS = 30, /* DESIGN 6.5: then 202 */
	LEAST_RESERVE_MEGABYTES = 256,
};

static const uint64_t MEGABYTE = 1024 * 1024;

static const char FORGET[] =
#include "sql/queries/delivery_forget.sql.inc"
	;

static uint64_t number_of(const struct config *config, const char *key)
{
	const char *value = config_get(config, key);

	return value ? strtoull(value, NULL, 10) : 0;
}

int intake_open(struct intake **result, const struct config *config, const char *spool,
		struct error *err)
{
	struct intake *intake = memory_zeroed(1, sizeof *intake);

	intake->body_limit = number_of(config, "body_limit") * MEGABYTE;
	intake->disk_reserve = number_of(config, "disk_reserve") * MEGABYTE;
	intake->limits = (struct quota_setting){
		.requests = (unsigned)number_of(config, "key_requests"),
		.bodies = (unsigned)number_of(config, "key_bodies"),
		.queue = (unsigned)number_of(config, "key_queue"),
	};
	if (spool_open(&intake->spool, spool, err) != 0) {
		intake_close(intake);
		return -1;
	}
	*result = intake;
	return 0;
}

static void end_wait(void *context, int32_t key, const char *receipt)
{
	struct intake *intake = context;

	quota_end_wait(intake->quota, key);
	if (receipt && outcome_is_refusal(receipt))
		metrics_refused(intake->metrics, problem_status("file_refused"));
}

static int forget(void *context, struct db *db, struct error *err)
{
	(void)context;
	return db_query(db, FORGET, NULL, 0, NULL, err);
}

static void forgotten(void *context, int status, const struct error *err)
{
	(void)context;
	if (status != 0)
		log_line("web", "old deliveries: %s", err->message);
}

static void nothing(void *context)
{
	(void)context;
}

void intake_start(struct intake *intake, const char *conninfo, struct metrics *metrics)
{
	static const struct db_job forget_old = { forget, forgotten, nothing };

	intake->metrics = metrics;
	quota_open(&intake->quota, &intake->limits);
	waiter_open(&intake->waiter, intake->spool, RECEIPT_SECONDS, end_wait, intake);
	db_pool_open(&intake->checkers, conninfo, DB_WEB, CHECKERS, CHECKING_SECONDS);
	db_pool_open(&intake->keepers, conninfo, DB_WEB, KEEPERS, KEEPING_SECONDS);
	db_pool_repeat(intake->keepers, &forget_old, intake, FORGETTING_SECONDS);
}

void intake_stop(struct intake *intake)
{
	if (!intake || !intake->keepers)
		return;
	db_pool_stop(intake->checkers);
	db_pool_stop(intake->keepers);
	waiter_stop(intake->waiter);
}

void intake_close(struct intake *intake)
{
	if (!intake)
		return;
	db_pool_free(intake->checkers);
	db_pool_free(intake->keepers);
	waiter_close(intake->waiter);
	quota_close(intake->quota);
	spool_close(intake->spool);
	free(intake);
}

int intake_has_room(const struct intake *intake, uint64_t length)
{
	uint64_t free_bytes, all_bytes, reserve = intake->disk_reserve;
	struct error err;

	if (spool_room(intake->spool, &free_bytes, &all_bytes, &err) != 0) {
		log_line("web", "%s", err.message);
		return 0;
	}
	if (reserve == 0) {
		reserve = all_bytes / 20;
		if (reserve < LEAST_RESERVE_MEGABYTES * MEGABYTE)
			reserve = LEAST_RESERVE_MEGABYTES * MEGABYTE;
	}
	return free_bytes >= reserve && free_bytes - reserve >= length;
}
