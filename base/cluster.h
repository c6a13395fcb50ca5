/* cluster.h -- the database of a command: the configured one, or the embedded
 * PostgreSQL under the data directory.
 *
 * With `database` set in the configuration that server is used as it is.
 * Otherwise the cluster is $NQ17_DATA/postgres with its socket in $NQ17_DATA/run
 * (or a short folder under /tmp where that path is too long): created and
 * migrated if new, started if it is not running, held by a shared lock while
 * open, stopped by the last one out unless `db start` keeps it; a guard process does
 * that for a command that is killed.
 * Started as root, PostgreSQL runs under its own account. */
#ifndef BASE_CLUSTER_H
#define BASE_CLUSTER_H

#include <sys/types.h>

#include "base/config.h"
#include "base/db.h"

struct cluster;

/* Ready to connect: running, and its schema that of this program. */
int cluster_open(struct cluster **cluster, const struct config *config,
		 struct error *err);
void cluster_close(struct cluster *cluster);

/* A new connection; belongs to the caller (db_close). */
int cluster_connect(struct cluster *cluster, enum db_role role, struct db **db,
		    struct error *err);
/* What db_open() takes for ROLE; borrowed.  For pools that connect by themselves. */
const char *cluster_conninfo(const struct cluster *cluster, enum db_role role);

/* A folder for working files that the unprivileged account can write: the setting KEY, or
 * the folder of that name beside the cluster.  Made if needed, so to be asked for before
 * the privileges are dropped.  *PATH belongs to the caller. */
int cluster_work_folder(const struct cluster *cluster, const struct config *config,
			const char *key, char **path, struct error *err);

/* For a process that was started as root and serves others: becomes the
 * unprivileged account for good.  Nothing to do for a plain user. */
int cluster_drop_privileges(const struct cluster *cluster, struct error *err);

/* Starts the embedded server again if it was killed; quick if it was not.  For a
 * process that stays, now and then. */
int cluster_revive(struct cluster *cluster, struct error *err);

/* The embedded cluster outlives its users, until cluster_stop(). */
int cluster_keep(struct cluster *cluster, struct error *err);
/* Keeps it no longer; *STOPPED is 0 where other commands still use it, the last of
 * which stops it then.  ERROR_NOT_FOUND if there is none. */
int cluster_stop(const struct config *config, int *stopped, struct error *err);

struct cluster_state {
	char *folder;  /* without links; belongs to the caller */
	pid_t process; /* of the server; 0: not running */
	int kept, in_use;
};

/* The embedded cluster as it is, without starting it.  ERROR_NOT_FOUND if there
 * is none. */
int cluster_look(const struct config *config, struct cluster_state *state,
		 struct error *err);

#endif
