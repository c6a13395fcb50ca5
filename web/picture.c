/* picture.c -- the charts of the pages, drawn by the reports. */
#include "web/picture.h"

#include "reports/reports.h"

/* Two pixels for each of the page: sharp, and small enough for a mail. */
static int png_width(const json_t *model)
{
	double width = json_number_value(json_object_get(model, "width"));

	return width >= 50 && width <= 2000 ? (int)(2 * width) : 1500;
}

int picture_svg(const char *name, const json_t *model, const char *language,
		struct text *out, struct error *err)
{
	return chart_svg(name, model, language, out, err);
}

int picture_inside(const char *name, const json_t *model, const char *language,
		   const char *query, struct text *out, struct error *err)
{
	return chart_inside(name, model, language, query, out, err);
}

int picture_png(const char *name, const json_t *model, const char *language,
		struct text *out, struct error *err)
{
	return chart_png(name, model, language, png_width(model), out, err);
}
