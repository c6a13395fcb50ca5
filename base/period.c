/* period.c -- spans of local days, by name, in both calendars. */
#include "base/period.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FIRST_YEAR = 1900,
	LAST_YEAR = 2199,
	THURSDAY = 3,   /* days after Monday */
	ND09_LEAD = 14, /* days by which a day of the reporting calendar runs ahead */
};

/* ---- Days --------------------------------------------------------------- */

static int is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int period_days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (month < 1 || month > 12)
		BUG("month %d", month);
	return days[month - 1] + (month == 2 && is_leap(year));
}

static long floor_divide(long a, long b)
{
	return a / b - (a % b < 0);
}

/* Counts from 1 March of the year 0: the leap day is then the last of its year,
 * and the months before any month are (153 * month + 2) / 5 days long. */
long period_day(int year, int month, int day)
{
	long y = month > 2 ? year : year - 1L;
	long era = floor_divide(y, 400);
	long in_era = y - era * 400;
	long in_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

void period_date(long day, int *year, int *month, int *date)
{
	long era = floor_divide(day + 719468, 146097);
	long in_era = day + 719468 - era * 146097;
	long y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	long in_year = in_era - (365 * y + y / 4 - y / 100);
	long m = (5 * in_year + 2) / 153;

	*date = (int)(in_year - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = (int)(y + era * 400 + (*month <= 2));
}

void period_print_day(long day, char buffer[11])
{
	char printed[40];
	int year, month, date;

	period_date(day, &year, &month, &date);
	snprintf(printed, sizeof printed, "%04d-%02d-%02d", year, month, date);
	memcpy(buffer, printed, 10);
	buffer[10] = '\0';
}

/* 0 for Monday to 6; 1970-01-01 was a Thursday. */
static long weekday(long day)
{
	return day + THURSDAY - 7 * floor_divide(day + THURSDAY, 7);
}

/* Monday of the week that holds the year's first Thursday (ISO 8601). */
static long first_monday(int year)
{
	long fourth = period_day(year, 1, 4);

	return fourth - weekday(fourth);
}

static int weeks_in(int year)
{
	return (int)((first_monday(year + 1) - first_monday(year)) / 7);
}

/* ---- Periods of months -------------------------------------------------- */

/* How many months a kind has, and how its number is printed; weeks and days are
 * no sums of months. */
static const struct {
	int months;
	const char *format;
} kinds[] = {
	[PERIOD_YEAR] = { 12, "" },       [PERIOD_HALF] = { 6, "-H%d" },
	[PERIOD_QUARTER] = { 3, "-Q%d" }, [PERIOD_MONTH] = { 1, "-%02d" },
	[PERIOD_WEEK] = { 0, "-W%02d" },  [PERIOD_DAY] = { 0, "" },
};

/* First day of the month COUNT months after January of the year 0. */
static long month_start(int count)
{
	return period_day(count / 12, count % 12 + 1, 1);
}

static void fill(struct period *period)
{
	int months = kinds[period->kind].months;
	int start =
		period->year * 12 + (period->number ? period->number - 1 : 0) * months;
	char number[16] = "", code[64];

	if (period->kind == PERIOD_DAY) {
		period_print_day(period->first, period->code);
		period->end = period->first + 1;
		return;
	}
	if (period->kind == PERIOD_WEEK) {
		period->first = first_monday(period->year) + 7L * (period->number - 1);
		period->end = period->first + 7;
	} else if (period->nd09) {
		/* From the 15th of the month before to the 14th. */
		period->first = month_start(start - 1) + ND09_LEAD;
		period->end = month_start(start - 1 + months) + ND09_LEAD;
	} else {
		period->first = month_start(start);
		period->end = month_start(start + months);
	}
	if (period->number)
		snprintf(number, sizeof number, kinds[period->kind].format,
			 period->number);
	snprintf(code, sizeof code, "%s%04d%s", period->nd09 ? "ND09-" : "", period->year,
		 number);
	memcpy(period->code, code, sizeof period->code - 1);
	period->code[sizeof period->code - 1] = '\0';
}

/* ---- Names -------------------------------------------------------------- */

/* LENGTH digits at *AT as a number, and *AT behind them; -1 if they are not. */
static int digits(const char **at, int length)
{
	int value = 0;

	for (int i = 0; i < length; i++) {
		char c = (*at)[i];

		if (c < '0' || c > '9')
			return -1;
		value = value * 10 + (c - '0');
	}
	*at += length;
	return value;
}

/* What stands behind the year; -1 if it is nothing of ours. */
static int parse_number(struct period *period, const char **at)
{
	static const struct {
		char letter;
		enum period_kind kind;
		int digits, most;
	} forms[] = { { 'H', PERIOD_HALF, 1, 2 },
		      { 'Q', PERIOD_QUARTER, 1, 4 },
		      { 'W', PERIOD_WEEK, 2, 53 } };

	period->kind = PERIOD_MONTH;
	if (**at == '\0') {
		period->kind = PERIOD_YEAR;
		return 0;
	}
	if (*(*at)++ != '-')
		return -1;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		if (**at != forms[i].letter)
			continue;
		(*at)++;
		period->kind = forms[i].kind;
		period->number = digits(at, forms[i].digits);
		return period->number >= 1 && period->number <= forms[i].most ? 0 : -1;
	}
	period->number = digits(at, 2);
	return period->number >= 1 && period->number <= 12 ? 0 : -1;
}

static int parse_day(struct period *period, const char **at)
{
	int date;

	(*at)++;
	date = digits(at, 2);
	if (period->kind != PERIOD_MONTH || date < 1 ||
	    date > period_days_in_month(period->year, period->number))
		return -1;
	period->kind = PERIOD_DAY;
	period->first = period_day(period->year, period->number, date);
	period->number = 0;
	return 0;
}

static int parse(struct period *period, const char *at)
{
	if (strncmp(at, "ND09-", 5) == 0) {
		period->nd09 = 1;
		at += 5;
	}
	period->year = digits(&at, 4);
	if (period->year < FIRST_YEAR || period->year > LAST_YEAR ||
	    parse_number(period, &at) != 0 || (*at == '-' && parse_day(period, &at) != 0))
		return -1;
	if (period->kind == PERIOD_WEEK && period->number > weeks_in(period->year))
		return -1;
	if (period->nd09 && (period->kind == PERIOD_WEEK || period->kind == PERIOD_DAY))
		return -1;
	return *at == '\0' ? 0 : -1;
}

int period_parse(struct period *period, const char *code, struct error *err)
{
	*period = (struct period){ 0 };
	if (parse(period, code) != 0)
		return error_set(
			err, ERROR_INVALID,
			"\"%s\" is not a period; one is 2020, 2020-H1, 2020-Q3, "
			"2020-09, 2020-W23 or 2020-06-30, or in the calendar of "
			"Decree 09/2019 ND09-2020, ND09-2020-H1, ND09-2020-Q3 or "
			"ND09-2020-09",
			code);
	fill(period);
	return 0;
}

/* ---- Shifting ----------------------------------------------------------- */

static void shift_week(struct period *period, int steps)
{
	long thursday = period->first + 7L * steps + THURSDAY;
	int month, date;

	period_date(thursday, &period->year, &month, &date);
	period->number = (int)((thursday - first_monday(period->year)) / 7) + 1;
}

void period_shift(struct period *result, const struct period *period, int steps)
{
	int months = kinds[period->kind].months, month, date;

	*result = *period;
	if (period->kind == PERIOD_DAY) {
		result->first += steps;
		period_date(result->first, &result->year, &month, &date);
	} else if (period->kind == PERIOD_WEEK) {
		shift_week(result, steps);
	} else {
		int in_year = 12 / months;
		int count = period->year * in_year +
			    (period->number ? period->number - 1 : 0) + steps;

		result->year = count / in_year;
		result->number = period->number ? count % in_year + 1 : 0;
	}
	fill(result);
}
