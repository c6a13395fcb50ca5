/* report_file.c -- notes what was made; verify_command.c tells what has become of it. */
#include "reports/report_file.h"

#include <string.h>

#include "base/digest.h"
#include "reports/model.h"
#include "reports/pdf_read.h"

static const char NOTE[] =
#include "sql/queries/report_file_note.sql.inc"
	;

/* What stands before the code in the keywords of a file. */
#define MARK "NQ17 "

enum { CODE_LENGTH = 14 }; /* ABCD-EFGH-IJKL */

int report_file_note(struct db *db, const char *model, const char *form,
		     const struct text *file, struct error *err)
{
	char sha256[DIGEST_SIZE];
	const char *const params[] = { model, form, sha256 };

	digest_of(text_string(file), file->length, sha256);
	return db_query(db, NOTE, params, 3, NULL, err);
}

void report_file_add_keywords(struct text *out, const char *code)
{
	text_addf(out, MARK "%s", code);
}

void report_file_set_address(json_t *model, const char *site)
{
	const char *code = model_string(model, "verification");
	struct text address = { 0 };

	if (!site || !*site || !*code)
		return;
	text_addf(&address, "%s%sverify/%s", site,
		  site[strlen(site) - 1] == '/' ? "" : "/", code);
	json_object_set_new(model, "verify_url", json_string(text_string(&address)));
	text_free(&address);
}

void report_file_code(const struct text *file, struct text *out)
{
	struct text keywords = { 0 };
	const char *found;

	pdf_keywords(file, &keywords);
	found = strstr(text_string(&keywords), MARK);
	if (found && strlen(found + strlen(MARK)) >= CODE_LENGTH)
		text_add_bytes(out, found + strlen(MARK), CODE_LENGTH);
	text_free(&keywords);
}
