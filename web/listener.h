/* listener.h -- the socket that visitors come to. */
#ifndef WEB_LISTENER_H
#define WEB_LISTENER_H

#include "base/error.h"

struct listener {
	int socket;       /* -1: none */
	char address[96]; /* as taken: "http://127.0.0.1:8017" */
};

/* LISTEN is "host:port" or "[host]:port", port 0 any free one; SCHEME is "http" or
 * "https".  An address in use, or that is not ours, is ERROR_UNAVAILABLE. */
int listener_open(struct listener *listener, const char *listen, const char *scheme,
		  struct error *err);

#endif
