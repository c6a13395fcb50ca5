/* report_compliance.h -- how far the targets of Resolution 17/NQ-CP are met, of
 * the nation or of one agency, as a draft of an official report.
 *
 * The model, with figures (OBS) as in observation.h:
 *
 *   "report": "compliance", "period": "2020",
 *   "period_name": {"vi": "năm 2020", "en": "2020"},
 *   "first_day": "2020-01-01", "last_day": "2020-12-31",
 *   "as_of": "2026-11-23T10:00:00+07:00", "sample": false,
 *   "verification": "ABCD-EFGH", "maturity": "provisional",
 *   "agency": null | {"code", "name_vi", "name_en", "kind"},
 *   "issuer": optional {"parent_vi", "parent_en", "name_vi", "name_en", "symbol"},
 *             by default the Office of the Government, or the agency,
 *   "notice": optional, a sentence for page one,
 *   "targets": [OBS of VN or of the agency; no_target where none is set for it],
 *   "ranking": [{"group": "central" | "province", "indicator", "rows": [OBS]}],
 *   "trend": [{"indicator", "points": [OBS with "period"]}],
 *   "procedures": [{"procedure", "name_vi", "numerator", "denominator", "percent"}]
 */
#ifndef REPORTS_REPORT_COMPLIANCE_H
#define REPORTS_REPORT_COMPLIANCE_H

#include <jansson.h>

#include "base/error.h"
#include "base/text.h"

/* The bytes are appended to OUT; the same model gives the same bytes. */
int report_compliance_pdf(const json_t *model, const char *language, struct text *out,
			  struct error *err);
/* One page, counted from 1, at 150 dots per inch; ERROR_NOT_FOUND beyond the
 * last. */
int report_compliance_png(const json_t *model, const char *language, int page,
			  struct text *out, struct error *err);

#endif
