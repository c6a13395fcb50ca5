/* words.c -- the fixed words of charts and documents, in both languages. */
#include "reports/words.h"

#include <string.h>

#include "reports/format.h"
#include "reports/model.h"

static const struct {
	const char *code, *vi, *en;
	enum canvas_colour colour;
} statuses[STATUS_COUNT] = {
	[STATUS_MET] = { "met", "Đạt", "Met", COLOUR_REACHED },
	[STATUS_NOT_MET] = { "not_met", "Chưa đạt", "Not met", COLOUR_MISSED },
	[STATUS_ON_TRACK] = { "on_track", "Đúng tiến độ", "On track", COLOUR_REACHED },
	[STATUS_BEHIND] = { "behind", "Chậm tiến độ", "Behind", COLOUR_MISSED },
	[STATUS_UNDETERMINED] = { "undetermined", "Chưa xác định", "Undetermined",
				  COLOUR_UNKNOWN },
	[STATUS_NO_DATA] = { "no_data", "Chưa có số liệu", "No data", COLOUR_UNKNOWN },
	[STATUS_NOT_APPLICABLE] = { "not_applicable", "Không áp dụng", "Not applicable",
				    COLOUR_UNKNOWN },
	[STATUS_NO_TARGET] = { "no_target", "Không có chỉ tiêu", "No target",
			       COLOUR_UNKNOWN },
};

struct word {
	const char *code, *vi, *en;
};

static const char *find(const struct word *words, size_t count, const char *code,
			const char *language, const char *otherwise)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(words[i].code, code) == 0)
			return format_choose(language, words[i].vi, words[i].en);
	return otherwise;
}

#define FIND(words, code, language, otherwise)                                           \
	find(words, sizeof(words) / sizeof *(words), code, language, otherwise)

enum status words_status(const char *code)
{
	int status;

	for (status = 0; status < STATUS_COUNT; status++)
		if (strcmp(statuses[status].code, code) == 0)
			return (enum status)status;
	return STATUS_NO_TARGET;
}

const char *words_status_code(enum status status)
{
	return statuses[status].code;
}

const char *words_status_name(enum status status, const char *language)
{
	return format_choose(language, statuses[status].vi, statuses[status].en);
}

enum canvas_colour words_status_colour(enum status status)
{
	return statuses[status].colour;
}

const char *words_maturity(const char *maturity, const char *language)
{
	static const struct word words[] = {
		{ "provisional", "Tạm tính", "Provisional" },
		{ "final", "Chính thức", "Final" },
		{ "restated", "Đã điều chỉnh", "Restated" },
	};

	return FIND(words, maturity, language, "");
}

const char *words_maturity_inline(const char *maturity, const char *language)
{
	static const struct word words[] = {
		{ "provisional", "tạm tính", "provisional" },
		{ "final", "chính thức", "final" },
		{ "restated", "đã điều chỉnh", "restated" },
	};

	return FIND(words, maturity, language, "");
}

void words_add_inline(struct text *out, const char *name, const char *group,
		      const char *language)
{
	static const struct {
		const char *alone, *inside;
	} kinds[] = {
		{ "Tỉnh ", "tỉnh " },
		{ "Thành phố ", "thành phố " },
	};
	size_t i;

	for (i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		size_t length = strlen(kinds[i].alone);

		if (strcmp(language, "vi") == 0 &&
		    strncmp(name, kinds[i].alone, length) == 0) {
			text_add(out, kinds[i].inside);
			name += length;
		}
	}
	if (strcmp(language, "en") == 0 && strcmp(group, "central") == 0)
		text_add(out, "the ");
	text_add(out, name);
}

void words_add_count(struct text *out, long long count, const char *unit,
		     const char *language)
{
	size_t length = strlen(unit);
	bool one = count == 1 && strcmp(language, "en") == 0;

	format_add_integer(out, language, count);
	text_add_char(out, ' ');
	if (one && length > 3 && strcmp(unit + length - 3, "ies") == 0) {
		text_add_bytes(out, unit, length - 3);
		text_add_char(out, 'y');
	} else {
		text_add_bytes(out, unit,
			       length - (one && length > 1 && unit[length - 1] == 's'));
	}
}

const char *words_group(const char *group, const char *language)
{
	static const struct word words[] = {
		{ "central", "Bộ, cơ quan ngang bộ",
		  "Ministries and ministerial-level agencies" },
		{ "province", "Tỉnh, thành phố trực thuộc trung ương",
		  "Provinces and centrally run cities" },
	};

	return FIND(words, group, language, group);
}

const char *words_group_head(const char *group, const char *language)
{
	static const struct word words[] = {
		{ "central", "Bộ, cơ quan ngang bộ",
		  "Ministries and ministerial agencies" },
		{ "province", "Tỉnh, thành phố", "Provinces" },
	};

	return FIND(words, group, language, group);
}

const char *words_group_short(const char *group, const char *language)
{
	static const struct word words[] = {
		{ "central", "bộ, cơ quan ngang bộ",
		  "ministries and ministerial agencies" },
		{ "province", "tỉnh, thành phố", "provinces" },
	};

	return FIND(words, group, language, group);
}

const char *words_unit(const char *indicator, const char *language)
{
	static const struct word words[] = {
		{ "verified-identity", "tài khoản", "participants" },
		{ "online-filing", "hồ sơ", "dossiers" },
		{ "npsp-integration", "dịch vụ công", "services" },
		{ "one-stop", "hồ sơ", "dossiers" },
		{ "level4-services", "dịch vụ công", "services" },
		{ "mobile-portal", "cơ quan", "agencies" },
		{ "help-channel", "dịch vụ công", "services" },
		{ "satisfaction-disclosure", "cơ quan", "agencies" },
		{ "information-disclosure", "cơ quan", "agencies" },
		{ "mobile-signature", "dịch vụ công", "services" },
		{ "electronic-dossier", "dịch vụ công", "services" },
		{ "form-autofill", "trường thông tin", "form fields" },
		{ "business-registry", "dịch vụ công", "services" },
		{ "document-axis", "cơ quan", "agencies" },
		{ "electronic-documents", "văn bản", "documents" },
		{ "work-files-online", "hồ sơ công việc", "work files" },
		{ "work-files-online-district", "hồ sơ công việc", "work files" },
		{ "work-files-online-commune", "hồ sơ công việc", "work files" },
		{ "periodic-reports", "chế độ báo cáo", "report regimes" },
		{ "meeting-time", "phút", "minutes" },
		{ "system-connection", "cơ quan", "agencies" },
		{ "level4-filing", "hồ sơ", "dossiers" },
		{ "connected-systems", "hệ thống", "systems" },
		{ "un-rank", "bậc", "places" },
		{ "asean-rank", "bậc", "places" },
	};

	return FIND(words, indicator, language,
		    format_choose(language, "đơn vị", "units"));
}

const char *words_reason(const char *reason, const char *language)
{
	static const struct word words[] = {
		{ "no_data", "Chưa có số liệu", "No data" },
		{ "not_applicable", "Không áp dụng: mẫu số bằng 0",
		  "Not applicable: the denominator is 0" },
		{ "not_provided", "Chưa cung cấp thông tin để tính",
		  "What it is computed from was not provided" },
		{ "undetermined", "Chưa xác định", "Undetermined" },
		{ "merged", "Đã sáp nhập vào cơ quan khác",
		  "Merged into another agency" },
		{ "small_base", "Mẫu số dưới mức tối thiểu để xếp hạng",
		  "The denominator is below the minimum for a rank" },
		{ "low_coverage", "Độ đầy đủ dữ liệu dưới mức tối thiểu để xếp hạng",
		  "Coverage is below the minimum for a rank" },
		{ "share", "Không xếp hạng: chỉ tiêu đếm số cơ quan",
		  "Not ranked: the indicator counts agencies" },
		{ "not_in_force", "Không còn hoạt động vào ngày cuối kỳ",
		  "No longer in force on the last day" },
		{ "outside_population", "Ngoài phạm vi xếp hạng",
		  "Outside the ranked population" },
	};

	return FIND(words, reason, language, reason);
}

const char *words_cause(const char *cause, const char *language)
{
	static const struct word words[] = {
		{ "late_records", "Bản ghi đến muộn của kỳ trước",
		  "Late records of the period before" },
		{ "restatement", "Điều chỉnh số liệu kỳ trước",
		  "Restatement of the period before" },
		{ "own_volume", "Khối lượng của cơ quan (cơ cấu thủ tục)",
		  "Its own volume (mix of procedures)" },
		{ "own_rate", "Tỷ lệ của cơ quan", "Its own rates" },
		{ "others", "Các cơ quan khác", "The other agencies" },
		{ "who_is_ranked", "Cơ quan mới được xếp hoặc không còn được xếp",
		  "Who is ranked now and was not, or no longer" },
	};

	return FIND(words, cause, language, cause);
}

void words_add_reason(struct text *out, const char *reason, const char *language)
{
	static const char upper_d[] = "Đ";
	const char *words = words_reason(reason, language);
	size_t length = sizeof upper_d - 1;

	/* The reasons start with one of few letters; a sentence goes on in lower case. */
	if (strncmp(words, upper_d, length) == 0)
		text_addf(out, "đ%s", words + length);
	else if (*words >= 'A' && *words <= 'Z')
		text_addf(out, "%c%s", *words - 'A' + 'a', words + 1);
	else
		text_add(out, words);
}

const char *words_disputed_note(const char *language)
{
	return format_choose(language,
			     "(†) Số liệu đang bị khiếu nại, văn phòng chưa trả lời.",
			     "(†) Contested, and not answered by the office yet.");
}

const char *words_recast_note(const char *language)
{
	return format_choose(language,
			     "(*) Đã cộng số liệu của các cơ quan tiền nhiệm, trước khi "
			     "sáp nhập.",
			     "(*) With the figures of the agencies that were merged "
			     "into it.");
}

const char *words_recast_label(const char *language)
{
	return format_choose(
		language,
		"Số liệu tính lại theo các cơ quan hiện nay: cộng tử số và "
		"mẫu số của các cơ quan tiền nhiệm, chính xác; dòng cả nước giữ "
		"theo các cơ quan khi đó",
		"Computed on today's agencies: numerators and denominators of "
		"their predecessors added, exact; the nation's line is that of "
		"the agencies of the time");
}

void words_add_population(struct text *out, const json_t *population,
			  const char *language)
{
	const char *note = model_words(population, "note", language);

	if (!population)
		return;
	text_addf(out, "%s: %s, ", format_choose(language, "Phạm vi", "Population"),
		  model_words(population, "name", language));
	words_add_count(out, model_integer(population, "agencies"),
			format_choose(language, "cơ quan", "agencies"), language);
	text_add_char(out, '.');
	if (*note)
		text_addf(out, " %s", note);
}

const char *words_disputed(const char *language)
{
	return format_choose(language, "đang bị khiếu nại", "under dispute");
}

const char *words_sample(const char *language)
{
	return format_choose(language, "DỮ LIỆU MẪU", "SAMPLE DATA");
}
