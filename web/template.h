/* template.h -- a Mustache subset over JSON models; escapes by construction.
 *
 *   {{name}} {{a.b}} {{.}}     a value, always escaped for HTML; there is no raw form
 *   {{name|percent}}           a value in the language of the page (table in template.c);
 *                              formatters swap separators and order, they never round
 *   {{t.key}}                  a text of messages.h, itself a template over the same model
 *   {{name|t.status}}          the text "status.VALUE"
 *   {{#name}}...{{/name}}      once for each element, or once if there is something
 *   {{^name}}...{{/name}}      if there is nothing
 *   {{>name}}                  another template, with the same model
 *   {{chart name}}             a picture over the value called name
 *   {{! ... }}                 a comment
 *
 * In a text of messages.h that holds a value, "[one|many]" is what the number printed last
 * asks for; in English {{unit}} behind a one is singular.
 *
 * Nothing is: missing, null, false, "" and []; a number is something, also 0.
 * A name that the model lacks is looked for as name_vi or name_en, by the
 * language of the page and then in the other; {"vi": ..., "en": ...} prints the
 * member of that language.  A tag other than a value that is
 * alone on its line takes the line with it; partials are not indented. */
#ifndef WEB_TEMPLATE_H
#define WEB_TEMPLATE_H

#include <jansson.h>

#include "base/error.h"
#include "base/text.h"

struct template;

/* SOURCE is read at once.  ERROR_INVALID names the line of NAME that is wrong.
 * Belongs to the caller: template_free(), also fine on NULL. */
int template_compile(struct template **template, const char *name, const char *source,
		     struct error *err);
void template_free(struct template *template);

/* What a template needs from outside; CONTEXT is handed to the functions, which
 * may be NULL where no template uses them. */
struct template_setting {
	const char *language; /* "vi" or "en" */
	/* Another template, borrowed; NULL if there is none of that name. */
	const struct template *(*partial)(void *context, const char *name);
	/* Appends the picture NAME of MODEL as markup. */
	int (*chart)(void *context, const char *name, const json_t *model,
		     struct text *out, struct error *err);
	void *context;
	int is_text; /* what comes out is text, not markup: nothing is escaped */
};

/* Appends the page to OUT.  Names are looked for in MODEL, then in PAGE (which
 * may be NULL).  OUT is unfinished after a failure. */
int template_render(const struct template *template, const json_t *model,
		    const json_t *page, const struct template_setting *setting,
		    struct text *out, struct error *err);

#endif
