/* report_compliance.c -- the compliance report: what comes after what. */
#include "reports/report_compliance.h"

#include <string.h>

#include "reports/compliance.h"
#include "reports/format.h"
#include "reports/printed.h"
#include "reports/report_kind.h"
#include "reports/summary.h"

static int is_agency(const struct compliance *compliance)
{
	return *compliance->agency != '\0';
}

static int has_agency(const json_t *ranking, const char *agency)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(ranking, "rows"), i, row)
		if (strcmp(model_string(row, "agency"), agency) == 0)
			return 1;
	return 0;
}

/* A picture of nothing but missing figures would say no more than the text. */
static int has_values(const json_t *ranking)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(ranking, "rows"), i, row)
		if (*model_string(row, "value"))
			return 1;
	return 0;
}

/* The picture first where it fits, else the table, which can break. */
static int add_ranking(struct compliance *compliance, struct document *document,
		       const json_t *ranking, struct error *err)
{
	int later = is_agency(compliance);

	if (!has_values(ranking)) {
		compliance_ranking_table(compliance, document, ranking);
		return 0;
	}
	if (!later)
		later = report_figure(compliance, document, "ranking", ranking,
				      document_room(document), err);
	if (later < 0)
		return -1;
	if (!is_agency(compliance))
		compliance_ranking_table(compliance, document, ranking);
	return later ? report_figure(compliance, document, "ranking", ranking, 0, err)
		     : 0;
}

static void ranking_heading(struct compliance *compliance, struct document *document,
			    int *number, const json_t *ranking)
{
	const json_t *first = json_array_get(json_object_get(ranking, "rows"), 0);
	const char *name = model_words(first, "indicator_name", compliance->language);
	struct text vi = { 0 }, en = { 0 };

	text_addf(&vi, "Xếp hạng theo chỉ tiêu “%s”", name);
	text_addf(&en, "Ranking by “%s”", name);
	report_heading(compliance, document, number, vi.data, en.data);
	text_free(&vi);
	text_free(&en);
}

static int add_rankings(struct compliance *compliance, struct document *document,
			int *number, struct error *err)
{
	const json_t *rankings = json_object_get(compliance->model, "ranking"), *ranking;
	struct text text = { 0 };
	size_t i, shown = 0;
	int status = 0;

	json_array_foreach(rankings, i, ranking) {
		if (status != 0)
			break;
		if (is_agency(compliance) &&
		    (!has_agency(ranking, compliance->agency) || !has_values(ranking)))
			continue;
		if (shown++ == 0)
			ranking_heading(compliance, document, number, ranking);
		if (!is_agency(compliance)) {
			text_clear(&text);
			text_addf(&text, "%zu. %s", shown,
				  words_group(model_string(ranking, "group"),
					      compliance->language));
			document_heading(document, 2, text.data);
		}
		status = add_ranking(compliance, document, ranking, err);
	}
	text_free(&text);
	return status;
}

/* The order over all targets, of each group that has one. */
static void add_overall(struct compliance *compliance, struct document *document,
			int *number)
{
	const json_t *group;
	size_t i, shown = 0;

	json_array_foreach(json_object_get(compliance->model, "overall"), i, group) {
		if (overall_ranked(group) == 0)
			continue; /* nobody is before anybody */
		if (shown++ == 0)
			report_heading(compliance, document, number,
				       "Xếp hạng chung theo các mục tiêu",
				       "Overall order of the agencies");
		compliance_overall_table(compliance, document, group);
	}
}

static int add_trends(struct compliance *compliance, struct document *document,
		      int *number, struct error *err)
{
	const json_t *trend;
	size_t i, shown = 0;

	json_array_foreach(json_object_get(compliance->model, "trend"), i, trend) {
		if (json_array_size(json_object_get(trend, "points")) < 2)
			continue; /* one point is no development */
		if (shown++ == 0)
			report_heading(compliance, document, number,
				       "Diễn biến qua các kỳ",
				       "Development over the periods");
		if (report_figure(compliance, document, "trend", trend, 0, err) != 0)
			return -1;
	}
	return 0;
}

static void add_notes(struct compliance *compliance, struct document *document,
		      int *number)
{
	static const struct {
		const char *vi, *en;
	} notes[] = {
		{ "Kết quả được đánh giá bằng số nguyên: so sánh tử số và mẫu số thực tế "
		  "với tử số và mẫu số của mục tiêu, không so sánh tỷ lệ đã làm tròn.",
		  "Verdicts compare whole numbers: the numerator and denominator with "
		  "those of the target, never rounded percentages." },
		{ "Mục tiêu áp dụng là mục tiêu có thời hạn gần nhất kể từ ngày cuối kỳ; "
		  "hết thời hạn mà chưa có mục tiêu mới thì giữ mục tiêu cũ.",
		  "The target that applies is that with the next deadline after the "
		  "period; where none followed, the last one stays." },
		{ "Tỷ lệ được làm tròn đến hai chữ số thập phân; giá trị chưa đạt mục "
		  "tiêu không bao giờ được in thành giá trị của mục tiêu (99,995% in là "
		  "99,99%).",
		  "Percentages are rounded to two decimals; a value that misses its "
		  "target is never printed as the target (99.995% prints as 99.99%)." },
		{ "Chưa có số liệu không phải là 0: cơ quan chưa gửi số liệu không bị "
		  "tính là 0% và không được xếp hạng; mẫu số bằng 0 là không áp dụng.",
		  "Missing is not zero: an agency that has sent nothing is neither 0% "
		  "nor ranked; a denominator of 0 is not applicable." },
		{ "Số liệu toàn quốc là tổng các tử số chia cho tổng các mẫu số, không "
		  "phải trung bình cộng các tỷ lệ. Với chỉ tiêu giao cho từng cơ quan, "
		  "cả nước chỉ đạt khi mọi cơ quan áp dụng đều đạt.",
		  "National figures divide the sum of the numerators by the sum of the "
		  "denominators; they are no mean of percentages. A target set for each "
		  "agency is met by the country only when every applicable agency meets "
		  "it." },
		{ "Chưa xác định: phần thông tin chưa được cung cấp có thể làm thay đổi "
		  "kết luận. Độ đầy đủ là phần số liệu đã có trên tổng số phải có.",
		  "Undetermined: what was not provided could change the verdict. Coverage "
		  "is the share of the expected data that is there." },
		{ "Xếp hạng theo từng khối, trên tỷ lệ đã in: tỷ lệ bằng nhau thì cùng "
		  "hạng và hạng kế tiếp bị bỏ qua (1, 2, 2, 4).",
		  "Ranks are within each group, on the printed value: equal values share "
		  "the rank and the next rank is skipped (1, 2, 2, 4)." },
	};
	struct text text = { 0 };
	size_t i;

	report_heading(compliance, document, number, "Phương pháp và ghi chú",
		       "Method and notes");
	text_add(&text, compliance_choose(compliance, "Kỳ báo cáo: ", "Period: "));
	text_addf(&text, "%s, ", compliance->period_name);
	text_add(&text, compliance_choose(compliance, "từ ngày ", "from "));
	format_add_date(&text, compliance->language,
			model_string(compliance->model, "first_day"));
	text_add(&text, compliance_choose(compliance, " đến ngày ", " to "));
	format_add_date(&text, compliance->language,
			model_string(compliance->model, "last_day"));
	if (strncmp(compliance->period, "ND09-", 5) == 0)
		text_add(&text, compliance_choose(
					compliance,
					" (lịch báo cáo theo Nghị định số 09/2019/NĐ-CP)",
					" (reporting calendar of Decree 09/2019/ND-CP)"));
	text_add_char(&text, '.');
	document_paragraph(document, PARAGRAPH_ITEM, text.data);
	for (i = 0; i < sizeof notes / sizeof *notes; i++)
		document_paragraph(
			document, PARAGRAPH_ITEM,
			compliance_choose(compliance, notes[i].vi, notes[i].en));
	text_free(&text);
}

/* What stands out: what changed, what is late, who is silent, what was corrected. */
static void add_attention(struct compliance *compliance, struct document *document,
			  int *number)
{
	static const char *const members[] = { "changes", "overdue", "silent", "ledger" };
	size_t found = 0;

	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		found += json_array_size(json_object_get(compliance->model, members[i]));
	if (found == 0)
		return;
	report_heading(compliance, document, number, "Thay đổi và việc cần chú ý",
		       "Changes and matters for attention");
	report_changes_table(compliance, document);
	report_overdue_table(compliance, document);
	report_silent_table(compliance, document);
	report_ledger_table(compliance, document);
}

static int body(struct compliance *compliance, struct document *document,
		struct error *err)
{
	struct text summary = { 0 };
	int number = 0, later;

	report_heading(compliance, document, &number, "Đánh giá chung",
		       "Overall assessment");
	summary_write(&summary, compliance->model, compliance->language);
	document_paragraph(document, PARAGRAPH_BODY, text_string(&summary));
	text_free(&summary);
	/* The picture comes first where the page has room for it. */
	later = report_targets_figure(compliance, document, document_room(document), err);
	if (later < 0)
		return -1;
	report_heading(compliance, document, &number, "Kết quả thực hiện các chỉ tiêu",
		       "Results by target");
	compliance_target_table(compliance, document);
	if (later && report_targets_figure(compliance, document, 0, err) != 0)
		return -1;
	compliance_other_table(compliance, document);
	add_attention(compliance, document, &number);
	if (is_agency(compliance) && add_trends(compliance, document, &number, err) != 0)
		return -1;
	if (json_array_size(json_object_get(compliance->model, "procedures")) > 0) {
		report_heading(compliance, document, &number,
			       "Kết quả theo thủ tục hành chính", "Results by procedure");
		compliance_procedure_table(compliance, document);
	}
	if (!is_agency(compliance))
		add_overall(compliance, document, &number);
	if (add_rankings(compliance, document, &number, err) != 0)
		return -1;
	add_notes(compliance, document, &number);
	return 0;
}

static void subject(struct text *out, const struct compliance *compliance)
{
	text_add(out, compliance_choose(compliance, "Kết quả ", "Results "));
	if (is_agency(compliance)) {
		text_add(out, compliance_choose(compliance, "của ", "of "));
		words_add_inline(out, compliance->agency_name,
				 compliance_group(compliance), compliance->language);
		text_add_char(out, ' ');
	}
	text_addf(out, "%s, %s%s",
		  compliance_choose(compliance,
				    "thực hiện các chỉ tiêu của Nghị quyết số 17/NQ-CP "
				    "ngày 07 tháng 3 năm 2019 của Chính phủ",
				    "against the targets of Government Resolution "
				    "17/NQ-CP of 7 March 2019"),
		  compliance_choose(compliance, "", "period "), compliance->period_name);
}

const struct report_kind report_compliance = {
	.name = "compliance",
	.subject = subject,
	.body = body,
	.check = printed_check,
	.annex = report_annex,
	.ending_vi = "Trên đây là kết quả thực hiện các chỉ tiêu của Nghị quyết số "
		     "17/NQ-CP, kính báo cáo./.",
	.ending_en = "These are the results against the targets of Resolution 17/NQ-CP, "
		     "respectfully reported./.",
};

int report_compliance_pdf(const json_t *model, const char *language, struct text *out,
			  struct error *err)
{
	return report_draw(&report_compliance, model, language, PAGES_PDF, 0, out, err);
}

int report_compliance_png(const json_t *model, const char *language, int page,
			  struct text *out, struct error *err)
{
	if (page < 1)
		return error_set(err, ERROR_NOT_FOUND, "pages are counted from 1");
	return report_draw(&report_compliance, model, language, PAGES_PNG, page, out,
			   err);
}
