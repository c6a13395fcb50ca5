/* pdf_finish.h -- what cairo's PDF lacks, added by libqpdf. */
#ifndef REPORTS_PDF_FINISH_H
#define REPORTS_PDF_FINISH_H

#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

/* Reads the PDF in DRAFT and appends to OUT the same one with its language, the
 * title shown in the window, the text alternatives of its figures in the order
 * in which they were drawn, the scope of table heads, compressed objects, and an
 * identifier made from the contents: the same DRAFT gives the same bytes. */
int pdf_finish(const struct text *draft, const char *language,
	       const char *const *alternatives, size_t count, struct text *out,
	       struct error *err);

#endif
