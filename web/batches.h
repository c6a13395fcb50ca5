/* batches.h -- what became of what an agency sent: receipts and refused records. */
#ifndef WEB_BATCHES_H
#define WEB_BATCHES_H

#include "web/routes.h"

int answer_batch(const struct visit *visit, struct reply *reply, struct error *err);
int answer_batch_errors(const struct visit *visit, struct reply *reply,
			struct error *err);

#endif
