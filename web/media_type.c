/* media_type.c -- what a body of records says it is. */
#include "web/media_type.h"

#include <string.h>
#include <strings.h>

static const struct {
	const char *type, *format;
} types[] = {
	{ "text/csv", "csv" },
	{ "application/x-ndjson", "ndjson" },
	{ "application/ndjson", "ndjson" },
	{ "application/jsonl", "ndjson" },
	{ "application/json", "json" },
	{ "application/cloudevents+json", "cloudevents" },
	{ "application/cloudevents-batch+json", "cloudevents" },
	{ "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx" },
};

static int is_word(const char *at, size_t length, const char *word)
{
	return length == strlen(word) && strncasecmp(at, word, length) == 0;
}

/* Does the parameter "name=value" leave the text as UTF-8?  US-ASCII is a part of it. */
static int is_utf8_or_no_charset(const char *parameter, size_t length)
{
	static const char name[] = "charset=";

	if (length < sizeof name - 1 ||
	    strncasecmp(parameter, name, sizeof name - 1) != 0)
		return 1;
	parameter += sizeof name - 1;
	length -= sizeof name - 1;
	if (length >= 2 && parameter[0] == '"' && parameter[length - 1] == '"') {
		parameter++;
		length -= 2;
	}
	return is_word(parameter, length, "utf-8") ||
	       is_word(parameter, length, "utf8") ||
	       is_word(parameter, length, "us-ascii");
}

static size_t length_without_blanks(const char *at, size_t length)
{
	while (length > 0 && strchr(" \t", at[length - 1]))
		length--;
	return length;
}

const char *media_type_format(const char *content_type, const char **problem)
{
	const char *at = content_type ? content_type : "", *format = NULL;
	size_t length;

	*problem = "media_type";
	at += strspn(at, " \t");
	length = strcspn(at, ";");
	for (size_t i = 0; i < sizeof types / sizeof *types && !format; i++)
		if (is_word(at, length_without_blanks(at, length), types[i].type))
			format = types[i].format;
	for (at += length; format && *at; at += length) {
		at += 1 + strspn(at + 1, " \t");
		length = strcspn(at, ";");
		if (!is_utf8_or_no_charset(at, length_without_blanks(at, length))) {
			*problem = "charset";
			return NULL;
		}
	}
	return format;
}

int media_type_encoding_is_known(const char *content_encoding)
{
	static const char *const known[] = { "identity", "gzip", "x-gzip", "zstd" };
	const char *at = content_encoding ? content_encoding : "identity";
	size_t length;

	at += strspn(at, " \t");
	length = length_without_blanks(at, strlen(at));
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (is_word(at, length, known[i]))
			return 1;
	return 0;
}
