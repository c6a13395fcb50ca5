/* server.c -- HTTP.  The only file that includes libmicrohttpd. */
#include "web/server.h"

#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <microhttpd.h>

#include "base/log.h"
#include "base/memory.h"
#include "web/cache.h"
#include "web/db_pool.h"
#include "web/guard.h"
#include "web/metrics.h"
#include "web/routes.h"
#include "web/site.h"

enum {
	VISITOR_THREADS = 2,
	WORKERS = 4,
	CONNECTIONS = 4000,
	HEAD_BYTES = 32 * 1024,   /* of a connection: request head and answer head */
	BODY_BYTES = 1024 * 1024, /* what a body may announce before it is refused */
	HEAD_SECONDS = 10,        /* from the first byte of a request to its last */
	IDLE_SECONDS = 30,
	JOB_SECONDS = 30,
	ANSWER_SECONDS = 120, /* from the request to the last byte taken */
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
	struct MHD_Daemon *daemon;
	const char **patterns; /* of the routes, for the metrics */
	const char *language;
	int socket;
	char address[96];
};

enum stage { STAGE_HEAD, STAGE_BODY, STAGE_WAITING, STAGE_READY, STAGE_SENT };

/* One request and its answer.  The worker that is late with its job still reads
 * the request, so the visitor and the pool each hold a reference. */
struct exchange {
	atomic_int references;
	struct server *server;
	struct MHD_Connection *connection;
	struct request request;
	const struct route *route; /* NULL: none */
	enum stage stage;
	size_t body_taken;
	struct reply draft; /* of the worker */
	struct reply reply; /* of the visitor */
	struct timespec started;
};

/* ---- Exchanges ---------------------------------------------------------- */

static void exchange_release(void *context)
{
	struct exchange *exchange = context;

	if (atomic_fetch_sub(&exchange->references, 1) > 1)
		return;
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
static int redirect(struct exchange *exchange)
{
	const char *address = exchange->request.address;
	size_t path = strcspn(address, "?");
	struct text location = { 0 };

	if (path < 2 || address[path - 1] != '/' || address[0] != '/' ||
	    address[1] == '/' || address[1] == '\\')
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
	exchange->route = routes_find(&exchange->request);
	if (!exchange->route)
		return 404;
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		return 405;
	return settle_format(exchange);
}

/* 1: the reply is ready.  0: the pool is at work on it, and the exchange is not to
 * be looked at until the connection resumes. */
static int begin(struct exchange *exchange, const char *method, const char *path)
{
	int status = read_request(exchange, path);
	struct error err;

	if (status == 0 && redirect(exchange))
		return 1;
	if (status == 0)
		status = find_route(exchange, method);
	if (status != 0) {
		refuse(exchange, status, NULL);
		if (status == 405)
			exchange->reply.allow = "GET, HEAD";
	} else if (exchange->route->asks_database) {
		hand_over(exchange);
		return 0;
	} else if (answer(exchange, NULL, &err) != 0) {
		refuse_error(exchange, &err);
	}
	return 1;
}

/* ---- Sending the answer ------------------------------------------------- */

static void add_header(struct MHD_Response *response, const char *name, const char *value)
{
	if (MHD_add_response_header(response, name, value) != MHD_YES)
		log_line("web", "header %s cannot be sent", name);
}

static void add_security_headers(struct MHD_Response *response)
{
	add_header(response, "Content-Security-Policy",
		   "default-src 'self'; object-src 'none'; base-uri 'none'; "
		   "form-action 'self'; frame-ancestors 'none'");
	add_header(response, "X-Content-Type-Options", "nosniff");
	add_header(response, "X-Frame-Options", "DENY");
	add_header(response, "Referrer-Policy", "same-origin");
	add_header(response, "Cross-Origin-Opener-Policy", "same-origin");
	add_header(response, "Cross-Origin-Resource-Policy", "same-origin");
	add_header(response, "Permissions-Policy",
		   "camera=(), geolocation=(), microphone=()");
}

/* Does If-None-Match list TAG?  Weak comparison, as RFC 9110 wants here. */
static int is_known(const char *if_none_match, const char *tag)
{
	const char *at = if_none_match;

	if (!at)
		return 0;
	if (strcmp(at, "*") == 0)
		return 1;
	return strstr(at, tag) != NULL;
}

static void add_headers(struct MHD_Response *response, const struct exchange *exchange,
			const char *tag)
{
	const struct reply *reply = &exchange->reply;
	struct text name = { 0 };

	add_security_headers(response);
	add_header(response, "Vary", "Accept-Encoding");
	if (reply->status == 200) {
		add_header(response, "ETag", tag);
		add_header(response, "Cache-Control",
			   reply->is_lasting ? "public, max-age=31536000, immutable"
					     : "no-cache");
	} else {
		add_header(response, "Cache-Control", "no-store");
	}
	if (reply->allow)
		add_header(response, "Allow", reply->allow);
	if (reply->status == 503)
		add_header(response, "Retry-After", "5");
	if (reply->location.length > 0)
		add_header(response, "Location", text_string(&reply->location));
	if (reply->file_name.length > 0) {
		text_addf(&name, "attachment; filename=\"%s\"",
			  text_string(&reply->file_name));
		add_header(response, "Content-Disposition", text_string(&name));
	}
	text_free(&name);
}

static enum MHD_Result send_reply(struct exchange *exchange)
{
	struct reply *reply = &exchange->reply;
	int status = reply->status;
	size_t length = reply->body.length;
	struct MHD_Response *response;
	enum MHD_Result result;
	char tag[40];

	snprintf(tag, sizeof tag, "\"%016" PRIx64 "%s\"", reply->tag,
		 reply->is_gzip ? "-gz" : "");
	if (status == 200 &&
	    is_known(MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND,
						 "If-None-Match"),
		     tag)) {
		status = 304;
		response =
			MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	} else {
		response = MHD_create_response_from_buffer(
			length, text_take(&reply->body), MHD_RESPMEM_MUST_FREE);
	}
	if (!response)
		return MHD_NO;
	add_headers(response, exchange, tag);
	if (status != 304) {
		add_header(response, "Content-Type", reply->type);
		if (reply->is_gzip)
			add_header(response, "Content-Encoding", "gzip");
	}
	metrics_add(exchange->server->metrics,
		    exchange->route ? (size_t)(exchange->route - routes) : routes_count,
		    status, seconds_since(&exchange->started));
	result = MHD_queue_response(exchange->connection, (unsigned)status, response);
	MHD_destroy_response(response);
	return result;
}

/* ---- What libmicrohttpd calls ------------------------------------------- */

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

static int is_too_large(struct MHD_Connection *connection)
{
	const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
							 "Content-Length");

	return length && strtoull(length, NULL, 10) > BODY_BYTES;
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

	(void)version;
	(void)body;
	if (*body_length > 0) { /* no route takes a body yet */
		exchange->body_taken += *body_length;
		*body_length = 0;
		return exchange->body_taken <= BODY_BYTES ? MHD_YES : MHD_NO;
	}
	if (exchange->stage == STAGE_HEAD) {
		allow_seconds(context, connection, ANSWER_SECONDS);
		exchange->stage = STAGE_BODY;
		if (!is_too_large(connection))
			return MHD_YES;
		read_request(exchange, path);
		refuse(exchange, 413, NULL);
		exchange->stage = STAGE_READY;
	}
	if (exchange->stage == STAGE_BODY && !begin(exchange, method, path))
		return MHD_YES;
	if (exchange->stage == STAGE_WAITING || exchange->stage == STAGE_SENT)
		return MHD_YES;
	exchange->stage = STAGE_SENT;
	return send_reply(exchange);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state,
			 enum MHD_RequestTerminationCode why)
{
	(void)why;
	allow_seconds(context, connection, IDLE_SECONDS + HEAD_SECONDS);
	if (*state)
		exchange_release(*state);
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

/* "host:port", "[host]:port" */
static int split_address(const char *listen, struct text *host, struct text *port,
			 struct error *err)
{
	const char *colon = strrchr(listen, ':');

	if (!colon || colon == listen || !colon[1])
		return error_set(err, ERROR_INVALID,
				 "\"%s\" is not an address to listen at, such as "
				 "127.0.0.1:8017",
				 listen);
	if (*listen == '[' && colon[-1] == ']')
		text_add_bytes(host, listen + 1, (size_t)(colon - listen) - 2);
	else
		text_add_bytes(host, listen, (size_t)(colon - listen));
	text_add(port, colon + 1);
	return 0;
}

static int listen_at(const struct addrinfo *place)
{
	const int yes = 1;
	int fault;
	int socket_ = socket(place->ai_family,
			     place->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
			     place->ai_protocol);

	if (socket_ < 0)
		return -1;
	setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(socket_, place->ai_addr, place->ai_addrlen) == 0 &&
	    listen(socket_, SOMAXCONN) == 0)
		return socket_;
	fault = errno;
	close(socket_);
	errno = fault;
	return -1;
}

/* The address as taken: port 0 stands for any free one. */
static void print_address(struct server *server, const char *host)
{
	struct sockaddr_storage taken = { 0 };
	socklen_t size = sizeof taken;
	char port[16] = "?";

	if (getsockname(server->socket, (struct sockaddr *)&taken, &size) == 0)
		getnameinfo((struct sockaddr *)&taken, size, NULL, 0, port, sizeof port,
			    NI_NUMERICSERV);
	snprintf(server->address, sizeof server->address,
		 strchr(host, ':') ? "http://[%.60s]:%s" : "http://%.60s:%s", host, port);
}

static int take_address(struct server *server, const char *listen, struct error *err)
{
	const struct addrinfo wanted = { .ai_socktype = SOCK_STREAM,
					 .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	struct addrinfo *place = NULL;
	struct text host = { 0 }, port = { 0 };
	int status = split_address(listen, &host, &port, err), fault;

	if (status != 0)
		goto done;
	status = -1;
	fault = getaddrinfo(text_string(&host), text_string(&port), &wanted, &place);
	if (fault != 0) {
		error_set(err, ERROR_INVALID, "cannot listen at %s: %s", listen,
			  gai_strerror(fault));
		goto done;
	}
	/* A name may stand for several: localhost for ::1, which not all machines have. */
	for (const struct addrinfo *at = place; at && server->socket < 0;
	     at = at->ai_next)
		server->socket = listen_at(at);
	if (server->socket < 0) {
		error_set(err, ERROR_UNAVAILABLE, "cannot listen at %s: %s", listen,
			  errno == EADDRINUSE
				  ? "another program does already; choose another "
				    "with --listen ADDRESS:PORT"
				  : strerror(errno));
		goto done;
	}
	print_address(server, text_string(&host));
	status = 0;
done:
	if (place)
		freeaddrinfo(place);
	text_free(&host);
	text_free(&port);
	return status;
}

int server_open(struct server **result, const struct server_setting *setting,
		struct error *err)
{
	struct server *server = memory_zeroed(1, sizeof *server);

	*result = server;
	server->socket = -1;
	server->language = strcmp(setting->language, "en") == 0 ? "en" : "vi";
	if (site_open(&server->site, err) != 0 ||
	    take_address(server, setting->listen, err) != 0) {
		server_close(server);
		*result = NULL;
		return -1;
	}
	return 0;
}

int server_start(struct server *server, const char *conninfo, struct error *err)
{
	server->patterns = memory_zeroed(routes_count, sizeof *server->patterns);
	for (size_t i = 0; i < routes_count; i++)
		server->patterns[i] = routes[i].pattern;
	metrics_open(&server->metrics, server->patterns, routes_count);
	cache_open(&server->cache, CACHE_BYTES);
	guard_open(&server->guard);
	db_pool_open(&server->pool, conninfo, DB_WEB, WORKERS, JOB_SECONDS);
	server->daemon = MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
			MHD_USE_ERROR_LOG,
		0, NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, on_log,
		NULL, MHD_OPTION_LISTEN_SOCKET, server->socket,
		MHD_OPTION_THREAD_POOL_SIZE, (unsigned)VISITOR_THREADS,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_BYTES,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
		MHD_OPTION_URI_LOG_CALLBACK, on_first_line, server,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, server,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_END);
	if (!server->daemon)
		return error_set(err, ERROR_UNAVAILABLE, "the web server does not start");
	server->socket = -1; /* now the daemon's */
	return 0;
}

void server_close(struct server *server)
{
	if (!server)
		return;
	/* No more visitors; then the pool resumes every connection that waits. */
	if (server->daemon)
		server->socket = MHD_quiesce_daemon(server->daemon);
	if (server->socket >= 0)
		close(server->socket);
	if (server->pool)
		db_pool_stop(server->pool);
	if (server->daemon)
		MHD_stop_daemon(server->daemon);
	db_pool_free(server->pool);
	guard_close(server->guard);
	cache_close(server->cache);
	metrics_close(server->metrics);
	site_close(server->site);
	free(server->patterns);
	free(server);
}

const char *server_address(const struct server *server)
{
	return server->address;
}
