/* table.c -- the contents of a table, cell by cell. */
#include "reports/table.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"

void table_start(struct table *table, const struct table_column *columns, size_t count)
{
	*table = (struct table){ .columns = columns, .columns_count = count };
}

void table_free(struct table *table)
{
	size_t i;

	for (i = 0; i < table->cells_count; i++) {
		free(table->cells[i].text);
		free(table->cells[i].small);
		free(table->cells[i].raw);
	}
	free(table->cells);
	free(table->note);
	*table = (struct table){ 0 };
}

void table_add_status(struct table *table, enum status status, const char *text,
		      const char *small)
{
	if (table->cells_count == table->cells_room) {
		table->cells_room = table->cells_room ? table->cells_room * 2 : 64;
		table->cells = memory_resize(table->cells, table->cells_room,
					     sizeof *table->cells);
	}
	table->cells[table->cells_count++] =
		(struct table_cell){ .text = memory_copy(text),
				     .small = small && *small ? memory_copy(small) : NULL,
				     .mark = status };
}

void table_add_more(struct table *table, const char *text, const char *small)
{
	table_add_status(table, STATUS_COUNT, text, small);
}

void table_add(struct table *table, const char *text)
{
	table_add_more(table, text, NULL);
}

static struct table_cell *last_cell(struct table *table)
{
	if (table->cells_count == 0)
		BUG("the table has no cell yet");
	return &table->cells[table->cells_count - 1];
}

void table_set_bold(struct table *table)
{
	last_cell(table)->bold = true;
}

void table_set_raw(struct table *table, enum table_value value, const char *raw)
{
	struct table_cell *cell = last_cell(table);

	free(cell->raw);
	cell->value = value;
	cell->raw = memory_copy(raw);
}

const char *table_raw(const struct table_cell *cell)
{
	return cell->raw ? cell->raw : cell->text;
}

void table_add_note(struct table *table, const char *sentence)
{
	struct text note = { 0 };

	if (table->note)
		text_addf(&note, "%s ", table->note);
	text_add(&note, sentence);
	free(table->note);
	table->note = text_take(&note);
}

void table_add_title(struct text *out, const struct table *table, size_t i)
{
	if (table->groups && table->groups[i])
		text_addf(out, "%s: ", table->groups[i]);
	text_add(out, table->columns[i].title);
}

size_t table_rows(const struct table *table)
{
	if (table->cells_count % table->columns_count != 0)
		BUG("a row of %zu cells has %zu", table->columns_count,
		    table->cells_count % table->columns_count);
	return table->cells_count / table->columns_count;
}
