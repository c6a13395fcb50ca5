/* account_page.h -- /account: one's own password, second step and sessions. */
#ifndef WEB_ACCOUNT_PAGE_H
#define WEB_ACCOUNT_PAGE_H

#include "web/routes.h"

int answer_account(const struct visit *visit, struct reply *reply, struct error *err);
int post_account(const struct visit *visit, struct reply *reply, struct error *err);

#endif
