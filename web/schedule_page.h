/* schedule_page.h -- /reports/schedules: what is sent to whom, and when. */
#ifndef WEB_SCHEDULE_PAGE_H
#define WEB_SCHEDULE_PAGE_H

#include "web/routes.h"

/* One schedule, with its next runs. */
int answer_schedule(const struct visit *visit, struct reply *reply, struct error *err);
/* Pauses, resumes, removes it, or sends a period now. */
int post_schedule(const struct visit *visit, struct reply *reply, struct error *err);

#endif
