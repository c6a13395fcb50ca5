/* text.c -- a string that grows, and the escapers. */
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uninorm.h>

#include "base/error.h"
#include "base/memory.h"

static void make_room(struct text *text, size_t more)
{
	size_t size = text->size ? text->size : 64;

	while (size - text->length <= more)
		size *= 2;
	if (size != text->size) {
		text->data = memory_resize(text->data, size, 1);
		text->size = size;
	}
}

void text_add_bytes(struct text *text, const char *bytes, size_t length)
{
	make_room(text, length);
	if (length)
		memcpy(text->data + text->length, bytes, length);
	text->length += length;
	text->data[text->length] = '\0';
}

void text_add(struct text *text, const char *string)
{
	text_add_bytes(text, string, strlen(string));
}

void text_add_char(struct text *text, char c)
{
	text_add_bytes(text, &c, 1);
}

void text_addv(struct text *text, const char *format, va_list arguments)
{
	va_list again;
	int wanted;

	va_copy(again, arguments);
	make_room(text, 127);
	wanted = vsnprintf(text->data + text->length, text->size - text->length, format,
			   arguments);
	if (wanted > 0 && (size_t)wanted >= text->size - text->length) {
		make_room(text, (size_t)wanted);
		vsnprintf(text->data + text->length, text->size - text->length, format,
			  again);
	}
	va_end(again);
	if (wanted > 0)
		text->length += (size_t)wanted;
}

void text_addf(struct text *text, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	text_addv(text, format, arguments);
	va_end(arguments);
}

void text_clear(struct text *text)
{
	text->length = 0;
	if (text->data)
		text->data[0] = '\0';
}

void text_free(struct text *text)
{
	free(text->data);
	*text = (struct text){ 0 };
}

char *text_take(struct text *text)
{
	char *data = text->data ? text->data : memory_copy("");

	*text = (struct text){ 0 };
	return data;
}

const char *text_string(const struct text *text)
{
	return text->data ? text->data : "";
}

/* The length of the UTF-8 character at S (1-4), or 0 if there is none. */
static size_t character_length(const unsigned char *s, size_t left)
{
	size_t length;

	if (s[0] < 0x80)
		return 1;
	length = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
	if (s[0] < 0xC2 || s[0] > 0xF4 || length > left)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((s[i] & 0xC0) != 0x80)
			return 0;
	if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) ||
	    (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F))
		return 0;
	return length;
}

int text_is_utf8(const char *bytes, size_t length)
{
	const unsigned char *s = (const unsigned char *)bytes;

	for (size_t i = 0; i < length;) {
		size_t step = character_length(s + i, length - i);

		if (step == 0)
			return 0;
		i += step;
	}
	return 1;
}

static enum text_guile guile_of(const unsigned char *s, size_t length)
{
	unsigned c;

	if (length == 1)
		return (*s < 0x20 && !strchr("\t\n\r", *s)) || *s == 0x7F ? TEXT_WILD
									  : TEXT_OPEN;
	if (length == 2)
		return s[0] != 0xC2   ? TEXT_OPEN
		       : s[1] < 0xA0  ? TEXT_WILD
		       : s[1] == 0xAD ? TEXT_UNSEEN
				      : TEXT_OPEN;
	if (length != 3)
		return TEXT_OPEN;
	c = (s[0] & 0x0Fu) << 12 | (s[1] & 0x3Fu) << 6 | (s[2] & 0x3Fu);
	if (c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
	    (c >= 0x2066 && c <= 0x2069) || (c >= 0xFFF9 && c <= 0xFFFB) || c >= 0xFFFE)
		return TEXT_WILD;
	return c == 0x200B || (c >= 0x2060 && c <= 0x2065) || c == 0xFEFF ? TEXT_UNSEEN
									  : TEXT_OPEN;
}

enum text_guile text_guile(const char *bytes, size_t length)
{
	const unsigned char *s = (const unsigned char *)bytes;
	enum text_guile worst = TEXT_OPEN, one;

	for (size_t i = 0; i < length;) {
		size_t step = s[i] < 0x80 ? 1 : character_length(s + i, length - i);

		one = step ? guile_of(s + i, step) : TEXT_OPEN;
		worst = one > worst ? one : worst;
		i += step ? step : 1;
	}
	return worst;
}

void text_add_tidy(struct text *text, const char *string)
{
	size_t length;
	uint8_t *normal = u8_normalize(UNINORM_NFC, (const uint8_t *)string,
				       strlen(string) + 1, NULL, &length);

	if (!normal)
		BUG("text that is not UTF-8");
	for (size_t i = 0; i + 1 < length;) {
		size_t step = character_length(normal + i, length - i);

		if (guile_of(normal + i, step) == TEXT_OPEN)
			text_add_bytes(text, (const char *)normal + i, step);
		i += step;
	}
	free(normal);
}

static const char *html_entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static const char *json_escape(unsigned char c, char buffer[8])
{
	switch (c) {
	case '"':
		return "\\\"";
	case '\\':
		return "\\\\";
	case '\n':
		return "\\n";
	case '\r':
		return "\\r";
	case '\t':
		return "\\t";
	default:
		if (c >= 0x20 && c != 0x7F)
			return NULL;
		snprintf(buffer, 8, "\\u%04x", c);
		return buffer;
	}
}

enum outer { HTML, XML, JSON };

/* Appends STRING character by character: entities, controls, broken bytes. */
static void add_escaped(struct text *text, const char *string, enum outer outer)
{
	const unsigned char *s = (const unsigned char *)string;
	size_t left = strlen(string);
	char buffer[8];

	while (left > 0) {
		size_t step = character_length(s, left);
		const char *instead = NULL;

		if (step == 0)
			instead = "\xEF\xBF\xBD";
		else if (outer == JSON)
			instead = json_escape(*s, buffer);
		else if (guile_of(s, step) == TEXT_WILD)
			instead = "\xEF\xBF\xBD";
		else
			instead = html_entity((char)*s);
		if (instead)
			text_add(text, instead);
		else
			text_add_bytes(text, (const char *)s, step);
		step = step ? step : 1;
		s += step;
		left -= step;
	}
}

void text_add_html(struct text *text, const char *string)
{
	add_escaped(text, string, HTML);
}

void text_add_xml(struct text *text, const char *string)
{
	add_escaped(text, string, XML);
}

void text_add_json(struct text *text, const char *string)
{
	text_add_char(text, '"');
	add_escaped(text, string, JSON);
	text_add_char(text, '"');
}

void text_add_csv(struct text *text, const char *string)
{
	if (!strpbrk(string, ",;\"\r\n")) {
		text_add(text, string);
		return;
	}
	text_add_char(text, '"');
	for (; *string; string++) {
		if (*string == '"')
			text_add_char(text, '"');
		text_add_char(text, *string);
	}
	text_add_char(text, '"');
}

static int is_number(const char *string)
{
	size_t sign = *string == '-' || *string == '+';

	return string[sign] && !string[sign + strspn(string + sign, "0123456789.")];
}

static int begins_formula(const char *string)
{
	static const char *const wide[] = { "＝", "＋", "－", "＠" }; /* of full width */

	/* To some a blank before it is none. */
	while (*string == ' ' || strncmp(string, "\u00A0", 2) == 0)
		string += *string == ' ' ? 1 : 2;
	if (*string && strchr("=+-@\t\r\n", *string))
		return 1;
	for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
		if (strncmp(string, wide[i], strlen(wide[i])) == 0)
			return 1;
	return 0;
}

void text_add_csv_cell(struct text *text, const char *string)
{
	struct text safe = { 0 };

	if (begins_formula(string) && !is_number(string))
		text_add_char(&safe, '\'');
	text_add(&safe, string);
	text_add_csv(text, text_string(&safe));
	text_free(&safe);
}

void text_add_url(struct text *text, const char *string)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~";

	for (; *string; string++) {
		if (strchr(plain, *string))
			text_add_char(text, *string);
		else
			text_addf(text, "%%%02X", (unsigned char)*string);
	}
}

void text_add_copy(struct text *text, const char *string)
{
	if (!string) {
		text_add(text, "\\N");
		return;
	}
	for (;;) {
		size_t plain = strcspn(string, "\\\t\n\r");

		text_add_bytes(text, string, plain);
		string += plain;
		if (!*string)
			return;
		text_add_char(text, '\\');
		text_add_char(text, *string == '\t'   ? 't'
				    : *string == '\n' ? 'n'
				    : *string == '\r' ? 'r'
						      : '\\');
		string++;
	}
}
