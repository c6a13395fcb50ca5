/* png.c -- a PNG with a palette from pixels.
 *
 * Flat charts need no row filters, and a palette makes them a third of the size
 * that cairo writes, in a third of the time.  Shades that nobody tells apart, of which
 * the edges of letters have hundreds, share an entry: a quarter less again. */
#include "reports/png.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <libdeflate.h>

#include "base/memory.h"

#define ALIKE (3 * 6 * 6) /* squared distance: six of 256 levels in each colour */

struct shade {
	uint32_t colour;
	unsigned pixels; /* 0: a free slot */
	uint8_t index;   /* in the palette */
};

/* A hash table, at most half full; after choosing, the palette. */
struct shades {
	struct shade *slots;
	unsigned bits; /* 1 << bits slots */
	size_t count;
	uint32_t palette[256];
	unsigned palette_count;
};

static struct shade *find_shade(const struct shades *shades, uint32_t colour)
{
	uint32_t mask = (1u << shades->bits) - 1;
	uint32_t slot = (colour * 2654435761u) >> (32 - shades->bits);

	while (shades->slots[slot].pixels && shades->slots[slot].colour != colour)
		slot = (slot + 1) & mask;
	return &shades->slots[slot];
}

static void double_shades(struct shades *shades)
{
	struct shade *old = shades->slots;
	size_t i, size = shades->bits ? (size_t)1 << shades->bits : 0;

	shades->bits = shades->bits ? shades->bits + 1 : 10;
	shades->slots = memory_zeroed((size_t)1 << shades->bits, sizeof *shades->slots);
	for (i = 0; i < size; i++)
		if (old[i].pixels)
			*find_shade(shades, old[i].colour) = old[i];
	free(old);
}

/* Rows as the one above need not be looked at. */
static bool is_repeated(const uint32_t *pixels, unsigned y, unsigned width, size_t row)
{
	return y > 0 && memcmp(pixels + y * row, pixels + (y - 1) * row,
			       width * sizeof *pixels) == 0;
}

/* How many pixels from LINE on are the same.  Most of a chart is one long run: eight are
 * compared at a time. */
static unsigned run_length(const uint32_t *line, unsigned width)
{
	unsigned length = 1;

	while (length + 8 <= width &&
	       memcmp(line + length, line + length - 1, 8 * sizeof *line) == 0)
		length += 8;
	while (length < width && line[length] == line[0])
		length++;
	return length;
}

static void count_shades(struct shades *shades, const uint32_t *pixels, unsigned width,
			 unsigned height, size_t row)
{
	unsigned x, y, length;

	for (y = 0; y < height; y++) {
		const uint32_t *line = pixels + y * row;

		if (is_repeated(pixels, y, width, row))
			continue;
		for (x = 0; x < width; x += length) {
			struct shade *shade;

			if (shades->count * 2 >= ((size_t)1 << shades->bits) ||
			    !shades->slots)
				double_shades(shades);
			length = run_length(line + x, width - x);
			shade = find_shade(shades, line[x] & 0xffffff);
			shades->count += shade->pixels == 0;
			shade->colour = line[x] & 0xffffff;
			shade->pixels += length;
		}
	}
}

static int compare_shades(const void *left, const void *right)
{
	const struct shade *a = *(struct shade *const *)left;
	const struct shade *b = *(struct shade *const *)right;

	if (a->pixels != b->pixels)
		return a->pixels > b->pixels ? -1 : 1;
	return a->colour < b->colour ? -1 : a->colour > b->colour;
}

/* The entry like COLOUR most; *LEAST: how far away, squared. */
static uint8_t nearest(const struct shades *shades, uint32_t colour, int *least)
{
	unsigned i, best = 0;

	*least = 3 * 256 * 256;
	for (i = 0; i < shades->palette_count; i++) {
		uint32_t other = shades->palette[i];
		int red = (int)(colour >> 16) - (int)(other >> 16);
		int green = (int)(colour >> 8 & 255) - (int)(other >> 8 & 255);
		int blue = (int)(colour & 255) - (int)(other & 255);
		int distance = red * red + green * green + blue * blue;

		if (distance < *least) {
			*least = distance;
			best = i;
		}
	}
	return (uint8_t)best;
}

static void choose_palette(struct shades *shades)
{
	struct shade **order = memory_zeroed(shades->count + 1, sizeof *order);
	size_t i, count = 0;

	for (i = 0; i < (size_t)1 << shades->bits; i++)
		if (shades->slots[i].pixels)
			order[count++] = &shades->slots[i];
	qsort(order, count, sizeof *order, compare_shades);
	for (i = 0; i < count; i++) {
		int distance;

		order[i]->index = nearest(shades, order[i]->colour, &distance);
		if (distance <= ALIKE || shades->palette_count == 256)
			continue;
		order[i]->index = (uint8_t)shades->palette_count;
		shades->palette[shades->palette_count++] = order[i]->colour;
	}
	free(order);
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
	uint32_t sum = libdeflate_crc32(0, type, 4);

	add_u32(out, (uint32_t)length);
	text_add_bytes(out, type, 4);
	if (length > 0)
		text_add_bytes(out, (const char *)bytes, length);
	/* CRC of a null pointer means "start afresh", not "no bytes". */
	if (length > 0)
		sum = libdeflate_crc32(sum, bytes, length);
	add_u32(out, sum);
}

/* Scan lines, each behind its filter byte 0.  Belongs to the caller. */
static unsigned char *scan_lines(const struct shades *shades, const uint32_t *pixels,
				 unsigned width, unsigned height, size_t row)
{
	unsigned char *bytes = memory_take(((size_t)width + 1) * height), *at = bytes;
	unsigned x, y, length;

	for (y = 0; y < height; y++) {
		const uint32_t *line = pixels + y * row;

		if (is_repeated(pixels, y, width, row)) {
			memcpy(at, at - width - 1, width + 1);
			at += width + 1;
			continue;
		}
		*at++ = 0;
		for (x = 0; x < width; x += length) {
			length = run_length(line + x, width - x);
			memset(at, find_shade(shades, line[x] & 0xffffff)->index, length);
			at += length;
		}
	}
	return bytes;
}

static void add_header(struct text *out, unsigned width, unsigned height,
		       const struct shades *shades, double dpi)
{
	struct text chunk = { 0 };
	unsigned i;

	text_add_bytes(out, "\x89PNG\r\n\x1a\n", 8);
	add_u32(&chunk, width);
	add_u32(&chunk, height);
	text_add_bytes(&chunk, "\x08\x03\0\0\0", 5); /* 8 bits, palette */
	add_chunk(out, "IHDR", (const unsigned char *)chunk.data, chunk.length);
	if (dpi > 0) {
		text_clear(&chunk);
		add_u32(&chunk, (uint32_t)lround(dpi / 0.0254));
		add_u32(&chunk, (uint32_t)lround(dpi / 0.0254));
		text_add_bytes(&chunk, "\x01", 1); /* per metre */
		add_chunk(out, "pHYs", (const unsigned char *)chunk.data, chunk.length);
	}
	text_clear(&chunk);
	for (i = 0; i < shades->palette_count; i++) {
		text_add_char(&chunk, (char)(shades->palette[i] >> 16));
		text_add_char(&chunk, (char)(shades->palette[i] >> 8));
		text_add_char(&chunk, (char)shades->palette[i]);
	}
	add_chunk(out, "PLTE", (const unsigned char *)chunk.data, chunk.length);
	text_free(&chunk);
}

/* International text, as it is: keyword, not compressed, language, no second keyword. */
static void add_words(struct text *out, const char *keyword, const char *language,
		      const char *words)
{
	struct text chunk = { 0 };

	if (!words || !*words)
		return;
	text_add(&chunk, keyword);
	text_add_bytes(&chunk, "\0\0\0", 3);
	text_add(&chunk, language);
	text_add_bytes(&chunk, "\0\0", 2);
	text_add(&chunk, words);
	add_chunk(out, "iTXt", (const unsigned char *)chunk.data, chunk.length);
	text_free(&chunk);
}

int png_write(struct text *out, const uint32_t *pixels, unsigned width, unsigned height,
	      size_t row, double dpi, const struct png_words *words, struct error *err)
{
	struct shades shades = { 0 };
	struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(6);
	size_t length = ((size_t)width + 1) * height, room, packed_length;
	unsigned char *raw, *packed;

	if (!compressor)
		BUG("no memory for libdeflate");
	count_shades(&shades, pixels, width, height, row);
	choose_palette(&shades);
	raw = scan_lines(&shades, pixels, width, height, row);
	room = libdeflate_zlib_compress_bound(compressor, length);
	packed = memory_take(room);
	packed_length = libdeflate_zlib_compress(compressor, raw, length, packed, room);
	libdeflate_free_compressor(compressor);
	if (packed_length > 0) {
		add_header(out, width, height, &shades, dpi);
		add_words(out, "Title", words->language, words->title);
		add_words(out, "Description", words->language, words->description);
		add_words(out, "Comment", "", words->comment);
		add_chunk(out, "IDAT", packed, packed_length);
		add_chunk(out, "IEND", NULL, 0);
	}
	free(packed);
	free(raw);
	free(shades.slots);
	if (packed_length == 0)
		return error_set(err, ERROR_INTERNAL,
				 "libdeflate cannot compress the picture");
	return 0;
}
