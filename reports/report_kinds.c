/* report_kinds.c -- the official reports by name. */
#include <string.h>

#include "reports/report_kind.h"
#include "reports/report_make.h"

static const struct report_kind *const kinds[] = {
	&report_compliance,  &report_ranking,  &report_indicator, &report_brief,
	&report_restatement, &report_evidence, &report_form06a,
};

void report_add_names(struct text *out)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		text_addf(out, "%s%s", i ? " " : "", kinds[i]->name);
}

const struct report_kind *report_kind_find(const char *name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i]->name, name) == 0)
			return kinds[i];
	return NULL;
}
