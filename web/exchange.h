/* exchange.h -- one request and its answer, step by step as libmicrohttpd calls. */
#ifndef WEB_EXCHANGE_H
#define WEB_EXCHANGE_H

#include <microhttpd.h>

#include "web/cache.h"
#include "web/db_pool.h"
#include "web/guard.h"
#include "web/intake.h"
#include "web/metrics.h"
#include "web/origin.h"
#include "web/sign_in.h"
#include "web/site.h"
#include "web/watch.h"

/* What all requests share. */
struct exchange_means {
	struct site *site;
	struct metrics *metrics;
	struct cache *cache;
	struct watch *watch;
	struct guard *guard;
	struct db_pool *pool; /* for pages and the API */
	struct db_pool
		*callers; /* for what waits for another server; NULL: nothing does */
	struct intake *intake;
	const char *language; /* of visitors who choose none */
	struct origin_setting *origin;
	struct sign_in *sign_in;
	const struct config *config; /* borrowed */
	char *archive;               /* the folder of what was sent */
	int is_public;               /* figures are for everybody */
	int idle_minutes;            /* then a session is over */
};

/* How long a connection may wait for its next request. */
enum { EXCHANGE_IDLE_SECONDS = 30, EXCHANGE_HEAD_SECONDS = 10 };

/* The callbacks of a daemon; CONTEXT is a struct exchange_means.  The socket context of
 * each connection is its struct guarded, or NULL. */
void *exchange_open(void *context, const char *address,
		    struct MHD_Connection *connection);
enum MHD_Result exchange_step(void *context, struct MHD_Connection *connection,
			      const char *path, const char *method, const char *version,
			      const char *body, size_t *body_length, void **state);
void exchange_close(void *context, struct MHD_Connection *connection, void **state,
		    enum MHD_RequestTerminationCode why);

#endif
