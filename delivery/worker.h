/* worker.h -- what a process that delivers holds; only this room includes it. */
#ifndef DELIVERY_WORKER_H
#define DELIVERY_WORKER_H

#include "base/cluster.h"
#include "base/config.h"
#include "base/credentials.h"
#include "base/db.h"
#include "base/text.h"
#include "delivery/transfer.h"

struct worker {
	const struct config *config;
	struct cluster *cluster;
	struct db *db;
	char *archive; /* folder */
	char name[96]; /* host and process */
	struct credentials mail;
	struct mailer *mailer;
	struct report_models *models; /* of the burst at hand */
	int sample;                   /* sample data goes no further than this machine */
	long full_look; /* when it was last counted who has sent something */
	long cleaned;   /* when old files were last removed */
	long bounces;   /* when the mailbox was last looked into */
	size_t accepted, troubles;
};

/* scheduler.c: fires schedules and queues corrections, in one process at a time.  *PAUSED
 * is 1 where nothing may be sent: the database is a copy, or was restored. */
int scheduler_step(struct worker *worker, int *paused, struct error *err);

/* job.c: takes one row of the outbox and delivers it.  *FOUND is 0 where none was due. */
int job_step(struct worker *worker, int *found, struct error *err);

/* retention.c: removes files that the setting archive_days no longer keeps. */
int retention_step(struct worker *worker, struct error *err);

/* bounces.c: reads what came back from the folder of the setting bounce_folder. */
int bounces_step(struct worker *worker, struct error *err);

/* Seconds until the next try after the ATTEMPTS-th; CHANCE is any number. */
long job_delay(int attempts, unsigned chance);

#endif
