/* pull_schedule.c -- when a source is asked for which days: pure arithmetic. */
#include "collector/pull_schedule.h"

#include <stdlib.h>
#include <string.h>

#include "base/period.h"

enum {
	DAY = 24 * 3600,
	EAST = 7 * 3600, /* of Greenwich, all the year */
	FIRST_DELAY = 30,
	LONGEST_DELAY = 6 * 3600,
	HOURS_MAX = 366 * 24,
};

int pull_schedule_newest(const struct pull_schedule *schedule, int64_t now, long *day)
{
	/* The windows that end at or before this moment are due. */
	int64_t ended = now - (int64_t)schedule->lateness_hours * 3600 + EAST;
	int64_t begun = ended - (int64_t)schedule->first_day * DAY;
	int64_t windows = begun / ((int64_t)schedule->window_days * DAY);

	if (begun < 0 || windows == 0)
		return 0;
	*day = schedule->first_day + (long)(windows - 1) * schedule->window_days;
	return 1;
}

int64_t pull_schedule_delay(int failures, uint32_t chance, int64_t asked_for)
{
	int64_t delay = FIRST_DELAY;

	for (int i = 1; i < failures && delay < LONGEST_DELAY; i++)
		delay *= 2;
	if (delay > LONGEST_DELAY)
		delay = LONGEST_DELAY;
	delay += delay / 5 * ((int64_t)(chance % 2001) - 1000) / 1000;
	if (asked_for > DAY)
		asked_for = DAY;
	return asked_for > delay ? asked_for : delay;
}

int pull_schedule_address(struct text *out, const char *url, long day, int window_days,
			  struct error *err)
{
	const struct {
		const char *word;
		long day;
	} places[] = { { "{from}", day },
		       { "{to}", day + window_days - 1 },
		       { "{next}", day + window_days } };
	char printed[11];

	while (*url) {
		size_t i = 0, count = sizeof places / sizeof *places;

		while (i < count &&
		       strncmp(url, places[i].word, strlen(places[i].word)) != 0)
			i++;
		if (i < count) {
			period_print_day(places[i].day, printed);
			text_add(out, printed);
			url += strlen(places[i].word);
		} else if (*url == '{' || *url == '}') {
			return error_set(err, ERROR_INVALID,
					 "an address may hold {from}, {to} and {next}, "
					 "and no other braces");
		} else {
			text_add_char(out, *url++);
		}
	}
	return 0;
}

/* Reads a part like "12D"; its hours, or -1. */
static long read_part(const char **at, const char *units, const int *hours)
{
	char *end;
	const char *unit;
	long number;

	if (**at < '0' || **at > '9')
		return -1;
	number = strtol(*at, &end, 10);
	unit = *end ? strchr(units, *end) : NULL;
	if (!unit || number > HOURS_MAX)
		return -1;
	*at = end + 1;
	return number * hours[unit - units];
}

int pull_schedule_hours(const char *duration)
{
	static const int of_days[] = { 7 * 24, 24 }, of_hours[] = { 1 };
	const char *at = duration + 1;
	long hours = 0;
	int in_time = 0;

	if (*duration != 'P' || !*at)
		return -1;
	while (*at) {
		long part;

		if (*at == 'T' && !in_time) {
			in_time = 1;
			at++;
		}
		part = read_part(&at, in_time ? "H" : "WD", in_time ? of_hours : of_days);
		if (part < 0)
			return -1;
		hours += part;
		if (hours > HOURS_MAX)
			return -1;
	}
	return (int)hours;
}
