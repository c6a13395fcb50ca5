/* report_evidence.c -- one figure with all that stands behind it, for whoever contests it. */
#include <string.h>

#include "reports/format.h"
#include "reports/printed.h"
#include "reports/report_kind.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const json_t *explained(const struct compliance *report, const char *name)
{
	return json_object_get(json_object_get(report->model, "explain"), name);
}

static void subject(struct text *out, const struct compliance *report)
{
	text_addf(out, "%s “%s”, %s, %s",
		  compliance_choose(report, "Căn cứ của số liệu",
				    "Evidence for the figure"),
		  report->targets_count > 0 ? report->targets[0].indicator_name : "",
		  *report->agency ? report->agency_name
				  : compliance_choose(report, "cả nước", "Viet Nam"),
		  report->period_name);
}

/* "8.412 / 11.960 = 70,33%" */
static void add_formula(struct compliance *report, struct document *document)
{
	const struct observation *row = &report->targets[0];
	struct text text = { 0 };

	text_addf(&text, "%s: ", compliance_choose(report, "Cách tính", "Computed as"));
	if (row->has_fraction) {
		format_add_integer(&text, report->language, row->numerator);
		text_add(&text, " / ");
		format_add_integer(&text, report->language, row->denominator);
		text_addf(&text, " %s = ", row->unit);
	}
	if (*row->value)
		observation_add_value(&text, row, report->language);
	else
		text_add(&text, words_status_name(row->status, report->language));
	text_add_char(&text, '.');
	document_paragraph(document, PARAGRAPH_BODY,
			   model_words(json_object_get(report->model, "explain"),
				       "definition", report->language));
	document_paragraph(document, PARAGRAPH_BODY, text.data);
	text_free(&text);
}

static void add_procedures(struct compliance *report, struct document *document)
{
	static const struct report_column columns[] = {
		{ "Mã thủ tục", "Code", "procedure", CELL_TEXT, ANCHOR_START, 0 },
		{ "Thủ tục hành chính", "Procedure", "name", CELL_WORDS, ANCHOR_START,
		  1 },
		{ "Tử số", "Count", "numerator", CELL_INTEGER, ANCHOR_END, 0 },
		{ "Mẫu số", "Of", "denominator", CELL_INTEGER, ANCHOR_END, 0 },
		{ "Tỷ lệ", "Share", "percent", CELL_PERCENT, ANCHOR_END, 0 },
	};

	report_table(report, document, "Theo thủ tục hành chính", "By procedure", columns,
		     COUNT(columns), explained(report, "procedures"));
}

/* What came in, with the hash of each file: the receipts. */
static void add_batches(struct compliance *report, struct document *document)
{
	static const struct report_column columns[] = {
		{ "Lô", "Batch", "batch", CELL_TEXT, ANCHOR_END, 0 },
		{ "Ghi nhận lúc", "Committed", "committed_at", CELL_MOMENT, ANCHOR_START,
		  0 },
		{ "Hồ sơ", "Dossiers", "dossiers", CELL_INTEGER, ANCHOR_END, 0 },
		{ "SHA-256 của tệp", "SHA-256 of the file", "sha256", CELL_TEXT,
		  ANCHOR_START, 1 },
	};

	report_table(report, document, "Các lô dữ liệu", "The batches", columns,
		     COUNT(columns), explained(report, "batches"));
}

static void add_history(struct compliance *report, struct document *document)
{
	static const struct report_column columns[] = {
		{ "Bản công bố", "Vintage", "vintage", CELL_TEXT, ANCHOR_END, 0 },
		{ "Công bố lúc", "Published", "published_at", CELL_MOMENT, ANCHOR_START,
		  1 },
		{ "Tử/mẫu số", "Count/of", "", CELL_FRACTION, ANCHOR_END, 0 },
		{ "Kết quả", "Result", "percent", CELL_PERCENT, ANCHOR_END, 0 },
		{ "Đánh giá", "Status", "status", CELL_STATUS, ANCHOR_START, 0 },
	};

	report_table(report, document, "Số liệu này trong các bản công bố",
		     "This figure as it was published", columns, COUNT(columns),
		     json_object_get(report->model, "history"));
}

static void add_disputes(struct compliance *report, struct document *document)
{
	static const struct report_column columns[] = {
		{ "Số", "No.", "dispute", CELL_TEXT, ANCHOR_END, 0 },
		{ "Nội dung", "Statement", "statement", CELL_TEXT, ANCHOR_START, 1 },
		{ "Gửi lúc", "Opened", "opened_at", CELL_MOMENT, ANCHOR_START, 0 },
		{ "Kết quả", "Outcome", "outcome", CELL_NAMED, ANCHOR_START, 0 },
		{ "Trả lời", "Answer", "answer", CELL_TEXT, ANCHOR_START, 1 },
	};

	report_table(report, document, "Khiếu nại", "Disputes", columns, COUNT(columns),
		     json_object_get(report->model, "disputes"));
}

static void add_audit(struct compliance *report, struct document *document)
{
	const json_t *audit = json_object_get(report->model, "audit");
	struct text text = { 0 };

	if (!json_is_object(audit)) {
		document_paragraph(document, PARAGRAPH_BODY,
				   compliance_choose(report, "Chưa kiểm tra lần nào.",
						     "No audit has run yet."));
		return;
	}
	text_add(&text, compliance_choose(report, "Lần kiểm tra gần nhất, ",
					  "The last audit, "));
	format_add_moment(&text, report->language, model_string(audit, "ended_at"));
	text_add(&text, compliance_choose(report, ", tính lại từ bản ghi ",
					  ", computed from the records "));
	format_add_integer(&text, report->language, model_integer(audit, "figures"));
	text_add(&text, compliance_choose(report, " số liệu, ", " figures, "));
	format_add_integer(&text, report->language, model_integer(audit, "differences"));
	text_add(&text, compliance_choose(report, " sai khác.", " of them different."));
	document_paragraph(document, PARAGRAPH_BODY, text.data);
	text_free(&text);
}

static int body(struct compliance *report, struct document *document, struct error *err)
{
	int number = 0;

	if (report->targets_count == 0)
		return error_set(err, ERROR_INVALID, "the model has no figure");
	report_heading(report, document, &number, "Số liệu", "The figure");
	add_formula(report, document);
	compliance_target_table(report, document);
	compliance_other_table(report, document);
	report_heading(report, document, &number, "Nguồn số liệu", "Where it comes from");
	add_procedures(report, document);
	add_batches(report, document);
	report_heading(report, document, &number, "Công bố và khiếu nại",
		       "Publications and disputes");
	report_vintages_table(report, document);
	add_history(report, document);
	add_disputes(report, document);
	report_heading(report, document, &number, "Kiểm tra độc lập", "Audit");
	add_audit(report, document);
	return 0;
}

const struct report_kind report_evidence = {
	.name = "evidence",
	.subject = subject,
	.body = body,
	.ending_vi = "Trên đây là căn cứ của số liệu, kính báo cáo./.",
	.ending_en = "This is what the figure rests on, respectfully reported./.",
	.check = printed_check,
};
