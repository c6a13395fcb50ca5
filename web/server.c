/* server.c -- the HTTP server: what it is made of, its connections. */
#include "web/server.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <microhttpd.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/secret_key.h"
#include "web/exchange.h"
#include "web/listener.h"
#include "web/routes.h"
#include "web/tls.h"

enum {
	VISITOR_THREADS = 2,
	WORKERS = 4,
	CALLERS = 2, /* more of them would wait for one provider */
	CONNECTIONS = 4000,
	ADDRESS_CONNECTIONS = 1200, /* of one visitor's address, unless it is a proxy's */
	HEAD_BYTES = 32 * 1024,     /* of a connection: request head and answer head */
	JOB_SECONDS = 30,
	CACHE_BYTES = 64 * 1024 * 1024,
};

struct server {
	struct exchange_means means;
	struct MHD_Daemon *daemon;
	struct tls tls;
	const char **patterns; /* of the routes, for the metrics */
	struct listener listener;
};

/* ---- Connections -------------------------------------------------------- */

static void on_connection(void *context, struct MHD_Connection *connection,
			  void **socket_context, enum MHD_ConnectionNotificationCode code)
{
	struct server *server = context;
	const union MHD_ConnectionInfo *info;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		if (*socket_context)
			guard_remove(server->means.guard, *socket_context);
		*socket_context = NULL;
		return;
	}
	info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	*socket_context = guard_add(server->means.guard, info->connect_fd,
				    EXCHANGE_IDLE_SECONDS + EXCHANGE_HEAD_SECONDS);
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
	server->means.language =
		strcmp(config_get(config, "lang"), "en") == 0 ? "en" : "vi";
	server->means.is_public = strcmp(config_get(config, "public"), "yes") == 0;
	server->means.idle_minutes = atoi(config_get(config, "session_idle"));
	server->means.config = config;
	if (sign_in_open(&server->means.sign_in, config, err) != 0 ||
	    site_open(&server->means.site, config_get(config, "public_url"), err) != 0 ||
	    origin_open(&server->means.origin, config, err) != 0 ||
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

int server_take_key(struct server *server, const struct config *config, struct error *err)
{
	return secret_key_load(&server->means.sign_in->key, config, 1, err);
}

int server_take_records(struct server *server, const struct config *config,
			const char *spool, const char *archive, struct error *err)
{
	server->means.archive = memory_copy(archive);
	return intake_open(&server->means.intake, config, spool, err);
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
	metrics_open(&server->means.metrics, server->patterns, routes_count);
	cache_open(&server->means.cache, CACHE_BYTES);
	watch_open(&server->means.watch, conninfo);
	guard_open(&server->means.guard);
	db_pool_open(&server->means.pool, conninfo, DB_WEB, WORKERS, JOB_SECONDS);
	if (server->means.sign_in->oidc)
		db_pool_open(&server->means.callers, conninfo, DB_WEB, CALLERS,
			     JOB_SECONDS);
	intake_start(server->means.intake, conninfo, server->means.metrics);
	server->daemon = MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
			MHD_USE_ERROR_LOG | (tls->certificate ? MHD_USE_TLS : 0),
		0, NULL, NULL, exchange_step, &server->means, MHD_OPTION_EXTERNAL_LOGGER,
		on_log, NULL, MHD_OPTION_LISTEN_SOCKET, server->listener.socket,
		MHD_OPTION_THREAD_POOL_SIZE, (unsigned)VISITOR_THREADS,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
		MHD_OPTION_PER_IP_CONNECTION_LIMIT,
		(unsigned)(origin_has_proxies(server->means.origin)
				   ? 0
				   : ADDRESS_CONNECTIONS),
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_BYTES,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)EXCHANGE_IDLE_SECONDS,
		MHD_OPTION_URI_LOG_CALLBACK, exchange_open, &server->means,
		MHD_OPTION_NOTIFY_COMPLETED, exchange_close, &server->means,
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
	if (server->means.pool)
		db_pool_stop(server->means.pool);
	if (server->means.callers)
		db_pool_stop(server->means.callers);
	intake_stop(server->means.intake);
	if (server->daemon)
		MHD_stop_daemon(server->daemon);
	db_pool_free(server->means.pool);
	db_pool_free(server->means.callers);
	intake_close(server->means.intake);
	guard_close(server->means.guard);
	watch_close(server->means.watch);
	cache_close(server->means.cache);
	metrics_close(server->means.metrics);
	site_close(server->means.site);
	origin_close(server->means.origin);
	sign_in_close(server->means.sign_in);
	free(server->means.archive);
	tls_free(&server->tls);
	free(server->patterns);
	free(server);
}

const char *server_address(const struct server *server)
{
	return server->listener.address;
}
