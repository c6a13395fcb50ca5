/* audit.h -- the figures against the records. */
#ifndef COLLECTOR_AUDIT_H
#define COLLECTOR_AUDIT_H

#include "base/db.h"

/* Audits everything or, unless WHOLE, a few families of agencies at random, and notes it in
 * the store.  Each difference goes to TELL as a line; the line "N figures, M differences"
 * comes last.  DB must be the collector's. */
int audit_perform(struct db *db, int whole, int nightly, void (*tell)(const char *line),
		  size_t *differences, struct error *err);

#endif
