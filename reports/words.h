/* words.h -- the fixed words of charts and documents, in both languages. */
#ifndef REPORTS_WORDS_H
#define REPORTS_WORDS_H

#include <jansson.h>

#include "base/text.h"
#include "reports/canvas.h"

enum status {
	STATUS_MET,
	STATUS_NOT_MET,
	STATUS_ON_TRACK,
	STATUS_BEHIND,
	STATUS_UNDETERMINED,
	STATUS_NO_DATA,
	STATUS_NOT_APPLICABLE,
	STATUS_NO_TARGET,
	STATUS_COUNT
};

/* An unknown code is STATUS_NO_TARGET. */
enum status words_status(const char *code);
const char *words_status_code(enum status status);
const char *words_status_name(enum status status, const char *language);
/* Blue for reached, orange for missed, grey for unknown. */
enum canvas_colour words_status_colour(enum status status);

/* provisional, final, restated; "" for anything else; alone, and in a sentence. */
const char *words_maturity(const char *maturity, const char *language);
const char *words_maturity_inline(const char *maturity, const char *language);
/* NAME of an agency of GROUP (central, province) inside a sentence: "Tỉnh Hà Giang"
 * -> "tỉnh Hà Giang", "Ministry of Health" -> "the Ministry of Health". */
void words_add_inline(struct text *out, const char *name, const char *group,
		      const char *language);
/* "4.564 hồ sơ", "4,564 dossiers", "1 dossier"; UNIT is an English plural. */
void words_add_count(struct text *out, long long count, const char *unit,
		     const char *language);
/* central, province, as a group of agencies; a whole title, a short one, or a short
 * name inside a sentence. */
const char *words_group(const char *group, const char *language);
const char *words_group_head(const char *group, const char *language);
const char *words_group_short(const char *group, const char *language);
/* What an indicator counts: "hồ sơ", "dossiers". */
const char *words_unit(const char *indicator, const char *language);
/* Why an agency has no rank; an unknown code is returned as it is. */
const char *words_reason(const char *reason, const char *language);
/* The same inside a sentence: "chưa có số liệu". */
void words_add_reason(struct text *out, const char *reason, const char *language);
/* Why a rank moved; an unknown cause is returned as it is. */
const char *words_cause(const char *cause, const char *language);
/* " (*)" behind a name: the figures of its predecessors are added; " (†)": its figure is
 * contested; and the notes.  They stay on the line of the name. */
#define WORDS_RECAST_MARK   "\u00a0(*)"
#define WORDS_DISPUTED_SIGN "†"
#define WORDS_DISPUTED_MARK "\u00a0(" WORDS_DISPUTED_SIGN ")"
const char *words_recast_note(const char *language);
const char *words_disputed_note(const char *language);
/* What stands over figures of a period on today's agencies. */
const char *words_recast_label(const char *language);

/* "Phạm vi: Bộ, cơ quan ngang bộ, tỉnh, 85 cơ quan.", and why some are measured no more.
 * POPULATION is that of a figure or of an indicator; nothing where it is null. */
void words_add_population(struct text *out, const json_t *population,
			  const char *language);
/* Behind a figure of which a dispute is open. */
const char *words_disputed(const char *language);
const char *words_sample(const char *language); /* "DỮ LIỆU MẪU" */

#endif
