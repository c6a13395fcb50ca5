/* sheet.h -- a part of a JSON model as a workbook for Excel. */
#ifndef WEB_SHEET_H
#define WEB_SHEET_H

#include <jansson.h>

#include "base/error.h"
#include "base/text.h"

#define SHEET_TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

/* Appends a workbook to OUT: a line of its only sheet for each line of HEAD (the first is
 * the title and gives the sheet its name), then the table as table.h has it, its columns
 * and words in LANGUAGE, those of the page PAGE first.  Numbers, shares and days are such;
 * text is never a formula. */
int sheet_write(const char *page, const char *head, const json_t *model, const char *rows,
		const char *columns, const char *language, struct text *out,
		struct error *err);

#endif
