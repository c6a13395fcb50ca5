/* encoding_test.c -- bodies compressed, and what others make of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <brotli/decode.h>
#include <cmocka.h>
#include <zlib.h>

#include "web/encoding.h"

enum { ROOM = 1 << 20 };

static unsigned char unpacked[ROOM];

static size_t unpack_gzip(const struct text *packed)
{
	z_stream stream = { .next_in = (unsigned char *)packed->data,
			    .avail_in = (unsigned)packed->length,
			    .next_out = unpacked,
			    .avail_out = ROOM };

	assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
	assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
	assert_int_equal(stream.avail_in, 0);
	inflateEnd(&stream);
	return ROOM - stream.avail_out;
}

static size_t unpack_brotli(const struct text *packed)
{
	size_t length = ROOM;

	assert_int_equal(BrotliDecoderDecompress(packed->length,
						 (const unsigned char *)packed->data,
						 &length, unpacked),
			 BROTLI_DECODER_RESULT_SUCCESS);
	return length;
}

static size_t unpack(enum encoding encoding, const struct text *packed)
{
	if (encoding == ENCODING_GZIP)
		return unpack_gzip(packed);
	if (encoding == ENCODING_BROTLI)
		return unpack_brotli(packed);
	memcpy(unpacked, packed->data, packed->length);
	return packed->length;
}

/* COUNT lines of a table, each a little different. */
static void add_lines(struct text *body, int count)
{
	for (int i = 0; i < count; i++)
		text_addf(body, "<tr><td>Tỉnh số %d<td>%d,%02d%%</tr>\n", i, i % 101,
			  i * 7 % 100);
}

static void test_what_is_packed_comes_out_again(void **state)
{
	static const int counts[] = { 0, 1, 50, 4000 };

	(void)state;
	for (int encoding = ENCODING_NONE; encoding <= ENCODING_BROTLI; encoding++)
		for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
			for (int is_lasting = 0; is_lasting < 2; is_lasting++) {
				struct text body = { 0 }, whole = { 0 };

				text_add(&body, "<table>");
				add_lines(&body, counts[i]);
				text_add(&whole, text_string(&body));
				encoding_pack((enum encoding)encoding, is_lasting, &body);
				assert_int_equal(unpack((enum encoding)encoding, &body),
						 whole.length);
				assert_memory_equal(unpacked, whole.data, whole.length);
				if (encoding != ENCODING_NONE && counts[i] > 1)
					assert_true(body.length * 3 < whole.length);
				text_free(&body);
				text_free(&whole);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_packed_comes_out_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
