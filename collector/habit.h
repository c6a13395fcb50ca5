/* habit.h -- is a batch of dossiers like what its agencies sent before?  Attributes that
 * vanished and a jump of the channel mix are warned of; nothing is refused for them. */
#ifndef COLLECTOR_HABIT_H
#define COLLECTOR_HABIT_H

#include "base/db.h"
#include "collector/check.h"
#include "collector/message.h"
#include "collector/receipt.h"

struct habit;

struct habit *habit_new(void);
void habit_free(struct habit *habit);
/* Counts a dossier that may be stored. */
void habit_note(struct habit *habit, const struct typed_record *record);
/* Adds the warnings to RECEIPT.  Asked before the totals move. */
int habit_warn(const struct habit *habit, struct db *db, struct receipt *receipt,
	       enum message_language language, struct error *err);

#endif
