/* model.c -- reading the JSON models that PostgreSQL makes. */
#include "reports/model.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "reports/format.h"

json_t *model_parse(const char *bytes, struct error *err)
{
	json_error_t where;
	json_t *model = json_loads(bytes, 0, &where);

	if (!model)
		error_set(err, ERROR_INTERNAL, "the model cannot be read: %s",
			  where.text);
	return model;
}

const char *model_string(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? value : "";
}

long long model_integer(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

double model_decimal(const char *digits)
{
	double value = 0, unit = 1;
	bool minus = *digits == '-', fraction = false;

	digits += minus;
	if (*digits < '0' || *digits > '9')
		return NAN;
	for (; *digits; digits++) {
		if (*digits == '.' && !fraction) {
			fraction = true;
		} else if (*digits >= '0' && *digits <= '9') {
			value = value * 10 + (*digits - '0');
			unit *= fraction ? 10 : 1;
		} else {
			return NAN;
		}
	}
	return (minus ? -value : value) / unit;
}

double model_number(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_number(value) ? json_number_value(value)
				     : model_decimal(model_string(object, key));
}

const char *model_words(const json_t *object, const char *key, const char *language)
{
	char full[64];

	snprintf(full, sizeof full, "%s_%s", key, format_choose(language, "vi", "en"));
	return model_string(object, full);
}
