/* rule_choice.c -- recurrence as the plain choices of a form, and back. */
#include "delivery/rule_choice.h"

#include <stdio.h>
#include <string.h>

static const char *const weekdays[] = { "MO", "TU", "WE", "TH", "FR", "SA", "SU" };

static const struct {
	const char *every, *covers;
	int months; /* of its length; 0: it has no day of the month */
} choices[] = {
	{ "day", "day", 0 },     { "workday", "day", 0 },     { "week", "week", 0 },
	{ "month", "month", 1 }, { "quarter", "quarter", 3 }, { "half", "half", 6 },
	{ "year", "year", 12 },
};

enum { CHOICES = sizeof choices / sizeof *choices };

static size_t find(const char *every)
{
	size_t i = 0;

	while (i < CHOICES && strcmp(choices[i].every, every) != 0)
		i++;
	return i;
}

const char *rule_choice_covers(const char *every)
{
	size_t i = find(every);

	return i < CHOICES ? choices[i].covers : NULL;
}

/* Named by their months, so that it does not matter where the rule is counted from. */
static int write_months(int length, const struct rule_choice *choice, struct text *out)
{
	if ((choice->day < 1 || choice->day > 28) && choice->day != -1)
		return -1;
	if (length == 1) {
		text_addf(out, "FREQ=MONTHLY;BYMONTHDAY=%d", choice->day);
		return 0;
	}
	if (choice->month < 1 || choice->month > length)
		return -1;
	text_add(out, "FREQ=YEARLY;BYMONTH=");
	for (int month = choice->month; month <= 12; month += length)
		text_addf(out, "%s%d", month > choice->month ? "," : "", month);
	text_addf(out, ";BYMONTHDAY=%d", choice->day);
	return 0;
}

int rule_choice_write(const struct rule_choice *choice, struct text *out)
{
	size_t i = find(choice->every);

	if (i == CHOICES)
		return -1;
	if (choices[i].months > 0)
		return write_months(choices[i].months, choice, out);
	if (strcmp(choice->every, "week") != 0) {
		text_add(out, strcmp(choice->every, "day") == 0
				      ? "FREQ=DAILY"
				      : "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR");
		return 0;
	}
	if (choice->weekday < 1 || choice->weekday > 7)
		return -1;
	text_addf(out, "FREQ=WEEKLY;BYDAY=%s", weekdays[choice->weekday - 1]);
	return 0;
}

/* Does CHOICE say exactly RULE? */
static int says(const struct rule_choice *choice, const char *rule)
{
	struct text written = { 0 };
	int is_same = rule_choice_write(choice, &written) == 0 &&
		      strcmp(text_string(&written), rule) == 0;

	text_free(&written);
	return is_same;
}

/* A guess at the numbers that RULE is made of; says() judges it. */
static void guess(const char *rule, struct rule_choice *choice)
{
	const char *day = strstr(rule, "BYMONTHDAY="), *month = strstr(rule, "BYMONTH=");
	const char *weekday = strstr(rule, "BYDAY=");

	if (day)
		sscanf(day, "BYMONTHDAY=%d", &choice->day);
	if (month)
		sscanf(month, "BYMONTH=%d", &choice->month);
	for (int i = 0; weekday && i < 7; i++)
		if (strncmp(weekday + strlen("BYDAY="), weekdays[i], 2) == 0)
			choice->weekday = i + 1;
}

void rule_choice_read(const char *rule, struct rule_choice *choice)
{
	static const struct rule_choice usual = { "rule", 1, 25, 1 };

	*choice = usual;
	guess(rule, choice);
	for (size_t i = 0; i < CHOICES; i++) {
		choice->every = choices[i].every;
		if (says(choice, rule))
			return;
	}
	*choice = usual;
}
