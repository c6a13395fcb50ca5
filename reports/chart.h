/* chart.h -- a chart from a JSON model, for any canvas.
 *
 * The model of every chart is an object with
 *
 *   "period_name": {"vi": "năm 2020", "en": "2020"}
 *   "as_of": "2026-11-23T10:00:00+07:00"
 *   "sample": true                        printed on the chart
 *   "agency": null | {"code", "name_vi", "name_en"}
 *   "width": 720                          optional: points (SVG pixels), 300..2000
 *
 * and its figures, each an object as in observation.h, drawn in the order given:
 *
 *   ranking   "rows": [...] of one indicator, "group": "central" | "province",
 *             "focus": optional code of the agency to point out
 *   trend     "points": [...] of one agency and indicator, oldest first
 *   targets   "targets": [...], one per indicator */
#ifndef REPORTS_CHART_H
#define REPORTS_CHART_H

#include <jansson.h>
#include <stdbool.h>

#include "base/error.h"
#include "reports/canvas.h"

struct chart;

struct chart_options {
	const char *language;
	double width;      /* points */
	double max_height; /* 0: as high as needed; rows shrink to fit, if they can */
	double text;       /* size of the text, points */
	bool bare;         /* no title, no source: the document around has them */
};

/* An unknown NAME is ERROR_NOT_FOUND, a model without figures ERROR_INVALID.
 * MODEL and OPTIONS' strings are borrowed and must outlive the chart. */
int chart_new(struct chart **chart, const char *name, const json_t *model,
	      const struct chart_options *options, struct error *err);
void chart_free(struct chart *chart);

double chart_height(const struct chart *chart);
const char *chart_title(const struct chart *chart);
const char *chart_alternative(const struct chart *chart); /* what it shows, in words */
void chart_paint(const struct chart *chart, struct canvas *canvas);

#endif
