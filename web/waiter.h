/* waiter.h -- one thread that looks for the receipts of bodies that were handed over,
 * so that no other thread has to wait for them. */
#ifndef WEB_WAITER_H
#define WEB_WAITER_H

#include "collector/collector.h"

struct waiter;

/* Told once: RECEIPT (which belongs to the callee) when it is there; NULL when it took
 * too long or the server stops. */
typedef void waiter_told(void *context, char *receipt);
/* Told once, later or at once, of a body of KEY that waits no longer: its RECEIPT
 * (borrowed), or NULL when it was given up. */
typedef void waiter_over(void *context, int32_t key, const char *receipt);

/* SPOOL is borrowed.  A sender waits for SECONDS at the most. */
void waiter_open(struct waiter **waiter, struct spool *spool, int seconds,
		 waiter_over *over, void *over_context);
/* Tells everyone who still waits, also those who come from now on. */
void waiter_stop(struct waiter *waiter);
void waiter_close(struct waiter *waiter); /* after waiter_stop(); fine on NULL */

/* ID is that of a body of KEY in the spool. */
void waiter_add(struct waiter *waiter, const char *id, int32_t key, waiter_told *told,
		void *context);
/* Bodies whose receipt is not there yet, for the metrics. */
int waiter_count(struct waiter *waiter);

#endif
