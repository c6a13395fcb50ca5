/* flow.c -- breaks text into lines. */
#include "reports/flow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reports/fonts.h"

/* What stands between words: forms and sheets send more than spaces. */
static const char blanks[] = " \t\r";

static bool is_blank(char letter)
{
	return letter && strchr(blanks, letter);
}

static void add_line(struct flow_lines *lines, const struct canvas_font *font,
		     const char *start, size_t length, bool closes)
{
	struct flow_line *line;
	size_t i;

	while (length > 0 && is_blank(start[length - 1]))
		length--;
	if (lines->count == lines->room) {
		lines->room = lines->room ? lines->room * 2 : 8;
		lines->items =
			memory_resize(lines->items, lines->room, sizeof *lines->items);
	}
	line = &lines->items[lines->count++];
	*line = (struct flow_line){ .string = memory_copy_bytes(start, length),
				    .closes = closes };
	for (i = 0; i < length; i++) {
		if (is_blank(line->string[i]))
			line->string[i] = ' ';
		line->spaces += line->string[i] == ' ';
	}
	line->width = fonts_width(font, line->string);
	if (line->width > lines->widest)
		lines->widest = line->width;
}

static size_t next_letter(const char *string, size_t at)
{
	do
		at++;
	while (((unsigned char)string[at] & 0xc0) == 0x80);
	return at;
}

/* How many bytes of a too long word fit; at least one letter. */
static size_t letters_that_fit(const struct canvas_font *font, const char *word,
			       size_t length, double width)
{
	size_t fits = next_letter(word, 0), more;

	while (fits < length) {
		more = next_letter(word, fits);
		if (fonts_width_bytes(font, word, more) > width)
			break;
		fits = more;
	}
	return fits;
}

static bool is_sign(const char *word, size_t length)
{
	static const char *const signs[] = { "≥", "≤", "/" };
	size_t i;

	for (i = 0; i < sizeof signs / sizeof *signs; i++)
		if (length >= strlen(signs[i]) && length <= strlen(signs[i]) + 1 &&
		    strncmp(word + length - strlen(signs[i]), signs[i],
			    strlen(signs[i])) == 0)
			return true; /* "(≥" is one too */
	return false;
}

double flow_widest(const struct canvas_font *font, const char *string, double most)
{
	double widest = 0;

	while (*(string += strspn(string, "\n \t\r"))) {
		size_t length = flow_word(string, strlen(string));

		widest =
			fmax(widest, fmin(fonts_width_bytes(font, string, length), most));
		string += length;
	}
	return widest;
}

size_t flow_word(const char *string, size_t length)
{
	size_t word = 0, start;

	do {
		start = word + strspn(string + word, blanks);
		word = start;
		while (word < length && !is_blank(string[word]) && string[word] != '\n')
			word++;
	} while (word < length && is_sign(string + start, word - start));
	return word < length ? word : length;
}

/* How many bytes of START..LENGTH go on a line of WIDTH.  Words are measured one
 * by one: kerning with a space only ever narrows the line. */
static size_t bytes_that_fit(const struct canvas_font *font, const char *start,
			     size_t length, double width)
{
	double space = fonts_width(font, " "), used = 0;
	size_t fits = 0;

	while (fits < length) {
		size_t spaces = strspn(start + fits, blanks);
		size_t letters;

		if (fits + spaces > length)
			spaces = length - fits;
		letters = flow_word(start + fits + spaces, length - fits - spaces);

		used += (double)spaces * space +
			fonts_width_bytes(font, start + fits + spaces, letters);
		if (used > width + 0.01)
			break;
		fits += spaces + letters;
	}
	if (fits == 0 && length > 0)
		fits = letters_that_fit(font, start, flow_word(start, length), width);
	return fits;
}

void flow_break(struct flow_lines *lines, const struct canvas_font *font,
		const char *string, double width, double indent)
{
	double room = width - indent;

	do {
		size_t length = strcspn(string, "\n");

		do {
			size_t fits = bytes_that_fit(font, string, length, room);
			size_t spaces = strspn(string + fits, blanks);

			if (fits + spaces > length)
				spaces = length - fits;
			add_line(lines, font, string, fits, fits + spaces >= length);
			string += fits + spaces;
			length -= fits + spaces;
			room = width;
		} while (length > 0);
	} while (*string++ == '\n');
}

void flow_free(struct flow_lines *lines)
{
	size_t i;

	for (i = 0; i < lines->count; i++)
		free(lines->items[i].string);
	free(lines->items);
	*lines = (struct flow_lines){ 0 };
}
