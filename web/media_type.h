/* media_type.h -- what a body of records says it is. */
#ifndef WEB_MEDIA_TYPE_H
#define WEB_MEDIA_TYPE_H

#include <stddef.h>

/* The format (as nq17 import --format) of the header CONTENT_TYPE, which may be NULL.
 * NULL: not one that is taken, and *PROBLEM is the code that says why. */
const char *media_type_format(const char *content_type, const char **problem);

/* Is CONTENT_ENCODING (or NULL) one that can be read? */
int media_type_encoding_is_known(const char *content_encoding);

#endif
