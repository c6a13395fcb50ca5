/* json_scan.h -- the fast way through JSON: records of flat objects, without a tree.
 *
 * Nearly every record is one object of strings, whole numbers, true, false and null.
 * The scanner takes those where they lie and leaves everything else to jansson
 * (json_record.c), which stays the judge of what is JSON and of what is wrong with
 * it: nested values, fractions, repeated or unknown names, invalid text.  What it
 * takes it reads exactly as jansson would; tests/fuzz compares the two. */
#ifndef COLLECTOR_JSON_SCAN_H
#define COLLECTOR_JSON_SCAN_H

#include "collector/decoder.h"

enum { EVENT_NAME_MAX = 500, JSON_NAME_MAX = 30 };

struct json_scan {
	/* Which name stood at which place in the last object: senders keep an order. */
	struct {
		char name[JSON_NAME_MAX];
		unsigned char length; /* 0: not known */
		signed char field;
	} places[RECORD_FIELDS_MAX];
	char *unescaped; /* strings that held escapes, of the record in hand */
	size_t unescaped_length;
	char event_source[EVENT_NAME_MAX + 1], event_id[EVENT_NAME_MAX + 1];
};

/* Reads one object at the beginning of BYTES into the fields of RECORD (which must be
 * absent) and returns how many bytes it takes up; 0 if jansson must judge.  EVENTS as
 * in json_record_read().  Always with the same TYPE. */
size_t json_scan_record(struct json_scan *scan, const char *bytes, size_t length,
			const struct record_type *type, int events,
			struct raw_record *record);
void json_scan_free(struct json_scan *scan);

#endif
