/* log.h -- one line on stderr, the room first: "web: /rankings: ...".
 *
 * A service's own log adds time and process, so these lines do not.
 * Control characters in the message are replaced. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

void log_line(const char *room, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
