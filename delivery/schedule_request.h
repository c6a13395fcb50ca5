/* schedule_request.h -- what `nq17 schedule` was asked for; only schedule_command.c and
 * schedule_ways.c include it. */
#ifndef DELIVERY_SCHEDULE_REQUEST_H
#define DELIVERY_SCHEDULE_REQUEST_H

#include "base/office.h"
#include "delivery/draft.h"

struct schedule_request {
	const struct config *config;
	struct schedule_draft draft;
	const char *address, *period; /* an argument, an option */
	int dry_run;
	enum list_format as;
	const char *state;
	int removes; /* a contact, or a way */
};

/* schedule_ways.c: the ways out that pages may choose from.  CONTEXT is the request. */
int schedule_way_change(struct db *db, void *context, struct error *err);
int schedule_way_list(struct db *db, void *context, struct error *err);

#endif
