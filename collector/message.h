/* message.h -- why a record or a file was refused, in Vietnamese and English.
 *
 * One table of error codes, each with cause and remedy; docs/errors.md is printed
 * from it (`nq17 import --codes`). */
#ifndef COLLECTOR_MESSAGE_H
#define COLLECTOR_MESSAGE_H

#include "base/error.h"
#include "base/text.h"

enum message_language { MESSAGE_VI, MESSAGE_EN };

/* What fills {field}, {value} and {detail} in the sentences; each may be NULL. */
struct message_parts {
	const char *field, *value, *detail;
};

/* Appends cause and remedy of CODE.  An unknown CODE is a BUG. */
void message_add(struct text *out, enum message_language language, const char *code,
		 const struct message_parts *parts);
/* Appends the cause and the remedy of CODE, each to its own text.  A detail that PARTS has
 * not is taken from SAID, what was said of the same record in either language, or NULL.  0
 * if a part is lacking all the same, or if there is no such code; then nothing is appended. */
int message_explain(struct text *cause, struct text *remedy,
		    enum message_language language, const char *code,
		    const struct message_parts *parts, const char *said);
/* The whole table as Markdown. */
void message_print_table(struct text *out);

/* Why a whole file is refused: whoever finds out notes the code here. */
struct file_refusal {
	enum message_language language;
	const char *code; /* NULL: not refused */
};

/* Notes CODE and puts its sentences into ERR as ERROR_INVALID; returns -1. */
int file_refuse(struct file_refusal *refusal, struct error *err, const char *code,
		const char *detail);

#endif
