/* owned_page.h -- models that an agency and its successors alone may see. */
#ifndef WEB_OWNED_PAGE_H
#define WEB_OWNED_PAGE_H

#include "web/routes.h"

/* As answer_page(), for the key of the agency in the request's query or of a
 * successor of it; any other is refused. */
int answer_owned_page(const struct visit *visit, struct reply *reply, struct error *err);

#endif
