/* job.c -- one row of the outbox is delivered.
 *
 * A row is claimed with a lease and a number of its attempt; everything that is noted of
 * it asks for that number, so whoever lost the lease changes nothing any more.  The
 * message is made once, kept, and sent again as it was.  Before the end of it leaves, the
 * row is marked as handed over: from then on nobody sends it by himself a second time. */
#include "delivery/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "delivery/archive.h"

enum {
	FIRST_DELAY = 60,
	LONGEST_DELAY = 4 * 3600,
	SETTLE_TRIES = 15,
	SPARE_SECONDS = 2 /* between the end of a transfer and that of its lease */
};

static const char CLAIM[] =
#include "sql/queries/outbox_claim.sql.inc"
	;
static const char RENEW[] =
#include "sql/queries/outbox_renew.sql.inc"
	;
static const char HAND[] =
#include "sql/queries/outbox_hand.sql.inc"
	;
static const char MESSAGE[] =
#include "sql/queries/outbox_message.sql.inc"
	;
static const char SETTLE[] =
#include "sql/queries/outbox_settle.sql.inc"
	;
static const char ARCHIVE_ADD[] =
#include "sql/queries/archive_add.sql.inc"
	;

const char *job_value(const struct job *job, const char *name)
{
	return db_value(job->rows, 0, name);
}

int job_is(const struct job *job, const char *kind)
{
	return strcmp(job_value(job, "kind"), kind) == 0;
}

long job_delay(int attempts, unsigned chance)
{
	long delay = FIRST_DELAY;

	for (int i = 1; i < attempts && delay < LONGEST_DELAY; i++)
		delay *= 2;
	if (delay > LONGEST_DELAY)
		delay = LONGEST_DELAY;
	/* A fifth more or less, so that those refused together do not return together. */
	return delay + delay / 5 * ((long)(chance % 2001) - 1000) / 1000;
}

/* ---- The row ------------------------------------------------------------- */

static const char *setting(const struct job *job, const char *key)
{
	return config_get(job->worker->config, key);
}

/* Does a statement on the row of this attempt find it?  0: somebody else has it. */
static int holds(struct job *job, const char *sql, const char *third, struct error *err)
{
	const char *const params[] = { job_value(job, "outbox_id"),
				       job_value(job, "attempts"), third };
	char *found = NULL;
	int held;

	if (db_value_of(job->worker->db, sql, params, third ? 3 : 2, &found, err) != 0)
		return -1;
	held = found != NULL;
	free(found);
	return held;
}

/* Asked by the transfer before the end of a message leaves. */
static int hand_over(void *context)
{
	struct job *job = context;
	struct error err;
	int held = holds(job, HAND, NULL, &err);

	if (held < 0)
		log_line("deliver", "%s", err.message);
	return held == 1 ? 0 : -1;
}

static int settle_once(struct job *job, const char *state, const char *answer,
		       long seconds, struct error *err)
{
	char again[24];
	const char *const params[] = { job_value(job, "outbox_id"),
				       job_value(job, "attempts"),
				       state,
				       answer,
				       again,
				       setting(job, "alert_to") };

	snprintf(again, sizeof again, "%ld", seconds);
	return db_query(job->worker->db, SETTLE, params, 6, NULL, err);
}

/* An answer that we have is worth waiting for the database. */
static int settle(struct job *job, const char *state, const char *answer, long seconds,
		  struct error *err)
{
	struct worker *worker = job->worker;

	for (int i = 0; i < SETTLE_TRIES; i++) {
		if (worker->db && settle_once(job, state, answer, seconds, err) == 0)
			return 0;
		if (worker->db && db_is_alive(worker->db))
			return -1;
		db_close(worker->db);
		worker->db = NULL;
		sleep(1);
		if (cluster_connect(worker->cluster, DB_REPORTS, &worker->db, err) != 0)
			worker->db = NULL;
	}
	return -1;
}

static int conclude(struct job *job, const struct outcome *outcome, struct error *err)
{
	static const char *const states[] = { "accepted", "deferred", "failed",
					      "uncertain" };
	const char *state = states[outcome->verdict == VERDICT_LOST ? VERDICT_DEFERRED
								    : outcome->verdict];
	unsigned chance = 0;

	if (outcome->verdict == VERDICT_LOST)
		return 0;
	if (outcome->verdict == VERDICT_ACCEPTED)
		job->worker->accepted++;
	else
		job->worker->troubles++;
	/* Five days, as long as mail servers try. */
	if (outcome->verdict == VERDICT_DEFERRED &&
	    strcmp(job_value(job, "is_old"), "1") == 0)
		state = "failed";
	if (getrandom(&chance, sizeof chance, 0) < 0)
		chance = 1000;
	if (outcome->verdict != VERDICT_ACCEPTED)
		log_line("deliver", "%s, %s to %s: %s: %s", job_value(job, "schedule"),
			 job_value(job, "period"), job_value(job, "recipient"), state,
			 outcome->answer);
	return settle(job, state, outcome->answer,
		      outcome->verdict == VERDICT_DEFERRED
			      ? job_delay(atoi(job_value(job, "attempts")), chance)
			      : 0,
		      err);
}

/* ---- What is sent -------------------------------------------------------- */

static void name_message(struct job *job)
{
	const char *from = setting(job, "mail_from");
	const char *at = from ? strchr(from, '@') : NULL;
	struct text id = { 0 };

	if (job_value(job, "message_id"))
		text_add(&id, job_value(job, "message_id"));
	else
		text_addf(&id, "%s%s", job_value(job, "number"), at ? at : "@nq17");
	job->message_id = text_take(&id);
}

/* What goes by this way; kept and noted, so that another try sends the same bytes. */
static int keep_message(struct job *job, const struct text *message, struct error *err)
{
	int is_mail = job->way == WAY_MAIL;
	const char *params[5] = { job_value(job, "outbox_id"), job_value(job, "attempts"),
				  job->edition, job->message_id };
	char sha256[DIGEST_SIZE], length[24];
	const char *const file[] = { sha256, length,
				     is_mail ? "message/rfc822" : "application/json" };

	if (message->length) {
		snprintf(length, sizeof length, "%zu", message->length);
		if (archive_store(job->worker->archive, message->data, message->length,
				  sha256, err) != 0 ||
		    db_query(job->worker->db, ARCHIVE_ADD, file, 3, NULL, err) != 0)
			return -1;
		params[4] = sha256;
	}
	return db_query(job->worker->db, MESSAGE, params, 5, NULL, err);
}

static int compose(struct job *job, struct issue_files *files, struct text *message,
		   struct error *err)
{
	int status = 0;

	if (job_is(job, "alert")) {
		status = compose_alert(job, message, err);
	} else {
		if (issue_make(job, err) != 0 || issue_load(job, files, err) != 0)
			return -1;
		if (job->way == WAY_MAIL)
			status = compose_letter(job, files, message, err);
		else if (job->way == WAY_HOOK)
			status = compose_hook(job, files, message, err);
	}
	return status == 0 ? keep_message(job, message, err) : -1;
}

/* Of a message that was made before, its bytes; else it is made now. */
static int prepare(struct job *job, struct issue_files *files, struct text *message,
		   struct error *err)
{
	const char *sha256 = job_value(job, "sha256");

	name_message(job);
	if (sha256)
		return archive_load(job->worker->archive, sha256, message, err);
	return compose(job, files, message, err);
}

/* ---- The ways ------------------------------------------------------------ */

static int is_unreachable_for_sample(const struct job *job, const char *url)
{
	return job->worker->sample && !address_is_loopback(url);
}

static struct transfer transfer_of(struct job *job, const char *url,
				   const struct credentials *credentials,
				   const struct text *bytes)
{
	long lease = atol(setting(job, "delivery_lease"));

	return (struct transfer){ .url = url,
				  .credentials = credentials,
				  .patience = atol(setting(job, "mail_patience")),
				  .seconds = lease > SPARE_SECONDS + 1
						     ? lease - SPARE_SECONDS
						     : 1,
				  .context = job,
				  .bytes = text_string(bytes),
				  .length = bytes->length };
}

static void set_outcome(struct outcome *outcome, enum verdict verdict, const char *answer)
{
	outcome->verdict = verdict;
	snprintf(outcome->answer, sizeof outcome->answer, "%s", answer);
}

static void mail(struct job *job, const struct text *message, struct outcome *outcome)
{
	const char *url = setting(job, "smtp_url"), *from = setting(job, "mail_from");
	const char *tls = setting(job, "mail_tls");
	struct transfer transfer;
	int is_near;

	if (!url || !from) {
		set_outcome(
			outcome, VERDICT_DEFERRED,
			"mail is off: the settings smtp_url and mail_from turn it on");
		return;
	}
	if (is_unreachable_for_sample(job, url)) {
		set_outcome(outcome, VERDICT_FAILED,
			    "sample data is mailed to this machine only");
		return;
	}
	is_near = address_is_loopback(url);
	transfer = transfer_of(job, url, &job->worker->mail, message);
	transfer.ca = setting(job, "mail_ca");
	transfer.fence = hand_over;
	transfer_mail(job->worker->mailer, &transfer,
		      tls ? (strcmp(tls, "none") == 0 ? MAIL_TLS_NONE : MAIL_TLS_REQUIRED)
			  : (is_near ? MAIL_TLS_NONE : MAIL_TLS_REQUIRED),
		      from, job->place, outcome);
}

static void hook(struct job *job, const struct credentials *credentials,
		 const struct text *message, struct outcome *outcome)
{
	struct transfer transfer = transfer_of(job, job->place, credentials, message);

	transfer.fence = hand_over;
	transfer_hook(&transfer, job->message_id, outcome);
}

static void write_file(const struct job *job, const struct issue_file *file,
		       struct outcome *outcome)
{
	struct text path = { 0 };
	struct error err;

	text_addf(&path, "%s/", job->place);
	compose_file_name(&path, job, file->format);
	if (file_replace(path.data, text_string(&file->bytes), file->bytes.length,
			 &err) == 0)
		set_outcome(outcome, VERDICT_ACCEPTED, path.data);
	else
		set_outcome(outcome, VERDICT_DEFERRED, err.message);
	text_free(&path);
}

static void put_file(struct job *job, const struct credentials *credentials,
		     const struct issue_file *file, struct outcome *outcome)
{
	size_t length = strlen(job->place);
	struct text url = { 0 };
	struct transfer transfer;

	text_addf(&url, "%s%s", job->place,
		  length && job->place[length - 1] == '/' ? "" : "/");
	compose_file_name(&url, job, file->format);
	transfer = transfer_of(job, url.data, credentials, &file->bytes);
	transfer_put(&transfer, file->media_type, outcome);
	text_free(&url);
}

/* Every file anew: putting the same one twice leaves one. */
static void put_all(struct job *job, const struct credentials *credentials,
		    const struct issue_files *files, struct outcome *outcome)
{
	set_outcome(outcome, VERDICT_FAILED, "there is no file");
	for (size_t i = 0; i < files->count; i++) {
		if (!*files->items[i].name)
			continue;
		if (job->way == WAY_FOLDER)
			write_file(job, &files->items[i], outcome);
		else
			put_file(job, credentials, &files->items[i], outcome);
		if (outcome->verdict != VERDICT_ACCEPTED)
			return;
	}
}

static void hand(struct job *job, const struct issue_files *files,
		 const struct text *message, struct outcome *outcome)
{
	struct credentials credentials = { 0 };
	struct error err;

	if (job->way == WAY_MAIL) {
		mail(job, message, outcome);
		return;
	}
	if (job->way != WAY_FOLDER && is_unreachable_for_sample(job, job->place)) {
		set_outcome(outcome, VERDICT_FAILED,
			    "sample data is sent to this machine only");
		return;
	}
	if (credentials_read(&credentials, job_value(job, "credential_file"), &err) != 0)
		set_outcome(outcome, VERDICT_DEFERRED, err.message);
	else if (job->way == WAY_HOOK)
		hook(job, &credentials, message, outcome);
	else
		put_all(job, &credentials, files, outcome);
	credentials_free(&credentials);
}

/* ---- The whole ----------------------------------------------------------- */

/* What cannot be drawn will not be drawn by trying again, unless the database was in the
 * way. */
static void refuse(struct outcome *outcome, const struct error *err)
{
	set_outcome(outcome,
		    err->kind == ERROR_UNAVAILABLE ? VERDICT_DEFERRED : VERDICT_FAILED,
		    err->message);
}

/* May it go there, now? */
static int check_recipient(struct job *job, struct error *err)
{
	if (strcmp(job_value(job, "is_addressed"), "1") != 0)
		return error_set(err, ERROR_INVALID,
				 "the schedule does not send this there any more");
	return address_read(job_value(job, "recipient"), setting(job, "mail_domains"),
			    &job->way, &job->place, err);
}

static int deliver(struct job *job, struct error *err)
{
	struct issue_files files = { 0 };
	struct text message = { 0 };
	struct outcome outcome;
	struct error why = { 0 };
	int held = 1;

	if (check_recipient(job, &why) != 0 || prepare(job, &files, &message, &why) != 0)
		refuse(&outcome, &why);
	else if ((held = holds(job, RENEW, setting(job, "delivery_lease"), err)) == 1)
		hand(job, &files, &message, &outcome);
	issue_files_free(&files);
	text_free(&message);
	if (held < 0)
		return -1;
	return held ? conclude(job, &outcome, err) : 0;
}

int job_step(struct worker *worker, int *found, struct error *err)
{
	struct job job = { .worker = worker };
	const char *const params[] = { worker->name,
				       config_get(worker->config, "delivery_lease") };
	int status = db_query(worker->db, CLAIM, params, 2, &job.rows, err);

	*found = status == 0 && db_rows_count(job.rows) > 0;
	if (*found)
		status = deliver(&job, err);
	free(job.edition);
	free(job.message_id);
	db_rows_free(job.rows);
	return status;
}
