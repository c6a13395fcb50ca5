/* json_record.c -- one record from one JSON object. */
#include "collector/json_record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

enum { VALUES_MAX = 10000 };

static void refuse(struct json_record *json, const char *code, const char *field,
		   const char *detail)
{
	json->record.refusal = code;
	json->record.refused_field = field;
	json->record.detail = detail;
}

/* A JSON array of strings as words; anything else in it is FIELD_OTHER. */
static struct field_text read_list(struct text *list, const json_t *value)
{
	struct field_text field = { .form = FIELD_LIST };
	size_t index;
	json_t *word;

	json_array_foreach((json_t *)value, index, word) {
		if (!json_is_string(word)) {
			field.form = FIELD_OTHER;
			return field;
		}
		if (index)
			text_add_char(list, ' ');
		text_add(list, json_string_value(word));
	}
	if (list->length == 0)
		field.form = FIELD_ABSENT;
	field.bytes = text_string(list);
	field.length = list->length;
	return field;
}

static struct field_text read_number(char buffer[32], const json_t *value)
{
	struct field_text field = { buffer, 0, FIELD_NUMBER };
	int length;

	if (json_is_integer(value))
		length = snprintf(buffer, 32, "%" JSON_INTEGER_FORMAT,
				  json_integer_value(value));
	else
		length = snprintf(buffer, 32, "%.15g", json_real_value(value));
	field.length = (size_t)length;
	return field;
}

static struct field_text read_value(struct json_record *json, int index,
				    const json_t *value)
{
	struct field_text field = { .form = FIELD_OTHER };

	switch (json_typeof(value)) {
	case JSON_NULL:
		field.form = FIELD_ABSENT;
		break;
	case JSON_TRUE:
		field = (struct field_text){ "true", 4, FIELD_TRUE };
		break;
	case JSON_FALSE:
		field = (struct field_text){ "false", 5, FIELD_FALSE };
		break;
	case JSON_STRING:
		field.bytes = json_string_value(value);
		field.length = json_string_length(value);
		field.form = field.length ? FIELD_TEXT : FIELD_ABSENT;
		break;
	case JSON_INTEGER:
	case JSON_REAL:
		field = read_number(json->numbers[index], value);
		break;
	case JSON_ARRAY:
		field = read_list(&json->lists[index], value);
		break;
	case JSON_OBJECT:
		break;
	}
	return field;
}

static void list_fields(struct json_record *json, const struct record_type *type)
{
	text_clear(&json->detail);
	for (int i = 0; type->fields[i].name; i++)
		text_addf(&json->detail, "%s%s", i ? ", " : "", type->fields[i].name);
}

static void refuse_unknown(struct json_record *json, const char *name,
			   const json_t *value, const struct record_type *type)
{
	/* More than fits is told by the whole record in quarantine. */
	size_t length = json_dumpb(value, json->unknown_value, sizeof json->unknown_value,
				   JSON_ENCODE_ANY | JSON_COMPACT);

	snprintf(json->name, sizeof json->name, "%.64s", name);
	list_fields(json, type);
	refuse(json, "unknown_field", json->name, text_string(&json->detail));
	if (length > sizeof json->unknown_value)
		length = 0;
	json->record.refused_value =
		(struct field_text){ json->unknown_value, length, FIELD_TEXT };
}

static void read_fields(struct json_record *json, const json_t *object,
			const struct record_type *type)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)object, name, value) {
		int index = record_type_field(type, name, strlen(name));

		if (index >= 0) {
			json->record.fields[index] = read_value(json, index, value);
		} else if (strncmp(name, "nq17_", 5) != 0) {
			refuse_unknown(json, name, value, type);
		}
	}
}

/* A member that names an event, or NULL.  Such names are keys, so they are short. */
static const char *read_name(const json_t *event, const char *member)
{
	const json_t *value = json_object_get(event, member);
	size_t length = json_string_length(value);

	return length > 0 && length <= EVENT_NAME_MAX ? json_string_value(value) : NULL;
}

/* The data of a CloudEvent of TYPE, or NULL with the refusal noted. */
static const json_t *open_event(struct json_record *json, const json_t *event,
				const struct record_type *type)
{
	const char *version = json_string_value(json_object_get(event, "specversion"));
	const char *name = json_string_value(json_object_get(event, "type"));
	const json_t *data = json_object_get(event, "data");
	char expected[64];

	const char *source = read_name(event, "source"), *id = read_name(event, "id");

	if (source && id) {
		json->record.event_source = source;
		json->record.event_id = id;
	}
	snprintf(expected, sizeof expected, "vn.nq17.%s.v1", type->name);
	if (!version || strcmp(version, "1.0") != 0)
		refuse(json, "bad_event", "specversion", "specversion");
	else if (!name || strcmp(name, expected) != 0)
		refuse(json, "bad_event", "type", "type");
	else if (!source)
		refuse(json, "bad_event", "source", "source");
	else if (!id)
		refuse(json, "bad_event", "id", "id");
	else if (!json_is_object(data))
		refuse(json, "bad_event", "data", "data");
	else
		return data;
	return NULL;
}

static void begin(struct json_record *json, const char *bytes, size_t length,
		  uint64_t line)
{
	json_decref(json->root);
	json->root = NULL;
	json->record = (struct raw_record){ .line = line,
					    .source = bytes,
					    .source_length = length };
}

/* Would a tree of it be far larger than the text?  Each value takes a comma or a bracket
 * and up to 250 bytes of tree; a record has some thirty values. */
static int has_too_many_values(const char *bytes, size_t length)
{
	size_t count = 0;
	int in_string = 0;

	if (length <= 3 * VALUES_MAX)
		return 0;
	for (size_t i = 0; i < length; i++) {
		if (in_string && bytes[i] == '\\')
			i++;
		else if (bytes[i] == '"')
			in_string = !in_string;
		else if (!in_string)
			count += bytes[i] == ',' || bytes[i] == '[' || bytes[i] == '{';
	}
	return count > VALUES_MAX;
}

void json_record_judge(struct json_record *json, const char *bytes, size_t length,
		       uint64_t line, const struct record_type *type, int events)
{
	json_error_t wrong;
	const json_t *object;

	begin(json, bytes, length, line);
	for (int i = 0; i < RECORD_FIELDS_MAX; i++)
		text_clear(&json->lists[i]);
	if (has_too_many_values(bytes, length)) {
		refuse(json, "too_many_values", NULL, NULL);
		return;
	}
	json->root = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &wrong);
	if (!json->root) {
		text_clear(&json->detail);
		/* jansson tells how far it had read. */
		text_addf(&json->detail, "%d", wrong.position > 0 ? wrong.position : 1);
		refuse(json, "bad_json", NULL, text_string(&json->detail));
		return;
	}
	object = json->root;
	if (!json_is_object(object)) {
		refuse(json, "bad_json", NULL, "1");
		return;
	}
	if (events > 0 || (events < 0 && json_object_get(object, "specversion")))
		object = open_event(json, object, type);
	if (object)
		read_fields(json, object, type);
}

static int append(const char *bytes, size_t length, void *out)
{
	text_add_bytes(out, bytes, length);
	return 0;
}

/* Written without blanks, so that one stands between words. */
static int holds_words(const json_t *value)
{
	char *dump = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
	int words = strchr(dump, ' ') != NULL;

	free(dump);
	return words;
}

int json_record_plain(struct text *out, const char *bytes, size_t length,
		      const struct record_type *type)
{
	json_t *root = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL);
	json_t *object = root, *value;
	const char *name;
	void *next;
	int replaced = 0;

	if (json_object_get(root, "specversion"))
		object = json_object_get(root, "data");
	json_object_foreach_safe(object, next, name, value)
	{
		if (record_type_field(type, name, strlen(name)) < 0 &&
		    strncmp(name, "nq17_", 5) != 0 && holds_words(value)) {
			json_object_set_new(object, name, json_string("x"));
			replaced++;
		}
	}
	json_dump_callback(root, append, out, JSON_COMPACT);
	json_decref(root);
	return replaced;
}

size_t json_record_scan(struct json_record *json, const char *bytes, size_t length,
			uint64_t line, const struct record_type *type, int events)
{
	begin(json, bytes, 0, line);
	json->record.source_length =
		json_scan_record(&json->scan, bytes, length, type, events, &json->record);
	return json->record.source_length;
}

static int is_blank(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r' &&
		    bytes[i] != '\n')
			return 0;
	return 1;
}

void json_record_read(struct json_record *json, const char *bytes, size_t length,
		      uint64_t line, const struct record_type *type, int events)
{
	size_t used = json_record_scan(json, bytes, length, line, type, events);

	if (used && is_blank(bytes + used, length - used))
		json->record.source_length = length;
	else
		json_record_judge(json, bytes, length, line, type, events);
}

void json_record_free(struct json_record *json)
{
	json_decref(json->root);
	json->root = NULL;
	for (int i = 0; i < RECORD_FIELDS_MAX; i++)
		text_free(&json->lists[i]);
	text_free(&json->detail);
	json_scan_free(&json->scan);
}
