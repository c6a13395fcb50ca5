/* mime.c -- the encodings of mail. */
#include "delivery/mime.h"

#include <stdlib.h>
#include <string.h>

#include <uninorm.h>

enum { LINE = 76, WORD_BYTES = 39 }; /* 39 bytes are 52 characters of base64 */

static const char DIGITS[] = "0123456789ABCDEF";

static int is_plain(const char *value)
{
	for (; *value; value++)
		if ((unsigned char)*value < ' ' || (unsigned char)*value > '~')
			return 0;
	return 1;
}

static int is_letter_or_digit(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* ---- base64 -------------------------------------------------------------- */

static void add_group(struct text *out, const unsigned char *bytes, size_t length)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned long group = (unsigned long)bytes[0] << 16;

	group |= length > 1 ? (unsigned long)bytes[1] << 8 : 0;
	group |= length > 2 ? bytes[2] : 0;
	text_add_char(out, alphabet[group >> 18 & 63]);
	text_add_char(out, alphabet[group >> 12 & 63]);
	text_add_char(out, length > 1 ? alphabet[group >> 6 & 63] : '=');
	text_add_char(out, length > 2 ? alphabet[group & 63] : '=');
}

static void add_base64_line(struct text *out, const unsigned char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i += 3)
		add_group(out, bytes + i, length - i < 3 ? length - i : 3);
}

void mime_add_base64(struct text *out, const void *bytes, size_t length)
{
	enum { PIECE = LINE / 4 * 3 };

	for (size_t i = 0; i < length; i += PIECE) {
		add_base64_line(out, (const unsigned char *)bytes + i,
				length - i < PIECE ? length - i : PIECE);
		text_add(out, "\r\n");
	}
}

/* ---- Headers ------------------------------------------------------------- */

/* How many bytes of VALUE go into one encoded word: whole characters. */
static size_t word_length(const char *value)
{
	size_t length = strlen(value);

	if (length <= WORD_BYTES)
		return length;
	length = WORD_BYTES;
	while (length > 1 && ((unsigned char)value[length] & 0xc0) == 0x80)
		length--;
	return length;
}

static void add_words(struct text *out, const char *value)
{
	for (int first = 1; *value; first = 0) {
		size_t length = word_length(value);

		text_add(out, first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
		add_base64_line(out, (const unsigned char *)value, length);
		text_add(out, "?=");
		value += length;
	}
}

/* Control characters, which could begin another header, become blanks. */
static void add_tame(struct text *out, const char *value)
{
	for (; *value; value++)
		text_add_char(out, (unsigned char)*value < ' ' || *value == 127 ? ' '
										: *value);
}

void mime_add_header(struct text *out, const char *name, const char *value)
{
	struct text tame = { 0 };

	add_tame(&tame, value);
	text_addf(out, "%s: ", name);
	/* "=?" would be read as the beginning of an encoded word. */
	if (is_plain(text_string(&tame)) && !strstr(text_string(&tame), "=?") &&
	    tame.length + strlen(name) < 900)
		text_add(out, text_string(&tame));
	else
		add_words(out, text_string(&tame));
	text_add(out, "\r\n");
	text_free(&tame);
}

void mime_add_mailbox(struct text *out, const char *name, const char *words,
		      const char *address)
{
	text_addf(out, "%s: ", name);
	if (*words) {
		add_words(out, words);
		text_add(out, "\r\n ");
	}
	text_addf(out, "<%s>\r\n", address);
}

/* ---- quoted-printable ---------------------------------------------------- */

/* A blank at the end of a line could be lost on the way. */
static int goes_as_it_is(const char *at)
{
	unsigned char c = (unsigned char)*at;

	if (c == ' ')
		return at[1] != '\n' && at[1] != '\0';
	return c > ' ' && c <= '~' && c != '=';
}

void mime_add_quoted(struct text *out, const char *text)
{
	size_t column = 0;

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		size_t width = goes_as_it_is(text) ? 1 : 3;

		if (c == '\n') {
			text_add(out, "\r\n");
			column = 0;
			continue;
		}
		if (column + width > LINE - 1) {
			text_add(out, "=\r\n");
			column = 0;
		}
		if (width == 1)
			text_add_char(out, (char)c);
		else
			text_addf(out, "=%c%c", DIGITS[c >> 4], DIGITS[c & 15]);
		column += width;
	}
	if (column > 0)
		text_add(out, "\r\n");
}

/* ---- Names of files ------------------------------------------------------ */

void mime_add_safe_name(struct text *out, const char *name)
{
	size_t length, start = out->length;
	uint8_t *parts = u8_normalize(UNINORM_NFD, (const uint8_t *)name, strlen(name),
				      NULL, &length);

	for (size_t i = 0; parts && i < length; i++) {
		unsigned char c = parts[i];
		int is_d = c == 0xc4 && i + 1 < length &&
			   (parts[i + 1] == 0x91 || parts[i + 1] == 0x90);

		if (is_d) {
			text_add_char(out, parts[++i] == 0x91 ? 'd' : 'D');
		} else if (is_letter_or_digit(c) || (out->length > start && c == '.')) {
			text_add_char(out, (char)c);
		} else if (c == 0xcc || c == 0xcd) {
			i++; /* an accent */
		} else if (out->length > start && out->data[out->length - 1] != '-' &&
			   (c < 0x80 || c >= 0xc0)) {
			text_add_char(out, c == '_' ? '_' : '-');
		}
	}
	free(parts);
	if (out->length == start)
		text_add(out, "file");
}

static void add_percent(struct text *out, unsigned char c)
{
	if (is_letter_or_digit(c) || (c && strchr("-._~", c)))
		text_add_char(out, (char)c);
	else
		text_addf(out, "%%%c%c", DIGITS[c >> 4], DIGITS[c & 15]);
}

/* The parts of a long name, each on a line of its own (RFC 2231, 4.1). */
void mime_add_file_name(struct text *out, const char *name)
{
	struct text part = { 0 };
	size_t length = strlen(name), number = 0;

	text_add(out, ";\r\n filename=\"");
	mime_add_safe_name(out, name);
	text_add_char(out, '"');
	for (size_t i = 0; i < length && !is_plain(name); i++) {
		if (number == 0 && part.length == 0)
			text_add(&part, "UTF-8''");
		add_percent(&part, (unsigned char)name[i]);
		if (part.length < 48 && i + 1 < length)
			continue;
		text_addf(out, ";\r\n filename*%zu*=%s", number++, part.data);
		text_clear(&part);
	}
	text_free(&part);
}
