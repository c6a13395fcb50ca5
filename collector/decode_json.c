/* decode_json.c -- records from JSON: one object, or an array of them.
 *
 * Two formats: `json`, whose objects are records or CloudEvents 1.0 (an event has
 * `specversion`), and `cloudevents`, where an object alone must be an event; arrays
 * are read alike, since senders mix them.  The array is cut
 * into its elements without building a tree of it, so that its length does not
 * matter; what the scanner does not take where it lies is judged by jansson. */
#include "collector/decoder.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "collector/json_record.h"

enum { CHUNK = RECORD_SIZE_MAX / 4, BUFFER = RECORD_SIZE_MAX + 2 * CHUNK };

enum place { BEFORE, BEFORE_ELEMENT, IN_ELEMENT, AFTER_ELEMENT, AFTER };

struct array {
	const struct decoding *decoding;
	int events; /* of objects, as in json_record_read() */
	char *buffer;
	size_t start, scanned, length;
	enum place place;
	int is_array;
	int depth, in_string, escaped; /* within the element */
	int is_plain;                  /* it is no object and no array */
	int after_comma;
	int too_large;
	uint64_t index;
	struct json_record json;
};

static int not_json(struct array *array, struct error *err)
{
	char detail[64];

	snprintf(detail, sizeof detail, "#%llu", (unsigned long long)array->index + 1);
	return file_refuse(array->decoding->refusal, err, "file_not_json", detail);
}

static int take_element(struct array *array, struct error *err)
{
	array->index++;
	if (array->too_large || array->scanned - array->start > RECORD_SIZE_MAX) {
		struct raw_record record = { .line = array->index,
					     .source = "",
					     .refusal = "record_too_large" };

		array->too_large = 0;
		return array->decoding->sink(array->decoding->context, &record, err);
	}
	json_record_read(&array->json, array->buffer + array->start,
			 array->scanned - array->start, array->index,
			 array->decoding->type, array->events);
	return array->decoding->sink(array->decoding->context, &array->json.record, err);
}

static int is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Does C, behind a string, number or word, end it? */
static int ends_plain(const struct array *array, char c)
{
	return array->is_plain && !array->in_string &&
	       (is_blank(c) || c == ',' || c == ']');
}

/* One byte within an element; 1 when it closes the element. */
static int scan_element(struct array *array, char c)
{
	if (array->escaped) {
		array->escaped = 0;
	} else if (array->in_string) {
		array->escaped = c == '\\';
		array->in_string = c != '"';
	} else if (c == '"') {
		array->in_string = 1;
	} else if (array->is_plain) {
		return 0;
	} else if (c == '{' || c == '[') {
		array->depth++;
	} else if (c == '}' || c == ']') {
		return --array->depth == 0;
	}
	return 0;
}

static void begin_element(struct array *array, char c)
{
	array->place = IN_ELEMENT;
	array->start = array->scanned;
	array->is_plain = c != '{' && c != '[';
	array->depth = !array->is_plain;
	array->in_string = c == '"';
}

/* An element that the scanner takes where it lies: 1 if it did, 0 if not. */
static int take_flat(struct array *array, struct error *err)
{
	size_t used = json_record_scan(&array->json, array->buffer + array->scanned,
				       array->length - array->scanned, array->index + 1,
				       array->decoding->type, array->events);

	if (used == 0 || used > RECORD_SIZE_MAX)
		return 0;
	array->index++;
	array->scanned += used;
	array->place = array->is_array ? AFTER_ELEMENT : AFTER;
	return array->decoding->sink(array->decoding->context, &array->json.record,
				     err) == 0
		       ? 1
		       : -1;
}

static int begin_value(struct array *array, char c, struct error *err)
{
	int taken = c == '{' ? take_flat(array, err) : 0;

	if (taken != 0)
		return taken < 0 ? -1 : 0;
	begin_element(array, c);
	array->scanned++;
	return 0;
}

static int take_byte(struct array *array, char c, struct error *err)
{
	if (array->place == IN_ELEMENT && ends_plain(array, c)) {
		array->place = AFTER_ELEMENT;
		if (take_element(array, err) != 0)
			return -1;
	}
	if (array->place == IN_ELEMENT) {
		array->scanned++;
		if (!scan_element(array, c))
			return 0;
		array->place = array->is_array ? AFTER_ELEMENT : AFTER;
		return take_element(array, err);
	}
	if (is_blank(c)) {
		array->scanned++;
		return 0;
	}
	if (array->place == BEFORE && c == '[') {
		array->is_array = 1;
		array->events = -1;
		array->place = BEFORE_ELEMENT;
	} else if ((c == '{' && array->place == BEFORE) ||
		   (array->place == BEFORE_ELEMENT && strchr("{[\"-0123456789tfn", c) &&
		    c)) {
		/* What is no object is refused as a record, not with the file. */
		return begin_value(array, c, err);
	} else if (array->place == AFTER_ELEMENT && c == ',') {
		array->place = BEFORE_ELEMENT;
		array->after_comma = 1;
	} else if (c == ']' &&
		   (array->place == AFTER_ELEMENT ||
		    (array->place == BEFORE_ELEMENT && !array->after_comma))) {
		array->place = AFTER;
	} else {
		return not_json(array, err);
	}
	array->scanned++;
	return 0;
}

static int fill(struct array *array, size_t *got, struct error *err)
{
	size_t keep = array->place == IN_ELEMENT ? array->start : array->scanned;

	if (array->place == IN_ELEMENT && array->scanned - keep > RECORD_SIZE_MAX) {
		array->too_large = 1;
		keep = array->scanned;
	}
	if (BUFFER - array->length < CHUNK) {
		memmove(array->buffer, array->buffer + keep, array->length - keep);
		array->length -= keep;
		array->scanned -= keep;
		array->start = 0;
	}
	if (input_read(array->decoding->input, array->buffer + array->length,
		       BUFFER - array->length, got, err) != 0)
		return -1;
	array->length += *got;
	return 0;
}

static int begin(struct array *array, struct error *err)
{
	size_t got;

	do
		if (fill(array, &got, err) != 0)
			return -1;
	while (got > 0 && array->length < FOREIGN_MAX);
	if (decoder_refuse_foreign(array->buffer, array->length, array->decoding->refusal,
				   err) != 0)
		return -1;
	if (array->length >= 3 && memcmp(array->buffer, "\xef\xbb\xbf", 3) == 0)
		array->scanned = 3;
	return 0;
}

static int read_all(struct array *array, struct error *err)
{
	size_t got;

	if (begin(array, err) != 0)
		return -1;
	do {
		while (array->scanned < array->length)
			if (take_byte(array, array->buffer[array->scanned], err) != 0)
				return -1;
		if (fill(array, &got, err) != 0)
			return -1;
	} while (got > 0);
	if (array->place == BEFORE)
		return file_refuse(array->decoding->refusal, err, "file_empty", NULL);
	if (array->place != AFTER)
		return not_json(array, err);
	if (array->index == 0)
		return file_refuse(array->decoding->refusal, err, "file_header_only",
				   NULL);
	return 0;
}

static int decode(const struct decoding *decoding, int events, struct error *err)
{
	struct array array = { .decoding = decoding, .events = events };
	int status;

	array.buffer = memory_take(BUFFER);
	status = read_all(&array, err);
	json_record_free(&array.json);
	free(array.buffer);
	return status;
}

static int decode_json(const struct decoding *decoding, struct error *err)
{
	return decode(decoding, -1, err);
}

static int decode_cloudevents(const struct decoding *decoding, struct error *err)
{
	return decode(decoding, 1, err);
}

const struct decoder decoder_json = { "json", 1, decode_json };
const struct decoder decoder_cloudevents = { "cloudevents", 1, decode_cloudevents };
