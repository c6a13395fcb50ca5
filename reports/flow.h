/* flow.h -- breaks text into lines. */
#ifndef REPORTS_FLOW_H
#define REPORTS_FLOW_H

#include <stdbool.h>
#include <stddef.h>

#include "reports/canvas.h"

struct flow_line {
	char *string;
	double width;
	int spaces;  /* in it */
	bool closes; /* the last of its paragraph: not justified */
};

struct flow_lines {
	struct flow_line *items;
	size_t count, room;
	double widest;
};

/* Breaks STRING at '\n', and at blanks, which are printed as spaces, into lines of at
 * most WIDTH points, the first shorter by INDENT.  A word that is too long alone is broken between
 * letters: nothing is ever cut off.  Adds to LINES; free with flow_free(). */
void flow_break(struct flow_lines *lines, const struct canvas_font *font,
		const char *string, double width, double indent);
/* The bytes of the first unbreakable piece of STRING: a word, with the next one
 * if it is a sign that must not stand alone ("≥ 20%", "/ 85"). */
size_t flow_word(const char *string, size_t length);
/* The width in points of the widest such piece of STRING, no piece counting for more than MOST. */
double flow_widest(const struct canvas_font *font, const char *string, double most);
void flow_free(struct flow_lines *lines);

#endif
