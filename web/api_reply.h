/* api_reply.h -- models that are more than one question: loaded, added to, printed; and
 * what a form is answered with, for a page or for a program. */
#ifndef WEB_API_REPLY_H
#define WEB_API_REPLY_H

#include <jansson.h>

#include "web/routes.h"

/* The model that SQL answers, which belongs to the caller; ERROR_NOT_FOUND where it is
 * null. */
int api_load(struct db *db, const char *sql, const char *const *params, int count,
	     json_t **model, struct error *err);
/* MODEL as the answer. */
int api_print(const json_t *model, struct reply *reply, struct error *err);

/* A form was taken: a page is sent to PLACE and ID, which says NOTE; a program is told
 * {"done": true, "id": ID} in place of that. */
int api_done(const struct visit *visit, const char *place, const char *id,
	     const char *note, struct reply *reply);

/* Was this asked under /api/? */
int api_is_asked(const struct visit *visit);

#endif
