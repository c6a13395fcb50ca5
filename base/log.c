/* log.c -- one line on stderr, the room first. */
#include "base/log.h"

#include <stdarg.h>
#include <unistd.h>

#include "base/text.h"

void log_line(const char *room, const char *format, ...)
{
	struct text line = { 0 };
	va_list arguments;
	ssize_t written;

	text_addf(&line, "%s: ", room);
	va_start(arguments, format);
	text_addv(&line, format, arguments);
	va_end(arguments);
	for (size_t i = 0; i < line.length; i++)
		if ((unsigned char)line.data[i] < 0x20)
			line.data[i] = ' ';
	text_add_char(&line, '\n');
	/* One write, so that lines of several processes do not mix. */
	written = write(STDERR_FILENO, line.data, line.length);
	(void)written;
	text_free(&line);
}
