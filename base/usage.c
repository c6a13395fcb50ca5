/* usage.c -- what is said to whoever mistyped a command. */
#include "base/usage.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"

/* ---- Which one was meant ------------------------------------------------ */

static int least(int a, int b)
{
	return a < b ? a : b;
}

/* How many letters were left out, added, changed or swapped with the next one. */
static int distance(const char *a, const char *b)
{
	int rows[3][USAGE_NAME + 1] = { { 0 } };
	size_t length = strlen(b);

	for (size_t j = 0; j <= length; j++)
		rows[0][j] = (int)j;
	for (size_t i = 1; a[i - 1]; i++) {
		int *row = rows[i % 3];
		const int *above = rows[(i - 1) % 3], *twice = rows[(i + 1) % 3];

		row[0] = (int)i;
		for (size_t j = 1; j <= length; j++) {
			row[j] = least(above[j - 1] + (a[i - 1] != b[j - 1]),
				       least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				row[j] = least(row[j], twice[j - 2] + 1);
		}
	}
	return rows[strlen(a) % 3][length];
}

/* Whatever is further away was something else. */
static int farthest(const char *typed)
{
	int letters = (int)strlen(typed);

	return letters < 3 ? 1 : (letters + 1) / 3;
}

int usage_find_nearest(const char *typed, const char *ones, char nearest[USAGE_NAME + 1])
{
	int best = farthest(typed) + 1;

	*nearest = '\0';
	if (strlen(typed) > USAGE_NAME)
		return 0;
	for (size_t length; *ones; ones += length + strspn(ones + length, " ")) {
		char one[USAGE_NAME + 1] = "";
		int away;

		length = strcspn(ones, " ");
		if (length > USAGE_NAME)
			continue;
		memcpy(one, ones, length);
		away = distance(typed, one);
		if (away >= best)
			continue;
		best = away;
		strcpy(nearest, one);
	}
	return *nearest != '\0';
}

/* ---- What is said ------------------------------------------------------- */

void usage_no_such(const char *what, const char *value, const char *ones)
{
	char nearest[USAGE_NAME + 1];
	struct text list = { 0 };

	if (usage_find_nearest(value, ones, nearest)) {
		log_line("nq17", "no %s \"%s\"; did you mean \"%s\"?", what, value,
			 nearest);
		return;
	}
	for (size_t length; *ones; ones += length + strspn(ones + length, " ")) {
		length = strcspn(ones, " ");
		text_add(&list, list.length > 0 ? ", " : "");
		text_add_bytes(&list, ones, length);
	}
	log_line("nq17", "no %s \"%s\"; there are: %s", what, value, text_string(&list));
	text_free(&list);
}

void usage_no_row(const char *what, const char *value, const void *table, size_t count,
		  size_t size)
{
	struct text names = { 0 };

	for (size_t i = 0; i < count; i++)
		text_addf(&names, "%s%s", i ? " " : "",
			  *(const char *const *)((const char *)table + i * size));
	if (!value || value[0] == '-')
		usage_say("which %s?  There are: %s", what, text_string(&names));
	else
		usage_no_such(what, value, text_string(&names));
	text_free(&names);
}

int usage_say(const char *format, ...)
{
	struct text line = { 0 };
	va_list values;

	va_start(values, format);
	text_addv(&line, format, values);
	va_end(values);
	log_line("nq17", "%s", text_string(&line));
	text_free(&line);
	return 0;
}

int usage_is_whole(int argc, char **argv)
{
	return optind == argc || usage_say("what is \"%s\"?", argv[optind]);
}

/* The option as it was typed, without its value. */
static void add_typed(struct text *out, char **argv)
{
	const char *typed = argv[optind - 1] ? argv[optind - 1] : "";

	text_add_bytes(out, typed, strcspn(typed, "="));
}

static const struct option *option_of(const struct option *options, int letter)
{
	while (options->name && (options->val != letter || options->flag))
		options++;
	return options->name ? options : NULL;
}

/* The options that begin with TYPED, or all of them where it is NULL. */
static int gather(const struct option *options, const char *typed, const char *before,
		  struct text *out)
{
	int count = 0;

	for (; options->name; options++) {
		if (typed && strncmp(options->name, typed, strlen(typed)) != 0)
			continue;
		text_addf(out, "%s%s%s", count++ ? " " : "", before, options->name);
	}
	return count;
}

static void refuse_name(const char *typed, const struct option *options)
{
	struct text ones = { 0 }, prefixed = { 0 };
	char nearest[USAGE_NAME + 1];

	gather(options, NULL, "", &ones);
	if (gather(options, typed, "--", &prefixed) > 1)
		log_line("nq17", "--%s may be one of: %s", typed, text_string(&prefixed));
	else if (usage_find_nearest(typed, text_string(&ones), nearest))
		log_line("nq17", "there is no option --%s; did you mean --%s?", typed,
			 nearest);
	else
		log_line("nq17", "there is no option --%s", typed);
	text_free(&ones);
	text_free(&prefixed);
}

int usage_next_option(int argc, char **argv, const struct option *options, int *index)
{
	struct text typed = { 0 };
	int option;

	opterr = 0;
	option = getopt_long(argc, argv, ":h", options, index);
	if (option != '?' && option != ':')
		return option;
	add_typed(&typed, argv);
	if (option == ':')
		log_line("nq17", "%s wants a value", text_string(&typed));
	else if (strncmp(text_string(&typed), "--", 2) != 0)
		log_line("nq17", "there is no option -%c", optopt);
	else if (optopt && option_of(options, optopt))
		log_line("nq17", "%s takes no value", text_string(&typed));
	else
		refuse_name(text_string(&typed) + 2, options);
	text_free(&typed);
	return '?';
}

int usage_refuse(const char *usage)
{
	const char *end = strstr(usage, "\n\n");
	const int length = end ? (int)(end - usage) + 1 : (int)strlen(usage);
	char name[USAGE_NAME + 1];

	fprintf(stderr, "%.*s", length, usage);
	if (usage[length] && sscanf(usage, "usage: nq17 %40[a-z]", name) == 1)
		fprintf(stderr, "`nq17 %s --help` says more.\n", name);
	return 2;
}
