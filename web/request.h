/* request.h -- what a visitor asks for, read from the request head once. */
#ifndef WEB_REQUEST_H
#define WEB_REQUEST_H

#include <stddef.h>

#include "web/encoding.h"

struct form;
struct visitor;

enum { REQUEST_VALUES = 16, REQUEST_CSRF_SIZE = 65 };

enum request_format {
	FORMAT_HTML = 1,
	FORMAT_JSON = 2,
	FORMAT_CSV = 4,
	FORMAT_SVG = 8,
	FORMAT_PNG = 16,
	FORMAT_TEXT = 32,
	FORMAT_XLSX = 64,
	FORMAT_PDF = 128,
};

/* Owns its strings: it may outlive the connection that it came from. */
struct request {
	char *path;           /* decoded, without the ending that names the format */
	char *address;        /* path and query as they came, in ASCII */
	const char *language; /* "vi" or "en" */
	const char *error_language; /* the same, of errors as data */
	char *authorization;        /* the header, or NULL */
	int is_post;
	struct form *form; /* what was sent, or NULL */
	/* From origin_read(). */
	char *session, *seed, *sso; /* cookies, or NULL */
	char csrf
		[REQUEST_CSRF_SIZE]; /* what a form of this browser brings; "": no cookie */
	char *peer;                  /* the address of who asks */
	char *agent;                 /* the browser, as it calls itself */
	char *proxy_user; /* whom the trusted proxy names, "" nobody; NULL: no such proxy */
	int is_secure;    /* HTTPS, here or at the trusted proxy */
	int is_from_here;              /* not sent from a page of somebody else */
	const struct visitor *visitor; /* borrowed; NULL: not known (yet) */
	enum request_format format;
	enum encoding encoding; /* the best that is accepted */
	int is_public;          /* nothing says who asks */
	struct {
		char *name, *value;
	} values[REQUEST_VALUES]; /* from the query, then from the path */
	size_t count;
};

/* Copies NAME and VALUE; -1 when there are too many, or one of them is not
 * UTF-8.  The first of several values of a name counts. */
int request_add(struct request *request, const char *name, const char *value);
/* Takes the ending .json, .csv, .xlsx, .svg or .png off PATH into format, but leaves
 * the names of static files whole. */
void request_set_path(struct request *request, const char *path);
/* The value of NAME, borrowed; NULL when it is absent or empty. */
const char *request_value(const struct request *request, const char *name);
/* What stands behind "Bearer" in the header Authorization, borrowed; NULL: nothing. */
const char *request_token(const struct request *request);
void request_free(struct request *request);
/* A field of the form that was sent, borrowed; NULL when it is absent or empty. */
const char *request_field(const struct request *request, const char *name);

/* The language of that NAME, which lasts; NULL for another one, or for NULL. */
const char *request_language(const char *name);
/* "vi" or "en", whichever the header Accept-Language (or NULL) likes better; NULL when
 * it names neither. */
const char *request_preferred_language(const char *accept_language);

#endif
