/* outside.h -- short questions to another server, answered in JSON. */
#ifndef WEB_OUTSIDE_H
#define WEB_OUTSIDE_H

#include <jansson.h>

#include "base/error.h"

struct outside_question {
	const char *url;
	const char *form;            /* sent by POST; NULL: GET */
	const char *user, *password; /* Authorization: Basic; NULL: none */
	const char *ca;              /* PEM; NULL: whom the system trusts */
	int may_be_plain;            /* HTTP as well: to this machine */
};

/* Once, before any thread. */
int outside_begin(struct error *err);

/* Waits a few seconds at most.  *ANSWER (belongs to the caller) is a JSON object, whatever
 * *STATUS of HTTP came with it.  ERROR_UNAVAILABLE if nobody answers or it is no JSON
 * object of a decent size. */
int outside_ask(const struct outside_question *question, long *status, json_t **answer,
		struct error *err);

#endif
