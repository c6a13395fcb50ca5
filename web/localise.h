/* localise.h -- figures and days as the page's language prints them. */
#ifndef WEB_LOCALISE_H
#define WEB_LOCALISE_H

#include "base/text.h"

/* VALUE is text that is rounded already; what has another form is printed as it is. */
void localise_percent(struct text *out, const char *value, const char *language);
void localise_integer(struct text *out, const char *value, const char *language);
void localise_decimal(struct text *out, const char *value, const char *language);
void localise_date(struct text *out, const char *value, const char *language);
void localise_time(struct text *out, const char *value, const char *language);

#endif
