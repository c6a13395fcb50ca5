/* chart_tiles.c -- provinces as equal tiles where they roughly lie, with status, rank
 * or a class of the value, and the ministries as a strip. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reports/chart_kind.h"
#include "reports/fonts.h"
#include "reports/format.h"
#include "reports/mark.h"
#include "reports/tiles_layout.h"

enum show { SHOW_VALUE, SHOW_RANK, SHOW_SCALE };

struct tiles {
	struct tiles_layout layout;
	struct tiles_place *places;
	const char **shorts; /* of the rows; borrowed */
	struct observation target;
	struct layout_axis classes;
	enum show show;
	bool has_islands;
};

static struct tiles *tiles_of(const struct chart *chart)
{
	return chart->layout.own;
}

/* Whose archipelago lies to the east, and its name. */
static const char *islands_of(const char *short_name, const char *language)
{
	if (strcmp(short_name, "DNG") == 0)
		return format_choose(language, "Hoàng Sa", "Hoang Sa");
	if (strcmp(short_name, "KHA") == 0)
		return format_choose(language, "Trường Sa", "Truong Sa");
	return NULL;
}

static void read_tile(struct chart *chart, const json_t *tile)
{
	struct tiles *tiles = tiles_of(chart);
	struct observation *row = &chart->rows[chart->count];
	struct tiles_place *place = &tiles->places[chart->count];

	observation_read(row, json_object_get(tile, "figure"), chart->options.language);
	row->agency = model_string(tile, "agency");
	row->agency_name = model_words(tile, "agency_name", chart->options.language);
	tiles->shorts[chart->count] = model_string(tile, "short");
	place->line = (size_t)model_integer(tile, "line");
	place->place = (size_t)model_integer(tile, "place");
	if (place->line == 0 || place->line > 99 || place->place == 0 || place->place > 7)
		*place = (struct tiles_place){ 0 };
	place->has_islands =
		place->line > 0 && place->place < 7 &&
		islands_of(tiles->shorts[chart->count], chart->options.language);
	tiles->has_islands |= place->has_islands;
	chart->count++;
}

/* The figures lie one level deeper than those of other kinds. */
static void read_tiles(struct chart *chart)
{
	const json_t *map = json_object_get(chart->model, "tiles"), *tile;
	const json_t *strip = json_object_get(chart->model, "central");
	size_t i, count = json_array_size(map) + json_array_size(strip) + 1;
	struct tiles *tiles = tiles_of(chart);

	free(chart->rows);
	chart->count = 0;
	chart->rows = memory_zeroed(count, sizeof *chart->rows);
	tiles->places = memory_zeroed(count, sizeof *tiles->places);
	tiles->shorts = memory_zeroed(count, sizeof *tiles->shorts);
	json_array_foreach(map, i, tile) {
		read_tile(chart, tile);
	}
	json_array_foreach(strip, i, tile) {
		read_tile(chart, tile);
		tiles->places[chart->count - 1] = (struct tiles_place){ 0 };
	}
}

static enum show read_show(const struct chart *chart)
{
	const char *show = model_string(chart->model, "show");

	return strcmp(show, "rank") == 0    ? SHOW_RANK
	       : strcmp(show, "scale") == 0 ? SHOW_SCALE
					    : SHOW_VALUE;
}

static void choose_classes(const struct chart *chart, struct layout_axis *classes)
{
	double most = 0;
	size_t i;

	for (i = 0; i < chart->count; i++)
		if (!isnan(chart->rows[i].length))
			most = fmax(most, chart->rows[i].length);
	layout_axis_make(classes, 0, most > 0 ? most : 100, 6, 0, 1);
}

static void add_notes(struct chart *chart)
{
	const struct tiles *tiles = tiles_of(chart);
	const char *language = chart->options.language;

	text_add(
		&chart->notes,
		format_choose(language, "Mỗi ô là một tỉnh, đặt gần đúng vị trí. ",
			      "Each tile is a province, placed roughly where it lies. "));
	if (tiles->has_islands)
		text_add(&chart->notes,
			 format_choose(
				 language,
				 "Quần đảo Hoàng Sa thuộc Đà Nẵng (DNG), quần đảo "
				 "Trường Sa thuộc Khánh Hòa (KHA).",
				 "The Hoang Sa archipelago belongs to Da Nang (DNG), "
				 "the Truong Sa archipelago to Khanh Hoa (KHA)."));
}

static void name_chart(struct chart *chart)
{
	const struct tiles *tiles = tiles_of(chart);
	const char *language = chart->options.language;

	text_add(&chart->title, chart_words(chart, "indicator_name"));
	if (chart->title.length > 0)
		text_add(&chart->title, ", ");
	text_add(&chart->title, tiles->show == SHOW_RANK
					? format_choose(language, "thứ hạng", "rank")
					: "%");
	chart_add_period(&chart->subtitle, chart);
	if (tiles->target.has_target) {
		text_add(&chart->subtitle, "; ");
		chart_add_target_name(&chart->subtitle, chart, &tiles->target);
	}
}

/* Everyone is in the table beside; here are the sums. */
static void describe(struct chart *chart)
{
	struct text *out = &chart->alternative;
	int status;
	size_t i;

	text_addf(out, "%s.", text_string(&chart->subtitle));
	for (status = 0; status < STATUS_COUNT; status++) {
		size_t count = 0;

		for (i = 0; i < chart->count; i++)
			count += chart->rows[i].status == (enum status)status;
		if (count > 0)
			text_addf(out, " %s: %zu.",
				  words_status_name((enum status)status,
						    chart->options.language),
				  count);
	}
	text_addf(out, " %s", text_string(&chart->notes));
}

static double key_lines(const struct chart *chart, double width)
{
	return tiles_of(chart)->show == SHOW_SCALE
		       ? 3
		       : chart_paint_key(chart, NULL, 0, 0, width);
}

static void prepare(struct chart *chart, double most)
{
	struct canvas_style style = chart_style(chart, COLOUR_MUTED, ANCHOR_START);
	struct tiles *tiles = memory_zeroed(1, sizeof *tiles);
	struct tiles_input input = { .text = chart->options.text,
				     .width = chart->options.width };

	(void)most; /* a tile has to hold two words */
	chart->layout.own = tiles;
	tiles->show = read_show(chart);
	read_tiles(chart);
	observation_read(&tiles->target, json_object_get(chart->model, "target"),
			 chart->options.language);
	choose_classes(chart, &tiles->classes);
	input.count = chart->count;
	input.places = tiles->places;
	input.name_width =
		fonts_width(&style.font, format_choose(chart->options.language,
						       "Trường Sa", "Truong Sa"));
	input.key_lines = key_lines(chart, input.width);
	tiles_layout_make(&tiles->layout, &input);
	if (tiles->layout.key_width < input.width) { /* now that the width is known */
		input.key_lines = key_lines(chart, tiles->layout.key_width);
		tiles_layout_free(&tiles->layout);
		tiles_layout_make(&tiles->layout, &input);
	}
	chart->body = tiles->layout.height;
	add_notes(chart);
	name_chart(chart);
	describe(chart);
}

/* ---- Painting ------------------------------------------------------------ */

static enum canvas_colour step_of(const struct tiles *tiles, size_t class)
{
	size_t count = tiles->classes.ticks_count - 1;

	return COLOUR_STEP_1 +
	       (enum canvas_colour)(count > 1 ? class * 4 / (count - 1) : 4);
}

/* The left edge says the status without colour: full, double, none. */
static void paint_ground(const struct tiles *tiles, const struct observation *row,
			 const struct layout_box *tile, struct canvas *canvas)
{
	enum canvas_colour colour = words_status_colour(row->status);
	double edge = tiles->layout.text * 0.36;

	if (row->status == STATUS_NOT_APPLICABLE) { /* nothing is missing */
		canvas_rectangle(canvas, tile->x, tile->y, tile->width, tile->height,
				 COLOUR_WASH);
		return;
	}
	if (isnan(row->length)) {
		canvas_hatch(canvas, tile->x + 0.3, tile->y + 0.3, tile->width - 0.6,
			     tile->height - 0.6, COLOUR_UNKNOWN);
		return;
	}
	if (tiles->show == SHOW_SCALE) {
		canvas_rectangle(
			canvas, tile->x, tile->y, tile->width, tile->height,
			step_of(tiles, tiles_class(&tiles->classes, row->length)));
		return;
	}
	canvas_rectangle(canvas, tile->x, tile->y, tile->width, tile->height,
			 colour == COLOUR_REACHED  ? COLOUR_REACHED_TINT
			 : colour == COLOUR_MISSED ? COLOUR_MISSED_TINT
						   : COLOUR_UNKNOWN_TINT);
	canvas_rectangle(canvas, tile->x, tile->y,
			 colour == COLOUR_MISSED ? edge / 3 : edge, tile->height, colour);
	if (colour == COLOUR_MISSED)
		canvas_rectangle(canvas, tile->x + edge * 2 / 3, tile->y, edge / 3,
				 tile->height, colour);
}

static void add_words(struct text *out, const struct chart *chart,
		      const struct observation *row)
{
	struct text digits = { 0 };

	if (tiles_of(chart)->show == SHOW_RANK) {
		if (row->rank > 0)
			text_addf(out, "%lld", row->rank);
	} else if (*row->percent) { /* the title has the sign */
		format_add_decimal(&digits, chart->options.language, row->percent);
		text_add(out, text_string(&digits));
	} else {
		observation_add_value(out, row, chart->options.language);
	}
	if (out->length == 0)
		text_add(out, row->status == STATUS_NOT_APPLICABLE ? "n/a" : "–");
	text_free(&digits);
}

static enum canvas_colour words_colour(const struct tiles *tiles,
				       const struct observation *row)
{
	if (tiles->show != SHOW_SCALE || isnan(row->length))
		return COLOUR_INK;
	return step_of(tiles, tiles_class(&tiles->classes, row->length)) >= COLOUR_STEP_4
		       ? COLOUR_STEP_INK
		       : COLOUR_INK;
}

static void paint_words(const struct chart *chart, struct canvas *canvas, size_t i)
{
	const struct tiles *tiles = tiles_of(chart);
	const struct observation *row = &chart->rows[i];
	const struct layout_box *tile = &tiles->layout.tiles[i];
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_START);
	double text = tiles->layout.text, x = tile->x + text * 0.6;
	struct text words = { 0 };

	style.font.size = text;
	style.font.bold = true;
	style.colour = words_colour(tiles, row);
	if (isnan(row->length) &&
	    row->status != STATUS_NOT_APPLICABLE) /* over hatching */
		canvas_rectangle(canvas, x - 1.5, tile->y + 2,
				 fonts_width(&style.font, tiles->shorts[i]) + 3,
				 text * 1.2, COLOUR_PAPER);
	chart_label(canvas, x, tile->y + tile->height * 0.28, &style, tiles->shorts[i]);
	style.font.bold = false;
	add_words(&words, chart, row);
	chart_label(canvas, x, tile->y + tile->height * 0.72, &style, words.data);
	text_free(&words);
	if (tiles->show != SHOW_SCALE && !isnan(row->length))
		mark_paint(canvas, row->status, tile->x + tile->width - text * 0.65,
			   tile->y + text * 0.75, text * 0.6);
}

/* A handful of islands; the name stands below them. */
static void paint_islands(const struct chart *chart, struct canvas *canvas, size_t i)
{
	static const double places[][2] = {
		{ 0, 0.1 }, { 0.3, -0.25 }, { 0.55, 0.15 }, { 0.85, -0.1 }, { 1.15, 0.2 },
	};
	const struct tiles *tiles = tiles_of(chart);
	const struct layout_box *tile = &tiles->layout.tiles[i];
	const struct layout_box *name = &tiles->layout.names[i];
	struct canvas_style style = chart_style(chart, COLOUR_MUTED, ANCHOR_START);
	double text = tiles->layout.text, y = tile->y + tile->height * 0.28;
	size_t j;

	if (!(name->width > 0))
		return;
	for (j = 0; j < sizeof places / sizeof *places; j++)
		canvas_circle(canvas, name->x + text * (0.3 + places[j][0]),
			      y + text * places[j][1], text * 0.11, COLOUR_INK, NULL);
	style.font.size = tiles->layout.name_text;
	chart_label(canvas, name->x, tile->y + tile->height * 0.72, &style,
		    islands_of(tiles->shorts[i], chart->options.language));
}

static void add_tile_label(struct text *out, const struct chart *chart,
			   const struct observation *row)
{
	chart_add_label(out, chart, row);
	if (row->rank > 0)
		text_addf(out, ", %s %lld",
			  format_choose(chart->options.language, "hạng", "rank"),
			  row->rank);
}

static void paint_tile(const struct chart *chart, struct canvas *canvas, size_t i)
{
	const struct tiles *tiles = tiles_of(chart);
	const struct observation *row = &chart->rows[i];
	const struct layout_box *tile = &tiles->layout.tiles[i];
	const char *focus = model_string(chart->model, "focus");
	const struct canvas_stroke ring = { COLOUR_ACCENT, 2, 0 };
	struct text label = { 0 };

	add_tile_label(&label, chart, row);
	chart_mark_begin(chart, canvas, tile->x, tile->y, row, label.data);
	paint_ground(tiles, row, tile, canvas);
	paint_words(chart, canvas, i);
	if (*focus && strcmp(focus, row->agency) == 0) {
		struct canvas_path path = { 0 };

		path_move(&path, tile->x, tile->y);
		path_line(&path, tile->x + tile->width, tile->y);
		path_line(&path, tile->x + tile->width, tile->y + tile->height);
		path_line(&path, tile->x, tile->y + tile->height);
		path_close(&path);
		canvas_path(canvas, &path, COLOUR_NONE, &ring);
		canvas_path_free(&path);
	}
	canvas_mark_end(canvas);
	text_free(&label);
}

/* "0–20%", "20–40%": each class with its tint. */
static void paint_classes(const struct chart *chart, struct canvas *canvas)
{
	const struct tiles *tiles = tiles_of(chart);
	const struct tiles_layout *layout = &tiles->layout;
	size_t i, missing = 0, count = tiles->classes.ticks_count - 1;
	struct canvas_style style = chart_style(chart, COLOUR_MUTED, ANCHOR_MIDDLE);
	double text = chart->options.text;
	double width = fmin(layout->key_width / (double)count, text * 5);
	double y = layout->key_y + text * 0.6;

	style.font.size *= 0.85;
	for (i = 0; i < count; i++) {
		double x = layout->key_x + width * (double)i;
		struct text words = { 0 };

		canvas_rectangle(canvas, x, y - text * 0.4, width - 2, text * 0.8,
				 step_of(tiles, i));
		chart_add_tick(&words, chart, &tiles->classes, i, false);
		text_add(&words, "–");
		chart_add_tick(&words, chart, &tiles->classes, i + 1, i + 1 == count);
		chart_label(canvas, x + width / 2 - 1, y + text, &style, words.data);
		text_free(&words);
	}
	for (i = 0; i < chart->count; i++)
		missing += isnan(chart->rows[i].length) &&
			   chart->rows[i].status != STATUS_NOT_APPLICABLE;
	if (missing > 0) {
		struct text words = { 0 };

		style.anchor = ANCHOR_START;
		text_addf(&words, "%s %zu",
			  words_status_name(STATUS_NO_DATA, chart->options.language),
			  missing);
		y += text * 2;
		canvas_hatch(canvas, layout->key_x, y - text * 0.4, text * 1.5,
			     text * 0.8, COLOUR_UNKNOWN);
		chart_label(canvas, layout->key_x + text * 2, y, &style, words.data);
		text_free(&words);
	}
}

static void paint(const struct chart *chart, struct canvas *canvas)
{
	const struct tiles *tiles = tiles_of(chart);
	const struct tiles_layout *layout = &tiles->layout;
	struct canvas_style style = chart_style(chart, COLOUR_MUTED, ANCHOR_START);
	size_t i;

	for (i = 0; i < chart->count; i++)
		paint_islands(chart, canvas, i);
	if (layout->strip.width > 0)
		chart_label(canvas, layout->strip.x,
			    layout->strip.y + chart->options.text * 0.6, &style,
			    words_group("central", chart->options.language));
	for (i = 0; i < chart->count; i++)
		paint_tile(chart, canvas, i);
	if (tiles->show == SHOW_SCALE)
		paint_classes(chart, canvas);
	else
		chart_paint_key(chart, canvas, layout->key_x,
				layout->key_y + chart->options.text * 0.6,
				layout->key_width);
}

static void release(struct chart *chart)
{
	struct tiles *tiles = tiles_of(chart);

	tiles_layout_free(&tiles->layout);
	free(tiles->places);
	free(tiles->shorts);
	free(tiles);
}

const struct chart_kind chart_tiles = { "tiles", "tiles", prepare, paint, release, true };
