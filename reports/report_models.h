/* report_models.h -- models of reports for a process that makes many of one period.
 *
 * The second question of the same kind in a row is answered with the models of all agencies,
 * which cost as much as a few; from then on, while the store stays as it is, nothing is asked
 * but whether it has. */
#ifndef REPORTS_REPORT_MODELS_H
#define REPORTS_REPORT_MODELS_H

#include "base/db.h"
#include "base/error.h"
#include "reports/report_make.h"

struct report_models;

struct report_models *report_models_new(void);
/* Forgets all; for the end of a burst. */
void report_models_clear(struct report_models *models);
void report_models_free(struct report_models *models);

/* The model of REQUEST, as PostgreSQL gave it; *BYTES belongs to the caller, NULL where the
 * agency is not listed.  MODELS may be NULL: nothing is kept.  Within a transaction that reads
 * one snapshot. */
int report_models_get(struct report_models *models, struct db *db,
		      const struct report_request *request, char **bytes,
		      struct error *err);

/* All agencies' in LANGUAGES ("{vi,en}"): rows of agency, lang and model. */
int report_models_all(struct db *db, const struct report_request *request,
		      const char *languages, struct db_rows **rows, struct error *err);

#endif
