/* commit.c -- items of the spool into the store, each exactly once.
 *
 * Two workers: the second leaves large items to the first, so that small ones never wait
 * for more than one of each.  The name of an item is stored with its batch; an item that
 * is found stored, because we ended before its receipt was written, is only answered. */
#include "collector/commit.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "collector/batch.h"
#include "collector/replay.h"

enum {
	WORKERS = 2,
	LARGE = 16 * 1024 * 1024, /* bytes; the second worker leaves these */
	TRIES = 5,                /* of an item that fails through a fault of ours */
	TIDY_SECONDS = 3600,
	PAUSE_SECONDS_MAX = 30,
	REST_SECONDS = 60,
	NUMBER_BYTES = 20, /* of a batch */
};

struct worker {
	struct committer *committer;
	pthread_t thread;
	int number;
	struct db *db;
	char item[SPOOL_ID_MAX + 1]; /* at hand, or "" */
	int pause;                   /* seconds to wait after a failure */
};

struct committer {
	struct cluster *cluster;
	struct spool *spool;
	pthread_mutex_t mutex; /* of the spool's queue and all below */
	pthread_cond_t woken;
	unsigned long wakes; /* how often there was something new */
	int is_closing;
	time_t tidied;
	struct worker workers[WORKERS];
};

/* ---- One item ----------------------------------------------------------- */

static char *refused_receipt(const struct spool_note *note, const char *code,
			     const char *detail)
{
	const struct message_parts parts = { .detail = detail };
	struct receipt receipt = { .type = note->type ? note->type : "" };
	struct text message = { 0 }, printed = { 0 };

	message_add(&message, note->language, code, &parts);
	receipt_add_error(&receipt, "null", NULL, NULL, NULL, code,
			  text_string(&message));
	receipt_print(&receipt, &printed);
	receipt_free(&receipt);
	text_free(&message);
	return text_take(&printed);
}

/* *RECEIPT is set when the item has come to its end. */
static int import(struct db *db, const struct spool_note *note, const char *body,
		  char **receipt, struct error *err)
{
	const struct batch_request request = {
		.type = note->type ? record_type_find(note->type) : NULL,
		.decoder = note->format ? decoder_find(note->format) : NULL,
		.path = body,
		.agency = note->agency,
		.scope = note->scope,
		.profile = note->profile,
		.delivery = note->id,
		.way = note->way,
		.file = note->file ? note->file : note->id,
		.dry_run = note->dry_run,
		.language = note->language,
	};
	struct receipt result = { 0 };
	struct text printed = { 0 };
	int refused, status;

	if (!request.type || !request.decoder)
		return error_set(err, ERROR_INTERNAL, "no type \"%s\" or format \"%s\"",
				 note->type ? note->type : "",
				 note->format ? note->format : "");
	status = batch_import(db, &request, &result, &refused, err);
	if (status == 0) {
		receipt_print(&result, &printed);
		*receipt = text_take(&printed);
	}
	receipt_free(&result);
	return status;
}

static int is_replay(const struct spool_note *note)
{
	return note->format && strcmp(note->format, "replay") == 0;
}

/* A body of the format "replay" is the number of the batch whose refused records are to be
 * sent again. */
static int replay(struct db *db, const struct spool_note *note, const char *body,
		  char **receipt, struct error *err)
{
	struct replay_choice choice = { .language = note->language,
					.delivery = note->id,
					.scope = note->scope,
					.dry_run = note->dry_run };
	struct text number = { 0 };
	int status = file_read(body, NUMBER_BYTES, &number, err);

	choice.batch = text_string(&number);
	if (status == 0)
		status = replay_batch(db, &choice, receipt, err);
	if (status == 0 && !*receipt)
		*receipt = refused_receipt(note, "file_header_only", NULL);
	text_free(&number);
	return status;
}

static int commit(struct worker *worker, const struct spool_note *note, const char *body,
		  struct error *err)
{
	struct committer *committer = worker->committer;
	char *receipt = NULL;
	int status = -1;

	if (!worker->db &&
	    cluster_connect(committer->cluster, DB_COLLECTOR, &worker->db, err) != 0)
		goto done;
	if (batch_delivered(worker->db, note->id, &receipt, err) != 0)
		goto done;
	if (!receipt && (spool_try(committer->spool, note->id, err) != 0 ||
			 (is_replay(note) ? replay : import)(worker->db, note, body,
							     &receipt, err) != 0))
		goto done;
	status = spool_done(committer->spool, note->id, receipt, err);
done:
	free(receipt);
	return status;
}

/* The database or the disk failed: the item waits.  It failed itself: it is tried some
 * more times, then set aside. */
static void give_up(struct worker *worker, const struct spool_note *note,
		    struct error *err)
{
	struct committer *committer = worker->committer;
	struct error ignored;
	char *receipt;

	log_line("collect", "%s: %s", note->id, err->message);
	if (worker->db && !db_is_alive(worker->db)) {
		db_close(worker->db);
		worker->db = NULL;
		cluster_revive(committer->cluster, &ignored);
	}
	if (err->kind == ERROR_UNAVAILABLE) {
		spool_untry(committer->spool, note->id);
		worker->pause = worker->pause ? worker->pause * 2 : 1;
		if (worker->pause > PAUSE_SECONDS_MAX)
			worker->pause = PAUSE_SECONDS_MAX;
	} else if (note->tries + 1 >= TRIES) {
		receipt = refused_receipt(note, "delivery_set_aside", err->message);
		if (spool_set_aside(committer->spool, note->id, receipt, err) == 0)
			log_line("collect", "%s: set aside", note->id);
		else
			log_line("collect", "%s: %s", note->id, err->message);
		free(receipt);
	}
}

/* ---- The workers -------------------------------------------------------- */

static int is_at_hand(const struct committer *committer, const char *id)
{
	for (int i = 0; i < WORKERS; i++)
		if (strcmp(committer->workers[i].item, id) == 0)
			return 1;
	return 0;
}

static int is_for(const struct worker *worker, const char *body)
{
	struct stat facts;

	return worker->number == 0 || stat(body, &facts) != 0 || facts.st_size < LARGE;
}

/* The next item of the list for WORKER; with the mutex held. */
static int take_listed(struct worker *worker, struct spool_note *note, struct text *body)
{
	struct committer *committer = worker->committer;
	struct error err;
	int found;

	for (;;) {
		int status = spool_next(committer->spool, &found, note, body, &err);

		if (!found)
			return 0;
		if (status != 0)
			log_line("collect", "%s", err.message);
		else if (!is_at_hand(committer, note->id) &&
			 is_for(worker, text_string(body))) {
			memcpy(worker->item, note->id, sizeof worker->item);
			return 1;
		}
		spool_note_free(note);
	}
}

/* The same, with one more look at what waits: items that are not for WORKER stay there,
 * and looking until they are gone would hold up whoever has them at hand. */
static int take(struct worker *worker, struct spool_note *note, struct text *body)
{
	struct error err;

	if (take_listed(worker, note, body))
		return 1;
	if (spool_list(worker->committer->spool, &err) != 0) {
		log_line("collect", "%s", err.message);
		return 0;
	}
	return take_listed(worker, note, body);
}

/* With the mutex held. */
static void wait_seconds(struct committer *committer, int seconds)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += seconds;
	pthread_cond_timedwait(&committer->woken, &committer->mutex, &until);
}

/* Lets a pause pass, whatever arrives meanwhile. */
static void keep_pause(struct worker *worker)
{
	const time_t over = time(NULL) + worker->pause;

	while (!worker->committer->is_closing && time(NULL) < over)
		wait_seconds(worker->committer, 1);
}

static void tidy(struct committer *committer)
{
	const time_t now = time(NULL);

	if (now - committer->tidied < TIDY_SECONDS)
		return;
	committer->tidied = now;
	spool_tidy(committer->spool);
}

/* -1: it failed, and may be tried again. */
static int work(struct worker *worker, const struct spool_note *note, const char *body)
{
	struct committer *committer = worker->committer;
	struct error err = { 0 };
	int status;

	pthread_mutex_unlock(&committer->mutex);
	status = commit(worker, note, body, &err);
	if (status == 0)
		worker->pause = 0;
	else
		give_up(worker, note, &err);
	pthread_mutex_lock(&committer->mutex);
	worker->item[0] = '\0';
	return status;
}

static void *run(void *context)
{
	struct worker *worker = context;
	struct committer *committer = worker->committer;
	struct spool_note note;
	struct text body = { 0 };

	pthread_mutex_lock(&committer->mutex);
	while (!committer->is_closing) {
		unsigned long seen = committer->wakes;

		if (take(worker, &note, &body)) {
			if (work(worker, &note, text_string(&body)) != 0)
				keep_pause(worker);
			spool_note_free(&note);
			continue;
		}
		tidy(committer);
		if (seen == committer->wakes && !committer->is_closing)
			wait_seconds(committer, REST_SECONDS);
	}
	pthread_mutex_unlock(&committer->mutex);
	text_free(&body);
	return NULL;
}

int committer_open(struct committer **result, struct cluster *cluster,
		   struct spool *spool, struct error *err)
{
	struct committer *committer = memory_zeroed(1, sizeof *committer);

	committer->cluster = cluster;
	committer->spool = spool;
	committer->tidied = time(NULL);
	pthread_mutex_init(&committer->mutex, NULL);
	pthread_cond_init(&committer->woken, NULL);
	for (int i = 0; i < WORKERS; i++) {
		struct worker *worker = &committer->workers[i];

		worker->committer = committer;
		worker->number = i;
		if (pthread_create(&worker->thread, NULL, run, worker) != 0)
			return error_set(err, ERROR_UNAVAILABLE, "no thread to be had");
	}
	*result = committer;
	return 0;
}

void committer_wake(struct committer *committer)
{
	pthread_mutex_lock(&committer->mutex);
	committer->wakes++;
	pthread_cond_broadcast(&committer->woken);
	pthread_mutex_unlock(&committer->mutex);
}

void committer_close(struct committer *committer)
{
	if (!committer)
		return;
	pthread_mutex_lock(&committer->mutex);
	committer->is_closing = 1;
	pthread_cond_broadcast(&committer->woken);
	pthread_mutex_unlock(&committer->mutex);
	for (int i = 0; i < WORKERS; i++) {
		pthread_join(committer->workers[i].thread, NULL);
		db_close(committer->workers[i].db);
	}
	pthread_mutex_destroy(&committer->mutex);
	pthread_cond_destroy(&committer->woken);
	free(committer);
}

int commit_all(struct cluster *cluster, struct spool *spool)
{
	struct committer committer = { .cluster = cluster,
				       .spool = spool,
				       .mutex = PTHREAD_MUTEX_INITIALIZER };
	struct worker *worker = &committer.workers[0];
	struct spool_note note;
	struct text body = { 0 };
	int status = 0;

	worker->committer = &committer;
	pthread_mutex_lock(&committer.mutex);
	while (status == 0 && take(worker, &note, &body)) {
		status = work(worker, &note, text_string(&body));
		spool_note_free(&note);
	}
	pthread_mutex_unlock(&committer.mutex);
	db_close(worker->db);
	text_free(&body);
	return status;
}
