/* tiles_layout.h -- provinces and ministries -> equal tiles.  Pure. */
#ifndef REPORTS_TILES_LAYOUT_H
#define REPORTS_TILES_LAYOUT_H

#include "reports/chart_layout.h"

struct tiles_place {
	size_t line, place; /* on the map, from 1; 0: in the strip of ministries */
	bool has_islands;   /* an archipelago of its own lies to the east */
};

struct tiles_input {
	size_t count;
	const struct tiles_place *places; /* those of the map before those of the strip */
	double name_width;                /* of the widest archipelago, at TEXT */
	double key_lines;                 /* below the map, lines of text */
	double text, width;
};

struct tiles_layout {
	double text;              /* inside a tile */
	double name_text;         /* of the archipelagos' names */
	struct layout_box *tiles; /* of all */
	struct layout_box *names; /* of the archipelagos; no width: none */
	struct layout_box strip;  /* the head of the strip; no width: none */
	double key_x, key_y, key_width;
	double height;
	size_t count;
};

void tiles_layout_make(struct tiles_layout *layout, const struct tiles_input *input);
void tiles_layout_free(struct tiles_layout *layout);

/* The class, 0 to COUNT - 1, of VALUE among equal classes that end on round numbers
 * and hold 0..HIGH; CLASSES is made by layout_axis_make() with at most 6 ticks. */
size_t tiles_class(const struct layout_axis *classes, double value);

#endif
