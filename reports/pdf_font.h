/* pdf_font.h -- the typefaces of one PDF: text into glyphs, and the subsets that it embeds.
 *
 * HarfBuzz shapes and cuts out what was used.  A character has a number of its own in each
 * face, so that it is extracted as it was written although several may share a glyph. */
#ifndef REPORTS_PDF_FONT_H
#define REPORTS_PDF_FONT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"
#include "reports/canvas.h"
#include "reports/pdf_file.h"

/* Lengths are thousandths of the size of the font. */
struct pdf_glyph {
	uint16_t number;         /* as the page writes it */
	double width, advance;   /* as embedded; to the next one, kerning included */
	double shift_x, shift_y; /* of a mark that has no letter of its own */
	bool is_space;
};

struct pdf_fonts;

struct pdf_fonts *pdf_fonts_new(void);
void pdf_fonts_free(struct pdf_fonts *fonts);

/* The glyphs of STRING, borrowed until the next call, and the number in the name of the font
 * among the resources ("/F3").  ERROR_INVALID where the typeface lacks a letter. */
int pdf_fonts_shape(struct pdf_fonts *fonts, const struct canvas_font *font,
		    const char *string, const struct pdf_glyph **glyphs, size_t *count,
		    int *face, struct error *err);

/* Embeds what was used; the entries of the resources are appended to RESOURCES. */
int pdf_fonts_write(struct pdf_fonts *fonts, struct pdf_file *file,
		    struct text *resources, struct error *err);

#endif
