/* exchange.c -- one request and its answer, step by step as libmicrohttpd calls. */
#include "web/exchange.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/memory.h"
#include "web/form.h"
#include "web/head.h"
#include "web/problem.h"
#include "web/routes.h"
#include "web/send.h"
#include "web/token.h"
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
	STAGE_ADMITTED, /* records, or a form with a file, may come */
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
	const char *refusal;    /* the code of the problem, NULL: none */
	struct upload *upload;  /* of records, or NULL */
	struct visitor visitor; /* of the worker */
	int is_begun;           /* the worker has begun with a form */
	size_t body_wasted;     /* bytes that were read and forgotten */
	size_t body_paced;      /* bytes that have not bought time yet */
	int is_early;           /* answered before the body came */
	int is_large;           /* a form that counts in intake->large_forms */
	struct packet *draft;   /* of the worker */
	struct packet *packet;  /* of the visitor: what is sent, in the reply's place */
	struct reply reply;     /* of the visitor */
	struct timespec started;
};

/* ---- Exchanges ---------------------------------------------------------- */

static void exchange_release(void *context)
{
	struct exchange *exchange = context;

	if (atomic_fetch_sub(&exchange->references, 1) > 1)
		return;
	upload_free(exchange->upload);
	if (exchange->is_large)
		atomic_fetch_sub(&exchange->means->intake->large_forms, 1);
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

/* Is it something that the visitor can mend? */
static int is_for_visitor(const struct error *err)
{
	return err->kind == ERROR_INVALID || err->kind == ERROR_NOT_FOUND ||
	       strcmp(err->sqlstate, "NQ409") == 0;
}

/* What failed inside is for the log; only what the visitor can mend is shown. */
static void refuse_error(struct exchange *exchange, const struct error *err)
{
	const char *code = problem_of(err);

	if (problem_status(code) >= 500)
		log_line("web", "%s: %s", exchange->request.address, err->message);
	refuse(exchange, code, is_for_visitor(err) ? err->message : NULL);
}

/* ---- Making the answer -------------------------------------------------- */

static int answer(struct exchange *exchange, const struct request *request,
		  const struct visitor *visitor, struct db *db, struct packet **packet,
		  struct error *err)
{
	struct exchange_means *means = exchange->means;
	const struct route *route = exchange->route;
	const struct visit visit = { .request = request,
				     .visitor = visitor,
				     .route = route,
				     .site = means->site,
				     .metrics = means->metrics,
				     .intake = means->intake,
				     .sign_in = means->sign_in,
				     .config = means->config,
				     .archive = means->archive,
				     .jobs_waiting = db_pool_waiting(means->pool),
				     .db = db };
	struct reply reply = { 0 };
	int status = (request->is_post ? route_admission(route)->post
				       : route->answer)(&visit, &reply, err);

	packet_release(*packet); /* of an attempt whose connection was lost */
	*packet = NULL;
	if (status == 0) {
		reply.is_private |= visitor->role != VISITOR_PUBLIC;
		reply.is_secure = request->is_secure;
		reply.is_negotiated = is_api(exchange) && !request_value(request, "lang");
		reply_finish(&reply, request->encoding);
		*packet = packet_new(&reply);
		if (!*packet)
			status = error_set(err, ERROR_UNAVAILABLE, "no answer");
	}
	reply_free(&reply);
	return status;
}

/* What pages are in: as their address asks, else as the session chose, else as the house. */
static const char *spoken_language(const struct exchange *exchange)
{
	const char *chosen = exchange->visitor.language;

	return chosen && !is_api(exchange) && !request_value(&exchange->request, "lang")
		       ? chosen
		       : exchange->request.language;
}

/* ---- Kept answers ------------------------------------------------------- */

/* Answers are the same for one address, language, encoding and scheme until the store
 * changes, and for one visitor: the public, a session (whose forms carry its token), a
 * key.  Formats are part of the address. */
static void cache_key(const struct exchange *exchange, struct text *key)
{
	const struct request *request = &exchange->request;
	const struct visitor *visitor = &exchange->visitor;

	text_add(key, request->address);
	text_add_char(key, ' ');
	text_add(key, spoken_language(exchange));
	text_add_char(key, (char)('0' + request->encoding));
	text_add_char(key, request->is_secure ? 's' : '-');
	if (visitor->session_id || visitor->key_id)
		text_addf(key, " %s %d", visitor->session_id ? request->csrf : "",
			  (int)visitor->key_id);
}

/* Nothing says who asks: no worker has to look.  */
static int is_public(const struct request *request)
{
	return request->is_public && !(request->proxy_user && *request->proxy_user);
}

/* 1: a finished answer can be sent, by the thread of the visitor itself. */
static int find_kept(struct exchange *exchange)
{
	struct exchange_means *means = exchange->means;
	struct text key = { 0 }, version = { 0 };

	if (!exchange->route->is_kept || !is_public(&exchange->request))
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

	if (answer(exchange, &exchange->request, &visitor_public, NULL, &exchange->packet,
		   err) != 0)
		return -1;
	if (exchange->route->is_kept && !packet_is_personal(exchange->packet)) {
		cache_key(exchange, &key);
		cache_keep(exchange->means->cache, NULL, text_string(&key),
			   exchange->packet);
		text_free(&key);
	}
	return 0;
}

/* ---- On a worker thread ------------------------------------------------- */

/* In one transaction, in which SQL knows who asks. */
static int answer_visitor(struct exchange *exchange, const struct request *request,
			  struct db *db, struct error *err)
{
	int status;

	/* What has begun may have been committed before the connection was lost. */
	if (request->is_post && exchange->is_begun)
		return error_set(err, ERROR_UNAVAILABLE,
				 "the database was lost while this was being done");
	if (visitor_announce(&exchange->visitor, db, err) != 0)
		return -1;
	exchange->is_begun = 1;
	status = answer(exchange, request, &exchange->visitor, db, &exchange->draft, err);
	if (status == 0 && db_in_transaction(db))
		status = db_query(db, "COMMIT", NULL, 0, NULL, err);
	if (status != 0)
		db_rollback(db);
	/* Whoever sent the form is about to be told that it was done. */
	if (request->is_post)
		watch_doubt(exchange->means->watch);
	return status;
}

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

static int answer_kept(struct exchange *exchange, const struct request *request,
		       struct db *db, struct error *err)
{
	struct exchange_means *means = exchange->means;
	struct text key = { 0 }, version = { 0 };
	int status = 0;

	if (find_version(exchange, db, &version, err) != 0)
		return -1;
	cache_key(exchange, &key);
	packet_release(exchange->draft);
	exchange->draft =
		cache_find(means->cache, text_string(&version), text_string(&key));
	metrics_cache(means->metrics,
		      exchange->draft ? METRICS_CACHE_FOUND : METRICS_CACHE_MISSED);
	if (!exchange->draft) {
		status = answer_visitor(exchange, request, db, err);
		cache_made(means->cache, text_string(&version), text_string(&key),
			   status == 0 && !packet_is_personal(exchange->draft)
				   ? exchange->draft
				   : NULL);
	}
	text_free(&key);
	text_free(&version);
	return status;
}

/* NULL, or why this visitor may not come here. */
static const char *find_bar(const struct exchange *exchange)
{
	const struct admission *admission = route_admission(exchange->route);
	unsigned allowed = admission->roles;

	if (allowed == 0 && !exchange->means->is_public && !admission->is_open)
		allowed = VISITOR_SIGNED_IN;
	if (allowed == 0 || allowed & exchange->visitor.role)
		return NULL;
	return exchange->visitor.role == VISITOR_PUBLIC ? "not_signed_in" : "forbidden";
}

/* Pages send those who have not said who they are to where they can. */
static int send_to_login(const struct exchange *exchange, const struct request *request,
			 struct reply *reply)
{
	struct text location = { 0 };

	if (wants_problem(exchange) || request->is_post)
		return 0;
	text_add(&location, "/login?next=");
	text_add_url(&location, request->address);
	if (request_value(request, "lang"))
		text_addf(&location, "&lang=%s", request->language);
	reply_see_other(reply, text_string(&location));
	reply_finish(reply, ENCODING_NONE);
	text_free(&location);
	return 1;
}

static int refuse_visitor(struct exchange *exchange, const struct request *request,
			  const char *code, const char *detail, struct error *err)
{
	struct reply reply = { 0 };

	if (strcmp(code, "not_signed_in") != 0 ||
	    !send_to_login(exchange, request, &reply)) {
		site_refuse(exchange->means->site, request, wants_problem(exchange), code,
			    detail, &reply);
		reply.is_private = 1;
		reply_finish(&reply, ENCODING_NONE);
	}
	packet_release(exchange->draft);
	reply.is_secure = request->is_secure;
	exchange->draft = packet_new(&reply);
	reply_free(&reply);
	return exchange->draft ? 0 : error_set(err, ERROR_UNAVAILABLE, "no answer");
}

/* Finds who asks; *CODE is NULL, or the problem where they may not. */
static int admit(struct exchange *exchange, const struct request *request, struct db *db,
		 const char **code, struct error *err)
{
	if (visitor_find(&exchange->visitor, request, exchange->means->idle_minutes, db,
			 code, err) != 0)
		return -1;
	if (!*code)
		*code = find_bar(exchange);
	return 0;
}

/* The visitor's own thread may answer meanwhile, when this is late: the request stays as
 * it is, and who asks is noted in a copy that borrows everything. */
static int work(void *context, struct db *db, struct error *err)
{
	struct exchange *exchange = context;
	struct request request = exchange->request;
	char detail[sizeof err->message];
	const char *code;
	int status;

	request.visitor = &exchange->visitor;
	if (admit(exchange, &request, db, &code, err) != 0)
		return -1;
	request.language = spoken_language(exchange);
	if (code)
		return refuse_visitor(exchange, &request, code, NULL, err);
	status = exchange->route->is_kept ? answer_kept(exchange, &request, db, err)
					  : answer_visitor(exchange, &request, db, err);
	if (status != 0 && strcmp(err->sqlstate, "NQ403") == 0)
		return refuse_visitor(exchange, &request, "forbidden", NULL, err);
	if (status != 0 && strcmp(err->sqlstate, "NQ429") == 0)
		return refuse_visitor(exchange, &request, "too_many_reports", NULL, err);
	if (status == 0 || problem_status(problem_of(err)) >= 500)
		return status;
	snprintf(detail, sizeof detail, "%s", err->message);
	return refuse_visitor(exchange, &request, problem_of(err),
			      is_for_visitor(err) ? detail : NULL, err);
}

static void done(void *context, int status, const struct error *err)
{
	struct exchange *exchange = context;
	struct error ignored;

	if (status == 0) {
		exchange->packet = exchange->draft;
		exchange->draft = NULL;
	} else if (exchange->route->asks_database != ASKS_IF_THERE ||
		   answer(exchange, &exchange->request, &visitor_public, NULL,
			  &exchange->packet, &ignored) != 0) {
		refuse_error(exchange, err);
	}
	exchange->stage = STAGE_READY;
	MHD_resume_connection(exchange->connection);
}

static void hand_over(struct exchange *exchange, const struct db_job *job)
{
	struct exchange_means *means = exchange->means;
	struct db_pool *pool =
		route_admission(exchange->route)->calls_out && means->callers
			? means->callers
			: means->pool;
	struct error err;

	exchange->stage = STAGE_WAITING;
	atomic_fetch_add(&exchange->references, 1);
	MHD_suspend_connection(exchange->connection);
	if (db_pool_submit(pool, job, exchange, &err) != 0) {
		job->done(exchange, -1, &err);
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
	const struct route *route = routes_find(&exchange->request);
	const struct admission *admission;
	int is_reading = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
	int is_post = strcmp(method, "POST") == 0;

	exchange->route = route;
	if (!route)
		return "not_found";
	admission = route_admission(route);
	exchange->request.is_post = is_post && admission->post;
	if (!(is_post ? admission->post || admission->takes_records
		      : is_reading && route->answer))
		return "method_not_allowed";
	return settle_format(exchange);
}

static const char *allowed_methods(const struct route *route)
{
	return !route->answer                 ? "POST"
	       : route_admission(route)->post ? "GET, HEAD, POST"
					      : "GET, HEAD";
}

/* A form counts if it was sent from a page of ours, by the browser that had the page. */
static const char *check_form(const struct exchange *exchange)
{
	const struct request *request = &exchange->request;
	const char *csrf = request_field(request, "csrf");

	if (!request->is_from_here || !csrf || !*request->csrf ||
	    !token_is_same(csrf, request->csrf))
		return "form_refused";
	return NULL;
}

/* Is the database asked?  What can do without it does not wait where others do. */
static int is_asked(const struct exchange *exchange)
{
	int asks = exchange->route->asks_database;

	return asks &&
	       (asks != ASKS_IF_THERE || db_pool_waiting(exchange->means->pool) == 0);
}

/* 1: the reply is ready.  0: the pool is at work on it, and the exchange is not to
 * be looked at until the connection resumes. */
static int begin(struct exchange *exchange)
{
	static const struct db_job job = { work, done, exchange_release };
	struct error err;

	if (!exchange->refusal && redirect(exchange))
		return 1;
	if (exchange->refusal) {
		refuse(exchange, exchange->refusal, NULL);
		if (exchange->reply.status == 405)
			exchange->reply.allow = allowed_methods(exchange->route);
	} else if (find_kept(exchange)) {
		return 1;
	} else if (is_asked(exchange)) {
		hand_over(exchange, &job);
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

static const struct sockaddr *peer_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

	return info ? info->client_addr : NULL;
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
	if (exchange->request.form) {
		form_take(exchange->request.form, body, length);
		allow_pace(exchange, length);
		return;
	}
	exchange->body_wasted += length;
	if (exchange->body_wasted > BODY_BYTES)
		exchange->refusal = "body_unwanted";
}

/* ---- Forms -------------------------------------------------------------- */

/* A form with a file is held in memory until it has come, so that few may come at a time:
 * whether this visitor may send one is asked before its body comes. */
static int admit_form(void *context, struct db *db, struct error *err)
{
	struct exchange *exchange = context;
	struct request request = exchange->request;
	const char *code;

	request.visitor = &exchange->visitor;
	if (admit(exchange, &request, db, &code, err) != 0)
		return -1;
	request.language = spoken_language(exchange);
	return code ? refuse_visitor(exchange, &request, code, NULL, err) : 0;
}

static void form_admitted(void *context, int status, const struct error *err)
{
	struct exchange *exchange = context;

	exchange->stage = STAGE_READY;
	if (status != 0) {
		refuse_error(exchange, err);
	} else if (exchange->draft) {
		exchange->packet = exchange->draft;
		exchange->draft = NULL;
	} else {
		exchange->is_large = 1;
		if (atomic_fetch_add(&exchange->means->intake->large_forms, 1) <
		    INTAKE_LARGE_FORMS)
			exchange->stage = STAGE_ADMITTED;
		else
			refuse(exchange, "busy", NULL);
	}
	MHD_resume_connection(exchange->connection);
}

/* 1: the reply is ready.  0: the body may come, or the pool is asked whether it may. */
static int begin_form(struct exchange *exchange)
{
	static const struct db_job admission = { admit_form, form_admitted,
						 exchange_release };
	const size_t bytes = route_admission(exchange->route)->form_bytes;
	const int is_large = bytes > ROUTE_FORM_BYTES && exchange->request.session;
	const size_t most = is_large ? bytes : ROUTE_FORM_BYTES;

	if (head_body_length(exchange->connection) > most) {
		refuse(exchange, "too_large", NULL);
		return 1;
	}
	exchange->request.form = form_begin(exchange->connection, most);
	if (!exchange->request.form) {
		refuse(exchange, "media_type_form", NULL);
		return 1;
	}
	exchange->stage = STAGE_BODY;
	if (is_large)
		hand_over(exchange, &admission);
	return 0;
}

static void end_form(struct exchange *exchange)
{
	exchange->refusal = form_end(exchange->request.form);
	if (!exchange->refusal)
		exchange->refusal = check_form(exchange);
}

/* ---- What libmicrohttpd calls ------------------------------------------- */

/* 1: the reply is ready.  0: the body may come, or the connection is suspended. */
static int read_head(struct exchange *exchange, const char *method, const char *path)
{
	struct MHD_Connection *connection = exchange->connection;

	exchange->refusal = head_read(connection, path, exchange->means->language,
				      &exchange->request);
	origin_read(exchange->means->origin, connection, peer_of(connection),
		    &exchange->request);
	exchange->stage = STAGE_READY;
	if (!head_is_framed(connection)) {
		exchange->is_early = 1;
		refuse(exchange, exchange->refusal, NULL);
		return 1;
	}
	if (!exchange->refusal && !is_redirected(exchange))
		exchange->refusal = find_route(exchange, method);
	if (!exchange->refusal && exchange->route &&
	    route_admission(exchange->route)->takes_records)
		return begin_upload(exchange);
	if (!exchange->refusal && exchange->request.is_post)
		return begin_form(exchange);
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
	if (exchange->request.form)
		end_form(exchange);
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
	if (!exchange->packet) {
		exchange->reply.is_secure = exchange->request.is_secure;
		exchange->packet = packet_new(&exchange->reply);
	}
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
