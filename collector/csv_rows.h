/* csv_rows.h -- the rows of a CSV file (RFC 4180), each with its lines and its text as
 * it came.  What the cells mean is no business of this module.
 *
 * Rows without quotes are cut where they lie; a row with quotes is judged by libcsv,
 * once it is known where it ends.  Both give the same cells; tests/fuzz compares them. */
#ifndef COLLECTOR_CSV_ROWS_H
#define COLLECTOR_CSV_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "collector/input.h"

enum { CSV_CELLS_MAX = 257 }; /* one more than a file may have columns */

struct csv_cell {
	const char *bytes;
	size_t length;
};

struct csv_row {
	uint64_t line;      /* where it starts */
	const char *source; /* as it came, without the line end */
	size_t source_length;
	const struct csv_cell *cells; /* the first CSV_CELLS_MAX of them */
	size_t count;                 /* of all its cells; 0 with REFUSAL */
	const char *refusal;          /* NULL, or why it is none: an error code */
};

/* Everything in ROW is borrowed until it returns.  0 to go on, -1 with ERR to stop. */
typedef int csv_row_sink(void *context, const struct csv_row *row, struct error *err);

struct csv_rows;

/* Reads the first line that is not blank.  A file that is no text or has none is
 * ERROR_INVALID, with the reason noted in REFUSAL.  INPUT and REFUSAL are borrowed. */
int csv_rows_open(struct csv_rows **rows, struct input *input,
		  struct file_refusal *refusal, struct error *err);
void csv_rows_close(struct csv_rows *rows);

/* That line, without its end; borrowed until csv_rows_read().  DELIMITER is the one
 * that it uses: a comma or a semicolon. */
const char *csv_rows_header(const struct csv_rows *rows, size_t *length, char *delimiter);

/* The same of a header that was kept as text. */
char csv_rows_delimiter(const char *header);

/* Hands the header, as a row, to SINK. */
int csv_rows_split_header(struct csv_rows *rows, csv_row_sink *sink, void *context,
			  struct error *err);

/* Hands every row behind the header to SINK.  Blank lines are no rows. */
int csv_rows_read(struct csv_rows *rows, csv_row_sink *sink, void *context,
		  struct error *err);

#endif
