/* error.c -- what went wrong, in words, and what the caller may do about it. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Cuts a message that did not fit at the end of a UTF-8 character. */
static void cut_at_character(char *message, size_t size, int wanted)
{
	size_t end = size - 1;

	if (wanted >= 0 && (size_t)wanted < size)
		return;
	while (end > 0 && ((unsigned char)message[end - 1] & 0xC0) == 0x80)
		end--;
	if (end > 0 && (unsigned char)message[end - 1] >= 0xC0)
		end--;
	message[end] = '\0';
}

int error_set(struct error *err, enum error_kind kind, const char *format, ...)
{
	va_list arguments;
	int wanted;

	err->kind = kind;
	err->sqlstate[0] = '\0';
	va_start(arguments, format);
	wanted = vsnprintf(err->message, sizeof err->message, format, arguments);
	va_end(arguments);
	cut_at_character(err->message, sizeof err->message, wanted);
	return -1;
}

int error_context(struct error *err, const char *format, ...)
{
	char old[sizeof err->message];
	va_list arguments;
	int wanted;
	size_t used;

	memcpy(old, err->message, sizeof old);
	va_start(arguments, format);
	wanted = vsnprintf(err->message, sizeof err->message, format, arguments);
	va_end(arguments);
	cut_at_character(err->message, sizeof err->message, wanted);
	used = strlen(err->message);
	wanted = snprintf(err->message + used, sizeof err->message - used, ": %s", old);
	cut_at_character(err->message + used, sizeof err->message - used, wanted);
	return -1;
}

void error_bug(const char *file, int line, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "nq17: a fault of the program at %s:%d: ", file, line);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	abort();
}
