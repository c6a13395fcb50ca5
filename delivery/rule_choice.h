/* rule_choice.h -- recurrence as the plain choices of a form, and back.  Pure.
 *
 * A rule that is none of these choices is "rule", and written by hand (RFC 5545). */
#ifndef DELIVERY_RULE_CHOICE_H
#define DELIVERY_RULE_CHOICE_H

#include "base/text.h"

struct rule_choice {
	const char
		*every; /* day, workday, week, month, quarter, half, year, rule; static */
	int weekday;    /* of week: 1 is Monday */
	int day;        /* of the month, from month on: 1 to 28, -1 the last */
	int month;      /* of the quarter, half or year, from 1 on */
};

/* Appends the rule; -1 where EVERY is "rule" or unknown, or a number is out of its span. */
int rule_choice_write(const struct rule_choice *choice, struct text *out);
/* What RULE is.  Whatever it is not is set to what a new form has. */
void rule_choice_read(const char *rule, struct rule_choice *choice);

/* What is reported on where a form leaves that to the choice: "quarter"; NULL: the rule
 * says it. */
const char *rule_choice_covers(const char *every);

#endif
