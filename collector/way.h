/* way.h -- a way in that puts items into the spool by itself: folders, sources. */
#ifndef COLLECTOR_WAY_H
#define COLLECTOR_WAY_H

#include "base/cluster.h"
#include "base/config.h"
#include "collector/spool.h"

/* What the collector lends its ways. */
struct collect_context {
	const struct config *config;
	struct cluster *cluster;
	struct spool *spool;
	int once; /* nobody waits for a way: it does its work within its step */
};

struct way {
	const char *name;
	/* Makes and opens what needs the rights the collector was started with.  *FD is
	 * to be polled for reading, or -1. */
	int (*open)(void **state, const struct collect_context *context, int *fd,
		    struct error *err);
	/* Does what is due, some 100 ms of it at most; *SECONDS: call again after that.  A
	 * failure is logged, and the way is asked again. */
	int (*step)(void *state, int *seconds, struct error *err);
	void (*close)(void *state);
};

extern const struct way way_folder; /* the folders of agencies: inbox.h */
extern const struct way way_pull;   /* servers that are asked for records */
extern const struct way
	way_audit; /* no way in: the figures against the records, nightly */
extern const struct way
	way_remember; /* no way in: the figures that pages show, at hand */

#endif
