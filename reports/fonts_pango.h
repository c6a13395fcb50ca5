/* fonts_pango.h -- the typefaces as pango objects; only the cairo painter needs
 * them.  After fonts_open(). */
#ifndef REPORTS_FONTS_PANGO_H
#define REPORTS_FONTS_PANGO_H

#include <pango/pango.h>

#include "reports/canvas.h"

/* Unhinted, with the typefaces of fonts.h; belongs to the caller. */
PangoContext *fonts_context_new(void);
/* Borrowed, good until the next call. */
const PangoFontDescription *fonts_description(const struct canvas_font *font);

#endif
