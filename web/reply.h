/* reply.h -- an answer on its way to the visitor. */
#ifndef WEB_REPLY_H
#define WEB_REPLY_H

#include <stdint.h>
#include <stdio.h>

#include "base/text.h"
#include "web/encoding.h"

struct reply {
	int status;               /* as in HTTP */
	const char *type;         /* Content-Type; static */
	const char *allow;        /* of 405; static, or NULL */
	const char *authenticate; /* WWW-Authenticate of 401; static, or NULL */
	int retry_after;          /* seconds; 0: not said */
	int refresh;          /* seconds until a page asks again by itself; 0: never */
	FILE *file;           /* sent in place of the body if there is one */
	struct text location; /* of a redirection */
	struct text next;     /* the address of the next page of a list; empty: none */
	struct text
		file_name;   /* what a download is called, ASCII; empty: shown in place */
	struct text cookies; /* Set-Cookie, each closed by a newline */
	struct text body;
	enum encoding encoding; /* of the body */
	int is_secret;          /* kept nowhere, not even by the browser */
	int is_private;         /* for one visitor: no cache between keeps it */
	int is_secure;          /* over HTTPS, which browsers then stay with */
	int is_negotiated;      /* in the language that Accept-Language likes */
	int is_lasting;         /* its address names its content: keep it for a year */
	uint64_t tag;           /* of the body before compression */
};

void reply_free(struct reply *reply);
/* 301 to LOCATION, an address on this server. */
void reply_redirect(struct reply *reply, const char *location);
/* 303 to LOCATION, on this server: what a form that was taken is answered with, so that
 * a page loaded again sends nothing twice. */
void reply_see_other(struct reply *reply, const char *location);
/* Settles the tag of the finished body, and compresses it by ENCODING if that pays. */
void reply_finish(struct reply *reply, enum encoding encoding);

#endif
