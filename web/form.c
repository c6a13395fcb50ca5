/* form.c -- the fields and files of a form that was sent (POST). */
#include "web/form.h"

#include <stdlib.h>
#include <string.h>

#include <microhttpd.h>

#include "base/memory.h"

enum { FIELDS_MAX = 256, FILES_MAX = 8, PIECE = 8 * 1024 };

struct field {
	char *name;
	struct text value;
};

struct form {
	struct MHD_PostProcessor *processor;
	size_t most, taken;
	struct field fields[FIELDS_MAX];
	size_t field_count;
	struct form_file files[FILES_MAX];
	size_t file_count;
	const char *problem; /* NULL: none */
};

/* The piece goes on where the one before ended: OFFSET is within one value. */
static struct text *value_of(struct form *form, const char *name, const char *file,
			     uint64_t offset)
{
	if (file) {
		if (offset == 0) {
			if (form->file_count == FILES_MAX)
				return NULL;
			form->files[form->file_count].field = memory_copy(name);
			form->files[form->file_count++].name = memory_copy(file);
		}
		return form->file_count ? &form->files[form->file_count - 1].bytes : NULL;
	}
	if (offset == 0) {
		if (form->field_count == FIELDS_MAX)
			return NULL;
		form->fields[form->field_count++].name = memory_copy(name);
	}
	return form->field_count ? &form->fields[form->field_count - 1].value : NULL;
}

static enum MHD_Result take_piece(void *context, enum MHD_ValueKind kind,
				  const char *name, const char *file, const char *type,
				  const char *encoding, const char *bytes,
				  uint64_t offset, size_t length)
{
	struct form *form = context;
	struct text *value;

	(void)kind;
	(void)type;
	(void)encoding;
	value = name ? value_of(form, name, file, offset) : NULL;
	if (!value) {
		form->problem = "bad_request";
		return MHD_NO;
	}
	text_add_bytes(value, bytes, length);
	return MHD_YES;
}

struct form *form_begin(struct MHD_Connection *connection, size_t most)
{
	struct form *form = memory_zeroed(1, sizeof *form);

	form->most = most;
	form->processor = MHD_create_post_processor(connection, PIECE, take_piece, form);
	if (form->processor)
		return form;
	form_free(form);
	return NULL;
}

void form_take(struct form *form, const char *bytes, size_t length)
{
	form->taken += length;
	if (form->taken > form->most)
		form->problem = "too_large";
	if (!form->problem && MHD_post_process(form->processor, bytes, length) != MHD_YES)
		form->problem = "bad_request";
}

static int is_secret(const char *name)
{
	static const char *const secrets[] = { "password", "new", "again" };

	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
		if (strcmp(name, secrets[i]) == 0)
			return 1;
	return 0;
}

/* What people type is stored as it reads: one keyboard writes ế as one character, another as
 * three, and what comes out of other programs has characters in it that nobody sees. */
static void tidy_all(struct form *form)
{
	struct text tidy = { 0 };

	for (size_t i = 0; i < form->field_count; i++) {
		struct text *value = &form->fields[i].value;

		if (is_secret(form->fields[i].name) || value->length == 0)
			continue;
		text_clear(&tidy);
		text_add_tidy(&tidy, text_string(value));
		text_clear(value);
		text_add(value, text_string(&tidy));
	}
	for (size_t i = 0; i < form->file_count; i++) {
		char **name = &form->files[i].name;

		if (!text_is_utf8(*name, strlen(*name)))
			continue;
		text_clear(&tidy);
		text_add_tidy(&tidy, *name);
		free(*name);
		*name = memory_copy(text_string(&tidy));
	}
	text_free(&tidy);
}

const char *form_end(struct form *form)
{
	if (MHD_destroy_post_processor(form->processor) != MHD_YES && !form->problem)
		form->problem = "bad_request";
	form->processor = NULL;
	for (size_t i = 0; i < form->field_count && !form->problem; i++) {
		const struct text *value = &form->fields[i].value;

		/* PostgreSQL takes neither, and a C string ends at a zero byte. */
		if (!text_is_utf8(text_string(value), value->length) ||
		    strlen(text_string(value)) != value->length)
			form->problem = "bad_request";
	}
	if (!form->problem)
		tidy_all(form);
	return form->problem;
}

void form_free(struct form *form)
{
	if (!form)
		return;
	if (form->processor)
		MHD_destroy_post_processor(form->processor);
	for (size_t i = 0; i < form->field_count; i++) {
		free(form->fields[i].name);
		text_free(&form->fields[i].value);
	}
	for (size_t i = 0; i < form->file_count; i++) {
		free(form->files[i].field);
		free(form->files[i].name);
		text_free(&form->files[i].bytes);
	}
	free(form);
}

const char *form_value_at(const struct form *form, const char *name, size_t index)
{
	for (size_t i = 0; form && i < form->field_count; i++)
		if (strcmp(form->fields[i].name, name) == 0 && index-- == 0)
			return text_string(&form->fields[i].value);
	return NULL;
}

const char *form_value(const struct form *form, const char *name)
{
	const char *value = form_value_at(form, name, 0);

	return value && *value ? value : NULL;
}

const struct form_file *form_file(const struct form *form, const char *name)
{
	for (size_t i = 0; form && i < form->file_count; i++)
		if (strcmp(form->files[i].field, name) == 0)
			return *form->files[i].name ? &form->files[i] : NULL;
	return NULL;
}
