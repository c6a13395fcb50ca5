/* text.h -- a string that grows, and the escapers.
 *
 * `struct text t = {0};` is an empty text.  `data` is NULL while nothing was
 * added, else NUL-terminated; text_string() is never NULL.  Free with
 * text_free(), or hand the buffer on with text_take(). */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stddef.h>

struct text {
	char *data;
	size_t length; /* bytes, without the closing NUL */
	size_t size;   /* bytes allocated */
};

void text_add(struct text *text, const char *string);
void text_add_bytes(struct text *text, const char *bytes, size_t length);
void text_add_char(struct text *text, char c);
void text_addf(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void text_addv(struct text *text, const char *format, va_list arguments);
void text_clear(struct text *text); /* empty again, keeps the buffer */
void text_free(struct text *text);
char *text_take(struct text *text);               /* belongs to the caller; never NULL */
const char *text_string(const struct text *text); /* borrowed */

/* Escapers.  Each appends STRING so that it is one inert piece of the outer
 * language; invalid UTF-8 becomes U+FFFD in the XML and JSON ones. */
void text_add_html(struct text *text,
		   const char *string); /* & < > " ' : text and attributes */
void text_add_xml(struct text *text,
		  const char *string); /* the same, and no control characters */
void text_add_json(struct text *text, const char *string); /* with the quotes around it */
void text_add_csv(struct text *text,
		  const char *string); /* RFC 4180, quoted where needed */
/* The same for people with a spreadsheet: what it would take for a formula, but for
 * numbers, gets an apostrophe before it.  Not for files that a program reads back. */
void text_add_csv_cell(struct text *text, const char *string);
void text_add_url(struct text *text,
		  const char *string); /* percent-encoded query value */
/* One value of COPY's text format; NULL is \N. */
void text_add_copy(struct text *text, const char *string);

/* What people typed: STRING, which is UTF-8, in NFC and without what nobody sees. */
void text_add_tidy(struct text *text, const char *string);

/* What a character of UTF-8 may hide: nothing; itself (zero-width ones, the soft hyphen); or
 * more: controls, but for tabs and ends of lines, and what turns the letters around it. */
enum text_guile { TEXT_OPEN, TEXT_UNSEEN, TEXT_WILD };
/* The worst of them in BYTES, which are UTF-8. */
enum text_guile text_guile(const char *bytes, size_t length);

/* Is it valid UTF-8 (no overlong forms, no surrogates, at most U+10FFFF)? */
int text_is_utf8(const char *bytes, size_t length);

#endif
