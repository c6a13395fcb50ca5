/* rows.c -- the rows of a query as text. */
#include "reports/rows.h"

#include <stdio.h>

#include "base/text.h"

void rows_print_csv(const struct db_rows *rows, size_t columns)
{
	struct text out = { 0 };

	for (size_t column = 0; column < columns; column++)
		text_addf(&out, "%s%s", column ? "," : "", db_column_name(rows, column));
	text_add_char(&out, '\n');
	for (size_t row = 0; row < db_rows_count(rows); row++) {
		for (size_t column = 0; column < columns; column++) {
			const char *cell = db_cell(rows, row, column);

			if (column)
				text_add_char(&out, ',');
			text_add_csv_cell(&out, cell ? cell : "");
		}
		text_add_char(&out, '\n');
	}
	fwrite(text_string(&out), 1, out.length, stdout);
	text_free(&out);
}
