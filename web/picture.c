/* picture.c -- the charts of the pages, drawn by the reports. */
#include "web/picture.h"

int picture_svg(const char *name, const json_t *model, const char *language,
		struct text *out, struct error *err)
{
	(void)model;
	(void)language;
	(void)out;
	return error_set(err, ERROR_NOT_FOUND, "no chart %s", name);
}

int picture_png(const char *name, const json_t *model, const char *language,
		struct text *out, struct error *err)
{
	return picture_svg(name, model, language, out, err);
}
