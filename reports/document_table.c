/* document_table.c -- tables: widths from the contents, cells that wrap, pages
 * that break between rows and repeat the head. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reports/document_page.h"
#include "reports/fonts.h"
#include "reports/mark.h"

#define CELL_SIZE  11.0
#define SMALL_SIZE 9.5
#define CELL_LINE  (CELL_SIZE * 1.22)
#define SMALL_LINE (SMALL_SIZE * 1.2)
#define PAD_X      4.0
#define PAD_Y      3.0
#define MARK_WIDTH 12.0
#define SMALL_MOST 84.0
#define TITLE_MOST 62.0 /* a longer title is broken to keep its column narrow */

struct grid {
	struct document *document;
	const struct table *table;
	double *lefts, *widths; /* of the columns, with their padding */
	double head;            /* height */
};

static const struct table_cell *cell_of(const struct grid *grid, size_t row,
					size_t column)
{
	return &grid->table->cells[row * grid->table->columns_count + column];
}

static struct canvas_style cell_style(const struct table_cell *cell)
{
	return document_style(CELL_SIZE, cell->bold);
}

static double mark_width(const struct table_cell *cell)
{
	return cell->mark == STATUS_COUNT ? 0 : MARK_WIDTH;
}

/* The widest word: a column that is narrower would break it. */
static double widest_word(const struct canvas_font *font, const char *string)
{
	double widest = 0;

	while (*string) {
		size_t length = flow_word(string, strlen(string));

		widest = fmax(widest, fonts_width_bytes(font, string, length));
		string += length;
		string += strspn(string, " ");
	}
	return widest;
}

/* Small figures stay on one line, small words may take several. */
static double small_width(const struct canvas_font *font, const char *string,
			  enum canvas_anchor align)
{
	double width = fonts_width(font, string);

	if (align == ANCHOR_START && width > SMALL_MOST)
		width = fmax(widest_word(font, string), SMALL_MOST);
	return width;
}

/* What column I needs: its widest word if it SHARES, else its widest cell. */
static double needed_width(const struct grid *grid, size_t i, bool shares)
{
	struct canvas_style head = document_style(CELL_SIZE, true);
	struct canvas_style small = document_style(SMALL_SIZE, false);
	double needed = fonts_width(&head.font, grid->table->columns[i].title);
	size_t row, rows = table_rows(grid->table);

	if (needed > TITLE_MOST)
		needed = widest_word(&head.font, grid->table->columns[i].title);
	for (row = 0; row < rows; row++) {
		const struct table_cell *cell = cell_of(grid, row, i);
		struct canvas_style style = cell_style(cell);
		double width = shares ? widest_word(&style.font, cell->text)
				      : fonts_width(&style.font, cell->text);

		needed = fmax(needed, width + mark_width(cell));
		if (cell->small)
			needed = fmax(needed, small_width(&small.font, cell->small,
							  grid->table->columns[i].align) +
						      mark_width(cell));
	}
	return needed + 2 * PAD_X + 0.5;
}

static void measure_columns(struct grid *grid)
{
	const struct table *table = grid->table;
	double rest = document_text_width(), shares = 0, x = PAGE_LEFT;
	size_t i;

	for (i = 0; i < table->columns_count; i++) {
		shares += table->columns[i].share;
		if (table->columns[i].share == 0) {
			grid->widths[i] = needed_width(grid, i, false);
			rest -= grid->widths[i];
		}
	}
	for (i = 0; i < table->columns_count; i++)
		if (table->columns[i].share > 0)
			grid->widths[i] = fmax(rest * table->columns[i].share / shares,
					       needed_width(grid, i, true));
	/* Too much for the page: everyone gives in proportion, words break. */
	for (rest = 0, i = 0; i < table->columns_count; i++)
		rest += grid->widths[i];
	for (i = 0; i < table->columns_count; i++) {
		if (rest > document_text_width() || shares == 0)
			grid->widths[i] *= document_text_width() / rest;
		grid->lefts[i] = x;
		x += grid->widths[i];
	}
}

/* Draws the lines of STRING, or only measures when HEIGHT of a line is wanted
 * with DOCUMENT NULL; the height they take. */
static double lines_in_cell(struct document *document, const struct grid *grid, size_t i,
			    double y, double line, double inset,
			    const struct canvas_style *style, const char *string)
{
	enum canvas_anchor align = grid->table->columns[i].align;
	struct canvas_style placed = *style;
	struct flow_lines lines = { 0 };
	double height, x = grid->lefts[i] + PAD_X + inset;
	size_t j;

	flow_break(&lines, &style->font, string, grid->widths[i] - 2 * PAD_X - inset, 0);
	if (align == ANCHOR_END)
		x = grid->lefts[i] + grid->widths[i] - PAD_X;
	else if (align == ANCHOR_MIDDLE)
		x = grid->lefts[i] + grid->widths[i] / 2;
	placed.anchor = align;
	for (j = 0; document && j < lines.count; j++)
		document_line(document, x, y + line * (double)j, line, &placed,
			      &lines.items[j]);
	height = line * (double)lines.count;
	flow_free(&lines);
	return height;
}

static double draw_cell(struct document *document, const struct grid *grid, size_t row,
			size_t column, double y)
{
	const struct table_cell *cell = cell_of(grid, row, column);
	struct canvas_style style = cell_style(cell);
	struct canvas_style small = document_style(SMALL_SIZE, false);
	double inset = mark_width(cell), height;

	small.colour = COLOUR_MUTED;
	if (document && inset > 0)
		mark_paint(document->canvas, cell->mark, grid->lefts[column] + PAD_X + 4,
			   y + CELL_LINE / 2, 7.5);
	height = lines_in_cell(document, grid, column, y, CELL_LINE, inset, &style,
			       cell->text);
	if (cell->small)
		height += lines_in_cell(document, grid, column, y + height, SMALL_LINE,
					inset, &small, cell->small);
	return height;
}

static double row_height(const struct grid *grid, size_t row)
{
	double height = CELL_LINE;
	size_t i;

	for (i = 0; i < grid->table->columns_count; i++)
		height = fmax(height, draw_cell(NULL, grid, row, i, 0));
	return height + 2 * PAD_Y;
}

static double head_cell(struct document *document, const struct grid *grid, size_t i,
			double y)
{
	struct canvas_style style = document_style(CELL_SIZE, true);

	return lines_in_cell(document, grid, i, y, CELL_LINE, 0, &style,
			     grid->table->columns[i].title);
}

static double head_height(const struct grid *grid)
{
	double height = CELL_LINE;
	size_t i;

	for (i = 0; i < grid->table->columns_count; i++)
		height = fmax(height, head_cell(NULL, grid, i, 0));
	return height + 2 * PAD_Y;
}

static void rule(const struct grid *grid, double y, enum canvas_colour colour,
		 double width)
{
	const struct canvas_stroke stroke = { colour, width, 0 };

	canvas_line(grid->document->canvas, PAGE_LEFT, y, PAGE_RIGHT, y, &stroke);
}

/* Only the first head is part of the table; a repeated one is decoration. */
static void draw_head(const struct grid *grid, bool tagged)
{
	struct document *document = grid->document;
	struct canvas *canvas = document->canvas;
	double top = document->y;
	size_t i;

	canvas_rectangle(canvas, PAGE_LEFT, top, document_text_width(), grid->head,
			 COLOUR_WASH);
	rule(grid, top, COLOUR_INK, 0.8);
	rule(grid, top + grid->head, COLOUR_INK, 0.8);
	if (tagged) {
		canvas_tag_begin(canvas, TAG_TABLE, NULL);
		canvas_tag_begin(canvas, TAG_TR, NULL);
	}
	for (i = 0; i < grid->table->columns_count; i++) {
		double height = head_cell(NULL, grid, i, 0);

		if (tagged)
			canvas_tag_begin(canvas, TAG_TH, NULL);
		head_cell(document, grid, i, top + (grid->head - height) / 2);
		if (tagged)
			canvas_tag_end(canvas, TAG_TH);
	}
	if (tagged)
		canvas_tag_end(canvas, TAG_TR);
	document->y += grid->head;
}

static void draw_row(const struct grid *grid, size_t row, double height)
{
	struct document *document = grid->document;
	size_t i;

	rule(grid, document->y + height, COLOUR_RULE, 0.5);
	canvas_tag_begin(document->canvas, TAG_TR, NULL);
	for (i = 0; i < grid->table->columns_count; i++) {
		canvas_tag_begin(document->canvas, TAG_TD, NULL);
		draw_cell(document, grid, row, i, document->y + PAD_Y);
		canvas_tag_end(document->canvas, TAG_TD);
	}
	canvas_tag_end(document->canvas, TAG_TR);
	document->y += height;
}

/* The head and the first two rows stay together, and so do the last two. */
static void draw_rows(const struct grid *grid)
{
	struct document *document = grid->document;
	size_t row, rows = table_rows(grid->table);
	double room = grid->head, height, next;

	for (row = 0; row < rows && row < 2; row++)
		room += row_height(grid, row);
	document_make_room(document, room);
	draw_head(grid, true);
	for (row = 0; row < rows; row++) {
		height = row_height(grid, row);
		next = row > 0 && row + 2 == rows ? row_height(grid, row + 1) : 0;
		if (row > 0 && document->y + height + next > PAGE_BOTTOM) {
			document_page_break(document);
			draw_head(grid, false);
		}
		draw_row(grid, row, height);
	}
	canvas_tag_end(document->canvas, TAG_TABLE);
	rule(grid, document->y, COLOUR_INK, 0.8);
	document->y += BODY_SPACE * 2;
}

void document_table_draw(struct document *document, const struct table *table)
{
	struct grid grid = { .document = document, .table = table };

	grid.lefts = memory_zeroed(table->columns_count, sizeof *grid.lefts);
	grid.widths = memory_zeroed(table->columns_count, sizeof *grid.widths);
	measure_columns(&grid);
	grid.head = head_height(&grid);
	draw_rows(&grid);
	free(grid.lefts);
	free(grid.widths);
}
