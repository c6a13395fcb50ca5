/* template.c -- empty workbooks for officials: a header in Vietnamese, the fields behind it,
 * lists to choose from, and a sheet that explains. */
#include "collector/template.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <xlsxwriter.h>

#include "base/text.h"

enum { ROWS = 5000, LIST_MAX = 255 };

/* Of the fields of all types; one name means the same everywhere but for "value". */
static const struct {
	const char *field, *vi, *en;
} words[] = {
	{ "agency", "Mã cơ quan", "Agency" },
	{ "dossier", "Mã hồ sơ", "Dossier code" },
	{ "procedure", "Mã thủ tục hành chính", "Procedure code" },
	{ "channel", "Kênh tiếp nhận", "Channel" },
	{ "received_at", "Ngày tiếp nhận", "Received at" },
	{ "due_at", "Ngày hẹn trả", "Due at" },
	{ "resolved_at", "Ngày giải quyết xong", "Resolved at" },
	{ "status", "Trạng thái", "Status" },
	{ "updated_at", "Ngày cập nhật", "Updated at" },
	{ "unit", "Đơn vị xử lý", "Unit" },
	{ "sector", "Lĩnh vực", "Sector" },
	{ "applicant_type", "Đối tượng nộp", "Applicant type" },
	{ "one_stop", "Qua một cửa điện tử", "Through the one-stop system" },
	{ "electronic", "Hồ sơ điện tử", "Electronic dossier" },
	{ "mobile_signed", "Ký số trên di động", "Signed on a mobile" },
	{ "identity_verified", "Đã xác thực định danh", "Identity verified" },
	{ "business_registry", "Dùng dữ liệu đăng ký doanh nghiệp",
	  "Uses the business registry" },
	{ "paid_online", "Thanh toán trực tuyến", "Paid online" },
	{ "fields_total", "Tổng số trường", "Fields of the form" },
	{ "fields_prefilled", "Số trường điền sẵn", "Fields filled in advance" },
	{ "satisfaction", "Điểm hài lòng (1-5)", "Satisfaction (1-5)" },
	{ "filed_by", "Người nộp", "Filed by" },
	{ "filer", "Mã băm người nộp", "Hash of the filer" },
	{ "name_vi", "Tên tiếng Việt", "Name in Vietnamese" },
	{ "name_en", "Tên tiếng Anh", "Name in English" },
	{ "level", "Mức độ", "Level" },
	{ "valid_from", "Hiệu lực từ", "Valid from" },
	{ "valid_to", "Hiệu lực đến", "Valid to" },
	{ "npsp_integrated", "Tích hợp Cổng DVCQG", "On the national portal" },
	{ "help_channel", "Có kênh hỗ trợ", "Help channel" },
	{ "mobile_signature", "Cho ký số di động", "Mobile signature" },
	{ "electronic_dossier", "Xử lý bằng hồ sơ điện tử", "Electronic dossier" },
	{ "population_db", "Dùng CSDL dân cư", "Uses the population database" },
	{ "for_enterprises", "Dành cho doanh nghiệp", "Open to enterprises" },
	{ "form_fields", "Số trường của biểu mẫu", "Fields of the form" },
	{ "form_fields_prefilled", "Số trường điền sẵn", "Fields filled in advance" },
	{ "evidence_url", "Địa chỉ minh chứng", "Evidence" },
	{ "fact", "Nội dung", "Fact" },
	{ "value", "Giá trị", "Value" },
	{ "item", "Mục", "Item" },
	{ "verified_by", "Người xác nhận", "Verified by" },
	{ "note", "Ghi chú", "Note" },
	{ "measure", "Số đo", "Measure" },
	{ "period", "Kỳ", "Period" },
	{ "breakdown", "Phân tổ", "Breakdown" },
	{ "code", "Mã", "Code" },
	{ "kind", "Loại", "Kind" },
	{ "region", "Vùng", "Region" },
	{ "successor", "Cơ quan kế thừa", "Successor" },
	{ "parent", "Cơ quan cấp trên", "Parent" },
	{ "identifiers", "Mã định danh khác", "Identifiers" },
	{ "task", "Nhiệm vụ", "Task" },
	{ "lead", "Cơ quan chủ trì", "Lead" },
	{ "each", "Mỗi cơ quan loại", "Each of" },
	{ "due", "Hạn", "Due" },
	{ "clause", "Điều khoản", "Clause" },
	{ "submitted_on", "Ngày trình", "Submitted on" },
	{ "issued_on", "Ngày ban hành", "Issued on" },
	{ "completed_on", "Ngày hoàn thành", "Completed on" },
	{ "issuer", "Cơ quan ban hành", "Issuer" },
	{ "document_number", "Số văn bản", "Document number" },
	{ "progress", "Tiến độ", "Progress" },
	{ "series", "Chuỗi số liệu", "Series" },
	{ "country", "Quốc gia", "Country" },
	{ "year", "Năm", "Year" },
	{ "source", "Nguồn", "Source" },
};

static const char *word_of(const char *field, int english)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i].field, field) == 0)
			return english ? words[i].en : words[i].vi;
	return field;
}

struct template
{
	lxw_workbook *book;
	lxw_worksheet *data, *guide, *lists; /* lists: NULL while none is long */
	lxw_col_t list_count;
	lxw_format *head, *head_required, *text, *wrapped;
	const struct record_type *type;
	int english;
};

/* What a cell may hold, in words. */
static void describe(const struct record_field *field, int english, struct text *out)
{
	switch (field->kind) {
	case VALUE_TIME:
	case VALUE_START:
		text_add(out,
			 english ? "a time (a date cell, or 2020-06-30T15:04:05)"
				 : "thời điểm (ô ngày giờ, hoặc 2020-06-30T15:04:05)");
		break;
	case VALUE_DATE:
		text_add(out, english ? "a date (a date cell, or 2020-06-30)"
				      : "ngày (ô ngày, hoặc 2020-06-30)");
		break;
	case VALUE_BOOLEAN:
		text_add(out,
			 english ? "true or false; empty: not known"
				 : "true hoặc false; để trống nếu không có thông tin");
		break;
	case VALUE_INTEGER:
		text_addf(out,
			  english ? "a whole number, %lld to %lld"
				  : "số nguyên, %lld đến %lld",
			  field->minimum, field->maximum);
		break;
	case VALUE_CHOICE:
	case VALUE_LIST:
		for (int i = 0; field->choices && field->choices[i]; i++)
			text_addf(out, "%s%s", i ? ", " : "", field->choices[i]);
		break;
	case VALUE_PERIOD:
		text_add(out,
			 "2020, 2020-H1, 2020-Q3, 2020-09, 2020-06-30, ND09-2020-Q3");
		break;
	default:
		text_addf(out,
			  english ? "text, up to %lld characters"
				  : "văn bản, tối đa %lld ký tự",
			  field->maximum);
	}
}

/* One to show in the guide; empty where a made-up one would mislead. */
static const char *example_of(const struct record_field *field)
{
	static const char *const names[][2] = { { "agency", "G01" },
						{ "dossier", "HS-2020-000123" },
						{ "procedure", "1.001193" },
						{ "country", "VNM" } };

	switch (field->kind) {
	case VALUE_TIME:
	case VALUE_START:
		return "2020-06-30T15:04:05";
	case VALUE_DATE:
		return "2020-06-30";
	case VALUE_BOOLEAN:
		return "true";
	case VALUE_PERIOD:
		return "2020-Q3";
	case VALUE_CHOICE:
	case VALUE_LIST:
		return field->choices ? field->choices[0] : "";
	default:
		for (size_t i = 0; i < sizeof names / sizeof *names; i++)
			if (strcmp(names[i][0], field->name) == 0)
				return names[i][1];
		return "";
	}
}

/* A list that is too long for the rule itself lies on a hidden sheet, a column each. */
static void point_to_list(struct template *template, const char *const *choices,
			  lxw_data_validation *validation, struct text *formula)
{
	lxw_col_t column = template->list_count++;
	lxw_row_t row = 0;
	char letter[LXW_MAX_COL_NAME_LENGTH];

	if (!template->lists) {
		template->lists = workbook_add_worksheet(
			template->book, template->english ? "Lists" : "Danh sách");
		worksheet_hide(template->lists);
	}
	for (; choices[row]; row++)
		worksheet_write_string(template->lists, row, column, choices[row], NULL);
	lxw_col_to_name(letter, column, 1);
	text_addf(formula, "='%s'!%s$1:%s$%u", template->english ? "Lists" : "Danh sách",
		  letter, letter, (unsigned)row);
	validation->validate = LXW_VALIDATION_TYPE_LIST_FORMULA;
	validation->value_formula = formula->data;
}

static void add_list(struct template *template, lxw_col_t column,
		     const struct record_field *field)
{
	static const char *const booleans[] = { "true", "false", NULL };
	const char *const *choices =
		field->kind == VALUE_BOOLEAN ? booleans : field->choices;
	lxw_data_validation validation = { .validate = LXW_VALIDATION_TYPE_LIST };
	struct text formula = { 0 };
	size_t length = 0;

	if (!choices || (field->kind != VALUE_CHOICE && field->kind != VALUE_BOOLEAN))
		return;
	for (int i = 0; choices[i]; i++)
		length += strlen(choices[i]) + 1;
	if (length > LIST_MAX)
		point_to_list(template, choices, &validation, &formula);
	else /* The library has no const; it only reads. */
		validation.value_list = (char **)(uintptr_t)choices;
	worksheet_data_validation_range(template->data, 1, column, ROWS, column,
					&validation);
	text_free(&formula);
}

static void fill_data(struct template *template)
{
	lxw_worksheet *sheet = template->data;
	struct text name = { 0 };

	for (int i = 0; template->type->fields[i].name; i++) {
		const struct record_field *field = &template->type->fields[i];
		lxw_col_t column = (lxw_col_t)i;

		text_clear(&name);
		text_addf(&name, "%s%s [%s]", word_of(field->name, template->english),
			  field->required ? " *" : "", field->name);
		/* Text, so that Excel leaves codes and numbers as they are typed. */
		worksheet_set_column(sheet, column, column, 24, template->text);
		worksheet_write_string(sheet, 0, column, name.data,
				       field->required ? template->head_required
						       : template->head);
		add_list(template, column, field);
	}
	worksheet_set_row(sheet, 0, 34, NULL);
	worksheet_freeze_panes(sheet, 1, 0);
	text_free(&name);
}

static void fill_guide(const struct template *template)
{
	static const char *const heads[2][5] = {
		{ "Cột", "Trường", "Bắt buộc (*)", "Ví dụ", "Nội dung" },
		{ "Column", "Field", "Required (*)", "Example", "What it holds" },
	};
	const char *const *head = heads[template->english];
	lxw_worksheet *sheet = template->guide;
	struct text allowed = { 0 };

	for (int i = 0; i < 5; i++)
		worksheet_write_string(sheet, 0, (lxw_col_t)i, head[i], template->head);
	worksheet_set_column(sheet, 0, 0, 34, NULL);
	worksheet_set_column(sheet, 1, 3, 22, NULL);
	worksheet_set_column(sheet, 4, 4, 80, NULL);
	for (int i = 0; template->type->fields[i].name; i++) {
		const struct record_field *field = &template->type->fields[i];
		lxw_row_t row = (lxw_row_t)i + 1;

		text_clear(&allowed);
		describe(field, template->english, &allowed);
		worksheet_write_string(sheet, row, 0,
				       word_of(field->name, template->english), NULL);
		worksheet_write_string(sheet, row, 1, field->name, NULL);
		worksheet_write_string(sheet, row, 2,
				       !field->required    ? ""
				       : template->english ? "yes"
							   : "có",
				       NULL);
		worksheet_write_string(sheet, row, 3, example_of(field), NULL);
		worksheet_write_string(sheet, row, 4, text_string(&allowed),
				       template->wrapped);
	}
	text_free(&allowed);
}

static lxw_format *make_head(lxw_workbook *book, lxw_color_t paper, lxw_color_t ink)
{
	lxw_format *format = workbook_add_format(book);

	format_set_bold(format);
	format_set_text_wrap(format);
	format_set_bg_color(format, paper);
	format_set_font_color(format, ink);
	format_set_border(format, LXW_BORDER_THIN);
	format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
	return format;
}

int template_write(const struct record_type *type, const char *path, int english,
		   struct error *err)
{
	struct template template = { .type = type, .english = english };
	lxw_error failure;

	template.book = workbook_new(path);
	if (!template.book)
		return error_set(err, ERROR_UNAVAILABLE, "%s: no workbook", path);
	/* The same bytes each time. */
	workbook_set_properties(template.book,
				&(lxw_doc_properties){ .title = (char *)type->name,
						       .author = (char *)"NQ17",
						       .created = 1551920400 });
	template.head = make_head(template.book, 0xF5F6F8, 0x1B1F24);
	template.head_required = make_head(template.book, 0x1A6FB5, 0xFFFFFF);
	template.text = workbook_add_format(template.book);
	format_set_num_format(template.text, "@");
	template.wrapped = workbook_add_format(template.book);
	format_set_text_wrap(template.wrapped);
	template.data = workbook_add_worksheet(template.book, "Dữ liệu");
	template.guide =
		workbook_add_worksheet(template.book, english ? "Guide" : "Hướng dẫn");
	fill_data(&template);
	fill_guide(&template);
	failure = workbook_close(template.book);
	if (failure != LXW_NO_ERROR)
		return error_set(err, ERROR_UNAVAILABLE, "%s: %s", path,
				 lxw_strerror(failure));
	return 0;
}
