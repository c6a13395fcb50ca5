/* problem.h -- what was wrong with a request for data: RFC 9457 problem details.
 *
 * One table of codes (problem.c): each has an HTTP status, a stable `type`
 * ("urn:nq17:problem:CODE") and its sentences in Vietnamese and English.  docs/api.md
 * lists them. */
#ifndef WEB_PROBLEM_H
#define WEB_PROBLEM_H

#include "base/error.h"
#include "web/reply.h"

/* The code of an error, and the HTTP status of a code. */
const char *problem_of(const struct error *err);
int problem_status(const char *code);

/* Replaces REPLY.  INSTANCE is the address that was asked; REASON (or NULL) says what
 * exactly was wrong, in English or as it was sent; MEMBERS (or NULL) is a JSON object
 * whose members are added.  An unknown CODE is a BUG. */
void problem_fill(struct reply *reply, const char *code, const char *language,
		  const char *instance, const char *reason, const char *members);

#endif
