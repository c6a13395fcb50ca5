/* inbox_name.c -- what the name of a file in an agency's folder says. */
#include "collector/inbox_name.h"

#include <string.h>

#include "collector/decoder.h"

static int ends_with(const char *name, const char *ending)
{
	size_t length = strlen(name), size = strlen(ending);

	return length >= size && strcmp(name + length - size, ending) == 0;
}

int inbox_name_is_ignored(const char *name)
{
	static const char *const ours[] = { "work", "done", "refused" };
	static const char *const endings[] = { ".part", ".tmp", ".filepart" };

	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		if (strcmp(name, ours[i]) == 0)
			return 1;
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (ends_with(name, endings[i]))
			return 1;
	return name[0] == '.';
}

int inbox_name_read(const char *name, const struct record_type **type,
		    const char **format)
{
	*format = decoder_format_of(name);
	for (*type = record_types; (*type)->name; ++*type) {
		size_t length = strlen((*type)->name);

		if (strncmp(name, (*type)->name, length) == 0 && name[length] &&
		    strchr("-._", name[length]) &&
		    record_type_field(*type, "agency", 6) >= 0)
			return *format ? 0 : -1;
	}
	return -1;
}

/* Where the ending begins: the last dot, or the one before .gz and .zst. */
static size_t stem_length(const char *name)
{
	const char *dot = strrchr(name, '.');

	if (dot && (strcmp(dot, ".gz") == 0 || strcmp(dot, ".zst") == 0)) {
		const char *before = memrchr(name, '.', (size_t)(dot - name));

		dot = before ? before : dot;
	}
	return dot && dot > name ? (size_t)(dot - name) : strlen(name);
}

void inbox_name_number(struct text *out, const char *name, int number)
{
	size_t stem = stem_length(name);

	text_clear(out);
	text_add_bytes(out, name, stem);
	if (number > 1)
		text_addf(out, "-%d", number);
	text_add(out, name + stem);
}
