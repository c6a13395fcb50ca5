/* reply.c -- an answer on its way to the visitor. */
#include "web/reply.h"

#include <string.h>

#include <zlib.h>

#include "base/error.h"

void reply_free(struct reply *reply)
{
	if (reply->file)
		fclose(reply->file);
	text_free(&reply->location);
	text_free(&reply->file_name);
	text_free(&reply->cookies);
	text_free(&reply->body);
	*reply = (struct reply){ 0 };
}

void reply_redirect(struct reply *reply, const char *location)
{
	reply->status = 301;
	reply->type = "text/plain; charset=utf-8";
	text_add(&reply->location, location);
	text_addf(&reply->body, "%s\n", location);
}

void reply_see_other(struct reply *reply, const char *location)
{
	reply_redirect(reply, location);
	reply->status = 303;
}

/* FNV-1a, 64 bits: only has to tell versions of one page apart. */
static uint64_t hash(const char *bytes, size_t length)
{
	uint64_t value = 0xcbf29ce484222325u;

	for (size_t i = 0; i < length; i++)
		value = (value ^ (unsigned char)bytes[i]) * 0x100000001b3u;
	return value;
}

/* Below one network packet compression gains nothing. */
enum { SMALL_BODY = 1200 };

static int is_compressible(const struct reply *reply)
{
	return reply->type && reply->body.length >= SMALL_BODY &&
	       strncmp(reply->type, "image/png", 9) != 0;
}

static void compress_body(struct reply *reply)
{
	struct text packed = { 0 };
	z_stream stream = { 0 };
	unsigned char piece[16384];
	int status;

	/* 15 + 16: the largest window, with the head and tail of gzip. */
	if (deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		BUG("deflateInit2");
	stream.next_in = (unsigned char *)reply->body.data;
	stream.avail_in = (unsigned)reply->body.length;
	do {
		stream.next_out = piece;
		stream.avail_out = sizeof piece;
		status = deflate(&stream, Z_FINISH);
		text_add_bytes(&packed, (const char *)piece,
			       sizeof piece - stream.avail_out);
	} while (status == Z_OK);
	deflateEnd(&stream);
	text_free(&reply->body);
	reply->body = packed;
	reply->is_gzip = 1;
}

void reply_finish(struct reply *reply, int takes_gzip)
{
	reply->tag = hash(text_string(&reply->body), reply->body.length);
	if (takes_gzip && is_compressible(reply))
		compress_body(reply);
}
