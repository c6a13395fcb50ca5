/* mark.h -- the shape of a status, drawn: a full circle is met, an open one not
 * met, a triangle up on track, an open one down behind, a half circle
 * undetermined, a dash no data, "n/a" not applicable, a dot no target. */
#ifndef REPORTS_MARK_H
#define REPORTS_MARK_H

#include "reports/canvas.h"
#include "reports/words.h"

/* Centred on (X, Y), SIZE points high. */
void mark_paint(struct canvas *canvas, enum status status, double x, double y,
		double size);

#endif
