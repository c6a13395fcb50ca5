/* mark.c -- the shape of a status, drawn. */
#include "reports/mark.h"

static void circle(struct canvas *canvas, double x, double y, double radius,
		   enum canvas_colour fill, const struct canvas_stroke *stroke)
{
	canvas_circle(canvas, x, y, radius, fill, stroke);
}

/* The tip is above the centre, or below it with a negative RADIUS. */
static void triangle(struct canvas *canvas, double x, double y, double radius,
		     enum canvas_colour fill, const struct canvas_stroke *stroke)
{
	double half = radius < 0 ? -radius : radius;
	struct canvas_path path = { 0 };

	path_move(&path, x, y - radius);
	path_line(&path, x + half, y + radius * 0.75);
	path_line(&path, x - half, y + radius * 0.75);
	path_close(&path);
	canvas_path(canvas, &path, fill, stroke);
	canvas_path_free(&path);
}

static void half_circle(struct canvas *canvas, double x, double y, double radius,
			const struct canvas_stroke *stroke)
{
	double handle = radius * 0.5522847498;
	struct canvas_path path = { 0 };

	circle(canvas, x, y, radius, COLOUR_PAPER, stroke);
	path_move(&path, x, y + radius);
	path_curve(&path, x - handle, y + radius, x - radius, y + handle, x - radius, y);
	path_curve(&path, x - radius, y - handle, x - handle, y - radius, x, y - radius);
	path_close(&path);
	canvas_path(canvas, &path, stroke->colour, NULL);
	canvas_path_free(&path);
}

void mark_paint(struct canvas *canvas, enum status status, double x, double y,
		double size)
{
	enum canvas_colour colour = words_status_colour(status);
	struct canvas_stroke line = { .colour = colour, .width = size * 0.16 };
	struct canvas_style word = { .font = { FAMILY_SANS, size * 0.8, false, false },
				     .colour = COLOUR_MUTED,
				     .anchor = ANCHOR_MIDDLE };
	double radius = size / 2, inner = radius - line.width / 2;

	switch (status) {
	case STATUS_MET:
		circle(canvas, x, y, radius, colour, NULL);
		break;
	case STATUS_NOT_MET:
		circle(canvas, x, y, inner, COLOUR_PAPER, &line);
		break;
	case STATUS_ON_TRACK:
		triangle(canvas, x, y, radius, colour, NULL);
		break;
	case STATUS_BEHIND:
		triangle(canvas, x, y, -inner, COLOUR_PAPER, &line);
		break;
	case STATUS_UNDETERMINED:
		half_circle(canvas, x, y, inner, &line);
		break;
	case STATUS_NO_DATA:
		canvas_line(canvas, x - radius, y, x + radius, y, &line);
		break;
	case STATUS_NOT_APPLICABLE:
		canvas_text(canvas, x, y + size * 0.28, &word, "n/a");
		break;
	case STATUS_NO_TARGET:
	case STATUS_COUNT:
		circle(canvas, x, y, size * 0.12, COLOUR_UNKNOWN, NULL);
		break;
	}
}
