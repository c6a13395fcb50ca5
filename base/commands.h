/* commands.h -- the commands of this room, for the table in main.c.
 *
 * ARGV[0] is the name of the command.  They print to stdout, log to stderr and
 * return the exit code: 0 done, 1 failed or refused, 2 usage. */
#ifndef BASE_COMMANDS_H
#define BASE_COMMANDS_H

#include "base/config.h"

#define NQ17_VERSION "0.1.0"

int config_command(int argc, char **argv, const struct config *config);
int db_command(int argc, char **argv, const struct config *config);
int doctor_command(int argc, char **argv, const struct config *config);

#endif
