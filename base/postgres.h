/* postgres.h -- a private PostgreSQL server: made, started, stopped.
 *
 * It listens on a unix socket only, in a folder that only its account may enter,
 * and therefore trusts whoever connects.  None of these functions locks; the
 * caller holds the lock of the place (place.h). */
#ifndef BASE_POSTGRES_H
#define BASE_POSTGRES_H

#include <sys/types.h>

#include "base/process.h"

/* Makes a cluster in the empty FOLDER, with our roles and the database nq17; what
 * works there keeps LOCK, the caller's, even if the caller is killed. */
int postgres_init(const struct account *account, const char *folder, int lock,
		  struct error *err);
/* Starts the server of FOLDER unless it is running, recovers it if it was
 * killed, and waits until it answers in SOCKET_FOLDER. */
int postgres_start(const struct account *account, const char *folder,
		   const char *socket_folder, struct error *err);
/* Ends it, whoever is connected; fine if it is not running. */
int postgres_stop(const char *folder, struct error *err);
/* The process of the server of FOLDER, or 0 if it is not running. */
pid_t postgres_process(const char *folder);
/* The path of a program of the version of FOLDER (NULL: the newest one there
 * is), as "psql"; belongs to the caller. */
int postgres_find_program(const char *folder, const char *name, char **path,
			  struct error *err);

#endif
