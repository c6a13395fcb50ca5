/* child.h -- parts of `nq17 run` in processes of their own. */
#ifndef WEB_CHILD_H
#define WEB_CHILD_H

#include <sys/types.h>

#include "base/error.h"

struct child {
	const char *name;
	int (*work)(void *context); /* in the child; its exit code */
	void *context;
	int is_kept;   /* started again when it ends; else its end is everybody's */
	pid_t process; /* ours to fill, like the rest */
	long started;  /* seconds of a clock that never goes back */
};

/* Runs the COUNT children until one that is not kept ends; then the others are ended too.
 * *CODE is what that one returned (128 + the signal if one ended it).  SIGINT and SIGTERM,
 * which the caller has blocked, are passed on as SIGTERM; *ENDED is 1 when one came.  ENDED
 * may be NULL.  MEANWHILE, unless NULL, is called in our own process every other second. */
int child_run(struct child *children, int count, void (*meanwhile)(void *context),
	      void *context, int *code, int *ended, struct error *err);

#endif
