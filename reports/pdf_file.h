/* pdf_file.h -- the objects of a PDF 1.7 file, numbered, packed and listed.
 *
 * Small objects go into compressed object streams: a tagged report has some two thousand.
 * The same calls give the same bytes; nothing of it is random or of the clock. */
#ifndef REPORTS_PDF_FILE_H
#define REPORTS_PDF_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct pdf_place { /* of an object: in the file, or in an object stream */
	uint32_t stream;
	uint32_t at; /* a byte of the file, or which object of STREAM */
};

/* `struct pdf_file file;`, pdf_begin(), objects, pdf_end(). */
struct pdf_file {
	struct text *out;
	size_t start; /* where the file begins in OUT */
	struct pdf_place *places;
	int count;
	struct libdeflate_compressor *compressor;
	struct text numbers, objects; /* of the object stream at hand */
	int packed, packing;          /* how many objects are in it; its own number */
};

/* OUT is borrowed until pdf_end() or pdf_abandon(), to which the file is appended. */
void pdf_begin(struct pdf_file *file, struct text *out);
/* The number of an object that is to come. */
int pdf_reserve(struct pdf_file *file);
void pdf_object(struct pdf_file *file, int number, const struct text *body);
/* ENTRIES of its dictionary, beside length and filter. */
void pdf_stream(struct pdf_file *file, int number, const char *entries, const void *bytes,
		size_t length);
/* Lists the objects, of which CATALOGUE and INFORMATION are two, and frees. */
void pdf_end(struct pdf_file *file, int catalogue, int information);
/* Frees without an end. */
void pdf_abandon(struct pdf_file *file);

/* At most two decimals: a hundredth of a point is finer than any printer. */
void pdf_add_number(struct text *out, double number);
/* "12 0 R" */
void pdf_add_reference(struct text *out, int number);
/* The code point at *STRING, valid UTF-8, which is moved on. */
uint32_t pdf_next_letter(const char **string);
/* A code point in hexadecimal UTF-16. */
void pdf_add_units(struct text *out, uint32_t letter);
/* A string of bytes: an address, a name of ASCII. */
void pdf_add_bytes(struct text *out, const char *string);
/* A string for people. */
void pdf_add_string(struct text *out, const char *string);

#endif
