/* document_table.c -- tables: widths from the contents, cells that wrap, pages
 * that break between rows and repeat the head. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reports/document_page.h"
#include "reports/fonts.h"
#include "reports/mark.h"

#define WORD_MOST    160.0
#define SMALL_MOST   84.0
#define TITLE_BROKEN 0.62 /* of its width: a broken title takes two lines */
#define BLOCK_GAP    16.0 /* between blocks that stand side by side */
#define SHORT_ROWS   5    /* a table of no more is not parted */

struct measures {
	double cell, small; /* sizes of the type */
	double pad_x, pad_y;
	double title; /* a longer one is broken to keep its column narrow */
	double mark;  /* room for a mark */
};

static const struct measures normal = { 11, 9.5, 4, 3, 62, 12 },
			     compact = { 10, 8.5, 3, 1.6, 40, 12 },
			     fine = { 8.5, 7.5, 2.5, 1.4, 34, 9 };

static const struct measures *measures_of(const struct table *table)
{
	if (table->fine)
		return &fine;
	return table->compact ? &compact : &normal;
}

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

static double mark_width(const struct grid *grid, const struct table_cell *cell)
{
	return cell->mark == STATUS_COUNT ? 0 : grid->measures->mark;
}

/* The widest word: a column that is narrower would break it.  No word of a language is as long
 * as a hash, which gives way to its neighbours. */
static double widest_word(const struct canvas_font *font, const char *string)
{
	return flow_widest(font, string, WORD_MOST);
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

/* What stands above column I and below its title needs of it. */
static double head_parts_width(const struct grid *grid, size_t i)
{
	const struct table *table = grid->table;
	struct canvas_style head = cell_style(grid, true), small = small_style(grid);
	double needed = table->numbered ? fonts_width(&small.font, "(00)") : 0;
	size_t members = 0;

	for (size_t j = 0; table->groups && table->groups[i] && j < table->columns_count;
	     j++)
		members += table->groups[j] &&
			   strcmp(table->groups[j], table->groups[i]) == 0;
	if (members > 0)
		needed = fmax(needed, fonts_width(&head.font, table->groups[i]) /
					      (double)members);
	return needed;
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
	needed = fmax(needed, head_parts_width(grid, i));
	for (row = 0; row < rows; row++) {
		const struct table_cell *cell = &grid->table->cells[row * count + i];
		struct canvas_style style = cell_style(grid, cell->bold);
		double width = shares ? widest_word(&style.font, cell->text)
				      : fonts_width(&style.font, cell->text);

		if (cell->small)
			width = fmax(width, small_width(&small.font, cell->small,
							column->align));
		needed = fmax(needed, width + mark_width(grid, cell));
	}
	return needed + 2 * grid->measures->pad_x + 0.5;
}

static void measure_columns(struct grid *grid)
{
	const struct table *table = grid->table;
	double gaps = BLOCK_GAP * (double)(grid->blocks - 1);
	double width = (document_width(grid->document) - gaps) / (double)grid->blocks;
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
	inset = mark_width(grid, cell);
	if (document && inset > 0)
		mark_paint(document->canvas, cell->mark,
			   grid->lefts[column] + grid->measures->pad_x + 4,
			   y + cell_line(grid) / 2, grid->measures->mark * 0.62);
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

static const char *group_of(const struct grid *grid, size_t i)
{
	return grid->table->groups ? grid->table->groups[i % grid->table->columns_count]
				   : NULL;
}

static bool has_groups(const struct grid *grid)
{
	return grid->table->groups != NULL;
}

/* The line of the groups, above the titles; and that of the numbers, below. */
static double groups_height(const struct grid *grid)
{
	return has_groups(grid) ? cell_line(grid) + 2 * grid->measures->pad_y : 0;
}

static double numbers_height(const struct grid *grid)
{
	return grid->table->numbered ? small_line(grid) + 2 * grid->measures->pad_y : 0;
}

static double titles_height(const struct grid *grid)
{
	double height = cell_line(grid);
	size_t i;

	for (i = 0; i < grid->columns; i++)
		height = fmax(height, head_cell(NULL, grid, i, 0));
	return height + 2 * grid->measures->pad_y;
}

static double head_height(const struct grid *grid)
{
	return groups_height(grid) + titles_height(grid) + numbers_height(grid);
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
	flow_break(&lines, &style.font, grid->table->note, document_width(grid->document),
		   0);
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

	canvas_line(grid->document->canvas, PAGE_LEFT, y, grid->document->sheet.right, y,
		    &stroke);
}

static void begin_head_cell(const struct grid *grid, bool tagged)
{
	if (tagged)
		canvas_tag_begin(grid->document->canvas, TAG_TH, NULL);
}

static void end_head_cell(const struct grid *grid, bool tagged)
{
	if (tagged)
		canvas_tag_end(grid->document->canvas, TAG_TH);
}

static bool same_group(const struct grid *grid, size_t i, size_t j)
{
	const char *a = group_of(grid, i), *b = group_of(grid, j);

	return a && b && strcmp(a, b) == 0;
}

/* Each group in the middle of its columns, with a line below it. */
static void draw_groups(const struct grid *grid, double top, bool tagged)
{
	const struct canvas_stroke stroke = { COLOUR_RULE, 0.7, 0 };
	struct canvas_style style = cell_style(grid, true);
	struct document *document = grid->document;
	size_t i, end;

	for (i = 0; i < grid->columns; i = end) {
		double left = grid->lefts[i] + 2, right;

		for (end = i + 1; end < grid->columns && same_group(grid, i, end);)
			end++;
		if (!group_of(grid, i))
			continue;
		right = grid->lefts[end - 1] + grid->widths[end - 1] - 2;
		begin_head_cell(grid, tagged);
		style.anchor = ANCHOR_MIDDLE;
		canvas_text(document->canvas, (left + right) / 2,
			    top + grid->measures->pad_y +
				    (cell_line(grid) + fonts_cap_height(&style.font)) / 2,
			    &style, group_of(grid, i));
		end_head_cell(grid, tagged);
		canvas_line(document->canvas, left, top + groups_height(grid), right,
			    top + groups_height(grid), &stroke);
	}
}

static void draw_numbers(const struct grid *grid, double top, bool tagged)
{
	struct canvas_style style = small_style(grid);
	char number[24];

	for (size_t i = 0; i < grid->columns; i++) {
		snprintf(number, sizeof number, "(%zu)",
			 i % grid->table->columns_count + 1);
		begin_head_cell(grid, tagged);
		lines_in_cell(grid->document, grid, i, top + grid->measures->pad_y,
			      small_line(grid), 0, &style, number);
		end_head_cell(grid, tagged);
	}
}

/* Only the first head is part of the table; a repeated one is decoration. */
static void draw_head(const struct grid *grid, bool tagged)
{
	struct document *document = grid->document;
	struct canvas *canvas = document->canvas;
	double top = document->y, groups = groups_height(grid),
	       titles = titles_height(grid);
	size_t i;

	canvas_rectangle(canvas, PAGE_LEFT, top, document_width(document), grid->head,
			 COLOUR_WASH);
	rule(grid, top, COLOUR_INK, 0.8);
	rule(grid, top + grid->head, COLOUR_INK, 0.8);
	if (tagged) {
		canvas_tag_begin(canvas, TAG_TABLE, NULL);
		canvas_tag_begin(canvas, TAG_TR, NULL);
	}
	draw_groups(grid, top, tagged);
	for (i = 0; i < grid->columns; i++) {
		double height = head_cell(NULL, grid, i, 0);
		/* Without a group a title has the room of both lines. */
		double above = group_of(grid, i) ? groups : 0;

		begin_head_cell(grid, tagged);
		head_cell(document, grid, i,
			  top + above + (groups - above + titles - height) / 2);
		end_head_cell(grid, tagged);
	}
	if (grid->table->numbered)
		draw_numbers(grid, top + groups + titles, tagged);
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

/* How many rows stand together at the beginning and at the end of a table; a short one, and
 * blocks side by side, which would be read in a wrong order, stay whole. */
static size_t together(const struct grid *grid)
{
	return grid->rows <= SHORT_ROWS || grid->blocks > 1 ? grid->rows : 3;
}

/* The height of the rows from FROM to before END, with what stands below the last. */
static double rows_height(const struct grid *grid, size_t from, size_t end)
{
	double height = end == grid->rows ? grid->note : 0;

	if (end == grid->rows && grid->table->is_last)
		height += BODY_SPACE * 2 + grid->document->settings.reserve;
	for (; from < end; from++)
		height += row_height(grid, from);
	return height;
}

static void draw_rows(const struct grid *grid)
{
	struct document *document = grid->document;
	size_t row, least = together(grid), end;

	document_make_room(document, grid->head + rows_height(grid, 0, least));
	draw_head(grid, true);
	for (row = 0; row < grid->rows; row++) {
		/* The last rows go on to the next page as one. */
		end = row + least == grid->rows ? grid->rows : row + 1;
		if (row > 0 &&
		    document->y + rows_height(grid, row, end) > document->sheet.bottom) {
			document_page_break(document);
			draw_head(grid, false);
		}
		draw_row(grid, row, row_height(grid, row));
	}
	canvas_tag_end(document->canvas, TAG_TABLE);
	rule(grid, document->y, COLOUR_INK, 0.8);
	document->y += draw_note(document, grid) + BODY_SPACE * 2;
}

double document_table_needs(const struct table *table)
{
	struct grid grid = { .table = table, .measures = measures_of(table) };
	double width = 0;

	for (size_t i = 0; i < table->columns_count; i++)
		width += needed_width(&grid, i, table->columns[i].share > 0);
	return width;
}

void document_table_draw(struct document *document, const struct table *table)
{
	struct grid grid = { .document = document,
			     .table = table,
			     .measures = measures_of(table),
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
