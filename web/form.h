/* form.h -- the fields and files of a form that was sent (POST). */
#ifndef WEB_FORM_H
#define WEB_FORM_H

#include <stddef.h>

#include "base/text.h"

struct form;
struct MHD_Connection;

/* What became of the body. */
struct form_file {
	char *field, *name; /* of the file, as the browser calls it */
	struct text bytes;
};

/* Reads the body of CONNECTION, at most MOST bytes, as its Content-Type says
 * (application/x-www-form-urlencoded or multipart/form-data).  NULL: it is of another
 * type. */
struct form *form_begin(struct MHD_Connection *connection, size_t most);
void form_take(struct form *form, const char *bytes, size_t length);
/* After the last piece: NULL, or the code of the problem (problem.h). */
const char *form_end(struct form *form);
void form_free(struct form *form);

/* The value of the field NAME, borrowed; NULL when it is absent or empty. */
const char *form_value(const struct form *form, const char *name);
/* The INDEXth value of NAME, where a form has several; NULL behind the last. */
const char *form_value_at(const struct form *form, const char *name, size_t index);
/* The file of the field NAME, borrowed; NULL when none was chosen. */
const struct form_file *form_file(const struct form *form, const char *name);

#endif
