/* report_indicator.c -- one indicator: what it means, how the nation and each agency stand. */
#include <string.h>

#include "reports/format.h"
#include "reports/printed.h"
#include "reports/report_kind.h"

static const json_t *member(const struct compliance *report, const char *name)
{
	return json_object_get(report->model, name);
}

static void subject(struct text *out, const struct compliance *report)
{
	text_addf(out, "%s “%s”, %s", compliance_choose(report, "Chỉ tiêu", "Indicator"),
		  model_words(member(report, "indicator"), "name", report->language),
		  report->period_name);
}

static void add_item(struct compliance *report, struct document *document, const char *vi,
		     const char *en, const char *text)
{
	struct text line = { 0 };

	if (!*text)
		return;
	text_addf(&line, "%s: %s", compliance_choose(report, vi, en), text);
	document_paragraph(document, PARAGRAPH_ITEM, line.data);
	text_free(&line);
}

static void add_definition(struct compliance *report, struct document *document)
{
	const json_t *indicator = member(report, "indicator");
	const json_t *target = member(report, "target");
	const char *language = report->language;
	struct text text = { 0 };

	document_paragraph(document, PARAGRAPH_BODY,
			   model_words(indicator, "definition", language));
	text_addf(&text, "%s / %s", model_string(indicator, "numerator"),
		  model_string(indicator, "denominator"));
	add_item(report, document, "Tử số / mẫu số", "Numerator / denominator",
		 text.data);
	add_item(report, document, "Căn cứ", "Clause",
		 model_words(target, "clause", language));
	text_clear(&text);
	format_add_date(&text, language, model_string(target, "deadline"));
	add_item(report, document, "Thời hạn", "Deadline", text_string(&text));
	text_clear(&text);
	text_addf(&text, "%lld", model_integer(indicator, "version"));
	add_item(report, document, "Phiên bản cách tính", "Version of the definition",
		 text.data);
	text_clear(&text);
	words_add_population(&text, member(report, "population"), language);
	if (text.length > 0)
		document_paragraph(document, PARAGRAPH_ITEM, text.data);
	text_free(&text);
}

static void add_others(struct compliance *report, struct document *document)
{
	static const struct report_column variants[] = {
		{ "Cách tính khác", "Other reading", "name", CELL_WORDS, ANCHOR_START,
		  1 },
		{ "Tử/mẫu số", "Count/of", "", CELL_FRACTION, ANCHOR_END, 0 },
		{ "Kết quả", "Result", "percent", CELL_PERCENT, ANCHOR_END, 0 },
		{ "Đánh giá", "Status", "status", CELL_STATUS, ANCHOR_START, 0 },
	};
	static const struct report_column comparators[] = {
		{ "Cơ quan công bố", "Publisher", "publisher", CELL_TEXT, ANCHOR_START,
		  1 },
		{ "Kỳ", "Period", "period", CELL_TEXT, ANCHOR_START, 0 },
		{ "Tỷ lệ", "Share", "percent", CELL_PERCENT, ANCHOR_END, 0 },
		{ "Chênh lệch (điểm %)", "Difference (points)", "difference", CELL_POINTS,
		  ANCHOR_END, 0 },
		{ "Nguồn", "Source", "source", CELL_TEXT, ANCHOR_START, 1 },
	};

	report_table(report, document, "Kết quả theo cách tính khác", "By other readings",
		     variants, sizeof variants / sizeof *variants,
		     member(report, "variants"));
	report_table(report, document, "Số liệu chính thức để đối chiếu",
		     "Official figures to compare with", comparators,
		     sizeof comparators / sizeof *comparators,
		     member(report, "comparators"));
}

static int add_trend(struct compliance *report, struct document *document, int *number,
		     struct error *err)
{
	const json_t *trend = json_array_get(member(report, "trend"), 0);

	if (json_array_size(json_object_get(trend, "points")) < 2)
		return 0;
	report_heading(report, document, number, "Diễn biến cả nước",
		       "The nation over time");
	return report_figure(report, document, "trend", trend, 0, err);
}

static int body(struct compliance *report, struct document *document, struct error *err)
{
	const json_t *ranking;
	int number = 0;
	size_t i;

	report_heading(report, document, &number, "Nội dung chỉ tiêu", "What it means");
	add_definition(report, document);
	report_heading(report, document, &number, "Kết quả cả nước", "The nation");
	compliance_target_table(report, document);
	compliance_other_table(report, document);
	add_others(report, document);
	if (add_trend(report, document, &number, err) != 0)
		return -1;
	json_array_foreach(member(report, "ranking"), i, ranking) {
		const char *group = model_string(ranking, "group");

		report_heading(report, document, &number, words_group(group, "vi"),
			       words_group(group, "en"));
		compliance_ranking_table(report, document, ranking);
	}
	return 0;
}

const struct report_kind report_indicator = {
	.name = "indicator",
	.subject = subject,
	.body = body,
	.ending_vi = "Trên đây là kết quả theo chỉ tiêu, kính báo cáo./.",
	.ending_en = "These are the results of the indicator, respectfully reported./.",
	.check = printed_check,
};
