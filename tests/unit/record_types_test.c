/* record_types_test.c -- the tables of fields hold together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "collector/record_types.h"

static void every_type_is_sound(void **unused)
{
	(void)unused;
	for (const struct record_type *type = record_types; type->name; type++) {
		int count = record_type_count(type);

		assert_true(count > 0 && count <= RECORD_FIELDS_MAX);
		assert_ptr_equal(record_type_find(type->name), type);
		assert_true(record_type_field(type, type->key, strlen(type->key)) >= 0);
		assert_true(record_type_field(type, "updated_at", 10) >= 0);
		for (int i = 0; i < count; i++) {
			const struct record_field *field = &type->fields[i];

			/* Found by its own name, so no name comes twice. */
			assert_int_equal(
				record_type_field(type, field->name, strlen(field->name)),
				i);
			assert_true(field->column || (field->traits & TRAIT_VERSION));
			if (field->kind == VALUE_CHOICE)
				assert_non_null(field->choices);
			if (field->kind == VALUE_INTEGER)
				assert_true(field->bytes == 2 || field->bytes == 4 ||
					    field->bytes == 8);
		}
	}
	assert_null(record_type_find("letter"));
	assert_int_equal(record_type_field(record_types, "agenc", 5), -1);
}

/* The checks look these up by number, and versions follow the order of the status. */
static void dossier_fields_are_where_they_are_looked_for(void **unused)
{
	static const struct {
		enum dossier_field field;
		const char *name;
	} places[] = {
		{ DOSSIER_AGENCY, "agency" },           { DOSSIER_CODE, "dossier" },
		{ DOSSIER_PROCEDURE, "procedure" },     { DOSSIER_CHANNEL, "channel" },
		{ DOSSIER_RECEIVED_AT, "received_at" }, { DOSSIER_DUE_AT, "due_at" },
		{ DOSSIER_RESOLVED_AT, "resolved_at" }, { DOSSIER_STATUS, "status" },
		{ DOSSIER_UPDATED_AT, "updated_at" },
	};
	static const char *const statuses[] = {
		[STATUS_RECEIVED] = "received",
		[STATUS_PROCESSING] = "processing",
		[STATUS_SUPPLEMENT] = "supplement",
		[STATUS_REFUSED] = "refused",
		[STATUS_WITHDRAWN] = "withdrawn",
		[STATUS_RESOLVED] = "resolved",
		[STATUS_VOID] = "void",
	};
	const struct record_type *type = record_type_find("dossier");

	(void)unused;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		assert_string_equal(type->fields[places[i].field].name, places[i].name);
	for (int i = STATUS_RECEIVED; i <= STATUS_VOID; i++)
		assert_string_equal(type->fields[DOSSIER_STATUS].choices[i], statuses[i]);
}

/* A name may come with any bytes in it. */
static void names_are_whole(void **unused)
{
	const struct record_type *type = record_type_find("dossier");

	(void)unused;
	assert_int_equal(record_type_field(type, "channel", 7), DOSSIER_CHANNEL);
	assert_int_equal(record_type_field(type, "channel\0\0", 9), -1);
	assert_int_equal(record_type_field(type, "channe", 6), -1);
	assert_int_equal(record_type_field(type, "", 0), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_is_sound),
		cmocka_unit_test(dossier_fields_are_where_they_are_looked_for),
		cmocka_unit_test(names_are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
