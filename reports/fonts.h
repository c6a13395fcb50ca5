/* fonts.h -- the two typefaces of charts and documents, and their widths.
 *
 * Liberation Serif and Liberation Sans (package fonts-liberation2), found
 * through a fontconfig configuration of our own: what else is installed on the
 * machine cannot change a document.  Digits have equal widths.  Widths are
 * unhinted and scale with the size, so they hold at any resolution. */
#ifndef REPORTS_FONTS_H
#define REPORTS_FONTS_H

#include <stddef.h>

#include "base/error.h"
#include "reports/canvas.h"

enum { FONTS_FACES = 8 };

/* Which of the faces FONT is of, and the file of a face; both without fonts_open(). */
int fonts_face(const struct canvas_font *font);
const char *fonts_file(int face);

/* Opens the fonts for the calling thread; cheap after the first time.  A missing
 * font package is ERROR_UNAVAILABLE.  Everything below needs it first. */
int fonts_open(struct error *err);

double fonts_width(const struct canvas_font *font, const char *string);
double fonts_width_bytes(const struct canvas_font *font, const char *string,
			 size_t length);
/* From the baseline to the top of capitals. */
double fonts_cap_height(const struct canvas_font *font);

#endif
