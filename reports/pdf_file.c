/* pdf_file.c -- the objects of a PDF 1.7 file, numbered, packed and listed. */
#include "reports/pdf_file.h"

#include <libdeflate.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/memory.h"

/* Level 6 of libdeflate: level 1 is twice as fast and a fifth larger. */
enum { PACKED_MOST = 200, LEVEL = 6, ENTRY = 8 };

void pdf_begin(struct pdf_file *file, struct text *out)
{
	*file = (struct pdf_file){ .out = out, .start = out->length };
	file->compressor = libdeflate_alloc_compressor(LEVEL);
	if (!file->compressor)
		BUG("no memory for a compressor");
	pdf_reserve(file); /* number 0 is nobody's */
	/* Bytes above 127: who sends it takes it for binary. */
	text_add(out, "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n");
}

int pdf_reserve(struct pdf_file *file)
{
	/* Grows by doubling: a power of two is full. */
	if ((file->count & (file->count - 1)) == 0)
		file->places = memory_resize(file->places,
					     file->count ? (size_t)file->count * 2 : 1,
					     sizeof *file->places);
	file->places[file->count] = (struct pdf_place){ 0, 0 };
	return file->count++;
}

static uint32_t here(const struct pdf_file *file)
{
	return (uint32_t)(file->out->length - file->start);
}

void pdf_stream(struct pdf_file *file, int number, const char *entries, const void *bytes,
		size_t length)
{
	size_t most = libdeflate_zlib_compress_bound(file->compressor, length);
	char *packed = memory_zeroed(most, 1);
	size_t size =
		libdeflate_zlib_compress(file->compressor, bytes, length, packed, most);

	file->places[number].at = here(file);
	text_addf(file->out, "%d 0 obj\n<<%s/Filter/FlateDecode/Length %zu>>\nstream\n",
		  number, entries, size);
	text_add_bytes(file->out, packed, size);
	text_add(file->out, "\nendstream\nendobj\n");
	free(packed);
}

static void close_pack(struct pdf_file *file)
{
	struct text entries = { 0 };

	if (file->packed == 0)
		return;
	text_addf(&entries, "/Type/ObjStm/N %d/First %zu", file->packed,
		  file->numbers.length);
	text_add_bytes(&file->numbers, file->objects.data, file->objects.length);
	pdf_stream(file, file->packing, text_string(&entries), file->numbers.data,
		   file->numbers.length);
	text_clear(&file->numbers);
	text_clear(&file->objects);
	text_free(&entries);
	file->packed = 0;
}

void pdf_object(struct pdf_file *file, int number, const struct text *body)
{
	if (file->packed == 0)
		file->packing = pdf_reserve(file);
	file->places[number] =
		(struct pdf_place){ (uint32_t)file->packing, (uint32_t)file->packed };
	text_addf(&file->numbers, "%d %zu ", number, file->objects.length);
	text_add_bytes(&file->objects, body->data, body->length);
	text_add_char(&file->objects, '\n');
	if (++file->packed == PACKED_MOST)
		close_pack(file);
}

static void add_entry(struct text *out, unsigned kind, uint32_t first, unsigned second)
{
	const unsigned char bytes[ENTRY - 1] = {
		(unsigned char)kind,          (unsigned char)(first >> 24),
		(unsigned char)(first >> 16), (unsigned char)(first >> 8),
		(unsigned char)first,         (unsigned char)(second >> 8),
		(unsigned char)second,
	};

	text_add_bytes(out, (const char *)bytes, sizeof bytes);
}

/* The identifier is a digest of what stands before it. */
static void list_objects(struct pdf_file *file, int catalogue, int information)
{
	int number = pdf_reserve(file);
	uint32_t at = here(file);
	struct text list = { 0 }, entries = { 0 };
	char sha256[DIGEST_SIZE];

	digest_of(file->out->data + file->start, at, sha256);
	file->places[number].at = at;
	add_entry(&list, 0, 0, 0xffff);
	for (int i = 1; i < file->count; i++)
		if (file->places[i].stream)
			add_entry(&list, 2, file->places[i].stream, file->places[i].at);
		else
			add_entry(&list, 1, file->places[i].at, 0);
	text_addf(
		&entries,
		"/Type/XRef/Size %d/W[1 4 2]/Root %d 0 R/Info %d 0 R/ID[<%.32s><%.32s>]",
		file->count, catalogue, information, sha256, sha256);
	pdf_stream(file, number, text_string(&entries), list.data, list.length);
	text_addf(file->out, "startxref\n%u\n%%%%EOF\n", at);
	text_free(&list);
	text_free(&entries);
}

void pdf_end(struct pdf_file *file, int catalogue, int information)
{
	close_pack(file);
	list_objects(file, catalogue, information);
	pdf_abandon(file);
}

void pdf_abandon(struct pdf_file *file)
{
	libdeflate_free_compressor(file->compressor);
	free(file->places);
	text_free(&file->numbers);
	text_free(&file->objects);
	*file = (struct pdf_file){ 0 };
}

/* ---- Values -------------------------------------------------------------- */

/* printf() of a double took a fifth of the time. */
void pdf_add_number(struct text *out, double number)
{
	long hundredths = lround(fabs(number) * 100);
	char digits[24], *at = digits + sizeof digits;
	int places = 2;

	for (; places > 0 && hundredths % 10 == 0; places--)
		hundredths /= 10;
	for (int i = 0; i < places; i++, hundredths /= 10)
		*--at = (char)('0' + hundredths % 10);
	if (places > 0)
		*--at = '.';
	if (hundredths == 0 && places == 0)
		*--at = '0';
	for (; hundredths > 0; hundredths /= 10)
		*--at = (char)('0' + hundredths % 10);
	if (number < 0 && lround(number * 100) != 0)
		*--at = '-';
	text_add_bytes(out, at, (size_t)(digits + sizeof digits - at));
}

void pdf_add_reference(struct text *out, int number)
{
	text_addf(out, "%d 0 R", number);
}

uint32_t pdf_next_letter(const char **string)
{
	const unsigned char *at = (const unsigned char *)*string;
	int more = *at < 0xc0 ? 0 : *at < 0xe0 ? 1 : *at < 0xf0 ? 2 : 3;
	uint32_t letter = more == 0 ? *at : *at & (0x3fu >> more);

	at++;
	for (; more > 0 && (*at & 0xc0) == 0x80; more--, at++)
		letter = letter << 6 | (*at & 0x3fu);
	*string = (const char *)at;
	return letter;
}

static void add_unit(struct text *out, unsigned unit)
{
	text_addf(out, "%04X", unit);
}

void pdf_add_units(struct text *out, uint32_t letter)
{
	if (letter < 0x10000) {
		add_unit(out, letter);
	} else {
		add_unit(out, 0xd800 + ((letter - 0x10000) >> 10));
		add_unit(out, 0xdc00 + ((letter - 0x10000) & 0x3ff));
	}
}

void pdf_add_bytes(struct text *out, const char *string)
{
	text_add_char(out, '(');
	for (; *string; string++) {
		if (strchr("()\\", *string))
			text_add_char(out, '\\');
		text_add_char(out, *string);
	}
	text_add_char(out, ')');
}

/* ASCII as it is, all else as UTF-16. */
void pdf_add_string(struct text *out, const char *string)
{
	const char *at = string;

	while (*at >= ' ' && *at <= '~')
		at++;
	if (!*at) {
		pdf_add_bytes(out, string);
		return;
	}
	text_add(out, "<FEFF");
	while (*string)
		pdf_add_units(out, pdf_next_letter(&string));
	text_add_char(out, '>');
}
