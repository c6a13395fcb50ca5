/* hex.c -- bytes as PostgreSQL prints and reads them. */
#include "web/hex.h"

#include <stdio.h>
#include <string.h>

#include <sodium.h>

size_t hex_read(const char *printed, unsigned char *bytes, size_t size)
{
	size_t length = 0;

	if (!printed || strncmp(printed, "\\x", 2) != 0 ||
	    sodium_hex2bin(bytes, size, printed + 2, strlen(printed + 2), NULL, &length,
			   NULL) != 0)
		return 0;
	return length;
}

void hex_print(const unsigned char *bytes, size_t count, char *printed)
{
	memcpy(printed, "\\x", 2);
	sodium_bin2hex(printed + 2, 2 * count + 1, bytes, count);
}
