/* report_form06a.c -- form II.06a/VPCP/KSTT of Circular 01/2020/TT-VPCP: what an agency
 * received, settled and has under way, in its thirteen columns. */
#include <stdio.h>
#include <string.h>

#include "reports/format.h"
#include "reports/report_kind.h"

enum { FIRST_FIGURE = 3, COLUMNS = 13 };

static const struct {
	const char *group_vi, *group_en, *vi, *en;
} heads[COLUMNS] = {
	{ NULL, NULL, "STT", "No." },
	{ NULL, NULL, "Lĩnh vực, công việc giải quyết theo cấp", "Sector" },
	{ "Tiếp nhận", "Received", "Tổng số", "All" },
	{ "Tiếp nhận", "Received", "Trực tuyến", "Online" },
	{ "Tiếp nhận", "Received", "Trực tiếp, dịch vụ bưu chính",
	  "At the counter, by post" },
	{ "Tiếp nhận", "Received", "Từ kỳ trước", "From before" },
	{ "Đã giải quyết", "Settled", "Tổng số", "All" },
	{ "Đã giải quyết", "Settled", "Trước hạn", "Early" },
	{ "Đã giải quyết", "Settled", "Đúng hạn", "On time" },
	{ "Đã giải quyết", "Settled", "Quá hạn", "Late" },
	{ "Đang giải quyết", "Under way", "Tổng số", "All" },
	{ "Đang giải quyết", "Under way", "Trong hạn", "In time" },
	{ "Đang giải quyết", "Under way", "Quá hạn", "Late" },
};

static void subject(struct text *out, const struct compliance *report)
{
	text_add(
		out,
		compliance_choose(
			report,
			"Tình hình, kết quả giải quyết thủ tục hành chính tại cơ quan, "
			"đơn vị trực tiếp giải quyết thủ tục hành chính",
			"Administrative procedures at the agency that settles them: state "
			"and results"));
}

static const json_t *rows_of(const struct compliance *report)
{
	return json_object_get(report->model, "rows");
}

/* What is not known is said, never 0. */
static void add_figure(struct table *table, const struct compliance *report,
		       const json_t *row, int column)
{
	const json_t *value;
	char key[8];

	snprintf(key, sizeof key, "c%d", column);
	value = json_object_get(row, key);
	if (json_is_integer(value))
		compliance_add_integer(table, report, true, json_integer_value(value));
	else
		table_add(table, compliance_choose(report, "thiếu", "missing"));
}

static void add_row(struct table *table, const struct compliance *report,
		    const json_t *row, size_t number)
{
	bool is_total = json_is_true(json_object_get(row, "is_total"));
	const char *sector = model_string(row, "sector");
	char digits[24] = "";

	if (!is_total)
		snprintf(digits, sizeof digits, "%zu", number);
	table_add(table, digits);
	if (is_total)
		sector = compliance_choose(report, "Tổng cộng", "Total");
	else if (!*sector)
		sector = compliance_choose(report, "(chưa ghi lĩnh vực)",
					   "(sector not told)");
	table_add(table, sector);
	if (is_total)
		table_set_bold(table);
	for (int i = FIRST_FIGURE; i <= COLUMNS; i++) {
		add_figure(table, report, row, i);
		if (is_total)
			table_set_bold(table);
	}
}

static void add_notes(struct table *table, const struct compliance *report)
{
	const json_t *row;
	const char *start = model_string(report->model, "records_from");
	struct text text = { 0 };
	long long no_due = 0;
	size_t i;

	json_array_foreach(rows_of(report), i, row)
		if (json_is_true(json_object_get(row, "is_total")))
			no_due = model_integer(row, "no_due");
	if (no_due > 0) {
		text_addf(&text,
			  compliance_choose(
				  report,
				  "“thiếu” ở (8)–(10), (12), (13): %lld hồ "
				  "sơ không ghi thời hạn trả kết quả.",
				  "“missing” in (8)–(10), (12), (13): %lld dossiers "
				  "came without a due date."),
			  no_due);
		table_add_note(table, text.data);
	}
	if (*start) {
		text_clear(&text);
		text_add(&text,
			 compliance_choose(
				 report, "Hồ sơ của cơ quan chỉ có từ ngày ",
				 "The agency’s dossiers are on record only from "));
		format_add_date(&text, report->language, start);
		text_add_char(&text, '.');
		table_add_note(table, text.data);
	}
	if (strcmp(model_string(report->model, "source"), "totals") == 0)
		table_add_note(
			table,
			compliance_choose(
				report,
				"Từ số tổng hợp của cơ quan; những cột cơ quan không gửi ghi "
				"“thiếu”.",
				"From the agency’s totals; what it did not send is “missing”."));
	text_free(&text);
}

static int body(struct compliance *report, struct document *document, struct error *err)
{
	struct table_column columns[COLUMNS];
	const char *groups[COLUMNS];
	struct table table;
	const json_t *row;
	size_t i;

	(void)err;
	if (json_array_size(rows_of(report)) == 0) {
		document_paragraph(
			document, PARAGRAPH_BODY,
			compliance_choose(
				report,
				"Cơ quan chưa gửi hồ sơ hay số tổng hợp nào của "
				"kỳ này.",
				"The agency has sent neither dossiers nor totals of "
				"this period."));
		return 0;
	}
	for (i = 0; i < COLUMNS; i++) {
		groups[i] = heads[i].group_vi
				    ? compliance_choose(report, heads[i].group_vi,
							heads[i].group_en)
				    : NULL;
		columns[i] = (struct table_column){
			.title = compliance_choose(report, heads[i].vi, heads[i].en),
			.align = i == 1 ? ANCHOR_START : ANCHOR_END,
			.share = i == 1 ? 1 : 0,
		};
	}
	table_start(&table, columns, COLUMNS);
	table.groups = groups;
	table.compact = table.numbered = table.is_last = true;
	json_array_foreach(rows_of(report), i, row)
		add_row(&table, report, row, i + 1);
	add_notes(&table, report);
	document_table(document, NULL, &table);
	table_free(&table);
	return 0;
}

const struct report_kind report_form06a = {
	.name = "form06a",
	.subject = subject,
	.body = body,
	.form = "Biểu số II.06a/VPCP/KSTT",
};
