/* place.h -- where the embedded PostgreSQL lives: the data folder (NQ17_DATA), the
 * cluster in it, and the folder of its socket.
 *
 *   DATA/postgres        the cluster, or a link to it
 *   DATA/postgres.new    one being made
 *   DATA/run             the folder of the socket, or a link to it
 *   DATA/postgres.lock   held while the cluster is made, started, migrated, stopped;
 *                        not empty while `nq17 db start` keeps the server running
 *   DATA/postgres.users  held shared by every command that uses the cluster
 *
 * Where PostgreSQL's account cannot enter the data folder (started as root with
 * a folder that is private to root), the cluster itself lies in a folder below
 * PLACE_ELSEWHERE.  Folders that are not ours are never changed. */
#ifndef BASE_PLACE_H
#define BASE_PLACE_H

#include "base/error.h"
#include "base/process.h"

#define PLACE_ELSEWHERE "/var/lib/nq17-clusters"

struct place {
	struct account account;
	char *data;    /* absolute, without links */
	char *cluster; /* DATA/postgres */
	char *fresh;   /* DATA/postgres.new */
	int reachable; /* the account can enter DATA */
	int lock;      /* descriptors of the two lock files */
	int users;
};

/* Makes the data folder if it is not there, and opens the lock files. */
int place_open(struct place *place, const char *data, struct error *err);
void place_close(struct place *place);

/* Is the server to run on without users?  With the lock held. */
int place_is_kept(const struct place *place);
int place_keep(const struct place *place, int keep, struct error *err);

/* The cluster folder without links; belongs to the caller.  ERROR_NOT_FOUND if
 * there is none, ERROR_CONFLICT if the link points to nothing. */
int place_find_cluster(const struct place *place, char **path, struct error *err);
/* An empty folder for a new cluster, in the place of any half-made one; *PATH
 * belongs to the caller. */
int place_make_fresh(const struct place *place, char **path, struct error *err);
/* The new cluster becomes the cluster. */
int place_adopt_fresh(const struct place *place, struct error *err);
/* The folder for the socket, made if needed; *PATH belongs to the caller and is
 * short enough for a socket in it. */
int place_find_socket_folder(const struct place *place, char **path, struct error *err);

/* The folder NAME of other working files, made if needed, private to the account; *PATH
 * belongs to the caller. */
int place_find_work_folder(const struct place *place, const char *name, char **path,
			   struct error *err);
/* The same at a path that was chosen; folders on the way are made too. */
int place_make_folder(const char *path, struct error *err);

#endif
