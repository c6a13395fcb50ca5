/* figures.c -- figures of a model as CSV. */
#include "reports/figures.h"

static const char *const columns[] = {
	"period", "agency", "indicator", "numerator", "denominator", "value",
	"target", "status", "rank",      "coverage",  "maturity",
};

enum { COLUMNS = sizeof columns / sizeof *columns };

void figures_add_head(struct text *out)
{
	for (int i = 0; i < COLUMNS; i++)
		text_addf(out, "%s%s", i > 0 ? "," : "", columns[i]);
	text_add_char(out, '\n');
}

void figures_add_row(struct text *out, const json_t *figure)
{
	for (int i = 0; i < COLUMNS; i++) {
		const json_t *value = json_object_get(figure, columns[i]);

		if (i > 0)
			text_add_char(out, ',');
		if (json_is_integer(value))
			text_addf(out, "%lld", (long long)json_integer_value(value));
		else if (json_is_string(value))
			text_add_csv_cell(out, json_string_value(value));
	}
	text_add_char(out, '\n');
}
