/* hex.h -- bytes as PostgreSQL prints and reads them, "\x0aff". */
#ifndef WEB_HEX_H
#define WEB_HEX_H

#include <stddef.h>

/* How many bytes PRINTED holds, at most SIZE of them written; 0 if it is none. */
size_t hex_read(const char *printed, unsigned char *bytes, size_t size);
/* PRINTED has room for 3 + 2 * COUNT. */
void hex_print(const unsigned char *bytes, size_t count, char *printed);

#endif
