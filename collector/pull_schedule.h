/* pull_schedule.h -- when a source is asked for which days: pure arithmetic.
 *
 * A source is asked window by window: FIRST_DAY, and WINDOW_DAYS after it, and so on.  A
 * window is due when it has ended and the lateness has passed.  Moments are seconds
 * since 1970 (UTC), days are those of base/period.h. */
#ifndef COLLECTOR_PULL_SCHEDULE_H
#define COLLECTOR_PULL_SCHEDULE_H

#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

struct pull_schedule {
	long first_day;
	int window_days;
	int lateness_hours;
};

/* The first day of the newest window that is due at NOW; 0 if there is none yet. */
int pull_schedule_newest(const struct pull_schedule *schedule, int64_t now, long *day);

/* Seconds to wait after so many failures in a row (1 or more): twice as long each time,
 * up to six hours, give or take a fifth by CHANCE (any number), and never less than the
 * server asked for (0: it did not), which is believed up to a day. */
int64_t pull_schedule_delay(int failures, uint32_t chance, int64_t asked_for);

/* The address for the window that begins on DAY: {from} and {to} are its first and last
 * day, {next} is the day after it.  Another word in braces is ERROR_INVALID. */
int pull_schedule_address(struct text *out, const char *url, long day, int window_days,
			  struct error *err);

/* "P1D", "P2W", "PT6H", "P1DT12H" as hours; -1 if it is nothing like that or longer than
 * a year. */
int pull_schedule_hours(const char *duration);

#endif
