/* png.h -- writes a PNG with an 8-bit palette. */
#ifndef REPORTS_PNG_H
#define REPORTS_PNG_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

/* What the file says about itself; a text that is NULL or empty is left out. */
struct png_words {
	const char *language, *title, *description, *comment;
};

/* PIXELS are 0x00RRGGBB, ROW of them from one line to the next.  The palette
 * holds the 256 most frequent colours exactly, which are all that was drawn but
 * rare shades at the edges of letters; those take the nearest.  DPI goes into
 * the file for printing (0: none), WORDS for whoever finds it later. */
int png_write(struct text *out, const uint32_t *pixels, unsigned width, unsigned height,
	      size_t row, double dpi, const struct png_words *words, struct error *err);

#endif
