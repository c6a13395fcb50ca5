/* parse_value.c -- single values from text (DESIGN 6.2).  The only user of
 * libunistring. */
#include "collector/parse_value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uninorm.h>

#include "base/memory.h"

#define SECOND ((int64_t)1000000)
#define DAY    (86400 * SECOND)
/* Asia/Ho_Chi_Minh has had this offset since 1975, and no summer time. */
#define LOCAL_OFFSET (7 * 3600 * SECOND)

enum { FIRST_YEAR_OF_TIMES = 1976, FIRST_YEAR = 1900, LAST_YEAR = 2199 };

/* Days from 2000-01-01 of a proleptic Gregorian date (after H. Hinnant). */
static int32_t days_of(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year;
	int era = y / 400, of_era = y - era * 400;
	int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year -
	       719468 - 10957;
}

/* The other way round. */
static void date_of(int32_t day, int *year, int *month, int *date)
{
	int z = day + 10957 + 719468;
	int era = z / 146097, of_era = z - era * 146097;
	int year_of_era =
		(of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int shifted = (5 * of_year + 2) / 153;

	*month = shifted + (shifted < 10 ? 3 : -9);
	*year = year_of_era + era * 400 + (*month <= 2);
	*date = of_year - (153 * shifted + 2) / 5 + 1;
}

int32_t half_month_of(int32_t day)
{
	int year, month, date;

	date_of(day, &year, &month, &date);
	return day - (date < 15 ? date - 1 : date - 15);
}

void print_day(int32_t day, char buffer[16])
{
	int year, month, date;

	date_of(day, &year, &month, &date);
	snprintf(buffer, 16, "%04u-%02u-%02u", (unsigned)year % 10000,
		 (unsigned)month % 100, (unsigned)date % 100);
}

static int days_in_month(int year, int month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30,
					      31, 31, 30, 31, 30, 31 };
	int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* COUNT digits as a number; -1 if one is none. */
static int digits(const char *bytes, int count)
{
	int value = 0;

	for (int i = 0; i < count; i++) {
		if (bytes[i] < '0' || bytes[i] > '9')
			return -1;
		value = value * 10 + bytes[i] - '0';
	}
	return value;
}

/* yyyy-mm-dd at BYTES; 0 if it is no date. */
static int read_date(const char *bytes, int *year, int32_t *day)
{
	int month, date;

	if (bytes[4] != '-' || bytes[7] != '-')
		return 0;
	*year = digits(bytes, 4);
	month = digits(bytes + 5, 2);
	date = digits(bytes + 8, 2);
	if (*year < 1 || month < 1 || month > 12 || date < 1 ||
	    date > days_in_month(*year, month))
		return 0;
	*day = days_of(*year, month, date);
	return 1;
}

const char *parse_date(int32_t *day, const char *bytes, size_t length)
{
	int year;

	if (length != 10 || !read_date(bytes, &year, day))
		return "bad_date";
	return year < FIRST_YEAR || year > LAST_YEAR ? "bad_date" : NULL;
}

/* Reads ".123456789" at BYTES; returns how many bytes it took, 0 if it is wrong. */
static size_t read_fraction(const char *bytes, size_t length, struct moment *moment)
{
	size_t at = 1;
	int64_t unit = SECOND / 10;

	if (length < 2 || bytes[1] < '0' || bytes[1] > '9')
		return 0;
	for (; at < length && bytes[at] >= '0' && bytes[at] <= '9'; at++) {
		int digit = bytes[at] - '0';

		if (at <= 6) {
			moment->microseconds += digit * unit;
			unit /= 10;
		}
	}
	return at;
}

/* Z, +hh:mm or nothing; 0 if it is wrong. */
static int read_offset(const char *bytes, size_t length, int64_t *offset)
{
	int hours, minutes;

	if (length == 0) {
		*offset = LOCAL_OFFSET;
		return 1;
	}
	*offset = 0;
	if (length == 1)
		return *bytes == 'Z' || *bytes == 'z';
	if (length != 6 || (*bytes != '+' && *bytes != '-') || bytes[3] != ':')
		return 0;
	hours = digits(bytes + 1, 2);
	minutes = digits(bytes + 4, 2);
	if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
		return 0;
	*offset = (hours * 60 + minutes) * 60 * SECOND;
	if (*bytes == '-')
		*offset = -*offset;
	return 1;
}

/* hh:mm:ss[.fff][offset] into MOMENT, which holds the day already. */
static int read_clock(const char *bytes, size_t length, struct moment *moment)
{
	int hours, minutes, seconds;
	size_t at = 8;
	int64_t offset;

	if (length < 8 || bytes[2] != ':' || bytes[5] != ':')
		return 0;
	hours = digits(bytes, 2);
	minutes = digits(bytes + 3, 2);
	seconds = digits(bytes + 6, 2);
	if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 ||
	    seconds > 59)
		return 0;
	if (length > at && bytes[at] == '.') {
		size_t taken = read_fraction(bytes + at, length - at, moment);

		if (taken == 0)
			return 0;
		at += taken;
	}
	if (!read_offset(bytes + at, length - at, &offset))
		return 0;
	moment->microseconds += ((hours * 60 + minutes) * 60 + seconds) * SECOND - offset;
	return 1;
}

const char *parse_moment(struct moment *moment, const char *bytes, size_t length,
			 enum plain_date plain)
{
	int year;
	int32_t day;

	moment->microseconds = 0;
	if (length < 10 || !read_date(bytes, &year, &day))
		return "bad_time";
	moment->microseconds = day * DAY;
	if (length == 10) {
		moment->microseconds -= LOCAL_OFFSET;
		if (plain == PLAIN_DATE_END)
			moment->microseconds += DAY - 1;
	} else if ((bytes[10] != 'T' && bytes[10] != 't' && bytes[10] != ' ') ||
		   !read_clock(bytes + 11, length - 11, moment)) {
		return "bad_time";
	}
	if (year < FIRST_YEAR_OF_TIMES || year > LAST_YEAR)
		return "time_out_of_range";
	return NULL;
}

const char *parse_boolean(int *value, const char *bytes, size_t length)
{
	if (length == 1 && (*bytes == '0' || *bytes == '1')) {
		*value = *bytes - '0';
		return NULL;
	}
	*value = length == 4 && memcmp(bytes, "true", 4) == 0;
	if (*value || (length == 5 && memcmp(bytes, "false", 5) == 0))
		return NULL;
	return "bad_boolean";
}

const char *parse_integer(int64_t *value, const char *bytes, size_t length,
			  int64_t minimum, int64_t maximum)
{
	size_t at = length > 0 && *bytes == '-';
	__int128 number = 0;

	if (at == length)
		return "bad_integer";
	for (size_t i = at; i < length; i++) {
		if (bytes[i] < '0' || bytes[i] > '9')
			return "bad_integer";
		/* Far beyond any limit; more digits cannot bring it back. */
		if (number < (__int128)1 << 100)
			number = number * 10 + (bytes[i] - '0');
	}
	if (at)
		number = -number;
	if (number < minimum || number > maximum)
		return "out_of_range";
	*value = (int64_t)number;
	return NULL;
}

const char *parse_decimal(const char *bytes, size_t length)
{
	size_t at = length > 0 && (*bytes == '-' || *bytes == '+'), count = 0;

	for (; at < length && bytes[at] >= '0' && bytes[at] <= '9'; at++)
		count++;
	if (at < length && bytes[at] == '.')
		for (at++; at < length && bytes[at] >= '0' && bytes[at] <= '9'; at++)
			count++;
	return at == length && count > 0 && count <= 40 ? NULL : "bad_decimal";
}

const char *parse_choice(int *value, const char *bytes, size_t length,
			 const char *const *choices)
{
	for (*value = 0; choices[*value]; ++*value)
		if (strncmp(choices[*value], bytes, length) == 0 &&
		    strlen(choices[*value]) == length)
			return NULL;
	return "bad_choice";
}

/* The bytes of a UTF-8 character by its first, for text known to be valid. */
static unsigned decode(const unsigned char *bytes, size_t *size)
{
	if (bytes[0] < 0x80) {
		*size = 1;
		return bytes[0];
	}
	if (bytes[0] < 0xe0) {
		*size = 2;
		return (bytes[0] & 0x1fu) << 6 | (bytes[1] & 0x3fu);
	}
	if (bytes[0] < 0xf0) {
		*size = 3;
		return (bytes[0] & 0x0fu) << 12 | (bytes[1] & 0x3fu) << 6 |
		       (bytes[2] & 0x3fu);
	}
	*size = 4;
	return 0x10000; /* all alike here */
}

/* Latin letters with their marks in one character, and common punctuation: Unicode
 * calls all of these NFC as they stand. */
static int is_surely_nfc(unsigned c)
{
	return c < 0x300 || (c >= 0x1e00 && c <= 0x1eff) || (c >= 0x2010 && c <= 0x2027);
}

const char *parse_text(const char **bytes, size_t *length, size_t *characters,
		       struct text *buffer)
{
	const unsigned char *text = (const unsigned char *)*bytes;
	size_t at = 0, size;
	int sure = 1;
	uint8_t *normal;

	while (at < *length && text[at] < 0x80)
		at++;
	*characters = at;
	if (at == *length)
		return NULL;
	if (!text_is_utf8(*bytes, *length))
		return "not_utf8";
	for (; at < *length; at += size, ++*characters)
		sure &= is_surely_nfc(decode(text + at, &size));
	if (sure)
		return NULL;
	normal = u8_normalize(UNINORM_NFC, text, *length, NULL, &size);
	if (!normal)
		return "not_utf8";
	text_clear(buffer);
	text_add_bytes(buffer, (const char *)normal, size);
	free(normal);
	*bytes = text_string(buffer);
	*length = size;
	*characters = 0;
	for (at = 0; at < *length; ++*characters) {
		decode((const unsigned char *)*bytes + at, &size);
		at += size;
	}
	return NULL;
}

int parse_has_control(const char *bytes, size_t length)
{
	int is_plain = 1;

	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)bytes[i] < 0x20 || bytes[i] == 0x7f)
			return 1;
		is_plain &= (unsigned char)bytes[i] < 0x80;
	}
	return !is_plain && text_guile(bytes, length) != TEXT_OPEN;
}

int32_t moment_local_day(const struct moment *moment)
{
	int64_t local = moment->microseconds + LOCAL_OFFSET;
	int64_t day = local / DAY;

	return (int32_t)(local % DAY < 0 ? day - 1 : day);
}
