/* upload.c -- one body of records on its way from a sender into the spool. */
#include "web/upload.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include <openssl/evp.h>

#include "base/log.h"
#include "base/memory.h"
#include "web/media_type.h"
#include "web/outcome.h"
#include "web/problem.h"

enum {
	IDEMPOTENCY_KEY_MAX = 200,
	HASH_BYTES = 32,
	RANDOM_BYTES = 16,
	ROOM_STEP = 4 * 1024 * 1024, /* how often the disk is looked at */
};

static const char NOTE[] =
#include "sql/queries/delivery_note.sql.inc"
	;
static const char FIND[] =
#include "sql/queries/delivery_find.sql.inc"
	;

/* The sender and the worker that is late with its job each hold a reference. */
struct upload {
	atomic_int references;
	struct intake *intake;
	upload_resumed *resumed;
	void *context;
	char *instance, *token, *idempotency_key;
	const char *language;
	uint64_t announced; /* bytes; 0: not said */
	struct spool_note note;
	int is_refused;
	struct reply reply;

	/* Set by the worker that checks the key. */
	const char *problem; /* the code of a refusal, or NULL */
	int retry_after;
	struct api_key key;
	int is_counted; /* by the quota */

	struct spool_draft *draft;
	uint64_t room_checked_at;
	EVP_MD_CTX *digest;
	char sha256[2 * HASH_BYTES + 1];

	/* Set by the worker that keeps the body. */
	int is_handed_over;
	char *receipt; /* of the same request when it came before */
};

/* ---- Answers ------------------------------------------------------------ */

static int refuse(struct upload *upload, const char *code, const char *reason)
{
	problem_fill(&upload->reply, code, upload->language, upload->instance, reason,
		     NULL);
	if (upload->retry_after > 0)
		upload->reply.retry_after = upload->retry_after;
	upload->is_refused = 1;
	metrics_refused(upload->intake->metrics, upload->reply.status);
	return -1;
}

static void refuse_error(struct upload *upload, const struct error *err)
{
	log_line("web", "%s: %s", upload->instance, err->message);
	refuse(upload, "unavailable", NULL);
}

/* ---- Beginning ---------------------------------------------------------- */

static int is_known_parameter(const char *name)
{
	static const char *const known[] = { "dry_run", "lang", "profile", "agency" };

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(name, known[i]) == 0)
			return 1;
	return name[0] == ':'; /* a part of the path */
}

static int read_parameters(struct upload *upload, const struct request *request)
{
	const char *dry_run = request_value(request, "dry_run");
	const char *profile = request_value(request, "profile");
	const char *agency = request_value(request, "agency");

	for (size_t i = 0; i < request->count; i++)
		if (!is_known_parameter(request->values[i].name))
			return refuse(upload, "bad_parameter", request->values[i].name);
	if (dry_run && strcmp(dry_run, "1") != 0 && strcmp(dry_run, "0") != 0)
		return refuse(upload, "bad_parameter", "dry_run=0|1");
	upload->note.dry_run = dry_run && *dry_run == '1';
	upload->note.profile = profile ? memory_copy(profile) : NULL;
	upload->note.agency = agency ? memory_copy(agency) : NULL;
	return 0;
}

static int read_token(struct upload *upload, const struct request *request)
{
	const char *token = request_token(request);

	if (!token)
		return refuse(upload, "key_missing", NULL);
	upload->token = memory_copy(token);
	return 0;
}

static int read_format(struct upload *upload, const struct upload_head *head)
{
	const char *problem, *format = media_type_format(head->content_type, &problem);

	if (!format)
		return refuse(upload, problem, NULL);
	if (strcmp(format, "json") == 0 && !collector_takes_format(format))
		format = "cloudevents";
	if (!collector_takes_format(format))
		return refuse(upload, "media_type", NULL);
	if (!media_type_encoding_is_known(head->content_encoding))
		return refuse(upload, "content_encoding", NULL);
	upload->note.format = memory_copy(format);
	return 0;
}

static int read_length(struct upload *upload, uint64_t length)
{
	upload->announced = length;
	if (upload->announced > upload->intake->body_limit)
		return refuse(upload, "too_large", NULL);
	return 0;
}

static int read_idempotency_key(struct upload *upload, const char *key)
{
	size_t length;

	if (!key)
		return 0;
	length = strlen(key);
	if (length < 1 || length > IDEMPOTENCY_KEY_MAX)
		return refuse(upload, "bad_idempotency_key", NULL);
	for (size_t i = 0; i < length; i++)
		if (key[i] < ' ' || key[i] > '~')
			return refuse(upload, "bad_idempotency_key", NULL);
	/* A trial stores nothing that could be stored twice.  It leaves the key to the body
	 * that is sent in earnest, and is always judged by what is stored now. */
	if (!upload->note.dry_run)
		upload->idempotency_key = memory_copy(key);
	return 0;
}

int upload_begin(struct upload **result, struct intake *intake,
		 const struct request *request, const struct upload_head *head,
		 upload_resumed *resumed, void *context)
{
	struct upload *upload = memory_zeroed(1, sizeof *upload);
	const char *type = request_value(request, ":type");

	*result = upload;
	atomic_init(&upload->references, 1);
	upload->intake = intake;
	upload->resumed = resumed;
	upload->context = context;
	upload->instance = memory_copy(request->address);
	upload->language = request->language;
	upload->note.language =
		strcmp(request->language, "en") == 0 ? MESSAGE_EN : MESSAGE_VI;
	upload->note.way = memory_copy("http");
	if (!type || !collector_takes_type(type))
		return refuse(upload, "unknown_type", NULL);
	upload->note.type = memory_copy(type);
	return read_token(upload, request) != 0 ||
			       read_parameters(upload, request) != 0 ||
			       read_format(upload, head) != 0 ||
			       read_length(upload, head->length) != 0 ||
			       read_idempotency_key(upload, head->idempotency_key) != 0
		       ? -1
		       : 0;
}

static void release(void *context)
{
	struct upload *upload = context;

	if (atomic_fetch_sub(&upload->references, 1) > 1)
		return;
	spool_abandon(upload->draft);
	EVP_MD_CTX_free(upload->digest);
	if (upload->is_counted)
		quota_end_body(upload->intake->quota, upload->key.id);
	key_free(&upload->key);
	reply_free(&upload->reply);
	free(upload->note.type);
	free(upload->note.format);
	free(upload->note.agency);
	free(upload->note.way);
	free(upload->note.profile);
	free(upload->instance);
	free(upload->token);
	free(upload->idempotency_key);
	free(upload->receipt);
	free(upload);
}

void upload_free(struct upload *upload)
{
	if (upload)
		release(upload);
}

int upload_is_refused(const struct upload *upload)
{
	return upload->is_refused;
}

struct reply *upload_reply(struct upload *upload)
{
	return &upload->reply;
}

/* Hands JOB to POOL; its done() is called in any case. */
static void submit(struct upload *upload, struct db_pool *pool, const struct db_job *job)
{
	struct error err;

	atomic_fetch_add(&upload->references, 1);
	if (db_pool_submit(pool, job, upload, &err) != 0) {
		job->done(upload, -1, &err);
		release(upload);
	}
}

/* ---- Admission: on a worker thread -------------------------------------- */

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int check_rights(struct upload *upload, struct db *db, struct error *err)
{
	int speaks = 1;

	if (!key_may_send(&upload->key, upload->note.type)) {
		upload->problem = "key_type";
		return 0;
	}
	if (upload->note.agency &&
	    key_speaks_for(db, &upload->key, upload->note.agency, &speaks, err) != 0)
		return -1;
	if (!speaks)
		upload->problem = "key_agency";
	return 0;
}

/* Runs again when the connection was lost: what it sets is set anew. */
static int admit(void *context, struct db *db, struct error *err)
{
	struct upload *upload = context;

	upload->problem = NULL;
	key_free(&upload->key);
	if (key_check(db, upload->token, &upload->key, err) != 0) {
		if (err->kind != ERROR_NOT_FOUND)
			return -1;
		upload->problem = "key_invalid";
		return 0;
	}
	return check_rights(upload, db, err);
}

static void admitted(void *context, int status, const struct error *err)
{
	struct upload *upload = context;

	if (status != 0) {
		refuse_error(upload, err);
	} else {
		if (!upload->problem)
			upload->problem =
				quota_begin_body(upload->intake->quota, upload->key.id,
						 seconds_now(), &upload->retry_after);
		if (upload->problem) {
			refuse(upload, upload->problem, NULL);
		} else {
			upload->is_counted = 1;
			if (!intake_has_room(upload->intake, upload->announced))
				refuse(upload, "disk_full", NULL);
		}
	}
	upload->resumed(upload->context);
}

void upload_admit(struct upload *upload)
{
	static const struct db_job job = { admit, admitted, release };

	submit(upload, upload->intake->checkers, &job);
}

/* ---- The body ----------------------------------------------------------- */

static int begin_body(struct upload *upload)
{
	struct error err;

	if (upload->digest)
		return 0;
	upload->digest = EVP_MD_CTX_new();
	if (!upload->digest || EVP_DigestInit_ex(upload->digest, EVP_sha256(), NULL) != 1)
		BUG("SHA-256");
	if (spool_begin(upload->intake->spool, &upload->draft, &err) == 0)
		return 0;
	refuse_error(upload, &err);
	return -1;
}

static int take(struct upload *upload, const char *bytes, size_t length)
{
	uint64_t total;
	struct error err;

	if (begin_body(upload) != 0)
		return -1;
	total = spool_length(upload->draft) + length;
	if (total > upload->intake->body_limit)
		return refuse(upload, "too_large", NULL);
	if (total - upload->room_checked_at >= ROOM_STEP) {
		upload->room_checked_at = total;
		if (!intake_has_room(upload->intake, length))
			return refuse(upload, "disk_full", NULL);
	}
	EVP_DigestUpdate(upload->digest, bytes, length);
	if (spool_write(upload->draft, bytes, length, &err) == 0)
		return 0;
	log_line("web", "%s: %s", upload->instance, err.message);
	return refuse(upload, "disk_full", NULL);
}

int upload_take(struct upload *upload, const char *bytes, size_t length)
{
	if (upload->is_refused || take(upload, bytes, length) == 0)
		return upload->is_refused ? -1 : 0;
	/* The rest is of no use, so what is there may go at once. */
	spool_abandon(upload->draft);
	upload->draft = NULL;
	return -1;
}

/* ---- Keeping it: on a worker thread ------------------------------------- */

static void print_hex(const unsigned char *bytes, size_t count, char *printed)
{
	for (size_t i = 0; i < count; i++)
		snprintf(printed + 2 * i, 3, "%02x", bytes[i]);
}

/* What the request is, beside its body: the same key must mean the same. */
static void add_asked(const struct upload *upload, struct text *out)
{
	text_addf(out, "%s %s%s", upload->note.type, upload->note.format,
		  upload->note.dry_run ? " dry_run" : "");
	if (upload->note.profile)
		text_addf(out, " profile=%s", upload->note.profile);
	text_addf(out, " agency=%s", upload->note.agency);
}

/* The number of the agency lets the sender alone ask for it; the rest is random. */
static void name_delivery(struct upload *upload)
{
	unsigned char bytes[RANDOM_BYTES];
	char printed[2 * RANDOM_BYTES + 1];

	if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		BUG("the kernel gives no random bytes");
	print_hex(bytes, sizeof bytes, printed);
	snprintf(upload->note.id, sizeof upload->note.id, "h%d-%s",
		 (int)upload->key.agency_id, printed);
}

/* Notes the delivery, or finds the one of the same idempotency key: then its name is
 * taken over, and its receipt if it was committed. */
static int note_delivery(struct upload *upload, struct db *db, struct error *err)
{
	struct text key = { 0 }, asked = { 0 };
	struct db_rows *rows = NULL;
	const char *params[5];
	const char *receipt;
	int status = -1;

	text_addf(&key, "%d", (int)upload->key.id);
	add_asked(upload, &asked);
	params[0] = upload->note.id;
	params[1] = text_string(&key);
	params[2] = upload->idempotency_key;
	params[3] = text_string(&asked);
	params[4] = upload->sha256;
	if (db_query(db, NOTE, params, 5, NULL, err) != 0 ||
	    db_query(db, FIND, params, 5, &rows, err) != 0)
		goto done;
	if (db_rows_count(rows) != 1) {
		error_set(err, ERROR_INTERNAL, "delivery %s was not noted",
			  upload->note.id);
		goto done;
	}
	if (strcmp(db_value(rows, 0, "same"), "t") != 0)
		upload->problem = "idempotency_key_reused";
	snprintf(upload->note.id, sizeof upload->note.id, "%s",
		 db_value(rows, 0, "delivery"));
	receipt = db_value(rows, 0, "receipt");
	upload->receipt = receipt ? memory_copy(receipt) : NULL;
	status = 0;
done:
	db_rows_free(rows);
	text_free(&key);
	text_free(&asked);
	return status;
}

/* A body may take hours to come: whoever revoked the key meanwhile need not wait for it. */
static int check_key_again(struct upload *upload, struct db *db, struct error *err)
{
	struct api_key key = { 0 };
	int status = key_check(db, upload->token, &key, err);

	if (status != 0 && err->kind == ERROR_NOT_FOUND) {
		upload->problem = "key_invalid";
		status = 0;
	}
	key_free(&key);
	return status;
}

/* The note in the database comes first: a crash between the two leaves a name without
 * a body, which the same request fills when it is sent again. */
static int keep(void *context, struct db *db, struct error *err)
{
	struct upload *upload = context;
	struct spool_draft *draft;

	if (upload->is_handed_over)
		return 0;
	if (check_key_again(upload, db, err) != 0)
		return -1;
	if (upload->problem)
		return 0;
	if (note_delivery(upload, db, err) != 0)
		return -1;
	if (upload->problem || upload->receipt)
		return 0;
	draft = upload->draft;
	if (!draft) /* an attempt before failed */
		return error_set(err, ERROR_UNAVAILABLE, "the body was lost");
	upload->draft = NULL;
	if (spool_hand_over(upload->intake->spool, draft, &upload->note, err) != 0)
		return -1;
	upload->is_handed_over = 1;
	return 0;
}

static void told(void *context, char *receipt)
{
	struct upload *upload = context;

	if (receipt)
		outcome_answer(&upload->reply, receipt, upload->language,
			       upload->instance);
	else
		outcome_answer_waiting(&upload->reply, upload->note.id);
	free(receipt);
	upload->resumed(upload->context);
}

/* The same request came before, and this is what became of it. */
static void answer_again(struct upload *upload)
{
	outcome_answer(&upload->reply, upload->receipt, upload->language,
		       upload->instance);
	if (outcome_is_refusal(upload->receipt))
		metrics_refused(upload->intake->metrics, upload->reply.status);
}

static void kept(void *context, int status, const struct error *err)
{
	struct upload *upload = context;

	if (status == 0 && upload->is_handed_over) {
		quota_begin_wait(upload->intake->quota, upload->key.id);
		waiter_add(upload->intake->waiter, upload->note.id, upload->key.id, told,
			   upload);
		return;
	}
	if (status != 0)
		refuse_error(upload, err);
	else if (upload->problem)
		refuse(upload, upload->problem, NULL);
	else
		answer_again(upload);
	upload->resumed(upload->context);
}

void upload_finish(struct upload *upload)
{
	static const struct db_job job = { keep, kept, release };
	unsigned char hash[HASH_BYTES];

	if (begin_body(upload) != 0) { /* an empty body */
		upload->resumed(upload->context);
		return;
	}
	EVP_DigestFinal_ex(upload->digest, hash, NULL);
	print_hex(hash, sizeof hash, upload->sha256);
	metrics_body(upload->intake->metrics, spool_length(upload->draft));
	if (!upload->note.agency)
		upload->note.agency = memory_copy(upload->key.agency);
	upload->note.scope = upload->key.agency_id;
	name_delivery(upload);
	submit(upload, upload->intake->keepers, &job);
}
