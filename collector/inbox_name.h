/* inbox_name.h -- what the name of a file in an agency's folder says. */
#ifndef COLLECTOR_INBOX_NAME_H
#define COLLECTOR_INBOX_NAME_H

#include "base/text.h"
#include "collector/record_types.h"

/* Names of files that are still being written (.x, x.part, x.tmp, x.filepart), and of
 * our own folders. */
int inbox_name_is_ignored(const char *name);

/* "dossier-2020-06.csv.gz" is dossiers as csv: the type, then '-', '.' or '_', and the
 * ending.  -1 if it tells no type of records that agencies send, or no format. */
int inbox_name_read(const char *name, const struct record_type **type,
		    const char **format);

/* NAME with NUMBER before its ending: "a-2.csv.gz"; NAME itself for 1. */
void inbox_name_number(struct text *out, const char *name, int number);

#endif
