/* web.h -- the door of this room: the commands that serve the pages.
 *
 * ARGV[0] is the name of the command.  They return the exit code: 0 done, 1
 * failed, 2 usage. */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "base/config.h"

/* Serves until SIGINT or SIGTERM. */
/* nq17 user: the accounts. */
int user_command(int argc, char **argv, const struct config *config);
int web_command(int argc, char **argv, const struct config *config);
/* The database if none is configured, sample data if asked for, then the pages. */
int run_command(int argc, char **argv, const struct config *config);

#endif
