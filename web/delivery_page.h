/* delivery_page.h -- /reports/deliveries: what was sent, what became of it, and what a
 * person decides about it. */
#ifndef WEB_DELIVERY_PAGE_H
#define WEB_DELIVERY_PAGE_H

#include "web/routes.h"

int post_delivery(const struct visit *visit, struct reply *reply, struct error *err);
/* What was sent, byte for byte, by the hash of its content. */
int answer_archive(const struct visit *visit, struct reply *reply, struct error *err);

#endif
