/* model.h -- reading the JSON models that PostgreSQL makes. */
#ifndef REPORTS_MODEL_H
#define REPORTS_MODEL_H

#include <jansson.h>

#include "base/error.h"

/* Belongs to the caller (json_decref); NULL and ERROR_INTERNAL if it is no JSON. */
json_t *model_parse(const char *bytes, struct error *err);

/* "" where there is no such text, 0 where there is no such number. */
const char *model_string(const json_t *object, const char *key);
long long model_integer(const json_t *object, const char *key);
/* "-12.50", whatever the locale; NAN if DIGITS are anything else. */
double model_decimal(const char *digits);
/* The same of a text or a number; NAN where there is neither. */
double model_number(const json_t *object, const char *key);
/* KEY_vi or KEY_en. */
const char *model_words(const json_t *object, const char *key, const char *language);

#endif
