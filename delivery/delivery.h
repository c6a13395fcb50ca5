/* delivery.h -- the door of the room that sends reports: schedules, the outbox, the ways
 * out. */
#ifndef DELIVERY_DELIVERY_H
#define DELIVERY_DELIVERY_H

#include "base/cluster.h"
#include "base/config.h"
#include "base/error.h"

/* Subcommands; each returns the exit code. */
int schedule_command(int argc, char **argv, const struct config *config);
int outbox_command(int argc, char **argv, const struct config *config);
int deliver_command(int argc, char **argv, const struct config *config);

/* Fires what is due and delivers it, until SIGINT or SIGTERM; started as root it drops
 * its rights.  With ONCE it ends when nothing more is due, and is ERROR_UNAVAILABLE if
 * something of it was not accepted. */
int deliver_serve(struct cluster *cluster, const struct config *config, int once,
		  struct error *err);

#endif
