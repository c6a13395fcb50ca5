/* guard.h -- closes connections whose client takes too long.
 *
 * The server's own timeout only sees silence: a client that sends one byte now
 * and then would keep its connection for ever.  So each connection has a moment
 * by which it must have moved on. */
#ifndef WEB_GUARD_H
#define WEB_GUARD_H

struct guard;
struct guarded;

void guard_open(struct guard **guard);
void guard_close(struct guard *guard); /* the connections are gone by then */

/* SOCKET is watched from now until guard_remove(), which comes before it is closed. */
struct guarded *guard_add(struct guard *guard, int socket, int seconds);
void guard_set(struct guard *guard, struct guarded *guarded, int seconds);
/* Moves the moment on by MILLISECONDS, but never further than MOST_SECONDS from now: who
 * goes on at a fair pace may take as long as it takes. */
void guard_extend(struct guard *guard, struct guarded *guarded, long milliseconds,
		  int most_seconds);
/* Reads what still comes to the connection of SOCKET and throws it away, for some
 * seconds: closed at once, the visitor's own system might throw our last answer away.
 * The caller closes SOCKET as if nothing had been asked. */
void guard_linger(struct guard *guard, int socket);
void guard_remove(struct guard *guard, struct guarded *guarded);

#endif
