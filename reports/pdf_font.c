/* pdf_font.c -- text into glyphs, and the subsets of the typefaces that a PDF embeds. */
#include "reports/pdf_font.h"

#include <hb-ot.h>
#include <hb-subset.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reports/fonts.h"

enum { NAME_SIZE = 64 };

/* A face of the typefaces, read once for the whole process and never changed: any number
 * of threads may shape with it. */
struct face {
	hb_face_t *face;
	hb_font_t *font;
	double unit; /* of a design unit, in thousandths of the size */
	unsigned glyphs;
	hb_codepoint_t space;
	char name[NAME_SIZE]; /* "LiberationSerif-Bold" */
};

static struct face faces[FONTS_FACES];
static pthread_mutex_t faces_lock = PTHREAD_MUTEX_INITIALIZER;

/* A character of a face: what the page writes is its index plus one. */
struct letter {
	hb_codepoint_t glyph;
	uint32_t unicode;
	uint16_t next; /* number of another one with this glyph; 0: none */
};

struct used_face { /* of one document */
	const struct face *face;
	int object; /* 0: not used yet */
	struct letter *letters;
	size_t count, room;
	uint16_t *first; /* by glyph: the number of its first letter */
};

struct pdf_fonts {
	struct used_face used[FONTS_FACES];
	hb_buffer_t *buffer;
	struct pdf_glyph *glyphs;
	size_t room;
};

/* ---- The faces of the process -------------------------------------------- */

static int read_face(struct face *face, int number, struct error *err)
{
	unsigned size = NAME_SIZE;
	hb_blob_t *blob = hb_blob_create_from_file_or_fail(fonts_file(number));

	if (!blob)
		return error_set(err, ERROR_UNAVAILABLE, "cannot read the font %s",
				 fonts_file(number));
	face->face = hb_face_create(blob, 0);
	hb_blob_destroy(blob);
	hb_face_make_immutable(face->face);
	face->font = hb_font_create(face->face);
	hb_font_make_immutable(face->font);
	face->unit = 1000.0 / hb_face_get_upem(face->face);
	face->glyphs = hb_face_get_glyph_count(face->face);
	hb_font_get_nominal_glyph(face->font, ' ', &face->space);
	hb_ot_name_get_utf8(face->face, HB_OT_NAME_ID_POSTSCRIPT_NAME,
			    HB_LANGUAGE_INVALID, &size, face->name);
	return 0;
}

static int open_face(struct used_face *used, int number, struct error *err)
{
	int status = 0;

	if (used->face)
		return 0;
	pthread_mutex_lock(&faces_lock);
	if (!faces[number].face)
		status = read_face(&faces[number], number, err);
	pthread_mutex_unlock(&faces_lock);
	if (status != 0)
		return -1;
	used->face = &faces[number];
	used->first = memory_zeroed(used->face->glyphs, sizeof *used->first);
	return 0;
}

/* ---- Shaping ------------------------------------------------------------- */

struct pdf_fonts *pdf_fonts_new(void)
{
	struct pdf_fonts *fonts = memory_zeroed(1, sizeof *fonts);

	fonts->buffer = hb_buffer_create();
	return fonts;
}

void pdf_fonts_free(struct pdf_fonts *fonts)
{
	if (!fonts)
		return;
	for (size_t i = 0; i < FONTS_FACES; i++) {
		free(fonts->used[i].letters);
		free(fonts->used[i].first);
	}
	hb_buffer_destroy(fonts->buffer);
	free(fonts->glyphs);
	free(fonts);
}

/* The number of UNICODE drawn as GLYPH. */
static uint16_t number_of(struct used_face *used, hb_codepoint_t glyph, uint32_t unicode)
{
	uint16_t number = used->first[glyph];

	while (number && used->letters[number - 1].unicode != unicode)
		number = used->letters[number - 1].next;
	if (number)
		return number;
	if (used->count == used->room) {
		used->room = used->room ? used->room * 2 : 128;
		used->letters =
			memory_resize(used->letters, used->room, sizeof *used->letters);
	}
	used->letters[used->count] =
		(struct letter){ glyph, unicode, used->first[glyph] };
	used->first[glyph] = (uint16_t)++used->count;
	return used->first[glyph];
}

/* LETTER with MARKS, the first or the last of them first; 0: there is no such letter. */
static uint32_t composed(uint32_t letter, const uint32_t *marks, size_t count,
			 bool backwards)
{
	for (size_t i = 0; i < count; i++)
		if (!hb_unicode_compose(hb_unicode_funcs_get_default(), letter,
					marks[backwards ? count - 1 - i : i], &letter))
			return 0;
	return letter;
}

/* What a cluster of STRING says: a letter with its marks, which may come in either order. */
static uint32_t unicode_at(const char *string, size_t from, size_t to)
{
	const char *at = string + from;
	uint32_t letter = pdf_next_letter(&at), marks[4], whole;
	size_t count = 0;

	while (at < string + to && count < sizeof marks / sizeof *marks)
		marks[count++] = pdf_next_letter(&at);
	whole = composed(letter, marks, count, false);
	if (!whole)
		whole = composed(letter, marks, count, true);
	letter = whole ? whole : letter;
	return letter == 0xa0 ? ' ' : letter;
}

static void shape(struct pdf_fonts *fonts, const struct face *face, const char *string)
{
	/* A ligature would be extracted as one letter. */
	static const hb_feature_t features[] = {
		{ HB_TAG('l', 'i', 'g', 'a'), 0, 0, (unsigned)-1 },
		{ HB_TAG('c', 'l', 'i', 'g'), 0, 0, (unsigned)-1 },
	};

	hb_buffer_clear_contents(fonts->buffer);
	hb_buffer_set_cluster_level(fonts->buffer,
				    HB_BUFFER_CLUSTER_LEVEL_MONOTONE_CHARACTERS);
	hb_buffer_set_direction(fonts->buffer, HB_DIRECTION_LTR);
	hb_buffer_set_script(fonts->buffer, HB_SCRIPT_LATIN);
	hb_buffer_set_language(fonts->buffer, hb_language_from_string("vi", 2));
	hb_buffer_add_utf8(fonts->buffer, string, -1, 0, -1);
	hb_shape(face->font, fonts->buffer, features, 2);
}

static struct pdf_glyph make_glyph(struct used_face *used, const hb_glyph_info_t *info,
				   const hb_glyph_position_t *place, uint32_t unicode)
{
	const struct face *face = used->face;

	return (struct pdf_glyph){
		.number = number_of(used, info->codepoint, unicode),
		.width = hb_font_get_glyph_h_advance(face->font, info->codepoint) *
			 face->unit,
		.advance = place->x_advance * face->unit,
		.shift_x = place->x_offset * face->unit,
		.shift_y = place->y_offset * face->unit,
		.is_space = unicode == ' ',
	};
}

int pdf_fonts_shape(struct pdf_fonts *fonts, const struct canvas_font *font,
		    const char *string, const struct pdf_glyph **glyphs, size_t *count,
		    int *face, struct error *err)
{
	int number = fonts_face(font);
	struct used_face *used = &fonts->used[number];
	const hb_glyph_position_t *places;
	const hb_glyph_info_t *infos;
	unsigned found;

	if (open_face(used, number, err) != 0)
		return -1;
	shape(fonts, used->face, string);
	infos = hb_buffer_get_glyph_infos(fonts->buffer, &found);
	places = hb_buffer_get_glyph_positions(fonts->buffer, NULL);
	if (found > fonts->room) {
		fonts->room = found * 2;
		fonts->glyphs =
			memory_resize(fonts->glyphs, fonts->room, sizeof *fonts->glyphs);
	}
	*count = 0;
	for (unsigned i = 0; i < found; i++) {
		size_t from = infos[i].cluster;
		size_t to = i + 1 < found ? infos[i + 1].cluster : strlen(string);

		if (infos[i].codepoint == 0)
			return error_set(err, ERROR_INVALID,
					 "the typeface has not every letter of \"%s\"",
					 string);
		/* What has no width and no ink (a joiner) is no space. */
		if (infos[i].codepoint == used->face->space && places[i].x_advance == 0)
			continue;
		fonts->glyphs[(*count)++] = make_glyph(used, &infos[i], &places[i],
						       unicode_at(string, from, to));
	}
	*glyphs = fonts->glyphs;
	*face = number;
	return 0;
}

/* ---- Embedding ----------------------------------------------------------- */

/* The face with only the glyphs that were used, without hints: those are for pixels. */
static hb_blob_t *cut_out(struct pdf_file *file, const struct used_face *used, int map)
{
	static const hb_tag_t needless[] = {
		HB_TAG('G', 'S', 'U', 'B'), HB_TAG('G', 'P', 'O', 'S'),
		HB_TAG('G', 'D', 'E', 'F'), HB_TAG('k', 'e', 'r', 'n'),
		HB_TAG('n', 'a', 'm', 'e'), HB_TAG('O', 'S', '/', '2'),
		HB_TAG('p', 'o', 's', 't'), HB_TAG('c', 'm', 'a', 'p'),
		HB_TAG('F', 'F', 'T', 'M'), HB_TAG('g', 'a', 's', 'p'),
	};
	hb_subset_input_t *input = hb_subset_input_create_or_fail();
	hb_subset_plan_t *plan = NULL;
	hb_face_t *subset = NULL;
	hb_blob_t *blob = NULL;
	struct text table = { 0 };

	if (!input)
		return NULL;
	hb_subset_input_set_flags(input, HB_SUBSET_FLAGS_NO_HINTING);
	for (size_t i = 0; i < sizeof needless / sizeof *needless; i++)
		hb_set_add(hb_subset_input_set(input, HB_SUBSET_SETS_DROP_TABLE_TAG),
			   needless[i]);
	for (size_t i = 0; i < used->count; i++)
		hb_set_add(hb_subset_input_glyph_set(input), used->letters[i].glyph);
	plan = hb_subset_plan_create_or_fail(used->face->face, input);
	if (plan)
		subset = hb_subset_plan_execute_or_fail(plan);
	if (subset) {
		const hb_map_t *places = hb_subset_plan_old_to_new_glyph_mapping(plan);

		/* Where in the subset each number is drawn; 0 is nobody's. */
		text_add_bytes(&table, "\0", 2);
		for (size_t i = 0; i < used->count; i++) {
			unsigned at = hb_map_get(places, used->letters[i].glyph);
			const char bytes[] = { (char)(at >> 8), (char)at };

			text_add_bytes(&table, bytes, 2);
		}
		pdf_stream(file, map, "", table.data, table.length);
		blob = hb_face_reference_blob(subset);
	}
	text_free(&table);
	hb_face_destroy(subset);
	hb_subset_plan_destroy(plan);
	hb_subset_input_destroy(input);
	return blob;
}

/* Six letters that differ with what is in the subset. */
static void add_name(struct text *out, const struct face *face, const char *bytes,
		     size_t length)
{
	uint64_t hash = 14695981039346656037u; /* FNV-1a */

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * 1099511628211u;
	text_add_char(out, '/');
	for (int i = 0; i < 6; i++, hash /= 26)
		text_add_char(out, (char)('A' + hash % 26));
	text_addf(out, "+%s", face->name);
}

static void write_unicode(struct pdf_file *file, int number, const struct used_face *used)
{
	enum { MOST = 100 }; /* lines of a block */
	struct text map = { 0 };

	text_add(&map,
		 "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
		 "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
		 "/CMapName/Adobe-Identity-UCS def/CMapType 2 def\n"
		 "1 begincodespacerange<0000><FFFF>endcodespacerange\n");
	for (size_t i = 0; i < used->count; i += MOST) {
		size_t end = used->count - i < MOST ? used->count : i + MOST;

		text_addf(&map, "%zu beginbfchar\n", end - i);
		for (size_t j = i; j < end; j++) {
			text_addf(&map, "<%04zX><", j + 1);
			pdf_add_units(&map, used->letters[j].unicode);
			text_add(&map, ">\n");
		}
		text_add(&map, "endbfchar\n");
	}
	text_add(&map, "endcmap CMapName currentdict/CMap defineresource pop end end\n");
	pdf_stream(file, number, "", map.data, map.length);
	text_free(&map);
}

static double metric(const struct face *face, hb_ot_metrics_tag_t tag)
{
	hb_position_t position = 0;

	hb_ot_metrics_get_position(face->font, tag, &position);
	return position * face->unit;
}

/* The box around all glyphs, which the head of the face has. */
static void add_box(struct text *body, const struct face *face)
{
	enum { BOX = 36, SIDES = 4 };
	hb_blob_t *head = hb_face_reference_table(face->face, HB_TAG('h', 'e', 'a', 'd'));
	unsigned length;
	const unsigned char *bytes =
		(const unsigned char *)hb_blob_get_data(head, &length);

	text_add(body, "/FontBBox[");
	for (unsigned i = BOX; i < BOX + 2 * SIDES && i + 1 < length; i += 2) {
		pdf_add_number(body,
			       (int16_t)(bytes[i] << 8 | bytes[i + 1]) * face->unit);
		text_add_char(body, ' ');
	}
	text_add_char(body, ']');
	hb_blob_destroy(head);
}

static void write_descriptor(struct pdf_file *file, int number, const struct face *face,
			     const char *name, int program)
{
	enum { SERIF = 2, SYMBOLIC = 4, ITALIC = 64 };
	bool is_italic = strstr(face->name, "Italic") != NULL;
	struct text body = { 0 };

	text_addf(&body,
		  "<</Type/FontDescriptor/FontName%s/Flags %d/ItalicAngle %d/StemV %d",
		  name,
		  SYMBOLIC | (strstr(face->name, "Serif") ? SERIF : 0) |
			  (is_italic ? ITALIC : 0),
		  is_italic ? -16 : 0, strstr(face->name, "Bold") ? 140 : 80);
	text_add(&body, "/Ascent ");
	pdf_add_number(&body, metric(face, HB_OT_METRICS_TAG_HORIZONTAL_ASCENDER));
	text_add(&body, "/Descent ");
	pdf_add_number(&body, metric(face, HB_OT_METRICS_TAG_HORIZONTAL_DESCENDER));
	text_add(&body, "/CapHeight ");
	pdf_add_number(&body, metric(face, HB_OT_METRICS_TAG_CAP_HEIGHT));
	add_box(&body, face);
	text_add(&body, "/FontFile2 ");
	pdf_add_reference(&body, program);
	text_add(&body, ">>");
	pdf_object(file, number, &body);
	text_free(&body);
}

/* The widths of all letters, one after the other. */
static void add_widths(struct text *body, const struct used_face *used)
{
	text_add(body, "/DW 0/W[1[");
	for (size_t i = 0; i < used->count; i++) {
		if (i > 0)
			text_add_char(body, ' ');
		pdf_add_number(body, hb_font_get_glyph_h_advance(used->face->font,
								 used->letters[i].glyph) *
					     used->face->unit);
	}
	text_add(body, "]]");
}

static int write_face(struct pdf_file *file, const struct used_face *used, int object,
		      struct error *err)
{
	int descendant = pdf_reserve(file), descriptor = pdf_reserve(file);
	int program = pdf_reserve(file), map = pdf_reserve(file);
	int unicode = pdf_reserve(file);
	hb_blob_t *blob = cut_out(file, used, map);
	struct text body = { 0 }, name = { 0 };
	unsigned length;
	const char *bytes;

	if (!blob)
		return error_set(err, ERROR_INTERNAL, "no subset of the typeface %s",
				 used->face->name);
	bytes = hb_blob_get_data(blob, &length);
	add_name(&name, used->face, bytes, length);
	text_addf(&body, "/Length1 %u", length);
	pdf_stream(file, program, text_string(&body), bytes, length);
	hb_blob_destroy(blob);
	write_descriptor(file, descriptor, used->face, text_string(&name), program);
	write_unicode(file, unicode, used);

	text_clear(&body);
	text_addf(&body,
		  "<</Type/Font/Subtype/CIDFontType2/BaseFont%s/CIDSystemInfo"
		  "<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
		  "/FontDescriptor %d 0 R/CIDToGIDMap %d 0 R",
		  text_string(&name), descriptor, map);
	add_widths(&body, used);
	text_add(&body, ">>");
	pdf_object(file, descendant, &body);

	text_clear(&body);
	text_addf(&body,
		  "<</Type/Font/Subtype/Type0/BaseFont%s/Encoding/Identity-H"
		  "/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>",
		  text_string(&name), descendant, unicode);
	pdf_object(file, object, &body);
	text_free(&body);
	text_free(&name);
	return 0;
}

int pdf_fonts_write(struct pdf_fonts *fonts, struct pdf_file *file,
		    struct text *resources, struct error *err)
{
	text_add(resources, "/Font<<");
	for (int i = 0; i < FONTS_FACES; i++) {
		int object;

		if (fonts->used[i].count == 0)
			continue;
		object = pdf_reserve(file);
		if (write_face(file, &fonts->used[i], object, err) != 0)
			return -1;
		text_addf(resources, "/F%d %d 0 R", i, object);
	}
	text_add(resources, ">>");
	return 0;
}
