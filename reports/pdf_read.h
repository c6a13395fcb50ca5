/* pdf_read.h -- what a PDF says of itself. */
#ifndef REPORTS_PDF_READ_H
#define REPORTS_PDF_READ_H

#include "base/text.h"

/* Appends the keywords of a PDF to OUT; nothing if the bytes are no PDF. */
void pdf_keywords(const struct text *bytes, struct text *out);

#endif
