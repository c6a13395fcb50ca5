/* compliance.c -- the model of the compliance report, read once. */
#include "reports/compliance.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reports/format.h"

const char *compliance_choose(const struct compliance *compliance, const char *vi,
			      const char *en)
{
	return format_choose(compliance->language, vi, en);
}

void compliance_add_sentence(struct text *out, const char *words)
{
	struct text first = { 0 };
	size_t length = 1;

	if (!*words)
		return;
	while (((unsigned char)words[length] & 0xc0) == 0x80)
		length++;
	text_add_bytes(&first, words, length);
	format_add_upper(out, first.data);
	text_add(out, words + length);
	text_free(&first);
}

static void count_targets(struct compliance *compliance)
{
	size_t i;

	for (i = 0; i < compliance->targets_count; i++) {
		const struct observation *target = &compliance->targets[i];

		if (target->has_target) {
			compliance->counts[target->status]++;
			compliance->measured++;
		}
		if (strcmp(target->indicator, "online-filing") == 0)
			compliance->online = target;
	}
}

/* How many agencies the national figure speaks of: one whose denominator is 0
 * is covered, but has no figure. */
static void count_agencies(struct compliance *compliance)
{
	int status;

	if (!compliance->online)
		return;
	for (status = 0; status < STATUS_COUNT; status++) {
		long long count = compliance->online->counts[status];

		compliance->agencies += count;
		if (status != STATUS_NO_DATA && status != STATUS_NOT_APPLICABLE)
			compliance->valued += count;
	}
}

const char *compliance_group(const struct compliance *compliance)
{
	return strcmp(compliance->agency_kind, "province") == 0 ? "province" : "central";
}

int compliance_read(struct compliance *compliance, const json_t *model,
		    const char *language, struct error *err)
{
	const json_t *targets = json_object_get(model, "targets");
	const json_t *agency = json_object_get(model, "agency");

	*compliance = (struct compliance){ .model = model, .language = language };
	if (!json_is_array(targets))
		return error_set(err, ERROR_INVALID,
				 "the model of the compliance report has no targets");
	compliance->period = model_string(model, "period");
	compliance->period_name = model_string(json_object_get(model, "period_name"),
					       compliance_choose(compliance, "vi", "en"));
	compliance->as_of = model_string(model, "as_of");
	compliance->maturity = model_string(model, "maturity");
	compliance->verification = model_string(model, "verification");
	compliance->agency = model_string(agency, "code");
	compliance->agency_name = model_words(agency, "name", language);
	compliance->agency_kind = model_string(agency, "kind");
	compliance->sample = json_is_true(json_object_get(model, "sample"));
	compliance->targets =
		observations_read(targets, language, &compliance->targets_count);
	count_targets(compliance);
	count_agencies(compliance);
	return 0;
}

void compliance_free(struct compliance *compliance)
{
	free(compliance->targets);
	compliance->targets = NULL;
}
