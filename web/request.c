/* request.c -- what a visitor asks for, read from the request head once. */
#include "web/request.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

static const struct {
	const char *ending;
	enum request_format format;
} endings[] = {
	{ ".json", FORMAT_JSON },
	{ ".csv", FORMAT_CSV },
	{ ".svg", FORMAT_SVG },
	{ ".png", FORMAT_PNG },
};

int request_add(struct request *request, const char *name, const char *value)
{
	if (request->count == REQUEST_VALUES || !text_is_utf8(name, strlen(name)) ||
	    !text_is_utf8(value, strlen(value)))
		return -1;
	request->values[request->count].name = memory_copy(name);
	request->values[request->count].value = memory_copy(value);
	request->count++;
	return 0;
}

void request_set_path(struct request *request, const char *path)
{
	size_t length = strlen(path);
	int is_file = strncmp(path, "/static/", 8) == 0; /* has its ending for itself */

	request->format = FORMAT_HTML;
	for (size_t i = 0; !is_file && i < sizeof endings / sizeof *endings; i++) {
		size_t ending = strlen(endings[i].ending);

		if (length > ending + 1 &&
		    strcmp(path + length - ending, endings[i].ending) == 0) {
			request->format = endings[i].format;
			length -= ending;
			break;
		}
	}
	request->path = memory_copy_bytes(path, length);
}

const char *request_value(const struct request *request, const char *name)
{
	for (size_t i = 0; i < request->count; i++)
		if (strcmp(request->values[i].name, name) == 0)
			return *request->values[i].value ? request->values[i].value
							 : NULL;
	return NULL;
}

void request_free(struct request *request)
{
	for (size_t i = 0; i < request->count; i++) {
		free(request->values[i].name);
		free(request->values[i].value);
	}
	free(request->path);
	free(request->address);
	*request = (struct request){ 0 };
}

int request_accepts_gzip(const char *accept_encoding)
{
	const char *at = accept_encoding ? strstr(accept_encoding, "gzip") : NULL;

	if (!at)
		return 0;
	at += strlen("gzip");
	at += strspn(at, " \t");
	if (*at != ';')
		return 1;
	at += 1 + strspn(at + 1, " \t");
	if (strncmp(at, "q=0", 3) != 0)
		return 1;
	/* q=0, q=0.0, q=0.00 refuse; q=0.5 does not. */
	at += 3;
	return *at == '.' && at[1 + strspn(at + 1, "0")] >= '1' &&
	       at[1 + strspn(at + 1, "0")] <= '9';
}
