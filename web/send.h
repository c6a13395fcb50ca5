/* send.h -- an answer as libmicrohttpd wants it: status, headers, body. */
#ifndef WEB_SEND_H
#define WEB_SEND_H

#include "web/reply.h"

struct MHD_Connection;

/* Queues REPLY, whose body is taken; IS_SECURE: over HTTPS.  The status that is sent (304 where the visitor
 * knows the body already), or 0: nothing can be sent, and the connection ends. */
int send_reply(struct MHD_Connection *connection, struct reply *reply, int is_secure);

#endif
