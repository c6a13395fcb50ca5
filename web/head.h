/* head.h -- what the head of a request says, as libmicrohttpd has read it. */
#ifndef WEB_HEAD_H
#define WEB_HEAD_H

#include <stdint.h>

#include "web/request.h"

struct MHD_Connection;

/* The header NAME, borrowed; NULL: not there. */
const char *head_value(struct MHD_Connection *connection, const char *name);

/* The value of the last header NAME, borrowed, and how many of them there are. */
const char *head_last_value(struct MHD_Connection *connection, const char *name,
			    int *count);

/* The cookie NAME, borrowed; NULL: not there. */
const char *head_cookie(struct MHD_Connection *connection, const char *name);

/* Is it clear where the body ends?  Where it is not, a proxy before us may have seen
 * another request behind it than we do. */
int head_is_framed(struct MHD_Connection *connection);
int head_announces_body(struct MHD_Connection *connection);
/* Bytes; 0: none, or not said. */
uint64_t head_body_length(struct MHD_Connection *connection);

/* Fills REQUEST, whose address is there already, from PATH and the headers; LANGUAGE is
 * that of visitors who choose none.  NULL, or the code of the problem (problem.h). */
const char *head_read(struct MHD_Connection *connection, const char *path,
		      const char *language, struct request *request);

#endif
