/* record_types.c -- what may be sent: the fields of each record type (DESIGN 6.2). */
#include "collector/record_types.h"

#include "base/usage.h"

#include <limits.h>
#include <string.h>

/* More than any real count, and few enough that the sum over all agencies, parts and
 * periods still fits 64 bits: otherwise one wrong total would spoil everybody's. */
#define MOST_COUNTED 1000000000000LL

#define CHOICES(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* One line per field keeps the tables readable. */
#define AGENCY(required)                                                                 \
	{                                                                                \
		"agency", "agency_id", VALUE_AGENCY, required, 0, 64, NULL, 4, 0         \
	}
#define NAME(field, required)                                                            \
	{                                                                                \
		field, field, VALUE_NAME, required, 1, 64, NULL, 0, 0                    \
	}
#define TEXT(field, required)                                                            \
	{                                                                                \
		field, field, VALUE_TEXT, required, 1, 4000, NULL, 0, 0                  \
	}
#define TIME(field)                                                                      \
	{                                                                                \
		field, field, VALUE_TIME, 0, 0, 0, NULL, 8, 0                            \
	}
#define UPDATED_AT                                                                       \
	{                                                                                \
		"updated_at", NULL, VALUE_TIME, 0, 0, 0, NULL, 8,                        \
			TRAIT_PAST | TRAIT_VERSION                                       \
	}
#define FREE_TEXT(field, limit)                                                          \
	{                                                                                \
		field, field, VALUE_TEXT, 0, 1, limit, NULL, 0, TRAIT_FREE_TEXT          \
	}
#define DATE(field, required)                                                            \
	{                                                                                \
		field, field, VALUE_DATE, required, 0, 0, NULL, 4, 0                     \
	}
#define BOOLEAN(field, required)                                                         \
	{                                                                                \
		field, field, VALUE_BOOLEAN, required, 0, 0, NULL, 1, 0                  \
	}
#define INTEGER(field, low, high)                                                        \
	{                                                                                \
		field, field, VALUE_INTEGER, 0, low, high, NULL, 4, 0                    \
	}
#define CHOICE(field, required, ...)                                                     \
	{                                                                                \
		field, field, VALUE_CHOICE, required, 0, 0, CHOICES(__VA_ARGS__), 0, 0   \
	}
#define END                                                                              \
	{                                                                                \
		NULL, NULL, 0, 0, 0, 0, NULL, 0, 0                                       \
	}

static const struct record_field dossier_fields[] = {
	[DOSSIER_AGENCY] = AGENCY(1),
	[DOSSIER_CODE] = NAME("dossier", 1),
	[DOSSIER_PROCEDURE] = NAME("procedure", 1),
	[DOSSIER_CHANNEL] =
		CHOICE("channel", 1, "online", "counter", "post", "phone", "other"),
	[DOSSIER_RECEIVED_AT] = { "received_at", "received_at", VALUE_START, 1, 0, 0,
				  NULL, 8, TRAIT_PAST },
	[DOSSIER_DUE_AT] = TIME("due_at"),
	[DOSSIER_RESOLVED_AT] = { "resolved_at", "resolved_at", VALUE_TIME, 0, 0, 0, NULL,
				  8, TRAIT_PAST },
	[DOSSIER_STATUS] = CHOICE("status", 0, "received", "processing", "supplement",
				  "refused", "withdrawn", "resolved", "void"),
	[DOSSIER_UPDATED_AT] = UPDATED_AT,
	[DOSSIER_UNIT] = FREE_TEXT("unit", 400),
	[DOSSIER_SECTOR] = FREE_TEXT("sector", 400),
	[DOSSIER_APPLICANT_TYPE] =
		CHOICE("applicant_type", 0, "citizen", "enterprise", "agency", "other"),
	[DOSSIER_ONE_STOP] = BOOLEAN("one_stop", 0),
	[DOSSIER_ELECTRONIC] = BOOLEAN("electronic", 0),
	[DOSSIER_MOBILE_SIGNED] = BOOLEAN("mobile_signed", 0),
	[DOSSIER_IDENTITY_VERIFIED] = BOOLEAN("identity_verified", 0),
	[DOSSIER_BUSINESS_REGISTRY] = BOOLEAN("business_registry", 0),
	[DOSSIER_PAID_ONLINE] = BOOLEAN("paid_online", 0),
	[DOSSIER_FIELDS_TOTAL] = INTEGER("fields_total", 0, INT_MAX),
	[DOSSIER_FIELDS_PREFILLED] = INTEGER("fields_prefilled", 0, INT_MAX),
	[DOSSIER_SATISFACTION] = { "satisfaction", "satisfaction", VALUE_INTEGER, 0, 1, 5,
				   NULL, 2, 0 },
	[DOSSIER_FILED_BY] = CHOICE("filed_by", 0, "self", "assisted", "staff"),
	[DOSSIER_FILER] = { "filer", "filer", VALUE_NAME, 0, 1, 64, NULL, 0,
			    TRAIT_FREE_TEXT | TRAIT_OPAQUE },
	END
};

static const struct record_field service_fields[] = {
	AGENCY(1),
	NAME("procedure", 1),
	TEXT("name_vi", 1),
	TEXT("name_en", 0),
	CHOICE("level", 1, "1", "2", "3", "4", "partial", "full"),
	DATE("valid_from", 1),
	DATE("valid_to", 0),
	BOOLEAN("npsp_integrated", 0),
	BOOLEAN("help_channel", 0),
	BOOLEAN("mobile_signature", 0),
	BOOLEAN("electronic_dossier", 0),
	BOOLEAN("business_registry", 0),
	BOOLEAN("population_db", 0),
	BOOLEAN("for_enterprises", 0),
	INTEGER("form_fields", 0, INT_MAX),
	INTEGER("form_fields_prefilled", 0, INT_MAX),
	TEXT("evidence_url", 0),
	UPDATED_AT,
	END
};

static const struct record_field fact_fields[] = {
	AGENCY(1),
	CHOICE("fact", 1, "mobile-portal", "satisfaction-disclosure",
	       "information-disclosure", "document-axis", "npsp-connected",
	       "one-stop-system", "reporting-system", "data-network",
	       "business-registry-sharing"),
	BOOLEAN("value", 1),
	DATE("valid_from", 1),
	DATE("valid_to", 0),
	NAME("item", 0),
	TEXT("evidence_url", 0),
	TEXT("verified_by", 0),
	FREE_TEXT("note", 4000),
	UPDATED_AT,
	END
};

static const struct record_field count_fields[] = {
	AGENCY(1),
	CHOICE("measure", 1, "dossiers_received", "dossiers_received_online",
	       "dossiers_resolved", "dossiers_resolved_online",
	       "dossiers_resolved_on_time", "dossiers_resolved_one_stop",
	       "documents_exchanged", "documents_exchanged_electronic", "work_files",
	       "work_files_online", "meeting_minutes", "meeting_minutes_baseline",
	       "satisfaction_responses", "satisfaction_satisfied", "participants",
	       "participants_verified", "report_regimes", "report_regimes_online",
	       "systems", "systems_connected"),
	{ "period", "period", VALUE_PERIOD, 1, 0, 0, NULL, 0, 0 },
	NAME("breakdown", 0),
	{ "value", "value", VALUE_INTEGER, 1, 0, MOST_COUNTED, NULL, 8, 0 },
	TEXT("evidence_url", 0),
	UPDATED_AT,
	END
};

static const struct record_field agency_fields[] = {
	NAME("code", 1),
	CHOICE("kind", 1, "ministry", "ministerial_agency", "government_agency",
	       "province", "department", "commune", "other"),
	TEXT("name_vi", 1),
	TEXT("name_en", 0),
	TEXT("region", 0),
	DATE("valid_from", 1),
	DATE("valid_to", 0),
	{ "successor", "successor_code", VALUE_NAME, 0, 1, 64, NULL, 0, 0 },
	{ "parent", "parent_code", VALUE_NAME, 0, 1, 64, NULL, 0, 0 },
	{ "identifiers", "identifiers", VALUE_LIST, 0, 1, 4000, NULL, 0, 0 },
	UPDATED_AT,
	END
};

static const struct record_field task_fields[] = {
	NAME("task", 1),
	CHOICE("kind", 1, "task", "yearly", "qualitative"),
	TEXT("name_vi", 1),
	TEXT("name_en", 0),
	{ "lead", "lead_code", VALUE_NAME, 0, 1, 64, NULL, 0, 0 },
	{ "each", "each_kinds", VALUE_LIST, 0, 1, 400,
	  CHOICES("ministry", "ministerial_agency", "government_agency", "province",
		  "department", "commune", "other"),
	  0, 0 },
	DATE("due", 0),
	TEXT("clause", 0),
	UPDATED_AT,
	END
};

static const struct record_field milestone_fields[] = { NAME("task", 1),
							AGENCY(1),
							DATE("due", 0),
							DATE("submitted_on", 0),
							DATE("issued_on", 0),
							DATE("completed_on", 0),
							TEXT("issuer", 0),
							TEXT("document_number", 0),
							FREE_TEXT("progress", 4000),
							TEXT("evidence_url", 0),
							UPDATED_AT,
							END };

static const struct record_field national_fields[] = {
	CHOICE("series", 1, "un-egdi-rank", "un-egdi-value"),
	NAME("country", 1),
	{ "year", "year", VALUE_INTEGER, 1, 1900, 2199, NULL, 4, 0 },
	{ "value", "value_text", VALUE_DECIMAL, 1, 0, 0, NULL, 0, 0 },
	TEXT("source", 1),
	UPDATED_AT,
	END
};

const struct record_type record_types[] = {
	{ "dossier", RECORD_DOSSIER, dossier_fields, "dossier", NULL },
	{ "service", RECORD_SERVICE, service_fields, "procedure",
	  CHOICES("procedure", "valid_from") },
	{ "fact", RECORD_FACT, fact_fields, "fact",
	  CHOICES("fact", "item", "valid_from") },
	{ "count", RECORD_COUNT, count_fields, "measure",
	  CHOICES("measure", "period", "breakdown") },
	{ "agency", RECORD_AGENCY, agency_fields, "code", NULL },
	{ "task", RECORD_TASK, task_fields, "task", CHOICES("task") },
	{ "milestone", RECORD_MILESTONE, milestone_fields, "task",
	  CHOICES("task", "due") },
	{ "national", RECORD_NATIONAL, national_fields, "series",
	  CHOICES("series", "country", "year") },
	{ NULL, 0, NULL, NULL, NULL },
};

const struct record_type *record_type_find(const char *name)
{
	for (const struct record_type *type = record_types; type->name; type++)
		if (strcmp(type->name, name) == 0)
			return type;
	return NULL;
}

void record_type_refuse(const char *name)
{
	size_t count = 0;

	while (record_types[count].name)
		count++;
	usage_no_row("record type", name, record_types, count, sizeof *record_types);
}

int record_type_count(const struct record_type *type)
{
	int count = 0;

	while (type->fields[count].name)
		count++;
	return count;
}

int record_type_field(const struct record_type *type, const char *name, size_t length)
{
	for (int i = 0; type->fields[i].name; i++)
		if (strncmp(type->fields[i].name, name, length) == 0 &&
		    strlen(type->fields[i].name) == length)
			return i;
	return -1;
}
