/* report_burst.h -- the reports of all agencies, each into a file of its own. */
#ifndef REPORTS_REPORT_BURST_H
#define REPORTS_REPORT_BURST_H

#include "base/cluster.h"
#include "reports/report_make.h"

struct burst_request {
	struct report_request report; /* agency, language and page are not read */
	const char *languages;        /* "{vi}", "{vi,en}" */
	const char *format, *folder;
	int workers; /* threads, each with a connection of its own */
};

/* Writes FOLDER/REPORT-PERIOD-AGENCY-LANGUAGE.FORMAT for each agency and language, all of
 * one snapshot of the store; *MADE is how many.  One that fails is told in the log and keeps
 * no other one back: ERROR_INTERNAL at the end. */
int report_burst(struct cluster *cluster, struct db *db,
		 const struct burst_request *request, size_t *made, struct error *err);

#endif
