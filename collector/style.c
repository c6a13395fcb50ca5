/* style.c -- dates and numbers as people write them. */
#include "collector/style.h"

#include <string.h>

static const char *const names[] = {
	[STYLE_DAY] = "dd/MM/yyyy",
	[STYLE_DAY_MINUTE] = "dd/MM/yyyy HH:mm",
	[STYLE_DAY_SECOND] = "dd/MM/yyyy HH:mm:ss",
	[STYLE_COMPACT_DAY] = "yyyyMMdd",
	[STYLE_COMPACT] = "yyyyMMddHHmmss",
	[STYLE_NUMBER] = "1.234,5",
};

enum { STYLES = sizeof names / sizeof *names };

enum style style_find(const char *name, size_t length)
{
	for (int i = 1; i < STYLES; i++)
		if (strlen(names[i]) == length && memcmp(names[i], name, length) == 0)
			return (enum style)i;
	return STYLE_NONE;
}

const char *style_name(enum style style)
{
	return names[style];
}

void style_list(struct text *out)
{
	for (int i = 1; i < STYLES; i++)
		text_addf(out, "%s%s", i > 1 ? "; " : "", names[i]);
}

/* Where reading stands. */
struct reader {
	const char *at, *end;
	int is_wrong;
};

/* LEAST to MOST digits. */
static int digits(struct reader *reader, int least, int most)
{
	int value = 0, count = 0;

	while (count < most && reader->at < reader->end && *reader->at >= '0' &&
	       *reader->at <= '9') {
		value = value * 10 + *reader->at++ - '0';
		count++;
	}
	reader->is_wrong |= count < least;
	return value;
}

static void expect(struct reader *reader, char c)
{
	if (reader->at < reader->end && *reader->at == c)
		reader->at++;
	else
		reader->is_wrong = 1;
}

struct instant {
	int year, month, day, hour, minute, second;
};

static void read_written_day(struct reader *reader, struct instant *instant)
{
	instant->day = digits(reader, 1, 2);
	expect(reader, '/');
	instant->month = digits(reader, 1, 2);
	expect(reader, '/');
	instant->year = digits(reader, 4, 4);
}

static void read_written_clock(struct reader *reader, struct instant *instant,
			       int seconds)
{
	expect(reader, ' ');
	instant->hour = digits(reader, 1, 2);
	expect(reader, ':');
	instant->minute = digits(reader, 2, 2);
	if (!seconds)
		return;
	expect(reader, ':');
	instant->second = digits(reader, 2, 2);
}

/* What a value means is for the checks: they know the days of a month. */
static int apply_time(enum style style, struct reader *reader, struct text *out)
{
	struct instant instant = { 0 };
	const int has_clock = style != STYLE_DAY && style != STYLE_COMPACT_DAY;

	if (style == STYLE_COMPACT || style == STYLE_COMPACT_DAY) {
		instant.year = digits(reader, 4, 4);
		instant.month = digits(reader, 2, 2);
		instant.day = digits(reader, 2, 2);
		if (has_clock) {
			instant.hour = digits(reader, 2, 2);
			instant.minute = digits(reader, 2, 2);
			instant.second = digits(reader, 2, 2);
		}
	} else {
		read_written_day(reader, &instant);
		if (has_clock)
			read_written_clock(reader, &instant, style == STYLE_DAY_SECOND);
	}
	if (reader->is_wrong || reader->at != reader->end)
		return -1;
	text_addf(out, "%04d-%02d-%02d", instant.year, instant.month, instant.day);
	if (has_clock)
		text_addf(out, "T%02d:%02d:%02d", instant.hour, instant.minute,
			  instant.second);
	return 0;
}

static int is_digit(const struct reader *reader)
{
	return reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9';
}

/* Thousands in groups of three behind dots, or without any. */
static int apply_number(struct reader *reader, struct text *out)
{
	int count = 0;

	if (reader->at < reader->end && *reader->at == '-')
		text_add_char(out, *reader->at++);
	for (; is_digit(reader); count++)
		text_add_char(out, *reader->at++);
	if (count == 0)
		return -1;
	while (reader->at < reader->end && *reader->at == '.') {
		if (count > 3)
			return -1;
		reader->at++;
		for (count = 0; is_digit(reader); count++)
			text_add_char(out, *reader->at++);
		if (count != 3)
			return -1;
	}
	if (reader->at < reader->end && *reader->at == ',') {
		reader->at++;
		if (!is_digit(reader))
			return -1;
		text_add_char(out, '.');
		while (is_digit(reader))
			text_add_char(out, *reader->at++);
	}
	return reader->at == reader->end ? 0 : -1;
}

int style_apply(enum style style, const char *bytes, size_t length, struct text *out)
{
	struct reader reader = { bytes, bytes + length, 0 };

	return style == STYLE_NUMBER ? apply_number(&reader, out)
				     : apply_time(style, &reader, out);
}

enum style style_of_header(const char *header, size_t *length)
{
	const char *open = memchr(header, '[', *length);
	enum style style;

	if (!open || header[*length - 1] != ']')
		return STYLE_NONE;
	style = style_find(open + 1, *length - (size_t)(open - header) - 2);
	if (style != STYLE_NONE)
		*length = (size_t)(open - header);
	return style;
}
