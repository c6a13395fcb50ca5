/* chart_bench.c -- what a chart costs: time and bytes of each model in FILE, as SVG, as
 * part of a page and as PNG of 1,200 x 700.  With FOLDER also writes them there.
 *
 *   chart_bench tests/data/charts.json [FOLDER [vi|en]] */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

#include "reports/reports.h"

enum { ROUNDS = 100, PNG_ROUNDS = 10, PNG_WIDTH = 1200 };

enum form { FORM_SVG, FORM_INSIDE, FORM_PNG };

static double now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
	return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

static int draw(enum form form, const char *name, const json_t *model, const char *lang,
		struct text *out, struct error *err)
{
	text_clear(out);
	switch (form) {
	case FORM_SVG:
		return chart_svg(name, model, lang, out, err);
	case FORM_INSIDE:
		return chart_inside(name, model, lang, "?period=2020", out, err);
	case FORM_PNG:
		return chart_png(name, model, lang, PNG_WIDTH, out, err);
	}
	return -1;
}

/* Milliseconds of the processor; the first drawing, which measures the words, is not
 * counted. */
static double measure(enum form form, const char *name, const json_t *model,
		      const char *lang, struct text *out, struct error *err)
{
	int rounds = form == FORM_PNG ? PNG_ROUNDS : ROUNDS;
	double since;

	if (draw(form, name, model, lang, out, err) != 0)
		return NAN;
	since = now();
	for (int i = 0; i < rounds; i++)
		draw(form, name, model, lang, out, err);
	return (now() - since) / rounds;
}

/* Bytes as they go over the wire. */
static size_t packed(const struct text *text)
{
	z_stream stream = { 0 };
	size_t length;

	if (deflateInit2(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return 0;
	length = deflateBound(&stream, text->length);
	stream.next_in = (Bytef *)text->data;
	stream.avail_in = (uInt)text->length;
	stream.next_out = malloc(length);
	stream.avail_out = (uInt)length;
	if (stream.next_out) {
		Bytef *start = stream.next_out;

		deflate(&stream, Z_FINISH);
		length = stream.total_out;
		free(start);
	}
	deflateEnd(&stream);
	return length;
}

static void keep(const struct text *text, const char *folder, const char *name,
		 const char *ending)
{
	char path[512];
	FILE *file;

	if (!folder)
		return;
	snprintf(path, sizeof path, "%s/%s%s", folder, name, ending);
	file = fopen(path, "wb");
	if (!file)
		return;
	fwrite(text->data, 1, text->length, file);
	fclose(file);
}

static int bench(const char *name, const json_t *model, const char *folder,
		 const char *lang)
{
	static const char *const endings[] = { ".svg", ".html", ".png" };
	double times[3];
	size_t sizes[3];
	struct text out = { 0 };
	struct error err = { 0 };

	for (int form = FORM_SVG; form <= FORM_PNG; form++) {
		times[form] = measure((enum form)form, name, model, lang, &out, &err);
		if (isnan(times[form])) {
			fprintf(stderr, "%s: %s\n", name, err.message);
			text_free(&out);
			return -1;
		}
		sizes[form] = form == FORM_PNG ? out.length : packed(&out);
		keep(&out, folder, name, endings[form]);
	}
	printf("  %-16s svg %6.3f ms %6zu B   page %6.3f ms %6zu B   png %6.2f ms %6zu B\n",
	       name, times[0], sizes[0], times[1], sizes[1], times[2], sizes[2]);
	text_free(&out);
	return 0;
}

int main(int argc, char **argv)
{
	const char *folder = argc > 2 ? argv[2] : NULL, *name;
	const char *lang = argc > 3 ? argv[3] : "vi";
	json_error_t fault;
	json_t *models = argc > 1 ? json_load_file(argv[1], 0, &fault) : NULL, *model;
	int status = 0;

	if (!models) {
		fprintf(stderr, "usage: chart_bench MODELS.json [FOLDER [vi|en]]\n");
		return 2;
	}
	json_object_foreach(models, name, model) {
		status |= bench(name, model, folder, lang);
	}
	json_decref(models);
	return status ? 1 : 0;
}
