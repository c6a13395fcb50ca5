/* code_list.c -- a small CSV file of codes, as arrays for PostgreSQL. */
#include "collector/code_list.h"

#include <string.h>

#include "collector/decoder.h"
#include "collector/parse_value.h"

struct reading {
	struct code_list *list;
	const struct record_type *type;
};

static void add_element(struct text *out, const char *bytes, size_t length)
{
	text_add_char(out, '"');
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] == '"' || bytes[i] == '\\')
			text_add_char(out, '\\');
		text_add_char(out, bytes[i]);
	}
	text_add_char(out, '"');
}

void code_list_add_one(struct text *out, const char *code)
{
	text_add_char(out, '{');
	add_element(out, code, strlen(code));
	text_add_char(out, '}');
}

static const char *add_value(struct text *out, const struct record_field *field,
			     const struct field_text *value)
{
	struct moment moment;
	const char *wrong;
	char day[16];

	if (value->form == FIELD_ABSENT) {
		text_add(out, "NULL");
		return field->required ? "missing_value" : NULL;
	}
	if (!text_is_utf8(value->bytes, value->length) ||
	    parse_has_control(value->bytes, value->length))
		return "bad_text";
	if (field->kind == VALUE_NAME) {
		add_element(out, value->bytes, value->length);
		return NULL;
	}
	wrong = parse_moment(&moment, value->bytes, value->length, PLAIN_DATE_START);
	if (wrong)
		return wrong;
	print_day(moment_local_day(&moment), day);
	text_add(out, day);
	return NULL;
}

static int take_row(void *context, const struct raw_record *raw, struct error *err)
{
	struct reading *reading = context;
	struct code_list *list = reading->list;
	const struct record_field *fields = reading->type->fields;
	const char *wrong = raw->refusal;

	for (int i = 0; fields[i].name && !wrong; i++) {
		text_add_char(&list->columns[i], list->count ? ',' : '{');
		wrong = add_value(&list->columns[i], &fields[i], &raw->fields[i]);
	}
	list->count++;
	if (wrong)
		return error_set(err, ERROR_INVALID, "line %llu: %s",
				 (unsigned long long)raw->line, wrong);
	return 0;
}

int code_list_read(struct code_list *list, const char *path,
		   const struct record_type *type, enum message_language language,
		   struct error *err)
{
	struct file_refusal refusal = { .language = language };
	struct reading reading = { list, type };
	struct decoding decoding = {
		.type = type, .refusal = &refusal, .sink = take_row, .context = &reading
	};
	int status;

	*list = (struct code_list){ 0 };
	if (input_open(&decoding.input, path, &refusal, err) != 0)
		return error_context(err, "%s", path);
	status = decoder_csv.decode(&decoding, err);
	input_close(decoding.input);
	for (int i = 0; type->fields[i].name; i++)
		text_add_char(&list->columns[i], '}');
	return status ? error_context(err, "%s", path) : 0;
}

void code_list_free(struct code_list *list)
{
	for (int i = 0; i < CODE_LIST_COLUMNS; i++)
		text_free(&list->columns[i]);
}
