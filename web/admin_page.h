/* admin_page.h -- /admin/users, /admin/keys, /admin/letterhead and /admin/targets: what is changed there.  What
 * they show are models like those of other pages (routes.c). */
#ifndef WEB_ADMIN_PAGE_H
#define WEB_ADMIN_PAGE_H

#include <jansson.h>

#include "web/routes.h"

int post_users(const struct visit *visit, struct reply *reply, struct error *err);
int post_keys(const struct visit *visit, struct reply *reply, struct error *err);
int post_letterhead(const struct visit *visit, struct reply *reply, struct error *err);
/* Names for people beside the codes of the log, and of what it tells of (struct page.complete).
 * What has none keeps its code: an entry outlives the program that wrote it. */
void name_entries(const struct visit *visit, json_t *model);

int post_targets(const struct visit *visit, struct reply *reply, struct error *err);

#endif
