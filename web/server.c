/* server.c -- HTTP: connections and requests, as libmicrohttpd tells of them. */
#include "web/server.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <microhttpd.h>

#include "base/log.h"
#include "base/memory.h"
#include "web/cache.h"
#include "web/db_pool.h"
#include "web/guard.h"
#include "web/intake.h"
#include "web/listener.h"
#include "web/metrics.h"
#include "web/routes.h"
#include "web/send.h"
#include "web/site.h"
#include "web/tls.h"
#include "web/upload.h"

enum {
	VISITOR_THREADS = 2,
	WORKERS = 4,
	CONNECTIONS = 4000,
	HEAD_BYTES = 32 * 1024,   /* of a connection: request head and answer head */
	BODY_BYTES = 1024 * 1024, /* of a body where none is wanted: read and forgotten */
	REFUSED_BYTES = 64 * 1024 * 1024, /* the same, of records that were refused */
	HEAD_SECONDS = 10, /* from the first byte of a request to its last */
	IDLE_SECONDS = 30,
	JOB_SECONDS = 30,
	ANSWER_SECONDS = 120,    /* from the request to the last byte taken */
	KEEPING_SECONDS = 300,   /* the same, once a body of records is whole */
	BODY_SECONDS = 20,       /* what a body of records has at first... */
	BODY_AHEAD_SECONDS = 60, /* ...and at the most, each PACE bytes adding one */
	PACE = 8 * 1024,
	CACHE_BYTES = 64 * 1024 * 1024,
};

static const char STORE_VERSION[] =
#include "sql/queries/store_version.sql.inc"
	;

struct server {
	struct site *site;
	struct metrics *metrics;
	struct cache *cache;
	struct guard *guard;
	struct db_pool *pool;
	struct intake *intake;
	struct MHD_Daemon *daemon;
	struct tls tls;
	const char **patterns; /* of the routes, for the metrics */
	const char *language;
	struct listener listener;
};

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
	struct server *server;
	struct MHD_Connection *connection;
	struct request request;
	const struct route *route; /* NULL: none */
	enum stage stage;
	int refusal;           /* the status to refuse with, 0: none */
	struct upload *upload; /* of records, or NULL */
	size_t body_wasted;    /* bytes that were read and forgotten */
	size_t body_paced;     /* bytes that have not bought time yet */
	int is_early;          /* answered before the body came */
	struct reply draft;    /* of the worker */
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
	reply_free(&exchange->draft);
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

/* Do those who asked expect data rather than a page? */
static int wants_problem(const struct exchange *exchange)
{
	return strncmp(exchange->request.path, "/api/", 5) == 0 ||
	       exchange->request.format != FORMAT_HTML;
}

static void refuse(struct exchange *exchange, int status, const char *detail)
{
	site_refuse(exchange->server->site, &exchange->request, wants_problem(exchange),
		    status, detail, &exchange->reply);
	reply_finish(&exchange->reply, 0);
}

/* What failed inside is for the log; only what the visitor can mend is shown. */
static void refuse_error(struct exchange *exchange, const struct error *err)
{
	int status = site_status_of(err);

	if (status >= 500)
		log_line("web", "%s: %s", exchange->request.address, err->message);
	refuse(exchange, status,
	       err->kind == ERROR_INVALID || err->kind == ERROR_NOT_FOUND ? err->message
									  : NULL);
}

/* ---- On a worker thread ------------------------------------------------- */

/* Answers are the same for one address, language and encoding until the store
 * changes.  Formats are part of the address. */
static void cache_key(const struct exchange *exchange, struct text *key)
{
	text_addf(key, "%s %s %d", exchange->request.address, exchange->request.language,
		  exchange->request.takes_gzip);
}

static int answer(struct exchange *exchange, struct db *db, struct error *err)
{
	struct server *server = exchange->server;
	const struct visit visit = { .request = &exchange->request,
				     .route = exchange->route,
				     .site = server->site,
				     .metrics = server->metrics,
				     .intake = server->intake,
				     .jobs_waiting = db_pool_waiting(server->pool),
				     .db = db };
	struct reply *reply = db ? &exchange->draft : &exchange->reply;

	reply_free(reply); /* of an attempt whose connection was lost */
	if (exchange->route->answer(&visit, reply, err) != 0)
		return -1;
	reply_finish(reply, exchange->request.takes_gzip);
	return 0;
}

static int work(void *context, struct db *db, struct error *err)
{
	struct exchange *exchange = context;
	struct server *server = exchange->server;
	struct text key = { 0 };
	char *version = NULL;
	int status, found;

	if (!exchange->route->is_kept)
		return answer(exchange, db, err);
	if (db_value_of(db, STORE_VERSION, NULL, 0, &version, err) != 0)
		return -1;
	cache_key(exchange, &key);
	found = cache_find(server->cache, version, text_string(&key), &exchange->draft);
	metrics_cache(server->metrics, found);
	status = found ? 0 : answer(exchange, db, err);
	if (!found)
		cache_made(server->cache, version, text_string(&key),
			   status == 0 ? &exchange->draft : NULL);
	text_free(&key);
	free(version);
	return status;
}

static void done(void *context, int status, const struct error *err)
{
	struct exchange *exchange = context;

	if (status == 0) {
		exchange->reply = exchange->draft;
		exchange->draft = (struct reply){ 0 };
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
	if (db_pool_submit(exchange->server->pool, &job, exchange, &err) != 0) {
		done(exchange, -1, &err);
		exchange_release(exchange);
	}
}

/* ---- Reading the request ------------------------------------------------ */

static enum MHD_Result take_value(void *context, enum MHD_ValueKind kind,
				  const char *name, const char *value)
{
	struct exchange *exchange = context;

	(void)kind;
	/* ":name" is how the routes call parts of the path. */
	if (name[0] == ':' ||
	    request_add(&exchange->request, name, value ? value : "") != 0)
		return MHD_NO;
	return MHD_YES;
}

/* 0, or the status to refuse with. */
static int read_request(struct exchange *exchange, const char *path)
{
	struct request *request = &exchange->request;
	const char *language;
	int values, taken, is_text = text_is_utf8(path, strlen(path));

	request_set_path(request, is_text ? path : "/");
	request->language = exchange->server->language;
	request->takes_gzip = request_accepts_gzip(MHD_lookup_connection_value(
		exchange->connection, MHD_HEADER_KIND, "Accept-Encoding"));

	values = MHD_get_connection_values(exchange->connection, MHD_GET_ARGUMENT_KIND,
					   NULL, NULL);
	taken = MHD_get_connection_values(exchange->connection, MHD_GET_ARGUMENT_KIND,
					  take_value, exchange);
	language = request_value(request, "lang");
	if (language && strcmp(language, "en") == 0)
		request->language = "en";
	else if (language && strcmp(language, "vi") == 0)
		request->language = "vi";
	else if (language)
		return 400;
	if (taken != values || request->count != (size_t)values)
		return 400;
	return is_text ? 0 : 404;
}

/* The lowest of the route's formats, when the address names none. */
static int settle_format(struct exchange *exchange)
{
	unsigned formats = exchange->route->formats;

	if (exchange->request.format == FORMAT_HTML)
		exchange->request.format = (enum request_format)(formats & -formats);
	return formats & exchange->request.format ? 0 : 406;
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
	reply_finish(&exchange->reply, 0);
	text_free(&location);
	return 1;
}

/* 0, or the status to refuse with, before anything is asked. */
static int find_route(struct exchange *exchange, const char *method)
{
	int is_reading = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;

	exchange->route = routes_find(&exchange->request);
	if (!exchange->route)
		return 404;
	if (exchange->route->takes_records ? strcmp(method, "POST") != 0 : !is_reading)
		return 405;
	return settle_format(exchange);
}

/* Whoever wrote a program reads its errors in the language that program asks for. */
static void prefer_language(struct exchange *exchange)
{
	const char *preferred = request_preferred_language(MHD_lookup_connection_value(
		exchange->connection, MHD_HEADER_KIND, "Accept-Language"));

	if (preferred && !request_value(&exchange->request, "lang") &&
	    strncmp(exchange->request.path, "/api/", 5) == 0)
		exchange->request.language = preferred;
}

/* 1: the reply is ready.  0: the pool is at work on it, and the exchange is not to
 * be looked at until the connection resumes. */
static int begin(struct exchange *exchange)
{
	struct error err;

	if (exchange->refusal == 0 && redirect(exchange))
		return 1;
	if (exchange->refusal != 0) {
		refuse(exchange, exchange->refusal, NULL);
		if (exchange->refusal == 405)
			exchange->reply.allow =
				exchange->route->takes_records ? "POST" : "GET, HEAD";
	} else if (exchange->route->asks_database) {
		hand_over(exchange);
		return 0;
	} else if (answer(exchange, NULL, &err) != 0) {
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

static void allow_seconds(struct server *server, struct MHD_Connection *connection,
			  int seconds)
{
	struct guarded *guarded = guarded_of(connection);

	if (guarded)
		guard_set(server->guard, guarded, seconds);
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
static void *on_first_line(void *context, const char *address,
			   struct MHD_Connection *connection)
{
	struct server *server = context;
	struct exchange *exchange = memory_zeroed(1, sizeof *exchange);

	atomic_init(&exchange->references, 1);
	exchange->server = server;
	exchange->connection = connection;
	exchange->request.address = copy_address(address);
	clock_gettime(CLOCK_MONOTONIC, &exchange->started);
	allow_seconds(server, connection, HEAD_SECONDS);
	return exchange;
}

/* ---- Records that are sent ---------------------------------------------- */

static const char *header_of(const struct exchange *exchange, const char *name)
{
	return MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name);
}

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
	const struct upload_head head = {
		.content_type = header_of(exchange, "Content-Type"),
		.content_encoding = header_of(exchange, "Content-Encoding"),
		.content_length = header_of(exchange, "Content-Length"),
		.idempotency_key = header_of(exchange, "Idempotency-Key"),
	};

	if (upload_begin(&exchange->upload, exchange->server->intake, &exchange->request,
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
	guard_extend(exchange->server->guard, guarded,
		     (long)(exchange->body_paced * 1000 / PACE), BODY_AHEAD_SECONDS);
	exchange->body_paced = 0;
}

static enum MHD_Result take_body(struct exchange *exchange, const char *body,
				 size_t length)
{
	size_t most = exchange->upload ? REFUSED_BYTES : BODY_BYTES;

	if (exchange->upload && upload_take(exchange->upload, body, length) == 0) {
		allow_pace(exchange, length);
		return MHD_YES;
	}
	/* Answered when it has ended: this library cannot do it before. */
	exchange->body_wasted += length;
	return exchange->body_wasted <= most ? MHD_YES : MHD_NO;
}

/* ---- What libmicrohttpd calls ------------------------------------------- */

static int announces_body(const struct exchange *exchange)
{
	const char *length = header_of(exchange, "Content-Length");

	return header_of(exchange, "Transfer-Encoding") ||
	       (length && strtoull(length, NULL, 10) > 0);
}

static int is_too_large(const struct exchange *exchange)
{
	const char *length = header_of(exchange, "Content-Length");

	return length && strtoull(length, NULL, 10) > BODY_BYTES;
}

/* 1: the reply is ready.  0: the body may come, or the connection is suspended. */
static int read_head(struct exchange *exchange, const char *method, const char *path)
{
	const char *authorization = header_of(exchange, "Authorization");

	exchange->refusal = read_request(exchange, path);
	exchange->request.authorization =
		authorization ? memory_copy(authorization) : NULL;
	prefer_language(exchange);
	if (exchange->refusal == 0 && !is_redirected(exchange))
		exchange->refusal = find_route(exchange, method);
	exchange->stage = STAGE_BODY;
	if (exchange->refusal == 0 && exchange->route && exchange->route->takes_records)
		return begin_upload(exchange);
	if (!is_too_large(exchange))
		return 0;
	refuse(exchange, 413, NULL);
	exchange->stage = STAGE_READY;
	return 1;
}

/* The request is complete.  1: the reply is ready. */
static int end_body(struct exchange *exchange)
{
	allow_seconds(exchange->server, exchange->connection,
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
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection,
				  const char *path, const char *method,
				  const char *version, const char *body,
				  size_t *body_length, void **state)
{
	struct exchange *exchange = *state;
	size_t length = *body_length;
	int status;

	(void)version;
	*body_length = 0;
	if (length > 0)
		return take_body(exchange, body, length);
	if (exchange->stage == STAGE_HEAD) {
		allow_seconds(context, connection, ANSWER_SECONDS);
		exchange->is_early = announces_body(exchange);
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
	status = send_reply(connection, &exchange->reply);
	metrics_add(exchange->server->metrics,
		    exchange->route ? (size_t)(exchange->route - routes) : routes_count,
		    status, seconds_since(&exchange->started));
	return status ? MHD_YES : MHD_NO;
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state,
			 enum MHD_RequestTerminationCode why)
{
	struct exchange *exchange = *state;
	struct server *server = context;

	allow_seconds(context, connection, IDLE_SECONDS + HEAD_SECONDS);
	if (!exchange)
		return;
	if (exchange->is_early && why == MHD_REQUEST_TERMINATED_COMPLETED_OK)
		guard_linger(server->guard,
			     MHD_get_connection_info(connection,
						     MHD_CONNECTION_INFO_CONNECTION_FD)
				     ->connect_fd);
	exchange_release(exchange);
	*state = NULL;
}

static void on_connection(void *context, struct MHD_Connection *connection,
			  void **socket_context, enum MHD_ConnectionNotificationCode code)
{
	struct server *server = context;
	const union MHD_ConnectionInfo *info;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		if (*socket_context)
			guard_remove(server->guard, *socket_context);
		*socket_context = NULL;
		return;
	}
	info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	*socket_context =
		guard_add(server->guard, info->connect_fd, IDLE_SECONDS + HEAD_SECONDS);
}

static void on_log(void *context, const char *format, va_list arguments)
{
	struct text line = { 0 };

	(void)context;
	text_addv(&line, format, arguments);
	while (line.length > 0 && line.data[line.length - 1] == '\n')
		line.data[--line.length] = '\0';
	/* Clients that went away are no news. */
	if (!strstr(text_string(&line), "closed") &&
	    !strstr(text_string(&line), "disconnect"))
		log_line("web", "%s", text_string(&line));
	text_free(&line);
}

/* ---- Opening and closing ------------------------------------------------ */

int server_open(struct server **result, const struct config *config, struct error *err)
{
	struct server *server = memory_zeroed(1, sizeof *server);

	*result = server;
	server->listener.socket = -1;
	server->language = strcmp(config_get(config, "lang"), "en") == 0 ? "en" : "vi";
	if (site_open(&server->site, err) != 0 ||
	    tls_load(&server->tls, config_get(config, "tls_certificate"),
		     config_get(config, "tls_key"), err) != 0 ||
	    listener_open(&server->listener, config_get(config, "listen"),
			  server->tls.certificate ? "https" : "http", err) != 0) {
		server_close(server);
		*result = NULL;
		return -1;
	}
	return 0;
}

int server_take_records(struct server *server, const struct config *config,
			const char *spool, struct error *err)
{
	return intake_open(&server->intake, config, spool, err);
}

/* Each connection is an open file, and so is each body. */
static void allow_open_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= 3 * CONNECTIONS)
		return;
	limit.rlim_cur =
		limit.rlim_max < 3 * CONNECTIONS ? limit.rlim_max : 3 * CONNECTIONS;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int server_start(struct server *server, const char *conninfo, struct error *err)
{
	const struct tls *tls = &server->tls;
	const struct MHD_OptionItem secure[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, tls->certificate },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, tls->key },
		{ MHD_OPTION_END, 0, NULL },
	};
	const struct MHD_OptionItem none[] = { { MHD_OPTION_END, 0, NULL } };

	allow_open_files();
	server->patterns = memory_zeroed(routes_count, sizeof *server->patterns);
	for (size_t i = 0; i < routes_count; i++)
		server->patterns[i] = routes[i].pattern;
	metrics_open(&server->metrics, server->patterns, routes_count);
	cache_open(&server->cache, CACHE_BYTES);
	guard_open(&server->guard);
	db_pool_open(&server->pool, conninfo, DB_WEB, WORKERS, JOB_SECONDS);
	intake_start(server->intake, conninfo, server->pool, server->metrics);
	server->daemon = MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
			MHD_USE_ERROR_LOG | (tls->certificate ? MHD_USE_TLS : 0),
		0, NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, on_log,
		NULL, MHD_OPTION_LISTEN_SOCKET, server->listener.socket,
		MHD_OPTION_THREAD_POOL_SIZE, (unsigned)VISITOR_THREADS,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_BYTES,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
		MHD_OPTION_URI_LOG_CALLBACK, on_first_line, server,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, server,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_ARRAY,
		tls->certificate ? secure : none, MHD_OPTION_END);
	if (!server->daemon)
		return error_set(err, ERROR_UNAVAILABLE, "the web server does not start");
	server->listener.socket = -1; /* now the daemon's */
	return 0;
}

void server_close(struct server *server)
{
	if (!server)
		return;
	/* No more visitors; then the pools resume every connection that waits. */
	if (server->daemon)
		server->listener.socket = MHD_quiesce_daemon(server->daemon);
	if (server->listener.socket >= 0)
		close(server->listener.socket);
	if (server->pool)
		db_pool_stop(server->pool);
	intake_stop(server->intake);
	if (server->daemon)
		MHD_stop_daemon(server->daemon);
	db_pool_free(server->pool);
	intake_close(server->intake);
	guard_close(server->guard);
	cache_close(server->cache);
	metrics_close(server->metrics);
	site_close(server->site);
	tls_free(&server->tls);
	free(server->patterns);
	free(server);
}

const char *server_address(const struct server *server)
{
	return server->listener.address;
}
