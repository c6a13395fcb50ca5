/* report_page.h -- official reports as downloads. */
#ifndef WEB_REPORT_PAGE_H
#define WEB_REPORT_PAGE_H

#include "web/routes.h"

/* The report named in the path, in the format of the request; the same bytes as `nq17
 * report` writes, and in the same register. */
int answer_report(const struct visit *visit, struct reply *reply, struct error *err);

#endif
