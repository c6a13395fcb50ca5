/* report_restatement.c -- what has changed of a period since it was published, and why. */
#include "reports/format.h"
#include "reports/printed.h"
#include "reports/report_kind.h"

static void subject(struct text *out, const struct compliance *report)
{
	text_add(out, compliance_choose(report, "Số liệu điều chỉnh sau công bố",
					"Figures restated since their publication"));
	if (*report->agency)
		text_addf(out, ", %s", report->agency_name);
	text_addf(out, ", %s", report->period_name);
}

static void add_opening(struct compliance *report, struct document *document,
			size_t vintages, size_t changes)
{
	struct text text = { 0 };

	if (vintages == 0)
		text_add(&text, compliance_choose(
					report,
					"Kỳ này chưa được công bố, nên chưa có số liệu "
					"nào phải điều chỉnh.",
					"The period has not been published, so nothing "
					"of it can be restated."));
	else if (changes == 0)
		text_add(&text,
			 compliance_choose(
				 report, "Không số liệu nào thay đổi kể từ khi công bố.",
				 "No figure has changed since it was published."));
	else
		text_addf(&text,
			  compliance_choose(
				  report,
				  "Kỳ này đã công bố %zu lần; %zu thay đổi được liệt kê "
				  "dưới đây, mỗi dòng là một số liệu và một nguyên nhân. "
				  "Bản đã công bố vẫn được giữ nguyên.",
				  "The period was published %zu times; the %zu changes "
				  "are listed below, a line for each figure and cause. "
				  "What was published is kept as it was."),
			  vintages, changes);
	document_paragraph(document, PARAGRAPH_BODY, text_string(&text));
	text_free(&text);
}

static int body(struct compliance *report, struct document *document, struct error *err)
{
	size_t vintages = json_array_size(json_object_get(report->model, "vintages"));
	size_t changes = json_array_size(json_object_get(report->model, "ledger"));
	int number = 0;

	(void)err;
	add_opening(report, document, vintages, changes);
	if (vintages > 0) {
		report_heading(report, document, &number, "Các bản công bố",
			       "What was published");
		report_vintages_table(report, document);
	}
	if (changes > 0) {
		report_heading(report, document, &number, "Các thay đổi", "The changes");
		report_ledger_table(report, document);
	}
	return 0;
}

const struct report_kind report_restatement = {
	.name = "restatement",
	.subject = subject,
	.body = body,
	.check = printed_check,
	.ending_vi = "Trên đây là các điều chỉnh số liệu của kỳ, kính báo cáo./.",
	.ending_en = "These are the restatements of the period, respectfully reported./.",
};
