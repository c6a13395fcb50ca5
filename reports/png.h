/* png.h -- writes an 8-bit PNG. */
#ifndef REPORTS_PNG_H
#define REPORTS_PNG_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

/* PIXELS are 0x00RRGGBB, ROW of them from one line to the next.  Up to 256
 * colours become a palette, more become RGB; no colour is changed.  DPI goes
 * into the file for printing (0: none). */
int png_write(struct text *out, const uint32_t *pixels, unsigned width, unsigned height,
	      size_t row, double dpi, struct error *err);

#endif
