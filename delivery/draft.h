/* draft.h -- a schedule that is asked for, by a command or on a page: checked, shown with
 * its next runs, then saved. */
#ifndef DELIVERY_DRAFT_H
#define DELIVERY_DRAFT_H

#include <stddef.h>

#include "base/config.h"
#include "base/db.h"
#include "base/office.h"
#include "delivery/recurrence.h"

enum { SCHEDULE_SHOWN = 5 }; /* runs, before one is saved */

/* In the words of the options of `nq17 schedule add`; all borrowed.  Without covers the
 * rule says it. */
struct schedule_draft {
	const char *name, *owner, *alert;
	const char *report, *indicator;
	const char *agency, *each; /* one of them, or neither: the nation */
	const char *rrule, *zone, *from, *at, *workdays, *covers;
	const char *when, *deadline; /* "coverage:80", "P2D" */
	const char *lang, *formats, *to, *credentials;
};

/* When it would run; FAULT is what is wrong with it otherwise, as a code for pages:
 * report, scope, language, credentials, covers, when, coverage, deadline, format,
 * recipient, alert, start, zone, rule, workdays, name. */
struct schedule_plan {
	struct recurrence_run runs[SCHEDULE_SHOWN];
	size_t count; /* 0: the rule has ended */
	char start[32];
	const char *covers;
	const char *fault;
};

/* ERROR_INVALID: PLAN->fault says where. */
int schedule_plan_make(struct schedule_plan *plan, const struct schedule_draft *draft,
		       struct db *db, const struct config *config, struct error *err);
/* ID is that of the schedule that is changed, NULL: a new one.  Its number goes to *SAVED,
 * which belongs to the caller. */
int schedule_draft_save(const struct schedule_draft *draft,
			const struct schedule_plan *plan, struct db *db, const char *id,
			char **saved, struct error *err);

/* May something be sent to RECIPIENT, with a code in the place of {agency}? */
int schedule_check_recipient(const struct config *config, const char *recipient,
			     struct error *err);

/* The next runs of the stored schedule whose row ROWS holds (schedule_find.sql). */
int schedule_next_runs(struct db *db, const struct db_rows *rows,
		       struct recurrence_run *runs, size_t most, size_t *count,
		       struct error *err);

/* Pauses, resumes or removes it. */
int schedule_switch(struct db *db, const struct db_rows *rows, const char *state,
		    struct error *err);

/* The runs with the periods that they report on, printed for a command... */
int schedule_print_runs(struct db *db, const struct recurrence_run *runs, size_t count,
			const char *zone, const char *covers, enum list_format as,
			struct error *err);
/* ...or as a JSON array, which belongs to the caller: run and utc are moments. */
int schedule_list_runs(struct db *db, const struct recurrence_run *runs, size_t count,
		       const char *zone, const char *covers, char **json,
		       struct error *err);

#endif
