/* schedule_page.h -- /reports/schedules: what is sent to whom, and when. */
#ifndef WEB_SCHEDULE_PAGE_H
#define WEB_SCHEDULE_PAGE_H

#include <jansson.h>

#include "web/routes.h"

/* Adds RRULE to OBJECT, and as "rule" what it says in words, where they can say it. */
void schedule_add_rule(json_t *object, const char *rrule, const char *start);

/* One schedule, with its next runs. */
int answer_schedule(const struct visit *visit, struct reply *reply, struct error *err);
/* Pauses, resumes, removes it, or sends a period now. */
int post_schedule(const struct visit *visit, struct reply *reply, struct error *err);

#endif
