/* recurrence.c -- when a schedule runs, by libical. */
#include "delivery/recurrence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libical/ical.h>

#include "base/period.h"

enum { DAY = 24 * 3600, STEPS_MAX = 200000, SHIFT_MOST = 30 };

/* ---- Days ---------------------------------------------------------------- */

static int is_off(const struct recurrence *recurrence, long day)
{
	long weekday = ((day + 3) % 7 + 7) % 7; /* 1970-01-01 was a Thursday; 0: Monday */

	if (weekday >= 5)
		return 1;
	for (size_t i = 0; i < recurrence->days_off_count; i++)
		if (recurrence->days_off[i] == day)
			return 1;
	return 0;
}

/* The working day for DAY; DAY itself where a month knows none. */
static long shifted(const struct recurrence *recurrence, long day)
{
	long step = recurrence->shift == SHIFT_NEXT ? 1 : -1, moved = day;

	if (recurrence->shift == SHIFT_NONE)
		return day;
	for (int i = 0; i < SHIFT_MOST; i++, moved += step)
		if (!is_off(recurrence, moved))
			return moved;
	return day;
}

int recurrence_shift_find(const char *name, enum recurrence_shift *shift)
{
	static const char *const names[] = { "none", "next", "previous" };

	for (int i = 0; i < 3; i++)
		if (strcmp(names[i], name) == 0) {
			*shift = (enum recurrence_shift)i;
			return 0;
		}
	return -1;
}

/* ---- Local time to the world's ------------------------------------------- */

/* Seconds east of Greenwich at the moment AT. */
static int offset_at(icaltimezone *zone, int64_t at)
{
	struct icaltimetype utc =
		icaltime_from_timet_with_zone(at, 0, icaltimezone_get_utc_timezone());
	int is_summer;

	return icaltimezone_get_utc_offset_of_utc_time(zone, &utc, &is_summer);
}

/* libical does not say which of two it takes, so both offsets are tried. */
static int64_t moment_of(icaltimezone *zone, int64_t local)
{
	int before = offset_at(zone, local - DAY), after = offset_at(zone, local + DAY);

	if (before == after || offset_at(zone, local - before) == before)
		return local - before;
	if (offset_at(zone, local - after) == after)
		return local - after;
	return local - before; /* skipped by the clocks */
}

/* ---- The rule ------------------------------------------------------------ */

static int read_start(const char *start, struct icaltimetype *time)
{
	int year, month, day, hour, minute, second, end = 0;

	if (sscanf(start, "%4d-%2d-%2dT%2d:%2d:%2d%n", &year, &month, &day, &hour,
		   &minute, &second, &end) != 6 ||
	    start[end] || year < 1970 || year > 2199 || month < 1 || month > 12 ||
	    day < 1 || day > period_days_in_month(year, month) || hour > 23 ||
	    minute > 59 || second > 59 || hour < 0 || minute < 0 || second < 0)
		return -1;
	*time = icaltime_null_time();
	time->year = year;
	time->month = month;
	time->day = day;
	time->hour = hour;
	time->minute = minute;
	time->second = second;
	return 0;
}

static int read_rule(const char *text, struct icalrecurrencetype *rule, struct error *err)
{
	icalerror_set_errors_are_fatal(0);
	icalerror_set_error_state(ICAL_MALFORMEDDATA_ERROR, ICAL_ERROR_NONFATAL);
	*rule = icalrecurrencetype_from_string(text);
	if (rule->freq == ICAL_NO_RECURRENCE)
		return error_set(err, ERROR_INVALID,
				 "\"%s\" is no rule of RFC 5545, like "
				 "FREQ=MONTHLY;BYMONTHDAY=25",
				 text);
	if (rule->freq < ICAL_DAILY_RECURRENCE)
		return error_set(err, ERROR_INVALID,
				 "a report once a day is the most that can be had");
	/* The Chinese calendar of ICU is not the Vietnamese one: new years differ. */
	if (rule->rscale && strcasecmp(rule->rscale, "GREGORIAN") != 0)
		return error_set(err, ERROR_INVALID, "no other calendar: RSCALE=%s",
				 rule->rscale);
	return 0;
}

static icaltimezone *find_zone(const char *name)
{
	/* Names only: libical would also read a path. */
	if (*name == '/' || strstr(name, ".."))
		return NULL;
	if (strcmp(name, "UTC") == 0)
		return icaltimezone_get_utc_timezone();
	return icaltimezone_get_builtin_timezone(name);
}

int recurrence_knows_zone(const char *name)
{
	return find_zone(name) != NULL;
}

static void forget_rule(struct icalrecurrencetype *rule)
{
	if (rule->rscale)
		free(rule->rscale);
	rule->rscale = NULL;
}

struct walk {
	struct icalrecurrencetype rule;
	icaltimezone *zone;
	icalrecur_iterator *iterator;
};

static int walk_begin(struct walk *walk, const struct recurrence *recurrence,
		      struct error *err)
{
	struct icaltimetype start;

	*walk = (struct walk){ .zone = find_zone(recurrence->zone) };
	if (!walk->zone)
		return error_set(err, ERROR_INVALID,
				 "there is no time zone \"%s\" (like Asia/Ho_Chi_Minh)",
				 recurrence->zone);
	if (read_start(recurrence->start, &start) != 0)
		return error_set(err, ERROR_INVALID,
				 "\"%s\" is no local time, like 2026-01-31T08:00:00",
				 recurrence->start);
	if (read_rule(recurrence->rule, &walk->rule, err) != 0)
		return -1;
	walk->iterator = icalrecur_iterator_new(walk->rule, start);
	if (!walk->iterator)
		return error_set(err, ERROR_INVALID, "\"%s\" never comes true",
				 recurrence->rule);
	return 0;
}

static void walk_end(struct walk *walk)
{
	if (walk->iterator)
		icalrecur_iterator_free(walk->iterator);
	forget_rule(&walk->rule);
}

/* 0 at the end of the rule. */
static int walk_on(struct walk *walk, const struct recurrence *recurrence,
		   struct recurrence_run *run)
{
	struct icaltimetype time = icalrecur_iterator_next(walk->iterator);
	int64_t seconds;

	if (icaltime_is_null_time(time) || time.year > 2199)
		return 0;
	run->day = period_day(time.year, time.month, time.day);
	seconds = time.hour * 3600 + time.minute * 60 + time.second;
	run->at = moment_of(walk->zone,
			    (int64_t)shifted(recurrence, run->day) * DAY + seconds);
	return 1;
}

int recurrence_next(const struct recurrence *recurrence, int64_t after,
		    struct recurrence_run *runs, size_t most, size_t *count,
		    struct error *err)
{
	struct recurrence_run run;
	struct walk walk;
	int status = walk_begin(&walk, recurrence, err);

	*count = 0;
	for (int i = 0; status == 0 && i < STEPS_MAX; i++) {
		if (!walk_on(&walk, recurrence, &run))
			break;
		if (run.at <= after)
			continue;
		if (*count > 0 && runs[*count - 1].at == run.at) {
			runs[*count - 1] = run;
			continue;
		}
		/* One more is looked at: it might fall onto the last. */
		if (*count == most)
			break;
		runs[(*count)++] = run;
	}
	walk_end(&walk);
	return status;
}

int recurrence_check(const struct recurrence *recurrence, struct error *err)
{
	struct recurrence_run run;
	size_t count;

	if (recurrence_next(recurrence, INT64_MIN, &run, 1, &count, err) != 0)
		return -1;
	if (count == 0)
		return error_set(err, ERROR_INVALID, "\"%s\" never comes true",
				 recurrence->rule);
	return 0;
}

const char *recurrence_covers(const char *text)
{
	struct icalrecurrencetype rule;
	struct error ignored;
	const char *covers = "day";

	if (read_rule(text, &rule, &ignored) != 0)
		return covers;
	if (rule.freq == ICAL_YEARLY_RECURRENCE)
		covers = "year";
	else if (rule.freq == ICAL_MONTHLY_RECURRENCE)
		covers = rule.interval == 3        ? "quarter"
			 : rule.interval == 6      ? "half"
			 : rule.interval % 12 == 0 ? "year"
						   : "month";
	else if (rule.freq == ICAL_WEEKLY_RECURRENCE)
		covers = "week";
	forget_rule(&rule);
	return covers;
}
