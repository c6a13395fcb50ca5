/* child.h -- a part of `nq17 run` in a process of its own. */
#ifndef WEB_CHILD_H
#define WEB_CHILD_H

#include "base/error.h"

/* Runs WORK in a child until it ends; *CODE is what it returned (128 + the signal
 * if one ended it).  SIGINT and SIGTERM, which the caller has blocked, are passed
 * on to the child as SIGTERM; *ENDED is 1 when one came.  ENDED may be NULL.
 * MEANWHILE, unless NULL, is called in our own process every other second. */
int child_run(int (*work)(void *context), void (*meanwhile)(void *context), void *context,
	      int *code, int *ended, struct error *err);

/* In a child: a parent that was killed takes it along.  child_run() does this, but
 * the kernel forgets it when a process changes its account. */
void child_end_with_parent(void);

#endif
