/* canvas.c -- what every painter shares: places, paths, hatching, colours. */
#include "reports/canvas.h"

#include <stdlib.h>

#include "base/memory.h"

const struct canvas_rgb canvas_palette[COLOUR_COUNT] = {
	[COLOUR_NONE] = { 0, 0, 0, "none" },
	[COLOUR_INK] = { 0x1b, 0x1f, 0x24, "ink" },
	[COLOUR_MUTED] = { 0x59, 0x63, 0x6e, "muted" },
	[COLOUR_PAPER] = { 0xff, 0xff, 0xff, "paper" },
	[COLOUR_WASH] = { 0xf5, 0xf6, 0xf8, "wash" },
	[COLOUR_RULE] = { 0xd7, 0xdb, 0xe0, "rule" },
	[COLOUR_REACHED] = { 0x1a, 0x6f, 0xb5, "reached" },
	[COLOUR_REACHED_TINT] = { 0xcf, 0xe2, 0xf2, "reached-tint" },
	[COLOUR_MISSED] = { 0xb6, 0x5a, 0x00, "missed" },
	[COLOUR_MISSED_TINT] = { 0xf5, 0xdf, 0xc6, "missed-tint" },
	[COLOUR_UNKNOWN] = { 0x8a, 0x92, 0x9b, "unknown" },
	[COLOUR_UNKNOWN_TINT] = { 0xe6, 0xe8, 0xeb, "unknown-tint" },
	[COLOUR_ACCENT] = { 0xa4, 0x16, 0x1a, "accent" },
};

static struct canvas_step *add_step(struct canvas_path *path, enum canvas_step_kind kind)
{
	struct canvas_step *step;

	if (path->count == path->room) {
		path->room = path->room ? path->room * 2 : 16;
		path->steps = memory_resize(path->steps, path->room, sizeof *path->steps);
	}
	step = &path->steps[path->count++];
	*step = (struct canvas_step){ .kind = kind };
	return step;
}

void path_move(struct canvas_path *path, double x, double y)
{
	struct canvas_step *step = add_step(path, STEP_MOVE);

	step->x[0] = x;
	step->y[0] = y;
}

void path_line(struct canvas_path *path, double x, double y)
{
	struct canvas_step *step = add_step(path, STEP_LINE);

	step->x[0] = x;
	step->y[0] = y;
}

void path_curve(struct canvas_path *path, double x1, double y1, double x2, double y2,
		double x, double y)
{
	struct canvas_step *step = add_step(path, STEP_CURVE);

	step->x[0] = x1;
	step->y[0] = y1;
	step->x[1] = x2;
	step->y[1] = y2;
	step->x[2] = x;
	step->y[2] = y;
}

void path_close(struct canvas_path *path)
{
	add_step(path, STEP_CLOSE);
}

void path_circle(struct canvas_path *path, double x, double y, double radius)
{
	double handle = radius * 0.5522847498; /* four Bezier arcs, off by 0.03% */

	path_move(path, x + radius, y);
	path_curve(path, x + radius, y + handle, x + handle, y + radius, x, y + radius);
	path_curve(path, x - handle, y + radius, x - radius, y + handle, x - radius, y);
	path_curve(path, x - radius, y - handle, x - handle, y - radius, x, y - radius);
	path_curve(path, x + handle, y - radius, x + radius, y - handle, x + radius, y);
	path_close(path);
}

void canvas_path_free(struct canvas_path *path)
{
	free(path->steps);
	*path = (struct canvas_path){ 0 };
}

void canvas_page_begin(struct canvas *canvas, double width, double height)
{
	canvas->x = canvas->y = 0;
	canvas->painter->page_begin(canvas, width, height);
}

void canvas_page_end(struct canvas *canvas)
{
	canvas->painter->page_end(canvas);
}

void canvas_shift(struct canvas *canvas, double dx, double dy)
{
	canvas->x += dx;
	canvas->y += dy;
}

void canvas_text(struct canvas *canvas, double x, double y,
		 const struct canvas_style *style, const char *string)
{
	if (canvas->record) {
		text_add(canvas->record, string);
		text_add_char(canvas->record, canvas->in_row ? ' ' : '\n');
	}
	if (*string)
		canvas->painter->text(canvas, canvas->x + x, canvas->y + y, style,
				      string);
}

void canvas_rectangle(struct canvas *canvas, double x, double y, double width,
		      double height, enum canvas_colour fill)
{
	canvas->painter->rectangle(canvas, canvas->x + x, canvas->y + y, width, height,
				   fill);
}

void canvas_path(struct canvas *canvas, const struct canvas_path *path,
		 enum canvas_colour fill, const struct canvas_stroke *stroke)
{
	static const struct canvas_stroke no_line = { 0 };
	struct canvas_path moved = { 0 };
	size_t i, j;

	for (i = 0; i < path->count; i++) {
		struct canvas_step *step = add_step(&moved, path->steps[i].kind);

		for (j = 0; j < 3; j++) {
			step->x[j] = path->steps[i].x[j] + canvas->x;
			step->y[j] = path->steps[i].y[j] + canvas->y;
		}
	}
	canvas->painter->path(canvas, &moved, fill, stroke ? stroke : &no_line);
	canvas_path_free(&moved);
}

void canvas_line(struct canvas *canvas, double x1, double y1, double x2, double y2,
		 const struct canvas_stroke *stroke)
{
	struct canvas_path path = { 0 };

	path_move(&path, x1, y1);
	path_line(&path, x2, y2);
	canvas_path(canvas, &path, COLOUR_NONE, stroke);
	canvas_path_free(&path);
}

/* The lines x + y = c, cut at the rectangle's edges: no painter needs clipping. */
void canvas_hatch(struct canvas *canvas, double x, double y, double width, double height,
		  enum canvas_colour colour)
{
	const struct canvas_stroke stroke = { .colour = colour, .width = 0.6 };
	const double pitch = 4;
	struct canvas_path path = { 0 };
	double c;

	for (c = pitch; c < width + height; c += pitch) {
		double left = c > height ? c - height : 0;
		double right = c < width ? c : width;

		path_move(&path, x + left, y + c - left);
		path_line(&path, x + right, y + c - right);
	}
	path_move(&path, x, y);
	path_line(&path, x + width, y);
	path_line(&path, x + width, y + height);
	path_line(&path, x, y + height);
	path_close(&path);
	canvas_path(canvas, &path, COLOUR_NONE, &stroke);
	canvas_path_free(&path);
}

void canvas_record(struct canvas *canvas, struct text *record)
{
	canvas->record = record;
	canvas->in_row = false;
}

void canvas_tag_begin(struct canvas *canvas, enum canvas_tag tag, const char *text)
{
	canvas->in_row |= tag == TAG_TR;
	canvas->painter->tag_begin(canvas, tag, text ? text : "");
}

void canvas_tag_end(struct canvas *canvas, enum canvas_tag tag)
{
	if (tag == TAG_TR) {
		canvas->in_row = false;
		if (canvas->record)
			text_add_char(canvas->record, '\n');
	}
	canvas->painter->tag_end(canvas, tag);
}

int canvas_finish(struct canvas *canvas, struct error *err)
{
	return canvas->painter->finish(canvas, err);
}

void canvas_free(struct canvas *canvas)
{
	if (canvas)
		canvas->painter->free(canvas);
}
