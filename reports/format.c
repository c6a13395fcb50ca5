/* format.c -- numbers, dates and words as Vietnamese and English print them. */
#include "reports/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unicase.h>

#include "base/memory.h"

const char *format_choose(const char *language, const char *vi, const char *en)
{
	return strcmp(language, "en") == 0 ? en : vi;
}

static int is_decimal(const char *digits)
{
	size_t whole, rest;

	digits += *digits == '-' || *digits == '+';
	whole = strspn(digits, "0123456789");
	if (whole == 0)
		return 0;
	digits += whole;
	if (*digits == '\0')
		return 1;
	rest = strspn(digits + 1, "0123456789");
	return *digits == '.' && rest > 0 && digits[1 + rest] == '\0';
}

void format_add_decimal(struct text *out, const char *language, const char *digits)
{
	char group = *format_choose(language, ".", ","), point = group == '.' ? ',' : '.';
	size_t i, whole;

	if (!is_decimal(digits)) {
		text_add(out, digits);
		return;
	}
	if (*digits == '-' || *digits == '+')
		text_add(out, *digits++ == '-' ? "−" : "+");
	whole = strcspn(digits, ".");
	for (i = 0; i < whole; i++) {
		if (i > 0 && (whole - i) % 3 == 0)
			text_add_char(out, group);
		text_add_char(out, digits[i]);
	}
	if (digits[whole] == '.') {
		text_add_char(out, point);
		text_add(out, digits + whole + 1);
	}
}

void format_add_percent(struct text *out, const char *language, const char *digits)
{
	format_add_decimal(out, language, digits);
	text_add_char(out, '%');
}

void format_add_integer(struct text *out, const char *language, long long value)
{
	char digits[32];

	snprintf(digits, sizeof digits, "%lld", value);
	format_add_decimal(out, language, digits);
}

/* The local time in Vietnam, which has no summer time; -1 if malformed. */
static int read_moment(const char *iso, struct tm *local)
{
	int year, month, day, hour = 0, minute = 0, second = 0, used = 0;
	int zone_hours = 7, zone_minutes = 0;
	time_t moment;
	const char *zone;

	if (sscanf(iso, "%4d-%2d-%2d%n", &year, &month, &day, &used) != 3)
		return -1;
	zone = iso + used;
	if (*zone == 'T' || *zone == ' ') {
		used = 0;
		if (sscanf(zone + 1, "%2d:%2d:%2d%n", &hour, &minute, &second, &used) !=
		    3)
			return -1;
		zone += 1 + used;
		if (*zone == '.')
			zone += 1 + strspn(zone + 1, "0123456789");
		if (*zone == 'Z')
			zone_hours = 0;
		else if (*zone && sscanf(zone, "%3d:%2d", &zone_hours, &zone_minutes) < 1)
			return -1;
		if (*zone == '-')
			zone_minutes = -zone_minutes;
	} else if (*zone) {
		return -1;
	}
	*local = (struct tm){ .tm_year = year - 1900,
			      .tm_mon = month - 1,
			      .tm_mday = day,
			      .tm_hour = hour + 7 - zone_hours,
			      .tm_min = minute - zone_minutes,
			      .tm_sec = second };
	moment = timegm(local);
	return gmtime_r(&moment, local) ? 0 : -1;
}

void format_add_date(struct text *out, const char *language, const char *iso)
{
	struct tm day;
	char buffer[64];

	if (read_moment(iso, &day) != 0) {
		text_add(out, iso);
		return;
	}
	strftime(buffer, sizeof buffer, format_choose(language, "%d/%m/%Y", "%Y-%m-%d"),
		 &day);
	text_add(out, buffer);
}

void format_add_moment(struct text *out, const char *language, const char *iso)
{
	struct tm moment;
	char buffer[64];

	if (read_moment(iso, &moment) != 0) {
		text_add(out, iso);
		return;
	}
	strftime(buffer, sizeof buffer,
		 format_choose(language, "%H:%M ngày %d/%m/%Y", "%Y-%m-%d %H:%M"),
		 &moment);
	text_add(out, buffer);
}

void format_add_period(struct text *out, const char *language, const char *code)
{
	static const char *const roman[] = { "I", "II", "III", "IV" };
	int vi = *format_choose(language, "1", "") != '\0';
	int year, number, day;
	char end;

	if (strncmp(code, "ND09-", 5) == 0)
		code += 5;
	if (sscanf(code, "%4d-Q%1d%c", &year, &number, &end) == 2 && number >= 1 &&
	    number <= 4)
		vi ? text_addf(out, "Quý %s/%d", roman[number - 1], year)
		   : text_addf(out, "Q%d %d", number, year);
	else if (sscanf(code, "%4d-H%1d%c", &year, &number, &end) == 2)
		vi ? text_addf(out, "6 tháng %s %d", number == 1 ? "đầu" : "cuối", year)
		   : text_addf(out, "H%d %d", number, year);
	else if (sscanf(code, "%4d-W%2d%c", &year, &number, &end) == 2)
		vi ? text_addf(out, "Tuần %d/%d", number, year)
		   : text_addf(out, "W%02d %d", number, year);
	else if (sscanf(code, "%4d-%2d-%2d%c", &year, &number, &day, &end) == 3)
		format_add_date(out, language, code);
	else if (vi && sscanf(code, "%4d-%2d%c", &year, &number, &end) == 2)
		text_addf(out, "%02d/%d", number, year);
	else
		text_add(out, code);
}

void format_add_upper(struct text *out, const char *string)
{
	size_t length = 0;
	uint8_t *upper = u8_toupper((const uint8_t *)string, strlen(string), "vi",
				    UNINORM_NFC, NULL, &length);

	if (!upper) { /* not UTF-8 */
		text_add(out, string);
		return;
	}
	text_add_bytes(out, (const char *)upper, length);
	free(upper);
}
