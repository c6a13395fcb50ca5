/* serve.h -- a web server from its start to the signal that ends it. */
#ifndef WEB_SERVE_H
#define WEB_SERVE_H

#include "base/cluster.h"
#include "base/config.h"

/* Takes the address, gives up the rights of root, answers until SIGINT or
 * SIGTERM, then finishes what it has begun.  The process has no threads yet. */
int serve(struct cluster *cluster, const struct config *config, struct error *err);

#endif
