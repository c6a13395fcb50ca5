/* exchange.c -- one request and its answer, step by step as libmicrohttpd calls. */
#include "web/exchange.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/memory.h"
#include "web/head.h"
#include "web/problem.h"
#include "web/routes.h"
#include "web/send.h"
#include "web/upload.h"

enum {
	BODY_BYTES = 1024 * 1024, /* of a body where none is wanted: read and forgotten */
	ANSWER_SECONDS = 120,     /* from the request to the last byte taken */
	KEEPING_SECONDS = 300,    /* the same, once a body of records is whole */
	BODY_SECONDS = 20,        /* what a body of records has at first... */
	BODY_AHEAD_SECONDS = 60,  /* ...and at the most, each PACE bytes adding one */
	PACE = 8 * 1024,
};

static const char STORE_VERSION[] =
#include "sql/queries/store_version.sql.inc"
	;

enum stage {
	STAGE_HEAD,
	STAGE_ADMITTED, /* records may come */
	STAGE_BODY,
	STAGE_WAITING, /* somebody else is at work, the connection is suspended */
	STAGE_READY,
	STAGE_SENT,
};

/* One request and its answer.  The worker that is late with its job still reads
 * the request, so the visitor and the pool each hold a reference. */
struct exchange {
	atomic_int references;
	struct exchange_means *means;
	struct MHD_Connection *connection;
	struct request request;
	const struct route *route; /* NULL: none */
	enum stage stage;
	const char *refusal;   /* the code of the problem, NULL: none */
	struct upload *upload; /* of records, or NULL */
	size_t body_wasted;    /* bytes that were read and forgotten */
	size_t body_paced;     /* bytes that have not bought time yet */
	int is_early;          /* answered before the body came */
	struct packet *draft;  /* of the worker */
	struct packet *packet; /* of the visitor: what is sent, in the reply's place */
	struct reply reply;    /* of the visitor */
	struct timespec started;
};

/* ---- Exchanges ---------------------------------------------------------- */

static void exchange_release(void *context)
{
	struct exchange *exchange = context;

	if (atomic_fetch_sub(&exchange->references, 1) > 1)
		return;
	upload_free(exchange->upload);
	request_free(&exchange->request);
	packet_release(exchange->draft);
	packet_release(exchange->packet);
	reply_free(&exchange->reply);
	free(exchange);
}

static double seconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) +
	       (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static int is_api(const struct exchange *exchange)
{
	return strncmp(exchange->request.path, "/api/", 5) == 0;
}

/* Do those who asked expect data rather than a page? */
static int wants_problem(const struct exchange *exchange)
{
	return is_api(exchange) || exchange->request.format != FORMAT_HTML;
}

static void refuse(struct exchange *exchange, const char *code, const char *detail)
{
	site_refuse(exchange->means->site, &exchange->request, wants_problem(exchange),
		    code, detail, &exchange->reply);
	reply_finish(&exchange->reply, ENCODING_NONE);
}

/* What failed inside is for the log; only what the visitor can mend is shown. */
static void refuse_error(struct exchange *exchange, const struct error *err)
{
	const char *code = problem_of(err);

	if (problem_status(code) >= 500)
		log_line("web", "%s: %s", exchange->request.address, err->message);
	refuse(exchange, code,
	       err->kind == ERROR_INVALID || err->kind == ERROR_NOT_FOUND ? err->message
									  : NULL);
}

/* ---- Making the answer -------------------------------------------------- */

static int answer(struct exchange *exchange, struct db *db, struct packet **packet,
		  struct error *err)
{
	struct exchange_means *means = exchange->means;
	const struct visit visit = { .request = &exchange->request,
				     .route = exchange->route,
				     .site = means->site,
				     .metrics = means->metrics,
				     .intake = means->intake,
				     .jobs_waiting = db_pool_waiting(means->pool),
				     .db = db };
	struct reply reply = { 0 };
	int status = exchange->route->answer(&visit, &reply, err);

	packet_release(*packet); /* of an attempt whose connection was lost */
	*packet = NULL;
	if (status == 0) {
		reply.is_negotiated =
			is_api(exchange) && !request_value(&exchange->request, "lang");
		reply_finish(&reply, exchange->request.encoding);
		*packet = packet_new(&reply);
		if (!*packet)
			status = error_set(err, ERROR_UNAVAILABLE, "no answer");
	}
	reply_free(&reply);
	return status;
}

/* ---- Kept answers ------------------------------------------------------- */

/* What only the asker may see is made for the asker. */
static int is_kept(const struct exchange *exchange)
{
	return exchange->route->is_kept && exchange->request.is_public;
}

/* Answers are the same for one address, language and encoding until the store
 * changes.  Formats are part of the address. */
static void cache_key(const struct exchange *exchange, struct text *key)
{
	text_add(key, exchange->request.address);
	text_add_char(key, ' ');
	text_add(key, exchange->request.language);
	text_add_char(key, (char)('0' + exchange->request.encoding));
}

/* 1: a finished answer can be sent, by the thread of the visitor itself. */
static int find_kept(struct exchange *exchange)
{
	struct exchange_means *means = exchange->means;
	struct text key = { 0 }, version = { 0 };

	if (!is_kept(exchange))
		return 0;
	cache_key(exchange, &key);
	if (!exchange->route->asks_database)
		exchange->packet = cache_look(means->cache, NULL, text_string(&key));
	else if (watch_version(means->watch, &version))
		exchange->packet = cache_look(means->cache, text_string(&version),
					      text_string(&key));
	if (exchange->packet)
		metrics_cache(means->metrics, METRICS_CACHE_UNASKED);
	text_free(&version);
	text_free(&key);
	return exchange->packet != NULL;
}

/* What needs no database. */
static int answer_here(struct exchange *exchange, struct error *err)
{
	struct text key = { 0 };

	if (answer(exchange, NULL, &exchange->packet, err) != 0)
		return -1;
	if (is_kept(exchange)) {
		cache_key(exchange, &key);
		cache_keep(exchange->means->cache, NULL, text_string(&key),
			   exchange->packet);
		text_free(&key);
	}
	return 0;
}

/* ---- On a worker thread ------------------------------------------------- */

/* Of a crowd that came at once most wait here: those behind the first need not ask. */
static int find_version(const struct exchange *exchange, struct db *db,
			struct text *version, struct error *err)
{
	char *read = NULL;

	if (watch_version(exchange->means->watch, version))
		return 0;
	if (db_value_of(db, STORE_VERSION, NULL, 0, &read, err) != 0)
		return -1;
	text_add(version, read);
	free(read);
	return 0;
}

static int work(void *context, struct db *db, struct error *err)
{
	struct exchange *exchange = context;
	struct exchange_means *means = exchange->means;
	struct text key = { 0 }, version = { 0 };
	int status = 0;

	if (!is_kept(exchange))
		return answer(exchange, db, &exchange->draft, err);
	if (find_version(exchange, db, &version, err) != 0)
		return -1;
	cache_key(exchange, &key);
	packet_release(exchange->draft);
	exchange->draft =
		cache_find(means->cache, text_string(&version), text_string(&key));
	metrics_cache(means->metrics,
		      exchange->draft ? METRICS_CACHE_FOUND : METRICS_CACHE_MISSED);
	if (!exchange->draft) {
		status = answer(exchange, db, &exchange->draft, err);
		cache_made(means->cache, text_string(&version), text_string(&key),
			   status == 0 ? exchange->draft : NULL);
	}
	text_free(&key);
	text_free(&version);
	return status;
}

static void done(void *context, int status, const struct error *err)
{
	struct exchange *exchange = context;

	if (status == 0) {
		exchange->packet = exchange->draft;
		exchange->draft = NULL;
	} else {
		refuse_error(exchange, err);
	}
	exchange->stage = STAGE_READY;
	MHD_resume_connection(exchange->connection);
}

static void hand_over(struct exchange *exchange)
{
	static const struct db_job job = { work, done, exchange_release };
	struct error err;

	exchange->stage = STAGE_WAITING;
	atomic_fetch_add(&exchange->references, 1);
	MHD_suspend_connection(exchange->connection);
	if (db_pool_submit(exchange->means->pool, &job, exchange, &err) != 0) {
		done(exchange, -1, &err);
		exchange_release(exchange);
	}
}

/* ---- The answer --------------------------------------------------------- */

/* The lowest of the route's formats, when the address names none. */
static const char *settle_format(struct exchange *exchange)
{
	unsigned formats = exchange->route->formats;

	if (exchange->request.format == FORMAT_HTML)
		exchange->request.format = (enum request_format)(formats & -formats);
	return formats & exchange->request.format ? NULL : "not_acceptable";
}

/* "/rankings/" is "/rankings"; but "//host/" would lead away from here. */
static int is_redirected(const struct exchange *exchange)
{
	const char *address = exchange->request.address;
	size_t path = strcspn(address, "?");

	return path >= 2 && address[path - 1] == '/' && address[0] == '/' &&
	       address[1] != '/' && address[1] != '\\';
}

static int redirect(struct exchange *exchange)
{
	const char *address = exchange->request.address;
	size_t path = strcspn(address, "?");
	struct text location = { 0 };

	if (!is_redirected(exchange))
		return 0;
	text_add_bytes(&location, address, path - 1);
	text_add(&location, address + path);
	reply_redirect(&exchange->reply, text_string(&location));
	reply_finish(&exchange->reply, ENCODING_NONE);
	text_free(&location);
	return 1;
}

/* NULL, or the code of the problem, before anything is asked. */
static const char *find_route(struct exchange *exchange, const char *method)
{
	int is_reading = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;

	exchange->route = routes_find(&exchange->request);
	if (!exchange->route)
		return "not_found";
	if (exchange->route->takes_records ? strcmp(method, "POST") != 0 : !is_reading)
		return "method_not_allowed";
	return settle_format(exchange);
}

/* 1: the reply is ready.  0: the pool is at work on it, and the exchange is not to
 * be looked at until the connection resumes. */
static int begin(struct exchange *exchange)
{
	struct error err;

	if (!exchange->refusal && redirect(exchange))
		return 1;
	if (exchange->refusal) {
		refuse(exchange, exchange->refusal, NULL);
		if (exchange->reply.status == 405)
			exchange->reply.allow =
				exchange->route->takes_records ? "POST" : "GET, HEAD";
	} else if (find_kept(exchange)) {
		return 1;
	} else if (exchange->route->asks_database) {
		hand_over(exchange);
		return 0;
	} else if (answer_here(exchange, &err) != 0) {
		refuse_error(exchange, &err);
	}
	return 1;
}

/* ---- Deadlines ---------------------------------------------------------- */

static struct guarded *guarded_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

static void allow_seconds(struct exchange_means *means, struct MHD_Connection *connection,
			  int seconds)
{
	struct guarded *guarded = guarded_of(connection);

	if (guarded)
		guard_set(means->guard, guarded, seconds);
}

/* ADDRESS as a browser would have sent it: whatever is not printable ASCII, and may
 * be no text at all, in its percent form.  It goes into headers, pages and the log. */
static char *copy_address(const char *address)
{
	struct text copy = { 0 };

	for (; *address; address++) {
		if (*address > ' ' && *address < 0x7F)
			text_add_char(&copy, *address);
		else
			text_addf(&copy, "%%%02X", (unsigned char)*address);
	}
	return text_take(&copy);
}

/* The first line of a request is here; the rest of its head has to follow. */
void *exchange_open(void *context, const char *address, struct MHD_Connection *connection)
{
	struct exchange_means *means = context;
	struct exchange *exchange = memory_zeroed(1, sizeof *exchange);

	atomic_init(&exchange->references, 1);
	exchange->means = means;
	exchange->connection = connection;
	exchange->request.address = copy_address(address);
	clock_gettime(CLOCK_MONOTONIC, &exchange->started);
	allow_seconds(means, connection, EXCHANGE_HEAD_SECONDS);
	return exchange;
}

/* ---- Records that are sent ---------------------------------------------- */

static void take_reply(struct exchange *exchange)
{
	exchange->reply = *upload_reply(exchange->upload);
	*upload_reply(exchange->upload) = (struct reply){ 0 };
	exchange->stage = STAGE_READY;
}

/* The key was looked at, or the receipt is there. */
static void on_resumed(void *context)
{
	struct exchange *exchange = context;

	/* The receipt may be of records that are in the figures now. */
	watch_doubt(exchange->means->watch);
	if (upload_reply(exchange->upload)->status != 0)
		take_reply(exchange);
	else
		exchange->stage = STAGE_ADMITTED;
	MHD_resume_connection(exchange->connection);
}

static void suspend(struct exchange *exchange, void (*step)(struct upload *))
{
	exchange->stage = STAGE_WAITING;
	MHD_suspend_connection(exchange->connection);
	step(exchange->upload);
}

/* 1: the reply is ready. */
static int begin_upload(struct exchange *exchange)
{
	struct MHD_Connection *connection = exchange->connection;
	const struct upload_head head = {
		.content_type = head_value(connection, "Content-Type"),
		.content_encoding = head_value(connection, "Content-Encoding"),
		.idempotency_key = head_value(connection, "Idempotency-Key"),
		.length = head_body_length(connection),
	};

	if (upload_begin(&exchange->upload, exchange->means->intake, &exchange->request,
			 &head, on_resumed, exchange) != 0) {
		take_reply(exchange);
		return 1;
	}
	suspend(exchange, upload_admit);
	return 0;
}

/* A body that moves on at a fair pace has time; one that drips has not. */
static void allow_pace(struct exchange *exchange, size_t length)
{
	struct guarded *guarded = guarded_of(exchange->connection);

	exchange->body_paced += length;
	if (!guarded || exchange->body_paced < PACE)
		return;
	guard_extend(exchange->means->guard, guarded,
		     (long)(exchange->body_paced * 1000 / PACE), BODY_AHEAD_SECONDS);
	exchange->body_paced = 0;
}

/* This library can answer before a body or when it has ended, but not within: what is
 * of no use is read on and forgotten, as long as it moves on. */
static void take_body(struct exchange *exchange, const char *body, size_t length)
{
	if (exchange->upload) {
		upload_take(exchange->upload, body, length);
		allow_pace(exchange, length);
		return;
	}
	exchange->body_wasted += length;
	if (exchange->body_wasted > BODY_BYTES)
		exchange->refusal = "body_unwanted";
}

/* ---- What libmicrohttpd calls ------------------------------------------- */

/* 1: the reply is ready.  0: the body may come, or the connection is suspended. */
static int read_head(struct exchange *exchange, const char *method, const char *path)
{
	struct MHD_Connection *connection = exchange->connection;

	exchange->refusal = head_read(connection, path, exchange->means->language,
				      &exchange->request);
	exchange->stage = STAGE_READY;
	if (!head_is_framed(connection)) {
		exchange->is_early = 1;
		refuse(exchange, exchange->refusal, NULL);
		return 1;
	}
	if (!exchange->refusal && !is_redirected(exchange))
		exchange->refusal = find_route(exchange, method);
	if (!exchange->refusal && exchange->route && exchange->route->takes_records)
		return begin_upload(exchange);
	if (head_body_length(connection) > BODY_BYTES) {
		refuse(exchange, "body_unwanted", NULL);
		return 1;
	}
	exchange->stage = STAGE_BODY;
	return 0;
}

/* The request is complete.  1: the reply is ready. */
static int end_body(struct exchange *exchange)
{
	allow_seconds(exchange->means, exchange->connection,
		      exchange->upload ? KEEPING_SECONDS : ANSWER_SECONDS);
	if (!exchange->upload)
		return begin(exchange);
	if (upload_is_refused(exchange->upload)) {
		take_reply(exchange);
		return 1;
	}
	suspend(exchange, upload_finish);
	return 0;
}

/* Called with the head, then for each piece of a body, then without a body when
 * the request is complete, and once more when a suspended connection resumes.  An
 * answer before the request is complete ends the connection: for refusals. */
enum MHD_Result exchange_step(void *context, struct MHD_Connection *connection,
			      const char *path, const char *method, const char *version,
			      const char *body, size_t *body_length, void **state)
{
	struct exchange *exchange = *state;
	size_t length = *body_length;
	int status;

	(void)version;
	*body_length = 0;
	if (length > 0) {
		take_body(exchange, body, length);
		return MHD_YES;
	}
	if (exchange->stage == STAGE_HEAD) {
		allow_seconds(context, connection, ANSWER_SECONDS);
		exchange->is_early = head_announces_body(connection);
		if (!read_head(exchange, method, path))
			return MHD_YES;
	} else if (exchange->stage == STAGE_ADMITTED) {
		allow_seconds(context, connection, BODY_SECONDS);
		exchange->stage = STAGE_BODY;
		return MHD_YES;
	} else if (exchange->stage == STAGE_BODY) {
		exchange->is_early = 0;
		if (!end_body(exchange))
			return MHD_YES;
	}
	if (exchange->stage == STAGE_WAITING || exchange->stage == STAGE_SENT)
		return MHD_YES;
	exchange->stage = STAGE_SENT;
	if (!exchange->packet)
		exchange->packet = packet_new(&exchange->reply);
	status = exchange->packet ? packet_send(connection, exchange->packet) : 0;
	metrics_add(exchange->means->metrics,
		    exchange->route ? (size_t)(exchange->route - routes) : routes_count,
		    status, seconds_since(&exchange->started));
	return status ? MHD_YES : MHD_NO;
}

void exchange_close(void *context, struct MHD_Connection *connection, void **state,
		    enum MHD_RequestTerminationCode why)
{
	struct exchange *exchange = *state;
	struct exchange_means *means = context;

	allow_seconds(means, connection, EXCHANGE_IDLE_SECONDS + EXCHANGE_HEAD_SECONDS);
	if (!exchange)
		return;
	if (exchange->is_early && why == MHD_REQUEST_TERMINATED_COMPLETED_OK)
		guard_linger(means->guard,
			     MHD_get_connection_info(connection,
						     MHD_CONNECTION_INFO_CONNECTION_FD)
				     ->connect_fd);
	exchange_release(exchange);
	*state = NULL;
}
