/* pdf_read.c -- reads a PDF that somebody brings, by libqpdf. */
#include "reports/pdf_read.h"

#include <qpdf/qpdf-c.h>

void pdf_keywords(const struct text *bytes, struct text *out)
{
	qpdf_data pdf = qpdf_init();
	const char *found;

	qpdf_silence_errors(pdf);
	qpdf_set_suppress_warnings(pdf, QPDF_TRUE);
	if (!(qpdf_read_memory(pdf, "report", bytes->data, bytes->length, NULL) &
	      QPDF_ERRORS) &&
	    (found = qpdf_get_info_key(pdf, "/Keywords")) != NULL)
		text_add(out, found);
	if (qpdf_has_error(pdf))
		qpdf_get_error(pdf); /* no PDF: nobody asked for its faults */
	qpdf_cleanup(&pdf);
}
