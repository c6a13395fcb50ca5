/* compliance.h -- the model of the compliance report, read once; only the
 * compliance_*.c, report_compliance.c and summary.c include it. */
#ifndef REPORTS_COMPLIANCE_H
#define REPORTS_COMPLIANCE_H

#include <jansson.h>

#include "reports/document.h"
#include "reports/observation.h"

struct compliance {
	const json_t *model; /* borrowed, as are all strings below */
	const char *language;
	const char *period, *period_name, *as_of, *maturity, *verification;
	const char *agency, *agency_name, *agency_kind; /* "" for the nation */
	struct observation *targets;
	size_t targets_count, measured;   /* measured: those with a target */
	size_t counts[STATUS_COUNT];      /* of those, by status */
	const struct observation *online; /* online filing of nation or agency */
	long long agencies, valued;       /* of the nation's online: all, with a value */
	bool sample;
	int figures, tables; /* numbered as they are drawn */
};

/* A place in the order over all targets; "" and 0 as in struct observation. */
struct overall {
	const char *agency, *agency_name, *attainment_percent;
	long long met, judged;
	long long rank; /* 0: nothing to judge by */
	bool tied;
};

/* A model without "targets" is ERROR_INVALID.  Free with compliance_free(). */
int compliance_read(struct compliance *compliance, const json_t *model,
		    const char *language, struct error *err);
void compliance_free(struct compliance *compliance);

/* central or province: the group of the report's agency. */
const char *compliance_group(const struct compliance *compliance);
/* "năm 2020" -> "Năm 2020" */
void compliance_add_sentence(struct text *out, const char *words);
/* vi or en, by the report's language. */
const char *compliance_choose(const struct compliance *compliance, const char *vi,
			      const char *en);

void overall_read(struct overall *overall, const json_t *json, const char *language);
/* How many rows of GROUP, one of the model's "overall", have a rank. */
size_t overall_ranked(const json_t *group);

/* "Bảng 2. CAPTION" and the table, counted as drawn. */
void compliance_draw_table(struct compliance *compliance, struct document *document,
			   const char *caption, struct table *table);

/* The next cell: a count ("–" unless KNOWN), the value, the status with SMALL
 * below it, the coverage (with the maturity below where ALWAYS, or where it is
 * not the report's own). */
void compliance_add_integer(struct table *table, const struct compliance *compliance,
			    bool known, long long value);
void compliance_add_value(struct table *table, const struct compliance *compliance,
			  const struct observation *row);
void compliance_add_status(struct table *table, const struct compliance *compliance,
			   const struct observation *row, const char *small);
void compliance_add_coverage(struct table *table, const struct compliance *compliance,
			     const struct observation *row, bool always);

/* Explains the marks of recast and of contested rows, if ROWS have them. */
void compliance_add_mark_notes(struct table *table, const struct compliance *compliance,
			       const struct observation *rows, size_t count);

/* Adds the tables of the report; nothing where there are no rows. */
void compliance_target_table(struct compliance *compliance, struct document *document);
void compliance_other_table(struct compliance *compliance, struct document *document);
void compliance_ranking_table(struct compliance *compliance, struct document *document,
			      const json_t *ranking);
void compliance_overall_table(struct compliance *compliance, struct document *document,
			      const json_t *group);
void compliance_procedure_table(struct compliance *compliance, struct document *document);

#endif
