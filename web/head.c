/* head.c -- what the head of a request says, as libmicrohttpd has read it. */
#include "web/head.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <microhttpd.h>

#include "base/memory.h"
#include "base/text.h"

const char *head_value(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

struct search {
	const char *name, *found;
	int count;
};

static enum MHD_Result take_last(void *context, enum MHD_ValueKind kind, const char *name,
				 const char *value)
{
	struct search *search = context;

	(void)kind;
	if (strcasecmp(name, search->name) == 0) {
		search->found = value;
		search->count++;
	}
	return MHD_YES;
}

const char *head_last_value(struct MHD_Connection *connection, const char *name,
			    int *count)
{
	struct search search = { .name = name };

	MHD_get_connection_values(connection, MHD_HEADER_KIND, take_last, &search);
	*count = search.count;
	return search.found;
}

const char *head_cookie(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_COOKIE_KIND, name);
}

/* ---- The body ----------------------------------------------------------- */

struct framing {
	int lengths, encodings, hosts, is_odd;
};

static enum MHD_Result take_framing(void *context, enum MHD_ValueKind kind,
				    const char *name, const char *value)
{
	struct framing *framing = context;
	size_t length = strlen(name);

	(void)kind;
	if (strcasecmp(name, "Content-Length") == 0)
		framing->lengths++;
	framing->hosts += strcasecmp(name, "Host") == 0;
	if (strcasecmp(name, "Transfer-Encoding") == 0) {
		framing->encodings++;
		framing->is_odd |= !value || strcasecmp(value, "chunked") != 0;
	}
	/* "Content-Length : 5" is a length to some, and nothing to others. */
	framing->is_odd |= length > 0 && strchr(" \t", name[length - 1]) != NULL;
	return MHD_YES;
}

int head_is_framed(struct MHD_Connection *connection)
{
	struct framing framing = { 0 };

	MHD_get_connection_values(connection, MHD_HEADER_KIND, take_framing, &framing);
	/* Of two hosts one may be a proxy's and the other ours. */
	return !framing.is_odd && framing.hosts <= 1 &&
	       framing.lengths + framing.encodings <= 1;
}

uint64_t head_body_length(struct MHD_Connection *connection)
{
	const char *length = head_value(connection, "Content-Length");

	return length ? strtoull(length, NULL, 10) : 0;
}

int head_announces_body(struct MHD_Connection *connection)
{
	return head_value(connection, "Transfer-Encoding") ||
	       head_body_length(connection) > 0;
}

/* ---- What is asked ------------------------------------------------------ */

static enum MHD_Result take_value(void *context, enum MHD_ValueKind kind,
				  const char *name, const char *value)
{
	struct request *request = context;

	(void)kind;
	/* ":name" is how the routes call parts of the path. */
	if (name[0] == ':' || request_add(request, name, value ? value : "") != 0)
		return MHD_NO;
	return MHD_YES;
}

/* Pages are in the language of the house unless the visitor chooses; whoever wrote a
 * program reads its errors in the language that program asks for. */
static int settle_language(struct MHD_Connection *connection, const char *language,
			   struct request *request)
{
	const char *wanted = request_value(request, "lang");
	const char *chosen = request_language(wanted);
	const char *preferred =
		request_preferred_language(head_value(connection, "Accept-Language"));

	request->language = chosen ? chosen : language;
	request->error_language = chosen ? chosen : preferred ? preferred : language;
	if (strncmp(request->path, "/api/", 5) == 0)
		request->language = request->error_language;
	return wanted && !chosen ? -1 : 0;
}

const char *head_read(struct MHD_Connection *connection, const char *path,
		      const char *language, struct request *request)
{
	const char *authorization = head_value(connection, "Authorization");
	int is_text = text_is_utf8(path, strlen(path)), values, taken, is_spoken;

	request_set_path(request, is_text ? path : "/");
	request->authorization = authorization ? memory_copy(authorization) : NULL;
	request->encoding = encoding_choose(head_value(connection, "Accept-Encoding"));
	request->is_public = !authorization && !head_value(connection, "Cookie");
	values = MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, NULL, NULL);
	taken = MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, take_value,
					  request);
	is_spoken = settle_language(connection, language, request) == 0;
	if (!head_is_framed(connection))
		return "bad_framing";
	/* What stands behind a NUL is lost to us and not to others: a cache would take
	 * /account%00.css for a style that everybody may have. */
	if (!is_spoken || strstr(request->address, "%00") || taken != values ||
	    request->count != (size_t)values)
		return "bad_request";
	return is_text ? NULL : "not_found";
}
