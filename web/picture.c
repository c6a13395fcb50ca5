/* picture.c -- the charts of the pages, drawn by the reports. */
#include "web/picture.h"

#include "reports/reports.h"

/* Pixels: sharp on a page 750 pixels wide, small enough for a mail. */
enum { PNG_WIDTH = 1500 };

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
	return chart_png(name, model, language, PNG_WIDTH, out, err);
}
