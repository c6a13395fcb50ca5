/* chart.c -- the frame of every chart, and the doors to SVG and PNG. */
#include "reports/chart.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reports/chart_kind.h"
#include "reports/flow.h"
#include "reports/fonts.h"
#include "reports/format.h"
#include "reports/mark.h"
#include "reports/reports.h"

static const struct chart_kind *const kinds[] = {
	&chart_ranking, &chart_trend,     &chart_targets, &chart_strip, &chart_tiles,
	&chart_bullet,  &chart_waterfall, &chart_heat,    &chart_spark, &chart_timeline,
};

struct canvas_style chart_style(const struct chart *chart, enum canvas_colour colour,
				enum canvas_anchor anchor)
{
	return (struct canvas_style){
		.font = { FAMILY_SANS, chart->options.text, false, false },
		.colour = colour,
		.anchor = anchor,
	};
}

void chart_label(struct canvas *canvas, double x, double y,
		 const struct canvas_style *style, const char *string)
{
	canvas_text(canvas, x, y + fonts_cap_height(&style->font) / 2, style, string);
}

void chart_label_on_paper(struct canvas *canvas, double x, double y,
			  const struct canvas_style *style, const char *string)
{
	double size = style->font.size;

	canvas_rectangle(canvas, x - 2, y - size * 0.55,
			 fonts_width(&style->font, string) + 4, size * 1.1, COLOUR_PAPER);
	chart_label(canvas, x, y, style, string);
}

double chart_widest(const struct chart *chart,
		    void (*add)(struct text *, const struct observation *, const char *))
{
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_START);
	struct text text = { 0 };
	double widest = 0;
	size_t i;

	for (i = 0; i < chart->count; i++) {
		text_clear(&text);
		add(&text, &chart->rows[i], chart->options.language);
		widest = fmax(widest, fonts_width(&style.font, text_string(&text)));
	}
	text_free(&text);
	return widest;
}

bool chart_has_disputes(const struct chart *chart)
{
	size_t i;

	for (i = 0; i < chart->count; i++)
		if (chart->rows[i].disputed)
			return true;
	return false;
}

void chart_note_disputes(struct chart *chart, bool some)
{
	if (some)
		text_addf(&chart->notes, "%s ",
			  words_disputed_note(chart->options.language));
}

double chart_sign_width(const struct chart *chart)
{
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_START);

	return fonts_width(&style.font, WORDS_DISPUTED_SIGN) * 1.1;
}

const char *chart_period(const struct chart *chart)
{
	return model_string(json_object_get(chart->model, "period_name"),
			    format_choose(chart->options.language, "vi", "en"));
}

void chart_add_period(struct text *out, const struct chart *chart)
{
	text_addf(out, "%s: %s",
		  format_choose(chart->options.language, "Kỳ báo cáo", "Period"),
		  chart_period(chart));
}

void chart_add_reached(struct text *out, const struct chart *chart, const char *what)
{
	size_t i, reached = 0;

	for (i = 0; i < chart->count; i++)
		reached += chart->rows[i].status == STATUS_MET ||
			   chart->rows[i].status == STATUS_ON_TRACK;
	text_addf(out,
		  format_choose(chart->options.language, "%zu trong %zu %s",
				"%zu of %zu %s"),
		  reached, chart->count, what);
}

const struct observation *chart_target_row(const struct chart *chart)
{
	size_t i;

	for (i = 0; i < chart->count; i++)
		if (!isnan(chart->rows[i].target_length))
			return &chart->rows[i];
	return NULL;
}

void chart_add_target_name(struct text *out, const struct chart *chart,
			   const struct observation *row)
{
	text_add(out, format_choose(chart->options.language, "Mục tiêu ", "Target "));
	observation_add_target(out, row, chart->options.language);
}

void chart_add_tick(struct text *out, const struct chart *chart,
		    const struct layout_axis *axis, size_t i, bool percent)
{
	double step = axis->ticks_count > 1 ? axis->ticks[1] - axis->ticks[0] : 1;
	int decimals = step > 0.999 ? 0 : step > 0.0999 ? 1 : 2;
	char digits[32];

	snprintf(digits, sizeof digits, "%.*f", decimals, axis->ticks[i]);
	format_add_decimal(out, chart->options.language, digits);
	if (percent)
		text_add_char(out, '%');
}

const char *chart_words(const struct chart *chart, const char *key)
{
	return model_words(chart->model, key, chart->options.language);
}

void chart_add_label(struct text *out, const struct chart *chart,
		     const struct observation *row)
{
	const char *language = chart->options.language;

	text_addf(out, "%s: ", row->agency_name);
	if (!isnan(row->length)) {
		observation_add_value(out, row, language);
		if (row->has_fraction) {
			text_add(out, " (");
			observation_add_fraction(out, row, language);
			text_add_char(out, ')');
		}
		text_add(out, ", ");
	}
	text_add(out, words_status_name(row->status, language));
	if (row->disputed)
		text_addf(out, ", %s", words_disputed(language));
}

void chart_mark_begin(const struct chart *chart, struct canvas *canvas, double x,
		      double y, const struct observation *row, const char *label)
{
	struct text address = { 0 };

	if (chart->options.query && *row->agency) {
		text_add(&address, "/agencies/");
		text_add_url(&address, row->agency);
		if (*row->indicator) {
			text_add_char(&address, '/');
			text_add_url(&address, row->indicator);
		}
		text_add(&address, chart->options.query);
	}
	canvas_mark_begin(canvas, x, y, label, text_string(&address));
	text_free(&address);
}

void chart_paint_bar(struct canvas *canvas, double x, double y, double width,
		     double height, enum status status)
{
	enum canvas_colour colour = words_status_colour(status);
	const struct canvas_stroke line = { colour, 1, 0 };
	struct canvas_path path = { 0 };

	width = fmax(width, 1);
	if (colour != COLOUR_MISSED) {
		canvas_rectangle(canvas, x, y, width, height, colour);
		return;
	}
	path_move(&path, x + 0.5, y + 0.5);
	path_line(&path, x + fmax(width - 0.5, 0.5), y + 0.5);
	path_line(&path, x + fmax(width - 0.5, 0.5), y + height - 0.5);
	path_line(&path, x + 0.5, y + height - 0.5);
	path_close(&path);
	canvas_path(canvas, &path, COLOUR_MISSED_TINT, &line);
	canvas_path_free(&path);
}

double chart_paint_key(const struct chart *chart, struct canvas *canvas, double left,
		       double y, double width)
{
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_START);
	double text = chart->options.text, x = left, lines = 1;
	int status;

	for (status = 0; status < STATUS_COUNT; status++) {
		struct text word = { 0 };
		double room;
		size_t i, count = 0;

		for (i = 0; i < chart->count; i++)
			count += chart->rows[i].status == (enum status)status;
		if (count == 0)
			continue;
		text_addf(&word, "%s %zu",
			  words_status_name((enum status)status, chart->options.language),
			  count);
		room = text * 1.2 + fonts_width(&style.font, word.data);
		if (x > left && x + room > left + width) {
			x = left;
			y += text * 1.5;
			lines++;
		}
		if (canvas) {
			mark_paint(canvas, (enum status)status, x + text * 0.5, y,
				   text * 0.72);
			chart_label(canvas, x + text * 1.2, y, &style, word.data);
		}
		x += room + text * 1.4;
		text_free(&word);
	}
	return lines;
}

static int is_sample(const struct chart *chart)
{
	return json_is_true(json_object_get(chart->model, "sample"));
}

static struct canvas_font title_font(const struct chart *chart)
{
	return (struct canvas_font){ FAMILY_SANS, chart->options.text * 1.25, true,
				     false };
}

/* Draws the lines of STRING from Y down, or only measures with CANVAS NULL; the
 * height they take. */
static double paragraph(struct canvas *canvas, const struct canvas_style *style,
			const char *string, double y, double width)
{
	double line = style->font.size * 1.3;
	struct flow_lines lines = { 0 };
	double height;
	size_t i;

	if (!*string)
		return 0;
	flow_break(&lines, &style->font, string, width, 0);
	for (i = 0; canvas && i < lines.count; i++)
		canvas_text(canvas, 0, y + style->font.size + line * (double)i, style,
			    lines.items[i].string);
	height = line * (double)lines.count;
	flow_free(&lines);
	return height;
}

/* Title, subtitle and the word that marks sample data; a page says all but the
 * subtitle itself. */
static double head(const struct chart *chart, struct canvas *canvas)
{
	struct canvas_style style = chart_style(chart, COLOUR_ACCENT, ANCHOR_START);
	double width = chart->options.width, y = 0;

	if (chart->options.bare || chart->mini)
		return 0;
	if (is_sample(chart) && !chart->options.inside) {
		style.font.bold = true;
		y += paragraph(canvas, &style, words_sample(chart->options.language), y,
			       width);
	}
	if (!chart->options.inside) {
		style.font = title_font(chart);
		style.colour = COLOUR_INK;
		y += paragraph(canvas, &style, text_string(&chart->title), y, width);
	}
	style = chart_style(chart, COLOUR_MUTED, ANCHOR_START);
	y += paragraph(canvas, &style, text_string(&chart->subtitle), y, width);
	return y > 0 ? y + chart->options.text : 0;
}

/* Draws the notes at Y, or only measures them. */
static double notes(const struct chart *chart, struct canvas *canvas, double y)
{
	struct canvas_style style = chart_style(chart, COLOUR_MUTED, ANCHOR_START);

	style.font.size *= 0.85;
	if (chart->notes.length == 0)
		return 0;
	return paragraph(canvas, &style, chart->notes.data, y, chart->options.width) +
	       chart->options.text * 0.6;
}

double chart_notes_height(const struct chart *chart)
{
	return notes(chart, NULL, 0);
}

static void add_source(struct chart *chart)
{
	const struct observation *target = chart_target_row(chart);
	const char *language = chart->options.language;
	const char *as_of = model_string(chart->model, "as_of");

	text_add(&chart->source,
		 format_choose(language, "Nguồn: hệ thống NQ17", "Source: NQ17"));
	if (*as_of) {
		text_add(&chart->source,
			 format_choose(language, ", số liệu đến ", ", figures as of "));
		format_add_moment(&chart->source, language, as_of);
	}
	text_add_char(&chart->source, '.');
	if (json_is_object(json_object_get(chart->model, "recast")))
		text_addf(&chart->source, " %s.", words_recast_label(language));
	if (target && *target->clause && chart->kind != &chart_targets &&
	    chart->kind != &chart_bullet)
		text_addf(&chart->source, " %s: %s.",
			  format_choose(language, "Căn cứ mục tiêu", "Target from"),
			  target->clause);
}

static double foot(const struct chart *chart, struct canvas *canvas)
{
	struct canvas_style style = chart_style(chart, COLOUR_MUTED, ANCHOR_START);
	double top = chart->head + chart->body + chart->options.text * 0.6, height;

	if (chart->mini)
		return 0;
	height = notes(chart, canvas, top);
	if (chart->options.bare || chart->options.inside)
		return height;
	style.font.size *= 0.85;
	height += paragraph(canvas, &style, chart->source.data, top + height,
			    chart->options.width);
	return height + chart->options.text;
}

static const struct chart_kind *find_kind(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i]->name, name) == 0)
			return kinds[i];
	return NULL;
}

/* The first of FIELDS that the model has. */
static const json_t *find_figures(const json_t *model, const char *fields)
{
	while (*fields) {
		size_t length = strcspn(fields, " ");
		const json_t *found = json_object_getn(model, fields, length);

		if (json_is_array(found))
			return found;
		fields += length + strspn(fields + length, " ");
	}
	return NULL;
}

static void prepare(struct chart *chart)
{
	const char *title = chart_words(chart, "title");

	chart->kind->prepare(chart, chart->options.max_height);
	if (*title) {
		text_clear(&chart->title);
		text_add(&chart->title, title);
	}
	add_source(chart);
	chart->head = head(chart, NULL);
	chart->foot = foot(chart, NULL);
}

int chart_new(struct chart **result, const char *name, const json_t *model,
	      const struct chart_options *options, struct error *err)
{
	const char *chosen = model_string(model, "kind");
	const struct chart_kind *kind = find_kind(*chosen ? chosen : name);
	struct chart *chart;
	const json_t *rows;

	*result = NULL;
	if (!kind)
		return error_set(err, ERROR_NOT_FOUND, "there is no chart \"%s\"",
				 *chosen ? chosen : name);
	rows = find_figures(model, kind->fields);
	if (!rows)
		return error_set(err, ERROR_INVALID, "the chart %s needs \"%s\"",
				 kind->name, kind->fields);
	if (fonts_open(err) != 0)
		return -1;
	if (options->max_height > 0 && !options->bare)
		BUG("a chart with a title has no greatest height");

	chart = memory_zeroed(1, sizeof *chart);
	chart->kind = kind;
	chart->options = *options;
	chart->model = model;
	chart->rows = observations_read(rows, options->language, &chart->count);
	prepare(chart);
	*result = chart;
	return 0;
}

void chart_free(struct chart *chart)
{
	if (!chart)
		return;
	chart->kind->release(chart);
	text_free(&chart->title);
	text_free(&chart->subtitle);
	text_free(&chart->alternative);
	text_free(&chart->notes);
	text_free(&chart->source);
	free(chart->rows);
	free(chart);
}

double chart_height(const struct chart *chart)
{
	return chart->head + chart->body + chart->foot;
}

const char *chart_title(const struct chart *chart)
{
	return text_string(&chart->title);
}

const char *chart_alternative(const struct chart *chart)
{
	return text_string(&chart->alternative);
}

void chart_paint(const struct chart *chart, struct canvas *canvas)
{
	head(chart, canvas);
	canvas_shift(canvas, 0, chart->head);
	chart->kind->paint(chart, canvas);
	canvas_shift(canvas, 0, -chart->head);
	foot(chart, canvas);
}

/* A picture: the chart with a margin. */

#define MARGIN 16

static double margin_of(const struct chart *chart)
{
	return chart->mini || chart->options.inside ? 1 : MARGIN;
}

/* WIDTH is that of the picture; 0: as wide as the model says. */
static struct chart_options picture_options(const json_t *model, const char *language,
					    double width, bool inside)
{
	double margin = inside ? 1 : MARGIN;

	if (!(width > 0))
		width = json_number_value(json_object_get(model, "width"));
	if (!(width > 0))
		width = 720;
	width = fmin(fmax(width, 40), 2000);
	return (struct chart_options){ .language = language,
				       .width = width - 2 * margin,
				       .inside = inside,
				       .text = 13 };
}

static double picture_width(const struct chart *chart)
{
	return chart->options.width + 2 * margin_of(chart);
}

static void paint_picture(const struct chart *chart, struct canvas *canvas)
{
	double margin = margin_of(chart);

	canvas_page_begin(canvas, picture_width(chart),
			  ceil(chart_height(chart) + 2 * margin));
	canvas_shift(canvas, margin, margin);
	chart_paint(chart, canvas);
	canvas_page_end(canvas);
}

static void describe(const struct chart *chart, struct text *out)
{
	text_add(out, chart_alternative(chart));
	if (out->length > 0 && out->data[out->length - 1] != ' ')
		text_add_char(out, ' ');
	text_add(out, text_string(&chart->source));
}

/* CLASS: how a page's style sheet knows this one of two widths; NULL. */
static int write_svg(const struct chart *chart, const char *class, struct text *out,
		     struct error *err)
{
	const struct chart_options *options = &chart->options;
	struct text description = { 0 };
	struct canvas *canvas = NULL;
	struct canvas_picture about = {
		.language = options->language,
		.title = chart_title(chart),
		.text = options->text,
		.is_inside = options->inside,
		.is_silent = options->inside && chart->mini,
		.has_marks = options->inside && chart->kind->has_marks && !chart->mini,
		.class = class,
	};
	int status;

	describe(chart, &description);
	about.description = description.data;
	status = canvas_svg_new(&canvas, &about, out, err);
	if (status == 0) {
		paint_picture(chart, canvas);
		status = canvas_finish(canvas, err);
	}
	canvas_free(canvas);
	text_free(&description);
	return status;
}

int chart_svg(const char *name, const json_t *model, const char *lang, struct text *out,
	      struct error *err)
{
	struct chart_options options = picture_options(model, lang, 0, false);
	struct chart *chart;
	int status;

	if (chart_new(&chart, name, model, &options, err) != 0)
		return -1;
	status = write_svg(chart, NULL, out, err);
	chart_free(chart);
	return status;
}

/* The second width of a chart inside a page, for a telephone; 0: none.  What is not
 * much wider can be read there when it shrinks. */
static double narrow_width(const struct chart *chart)
{
	const json_t *narrow = json_object_get(chart->model, "narrow");

	if (chart->mini)
		return 0;
	if (narrow)
		return json_number_value(narrow);
	return chart->options.width > 480 ? 340 : 0;
}

int chart_inside(const char *name, const json_t *model, const char *lang,
		 const char *query, struct text *out, struct error *err)
{
	struct chart_options options = picture_options(model, lang, 0, true);
	struct chart *chart;
	double narrow;
	int status;

	options.query = query;
	if (chart_new(&chart, name, model, &options, err) != 0)
		return -1;
	narrow = narrow_width(chart);
	status = write_svg(chart, narrow > 0 ? "roomy" : NULL, out, err);
	chart_free(chart);
	if (status != 0 || !(narrow > 0))
		return status;
	options = picture_options(model, lang, narrow, true);
	options.query = query;
	if (chart_new(&chart, name, model, &options, err) != 0)
		return -1;
	status = write_svg(chart, "narrow", out, err);
	chart_free(chart);
	return status;
}

int chart_png(const char *name, const json_t *model, const char *lang, int width,
	      struct text *out, struct error *err)
{
	struct chart_options options = picture_options(model, lang, 0, false);
	struct canvas_picture about = { .language = lang };
	struct text description = { 0 };
	struct canvas *canvas = NULL;
	struct chart *chart;
	int status = -1;

	if (width < 100 || width > 4000)
		return error_set(err, ERROR_INVALID,
				 "a picture is 100 to 4000 pixels wide, not %d", width);
	if (chart_new(&chart, name, model, &options, err) != 0)
		return -1;
	describe(chart, &description);
	about.title = chart_title(chart);
	about.description = description.data;
	if (canvas_png_new(&canvas, &about, width / picture_width(chart), 1, out, err) !=
	    0)
		goto done;
	paint_picture(chart, canvas);
	status = canvas_finish(canvas, err);
done:
	canvas_free(canvas);
	text_free(&description);
	chart_free(chart);
	return status;
}
