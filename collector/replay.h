/* replay.h -- refused records sent again as they are, for instance after the register
 * learned the agency they name. */
#ifndef COLLECTOR_REPLAY_H
#define COLLECTOR_REPLAY_H

#include <stdint.h>

#include "base/db.h"
#include "collector/message.h"

struct replay_choice {
	const char *batch, *code, *agency; /* each may be NULL */
	enum message_language language;
	/* Of a choice that came through the spool, as in batch_request. */
	const char *delivery;
	int32_t scope;
	int dry_run;
};

/* Sends what CHOICE names again on DB, a connection of the collector between
 * transactions: a batch for each record type, format and header, whose receipts are
 * printed to stdout.  What is taken leaves quarantine; what is refused again waits under
 * the new batch.  *REFUSED: how many were; *LEFT: how many cannot be sent again, because
 * not all of their text was kept. */
int replay_refused(struct db *db, const struct replay_choice *choice,
		   unsigned long long *refused, unsigned long long *left,
		   struct error *err);

/* The same of one batch, for an item of the spool: *RECEIPT, which belongs to the caller, is
 * NULL where none of its records can be sent again. */
int replay_batch(struct db *db, const struct replay_choice *choice, char **receipt,
		 struct error *err);

#endif
