/* commit.h -- items of the spool into the store, each exactly once, by a few workers. */
#ifndef COLLECTOR_COMMIT_H
#define COLLECTOR_COMMIT_H

#include "base/cluster.h"
#include "collector/spool.h"

struct committer;

/* Starts the workers; CLUSTER and SPOOL (locked) are borrowed. */
int committer_open(struct committer **committer, struct cluster *cluster,
		   struct spool *spool, struct error *err);
/* Something was handed over. */
void committer_wake(struct committer *committer);
/* Lets the items at hand come to their end. */
void committer_close(struct committer *committer);

/* Commits all that waits, in this thread; -1, logged, at the first item that fails. */
int commit_all(struct cluster *cluster, struct spool *spool);

#endif
