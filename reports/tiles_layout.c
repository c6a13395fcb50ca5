/* tiles_layout.c -- provinces and ministries -> equal tiles.
 *
 * The map has seven columns; the strip of ministries stands beside it where that is
 * wide enough, else below.  The east of the map is sea: an archipelago's name stands
 * there, in the line of its province. */
#include "reports/tiles_layout.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

#define COLUMNS 7
#define GAP     2.0

struct grid {
	double x, y, width, height; /* of its corner; of a tile */
};

static struct layout_box tile_at(const struct grid *grid, size_t line, size_t column)
{
	return (struct layout_box){ grid->x + (double)column * (grid->width + GAP),
				    grid->y + (double)line * (grid->height + GAP),
				    grid->width, grid->height };
}

static size_t lines_of_map(const struct tiles_input *input)
{
	size_t i, most = 0;

	for (i = 0; i < input->count; i++)
		if (input->places[i].line > most)
			most = input->places[i].line;
	return most;
}

/* The sea ends where the picture does. */
static void shrink_name(struct tiles_layout *layout, const struct tiles_input *input,
			struct layout_box *name)
{
	double room = input->width - name->x;

	if (name->width <= room)
		return;
	layout->name_text = fmin(layout->name_text, layout->text * room / name->width);
	name->width = room;
}

static void place_map(struct tiles_layout *layout, const struct tiles_input *input,
		      const struct grid *grid)
{
	size_t i;

	for (i = 0; i < input->count; i++) {
		const struct tiles_place *place = &input->places[i];
		struct layout_box *tile = &layout->tiles[i];

		if (place->line == 0)
			continue;
		*tile = tile_at(grid, place->line - 1, place->place - 1);
		if (!place->has_islands)
			continue;
		layout->names[i] = (struct layout_box){
			tile->x + tile->width + GAP * 2, tile->y + tile->height * 0.5,
			input->name_width * layout->text / input->text, tile->height * 0.5
		};
		shrink_name(layout, input, &layout->names[i]);
	}
}

/* The tiles of the strip from (X, Y), in rows that fit WIDTH; where they end. */
static double place_strip(struct tiles_layout *layout, const struct tiles_input *input,
			  struct grid grid, double width)
{
	size_t columns =
		(size_t)fmax(1, floor((width + GAP) / (grid.width + GAP) + 1e-9));
	size_t i, at = 0;

	layout->strip = (struct layout_box){ grid.x, grid.y, width, input->text * 1.6 };
	grid.y += layout->strip.height;
	for (i = 0; i < input->count; i++)
		if (input->places[i].line == 0) {
			layout->tiles[i] = tile_at(&grid, at / columns, at % columns);
			at++;
		}
	return grid.y + (double)((at + columns - 1) / columns) * (grid.height + GAP);
}

static bool has_strip(const struct tiles_input *input)
{
	return input->count > 0 && input->places[input->count - 1].line == 0;
}

void tiles_layout_make(struct tiles_layout *layout, const struct tiles_input *input)
{
	double cell = fmin((input->width + GAP) / COLUMNS - GAP, input->text * 4.6);
	struct grid grid = { 0, 0, cell, input->text * 2.1 };
	double map_width = COLUMNS * (cell + GAP) - GAP, map_end;
	double rest = input->width - map_width - input->text * 2;
	bool beside = rest >= 3 * (cell + GAP);

	*layout = (struct tiles_layout){ .count = input->count };
	layout->text = fmin(input->text * 0.8, cell / 4.3);
	layout->name_text = layout->text;
	layout->tiles = memory_zeroed(input->count + 1, sizeof *layout->tiles);
	layout->names = memory_zeroed(input->count + 1, sizeof *layout->names);
	place_map(layout, input, &grid);
	map_end = (double)lines_of_map(input) * (grid.height + GAP);
	layout->height = map_end;
	layout->key_y = map_end + input->text * 0.6;
	layout->key_width = input->width;
	if (beside) {
		grid.x = layout->key_x = map_width + input->text * 2;
		layout->key_width = rest;
	} else {
		grid.y = map_end + (map_end > 0 ? input->text * 0.6 : 0);
	}
	if (has_strip(input))
		layout->key_y =
			place_strip(layout, input, grid, beside ? rest : input->width) +
			input->text * 0.6;
	else if (beside)
		layout->key_y = 0;
	layout->height = fmax(layout->height,
			      layout->key_y + input->key_lines * input->text * 1.5);
}

void tiles_layout_free(struct tiles_layout *layout)
{
	free(layout->tiles);
	free(layout->names);
	*layout = (struct tiles_layout){ 0 };
}

size_t tiles_class(const struct layout_axis *classes, double value)
{
	size_t i = 0;

	while (i + 2 < classes->ticks_count && value >= classes->ticks[i + 1])
		i++;
	return i;
}
