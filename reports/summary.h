/* summary.h -- one paragraph that says how things stand, written by rules.
 *
 * The same model gives the same sentences: how many targets are met, the pooled
 * online filing and who reaches it, who leads, who has sent nothing, how
 * complete the data is and as of when. */
#ifndef REPORTS_SUMMARY_H
#define REPORTS_SUMMARY_H

#include <jansson.h>

#include "base/text.h"

/* MODEL is that of report_compliance_pdf(), of the nation or of one agency. */
void summary_write(struct text *out, const json_t *model, const char *language);

#endif
