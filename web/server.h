/* server.h -- HTTP, by libmicrohttpd.
 *
 * A few threads speak with visitors (epoll) and never wait: what needs the
 * database goes to the workers of db_pool.h while its connection is suspended. */
#ifndef WEB_SERVER_H
#define WEB_SERVER_H

#include "base/config.h"

struct server;

/* Takes the address and reads the certificate, but starts no thread; nothing is answered
 * before server_start().  An address in use, or that is not ours, is ERROR_UNAVAILABLE.
 * Belongs to the caller. */
int server_open(struct server **server, const struct config *config, struct error *err);
/* Opens the folder SPOOL; as the account that will fill it, and before server_start().
 * ARCHIVE is the folder of what was sent; CONFIG must live as long as the server. */
int server_take_records(struct server *server, const struct config *config,
			const char *spool, const char *archive, struct error *err);
/* Reads the key of secrets in the database, or makes it: while the rights are there to read
 * and write its file. */
int server_take_key(struct server *server, const struct config *config,
		    struct error *err);
/* CONNINFO: of the database. */
int server_start(struct server *server, const char *conninfo, struct error *err);
/* Finishes what is being answered, then frees the server; fine on NULL. */
void server_close(struct server *server);

/* The address that was taken, "http://127.0.0.1:8017"; borrowed. */
const char *server_address(const struct server *server);

#endif
