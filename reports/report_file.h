/* report_file.h -- the register of reports that were made (sql/functions/report_files.sql). */
#ifndef REPORTS_REPORT_FILE_H
#define REPORTS_REPORT_FILE_H

#include <jansson.h>

#include "base/db.h"
#include "base/text.h"

/* Notes that FILE was made of MODEL, the JSON of a report that has a verification code; FORM
 * is "pdf", "png", ...  The same file again is no news. */
int report_file_note(struct db *db, const char *model, const char *form,
		     const struct text *file, struct error *err);

/* Appends the keywords of a file with CODE, from which report_file_code() finds it again. */
void report_file_add_keywords(struct text *out, const char *code);
/* Tells the model of a report where it can be verified, on the site at SITE (NULL: none). */
void report_file_set_address(json_t *model, const char *site);
/* Appends the verification code that the bytes of a report carry; nothing if they carry
 * none. */
void report_file_code(const struct text *file, struct text *out);

#endif
