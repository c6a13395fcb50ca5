/* data_page.h -- /data: what became of what agencies sent, and what was refused of it. */
#ifndef WEB_DATA_PAGE_H
#define WEB_DATA_PAGE_H

#include <jansson.h>

#include "web/routes.h"

/* As answer_page(), and that somebody read refused records is written down. */
int answer_refused_page(const struct visit *visit, struct reply *reply,
			struct error *err);

/* Says in the visitor's language why each of the model's `errors` was refused, and what
 * each of its `codes` means (struct page.complete). */
void explain_refused(const struct visit *visit, json_t *model);

#endif
