/* collector.h -- the door of the room that brings records in. */
#ifndef COLLECTOR_COLLECTOR_H
#define COLLECTOR_COLLECTOR_H

#include "base/cluster.h"
#include "base/config.h"
#include "collector/key.h"
#include "collector/spool.h"

/* nq17 import, nq17 sample: ARGV[0] is the name of the command; they return the
 * exit code. */
int import_command(int argc, char **argv, const struct config *config);
int sample_command(int argc, char **argv, const struct config *config);
/* Is there a record type, a format of that name? */
int collector_takes_type(const char *type);
int collector_takes_format(const char *format);
/* Every refused record of BATCH into the file PATH, as nq17 import does; HEADER is the
 * first line of a CSV file, or NULL. */
int collector_write_errors(const char *path, struct db *db, const char *batch,
			   const char *type, const char *header, struct error *err);

/* nq17 key: the keys with which agencies send over HTTP. */
int key_command(int argc, char **argv, const struct config *config);

/* nq17 collect: commits what was received.  collect_serve() is the same on a cluster that
 * is open, for `nq17 run`: until SIGTERM, or, with ONCE, until nothing waits. */
int collect_command(int argc, char **argv, const struct config *config);
int collect_serve(struct cluster *cluster, const struct config *config, int once,
		  struct error *err);

/* nq17 template: empty workbooks.  collector_write_template() writes that of the record type
 * TYPE to PATH; an unknown one is ERROR_NOT_FOUND. */
int template_command(int argc, char **argv, const struct config *config);
int collector_write_template(const char *type, const char *path, int english,
			     struct error *err);

/* nq17 profile: mapping profiles. */
int profile_command(int argc, char **argv, const struct config *config);
/* Where the collector looks for records by itself: docs/operations.md. */
int source_command(int argc, char **argv, const struct config *config);

/* The office's commands about trust in what came in: docs/trust.md. */
int holiday_command(int argc, char **argv, const struct config *config);
int audit_command(int argc, char **argv, const struct config *config);
int batch_command(int argc, char **argv, const struct config *config);
int quarantine_command(int argc, char **argv, const struct config *config);
int score_command(int argc, char **argv, const struct config *config);
int alias_command(int argc, char **argv, const struct config *config);
int target_command(int argc, char **argv, const struct config *config);
int definition_command(int argc, char **argv, const struct config *config);
int population_command(int argc, char **argv, const struct config *config);
int comparator_command(int argc, char **argv, const struct config *config);
int evidence_command(int argc, char **argv, const struct config *config);
int doubles_command(int argc, char **argv, const struct config *config);
int agency_command(int argc, char **argv, const struct config *config);
int freshness_command(int argc, char **argv, const struct config *config);
int reconcile_command(int argc, char **argv, const struct config *config);

#endif
