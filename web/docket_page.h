/* docket_page.h -- /data/preview and /data/disputes: what agencies say to their figures
 * and the office answers.  What is shown are models like those of other pages. */
#ifndef WEB_DOCKET_PAGE_H
#define WEB_DOCKET_PAGE_H

#include "web/routes.h"

int post_preview(const struct visit *visit, struct reply *reply, struct error *err);
int post_disputes(const struct visit *visit, struct reply *reply, struct error *err);

#endif
