/* rule_words.h -- a recurrence rule in words.  Pure. */
#ifndef DELIVERY_RULE_WORDS_H
#define DELIVERY_RULE_WORDS_H

#include "base/text.h"

/* Appends when RULE, which recurrence_check() took, comes true: "Every month on day 25, at
 * 08:00".  START ("2026-01-31T08:00:00") has what the rule leaves open.  -1, and nothing
 * appended, where these words cannot say all of it. */
int rule_words_add(struct text *out, const char *rule, const char *start,
		   const char *language);

#endif
