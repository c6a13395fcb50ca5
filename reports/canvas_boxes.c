/* canvas_boxes.c -- the painter that draws nothing: it notes where everything stands.
 *
 * A line for each text: what it is part of, left, top, width and height in points, the text.
 * Tables and figures have a line before and behind them; that behind a figure, and "-" for
 * what lies outside of both, tell the place of what is no text.  Tests hold these lines
 * against those of before, and against the rules of layout. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "reports/canvas.h"
#include "reports/fonts.h"

/* Of the size: what the letters with the highest marks and the lowest tails take. */
#define ASCENT  0.891
#define DESCENT 0.216

struct area {
	double left, top, right, bottom;
};

struct boxes {
	struct canvas canvas; /* first */
	struct text *out;
	enum canvas_tag tags[8]; /* that are open; the innermost last */
	size_t depth;
	int page;
	struct area figure; /* of what is drawn in it so far */
};

static const char *const names[TAG_COUNT] = {
	[TAG_DOCUMENT] = "-", [TAG_H1] = "H1",    [TAG_H2] = "H2",     [TAG_H3] = "H3",
	[TAG_P] = "P",        [TAG_TABLE] = "-",  [TAG_TR] = "-",      [TAG_TH] = "TH",
	[TAG_TD] = "TD",      [TAG_FIGURE] = "F", [TAG_LINK] = "Link",
};

static struct boxes *boxes_of(struct canvas *canvas)
{
	return (struct boxes *)canvas;
}

static const char *place_of(const struct boxes *boxes)
{
	return boxes->depth > 0 ? names[boxes->tags[boxes->depth - 1]] : "-";
}

static int is_figure(const struct boxes *boxes)
{
	return boxes->depth > 0 && boxes->tags[boxes->depth - 1] == TAG_FIGURE;
}

static void add_line(struct boxes *boxes, const char *kind, double x, double y,
		     double width, double height, const char *string)
{
	size_t length = strlen(string);

	while (length > 0 && string[length - 1] == ' ') /* of a line that goes on */
		length--;
	text_addf(boxes->out, "%-4s %6.1f %6.1f %6.1f %6.1f %.*s\n", kind, x, y, width,
		  height, (int)length, string);
}

static void boxes_page_begin(struct canvas *canvas, double width, double height)
{
	struct boxes *boxes = boxes_of(canvas);

	text_addf(boxes->out, "page %d %.1f %.1f\n", ++boxes->page, width, height);
}

static void boxes_page_end(struct canvas *canvas)
{
	(void)canvas;
}

static void boxes_text(struct canvas *canvas, double x, double y,
		       const struct canvas_style *style, const char *string)
{
	size_t length = strlen(string);
	double width, size = style->font.size;

	while (length > 0 && string[length - 1] == ' ') /* of a line that goes on */
		length--;
	width = fonts_width_bytes(&style->font, string, length);
	for (size_t i = 0; i < length; i++)
		width += string[i] == ' ' ? style->word_space : 0;
	if (style->anchor == ANCHOR_MIDDLE)
		x -= width / 2;
	else if (style->anchor == ANCHOR_END)
		x -= width;
	add_line(boxes_of(canvas), place_of(boxes_of(canvas)), x, y - size * ASCENT,
		 width, size * (ASCENT + DESCENT), string);
}

/* What is no text: a figure is told as a whole. */
static void add_area(struct boxes *boxes, const char *kind, const struct area *area)
{
	struct area *figure = &boxes->figure;

	if (!is_figure(boxes)) {
		add_line(boxes, "-", area->left, area->top, area->right - area->left,
			 area->bottom - area->top, kind);
		return;
	}
	figure->left = fmin(figure->left, area->left);
	figure->top = fmin(figure->top, area->top);
	figure->right = fmax(figure->right, area->right);
	figure->bottom = fmax(figure->bottom, area->bottom);
}

static void boxes_rectangle(struct canvas *canvas, double x, double y, double width,
			    double height, enum canvas_colour fill)
{
	const struct area area = { x, y, x + width, y + height };

	(void)fill;
	add_area(boxes_of(canvas), "[rectangle]", &area);
}

static void boxes_path(struct canvas *canvas, const struct canvas_path *path,
		       enum canvas_colour fill, const struct canvas_stroke *stroke)
{
	struct area area = { INFINITY, INFINITY, -INFINITY, -INFINITY };

	(void)fill, (void)stroke;
	for (size_t i = 0; i < path->count; i++) {
		const struct canvas_step *step = &path->steps[i];
		int points = step->kind == STEP_CURVE   ? 3
			     : step->kind == STEP_CLOSE ? 0
							: 1;

		for (int j = 0; j < points; j++) {
			area.left = fmin(area.left, step->x[j]);
			area.top = fmin(area.top, step->y[j]);
			area.right = fmax(area.right, step->x[j]);
			area.bottom = fmax(area.bottom, step->y[j]);
		}
	}
	if (path->count > 0)
		add_area(boxes_of(canvas), "[line]", &area);
}

static void boxes_circle(struct canvas *canvas, double x, double y, double radius,
			 enum canvas_colour fill, const struct canvas_stroke *stroke)
{
	const struct area area = { x - radius, y - radius, x + radius, y + radius };

	(void)fill, (void)stroke;
	add_area(boxes_of(canvas), "[circle]", &area);
}

static void boxes_tag_begin(struct canvas *canvas, enum canvas_tag tag, const char *text)
{
	struct boxes *boxes = boxes_of(canvas);

	if (boxes->depth == sizeof boxes->tags / sizeof *boxes->tags)
		BUG("tags stand in one another more than %zu times", boxes->depth);
	boxes->tags[boxes->depth++] = tag;
	if (tag == TAG_TABLE)
		text_add(boxes->out, "Table\n");
	if (tag == TAG_FIGURE) {
		text_addf(boxes->out, "Figure %s\n", text);
		boxes->figure = (struct area){ INFINITY, INFINITY, -INFINITY, -INFINITY };
	}
}

static void boxes_tag_end(struct canvas *canvas, enum canvas_tag tag)
{
	struct boxes *boxes = boxes_of(canvas);
	const struct area *figure = &boxes->figure;

	if (boxes->depth == 0 || boxes->tags[boxes->depth - 1] != tag)
		BUG("a tag is closed that is not the innermost");
	boxes->depth--;
	if (tag == TAG_TABLE)
		text_add(boxes->out, "/Table\n");
	if (tag == TAG_FIGURE && figure->left <= figure->right)
		add_line(boxes, "/F", figure->left, figure->top,
			 figure->right - figure->left, figure->bottom - figure->top,
			 "[figure]");
}

static int boxes_finish(struct canvas *canvas, struct error *err)
{
	(void)canvas, (void)err;
	return 0;
}

static void boxes_free(struct canvas *canvas)
{
	free(canvas);
}

int canvas_boxes_new(struct canvas **canvas, struct text *out, struct error *err)
{
	static const struct canvas_painter painter = {
		.page_begin = boxes_page_begin,
		.page_end = boxes_page_end,
		.text = boxes_text,
		.rectangle = boxes_rectangle,
		.path = boxes_path,
		.circle = boxes_circle,
		.tag_begin = boxes_tag_begin,
		.tag_end = boxes_tag_end,
		.finish = boxes_finish,
		.free = boxes_free,
	};
	struct boxes *boxes;

	*canvas = NULL;
	if (fonts_open(err) != 0)
		return -1;
	boxes = memory_zeroed(1, sizeof *boxes);
	boxes->canvas.painter = &painter;
	boxes->out = out;
	*canvas = &boxes->canvas;
	return 0;
}
