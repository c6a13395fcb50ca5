/* send.h -- answers as libmicrohttpd wants them: status, headers, body. */
#ifndef WEB_SEND_H
#define WEB_SEND_H

#include <stddef.h>

#include "web/reply.h"

struct MHD_Connection;

/* An answer that can be sent any number of times, by any thread: counted, not copied. */
struct packet;

/* Takes the body (and the file) of REPLY.  NULL: nothing can be sent. */
struct packet *packet_new(struct reply *reply);
struct packet *packet_hold(struct packet *packet);
void packet_release(struct packet *packet); /* fine on NULL */
/* Does it bring cookies?  Then it is for one visitor, and not to be kept. */
int packet_is_personal(const struct packet *packet);
/* What it occupies, about. */
size_t packet_size(const struct packet *packet);

/* The status that is sent (304 where the visitor knows the body already), or 0:
 * nothing can be sent, and the connection ends. */
int packet_send(struct MHD_Connection *connection, const struct packet *packet);

#endif
