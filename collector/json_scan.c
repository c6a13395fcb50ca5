/* json_scan.c -- the fast way through JSON.
 *
 * Each function takes the place AT in the text and returns the place behind what it
 * read, or NULL where jansson must judge. */
#include "collector/json_scan.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

enum { EVENT_MEMBERS_MAX = 24, DIGITS_MAX = 18 };

#define EACH_BYTE(value) ((uint64_t)(value)*0x0101010101010101u)
#define HIGH_BITS        EACH_BYTE(0x80)

struct span {
	const char *bytes;
	size_t length;
};

static const char *skip_blanks(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
		at++;
	return at;
}

static const char *expect(const char *at, const char *end, char c)
{
	at = skip_blanks(at, end);
	return at < end && *at == c ? at + 1 : NULL;
}

/* ---- Strings ------------------------------------------------------------ */

/* High bits where WORD may hold a zero byte; the lowest one is always right. */
static uint64_t zero_bytes(uint64_t word)
{
	return (word - EACH_BYTE(0x01)) & ~word & HIGH_BITS;
}

/* Runs up to the first quote, backslash or control character, eight bytes at a time.
 * *WIDE is set where a byte of the run is not ASCII. */
static const char *run(const char *at, const char *end, int *wide)
{
	uint64_t high = 0;

	for (; end - at >= 8; at += 8) {
		uint64_t word, stops;

		memcpy(&word, at, 8);
		word = le64toh(word);
		stops = zero_bytes(word ^ EACH_BYTE('"')) |
			zero_bytes(word ^ EACH_BYTE('\\')) |
			((word - EACH_BYTE(0x20)) & ~word & HIGH_BITS);
		if (stops) {
			high |= word & ((stops & -stops) - 1);
			at += __builtin_ctzll(stops) / 8;
			*wide |= (high & HIGH_BITS) != 0;
			return at;
		}
		high |= word;
	}
	for (; at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20; at++)
		high |= (unsigned char)*at & 0x80;
	*wide |= (high & HIGH_BITS) != 0;
	return at;
}

static int add_unescaped(struct json_scan *scan, const char *bytes, size_t length)
{
	if (!scan->unescaped)
		scan->unescaped = memory_take(RECORD_SIZE_MAX);
	if (length > RECORD_SIZE_MAX - scan->unescaped_length)
		return -1;
	memcpy(scan->unescaped + scan->unescaped_length, bytes, length);
	scan->unescaped_length += length;
	return 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four digits of \uXXXX.  NUL and surrogates are rare, and jansson's. */
static const char *scan_code_point(struct json_scan *scan, const char *at,
				   const char *end)
{
	unsigned int code = 0;
	char utf8[3];

	if (end - at < 4)
		return NULL;
	for (int i = 0; i < 4; i++) {
		int digit = hex_digit(at[i]);

		if (digit < 0)
			return NULL;
		code = code * 16 + (unsigned int)digit;
	}
	if (code == 0 || (code >= 0xd800 && code < 0xe000))
		return NULL;
	if (code < 0x80) {
		utf8[0] = (char)code;
		return add_unescaped(scan, utf8, 1) == 0 ? at + 4 : NULL;
	}
	utf8[0] = (char)(code < 0x800 ? 0xc0 | code >> 6 : 0xe0 | code >> 12);
	utf8[1] = (char)(0x80 | (code < 0x800 ? code : code >> 6) % 64);
	utf8[2] = (char)(0x80 | code % 64);
	return add_unescaped(scan, utf8, code < 0x800 ? 2 : 3) == 0 ? at + 4 : NULL;
}

/* What stands behind a backslash. */
static const char *scan_escape(struct json_scan *scan, const char *at, const char *end)
{
	static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	const char *letter;

	if (at == end || !*at)
		return NULL;
	if (*at == 'u')
		return scan_code_point(scan, at + 1, end);
	letter = strchr(letters, *at);
	if (!letter || add_unescaped(scan, meanings + (letter - letters), 1) != 0)
		return NULL;
	return at + 1;
}

/* A string with escapes, whose first run ended at STOP. */
static const char *scan_escaped(struct json_scan *scan, const char *at, const char *stop,
				const char *end, int *wide, struct span *span)
{
	size_t from = scan->unescaped_length;

	for (;;) {
		if (add_unescaped(scan, at, (size_t)(stop - at)) != 0)
			return NULL;
		if (stop == end || *stop < 0x20)
			return NULL;
		if (*stop == '"')
			break;
		at = scan_escape(scan, stop + 1, end);
		if (!at)
			return NULL;
		stop = run(at, end, wide);
	}
	*span = (struct span){ scan->unescaped + from, scan->unescaped_length - from };
	return stop + 1;
}

/* From behind the opening quote to behind the closing one. */
static const char *scan_string(struct json_scan *scan, const char *at, const char *end,
			       struct span *span)
{
	int wide = 0;
	const char *stop = run(at, end, &wide);

	if (stop < end && *stop == '"') {
		*span = (struct span){ at, (size_t)(stop - at) };
		stop++;
	} else {
		stop = scan_escaped(scan, at, stop, end, &wide, span);
		if (!stop)
			return NULL;
	}
	return wide && !text_is_utf8(span->bytes, span->length) ? NULL : stop;
}

/* ---- Values ------------------------------------------------------------- */

/* A whole number that is printed as it is written: not -0, and no overflow. */
static const char *scan_number(const char *at, const char *end, struct field_text *field)
{
	const char *from = at, *digits;

	if (*at == '-')
		at++;
	digits = at;
	while (at < end && *at >= '0' && *at <= '9')
		at++;
	if (at == digits || at - digits > DIGITS_MAX || at == end || *at == '.' ||
	    (*at | 0x20) == 'e' || (*digits == '0' && at - from > 1))
		return NULL;
	*field = (struct field_text){ from, (size_t)(at - from), FIELD_NUMBER };
	return at;
}

static const char *scan_word(const char *at, const char *end, struct field_text *field)
{
	static const struct {
		const char *word;
		size_t length;
		enum field_form form;
	} words[] = {
		{ "true", 4, FIELD_TRUE },
		{ "false", 5, FIELD_FALSE },
		{ "null", 4, FIELD_ABSENT },
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t length = words[i].length;

		if ((size_t)(end - at) < length || memcmp(at, words[i].word, length) != 0)
			continue;
		if (words[i].form != FIELD_ABSENT)
			*field = (struct field_text){ words[i].word, length,
						      words[i].form };
		return at + length;
	}
	return NULL;
}

static const char *scan_value(struct json_scan *scan, const char *at, const char *end,
			      struct field_text *field)
{
	struct span span;

	at = skip_blanks(at, end);
	if (at == end)
		return NULL;
	if (*at == '"') {
		at = scan_string(scan, at + 1, end, &span);
		if (at)
			*field = (struct field_text){ span.bytes, span.length,
						      span.length ? FIELD_TEXT
								  : FIELD_ABSENT };
		return at;
	}
	if (*at == '-' || (*at >= '0' && *at <= '9'))
		return scan_number(at, end, field);
	return scan_word(at, end, field);
}

/* ---- Objects ------------------------------------------------------------ */

/* From behind the opening quote of a name to behind the colon. */
static const char *scan_name(const char *at, const char *end, struct span *name)
{
	int wide = 0;
	const char *stop = run(at, end, &wide);

	if (stop == end || *stop != '"' || wide)
		return NULL;
	*name = (struct span){ at, (size_t)(stop - at) };
	return expect(stop + 1, end, ':');
}

/* The same for a name of TYPE, member PLACE of its object. */
static const char *scan_field_name(struct json_scan *scan, int place, const char *at,
				   const char *end, const struct record_type *type,
				   int *field)
{
	size_t length = scan->places[place].length;
	struct span name;

	if (length && (size_t)(end - at) > length && at[length] == '"' &&
	    memcmp(at, scan->places[place].name, length) == 0) {
		*field = scan->places[place].field;
		return expect(at + length + 1, end, ':');
	}
	at = scan_name(at, end, &name);
	if (!at)
		return NULL;
	*field = record_type_field(type, name.bytes, name.length);
	if (*field < 0)
		return NULL;
	if (name.length <= JSON_NAME_MAX) {
		memcpy(scan->places[place].name, name.bytes, name.length);
		scan->places[place].length = (unsigned char)name.length;
		scan->places[place].field = (signed char)*field;
	}
	return at;
}

/* Behind a member: the quote of the next name, or the end of the object.  Returns the
 * place behind it. */
static const char *scan_separator(const char *at, const char *end, int *ended)
{
	at = skip_blanks(at, end);
	if (at == end)
		return NULL;
	*ended = *at == '}';
	if (*ended)
		return at + 1;
	return *at == ',' ? expect(at + 1, end, '"') : NULL;
}

/* Behind an opening brace: the same, for the first member. */
static const char *scan_opening(const char *at, const char *end, int *ended)
{
	at = skip_blanks(at, end);
	if (at == end)
		return NULL;
	*ended = *at == '}';
	return *ended || *at == '"' ? at + 1 : NULL;
}

/* From behind the opening brace of a record to behind the closing one. */
static const char *scan_fields(struct json_scan *scan, const char *at, const char *end,
			       const struct record_type *type, struct raw_record *record)
{
	uint32_t seen = 0;
	int ended = 0, field;

	at = scan_opening(at, end, &ended);
	for (int place = 0; at && !ended; place++) {
		if (place == RECORD_FIELDS_MAX)
			return NULL;
		at = scan_field_name(scan, place, at, end, type, &field);
		if (!at || seen >> field & 1)
			return NULL;
		seen |= (uint32_t)1 << field;
		at = scan_value(scan, at, end, &record->fields[field]);
		if (at)
			at = scan_separator(at, end, &ended);
	}
	return at;
}

/* ---- CloudEvents -------------------------------------------------------- */

enum event_member { EVENT_VERSION, EVENT_TYPE, EVENT_SOURCE, EVENT_ID, EVENT_OTHER };

static const char *const event_members[] = { "specversion", "type", "source", "id" };

struct event {
	struct span names[EVENT_MEMBERS_MAX];
	int count, has_data;
	struct field_text members[EVENT_OTHER + 1];
};

static int span_is(struct span span, const char *word)
{
	return strlen(word) == span.length && memcmp(word, span.bytes, span.length) == 0;
}

static int is_repeated(const struct event *event, struct span name)
{
	for (int i = 0; i < event->count; i++)
		if (event->names[i].length == name.length &&
		    memcmp(event->names[i].bytes, name.bytes, name.length) == 0)
			return 1;
	return 0;
}

static const char *scan_member(struct json_scan *scan, struct event *event,
			       const char *at, const char *end,
			       const struct record_type *type, struct raw_record *record)
{
	struct span name;
	int member;

	at = scan_name(at, end, &name);
	if (!at || event->count == EVENT_MEMBERS_MAX || is_repeated(event, name))
		return NULL;
	event->names[event->count++] = name;
	if (span_is(name, "data")) {
		event->has_data = 1;
		at = expect(at, end, '{');
		return at ? scan_fields(scan, at, end, type, record) : NULL;
	}
	for (member = 0; member < EVENT_OTHER; member++)
		if (span_is(name, event_members[member]))
			break;
	return scan_value(scan, at, end, &event->members[member]);
}

static int member_is(const struct event *event, enum event_member member,
		     const char *expected)
{
	const struct field_text *text = &event->members[member];

	return text->form == FIELD_TEXT && text->length == strlen(expected) &&
	       memcmp(text->bytes, expected, text->length) == 0;
}

/* A member that names the event; -1 if it is not fit to. */
static int copy_name(const struct event *event, enum event_member member,
		     char copy[EVENT_NAME_MAX + 1])
{
	const struct field_text *text = &event->members[member];

	if (text->form != FIELD_TEXT || text->length > EVENT_NAME_MAX)
		return -1;
	memcpy(copy, text->bytes, text->length);
	copy[text->length] = '\0';
	return 0;
}

static const char *scan_event(struct json_scan *scan, const char *at, const char *end,
			      const struct record_type *type, struct raw_record *record)
{
	struct event event = { .count = 0 };
	char expected[64];
	int ended = 0;

	at = scan_opening(at, end, &ended);
	while (at && !ended) {
		at = scan_member(scan, &event, at, end, type, record);
		if (at)
			at = scan_separator(at, end, &ended);
	}
	snprintf(expected, sizeof expected, "vn.nq17.%s.v1", type->name);
	if (!at || !event.has_data || !member_is(&event, EVENT_VERSION, "1.0") ||
	    !member_is(&event, EVENT_TYPE, expected) ||
	    copy_name(&event, EVENT_SOURCE, scan->event_source) != 0 ||
	    copy_name(&event, EVENT_ID, scan->event_id) != 0)
		return NULL;
	record->event_source = scan->event_source;
	record->event_id = scan->event_id;
	return at;
}

/* ---- The door ----------------------------------------------------------- */

size_t json_scan_record(struct json_scan *scan, const char *bytes, size_t length,
			const struct record_type *type, int events,
			struct raw_record *record)
{
	const char *end = bytes + length, *open = expect(bytes, end, '{');
	const char *at = NULL;

	scan->unescaped_length = 0;
	if (open && events <= 0)
		at = scan_fields(scan, open, end, type, record);
	if (open && !at && events != 0) {
		memset(record->fields, 0, sizeof record->fields);
		at = scan_event(scan, open, end, type, record);
	}
	if (at)
		return (size_t)(at - bytes);
	memset(record->fields, 0, sizeof record->fields);
	return 0;
}

void json_scan_free(struct json_scan *scan)
{
	free(scan->unescaped);
	scan->unescaped = NULL;
}
