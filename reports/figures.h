/* figures.h -- figures of a model as CSV, in the columns of `nq17 kpi` (DESIGN 6.4). */
#ifndef REPORTS_FIGURES_H
#define REPORTS_FIGURES_H

#include <jansson.h>

#include "base/text.h"

void figures_add_head(struct text *out);
/* FIGURE is an object as in observation.h. */
void figures_add_row(struct text *out, const json_t *figure);

#endif
