/* request.c -- what a visitor asks for, read from the request head once. */
#include "web/request.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/text.h"
#include "web/form.h"

static const struct {
	const char *ending;
	enum request_format format;
} endings[] = {
	{ ".json", FORMAT_JSON }, { ".csv", FORMAT_CSV }, { ".xlsx", FORMAT_XLSX },
	{ ".svg", FORMAT_SVG },   { ".png", FORMAT_PNG }, { ".pdf", FORMAT_PDF },
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

const char *request_token(const struct request *request)
{
	static const char scheme[] = "Bearer ";
	const char *header = request->authorization;

	if (!header || strncasecmp(header, scheme, sizeof scheme - 1) != 0)
		return NULL;
	header += sizeof scheme - 1;
	return header + strspn(header, " ");
}

const char *request_field(const struct request *request, const char *name)
{
	return form_value(request->form, name);
}

void request_free(struct request *request)
{
	for (size_t i = 0; i < request->count; i++) {
		free(request->values[i].name);
		free(request->values[i].value);
	}
	free(request->path);
	free(request->address);
	free(request->authorization);
	form_free(request->form);
	free(request->session);
	free(request->seed);
	free(request->sso);
	free(request->peer);
	free(request->agent);
	free(request->proxy_user);
	*request = (struct request){ 0 };
}

/* The weight of one part of a list, "en-GB;q=0.8": thousandths. */
static int weight_of(const char *part, size_t length)
{
	const char *q = memmem(part, length, "q=", 2);
	int weight = 0, place = 1000;

	if (!q)
		return 1000;
	for (q += 2; q < part + length && strchr("0123456789.", *q); q++) {
		if (*q == '.')
			continue;
		weight += (*q - '0') * place;
		place /= 10;
	}
	return weight > 1000 ? 1000 : weight;
}

static const char *const languages[] = { "vi", "en" };

const char *request_language(const char *name)
{
	for (size_t i = 0; name && i < sizeof languages / sizeof *languages; i++)
		if (strcmp(name, languages[i]) == 0)
			return languages[i];
	return NULL;
}

const char *request_preferred_language(const char *accept_language)
{
	const char *at = accept_language ? accept_language : "", *best = NULL;
	int best_weight = 0;

	while (*at) {
		size_t length;

		at += strspn(at, ", \t");
		length = strcspn(at, ",");
		for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
			int weight = weight_of(at, length);

			if (strncasecmp(at, languages[i], 2) == 0 &&
			    strchr("-,; \t", at[2]) && weight > best_weight) {
				best = languages[i];
				best_weight = weight;
			}
		}
		at += length;
	}
	return best;
}
