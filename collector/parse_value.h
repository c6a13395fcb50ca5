/* parse_value.h -- single values from text (DESIGN 6.2).
 *
 * Pure functions on borrowed bytes without a closing NUL; they return 0, or the
 * name of an error code (message.h) that fits. */
#ifndef COLLECTOR_PARSE_VALUE_H
#define COLLECTOR_PARSE_VALUE_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* A moment.  Microseconds and days count from 2000-01-01, as PostgreSQL's do. */
struct moment {
	int64_t microseconds; /* UTC; digits beyond are cut */
};

/* How a plain date is meant. */
enum plain_date { PLAIN_DATE_START, PLAIN_DATE_END };

/* RFC 3339; without offset in Asia/Ho_Chi_Minh; years 1976 to 2199. */
const char *parse_moment(struct moment *moment, const char *bytes, size_t length,
			 enum plain_date plain);
/* 2020-06-30; years 1900 to 2199; *DAY counts from 2000-01-01. */
const char *parse_date(int32_t *day, const char *bytes, size_t length);
const char *parse_boolean(int *value, const char *bytes, size_t length);
const char *parse_integer(int64_t *value, const char *bytes, size_t length,
			  int64_t minimum, int64_t maximum);
/* Checks only: an optional sign, digits, an optional point and digits. */
const char *parse_decimal(const char *bytes, size_t length);
/* The index of the text among CHOICES (closed by NULL), in *VALUE. */
const char *parse_choice(int *value, const char *bytes, size_t length,
			 const char *const *choices);

/* Brings text to NFC.  *BYTES and *LENGTH are replaced by a text in BUFFER where it
 * was not NFC already.  "not_utf8", or NULL.  *CHARACTERS: its length. */
const char *parse_text(const char **bytes, size_t *length, size_t *characters,
		       struct text *buffer);
/* Are there control characters in it, or any that nobody sees? */
int parse_has_control(const char *bytes, size_t length);

/* The local day in Asia/Ho_Chi_Minh. */
int32_t moment_local_day(const struct moment *moment);
/* The first day of its half month (1st to 14th, 15th to end). */
int32_t half_month_of(int32_t day);
/* "2020-06-30"; a day counts from 2000-01-01. */
void print_day(int32_t day, char buffer[16]);

#endif
