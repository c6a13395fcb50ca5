/* period.h -- spans of local days: 2020, 2020-H1, 2020-Q3, 2020-09, 2020-W23,
 * 2020-06-30, and those of the reporting calendar of Decree 09/2019/ND-CP
 * (Article 12): ND09-2020, ND09-2020-H1, ND09-2020-Q3, ND09-2020-09, whose year
 * runs from 15 December to 14 December and whose month from the 15th to the 14th.
 *
 * Days are proleptic Gregorian days in Asia/Ho_Chi_Minh, counted from
 * 1970-01-01.  A period is half-open: first <= day < end. */
#ifndef BASE_PERIOD_H
#define BASE_PERIOD_H

#include <stddef.h>

#include "base/error.h"

enum period_kind {
	PERIOD_YEAR,
	PERIOD_HALF,
	PERIOD_QUARTER,
	PERIOD_MONTH,
	PERIOD_WEEK,
	PERIOD_DAY
};

struct period {
	char code[20]; /* canonical: "ND09-2020-Q3" */
	enum period_kind kind;
	int nd09;   /* 1: the calendar of Decree 09/2019 */
	int year;   /* of the calendar (ISO year for weeks) */
	int number; /* half, quarter, month or week within the year; else 0 */
	long first; /* day number of the first day */
	long end;   /* day number after the last day */
};

/* Years 1900 to 2199.  ERROR_INVALID says what a period looks like. */
int period_parse(struct period *period, const char *code, struct error *err);
/* The same kind of period, STEPS later (earlier if negative). */
void period_shift(struct period *result, const struct period *period, int steps);

long period_day(int year, int month, int day);                /* any valid date */
void period_date(long day, int *year, int *month, int *date); /* the reverse */
int period_days_in_month(int year, int month);
void period_print_day(long day, char buffer[11]); /* "2020-06-30" */

#endif
