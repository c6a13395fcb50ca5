/* decoder.c -- the table of formats, and what is none of them. */
#include "collector/decoder.h"

#include <string.h>

static const struct decoder *const decoders[] = {
	&decoder_csv,         &decoder_ndjson, &decoder_json,
	&decoder_cloudevents, &decoder_xlsx,   &decoder_ii06a,
};

const struct decoder *decoder_find(const char *name)
{
	for (size_t i = 0; i < sizeof decoders / sizeof *decoders; i++)
		if (strcmp(decoders[i]->name, name) == 0)
			return decoders[i];
	return NULL;
}

static int ends_with(const char *name, size_t length, const char *ending)
{
	size_t size = strlen(ending);

	return length >= size && memcmp(name + length - size, ending, size) == 0;
}

const char *decoder_format_of(const char *path)
{
	static const struct {
		const char *ending, *format;
	} endings[] = {
		{ ".csv", "csv" },   { ".ndjson", "ndjson" }, { ".jsonl", "ndjson" },
		{ ".json", "json" }, { ".xlsx", "xlsx" },
	};
	size_t length = strlen(path);

	if (ends_with(path, length, ".gz"))
		length -= 3;
	else if (ends_with(path, length, ".zst"))
		length -= 4;
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (ends_with(path, length, endings[i].ending))
			return endings[i].format;
	return NULL;
}

static const struct {
	const char *magic;
	size_t length;
	const char *what;
} foreign[] = {
	{ "\xff\xfe", 2, "UTF-16" },
	{ "\xfe\xff", 2, "UTF-16" },
	{ "\x89PNG", 4, "PNG" },
	{ "\xff\xd8\xff", 3, "JPEG" },
	{ "GIF8", 4, "GIF" },
	{ "%PDF", 4, "PDF" },
	{ "PK\x03\x04", 4, "Excel (.xlsx) / zip" },
	{ "\xd0\xcf\x11\xe0", 4, "Excel (.xls) / Word (.doc)" },
	{ "\x7f"
	  "ELF",
	  4, "ELF" },
	{ "BZh", 3, "bzip2" },
	{ "\xfd"
	  "7zXZ",
	  5, "xz" },
	{ "7z\xbc\xaf", 4, "7-Zip" },
};

/* Latin text in UTF-16 without a mark: every other byte is NUL. */
static int is_utf16(const char *bytes, size_t length)
{
	size_t nul[2] = { 0, 0 };

	if (length > 64)
		length = 64;
	for (size_t i = 0; i < length; i++)
		nul[i % 2] += !bytes[i];
	return (!nul[0] || !nul[1]) && (nul[0] + nul[1]) * 3 >= length;
}

int decoder_refuse_foreign(const char *bytes, size_t length, struct file_refusal *refusal,
			   struct error *err)
{
	const char *line_end;

	if (length > FOREIGN_MAX)
		length = FOREIGN_MAX;
	for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
		if (length >= foreign[i].length &&
		    memcmp(bytes, foreign[i].magic, foreign[i].length) == 0)
			return file_refuse(refusal, err, "file_foreign", foreign[i].what);
	/* A NUL further down spoils a record, not the file. */
	line_end = memchr(bytes, '\n', length);
	if (!memchr(bytes, '\0', line_end ? (size_t)(line_end - bytes) : length))
		return 0;
	if (is_utf16(bytes, length))
		return file_refuse(refusal, err, "file_foreign", "UTF-16");
	return file_refuse(refusal, err, "file_binary", NULL);
}
