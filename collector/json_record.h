/* json_record.h -- one record from one JSON object.  The only user of jansson here. */
#ifndef COLLECTOR_JSON_RECORD_H
#define COLLECTOR_JSON_RECORD_H

#include "base/text.h"
#include "collector/decoder.h"
#include "collector/json_scan.h"

struct json_record {
	struct json_scan scan;
	void *root; /* json_t; the fields of RECORD point into it; NULL: into the bytes */
	struct raw_record record;
	char numbers[RECORD_FIELDS_MAX][32];
	struct text lists[RECORD_FIELDS_MAX]; /* JSON arrays, each joined */
	struct text detail;
	char name[72];          /* of an unknown field */
	char unknown_value[64]; /* its value, as JSON; may be cut */
};

/* Reads LENGTH bytes of JSON as a record of TYPE starting on LINE.  What is wrong
 * with it is noted in json->record.refusal.  EVENTS: 1 if the object is a
 * CloudEvent, 0 if it is the record itself, -1 if either.  A json_record may be
 * read into again and again; json_record_free() at the end. */
void json_record_read(struct json_record *json, const char *bytes, size_t length,
		      uint64_t line, const struct record_type *type, int events);
/* The same by jansson alone, the judge: json_record_read() asks it only about what the
 * scanner does not take. */
void json_record_judge(struct json_record *json, const char *bytes, size_t length,
		       uint64_t line, const struct record_type *type, int events);
/* The object at the beginning of BYTES, if the scanner takes it: returns its length and
 * fills json->record; 0 otherwise. */
size_t json_record_scan(struct json_record *json, const char *bytes, size_t length,
			uint64_t line, const struct record_type *type, int events);
void json_record_free(struct json_record *json);

/* Appends the JSON object in BYTES to OUT without escapes that hide letters, and with an
 * "x" for each member that TYPE does not have and that holds words, which may be a name.
 * Returns how many these are.  Nothing is appended where BYTES is no object. */
int json_record_plain(struct text *out, const char *bytes, size_t length,
		      const struct record_type *type);

#endif
