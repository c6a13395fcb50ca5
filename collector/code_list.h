/* code_list.h -- a small CSV file of codes, as arrays for PostgreSQL. */
#ifndef COLLECTOR_CODE_LIST_H
#define COLLECTOR_CODE_LIST_H

#include "base/error.h"
#include "base/text.h"
#include "collector/message.h"
#include "collector/record_types.h"

enum { CODE_LIST_COLUMNS = 3 };

struct code_list {
	struct text columns[CODE_LIST_COLUMNS]; /* "{...}", one for each field */
	unsigned long long count;
};

/* Reads PATH ("-": standard input), a CSV file (packed or not) with the columns of TYPE,
 * which are names or times; times become local days.  code_list_free() in any case. */
int code_list_read(struct code_list *list, const char *path,
		   const struct record_type *type, enum message_language language,
		   struct error *err);
/* Appends the array of CODE alone. */
void code_list_add_one(struct text *out, const char *code);
void code_list_free(struct code_list *list);

#endif
