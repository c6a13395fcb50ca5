/* level4.h -- which services are at level 4 on which days, in memory, for the dossiers
 * of one batch.  What that means is said by the view holder_level4. */
#ifndef COLLECTOR_LEVEL4_H
#define COLLECTOR_LEVEL4_H

#include <stddef.h>
#include <stdint.h>

#include "base/db.h"

struct level4;

int level4_load(struct level4 **services, struct db *db, struct error *err);
void level4_free(struct level4 *services);
/* Is PROCEDURE a level 4 service of HOLDER on DAY (from 2000-01-01)? */
int level4_has(const struct level4 *services, int32_t holder, const char *procedure,
	       size_t length, int32_t day);

#endif
