/* pull_fetch.h -- one answer of a server, streamed to the spool.  The only door to
 * libcurl. */
#ifndef COLLECTOR_PULL_FETCH_H
#define COLLECTOR_PULL_FETCH_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/error.h"
#include "collector/spool.h"

struct pull_request {
	const char *url;             /* http, https or sftp */
	const char *credential_file; /* or NULL: docs/operations.md */
	const char *etag;            /* of what is here already, or NULL */
	int patience;                /* seconds that the server may be nearly silent */
	const atomic_int *is_closing;
};

struct pull_answer {
	struct spool_draft *draft; /* complete; NULL: nothing (new) is there */
	char sha256[65];           /* of it */
	char *etag;                /* or NULL */
	int64_t retry_after;       /* seconds; of a failure, too */
};

/* Once per process, before there are threads. */
int pull_fetch_begin(struct error *err);

/* Whatever is not a whole answer with the status 200 (204, 304: nothing there) is a
 * failure and leaves nothing.  pull_answer_free() in any case. */
int pull_fetch(const struct pull_request *request, struct spool *spool,
	       struct pull_answer *answer, struct error *err);
void pull_answer_free(struct pull_answer *answer);

#endif
