/* png.c -- a PNG from pixels: palette where 256 colours suffice, else RGB.
 *
 * Flat charts need no row filters, and a palette makes them a third of the size
 * that cairo writes, in a third of the time. */
#include "reports/png.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/memory.h"

#define SLOTS 1024 /* of the colour table: a power of two, 4 x 256 */

struct palette {
	uint32_t colours[256];
	unsigned count;
	uint32_t keys[SLOTS];  /* colour + 1; 0: free */
	uint8_t values[SLOTS]; /* index into colours */
};

/* The index of COLOUR, or -1 when it would be the 257th. */
static int palette_index(struct palette *palette, uint32_t colour)
{
	unsigned slot = (colour * 2654435761u) >> 22; /* 10 bits: SLOTS */

	while (palette->keys[slot] != 0) {
		if (palette->keys[slot] == colour + 1)
			return palette->values[slot];
		slot = (slot + 1) % SLOTS;
	}
	if (palette->count == 256)
		return -1;
	palette->keys[slot] = colour + 1;
	palette->values[slot] = (uint8_t)palette->count;
	palette->colours[palette->count] = colour;
	return (int)palette->count++;
}

static void add_u32(struct text *out, uint32_t value)
{
	const char bytes[4] = { (char)(value >> 24), (char)(value >> 16),
				(char)(value >> 8), (char)value };

	text_add_bytes(out, bytes, 4);
}

static void add_chunk(struct text *out, const char type[4], const unsigned char *bytes,
		      size_t length)
{
	uLong sum = crc32(0, (const Bytef *)type, 4);

	add_u32(out, (uint32_t)length);
	text_add_bytes(out, type, 4);
	if (length > 0)
		text_add_bytes(out, (const char *)bytes, length);
	/* crc32() of a null pointer means "start afresh", not "no bytes". */
	if (length > 0)
		sum = crc32(sum, bytes, (uInt)length);
	add_u32(out, (uint32_t)sum);
}

/* Scan lines, each behind its filter byte 0; one byte a pixel with PALETTE.
 * NULL when the palette overflows.  Belongs to the caller. */
static unsigned char *scan_lines(const uint32_t *pixels, unsigned width, unsigned height,
				 size_t row, struct palette *palette, size_t *length)
{
	size_t line = 1 + (size_t)width * (palette ? 1 : 3);
	unsigned char *bytes, *at;
	unsigned x, y;

	*length = line * height;
	at = bytes = memory_take(*length);
	for (y = 0; y < height; y++) {
		*at++ = 0;
		for (x = 0; x < width; x++) {
			uint32_t colour = pixels[y * row + x] & 0xffffff;

			if (palette) {
				int index = palette_index(palette, colour);

				if (index < 0) {
					free(bytes);
					return NULL;
				}
				*at++ = (unsigned char)index;
			} else {
				*at++ = (unsigned char)(colour >> 16);
				*at++ = (unsigned char)(colour >> 8);
				*at++ = (unsigned char)colour;
			}
		}
	}
	return bytes;
}

static void add_header(struct text *out, unsigned width, unsigned height,
		       const struct palette *palette, double dpi)
{
	struct text chunk = { 0 };
	unsigned i;

	text_add_bytes(out, "\x89PNG\r\n\x1a\n", 8);
	add_u32(&chunk, width);
	add_u32(&chunk, height);
	text_add_bytes(&chunk, palette ? "\x08\x03\0\0\0" : "\x08\x02\0\0\0", 5);
	add_chunk(out, "IHDR", (const unsigned char *)chunk.data, chunk.length);
	if (dpi > 0) {
		text_clear(&chunk);
		add_u32(&chunk, (uint32_t)lround(dpi / 0.0254));
		add_u32(&chunk, (uint32_t)lround(dpi / 0.0254));
		text_add_bytes(&chunk, "\x01", 1); /* per metre */
		add_chunk(out, "pHYs", (const unsigned char *)chunk.data, chunk.length);
	}
	if (palette) {
		text_clear(&chunk);
		for (i = 0; i < palette->count; i++) {
			text_add_char(&chunk, (char)(palette->colours[i] >> 16));
			text_add_char(&chunk, (char)(palette->colours[i] >> 8));
			text_add_char(&chunk, (char)palette->colours[i]);
		}
		add_chunk(out, "PLTE", (const unsigned char *)chunk.data, chunk.length);
	}
	text_free(&chunk);
}

int png_write(struct text *out, const uint32_t *pixels, unsigned width, unsigned height,
	      size_t row, double dpi, struct error *err)
{
	struct palette *palette = memory_zeroed(1, sizeof *palette);
	unsigned char *raw, *packed = NULL;
	size_t length;
	uLongf packed_length;
	int status = -1;

	raw = scan_lines(pixels, width, height, row, palette, &length);
	if (!raw) {
		free(palette);
		palette = NULL;
		raw = scan_lines(pixels, width, height, row, NULL, &length);
	}
	packed_length = compressBound(length);
	packed = memory_take(packed_length);
	if (compress2(packed, &packed_length, raw, length, 6) != Z_OK) {
		error_set(err, ERROR_INTERNAL, "zlib cannot compress the picture");
		goto done;
	}
	add_header(out, width, height, palette, dpi);
	add_chunk(out, "IDAT", packed, packed_length);
	add_chunk(out, "IEND", NULL, 0);
	status = 0;
done:
	free(packed);
	free(raw);
	free(palette);
	return status;
}
