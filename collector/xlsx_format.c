/* xlsx_format.c -- what the numbers and texts of a workbook mean. */
#include "collector/xlsx_format.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	LAST_DAY = 2958465,  /* 9999-12-31, counted from 1900 */
	DAYS_TO_1904 = 1462, /* from that calendar's first day to the other's */
	DIGITS_MAX = 15,     /* that a double holds */
};

int xlsx_format_kind(const char *format)
{
	int day = 0, clock = 0;
	char quote = '\0';

	for (const char *at = format; *at; at++) {
		if (quote) {
			quote = *at == quote ? '\0' : quote;
		} else if (*at == '"') {
			quote = '"';
		} else if (*at == '[') {
			quote = ']'; /* a colour, a locale, an elapsed time */
		} else if (*at == '\\' || *at == '_' || *at == '*') {
			at += at[1] != '\0';
		} else if (strchr("yYdD", *at)) {
			day = 1;
		} else if (strchr("hHsS", *at)) {
			clock = 1;
		}
	}
	return clock ? 2 : day;
}

/* ECMA-376 part 1, 18.8.30 */
int xlsx_builtin_kind(unsigned format)
{
	if ((format >= 14 && format <= 17) || (format >= 27 && format <= 31) ||
	    format == 36 || (format >= 50 && format <= 58))
		return 1;
	if ((format >= 18 && format <= 22) || (format >= 32 && format <= 35) ||
	    (format >= 45 && format <= 47))
		return 2;
	return 0;
}

int xlsx_format_digits(const char *format)
{
	size_t digits = strspn(format, "0");

	return digits > 1 && digits <= DIGITS_MAX && !format[digits] ? (int)digits : 0;
}

int xlsx_print_time(double serial, int is_1904, int has_clock, struct text *out)
{
	static const int month_days[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};
	long long seconds = fabs(serial) > LAST_DAY + 1 ? (LAST_DAY + 1) * 86400LL
							: llround(serial * 86400);
	long long day = seconds / 86400;
	int clock = (int)(seconds % 86400), year, month = 0;

	/* Before 1900-01-01 it is a time of day alone; the last day is in 9999, and what
	 * rounds to the next one is behind it. */
	if (serial < !is_1904 || day > LAST_DAY - (is_1904 ? DAYS_TO_1904 : 0))
		return -1;
	/* 29 February 1900 never was, but has a number there. */
	if (!is_1904 && day < 60)
		day++;
	day += is_1904 ? DAYS_TO_1904 - 1 : -1; /* days from 1899-12-31 */
	for (year = 1900, day--;; year++) {
		int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

		if (day < 365 + leap) {
			for (; day >= month_days[month] + (month == 1 && leap); month++)
				day -= month_days[month] + (month == 1 && leap);
			break;
		}
		day -= 365 + leap;
	}
	text_addf(out, "%04d-%02d-%02d", year, month + 1, (int)day + 1);
	if (has_clock || clock)
		text_addf(out, "T%02d:%02d:%02d", clock / 3600, clock / 60 % 60,
			  clock % 60);
	return 0;
}

/* The 16 bits of "_x000D_" at BYTES, or -1. */
static long escaped_unit(const char *bytes, size_t length)
{
	static const char digits[] = "0123456789ABCDEFabcdef";
	char number[5] = { 0 };

	if (length < 7 || memcmp(bytes, "_x", 2) != 0 || bytes[6] != '_')
		return -1;
	memcpy(number, bytes + 2, 4);
	return strspn(number, digits) == 4 ? strtol(number, NULL, 16) : -1;
}

/* The character that begins at BYTES as one escape or, beyond 16 bits, two; 0: none.
 * *TAKEN is their length. */
static uint32_t escaped_character(const char *bytes, size_t length, size_t *taken)
{
	long first = escaped_unit(bytes, length), second;

	*taken = 7;
	if (first <= 0 || (first >= 0xdc00 && first <= 0xdfff))
		return 0;
	if (first < 0xd800 || first > 0xdbff)
		return (uint32_t)first;
	second = escaped_unit(bytes + 7, length - 7);
	*taken = 14;
	if (second < 0xdc00 || second > 0xdfff)
		return 0;
	return 0x10000 + ((uint32_t)(first - 0xd800) << 10) + (uint32_t)(second - 0xdc00);
}

static void add_character(struct text *out, uint32_t character)
{
	if (character < 0x80) {
		text_add_char(out, (char)character);
		return;
	}
	if (character < 0x800) {
		text_add_char(out, (char)(0xc0 | character >> 6));
	} else {
		if (character < 0x10000) {
			text_add_char(out, (char)(0xe0 | character >> 12));
		} else {
			text_add_char(out, (char)(0xf0 | character >> 18));
			text_add_char(out, (char)(0x80 | (character >> 12 & 0x3f)));
		}
		text_add_char(out, (char)(0x80 | (character >> 6 & 0x3f)));
	}
	text_add_char(out, (char)(0x80 | (character & 0x3f)));
}

void xlsx_add_text(struct text *out, const char *bytes, size_t length)
{
	size_t taken;

	for (size_t at = 0; at < length; at += taken) {
		const char *escape = memchr(bytes + at, '_', length - at);
		uint32_t character;

		taken = escape ? (size_t)(escape - bytes) - at : length - at;
		text_add_bytes(out, bytes + at, taken);
		at += taken;
		if (at == length)
			return;
		character = escaped_character(bytes + at, length - at, &taken);
		if (character) {
			add_character(out, character);
		} else {
			text_add_char(out, '_');
			taken = 1;
		}
	}
}
