/* schedule_form.h -- a new schedule, or one that is changed: a form that shows the next
 * runs, and saves what was shown. */
#ifndef WEB_SCHEDULE_FORM_H
#define WEB_SCHEDULE_FORM_H

#include "web/routes.h"

int answer_schedule_form(const struct visit *visit, struct reply *reply,
			 struct error *err);
int post_schedule_form(const struct visit *visit, struct reply *reply, struct error *err);

#endif
