/* watch.h -- the version of the store, known without asking while many ask.
 *
 * A kept answer may be sent only while the store is as it was made from.  As long as few
 * visitors come, each of their requests asks the store itself.  When many come at once, one
 * thread asks for all of them, fifty times a second; what it was told is believed for
 * WATCH_LEASE_MILLISECONDS after the question was put, and no longer, however late the next
 * answer is.  So a page can be that much older than the store, and only under load; and
 * whoever is told by this server that something was stored sees it at once: see
 * watch_doubt(). */
#ifndef WEB_WATCH_H
#define WEB_WATCH_H

#include "base/text.h"

enum { WATCH_LEASE_MILLISECONDS = 100 };

struct watch;

/* CONNINFO is copied; the connection is opened when it is needed. */
void watch_open(struct watch **watch, const char *conninfo);
void watch_close(struct watch *watch); /* fine on NULL */

/* Counts one who asks.  1 and the version; 0: ask the store. */
int watch_version(struct watch *watch, struct text *version);
/* Something may have been stored that somebody is about to be told of: what was learnt by
 * questions put before now is believed no more. */
void watch_doubt(struct watch *watch);

#endif
