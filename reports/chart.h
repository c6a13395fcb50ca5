/* chart.h -- a chart from a JSON model, for any canvas.  The kinds and their models
 * are those of docs/charts.md; figures are read as in observation.h. */
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
	bool inside;       /* of a page, which has title and source */
	const char *query; /* inside: of the links, "?period=2020"; NULL: no links */
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
