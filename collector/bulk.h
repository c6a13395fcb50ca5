/* bulk.h -- dossiers on their way into the store: new ones straight into their table,
 * the others into the stage.
 *
 * Most dossiers of most files are new.  Those are sorted by key and copied into `dossier`
 * itself, some ten thousand at a time, while the next are being read; what they add to
 * the totals is summed here.  Which are new is asked of the table's key, with two
 * shortcuts: a filter of the keys of the file, and the days for which an agency has no
 * dossiers at all.  Should a shortcut be wrong, the key refuses the copy and every record
 * of it is asked for.  What repeats or corrects a new one within the same ten thousands is
 * settled with it.  Every other record of a dossier that is stored already, or that comes
 * again in the file, goes through the stage and sql/functions/merge_dossier.sql, which
 * alone knows what becomes of them. */
#ifndef COLLECTOR_BULK_H
#define COLLECTOR_BULK_H

#include "base/db.h"
#include "collector/agency_register.h"
#include "collector/check.h"

struct bulk;

/* On DB, in the transaction of BATCH; all borrowed.  Creates the stage.  The connection
 * is not to be used by others until bulk_end() or bulk_free(). */
int bulk_begin(struct bulk **bulk, struct db *db, const char *batch,
	       const struct record_type *type, const struct agency_register *agencies,
	       struct error *err);
int bulk_put(struct bulk *bulk, const struct typed_record *record, struct error *err);
struct bulk_counts {
	unsigned long long accepted, corrected, duplicate;
};

/* Sends what is left.  *COUNTS are settled; the rest is in the stage. */
int bulk_end(struct bulk *bulk, struct bulk_counts *counts, struct error *err);
void bulk_free(struct bulk *bulk);

#endif
