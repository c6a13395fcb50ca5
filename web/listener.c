/* listener.c -- the socket that visitors come to. */
#include "web/listener.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"

/* "host:port", "[host]:port" */
static int split_address(const char *listen, struct text *host, struct text *port,
			 struct error *err)
{
	const char *colon = strrchr(listen, ':');

	if (!colon || colon == listen || !colon[1])
		return error_set(err, ERROR_INVALID,
				 "\"%s\" is not an address to listen at, such as "
				 "127.0.0.1:8017",
				 listen);
	if (*listen == '[' && colon[-1] == ']')
		text_add_bytes(host, listen + 1, (size_t)(colon - listen) - 2);
	else
		text_add_bytes(host, listen, (size_t)(colon - listen));
	text_add(port, colon + 1);
	return 0;
}

static int listen_at(const struct addrinfo *place)
{
	const int yes = 1;
	int fault;
	int socket_ = socket(place->ai_family,
			     place->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
			     place->ai_protocol);

	if (socket_ < 0)
		return -1;
	setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(socket_, place->ai_addr, place->ai_addrlen) == 0 &&
	    listen(socket_, SOMAXCONN) == 0)
		return socket_;
	fault = errno;
	close(socket_);
	errno = fault;
	return -1;
}

/* The address as taken: port 0 stands for any free one. */
static void print_address(struct listener *listener, const char *scheme, const char *host)
{
	struct sockaddr_storage taken = { 0 };
	socklen_t size = sizeof taken;
	char port[16] = "?";

	if (getsockname(listener->socket, (struct sockaddr *)&taken, &size) == 0)
		getnameinfo((struct sockaddr *)&taken, size, NULL, 0, port, sizeof port,
			    NI_NUMERICSERV);
	snprintf(listener->address, sizeof listener->address,
		 strchr(host, ':') ? "%s://[%.60s]:%s" : "%s://%.60s:%s", scheme, host,
		 port);
}

int listener_open(struct listener *listener, const char *listen, const char *scheme,
		  struct error *err)
{
	const struct addrinfo wanted = { .ai_socktype = SOCK_STREAM,
					 .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	struct addrinfo *place = NULL;
	struct text host = { 0 }, port = { 0 };
	int status = split_address(listen, &host, &port, err), fault;

	listener->socket = -1;
	if (status != 0)
		goto done;
	status = -1;
	fault = getaddrinfo(text_string(&host), text_string(&port), &wanted, &place);
	if (fault != 0) {
		error_set(err, ERROR_INVALID, "cannot listen at %s: %s", listen,
			  gai_strerror(fault));
		goto done;
	}
	/* A name may stand for several: localhost for ::1, which not all machines have. */
	for (const struct addrinfo *at = place; at && listener->socket < 0;
	     at = at->ai_next)
		listener->socket = listen_at(at);
	if (listener->socket < 0) {
		error_set(err, ERROR_UNAVAILABLE, "cannot listen at %s: %s", listen,
			  errno == EADDRINUSE
				  ? "another program does already; choose another "
				    "with --listen ADDRESS:PORT"
				  : strerror(errno));
		goto done;
	}
	print_address(listener, scheme, text_string(&host));
	status = 0;
done:
	if (place)
		freeaddrinfo(place);
	text_free(&host);
	text_free(&port);
	return status;
}
