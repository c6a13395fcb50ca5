/* document_table.c -- tables: widths from the contents, cells that wrap, pages
 * that break between rows and repeat the head. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reports/document_page.h"
#include "reports/fonts.h"
#include "reports/mark.h"

#define MARK_WIDTH   12.0
#define WORD_MOST    160.0
#define SMALL_MOST   84.0
#define TITLE_BROKEN 0.62 /* of its width: a broken title takes two lines */
#define BLOCK_GAP    16.0 /* between blocks that stand side by side */

struct measures {
	double cell, small; /* sizes of the type */
	double pad_x, pad_y;
	double title; /* a longer one is broken to keep its column narrow */
};

static const struct measures normal = { 11, 9.5, 4, 3, 62 },
			     compact = { 10, 8.5, 3, 1.6, 40 };

struct grid {
	struct document *document;
	const struct table *table;
	const struct measures *measures;
	size_t blocks, columns, rows; /* columns of all blocks; rows of the highest */
	double *lefts, *widths;       /* of the columns, with their padding */
	double head, note;            /* heights */
};

/* NULL where the last block is shorter than the others. */
static const struct table_cell *cell_of(const struct grid *grid, size_t row,
					size_t column)
{
	size_t count = grid->table->columns_count;

	row += column / count * grid->rows;
	return row < table_rows(grid->table)
		       ? &grid->table->cells[row * count + column % count]
		       : NULL;
}

static const struct table_column *column_of(const struct grid *grid, size_t column)
{
	return &grid->table->columns[column % grid->table->columns_count];
}

static struct canvas_style cell_style(const struct grid *grid, bool bold)
{
	return document_style(grid->measures->cell, bold);
}

static struct canvas_style small_style(const struct grid *grid)
{
	struct canvas_style style = document_style(grid->measures->small, false);

	style.colour = COLOUR_MUTED;
	return style;
}

static double cell_line(const struct grid *grid)
{
	return grid->measures->cell * 1.22;
}

static double small_line(const struct grid *grid)
{
	return grid->measures->small * 1.2;
}

static double mark_width(const struct table_cell *cell)
{
	return cell->mark == STATUS_COUNT ? 0 : MARK_WIDTH;
}

/* The widest word: a column that is narrower would break it.  No word of a language is as long
 * as a hash, which gives way to its neighbours. */
static double widest_word(const struct canvas_font *font, const char *string)
{
	double widest = 0;

	while (*string) {
		size_t length = flow_word(string, strlen(string));

		widest = fmax(widest,
			      fmin(fonts_width_bytes(font, string, length), WORD_MOST));
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

/* What column I of a block needs: its widest word if it SHARES, else its widest
 * cell. */
static double needed_width(const struct grid *grid, size_t i, bool shares)
{
	const struct table_column *column = &grid->table->columns[i];
	size_t row, rows = table_rows(grid->table), count = grid->table->columns_count;
	struct canvas_style head = cell_style(grid, true), small = small_style(grid);
	double needed = fonts_width(&head.font, column->title);

	if (needed > grid->measures->title)
		needed = fmax(widest_word(&head.font, column->title),
			      needed * TITLE_BROKEN);
	for (row = 0; row < rows; row++) {
		const struct table_cell *cell = &grid->table->cells[row * count + i];
		struct canvas_style style = cell_style(grid, cell->bold);
		double width = shares ? widest_word(&style.font, cell->text)
				      : fonts_width(&style.font, cell->text);

		if (cell->small)
			width = fmax(width, small_width(&small.font, cell->small,
							column->align));
		needed = fmax(needed, width + mark_width(cell));
	}
	return needed + 2 * grid->measures->pad_x + 0.5;
}

static void measure_columns(struct grid *grid)
{
	const struct table *table = grid->table;
	double gaps = BLOCK_GAP * (double)(grid->blocks - 1);
	double width = (document_text_width() - gaps) / (double)grid->blocks;
	double rest = width, shares = 0, x = PAGE_LEFT;
	size_t i, count = table->columns_count;

	for (i = 0; i < count; i++) {
		shares += table->columns[i].share;
		if (table->columns[i].share == 0) {
			grid->widths[i] = needed_width(grid, i, false);
			rest -= grid->widths[i];
		}
	}
	for (i = 0; i < count; i++)
		if (table->columns[i].share > 0)
			grid->widths[i] = fmax(rest * table->columns[i].share / shares,
					       needed_width(grid, i, true));
	/* Too much for the page: everyone gives in proportion, words break. */
	for (rest = 0, i = 0; i < count; i++)
		rest += grid->widths[i];
	for (i = 0; i < grid->columns; i++) {
		if (i < count && (rest > width || shares == 0))
			grid->widths[i] *= width / rest;
		else if (i >= count)
			grid->widths[i] = grid->widths[i - count];
		if (i > 0 && i % count == 0)
			x += BLOCK_GAP;
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
	enum canvas_anchor align = column_of(grid, i)->align;
	double pad = grid->measures->pad_x;
	struct canvas_style placed = *style;
	struct flow_lines lines = { 0 };
	double height, x = grid->lefts[i] + pad + inset;
	size_t j;

	flow_break(&lines, &style->font, string, grid->widths[i] - 2 * pad - inset, 0);
	if (align == ANCHOR_END)
		x = grid->lefts[i] + grid->widths[i] - pad;
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
	struct canvas_style style, small = small_style(grid);
	double inset, height = 0;

	if (!cell)
		return 0;
	style = cell_style(grid, cell->bold);
	inset = mark_width(cell);
	if (document && inset > 0)
		mark_paint(document->canvas, cell->mark,
			   grid->lefts[column] + grid->measures->pad_x + 4,
			   y + cell_line(grid) / 2, 7.5);
	if (*cell->text)
		height = lines_in_cell(document, grid, column, y, cell_line(grid), inset,
				       &style, cell->text);
	if (cell->small) /* alone, it stands on the line of the others */
		height += lines_in_cell(
			document, grid, column,
			*cell->text ? y + height : y + cell_line(grid) - small_line(grid),
			small_line(grid), inset, &small, cell->small);
	return height;
}

static double row_height(const struct grid *grid, size_t row)
{
	double height = cell_line(grid);
	size_t i;

	for (i = 0; i < grid->columns; i++)
		height = fmax(height, draw_cell(NULL, grid, row, i, 0));
	return height + 2 * grid->measures->pad_y;
}

static double head_cell(struct document *document, const struct grid *grid, size_t i,
			double y)
{
	struct canvas_style style = cell_style(grid, true);

	return lines_in_cell(document, grid, i, y, cell_line(grid), 0, &style,
			     column_of(grid, i)->title);
}

static double head_height(const struct grid *grid)
{
	double height = cell_line(grid);
	size_t i;

	for (i = 0; i < grid->columns; i++)
		height = fmax(height, head_cell(NULL, grid, i, 0));
	return height + 2 * grid->measures->pad_y;
}

/* Draws the note below the table, or only measures it with DOCUMENT NULL. */
static double draw_note(struct document *document, const struct grid *grid)
{
	struct canvas_style style = small_style(grid);
	double line = small_line(grid) * 1.05, height;
	struct flow_lines lines = { 0 };
	size_t i;

	if (!grid->table->note)
		return 0;
	flow_break(&lines, &style.font, grid->table->note, document_text_width(), 0);
	if (document)
		canvas_tag_begin(document->canvas, TAG_P, NULL);
	for (i = 0; document && i < lines.count; i++)
		document_line(document, PAGE_LEFT,
			      document->y + BODY_SPACE / 2 + line * (double)i, line,
			      &style, &lines.items[i]);
	if (document)
		canvas_tag_end(document->canvas, TAG_P);
	height = BODY_SPACE / 2 + line * (double)lines.count;
	flow_free(&lines);
	return height;
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
	for (i = 0; i < grid->columns; i++) {
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
	for (i = 0; i < grid->columns; i++) {
		if (!cell_of(grid, row, i))
			continue;
		canvas_tag_begin(document->canvas, TAG_TD, NULL);
		draw_cell(document, grid, row, i, document->y + grid->measures->pad_y);
		canvas_tag_end(document->canvas, TAG_TD);
	}
	canvas_tag_end(document->canvas, TAG_TR);
	document->y += height;
}

/* What must stand on one page with the head: the first two rows, or all of them
 * where blocks stand side by side and would be read in a wrong order. */
static double first_room(const struct grid *grid)
{
	double room = grid->head;
	size_t row;

	for (row = 0; row < grid->rows && (row < 2 || grid->blocks > 1); row++)
		room += row_height(grid, row);
	return row == grid->rows ? room + grid->note : room;
}

/* The last two rows stay together, with the note below them. */
static void draw_rows(const struct grid *grid)
{
	struct document *document = grid->document;
	double height, next;
	size_t row;

	document_make_room(document, first_room(grid));
	draw_head(grid, true);
	for (row = 0; row < grid->rows; row++) {
		height = row_height(grid, row);
		next = row + 1 == grid->rows ? grid->note : 0;
		if (row > 0 && row + 2 == grid->rows)
			next = row_height(grid, row + 1) + grid->note;
		if (row > 0 && document->y + height + next > PAGE_BOTTOM) {
			document_page_break(document);
			draw_head(grid, false);
		}
		draw_row(grid, row, height);
	}
	canvas_tag_end(document->canvas, TAG_TABLE);
	rule(grid, document->y, COLOUR_INK, 0.8);
	document->y += draw_note(document, grid) + BODY_SPACE * 2;
}

void document_table_draw(struct document *document, const struct table *table)
{
	struct grid grid = { .document = document,
			     .table = table,
			     .measures = table->compact ? &compact : &normal,
			     .blocks = table->blocks > 1 ? table->blocks : 1 };

	grid.columns = table->columns_count * grid.blocks;
	grid.rows = (table_rows(table) + grid.blocks - 1) / grid.blocks;
	grid.lefts = memory_zeroed(grid.columns, sizeof *grid.lefts);
	grid.widths = memory_zeroed(grid.columns, sizeof *grid.widths);
	measure_columns(&grid);
	grid.head = head_height(&grid);
	grid.note = draw_note(NULL, &grid);
	draw_rows(&grid);
	free(grid.lefts);
	free(grid.widths);
}
