/* observation.h -- one figure as charts and documents read it from the model.
 *
 * The JSON object (an OBS of the reports) has these fields; null or absent means
 * not known, and nothing is computed from them but lengths on paper:
 *
 *   "period", "agency", "agency_name_vi", "agency_name_en", "indicator",
 *   "indicator_name_vi", "indicator_name_en", "number" ("02"),
 *   "numerator", "denominator"      integers
 *   "value"                         "0.458000"; of ranks and places "86"
 *   "percent"                       "45.80", rounded for print; null for ranks
 *   "target", "target_percent"      the same of the target: "0.200000", "20"
 *   "direction"                     ">=", "=", "<="
 *   "status"                        met not_met on_track behind undetermined
 *                                   no_data not_applicable no_target
 *   "rank", "tied", "unranked_reason"   integer, bool, a sentence or a word of
 *                                   words_reason()
 *   "low", "high"                   "4.56", "69.94": Wilson's 95% interval, percent
 *   "tie_group"                     the same number: neighbours whose intervals
 *                                   overlap
 *   "coverage_percent"              "100.00"
 *   "maturity"                      provisional final restated
 *   "clause_vi", "clause_en", "recast"
 *   "dispute"                       an object while the figure is contested
 *   "population"                    of the nation, where agencies are measured no
 *                                   more: {"note_vi", "note_en"}, why
 *   "unit_vi", "unit_en"            what is counted; else words_unit()
 *   "gap"                           units that are lacking to reach the target
 *   "counts"                        of the nation: agencies by status {"met": 38,
 *                                   "not_met": ..., "undetermined": ...,
 *                                   "no_data": ..., "not_applicable": ...} */
#ifndef REPORTS_OBSERVATION_H
#define REPORTS_OBSERVATION_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "reports/model.h"
#include "reports/words.h"

struct observation {
	/* Borrowed from the JSON, in the chosen language; "" if not known. */
	const char *period, *agency, *agency_name;
	const char *indicator, *indicator_name, *number;
	const char *value, *percent, *target, *target_percent, *direction;
	const char *unit, *unranked_reason, *coverage_percent, *maturity, *clause;
	const char *closed; /* why agencies are measured no more */
	long long numerator, denominator, gap;
	bool has_fraction, has_gap, has_target;
	enum status status;
	long long rank; /* 0: unranked */
	bool tied, recast;
	bool disputed;        /* a dispute about it is open */
	double length;        /* of a bar: percent, or the rank itself; NAN */
	double place;         /* on a scale: the same, or less than nothing; NAN */
	double target_length; /* the same of the target */
	/* The interval is shown where few units make the value uncertain. */
	bool has_interval;
	const char *low, *high;
	double low_length, high_length; /* NAN unless has_interval */
	long long tie_group;
	bool has_counts;
	long long counts[STATUS_COUNT];
};

void observation_read(struct observation *observation, const json_t *json,
		      const char *language);

/* All of ARRAY; belongs to the caller.  Anything else than an array is empty. */
struct observation *observations_read(const json_t *array, const char *language,
				      size_t *count);

/* "45,80%", "86" or "" */
void observation_add_value(struct text *out, const struct observation *observation,
			   const char *language);
/* "≥ 20%", "100%", "≤ 78" or "" */
void observation_add_target(struct text *out, const struct observation *observation,
			    const char *language);
/* "8.412 / 11.960" or "" */
void observation_add_fraction(struct text *out, const struct observation *observation,
			      const char *language);

/* "4,56–69,94%", or "" where no interval is shown */
void observation_add_interval(struct text *out, const struct observation *observation,
			      const char *language);

/* Ranked rows with the same tie_group stand together: the first row after I that
 * is not of I's group; I + 1 if I has no rank or no group. */
size_t observations_group_end(const struct observation *rows, size_t count, size_t i);

/* How the ranked rows hang together: no neighbours overlap; some groups do, with
 * a row apart from another; or all are one group, which need not be marked. */
enum observations_groups { GROUPS_NONE, GROUPS_SOME, GROUPS_ONE };
enum observations_groups observations_groups(const struct observation *rows,
					     size_t count);

#endif
