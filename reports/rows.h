/* rows.h -- the rows of a query as text. */
#ifndef REPORTS_ROWS_H
#define REPORTS_ROWS_H

#include "base/db.h"

/* The first COLUMNS columns of ROWS to stdout, RFC 4180 with a header line. */
void rows_print_csv(const struct db_rows *rows, size_t columns);

#endif
