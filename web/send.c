/* send.c -- answers as libmicrohttpd wants them: status, headers, body. */
#include "web/send.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <microhttpd.h>

#include "base/log.h"
#include "base/memory.h"

/* Two responses with their headers, about. */
enum { PACKET_OVERHEAD = 4096 };

static void add_header(struct MHD_Response *response, const char *name, const char *value)
{
	if (MHD_add_response_header(response, name, value) != MHD_YES)
		log_line("web", "header %s cannot be sent", name);
}

/* Nothing but our own files, no script or style within a page, and nobody frames us. */
static void add_security_headers(struct MHD_Response *response, int is_secure)
{
	add_header(response, "Content-Security-Policy",
		   "default-src 'none'; style-src 'self'; script-src 'self'; "
		   "img-src 'self' data:; font-src 'self'; connect-src 'self'; "
		   "form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
	add_header(response, "X-Content-Type-Options", "nosniff");
	add_header(response, "X-Frame-Options", "DENY");
	add_header(response, "Referrer-Policy", "same-origin");
	add_header(response, "Cross-Origin-Opener-Policy", "same-origin");
	add_header(response, "Cross-Origin-Resource-Policy", "same-origin");
	add_header(response, "Permissions-Policy",
		   "camera=(), geolocation=(), microphone=()");
	if (is_secure)
		add_header(response, "Strict-Transport-Security", "max-age=31536000");
}

/* Does If-None-Match list TAG?  Weak comparison, as RFC 9110 wants here. */
static int is_known(const char *if_none_match, const char *tag)
{
	const char *at = if_none_match;

	if (!at)
		return 0;
	if (strcmp(at, "*") == 0)
		return 1;
	return strstr(at, tag) != NULL;
}

static void add_seconds(struct MHD_Response *response, const char *name, int seconds)
{
	char printed[16];

	snprintf(printed, sizeof printed, "%d", seconds);
	add_header(response, name, printed);
}

/* Can a visitor be told that it has not changed? */
static int is_tagged(const struct reply *reply)
{
	return reply->status == 200 && !reply->file && !reply->is_secret;
}

/* One header a line. */
static void add_cookies(struct MHD_Response *response, const char *cookies)
{
	while (*cookies) {
		size_t length = strcspn(cookies, "\n");
		char *cookie = memory_copy_bytes(cookies, length);

		add_header(response, "Set-Cookie", cookie);
		free(cookie);
		cookies += length + 1;
	}
}

static void add_headers(struct MHD_Response *response, const struct reply *reply,
			const char *tag)
{
	struct text name = { 0 }, link = { 0 };

	add_security_headers(response, reply->is_secure);
	add_cookies(response, text_string(&reply->cookies));
	add_header(response, "Vary",
		   reply->is_lasting ? "Accept-Encoding" : "Accept-Encoding, Cookie");
	if (is_tagged(reply)) {
		add_header(response, "ETag", tag);
		add_header(response, "Cache-Control",
			   reply->is_lasting ? "public, max-age=31536000, immutable"
			   : reply->is_private || reply->cookies.length > 0
				   ? "private, no-cache"
				   : "no-cache");
	} else {
		add_header(response, "Cache-Control", "no-store");
	}
	if (reply->allow)
		add_header(response, "Allow", reply->allow);
	if (reply->authenticate)
		add_header(response, "WWW-Authenticate", reply->authenticate);
	if (reply->retry_after > 0 || reply->status == 503)
		add_seconds(response, "Retry-After",
			    reply->retry_after > 0 ? reply->retry_after : 5);
	if (reply->refresh > 0)
		add_seconds(response, "Refresh", reply->refresh);
	if (reply->is_negotiated)
		add_header(response, "Vary", "Accept-Language");
	if (reply->next.length > 0) {
		text_addf(&link, "<%s>; rel=\"next\"", text_string(&reply->next));
		add_header(response, "Link", text_string(&link));
	}
	if (reply->location.length > 0)
		add_header(response, "Location", text_string(&reply->location));
	if (reply->file_name.length > 0) {
		text_addf(&name, "attachment; filename=\"%s\"",
			  text_string(&reply->file_name));
		add_header(response, "Content-Disposition", text_string(&name));
	}
	text_free(&name);
	text_free(&link);
}

/* The body, which belongs to the response from now on; NULL: none could be made. */
static struct MHD_Response *response_of(struct reply *reply)
{
	struct MHD_Response *response = NULL;
	const size_t length = reply->body.length; /* gone once the body is taken */
	struct stat found;
	int file;

	if (!reply->file)
		return MHD_create_response_from_buffer(length, text_take(&reply->body),
						       MHD_RESPMEM_MUST_FREE);
	file = dup(fileno(reply->file));
	if (file >= 0 && fstat(file, &found) == 0)
		response = MHD_create_response_from_fd64((uint64_t)found.st_size, file);
	if (!response && file >= 0)
		close(file);
	return response;
}

struct packet {
	atomic_int references;
	int status, is_personal;
	char tag[40];
	size_t size;
	struct MHD_Response *whole;
	struct MHD_Response *known; /* 304; NULL: always sent whole */
};

struct packet *packet_new(struct reply *reply)
{
	struct packet *packet = memory_zeroed(1, sizeof *packet);
	const char *encoding = encoding_name(reply->encoding);

	atomic_init(&packet->references, 1);
	packet->status = reply->status;
	packet->is_personal = reply->cookies.length > 0;
	packet->size = sizeof *packet + PACKET_OVERHEAD + reply->body.length;
	snprintf(packet->tag, sizeof packet->tag, "\"%016" PRIx64 "%s%s\"", reply->tag,
		 encoding ? "-" : "", encoding ? encoding : "");
	packet->whole = response_of(reply);
	if (!packet->whole) {
		packet_release(packet);
		return NULL;
	}
	add_headers(packet->whole, reply, packet->tag);
	add_header(packet->whole, "Content-Type", reply->type);
	if (encoding)
		add_header(packet->whole, "Content-Encoding", encoding);
	if (is_tagged(reply)) {
		packet->known =
			MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
		if (packet->known)
			add_headers(packet->known, reply, packet->tag);
	}
	return packet;
}

struct packet *packet_hold(struct packet *packet)
{
	atomic_fetch_add(&packet->references, 1);
	return packet;
}

void packet_release(struct packet *packet)
{
	if (!packet || atomic_fetch_sub(&packet->references, 1) > 1)
		return;
	if (packet->whole)
		MHD_destroy_response(packet->whole);
	if (packet->known)
		MHD_destroy_response(packet->known);
	free(packet);
}

int packet_is_personal(const struct packet *packet)
{
	return packet->is_personal;
}

size_t packet_size(const struct packet *packet)
{
	return packet->size;
}

int packet_send(struct MHD_Connection *connection, const struct packet *packet)
{
	int is_news = !packet->known ||
		      !is_known(MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
							    "If-None-Match"),
				packet->tag);
	int status = is_news ? packet->status : 304;

	if (MHD_queue_response(connection, (unsigned)status,
			       is_news ? packet->whole : packet->known) != MHD_YES)
		return 0;
	return status;
}
