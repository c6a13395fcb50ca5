/* localise.c -- figures and days as the page's language prints them. */
#include "web/localise.h"

#include <ctype.h>
#include <string.h>

static int is_english(const char *language)
{
	return strcmp(language, "en") == 0;
}

void localise_decimal(struct text *out, const char *value, const char *language)
{
	size_t sign = strspn(value, "-"), whole = strspn(value + sign, "0123456789");
	const char *rest = value + sign + whole;

	if (whole == 0 || sign > 1 || (*rest && *rest != '.') ||
	    (*rest && rest[1 + strspn(rest + 1, "0123456789")])) {
		text_add(out, value);
		return;
	}
	text_add(out, sign ? "\u2212" : "");
	for (size_t i = 0; i < whole; i++) {
		if (i > 0 && (whole - i) % 3 == 0)
			text_add_char(out, is_english(language) ? ',' : '.');
		text_add_char(out, value[sign + i]);
	}
	if (*rest) {
		text_add_char(out, is_english(language) ? '.' : ',');
		text_add(out, rest + 1);
	}
}

void localise_integer(struct text *out, const char *value, const char *language)
{
	localise_decimal(out, value, language);
}

void localise_percent(struct text *out, const char *value, const char *language)
{
	localise_decimal(out, value, language);
	text_add_char(out, '%');
}

/* Does VALUE begin with YYYY-MM-DD? */
static int begins_with_date(const char *value)
{
	static const char form[] = "dddd-dd-dd";

	for (size_t i = 0; form[i]; i++)
		if (form[i] == 'd' ? !isdigit((unsigned char)value[i])
				   : value[i] != form[i])
			return 0;
	return 1;
}

void localise_date(struct text *out, const char *value, const char *language)
{
	if (!begins_with_date(value))
		text_add(out, value);
	else if (is_english(language))
		text_add_bytes(out, value, 10);
	else
		text_addf(out, "%.2s/%.2s/%.4s", value + 8, value + 5, value);
}

void localise_time(struct text *out, const char *value, const char *language)
{
	localise_date(out, value, language);
	if (begins_with_date(value) && strlen(value) >= 16)
		text_addf(out, " %.5s", value + 11);
}
