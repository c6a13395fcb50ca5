/* quota.h -- how much each API key may send: requests a minute, bodies at a time,
 * bodies that wait to be committed.  Counted in memory: a restart forgets it. */
#ifndef WEB_QUOTA_H
#define WEB_QUOTA_H

#include <stdint.h>

struct quota;

struct quota_setting {
	unsigned requests; /* a minute; as many may come at once */
	unsigned bodies;   /* at a time */
	unsigned queue;    /* that wait to be committed */
};

void quota_open(struct quota **quota, const struct quota_setting *setting);
void quota_close(struct quota *quota);

/* One more body of KEY at NOW (seconds that only grow).  NULL: granted, until
 * quota_end_body().  Else the code of the problem, and in how many seconds to ask
 * again. */
const char *quota_begin_body(struct quota *quota, int32_t key, double now,
			     int *retry_after);
void quota_end_body(struct quota *quota, int32_t key);

/* A body of KEY waits to be committed; it does no longer. */
void quota_begin_wait(struct quota *quota, int32_t key);
void quota_end_wait(struct quota *quota, int32_t key);

#endif
