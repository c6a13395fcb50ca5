/* upload.h -- one body of records on its way from a sender into the spool.
 *
 *   upload_begin    what the head says; nothing is asked
 *   upload_admit    the key, the quotas, the disk: on a worker thread
 *   upload_take     each piece of the body
 *   upload_finish   the body is whole: kept for good, then the receipt is waited for
 *
 * A step that fails leaves an answer in upload_reply().  The steps that take their time
 * call RESUMED once, on any thread; until then the upload is not to be touched. */
#ifndef WEB_UPLOAD_H
#define WEB_UPLOAD_H

#include "web/intake.h"
#include "web/reply.h"
#include "web/request.h"

struct upload;

/* The lines of the head that matter, borrowed; NULL: not there. */
struct upload_head {
	const char *content_type, *content_encoding, *idempotency_key;
	uint64_t length; /* of the body; 0: not said */
};

typedef void upload_resumed(void *context);

/* REQUEST is only read now; its type is the value ":type".  0, or -1: refused.  *UPLOAD
 * belongs to the caller in any case: upload_free(). */
int upload_begin(struct upload **upload, struct intake *intake,
		 const struct request *request, const struct upload_head *head,
		 upload_resumed *resumed, void *context);
void upload_free(struct upload *upload); /* fine on NULL */

void upload_admit(struct upload *upload);
/* 0, or -1: refused, and the rest of the body is of no use. */
int upload_take(struct upload *upload, const char *bytes, size_t length);
void upload_finish(struct upload *upload);

/* Was it refused? */
int upload_is_refused(const struct upload *upload);
/* The answer, once there is one; the caller may take it. */
struct reply *upload_reply(struct upload *upload);

#endif
