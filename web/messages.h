/* messages.h -- every text of the pages, in Vietnamese and English.
 *
 * A text may hold tags of template.h: it is rendered over the model of the page. */
#ifndef WEB_MESSAGES_H
#define WEB_MESSAGES_H

#include <stddef.h>

struct message {
	const char *key, *vi, *en;
};

/* Sorted by key, bytewise. */
extern const struct message messages[];
extern const size_t messages_count;

/* The text KEY in LANGUAGE ("en", else Vietnamese), or NULL. */
const char *message_find(const char *key, const char *language);

#endif
