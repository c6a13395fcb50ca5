/* mapping.h -- from an agency's columns and styles to our fields, record by record,
 * between decoder and check. */
#ifndef COLLECTOR_MAPPING_H
#define COLLECTOR_MAPPING_H

#include "base/text.h"
#include "collector/decoder.h"
#include "collector/profile.h"

struct mapping {
	const struct profile *profile;        /* borrowed; or NULL */
	enum style styles[RECORD_FIELDS_MAX]; /* of the columns, as their headers say */
	int is_settled, has_styles;
	struct raw_record record;
	struct text buffers[RECORD_FIELDS_MAX], detail, source;
	unsigned long long dropped; /* records that are none of ours */
};

/* RAW as a record of our type; RAW itself where there is nothing to do, NULL where the
 * profile drops it.  What is wrong with it is its refusal.  Good until the next call. */
const struct raw_record *mapping_apply(struct mapping *mapping,
				       const struct raw_record *raw);
/* What may be kept of RAW, which came from a decoder: its text, without the columns that
 * the profile calls personal.  HEADER is the first line of a CSV file, or "". */
void mapping_strip(struct mapping *mapping, const struct raw_record *raw,
		   const char *header, char delimiter, const char **source,
		   size_t *length);
void mapping_free(struct mapping *mapping);

#endif
