/* process.h -- running another program, and the account it runs under.
 *
 * PostgreSQL refuses to run as root; started by root it runs as the account of
 * Debian's package.  Programs get a bare environment (no PG*, no LD_PRELOAD),
 * the root folder as working directory and a umask of 077. */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include <sys/types.h>

#include "base/error.h"
#include "base/text.h"

struct account {
	int is_other; /* 0: programs run as whoever runs us; the rest is unused */
	uid_t uid;
	gid_t gid;
	gid_t groups[32];
	int group_count;
};

/* The account for PostgreSQL: for root that of the package, else our own. */
int account_find(struct account *account, struct error *err);
/* Becomes ACCOUNT for good.  -1 with errno set; fit for a forked child. */
int account_become(const struct account *account);
/* May ACCOUNT enter the folder PATH? */
int account_can_enter(const struct account *account, const char *path);

/* Runs ARGV (argv[0] is a path) to its end, with INPUT (or NULL) to read.  It ends
 * if we do, and it and its children hold the lock of the descriptor LOCK until they
 * are gone.  What it prints on either stream is added to OUTPUT.  An exit code other
 * than 0 is ERROR_INTERNAL with the last lines printed. */
int process_run(const struct account *account, const char *const *argv, const char *input,
		int lock, struct text *output, struct error *err);

/* Starts ARGV as a process of its own session, child of nobody here, printing to
 * the end of the file LOG.  *ALIVE is a descriptor that reads end-of-file when
 * the process and all its children are gone; close() it. */
int process_launch(const struct account *account, const char *const *argv,
		   const char *log, int *alive, struct error *err);

#endif
