/* memory.h -- allocation that ends the process when there is none left.
 *
 * A supervised process that runs out of memory says so and ends; whatever it
 * acknowledged is committed already (STYLE 5, DESIGN 4).  None of these
 * functions returns NULL.  Everything is released with free(). */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

void *memory_take(size_t size);
void *memory_zeroed(size_t count, size_t size);
void *memory_resize(void *old, size_t count, size_t size);
char *memory_copy(const char *string);                     /* belongs to the caller */
char *memory_copy_bytes(const char *bytes, size_t length); /* adds a closing NUL */

#endif
