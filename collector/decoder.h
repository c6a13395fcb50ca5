/* decoder.h -- from bytes to records: what every format has in common.
 *
 * A decoder reads the whole input and hands each record to a sink, in file order,
 * with the fields of the record type still as text.  It judges the format only;
 * what the values mean is checked later (check.h).  Adding a format is one file
 * and one line in decoders[]. */
#ifndef COLLECTOR_DECODER_H
#define COLLECTOR_DECODER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"
#include "collector/input.h"
#include "collector/record_types.h"
#include "collector/style.h"

enum field_form {
	FIELD_ABSENT, /* not there, empty, or null */
	FIELD_TEXT,
	FIELD_PLAIN,  /* text in our own style already, whatever its column says */
	FIELD_NUMBER, /* the three JSON forms that have no quotes */
	FIELD_TRUE,
	FIELD_FALSE,
	FIELD_LIST,  /* a JSON array of strings, joined by spaces */
	FIELD_OTHER, /* a JSON object or another array: never right */
};

struct field_text {
	const char *bytes; /* borrowed from the decoder until the sink returns */
	size_t length;
	enum field_form form;
};

struct raw_record {
	uint64_t line;      /* where it starts, or its index from 1 in an array */
	const char *source; /* as it came, without the line end */
	size_t source_length;
	struct field_text fields[RECORD_FIELDS_MAX]; /* in the order of the type */
	const char *refusal;       /* NULL, or the code of what is wrong with its form */
	const char *refused_field; /* with REFUSAL: the field or column, or NULL */
	struct field_text refused_value; /* with REFUSAL: what stands there, or absent */
	const char *detail;              /* with REFUSAL: more about it, or NULL */
	/* (source, id) of a CloudEvent that names both, else both NULL. */
	const char *event_source, *event_id;
};

/* Returns 0 to go on, -1 (with ERR set) to stop. */
typedef int record_sink(void *context, const struct raw_record *record,
			struct error *err);

struct decoding {
	struct input *input;
	const struct record_type *type;
	int agency_given;   /* the records need not name their agency */
	const char *period; /* of a form that names none, as given; NULL: it must */
	struct file_refusal *refusal;
	record_sink *sink;
	void *context;
	/* Where the styles go that a header names behind its columns, by field; or NULL. */
	enum style *styles;
	/* Where the header line of a CSV file and its delimiter go; may be NULL. */
	struct text *header;
	char *delimiter;
};

struct decoder {
	const char *name; /* as in --format */
	int has_events;   /* its records may be CloudEvents */
	/* Reads INPUT to its end.  A file that is not in the format at all is
	 * ERROR_INVALID, with the reason noted in the refusal. */
	int (*decode)(const struct decoding *decoding, struct error *err);
};

extern const struct decoder decoder_csv, decoder_ndjson, decoder_json,
	decoder_cloudevents, decoder_xlsx, decoder_ii06a;

/* The decoder called NAME; NULL if there is none. */
const struct decoder *decoder_find(const char *name);

/* The name of the format of a file called PATH, by its ending (.gz and .zst apart);
 * NULL if that tells none. */
const char *decoder_format_of(const char *path);

/* Refuses what looks like something else than text by its first bytes: a picture,
 * a workbook, UTF-16...  Decoders show it FOREIGN_MAX bytes or all there are. */
enum { FOREIGN_MAX = 4096 };
int decoder_refuse_foreign(const char *bytes, size_t length, struct file_refusal *refusal,
			   struct error *err);

#endif
