/* record_row.h -- a checked record as a row for COPY: its place in the file, and its
 * state, which is what the tables of the store keep. */
#ifndef COLLECTOR_RECORD_ROW_H
#define COLLECTOR_RECORD_ROW_H

#include "base/text.h"
#include "collector/check.h"
#include "collector/copy_row.h"

/* Of a dossier: the bytes of its place, and where its code begins in its state. */
enum { RECORD_ROW_PLACE = 12 + 5 + 12, RECORD_ROW_CODE = 5 + 12 + 8 + 4 };

/* Each appends the names of columns and returns how many they are. */
int record_row_list_place(struct text *list, const struct record_type *type);
int record_row_list_state(struct text *list, const struct record_type *type);
/* The values in the same order. */
void record_row_put_place(struct copy_row *row, const struct record_type *type,
			  const struct typed_record *record);
void record_row_put_state(struct copy_row *row, const struct record_type *type,
			  const struct typed_record *record);

#endif
