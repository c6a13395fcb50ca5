/* schedule_request.h -- what `nq17 schedule` was asked for; only schedule_command.c and
 * schedule_add.c include it. */
#ifndef DELIVERY_SCHEDULE_REQUEST_H
#define DELIVERY_SCHEDULE_REQUEST_H

#include "base/office.h"
#include "delivery/recurrence.h"

enum { SCHEDULE_SHOWN = 5 }; /* runs, before one is saved */

struct schedule_request {
	const struct config *config;
	const char *name, *agency, *address; /* arguments */
	const char *report, *indicator, *each, *rrule, *zone, *from, *at, *workdays,
		*covers, *when;
	const char *deadline, *lang, *formats, *to, *credentials, *owner, *alert, *period;
	int dry_run;
	enum list_format as;
	const char *state;
	int removes; /* a contact */
};

/* Checks the request, shows the next runs, and saves the schedule unless it is a trial.
 * CONTEXT is the request. */
int schedule_add(struct db *db, void *context, struct error *err);
/* May something be sent to RECIPIENT, with a code in the place of {agency}? */
int schedule_check_recipient(const struct schedule_request *request,
			     const char *recipient, struct error *err);
/* Prints RUNS with the periods that they report on. */
int schedule_print_runs(struct db *db, const struct recurrence_run *runs, size_t count,
			const char *zone, const char *covers, enum list_format as,
			struct error *err);

#endif
