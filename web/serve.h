/* serve.h -- a web server from its start to the signal that ends it. */
#ifndef WEB_SERVE_H
#define WEB_SERVE_H

#include <signal.h>

#include "base/cluster.h"
#include "base/config.h"
#include "web/server.h"

/* Takes the address of the configuration. */
int serve_open(struct server **server, const struct config *config, struct error *err);

/* Gives up the rights of root, answers until SIGINT or SIGTERM, then finishes what
 * it has begun and frees SERVER, in any case.  The process has no threads yet. */
int serve(struct server *server, struct cluster *cluster, const struct config *config,
	  struct error *err);

/* Blocks SIGINT and SIGTERM, which end these commands, and returns them as ENDS. */
void serve_block_ends(sigset_t *ends);

#endif
