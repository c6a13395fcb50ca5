/* report_ranking.c -- the ranking by one indicator, with moves since the period before. */
#include <string.h>

#include "reports/format.h"
#include "reports/printed.h"
#include "reports/report_kind.h"

static const struct report_column columns[] = {
	{ "Hạng", "Rank", "rank", CELL_INTEGER, ANCHOR_END, 0 },
	{ "Tăng, giảm", "Move", "move", CELL_MOVE, ANCHOR_END, 0 },
	{ "Cơ quan", "Agency", "agency_name", CELL_WORDS, ANCHOR_START, 1 },
	{ "Tử số", "Count", "numerator", CELL_INTEGER, ANCHOR_END, 0 },
	{ "Mẫu số", "Of", "denominator", CELL_INTEGER, ANCHOR_END, 0 },
	{ "Kết quả", "Result", "percent", CELL_PERCENT, ANCHOR_END, 0 },
	{ "Kỳ trước", "Before", "before_percent", CELL_PERCENT, ANCHOR_END, 0 },
	{ "Điểm %", "Points", "points", CELL_POINTS, ANCHOR_END, 0 },
	{ "Đánh giá", "Status", "status", CELL_STATUS, ANCHOR_START, 0 },
};

static const json_t *indicator_of(const struct compliance *report)
{
	return json_object_get(report->model, "indicator");
}

static void subject(struct text *out, const struct compliance *report)
{
	text_addf(out, "%s “%s”, %s",
		  compliance_choose(report, "Xếp hạng các cơ quan theo chỉ tiêu",
				    "Ranking of the agencies by"),
		  model_words(indicator_of(report), "name", report->language),
		  report->period_name);
}

/* How the ranks are made, and against what they moved. */
static void add_rule(struct compliance *report, struct document *document)
{
	const json_t *before = json_object_get(report->model, "before_name");
	struct text text = { 0 };

	text_add(
		&text,
		compliance_choose(
			report,
			"Xếp hạng trong từng khối theo tỷ lệ đã in; tỷ lệ bằng nhau thì "
			"cùng hạng và hạng kế tiếp bị bỏ qua. Cơ quan chưa có số liệu, "
			"không phát sinh hoặc chưa đủ điều kiện không được xếp hạng. ",
			"Ranks are within each group, on the printed value; equal values "
			"share the rank and the next rank is skipped. Agencies without "
			"data, with nothing to count or below the minimum base are not "
			"ranked. "));
	text_addf(&text,
		  compliance_choose(report, "Tăng, giảm so với %s.",
				    "Moves are against %s."),
		  model_string(before, compliance_choose(report, "vi", "en")));
	document_paragraph(document, PARAGRAPH_BODY, text_string(&text));
	text_clear(&text);
	words_add_population(&text, json_object_get(report->model, "population"),
			     report->language);
	if (text.length > 0)
		document_paragraph(document, PARAGRAPH_BODY, text.data);
	text_free(&text);
}

static int body(struct compliance *report, struct document *document, struct error *err)
{
	const json_t *group;
	int number = 0;
	size_t i;

	add_rule(report, document);
	json_array_foreach(json_object_get(report->model, "groups"), i, group) {
		const json_t *rows = json_object_get(group, "rows");
		const char *name = model_string(group, "group");

		if (json_array_size(rows) == 0)
			continue;
		report_heading(report, document, &number, words_group(name, "vi"),
			       words_group(name, "en"));
		report_table(report, document, words_group(name, "vi"),
			     words_group(name, "en"), columns,
			     sizeof columns / sizeof *columns, rows);
	}
	(void)err;
	return 0;
}

const struct report_kind report_ranking = {
	.name = "ranking",
	.subject = subject,
	.body = body,
	.check = printed_check,
	.ending_vi = "Trên đây là xếp hạng các cơ quan trong kỳ, kính báo cáo./.",
	.ending_en =
		"This is the ranking of the agencies in the period, respectfully reported./.",
};
