/* reason.h -- why something was refused, in the visitor's words.
 *
 * SQL and the rooms below say it in English, as commands print it. */
#ifndef WEB_REASON_H
#define WEB_REASON_H

#include "base/text.h"

/* MESSAGE in LANGUAGE ("vi", "en"); one that is not known stays as it is. */
void reason_add(struct text *out, const char *language, const char *message);

#endif
