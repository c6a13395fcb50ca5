/* collector.h -- the door of the room that brings records in. */
#ifndef COLLECTOR_COLLECTOR_H
#define COLLECTOR_COLLECTOR_H

#include "base/config.h"

/* nq17 import, nq17 sample: ARGV[0] is the name of the command; they return the
 * exit code. */
int import_command(int argc, char **argv, const struct config *config);
int sample_command(int argc, char **argv, const struct config *config);

#endif
