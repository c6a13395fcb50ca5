/* server.h -- HTTP.  The only door to libmicrohttpd.
 *
 * A few threads speak with visitors (epoll) and never wait: what needs the
 * database goes to the workers of db_pool.h while its connection is suspended. */
#ifndef WEB_SERVER_H
#define WEB_SERVER_H

#include "base/error.h"

struct server;

struct server_setting {
	const char *listen;   /* "127.0.0.1:8017", "[::1]:8017" */
	const char *language; /* of visitors who did not choose: "vi" or "en" */
};

/* Takes the address and starts no thread; nothing is answered before
 * server_start().  An address in use, or that is not ours, is ERROR_UNAVAILABLE.
 * Belongs to the caller. */
int server_open(struct server **server, const struct server_setting *setting,
		struct error *err);
/* CONNINFO: of the database. */
int server_start(struct server *server, const char *conninfo, struct error *err);
/* Finishes what is being answered, then frees the server; fine on NULL. */
void server_close(struct server *server);

/* The address that was taken, "http://127.0.0.1:8017"; borrowed. */
const char *server_address(const struct server *server);

#endif
