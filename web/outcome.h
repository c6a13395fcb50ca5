/* outcome.h -- what a sender is told of a body that was received: its receipt, or that
 * it waits. */
#ifndef WEB_OUTCOME_H
#define WEB_OUTCOME_H

#include "web/reply.h"

/* Was the file refused whole?  Then nothing was received, and its one error has no line. */
int outcome_is_refusal(const char *receipt);
/* 200 with the RECEIPT, or 400 where the file was refused whole. */
void outcome_answer(struct reply *reply, const char *receipt, const char *language,
		    const char *instance);
/* 202: the body called ID waits to be committed. */
void outcome_answer_waiting(struct reply *reply, const char *id);

#endif
