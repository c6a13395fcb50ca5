/* model.c -- reading the JSON models that PostgreSQL makes. */
#include "reports/model.h"

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

const char *model_words(const json_t *object, const char *key, const char *language)
{
	char full[64];

	snprintf(full, sizeof full, "%s_%s", key, format_choose(language, "vi", "en"));
	return model_string(object, full);
}
