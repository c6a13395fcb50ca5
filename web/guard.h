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
void guard_remove(struct guard *guard, struct guarded *guarded);

#endif
