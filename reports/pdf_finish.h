/* pdf_finish.h -- what cairo's PDF lacks, added by libqpdf. */
#ifndef REPORTS_PDF_FINISH_H
#define REPORTS_PDF_FINISH_H

#include <stddef.h>

#include "base/error.h"
#include "base/text.h"
#include "reports/canvas.h"

/* Reads the PDF in DRAFT and appends to OUT the same one with its language, the
 * title shown in the window, the text alternatives of its figures in the order
 * in which they were drawn, the scope of table heads, its attachments, compressed
 * objects, and an identifier made from the contents: the same DRAFT gives the same
 * bytes. */
int pdf_finish(const struct text *draft, const struct canvas_about *about,
	       const char *const *alternatives, size_t count, struct text *out,
	       struct error *err);

/* Appends the keywords of a PDF to OUT; nothing if the bytes are no PDF. */
void pdf_keywords(const struct text *bytes, struct text *out);

#endif
