/* rule_words.c -- a recurrence rule in words. */
#include "delivery/rule_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/period.h"
#include "reports/reports.h"

enum { MOST = 31, TIMES_MOST = 6 };

enum frequency { DAILY, WEEKLY, MONTHLY, YEARLY, FREQUENCIES };

struct numbers {
	int items[MOST];
	size_t count;
};

struct rule {
	enum frequency frequency;
	int interval, times; /* times: 0, no end */
	char until[32];
	struct numbers months, month_days, positions, hours, minutes;
	struct numbers weekdays;            /* 1 is Monday */
	struct numbers ordinals;            /* of the weekdays: 0, all of them */
	int year, month, day, hour, minute; /* of the start */
};

/* ---- Reading ------------------------------------------------------------- */

static int add_number(struct numbers *list, long value)
{
	if (list->count == MOST)
		return -1;
	list->items[list->count++] = (int)value;
	return 0;
}

/* "1,-1": each within LOW..HIGH, or its negative where NEGATIVES are taken. */
static int read_numbers(const char *value, long low, long high, int negatives,
			struct numbers *list)
{
	char *end = NULL;

	do {
		long number = strtol(value, &end, 10);
		long size = negatives ? labs(number) : number;

		if (end == value || (*end && *end != ',') || size < low || size > high ||
		    add_number(list, number) != 0)
			return -1;
		value = end + 1;
	} while (*end);
	return 0;
}

/* "MO,-1FR" */
static int read_weekdays(const char *value, struct rule *rule)
{
	static const char names[] = "MOTUWETHFRSASU";

	for (;; value++) {
		char *end;
		long ordinal = strtol(value, &end, 10);
		size_t at = 0;

		while (at < 14 && strncasecmp(end, names + at, 2) != 0)
			at += 2;
		if (at == 14 || labs(ordinal) > 53 ||
		    add_number(&rule->weekdays, (long)at / 2 + 1) != 0 ||
		    add_number(&rule->ordinals, ordinal) != 0)
			return -1;
		value = end + 2;
		if (*value != ',')
			return *value ? -1 : 0;
	}
}

static int read_frequency(const char *value, struct rule *rule)
{
	static const char *const names[] = { "DAILY", "WEEKLY", "MONTHLY", "YEARLY" };

	for (int i = 0; i < FREQUENCIES; i++)
		if (strcasecmp(value, names[i]) == 0) {
			rule->frequency = (enum frequency)i;
			return 0;
		}
	return -1;
}

static int read_single(const char *value, int *number)
{
	struct numbers list = { .count = 0 };

	if (read_numbers(value, 1, 10000, 0, &list) != 0 || list.count != 1)
		return -1;
	*number = list.items[0];
	return 0;
}

static int read_part(const char *name, const char *value, struct rule *rule)
{
	const struct {
		const char *name;
		long low, high;
		int negatives;
		struct numbers *list;
	} lists[] = {
		{ "BYMONTH", 1, 12, 0, &rule->months },
		{ "BYMONTHDAY", 1, 31, 1, &rule->month_days },
		{ "BYSETPOS", 1, 366, 1, &rule->positions },
		{ "BYHOUR", 0, 23, 0, &rule->hours },
		{ "BYMINUTE", 0, 59, 0, &rule->minutes },
	};

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (strcasecmp(name, lists[i].name) == 0)
			return read_numbers(value, lists[i].low, lists[i].high,
					    lists[i].negatives, lists[i].list);
	if (strcasecmp(name, "FREQ") == 0)
		return read_frequency(value, rule);
	if (strcasecmp(name, "BYDAY") == 0)
		return read_weekdays(value, rule);
	if (strcasecmp(name, "INTERVAL") == 0)
		return read_single(value, &rule->interval);
	if (strcasecmp(name, "COUNT") == 0)
		return read_single(value, &rule->times);
	if (strcasecmp(name, "UNTIL") == 0 && strlen(value) < sizeof rule->until) {
		strcpy(rule->until, value);
		return 0;
	}
	/* Where a week begins says something only where weeks are left out. */
	if (strcasecmp(name, "WKST") == 0)
		return strcasecmp(value, "MO") == 0 ? 0 : -1;
	return -1;
}

static int read_rule(const char *text, const char *start, struct rule *rule)
{
	char *copy = memory_copy(text), *rest = copy, *part;
	int status = 0;

	*rule = (struct rule){ .frequency = FREQUENCIES, .interval = 1 };
	while (status == 0 && (part = strsep(&rest, ";")) != NULL) {
		char *value = strchr(part, '=');

		if (value)
			*value++ = '\0';
		status = value ? read_part(part, value, rule) : *part ? -1 : 0;
	}
	free(copy);
	if (sscanf(start, "%4d-%2d-%2dT%2d:%2d", &rule->year, &rule->month, &rule->day,
		   &rule->hour, &rule->minute) != 5)
		return -1;
	return rule->frequency == FREQUENCIES ? -1 : status;
}

/* ---- What can be said ------------------------------------------------------ */

static int has_ordinals(const struct rule *rule)
{
	for (size_t i = 0; i < rule->ordinals.count; i++)
		if (rule->ordinals.items[i] != 0)
			return 1;
	return 0;
}

/* Days counted from the beginning or the end: the first to the fifth, or the last. */
static int are_near(const struct numbers *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i] > 5 || list->items[i] < -1 || list->items[i] == 0)
			return 0;
	return 1;
}

/* Ordinals and positions count weekdays alone, and few of them are words. */
static int are_positions_sayable(const struct rule *rule)
{
	int is_counted = has_ordinals(rule);

	if (!is_counted && !rule->positions.count)
		return 1;
	if (rule->frequency < MONTHLY || rule->month_days.count || !rule->weekdays.count)
		return 0;
	if (is_counted)
		return !rule->positions.count && are_near(&rule->ordinals);
	/* Of a year it is one in the year, not in each of its months. */
	return are_near(&rule->positions) &&
	       (rule->frequency == MONTHLY || rule->months.count < 2);
}

static int is_sayable(const struct rule *rule)
{
	int is_each_weekday = rule->weekdays.count && !rule->month_days.count &&
			      !rule->positions.count && !has_ordinals(rule);
	size_t times = (rule->hours.count ? rule->hours.count : 1) *
		       (rule->minutes.count ? rule->minutes.count : 1);

	if (times > TIMES_MOST || !are_positions_sayable(rule) ||
	    (rule->frequency == WEEKLY && rule->month_days.count))
		return 0;
	if (rule->interval == 1)
		return 1;
	switch (rule->frequency) {
	case DAILY:
		return !rule->month_days.count && !rule->weekdays.count &&
		       !rule->months.count;
	case WEEKLY:
		return !rule->months.count;
	case MONTHLY:
		return !rule->months.count && !is_each_weekday;
	default:
		return (rule->months.count || !rule->month_days.count) &&
		       !is_each_weekday;
	}
}

/* "Each month on Mondays" is each week: what is said is the frequency that the days have,
 * whichever the rule is written with. */
static void settle_frequency(struct rule *rule)
{
	if (rule->interval > 1)
		return;
	if (rule->month_days.count)
		rule->frequency = rule->months.count ? YEARLY : MONTHLY;
	else if (rule->weekdays.count && !rule->positions.count && !has_ordinals(rule))
		rule->frequency = WEEKLY;
	else if (rule->frequency == MONTHLY && rule->months.count)
		rule->frequency = YEARLY;
}

/* ---- Saying it ------------------------------------------------------------- */

struct speech {
	struct text *out;
	const char *language;
};

static void say(const struct speech *speech, const char *vi, const char *en)
{
	text_add(speech->out, format_choose(speech->language, vi, en));
}

/* Between the items of a list: before item I of COUNT. */
static void say_joint(const struct speech *speech, size_t i, size_t count, int is_either)
{
	if (i == 0)
		return;
	if (i + 1 < count)
		text_add(speech->out, ", ");
	else if (is_either)
		say(speech, " hoặc ", " or ");
	else
		say(speech, " và ", " and ");
}

static void say_weekday(const struct speech *speech, int weekday)
{
	static const char *const vi[] = { "thứ Hai", "thứ Ba",  "thứ Tư",  "thứ Năm",
					  "thứ Sáu", "thứ Bảy", "Chủ nhật" };
	static const char *const en[] = { "Monday", "Tuesday",  "Wednesday", "Thursday",
					  "Friday", "Saturday", "Sunday" };

	say(speech, vi[weekday - 1], en[weekday - 1]);
}

/* A set of weekdays as bits, Monday the lowest. */
static unsigned set_of(const struct numbers *weekdays)
{
	unsigned set = 0;

	for (size_t i = 0; i < weekdays->count; i++)
		set |= 1U << (weekdays->items[i] - 1);
	return set;
}

enum { WORKDAYS = 0x1F, WHOLE_WEEK = 0x7F };

static void say_weekdays(const struct speech *speech, const struct numbers *weekdays,
			 int is_either)
{
	unsigned set = set_of(weekdays);
	size_t count = 0, said = 0;

	for (int day = 1; day <= 7; day++)
		count += set >> (day - 1) & 1;
	if (set == WORKDAYS) {
		say(speech, "các ngày từ thứ Hai đến thứ Sáu",
		    "weekdays (Monday to Friday)");
		return;
	}
	for (int day = 1; day <= 7; day++)
		if (set >> (day - 1) & 1) {
			say_joint(speech, said++, count, is_either);
			say_weekday(speech, day);
		}
}

/* What is counted: "Monday", "Monday or Tuesday". */
static void say_counted(const struct speech *speech, const struct numbers *weekdays)
{
	unsigned set = set_of(weekdays);

	if (set == WHOLE_WEEK)
		say(speech, "ngày", "day");
	else if (set == WORKDAYS)
		say(speech, "ngày trong tuần (thứ Hai đến thứ Sáu)",
		    "weekday (Monday to Friday)");
	else
		say_weekdays(speech, weekdays, 1);
}

/* "the first Monday", "thứ Hai đầu tiên" */
static void say_nth(const struct speech *speech, int nth, const struct numbers *weekdays)
{
	static const char *const english[] = { "first", "second", "third", "fourth",
					       "fifth" };
	int is_english = *format_choose(speech->language, "", "e") != '\0';

	if (is_english)
		text_addf(speech->out, "the %s ", nth < 0 ? "last" : english[nth - 1]);
	say_counted(speech, weekdays);
	if (is_english)
		return;
	if (nth == 1 || nth == -1)
		text_add(speech->out, nth == 1 ? " đầu tiên" : " cuối cùng");
	else
		text_addf(speech->out, " lần thứ %d", nth);
}

static void say_months(const struct speech *speech, const struct numbers *months)
{
	static const char *const en[] = {
		"January", "February", "March",     "April",   "May",      "June",
		"July",    "August",   "September", "October", "November", "December"
	};
	int is_english = *format_choose(speech->language, "", "e") != '\0';

	for (size_t i = 0; i < months->count; i++) {
		say_joint(speech, i, months->count, 0);
		if (is_english)
			text_add(speech->out, en[months->items[i] - 1]);
		else
			text_addf(speech->out, "tháng %d", months->items[i]);
	}
}

/* Whose days they are: of the month, of the year, of January. */
static void say_whose(const struct speech *speech, const struct rule *rule)
{
	if (rule->months.count) {
		say(speech, " của ", " of ");
		say_months(speech, &rule->months);
	} else if (rule->frequency == YEARLY) {
		say(speech, " của năm", " of the year");
	} else {
		say(speech, " của tháng", " of the month");
	}
}

static void say_month_day(const struct speech *speech, int day, int has_months)
{
	if (day > 0) {
		text_addf(speech->out,
			  format_choose(speech->language, "ngày %d", "day %d"), day);
	} else if (day == -1) {
		say(speech, has_months ? "ngày cuối" : "ngày cuối tháng", "the last day");
	} else {
		text_addf(speech->out,
			  format_choose(speech->language,
					has_months ? "ngày thứ %d từ cuối"
						   : "ngày thứ %d từ cuối tháng",
					"day %d from the end"),
			  -day);
	}
}

/* Some month of the rule has no such day. */
static int is_missing_somewhere(int day, const struct numbers *months)
{
	int size = abs(day);

	for (size_t i = 0; i < months->count; i++)
		if (size > period_days_in_month(2001, months->items[i]))
			return 1;
	return months->count == 0 && size > 28;
}

static void say_month_days(const struct speech *speech, const struct rule *rule,
			   const struct numbers *days, const struct numbers *months)
{
	int is_missing = 0;

	for (size_t i = 0; i < days->count; i++) {
		say_joint(speech, i, days->count, 0);
		say_month_day(speech, days->items[i], months->count > 0);
		is_missing |= is_missing_somewhere(days->items[i], months);
	}
	if (months->count) {
		say(speech, " ", " of ");
		say_months(speech, months);
	}
	if (is_missing)
		say(speech, " (bỏ qua khi không có ngày này)",
		    " (passed over where there is no such day)");
	if (rule->weekdays.count) {
		say(speech, ", nếu là ", ", if it is a ");
		say_counted(speech, &rule->weekdays);
	}
}

/* Days that are counted within a month or a year. */
static void say_positions(const struct speech *speech, const struct rule *rule)
{
	const struct numbers *nths =
		rule->positions.count ? &rule->positions : &rule->ordinals;

	for (size_t i = 0; i < nths->count; i++) {
		const struct numbers one = { { rule->weekdays.items[i % MOST] }, 1 };

		say_joint(speech, i, nths->count, 0);
		say_nth(speech, nths->items[i],
			rule->positions.count ? &rule->weekdays : &one);
	}
	say_whose(speech, rule);
}

/* The day that the rule leaves to its start. */
static void say_start_day(const struct speech *speech, const struct rule *rule)
{
	struct numbers day = { { rule->day }, 1 }, month = { { rule->month }, 1 };

	if (rule->frequency == YEARLY && !rule->months.count)
		say_month_days(speech, rule, &day, &month);
	else
		say_month_days(speech, rule, &day, &rule->months);
}

static void say_within_months(const struct speech *speech, const struct rule *rule)
{
	if (!rule->months.count)
		return;
	say(speech, " trong ", " in ");
	say_months(speech, &rule->months);
}

static void say_days_of_week(const struct speech *speech, const struct rule *rule)
{
	long day = period_day(rule->year, rule->month, rule->day);
	struct numbers start = { { (int)((day + 3) % 7) + 1 }, 1 };

	say_weekdays(speech, rule->weekdays.count ? &rule->weekdays : &start, 0);
	say_within_months(speech, rule);
}

/* On which days; nothing where it is each. */
static void say_days(const struct speech *speech, const struct rule *rule)
{
	if (rule->frequency == DAILY) {
		say_within_months(speech, rule);
		return;
	}
	if (rule->interval > 1)
		text_add(speech->out, ",");
	say(speech, " vào ", " on ");
	if (rule->frequency == WEEKLY)
		say_days_of_week(speech, rule);
	else if (rule->month_days.count)
		say_month_days(speech, rule, &rule->month_days, &rule->months);
	else if (rule->weekdays.count)
		say_positions(speech, rule);
	else
		say_start_day(speech, rule);
}

static void say_frequency(const struct speech *speech, const struct rule *rule)
{
	static const char *const vi[] = { "ngày", "tuần", "tháng", "năm" };
	static const char *const en[] = { "day", "week", "month", "year" };
	const char *unit =
		format_choose(speech->language, vi[rule->frequency], en[rule->frequency]);

	if (rule->interval == 1)
		text_addf(speech->out,
			  format_choose(speech->language, "Mỗi %s", "Every %s"), unit);
	else
		text_addf(
			speech->out,
			format_choose(speech->language, "%d %s một lần", "Every %d %ss"),
			rule->interval, unit);
}

static void say_times(const struct speech *speech, const struct rule *rule)
{
	const struct numbers start_hour = { { rule->hour }, 1 },
			     start_minute = { { rule->minute }, 1 };
	const struct numbers *hours = rule->hours.count ? &rule->hours : &start_hour;
	const struct numbers *minutes =
		rule->minutes.count ? &rule->minutes : &start_minute;
	size_t count = hours->count * minutes->count;

	say(speech, ", lúc ", ", at ");
	for (size_t i = 0; i < count; i++) {
		say_joint(speech, i, count, 0);
		text_addf(speech->out, "%02d:%02d", hours->items[i / minutes->count],
			  minutes->items[i % minutes->count]);
	}
}

/* "20271231", "20271231T170000", "20271231T100000Z"; -1: it is none of them. */
static int say_until(const struct speech *speech, const char *until)
{
	int year, month, day, hour = -1, minute, end = 0;
	char date[16];

	if (sscanf(until, "%4d%2d%2d%n", &year, &month, &day, &end) != 3 || end != 8)
		return -1;
	if (until[8] && sscanf(until + 8, "T%2d%2d", &hour, &minute) != 2)
		return -1;
	snprintf(date, sizeof date, "%04d-%02d-%02d", year % 10000, month % 100,
		 day % 100);
	say(speech, ", đến ", ", until ");
	if (hour >= 0)
		text_addf(speech->out,
			  format_choose(speech->language, "%02d:%02d ngày ",
					"%02d:%02d on "),
			  hour, minute);
	else
		say(speech, "hết ngày ", "");
	format_add_date(speech->out, speech->language, date);
	if (until[8] && until[strlen(until) - 1] == 'Z')
		text_add(speech->out, " (UTC)");
	return 0;
}

int rule_words_add(struct text *out, const char *text, const char *start,
		   const char *language)
{
	struct text said = { 0 };
	const struct speech speech = { &said, language };
	struct rule rule;
	int status;

	if (read_rule(text, start, &rule) != 0 || !is_sayable(&rule))
		return -1;
	settle_frequency(&rule);
	say_frequency(&speech, &rule);
	say_days(&speech, &rule);
	say_times(&speech, &rule);
	if (rule.times) {
		text_addf(&said, ", %d ", rule.times);
		say(&speech, "lần", rule.times == 1 ? "time" : "times");
	}
	status = *rule.until ? say_until(&speech, rule.until) : 0;
	if (status == 0)
		text_add(out, text_string(&said));
	text_free(&said);
	return status;
}
