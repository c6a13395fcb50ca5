/* record_types.h -- what may be sent: the fields of each record type (DESIGN 6.2).
 *
 * One table feeds the decoders, the checks, the COPY into the stage and the
 * documentation. */
#ifndef COLLECTOR_RECORD_TYPES_H
#define COLLECTOR_RECORD_TYPES_H

#include <stddef.h>

/* Bytes of one record.  The fuzzers are built with less, so that they get there. */
#ifndef RECORD_SIZE
#define RECORD_SIZE (1024 * 1024)
#endif

enum { RECORD_FIELDS_MAX = 64, RECORD_SIZE_MAX = RECORD_SIZE };

/* The record type itself, for the checks that look at several fields. */
enum record_kind {
	RECORD_DOSSIER,
	RECORD_SERVICE,
	RECORD_FACT,
	RECORD_COUNT,
	RECORD_AGENCY,
	RECORD_TASK,
	RECORD_MILESTONE,
	RECORD_NATIONAL,
};

enum value_kind {
	VALUE_AGENCY, /* a name of the register, resolved by date */
	VALUE_NAME,   /* text without control characters; MAXIMUM characters */
	VALUE_TEXT,   /* text; MAXIMUM characters */
	VALUE_TIME,   /* a plain date is the end of the day */
	VALUE_START,  /* the same, but a plain date is its beginning */
	VALUE_DATE,
	VALUE_BOOLEAN,
	VALUE_INTEGER, /* MINIMUM..MAXIMUM */
	VALUE_DECIMAL, /* kept as text */
	VALUE_CHOICE,  /* one of CHOICES */
	VALUE_PERIOD,
	VALUE_LIST, /* words; a JSON array, or separated by spaces, commas, ; or | */
};

/* What the checks must know of a field beside its kind. */
enum field_trait {
	TRAIT_PAST = 1,      /* a time that may not lie in the future */
	TRAIT_VERSION = 2,   /* updated_at: of the version, stored apart */
	TRAIT_FREE_TEXT = 4, /* in which people write what they like */
	TRAIT_OPAQUE = 8,    /* a free text that must be a keyed hash */
};

struct record_field {
	const char *name;
	const char *column; /* of the stage; NULL: not stored as it is */
	enum value_kind kind;
	int required;
	long long minimum, maximum;
	const char *const *choices; /* closed by NULL */
	int bytes;                  /* of an integer column: 2, 4 or 8 */
	unsigned traits;            /* of enum field_trait */
};

struct record_type {
	const char *name;
	enum record_kind kind;
	const struct record_field *fields; /* closed by a name of NULL; in the order of
					      the documentation and of sample files */
	const char *key; /* the field that names a record in the receipt */
	/* What with the agency is the key in the store (of a milestone the year of DUE),
	 * closed by NULL; NULL: its refused records are not told apart by it. */
	const char *const *keys;
};

extern const struct record_type record_types[]; /* closed by a name of NULL */

/* NULL if there is none. */
const struct record_type *record_type_find(const char *name);
/* Logs that there is none, and which there are. */
void record_type_refuse(const char *name);
/* The number of fields, and the index of field NAME (LENGTH bytes) or -1. */
int record_type_count(const struct record_type *type);
int record_type_field(const struct record_type *type, const char *name, size_t length);

/* Where the checks find a dossier's fields; the table is in this order. */
enum dossier_field {
	DOSSIER_AGENCY,
	DOSSIER_CODE,
	DOSSIER_PROCEDURE,
	DOSSIER_CHANNEL,
	DOSSIER_RECEIVED_AT,
	DOSSIER_DUE_AT,
	DOSSIER_RESOLVED_AT,
	DOSSIER_STATUS,
	DOSSIER_UPDATED_AT,
	DOSSIER_UNIT,
	DOSSIER_SECTOR,
	DOSSIER_APPLICANT_TYPE,
	DOSSIER_ONE_STOP,
	DOSSIER_ELECTRONIC,
	DOSSIER_MOBILE_SIGNED,
	DOSSIER_IDENTITY_VERIFIED,
	DOSSIER_BUSINESS_REGISTRY,
	DOSSIER_PAID_ONLINE,
	DOSSIER_FIELDS_TOTAL,
	DOSSIER_FIELDS_PREFILLED,
	DOSSIER_SATISFACTION,
	DOSSIER_FILED_BY,
	DOSSIER_FILER,
};

/* The first choice of two of its fields. */
enum { CHANNEL_ONLINE, FILED_BY_SELF = 0 };

/* The order of these is that of versions with equal updated_at (DESIGN 6.3). */
enum dossier_status {
	STATUS_RECEIVED,
	STATUS_PROCESSING,
	STATUS_SUPPLEMENT,
	STATUS_REFUSED,
	STATUS_WITHDRAWN,
	STATUS_RESOLVED,
	STATUS_VOID,
};

#endif
