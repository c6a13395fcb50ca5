/* xlsx.h -- the rows of a workbook, one after the other, in bounded memory.  The only user
 * of libzip and expat.
 *
 * A workbook is a zip of XML parts (ECMA-376).  Limits stand against archives and XML that
 * unfold: entries, unpacked bytes, the ratio to the packed ones, what the parser may take,
 * shared strings, cells of a row, text of a cell, of a row and of a sheet, depth; and no
 * document type declaration is taken at all, so no entity can be. */
#ifndef COLLECTOR_XLSX_H
#define COLLECTOR_XLSX_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "collector/message.h"

enum xlsx_kind {
	XLSX_EMPTY,
	XLSX_TEXT,
	XLSX_INTEGER, /* a number without a fraction that a double holds exactly */
	XLSX_NUMBER,  /* any other */
	XLSX_BOOLEAN, /* "true" or "false" */
	XLSX_TIME, /* a number shown as a date: RFC 3339 without offset, or a plain date */
	XLSX_ERROR /* #N/A and its kin */
};

struct xlsx_cell {
	enum xlsx_kind kind;
	const char *bytes; /* "" if empty, closed by a NUL; borrowed */
	size_t length;
};

enum { XLSX_COLUMNS_MAX = 256 };

struct xlsx;

/* FD, a file of its own that is read from its beginning, is borrowed until xlsx_close().
 * A file that is no workbook is refused by REFUSAL. */
int xlsx_open(struct xlsx **xlsx, int fd, struct file_refusal *refusal,
	      struct error *err);
void xlsx_close(struct xlsx *xlsx);

/* Reads the worksheet called NAME or OTHER_NAME, else the first.  ROW gets its number in the
 * sheet and COUNT cells, borrowed; rows that are empty are left out.  It returns 0 to go
 * on, -1 with ERR to stop. */
typedef int xlsx_row(void *context, uint64_t number, const struct xlsx_cell *cells,
		     int count, struct error *err);
int xlsx_read(struct xlsx *xlsx, const char *name, const char *other_name, xlsx_row *row,
	      void *context, struct error *err);

#endif
