/* check.c -- from text to a typed record. */
#include "collector/check.h"

#include <stdio.h>
#include <string.h>

#include <xxhash.h>

#include "base/memory.h"
#include "base/period.h"
#include "collector/parse_value.h"
#include "collector/personal.h"

#define HOUR ((int64_t)3600 * 1000000)
#define DAY  (24 * HOUR)

/* What a version without any date is taken to be of: 1976-01-01, Hanoi. */
#define UNDATED (-(int64_t)8766 * DAY - 7 * HOUR)

/* 2000-01-01 in days from 1970-01-01, for period.h. */
enum { EPOCH_2000 = 10957 };

/* Returns -1, so that `return refuse(...)` ends a check. */
static int refuse(struct checker *checker, const char *code, const char *field,
		  const struct field_text *value)
{
	struct refusal *refusal = &checker->record.refusal;

	refusal->code = code;
	refusal->field = field;
	text_clear(&refusal->value);
	if (value && value->bytes)
		text_add_bytes(&refusal->value, value->bytes,
			       value->length > 200 ? 200 : value->length);
	return -1;
}

/* ---- One value ---------------------------------------------------------- */

static int is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Blanks around a value are never meant. */
static struct field_text trim(struct field_text text)
{
	while (text.length > 0 && is_blank(text.bytes[0])) {
		text.bytes++;
		text.length--;
	}
	while (text.length > 0 && is_blank(text.bytes[text.length - 1]))
		text.length--;
	if (text.form == FIELD_PLAIN)
		text.form = FIELD_TEXT;
	if (text.length == 0 && text.form == FIELD_TEXT)
		text.form = FIELD_ABSENT;
	return text;
}

static const char *wanted_form(enum value_kind kind, enum field_form form)
{
	switch (kind) {
	case VALUE_BOOLEAN:
		if (form == FIELD_TRUE || form == FIELD_FALSE || form == FIELD_TEXT ||
		    form == FIELD_NUMBER)
			return NULL;
		return "true, false";
	case VALUE_INTEGER:
	case VALUE_DECIMAL:
		return form == FIELD_NUMBER || form == FIELD_TEXT ? NULL : "123";
	case VALUE_LIST:
		return form == FIELD_LIST || form == FIELD_TEXT ? NULL
								: "[\"abc\", \"def\"]";
	case VALUE_TIME:
	case VALUE_START:
		return form == FIELD_TEXT ? NULL : "\"2020-06-30T15:04:05+07:00\"";
	case VALUE_DATE:
		return form == FIELD_TEXT ? NULL : "\"2020-06-30\"";
	case VALUE_CHOICE: /* a level or a year is a number by nature; 01 is not 1 */
	case VALUE_PERIOD:
		return form == FIELD_TEXT || form == FIELD_NUMBER ? NULL : "\"abc\"";
	default:
		return form == FIELD_TEXT ? NULL : "\"abc\"";
	}
}

static void describe_limits(struct text *out, const struct record_field *field)
{
	text_clear(out);
	if (field->kind == VALUE_INTEGER)
		text_addf(out, "%lld–%lld", field->minimum, field->maximum);
	else if (field->kind == VALUE_CHOICE ||
		 (field->kind == VALUE_LIST && field->choices))
		for (int i = 0; field->choices[i]; i++)
			text_addf(out, "%s%s", i ? ", " : "", field->choices[i]);
	else
		text_addf(out, "%lld", field->maximum);
}

static const char *read_text(struct checker *checker, int index,
			     const struct field_text *text, struct typed_value *value)
{
	const struct record_field *field = &checker->type->fields[index];
	size_t characters;
	const char *wrong;

	value->bytes = text->bytes;
	value->length = text->length;
	wrong = parse_text(&value->bytes, &value->length, &characters,
			   &checker->normal[index]);
	if (wrong)
		return wrong;
	if (memchr(value->bytes, '\0', value->length))
		return "bad_text";
	if (field->kind != VALUE_TEXT && field->kind != VALUE_LIST
		    ? parse_has_control(value->bytes, value->length)
		    : text_guile(value->bytes, value->length) == TEXT_WILD)
		return "bad_text";
	return (long long)characters > field->maximum ? "too_long" : NULL;
}

/* Every word of a list must be a choice, where there are choices. */
static const char *check_list(const struct record_field *field,
			      const struct typed_value *value)
{
	static const char SEPARATORS[] = " ,;|\t\r\n";
	const char *at = value->bytes, *end = at + value->length;
	int choice;

	while (field->choices && at < end) {
		const char *from = at;

		while (at < end && !strchr(SEPARATORS, *at))
			at++;
		if (at > from &&
		    parse_choice(&choice, from, (size_t)(at - from), field->choices))
			return "bad_choice";
		at++;
	}
	return NULL;
}

static const char *read_period(struct checker *checker, const struct field_text *text,
			       struct typed_value *value)
{
	struct period period;
	struct error ignored;
	char code[32];

	if (text->length >= sizeof code || memchr(text->bytes, '\0', text->length))
		return "bad_period";
	memcpy(code, text->bytes, text->length);
	code[text->length] = '\0';
	if (period_parse(&period, code, &ignored) != 0)
		return "bad_period";
	checker->record.first_day = (int32_t)(period.first - EPOCH_2000);
	checker->record.end_day = (int32_t)(period.end - EPOCH_2000);
	value->bytes = text->bytes;
	value->length = text->length;
	return NULL;
}

/* Reads TEXT, which is there, as field INDEX; NULL or what is wrong. */
static const char *read_value(struct checker *checker, int index,
			      const struct field_text *text, struct moment *moment)
{
	const struct record_field *field = &checker->type->fields[index];
	struct typed_value *value = &checker->record.values[index];
	const char *wrong = NULL;
	int32_t day = 0;
	int number = 0;

	switch (field->kind) {
	case VALUE_AGENCY:
	case VALUE_NAME:
	case VALUE_TEXT:
		return read_text(checker, index, text, value);
	case VALUE_LIST:
		wrong = read_text(checker, index, text, value);
		return wrong ? wrong : check_list(field, value);
	case VALUE_TIME:
	case VALUE_START:
		wrong = parse_moment(moment, text->bytes, text->length,
				     field->kind == VALUE_START ? PLAIN_DATE_START
								: PLAIN_DATE_END);
		value->number = moment->microseconds;
		return wrong;
	case VALUE_DATE:
		wrong = parse_date(&day, text->bytes, text->length);
		value->number = day;
		return wrong;
	case VALUE_BOOLEAN:
		wrong = parse_boolean(&number, text->bytes, text->length);
		value->number = number;
		return wrong;
	case VALUE_INTEGER:
		return parse_integer(&value->number, text->bytes, text->length,
				     field->minimum, field->maximum);
	case VALUE_DECIMAL:
		value->bytes = text->bytes;
		value->length = text->length;
		return parse_decimal(text->bytes, text->length);
	case VALUE_CHOICE:
		wrong = parse_choice(&number, text->bytes, text->length, field->choices);
		value->number = number;
		if (!wrong) {
			value->bytes = field->choices[number];
			value->length = strlen(value->bytes);
		}
		return wrong;
	case VALUE_PERIOD:
		return read_period(checker, text, value);
	}
	return NULL;
}

/* ---- Several values ----------------------------------------------------- */

static const struct typed_value *value_of(const struct checker *checker, const char *name)
{
	int index = record_type_field(checker->type, name, strlen(name));

	if (index < 0)
		BUG("no field %s", name);
	return &checker->record.values[index];
}

static int check_arrival(struct checker *checker, const struct raw_record *raw)
{
	const struct record_field *field = checker->type->fields;

	for (int i = 0; field[i].name; i++)
		if ((field[i].traits & TRAIT_PAST) && checker->record.values[i].given &&
		    checker->record.values[i].number > checker->arrival + DAY)
			return refuse(checker, "time_in_future", field[i].name,
				      &raw->fields[i]);
	return 0;
}

static int check_status(struct checker *checker, const struct raw_record *raw)
{
	struct typed_value *values = checker->record.values;
	struct typed_value *status = &values[DOSSIER_STATUS];
	int resolved = values[DOSSIER_RESOLVED_AT].given;

	if (!status->given) {
		status->given = 1;
		status->number = resolved ? STATUS_RESOLVED : STATUS_RECEIVED;
		status->bytes =
			checker->type->fields[DOSSIER_STATUS].choices[status->number];
		status->length = strlen(status->bytes);
	}
	if (resolved &&
	    values[DOSSIER_RESOLVED_AT].number < values[DOSSIER_RECEIVED_AT].number) {
		text_clear(&checker->record.refusal.detail);
		text_add_bytes(&checker->record.refusal.detail,
			       raw->fields[DOSSIER_RESOLVED_AT].bytes,
			       raw->fields[DOSSIER_RESOLVED_AT].length);
		text_add(&checker->record.refusal.detail, " < ");
		text_add_bytes(&checker->record.refusal.detail,
			       raw->fields[DOSSIER_RECEIVED_AT].bytes,
			       raw->fields[DOSSIER_RECEIVED_AT].length);
		return refuse(checker, "resolved_before_received", "resolved_at",
			      &raw->fields[DOSSIER_RESOLVED_AT]);
	}
	if (!resolved && status->number == STATUS_RESOLVED)
		return refuse(checker, "resolved_at_missing", "resolved_at", NULL);
	if (resolved && status->number <= STATUS_SUPPLEMENT)
		return refuse(checker, "resolved_at_forbidden", "status",
			      &(struct field_text){ status->bytes, status->length,
						    FIELD_TEXT });
	return 0;
}

static int check_prefilled(struct checker *checker, const struct typed_value *total,
			   const struct typed_value *prefilled, const char *name)
{
	if (!total->given || !prefilled->given || prefilled->number <= total->number)
		return 0;
	text_clear(&checker->record.refusal.detail);
	text_addf(&checker->record.refusal.detail, "%lld", (long long)total->number);
	refuse(checker, "prefilled_above_total", name, NULL);
	text_addf(&checker->record.refusal.value, "%lld", (long long)prefilled->number);
	return -1;
}

static int check_dossier(struct checker *checker, const struct moment *moments,
			 const struct raw_record *raw)
{
	struct typed_record *record = &checker->record;
	const struct typed_value *values = record->values;

	if (check_status(checker, raw) != 0 ||
	    check_prefilled(checker, &values[DOSSIER_FIELDS_TOTAL],
			    &values[DOSSIER_FIELDS_PREFILLED], "fields_prefilled") != 0)
		return -1;
	record->is_resolved = values[DOSSIER_STATUS].number == STATUS_RESOLVED;
	record->is_withdrawn = values[DOSSIER_STATUS].number == STATUS_WITHDRAWN;
	record->received_day = moment_local_day(&moments[DOSSIER_RECEIVED_AT]);
	if (values[DOSSIER_RESOLVED_AT].given)
		record->resolved_day = moment_local_day(&moments[DOSSIER_RESOLVED_AT]);
	if (!record->updated_given)
		record->updated_at = values[DOSSIER_RESOLVED_AT].given
					     ? values[DOSSIER_RESOLVED_AT].number
					     : values[DOSSIER_RECEIVED_AT].number;
	record->ended_day =
		values[DOSSIER_RESOLVED_AT].given
			? record->resolved_day
			: moment_local_day(&(struct moment){ record->updated_at });
	record->order = record->updated_at * 8 + values[DOSSIER_STATUS].number;
	return 0;
}

/* What is valid from a day to a day, and otherwise new on the first of them. */
static int check_span(struct checker *checker)
{
	struct typed_record *record = &checker->record;
	const struct typed_value *from = value_of(checker, "valid_from");
	const struct typed_value *to = value_of(checker, "valid_to");
	char first[16], last[16];

	if (!record->updated_given)
		record->updated_at = from->number * DAY - 7 * HOUR;
	if (!to->given || to->number >= from->number)
		return 0;
	print_day((int32_t)from->number, first);
	print_day((int32_t)to->number, last);
	text_clear(&record->refusal.detail);
	text_add(&record->refusal.detail, first);
	return refuse(checker, "ends_before_start", "valid_to",
		      &(struct field_text){ last, strlen(last), FIELD_TEXT });
}

/* Which parts a measure is told apart by; closed by NULL. */
static const char *const by_tier[] = { "ministry_province", "district", "commune", NULL };
static const char *const by_participant[] = { "citizen", "enterprise", NULL };

static int check_count(struct checker *checker, const struct raw_record *raw)
{
	static const char *const nothing[] = { NULL };
	struct typed_record *record = &checker->record;
	const struct typed_value *measure = value_of(checker, "measure");
	const struct typed_value *breakdown = value_of(checker, "breakdown");
	const char *const *parts = nothing;
	int choice;

	if (!record->updated_given)
		record->updated_at = record->first_day * DAY - 7 * HOUR;
	if (strncmp(measure->bytes, "work_files", 10) == 0)
		parts = by_tier;
	else if (strncmp(measure->bytes, "participants", 12) == 0)
		parts = by_participant;
	if (!breakdown->given ||
	    !parse_choice(&choice, breakdown->bytes, breakdown->length, parts))
		return 0;
	text_clear(&record->refusal.detail);
	for (int i = 0; parts[i]; i++)
		text_addf(&record->refusal.detail, "%s%s", i ? ", " : "", parts[i]);
	if (!parts[0])
		text_add(&record->refusal.detail, "(-)");
	return refuse(checker, "bad_breakdown", "breakdown",
		      &raw->fields[record_type_field(checker->type, "breakdown", 9)]);
}

static int check_agency_code(struct checker *checker, const struct raw_record *raw)
{
	const struct typed_value *code = value_of(checker, "code");

	if ((code->length == 2 && memcmp(code->bytes, "VN", 2) == 0) ||
	    memchr(code->bytes, '@', code->length))
		return refuse(checker, "bad_agency_code", "code", &raw->fields[0]);
	return 0;
}

/* The day by which a record's agency is resolved. */
static int32_t agency_day(const struct checker *checker)
{
	static const char *const dates[] = { "due", "submitted_on", "issued_on",
					     "completed_on" };

	switch (checker->type->kind) {
	case RECORD_DOSSIER:
		return checker->record.received_day;
	case RECORD_COUNT:
		return checker->record.first_day;
	case RECORD_SERVICE:
	case RECORD_FACT:
		return (int32_t)value_of(checker, "valid_from")->number;
	default:
		for (int i = 0; i < 4; i++)
			if (value_of(checker, dates[i])->given)
				return (int32_t)value_of(checker, dates[i])->number;
		return 7005; /* 2019-03-07, the day of the Resolution */
	}
}

/* May the sender speak for the agency that was found? */
static int check_scope(struct checker *checker, const struct field_text *name)
{
	if (!checker->scope ||
	    agency_register_answers_for(checker->agencies, checker->scope,
					checker->record.agency_id))
		return 0;
	return refuse(checker, "agency_not_yours", "agency", name);
}

static int find_agency(struct checker *checker, int index)
{
	struct typed_record *record = &checker->record;
	const struct typed_value *value = &record->values[index];
	struct field_text name = { checker->agency, 0, FIELD_TEXT };
	int32_t day = agency_day(checker);
	char printed[16];

	if (value->given) {
		name.bytes = value->bytes;
		name.length = value->length;
	} else {
		name.length = strlen(checker->agency);
	}
	if (name.length == 2 && memcmp(name.bytes, "VN", 2) == 0) {
		if (checker->type->kind == RECORD_COUNT)
			return check_scope(checker, &name);
		return refuse(checker, "agency_not_nation", "agency", &name);
	}
	switch (agency_register_find(checker->agencies, name.bytes, name.length, day,
				     &record->agency_id)) {
	case AGENCY_FOUND:
		return check_scope(checker, &name);
	case AGENCY_SUCCESSOR:
		record->must_join = 1;
		if (checker->type->kind == RECORD_DOSSIER)
			return check_scope(checker, &name);
		record->agency_id = 0;
		break;
	case AGENCY_UNKNOWN:
		return refuse(checker, "unknown_agency", "agency", &name);
	case AGENCY_NOT_IN_FORCE:
		break;
	}
	print_day(day, printed);
	text_clear(&record->refusal.detail);
	text_add(&record->refusal.detail, printed);
	return refuse(checker, "agency_not_in_force", "agency", &name);
}

static int check_together(struct checker *checker, const struct moment *moments,
			  const struct raw_record *raw)
{
	struct typed_record *record = &checker->record;
	int status = 0;

	record->updated_at = UNDATED;
	for (int i = 0; checker->type->fields[i].name; i++)
		if ((checker->type->fields[i].traits & TRAIT_VERSION) &&
		    record->values[i].given) {
			record->updated_given = 1;
			record->updated_at = record->values[i].number;
		}
	switch (checker->type->kind) {
	case RECORD_DOSSIER:
		return check_dossier(checker, moments, raw);
	case RECORD_SERVICE:
		status = check_span(checker);
		return status ? status
			      : check_prefilled(
					checker, value_of(checker, "form_fields"),
					value_of(checker, "form_fields_prefilled"),
					"form_fields_prefilled");
	case RECORD_FACT:
		return check_span(checker);
	case RECORD_COUNT:
		return check_count(checker, raw);
	case RECORD_AGENCY:
		status = check_span(checker);
		return status ? status : check_agency_code(checker, raw);
	case RECORD_TASK:
	case RECORD_MILESTONE:
	case RECORD_NATIONAL:
		break;
	}
	return status;
}

/* ---- What must not come ------------------------------------------------- */

/* The place of a text among those found clean before, or NULL if it is too long. */
static struct clean_text *clean_place(struct checker *checker,
				      const struct typed_value *value)
{
	if (value->length > sizeof checker->clean->bytes)
		return NULL;
	return &checker->clean[XXH3_64bits(value->bytes, value->length) % 256];
}

static enum personal find_personal(struct checker *checker,
				   const struct typed_value *value)
{
	struct clean_text *clean = clean_place(checker, value);
	enum personal found;

	if (clean && clean->length == value->length &&
	    memcmp(clean->bytes, value->bytes, value->length) == 0)
		return PERSONAL_NONE;
	found = personal_find(value->bytes, value->length);
	if (clean && found == PERSONAL_NONE) {
		clean->length = (unsigned char)value->length;
		memcpy(clean->bytes, value->bytes, value->length);
	}
	return found;
}

static int check_personal(struct checker *checker)
{
	const struct record_field *field = checker->type->fields;

	for (int i = 0; field[i].name; i++) {
		const struct typed_value *value = &checker->record.values[i];
		int opaque = field[i].traits & TRAIT_OPAQUE;
		enum personal found;

		if (!(field[i].traits & TRAIT_FREE_TEXT) || !value->given ||
		    (opaque && personal_is_opaque(value->bytes, value->length)))
			continue;
		found = find_personal(checker, value);
		if (found == PERSONAL_NONE && !opaque)
			continue;
		text_clear(&checker->record.refusal.detail);
		text_add(&checker->record.refusal.detail, personal_name(found));
		return refuse(checker, found ? "personal_data" : "filer_not_opaque",
			      field[i].name, NULL);
	}
	return 0;
}

/* ---- One record --------------------------------------------------------- */

static int check_value(struct checker *checker, int index, const struct raw_record *raw,
		       struct moment *moment)
{
	const struct record_field *field = &checker->type->fields[index];
	struct field_text text = trim(raw->fields[index]);
	const char *wrong;

	if (text.form == FIELD_ABSENT) {
		if (!field->required || (field->kind == VALUE_AGENCY && checker->agency))
			return 0;
		return refuse(checker, "missing_value", field->name, NULL);
	}
	wrong = wanted_form(field->kind, text.form);
	if (wrong) {
		text_clear(&checker->record.refusal.detail);
		text_add(&checker->record.refusal.detail, wrong);
		return refuse(checker, "bad_form", field->name, &text);
	}
	wrong = read_value(checker, index, &text, moment);
	if (wrong) {
		describe_limits(&checker->record.refusal.detail, field);
		return refuse(checker, wrong, field->name, &text);
	}
	checker->record.values[index].given = 1;
	return 0;
}

/* Filed online, for a service that was at level 4 on that day? */
static void note_level4(struct checker *checker)
{
	struct typed_record *record = &checker->record;
	const struct typed_value *procedure = &record->values[DOSSIER_PROCEDURE];

	record->level4 =
		record->values[DOSSIER_CHANNEL].number == 0 &&
		level4_has(checker->services, record->agency_id, procedure->bytes,
			   procedure->length, record->received_day);
}

/* The codes that count, in place of others of the same thing. */
static void replace_aliases(struct checker *checker)
{
	struct typed_record *record = &checker->record;
	struct typed_value *procedure, *dossier;

	if (checker->type->kind == RECORD_DOSSIER)
		procedure = &record->values[DOSSIER_PROCEDURE];
	else if (checker->type->kind == RECORD_SERVICE)
		procedure =
			&record->values[record_type_field(checker->type, "procedure", 9)];
	else
		return;
	procedure->length = alias_national_length(procedure->bytes, procedure->length);
	aliases_replace(checker->procedures, record->agency_id, &procedure->bytes,
			&procedure->length);
	if (checker->type->kind == RECORD_DOSSIER) {
		dossier = &record->values[DOSSIER_CODE];
		aliases_replace(checker->dossiers, record->agency_id, &dossier->bytes,
				&dossier->length);
	}
}

static int check(struct checker *checker, const struct raw_record *raw)
{
	struct moment moments[RECORD_FIELDS_MAX];
	int agency = -1;

	if (raw->refusal) {
		text_clear(&checker->record.refusal.detail);
		text_add(&checker->record.refusal.detail, raw->detail ? raw->detail : "");
		return refuse(checker, raw->refusal, raw->refused_field,
			      &raw->refused_value);
	}
	for (int i = 0; checker->type->fields[i].name; i++) {
		if (raw->fields[i].form == FIELD_ABSENT &&
		    !checker->type->fields[i].required)
			continue;
		if (check_value(checker, i, raw, &moments[i]) != 0)
			return -1;
		if (checker->type->fields[i].kind == VALUE_AGENCY)
			agency = i;
	}
	if (check_personal(checker) != 0 || check_together(checker, moments, raw) != 0 ||
	    check_arrival(checker, raw) != 0 ||
	    (agency >= 0 && find_agency(checker, agency) != 0))
		return -1;
	replace_aliases(checker);
	if (checker->type->kind == RECORD_DOSSIER)
		note_level4(checker);
	if (checker->record.is_resolved)
		checker->record.settled_id =
			agency_register_heir(checker->agencies, checker->record.agency_id,
					     checker->record.resolved_day);
	return 0;
}

/* ---- What was refused --------------------------------------------------- */

/* Reads the fields of the key again: the check may have ended before them. */
static int read_key(struct checker *checker, const struct raw_record *raw)
{
	const char *const *name = checker->type->keys;
	struct moment ignored;

	for (; *name; name++) {
		int index = record_type_field(checker->type, *name, strlen(*name));
		const struct record_field *field = &checker->type->fields[index];
		struct field_text text = trim(raw->fields[index]);

		checker->record.values[index].given = text.form != FIELD_ABSENT;
		if (text.form == FIELD_ABSENT && field->required)
			return -1;
		if (text.form != FIELD_ABSENT &&
		    (wanted_form(field->kind, text.form) ||
		     read_value(checker, index, &text, &ignored)))
			return -1;
	}
	return 0;
}

static void add_part(struct checker *checker, int index)
{
	const struct typed_value *value = &checker->record.values[index];
	char day[16];

	if (!value->given)
		return;
	switch (checker->type->fields[index].kind) {
	case VALUE_DATE:
		print_day((int32_t)value->number, day);
		text_add_bytes(&checker->key, day,
			       checker->type->kind == RECORD_MILESTONE ? 4 : strlen(day));
		return;
	case VALUE_INTEGER:
		text_addf(&checker->key, "%lld", (long long)value->number);
		return;
	default:
		text_add_bytes(&checker->key, value->bytes, value->length);
	}
}

/* Does the record say whose it is, or its refusal the name that was not known? */
static int has_owner(const struct checker *checker, const struct raw_record *raw,
		     int32_t agency_id, const char *code)
{
	int index = record_type_field(checker->type, "agency", 6);
	struct field_text name;

	if (index < 0 || agency_id != 0 || strcmp(code, "unknown_agency") == 0 ||
	    strcmp(code, "agency_not_in_force") == 0 ||
	    strcmp(code, "agency_not_yours") == 0)
		return 1;
	name = trim(raw->fields[index]);
	if (name.form == FIELD_ABSENT && checker->agency)
		return strcmp(checker->agency, "VN") == 0;
	return checker->type->kind == RECORD_COUNT && name.form == FIELD_TEXT &&
	       name.length == 2 && memcmp(name.bytes, "VN", 2) == 0;
}

const char *checker_key(struct checker *checker, const struct raw_record *raw,
			int32_t agency_id, const char *code)
{
	const char *const *name = checker->type->keys;

	if (!name || !has_owner(checker, raw, agency_id, code) ||
	    read_key(checker, raw) != 0)
		return NULL;
	checker->record.agency_id = agency_id;
	replace_aliases(checker);
	text_clear(&checker->key);
	for (; *name; name++) {
		if (name != checker->type->keys)
			text_add_char(&checker->key, '|');
		add_part(checker, record_type_field(checker->type, *name, strlen(*name)));
	}
	return text_string(&checker->key);
}

/* Whose record is it that was refused before its agency was looked up?  So that the
 * agency finds it in quarantine; by the day of arrival, where it tells no other. */
static void guess_agency(struct checker *checker, const struct raw_record *raw)
{
	struct field_text name = { checker->agency, 0, FIELD_TEXT };
	int index = record_type_field(checker->type, "agency", 6);
	int32_t day = (int32_t)((checker->arrival + 7 * HOUR) / DAY), id;
	struct moment moment;

	if (index < 0)
		return;
	if (trim(raw->fields[index]).form == FIELD_TEXT)
		name = trim(raw->fields[index]);
	else if (name.bytes)
		name.length = strlen(name.bytes);
	else
		return;
	if (checker->type->kind == RECORD_DOSSIER) {
		struct field_text received = trim(raw->fields[DOSSIER_RECEIVED_AT]);

		if (received.form == FIELD_TEXT &&
		    !parse_moment(&moment, received.bytes, received.length,
				  PLAIN_DATE_START))
			day = moment_local_day(&moment);
	} else if (checker->type->keys && read_key(checker, raw) == 0) {
		day = agency_day(checker);
	}
	if (agency_register_find(checker->agencies, name.bytes, name.length, day, &id) !=
	    AGENCY_FOUND)
		return;
	if (!checker->scope ||
	    agency_register_answers_for(checker->agencies, checker->scope, id))
		checker->record.agency_id = id;
}

void checker_take(struct checker *checker, const struct raw_record *raw)
{
	struct typed_record *record = &checker->record;
	struct refusal refusal = record->refusal; /* keeps its buffers */

	memset(record, 0, sizeof *record);
	record->refusal = refusal;
	record->refusal.code = record->refusal.field = NULL;
	record->line = raw->line;
	record->event_source = raw->event_source;
	record->event_id = raw->event_id;
	if (check(checker, raw) != 0 && record->agency_id == 0)
		guess_agency(checker, raw);
}

void checker_free(struct checker *checker)
{
	text_free(&checker->record.refusal.value);
	text_free(&checker->record.refusal.detail);
	text_free(&checker->key);
	for (int i = 0; i < RECORD_FIELDS_MAX; i++)
		text_free(&checker->normal[i]);
}
