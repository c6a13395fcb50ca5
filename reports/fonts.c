/* fonts.c -- Liberation Serif and Sans through a private fontconfig. */
#include "reports/fonts.h"

#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>
#include <pango/pangofc-fontmap.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reports/fonts_pango.h"

#define FOLDER "/usr/share/fonts/truetype/liberation2/"

#define REFERENCE 100.0 /* points at which strings are measured, once each */
#define SLOTS     16384 /* of remembered widths; a power of two */

struct known_width {
	char *string; /* NULL: free */
	unsigned char face;
	size_t length;
	double width; /* at REFERENCE points */
};

struct fonts {
	PangoFontMap *map;
	PangoLayout *layout; /* for measuring */
	PangoFontDescription *description;
	struct known_width *known; /* a hash table of SLOTS, at most half full */
	size_t known_count;
};

/* A PangoFontMap must stay in one thread and takes 10 ms to build, so each
 * thread keeps one until it ends. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;

static void forget_widths(struct fonts *fonts)
{
	size_t i;

	for (i = 0; i < SLOTS; i++) {
		free(fonts->known[i].string);
		fonts->known[i] = (struct known_width){ 0 };
	}
	fonts->known_count = 0;
}

static void free_fonts(void *memory)
{
	struct fonts *fonts = memory;

	forget_widths(fonts);
	free(fonts->known);
	pango_font_description_free(fonts->description);
	g_clear_object(&fonts->layout);
	g_clear_object(&fonts->map);
	free(fonts);
}

static void make_key(void)
{
	if (pthread_key_create(&key, free_fonts) != 0)
		BUG("no thread key left");
}

static struct fonts *of_thread(void)
{
	struct fonts *fonts;

	pthread_once(&once, make_key);
	fonts = pthread_getspecific(key);
	if (!fonts)
		BUG("fonts_open() was not called in this thread");
	return fonts;
}

/* Family, italic, bold: the bits of a face. */
static const char *const files[FONTS_FACES] = {
	FOLDER "LiberationSans-Regular.ttf",  FOLDER "LiberationSans-Bold.ttf",
	FOLDER "LiberationSans-Italic.ttf",   FOLDER "LiberationSans-BoldItalic.ttf",
	FOLDER "LiberationSerif-Regular.ttf", FOLDER "LiberationSerif-Bold.ttf",
	FOLDER "LiberationSerif-Italic.ttf",  FOLDER "LiberationSerif-BoldItalic.ttf",
};

int fonts_face(const struct canvas_font *font)
{
	return (font->family == FAMILY_SERIF) << 2 | font->italic << 1 | font->bold;
}

const char *fonts_file(int face)
{
	return files[face];
}

/* Adds the files one by one: a folder would be looked up in a cache that the
 * service's account cannot write. */
static int add_files(FcConfig *config, struct error *err)
{
	for (int i = 0; i < FONTS_FACES; i++)
		if (!FcConfigAppFontAddFile(config, (const FcChar8 *)files[i]))
			return error_set(err, ERROR_UNAVAILABLE,
					 "cannot read the font %s: install the package "
					 "fonts-liberation2",
					 files[i]);
	return 0;
}

PangoContext *fonts_context_new(void)
{
	PangoContext *context = pango_font_map_create_context(of_thread()->map);
	cairo_font_options_t *options = cairo_font_options_create();

	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	pango_cairo_context_set_font_options(context, options);
	cairo_font_options_destroy(options);
	pango_context_set_round_glyph_positions(context, FALSE);
	pango_context_set_language(context, pango_language_from_string("vi"));
	return context;
}

int fonts_open(struct error *err)
{
	struct fonts *fonts;
	FcConfig *config;
	PangoContext *context;

	pthread_once(&once, make_key);
	if (pthread_getspecific(key))
		return 0;

	config = FcConfigCreate();
	if (!config || add_files(config, err) != 0) {
		if (!config)
			error_set(err, ERROR_INTERNAL, "fontconfig cannot start");
		else
			FcConfigDestroy(config);
		return -1;
	}
	fonts = memory_zeroed(1, sizeof *fonts);
	fonts->known = memory_zeroed(SLOTS, sizeof *fonts->known);
	fonts->map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
	pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(fonts->map), config);
	FcConfigDestroy(config); /* the map holds its own reference */
	fonts->description = pango_font_description_new();
	pthread_setspecific(key, fonts);

	context = fonts_context_new();
	fonts->layout = pango_layout_new(context);
	pango_layout_set_single_paragraph_mode(fonts->layout, TRUE);
	g_object_unref(context);
	return 0;
}

const PangoFontDescription *fonts_description(const struct canvas_font *font)
{
	PangoFontDescription *description = of_thread()->description;

	pango_font_description_set_family_static(
		description,
		font->family == FAMILY_SERIF ? "Liberation Serif" : "Liberation Sans");
	pango_font_description_set_absolute_size(description, font->size * PANGO_SCALE);
	pango_font_description_set_weight(description, font->bold ? PANGO_WEIGHT_BOLD
								  : PANGO_WEIGHT_NORMAL);
	pango_font_description_set_style(description, font->italic ? PANGO_STYLE_ITALIC
								   : PANGO_STYLE_NORMAL);
	return description;
}

static double measure(struct fonts *fonts, const struct canvas_font *font,
		      const char *string, size_t length)
{
	struct canvas_font reference = *font;
	PangoRectangle logical;

	reference.size = REFERENCE;
	pango_layout_set_font_description(fonts->layout, fonts_description(&reference));
	pango_layout_set_text(fonts->layout, string, (int)length);
	pango_layout_line_get_extents(pango_layout_get_line_readonly(fonts->layout, 0),
				      NULL, &logical);
	return (double)logical.width / PANGO_SCALE;
}

/* The slot of a string, or the free one where it belongs. */
static struct known_width *find_width(struct fonts *fonts, unsigned char face,
				      const char *string, size_t length)
{
	uint64_t hash = 14695981039346656037u ^ face; /* FNV-1a */
	struct known_width *known;
	size_t i;

	for (i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)string[i]) * 1099511628211u;
	for (i = (size_t)(hash ^ hash >> 32);; i++) {
		known = &fonts->known[i % SLOTS];
		if (!known->string || (known->face == face && known->length == length &&
				       memcmp(known->string, string, length) == 0))
			return known;
	}
}

/* Documents repeat their words, and measuring one is a thousand times slower
 * than finding it. */
double fonts_width_bytes(const struct canvas_font *font, const char *string,
			 size_t length)
{
	struct fonts *fonts = of_thread();
	unsigned char face = (unsigned char)fonts_face(font);
	struct known_width *known = find_width(fonts, face, string, length);

	if (!known->string) {
		if (fonts->known_count >= SLOTS / 2) {
			forget_widths(fonts);
			known = find_width(fonts, face, string, length);
		}
		known->string = memory_copy_bytes(string, length);
		known->face = face;
		known->length = length;
		known->width = measure(fonts, font, string, length);
		fonts->known_count++;
	}
	return known->width * font->size / REFERENCE;
}

double fonts_width(const struct canvas_font *font, const char *string)
{
	return fonts_width_bytes(font, string, strlen(string));
}

double fonts_cap_height(const struct canvas_font *font)
{
	/* Both families: 1409 (Sans) and 1341 (Serif) of 2048 units. */
	return font->size * (font->family == FAMILY_SERIF ? 0.655 : 0.688);
}
