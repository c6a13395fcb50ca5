/* report_kinds.c -- the official reports by name. */
#include <string.h>

#include "reports/report_kind.h"

static const struct report_kind *const kinds[] = {
	&report_compliance,  &report_ranking,  &report_indicator, &report_brief,
	&report_restatement, &report_evidence, &report_form06a,
};

const struct report_kind *report_kind_find(const char *name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i]->name, name) == 0)
			return kinds[i];
	return NULL;
}
