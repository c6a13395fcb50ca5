/* transfer.h -- one thing handed to a server, and what that came to.  The only file of
 * this room that includes libcurl.
 *
 * A mail is the server's from the moment it has the lone dot after the text: before, a
 * failure means that it was not sent; after, only an answer tells.  libcurl asks for more
 * text, is told that there is none, and only then sends the dot: that question is the
 * border, and there the fence is asked.  A fence that refuses cuts the connection with the
 * text unfinished, which no server takes for a message. */
#ifndef DELIVERY_TRANSFER_H
#define DELIVERY_TRANSFER_H

#include <stddef.h>

#include "base/credentials.h"
#include "base/error.h"

enum verdict {
	VERDICT_ACCEPTED,
	VERDICT_DEFERRED,  /* not taken, may be tried again */
	VERDICT_FAILED,    /* refused for good */
	VERDICT_UNCERTAIN, /* handed over, and no answer came */
	VERDICT_LOST,      /* the fence refused: somebody else has it by now */
};

struct transfer {
	const char *url;
	const struct credentials *credentials; /* or NULL */
	const char *ca;                        /* file of certificates, or NULL */
	long patience;                         /* seconds that an answer may take */
	long seconds;                          /* for all of it */
	/* Asked before the last of it leaves; -1: do not.  NULL: may be repeated at will. */
	int (*fence)(void *context);
	void *context;
	const char *bytes;
	size_t length;
};

struct outcome {
	enum verdict verdict;
	char answer[1024]; /* of the server, or what went wrong; one line */
};

/* Before there are threads. */
int transfer_begin(struct error *err);

enum mail_tls { MAIL_TLS_REQUIRED, MAIL_TLS_NONE };

/* A connection that stays for the next mail. */
struct mailer;

struct mailer *mailer_open(void);
void mailer_close(struct mailer *mailer); /* fine on NULL */

/* TRANSFER's bytes, with CRLF, from FROM to the one recipient TO. */
void transfer_mail(struct mailer *mailer, const struct transfer *transfer,
		   enum mail_tls tls, const char *from, const char *to,
		   struct outcome *outcome);
/* Puts the bytes to the URL (http, https, sftp), in the place of what was there. */
void transfer_put(const struct transfer *transfer, const char *media_type,
		  struct outcome *outcome);
/* Posts JSON under the number ID, signed with the secret of the credentials:
 * NQ17-Signature: t=SECONDS,sha256=HMAC of "SECONDS.BODY" in hexadecimal digits. */
void transfer_hook(const struct transfer *transfer, const char *id,
		   struct outcome *outcome);

#endif
