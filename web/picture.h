/* picture.h -- the charts of the pages, drawn by the reports. */
#ifndef WEB_PICTURE_H
#define WEB_PICTURE_H

#include <jansson.h>

#include "base/error.h"
#include "base/text.h"

/* Appends chart NAME of MODEL; no such chart is ERROR_NOT_FOUND. */
int picture_svg(const char *name, const json_t *model, const char *language,
		struct text *out, struct error *err);
int picture_png(const char *name, const json_t *model, const char *language,
		struct text *out, struct error *err);
/* As a part of a page; QUERY stands behind the links of its marks. */
int picture_inside(const char *name, const json_t *model, const char *language,
		   const char *query, struct text *out, struct error *err);

#endif
