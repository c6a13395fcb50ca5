/* encoding.c -- the ways a body is compressed on its way to the visitor. */
#include "web/encoding.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <brotli/encode.h>
#include <zlib.h>

#include "base/error.h"
#include "base/memory.h"

static const char *const names[] = {
	[ENCODING_GZIP] = "gzip",
	[ENCODING_BROTLI] = "br",
};

/* Pages are packed once and sent often, but the first visitor waits for it. */
enum {
	GZIP_LEVEL = 7,
	BROTLI_LEVEL = 6,
	LASTING_LEVEL = 9,
	BROTLI_WINDOW = 18, /* 256 KiB: larger than any page */
};

/* ---- Choosing ----------------------------------------------------------- */

/* Is what stands behind a name, "; q=0.5" or the end of the list, a refusal?  q=0, q=0.0
 * and q=0.000 are; q=0.5 is not. */
static int is_refused(const char *at)
{
	at += strspn(at, " \t");
	if (*at != ';')
		return 0;
	at += 1 + strspn(at + 1, " \t");
	if (strncasecmp(at, "q=0", 3) != 0)
		return 0;
	at += 3;
	at += *at == '.';
	at += strspn(at, "0");
	return *at < '1' || *at > '9';
}

static int allows(const char *accept, const char *name)
{
	size_t length = strlen(name);

	while (*accept) {
		accept += strspn(accept, ", \t");
		if (strncasecmp(accept, name, length) == 0 &&
		    (!accept[length] || strchr(",; \t", accept[length])))
			return !is_refused(accept + length);
		accept += strcspn(accept, ",");
	}
	return 0;
}

enum encoding encoding_choose(const char *accept_encoding)
{
	for (int i = ENCODING_BROTLI; accept_encoding && i > ENCODING_NONE; i--)
		if (allows(accept_encoding, names[i]))
			return (enum encoding)i;
	return ENCODING_NONE;
}

const char *encoding_name(enum encoding encoding)
{
	return names[encoding];
}

/* ---- Packing ------------------------------------------------------------ */

static void pack_gzip(int level, struct text *body)
{
	struct text packed = { 0 };
	z_stream stream = { 0 };
	unsigned char piece[16384];
	int status;

	/* 15 + 16: the largest window, with the head and tail of gzip. */
	if (deflateInit2(&stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		BUG("deflateInit2");
	stream.next_in = (unsigned char *)body->data;
	stream.avail_in = (unsigned)body->length;
	do {
		stream.next_out = piece;
		stream.avail_out = sizeof piece;
		status = deflate(&stream, Z_FINISH);
		text_add_bytes(&packed, (const char *)piece,
			       sizeof piece - stream.avail_out);
	} while (status == Z_OK);
	deflateEnd(&stream);
	text_free(body);
	*body = packed;
}

static void pack_brotli(int level, struct text *body)
{
	struct text packed = { 0 };
	size_t length = BrotliEncoderMaxCompressedSize(body->length);
	unsigned char *bytes = memory_take(length);

	if (!BrotliEncoderCompress(level, BROTLI_WINDOW, BROTLI_MODE_TEXT, body->length,
				   (const unsigned char *)body->data, &length, bytes))
		BUG("BrotliEncoderCompress");
	text_add_bytes(&packed, (const char *)bytes, length);
	free(bytes);
	text_free(body);
	*body = packed;
}

void encoding_pack(enum encoding encoding, int is_lasting, struct text *body)
{
	if (encoding == ENCODING_GZIP)
		pack_gzip(is_lasting ? LASTING_LEVEL : GZIP_LEVEL, body);
	else if (encoding == ENCODING_BROTLI)
		pack_brotli(is_lasting ? LASTING_LEVEL : BROTLI_LEVEL, body);
}
