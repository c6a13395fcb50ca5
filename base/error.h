/* error.h -- what went wrong, in words, and what the caller may do about it.
 *
 * A function that can fail returns 0 or -1 and takes `struct error *err` last.
 * Context is added on the way up (error_context), the message is logged once,
 * at the top.  `err` is never NULL.  A struct error owns nothing. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

enum error_kind {
	ERROR_NONE,
	ERROR_INVALID,     /* the request or the data is wrong: 400, exit 1 or 2 */
	ERROR_NOT_FOUND,   /* 404, exit 1 */
	ERROR_CONFLICT,    /* 409, exit 1 */
	ERROR_UNAVAILABLE, /* try again later: 503, exit 1 */
	ERROR_INTERNAL,    /* a fault of ours: 500, exit 1 */
};

struct error {
	enum error_kind kind;
	char sqlstate[6];   /* of a database error, else "" */
	char message[1024]; /* UTF-8, one sentence or several, no newline at the end */
};

/* Both return -1, so that `return error_set(...)` reads well. */
int error_set(struct error *err, enum error_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Puts "CONTEXT: " before the message. */
int error_context(struct error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A broken promise between our own modules: prints where and aborts. */
#define BUG(...) error_bug(__FILE__, __LINE__, __VA_ARGS__)
_Noreturn void error_bug(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
