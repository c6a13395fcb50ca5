/* usage.h -- what is said to whoever mistyped a command: what is wrong, what was meant
 * perhaps, and how the command is written. */
#ifndef BASE_USAGE_H
#define BASE_USAGE_H

#include <getopt.h>
#include <stddef.h>

enum { USAGE_NAME = 40 }; /* letters of a name, at most */

/* Of the words of ONES, separated by spaces, the nearest to TYPED into NEAREST; 0: none is
 * near. */
int usage_find_nearest(const char *typed, const char *ones, char nearest[USAGE_NAME + 1]);

/* getopt_long() with short option h alone, in whose place of '?' the log has what is wrong
 * with the option, and the nearest one. */
int usage_next_option(int argc, char **argv, const struct option *options, int *index);

/* Logs that VALUE is no WHAT ("--format", "action"), and the nearest of the words of ONES,
 * separated by spaces, or else all of them. */
void usage_no_such(const char *what, const char *value, const char *ones);

/* The same by the COUNT rows of TABLE, SIZE bytes each, which begin with the name, a
 * const char *.  VALUE NULL: none was named. */
void usage_no_row(const char *what, const char *value, const void *table, size_t count,
		  size_t size);

/* Logs what is missing, or what does not go together; 0, so that a condition may end
 * with it. */
int usage_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Is nothing left behind the options?  Says what is. */
int usage_is_whole(int argc, char **argv);

/* Prints how the command is written, the first paragraph of USAGE, which begins with
 * "usage: nq17 NAME"; the exit code. */
int usage_refuse(const char *usage);

#endif
