/* receipt.h -- what became of a file: one JSON object, the same for every way in
 * (DESIGN 6.3), and the file of refused records. */
#ifndef COLLECTOR_RECEIPT_H
#define COLLECTOR_RECEIPT_H

#include "base/db.h"
#include "base/text.h"
#include "collector/record_types.h"

enum { RECEIPT_ERRORS_MAX = 1000 };

struct receipt {
	char batch[24]; /* "" when nothing was stored */
	const char *type;
	char received_at[40];
	char sha256[65];
	unsigned long long received, accepted, corrected, duplicate, stale, rejected;
	struct text errors; /* JSON objects, separated by commas */
	int errors_truncated;
	int errors_written;   /* beside the file */
	struct text warnings; /* the same */
};

void receipt_free(struct receipt *receipt);
void receipt_add_error(struct receipt *receipt, const char *line, const char *dossier,
		       const char *field, const char *value, const char *code,
		       const char *message);
/* Something odd about what AGENCY sent, though nothing is refused for it. */
void receipt_add_warning(struct receipt *receipt, const char *code, const char *agency,
			 const char *field, const char *message);
/* Lists the first errors of the batch from quarantine. */
int receipt_load_errors(struct receipt *receipt, struct db *db, const char *batch,
			struct error *err);
/* The JSON object and a line end. */
void receipt_print(const struct receipt *receipt, struct text *out);

/* Writes every refused record of BATCH to PATH: the original columns (HEADER, as it
 * came, or NULL for a format without one: the fields of TYPE, and nq17_record with what
 * cells cannot tell) and nq17_line, nq17_code, nq17_message, so that it can be mended
 * and sent back. */
int receipt_write_errors(const char *path, struct db *db, const char *batch,
			 const struct record_type *type, const char *header,
			 char delimiter, struct error *err);
/* The same as JSON, one record a line, for a batch that came as JSON. */
int receipt_write_lines(const char *path, struct db *db, const char *batch,
			struct error *err);

#endif
