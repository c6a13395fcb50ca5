/* delivery.h -- the door of the room that sends reports: schedules, the outbox, the ways
 * out. */
#ifndef DELIVERY_DELIVERY_H
#define DELIVERY_DELIVERY_H

#include "base/cluster.h"
#include "base/config.h"
#include "base/error.h"
#include "base/text.h"
#include "delivery/draft.h"
#include "delivery/rule_choice.h"
#include "delivery/rule_words.h"

/* Subcommands; each returns the exit code. */
int schedule_command(int argc, char **argv, const struct config *config);
int outbox_command(int argc, char **argv, const struct config *config);
int deliver_command(int argc, char **argv, const struct config *config);

/* Fires what is due and delivers it, until SIGINT or SIGTERM; started as root it drops
 * its rights.  With ONCE it ends when nothing more is due, and is ERROR_UNAVAILABLE if
 * something of it was not accepted. */
int deliver_serve(struct cluster *cluster, const struct config *config, int once,
		  struct error *err);

/* The next runs of schedule ID, for whom DB's visitor is, as schedule_list_runs() has them.
 * ERROR_NOT_FOUND where it is not there to be seen. */
int delivery_next_runs(struct db *db, const char *id, char **json, struct error *err);
/* Pauses ("paused"), resumes ("active") or removes ("removed") schedule ID. */
int delivery_switch(struct db *db, const char *id, const char *state, struct error *err);
/* What was sent, appended to OUT: the file of that digest in the FOLDER of the archive. */
int delivery_load(const char *folder, const char *sha256, struct text *out,
		  struct error *err);
/* What a download of it is called: NAME in plain characters, with the ending of its type. */
void delivery_add_file_name(struct text *out, const char *name, const char *media_type);

#endif
