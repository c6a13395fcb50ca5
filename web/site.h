/* site.h -- what all pages share: templates, the style sheet, error pages.
 *
 * Read only once it is open, so threads share it without a lock. */
#ifndef WEB_SITE_H
#define WEB_SITE_H

#include <jansson.h>

#include "base/error.h"
#include "web/reply.h"
#include "web/request.h"

struct site;

/* Compiles every template; a faulty one is ERROR_INVALID. */
/* ADDRESS is where it is to be found from outside, borrowed; NULL: nowhere. */
int site_open(struct site **site, const char *address, struct error *err);
const char *site_address(const struct site *site);
void site_close(struct site *site);

/* The page NAME (web/templates/NAME.html) over MODEL. */
int site_render(const struct site *site, const char *name, const struct request *request,
		const json_t *model, struct reply *reply, struct error *err);

/* What stands above the table of page NAME in a workbook, as lines of text: its title,
 * whether it is a sample, period, age and address. */
int site_print_head(const struct site *site, const char *name,
		    const struct request *request, const json_t *model, struct text *out,
		    struct error *err);

/* What a refusal says where there is nothing more to say than "not found". */
#define SITE_NOTHING_HERE "nothing at this address"

/* An answer that says what went wrong: a page, or problem+json (RFC 9457) where
 * data was asked for.  CODE is one of problem.h; DETAIL may be NULL. */
void site_refuse(const struct site *site, const struct request *request, int as_problem,
		 const char *code, const char *detail, struct reply *reply);

/* A file of web/static by its name; -1 if there is none.  It may be kept for a year by
 * whoever asks for the VERSION (or NULL) that it has; a page names it as `asset.style_css`. */
int site_static_file(const struct site *site, const char *name, const char *version,
		     struct reply *reply);

#endif
