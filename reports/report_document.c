/* report_document.c -- what all official reports share: the heads, the foot, the signature,
 * and what is held against the paper before it leaves. */
#include <string.h>

#include "reports/compliance.h"
#include "reports/figures.h"
#include "reports/format.h"
#include "reports/report_file.h"
#include "reports/report_kind.h"

/* A province reports through its People's Committee. */
static void add_issuer(struct text *out, const struct compliance *compliance)
{
	const json_t *issuer = json_object_get(compliance->model, "issuer");
	const char *named = model_words(issuer, "name", compliance->language);

	if (*named) {
		format_add_upper(out, named);
	} else if (!*compliance->agency) {
		text_add(out, compliance_choose(compliance, "VĂN PHÒNG CHÍNH PHỦ",
						"OFFICE OF THE GOVERNMENT"));
	} else {
		if (strcmp(compliance->agency_kind, "province") == 0)
			text_add(out, compliance_choose(compliance, "ỦY BAN NHÂN DÂN\n",
							"PEOPLE’S COMMITTEE\n"));
		format_add_upper(out, compliance->agency_name);
	}
}

static void add_number(struct text *out, const struct compliance *compliance)
{
	const char *symbol =
		model_string(json_object_get(compliance->model, "issuer"), "symbol");

	if (!*symbol && !*compliance->agency)
		symbol = "VPCP";
	else if (!*symbol)
		symbol = strcmp(compliance->agency_kind, "province") == 0 ? "UBND"
									  : "........";
	text_addf(out, "%s .........../BC-%s",
		  compliance_choose(compliance, "Số:", "No."), symbol);
}

void report_add_foot(struct text *out, const struct compliance *compliance)
{
	const char *maturity = words_maturity(compliance->maturity, compliance->language);

	text_add(out, compliance_choose(compliance, "Số liệu đến ", "As of "));
	format_add_moment(out, compliance->language, compliance->as_of);
	if (*maturity)
		text_addf(out, " · %s", maturity);
	if (compliance->agencies > 0) {
		text_addf(out,
			  compliance_choose(
				  compliance, " · Có số liệu hồ sơ của %lld/%lld cơ quan",
				  " · Dossier figures of %lld of %lld agencies"),
			  compliance->valued, compliance->agencies);
	} else if (compliance->online && *compliance->online->value &&
		   *compliance->online->coverage_percent) {
		text_add(out, compliance_choose(compliance, " · Độ đầy đủ dữ liệu hồ sơ ",
						" · Coverage of dossiers "));
		format_add_percent(out, compliance->language,
				   compliance->online->coverage_percent);
	}
	if (*compliance->verification)
		text_addf(
			out, " · %s %s",
			compliance_choose(compliance, "Mã kiểm tra", "Verification code"),
			compliance->verification);
}

static void open_document(struct document *document, const struct compliance *compliance,
			  const char *issuer, const char *subject)
{
	struct text number = { 0 }, parent = { 0 };

	add_number(&number, compliance);
	format_add_upper(&parent,
			 model_words(json_object_get(compliance->model, "issuer"),
				     "parent", compliance->language));
	document_open(
		document,
		&(struct document_opening){
			.parent = text_string(&parent),
			.issuer = issuer,
			.number = number.data,
			.draft = compliance_choose(compliance,
						   "DỰ THẢO – hệ thống lập tự động",
						   "DRAFT – written by the system"),
			.place_date = compliance_choose(
				compliance,
				"................, ngày ..... tháng ..... năm .........",
				"................, ..... ............... ........."),
			.title = compliance_choose(compliance, "BÁO CÁO", "REPORT"),
			.subject = subject,
		});
	text_free(&number);
	text_free(&parent);
}

static void end_document(struct document *document, const struct compliance *compliance)
{
	const char *url = model_string(compliance->model, "verify_url");
	struct text words = { 0 };
	const char *const receivers[] = {
		"- ..............................;",
		"- ..............................;",
		compliance_choose(compliance, "- Lưu: VT.", "- Archive."),
	};

	text_addf(&words, "%s %s%s%s",
		  compliance_choose(compliance, "Mã kiểm tra", "Verification code"),
		  compliance->verification, *url ? " " : "", url);
	document_end(document,
		     &(struct document_closing){
			     .receivers_title = compliance_choose(
				     compliance, "Nơi nhận:", "Recipients:"),
			     .receivers = receivers,
			     .receivers_count = sizeof receivers / sizeof *receivers,
			     .signer = compliance_choose(
				     compliance, "QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ",
				     "AUTHORITY AND POSITION"),
			     .verify_url = url,
			     .verify_words = text_string(&words),
			     .signature = compliance_choose(
				     compliance, "(để trống: chữ ký, dấu, họ và tên)",
				     "(left blank: signature, seal, name)"),
		     });
	text_free(&words);
}

static int draw(const struct report_kind *kind, struct compliance *compliance,
		struct canvas *canvas, const char *issuer, const char *subject,
		struct error *err)
{
	struct document_settings settings = {
		.language = compliance->language,
		.notice = compliance_choose(
			compliance,
			"Dự thảo do hệ thống NQ17 lập tự động từ dữ liệu của các cơ quan; "
			"chưa phải là văn bản ban hành.",
			"Draft written by NQ17 from the agencies’ data; not an issued "
			"document."),
		.label = compliance->sample ? words_sample(compliance->language) : NULL,
	};
	struct document *document;
	struct text foot = { 0 }, record = { 0 };
	int status;

	canvas_record(canvas, &record);
	report_add_foot(&foot, compliance);
	settings.foot = text_string(&foot);
	document = document_new(canvas, &settings);
	open_document(document, compliance, issuer, subject);
	/* What whoever sends it has to say: who is missing. */
	if (*model_string(compliance->model, "notice"))
		document_paragraph(document, PARAGRAPH_BODY,
				   model_string(compliance->model, "notice"));
	status = kind->body(compliance, document, err);
	end_document(document, compliance);
	document_close(document);
	document_free(document);
	canvas_record(canvas, NULL);
	if (status == 0 && kind->check)
		status = kind->check(compliance, &record, err);
	text_free(&foot);
	text_free(&record);
	return status == 0 ? canvas_finish(canvas, err) : -1;
}

/* The figures of the report for programs, as `nq17 kpi --format csv` prints them. */
static void add_figures_csv(struct text *out, const struct compliance *compliance)
{
	const json_t *ranking, *row;
	size_t i, j;

	figures_add_head(out);
	json_array_foreach(json_object_get(compliance->model, "targets"), i, row)
		figures_add_row(out, row);
	json_array_foreach(json_object_get(compliance->model, "ranking"), i, ranking) {
		json_array_foreach(json_object_get(ranking, "rows"), j, row)
			/* The report's own agency is among the targets. */
			if (strcmp(model_string(row, "agency"), compliance->agency) != 0)
				figures_add_row(out, row);
	}
}

int report_draw(const struct report_kind *kind, const json_t *model, const char *language,
		int page, struct text *out, struct error *err)
{
	struct text issuer = { 0 }, subject = { 0 }, author = { 0 }, title = { 0 };
	struct text keywords = { 0 };
	struct canvas_attachment figures = { .name = "nq17-figures.csv",
					     .type = "/text#2Fcsv" };
	struct compliance compliance;
	struct canvas_about about;
	struct canvas *canvas = NULL;
	int status = -1;

	if (compliance_read(&compliance, model, language, err) != 0)
		return -1;
	add_issuer(&issuer, &compliance);
	kind->subject(&subject, &compliance);
	text_addf(&author, "NQ17 – %s",
		  *compliance.agency
			  ? compliance.agency_name
			  : compliance_choose(&compliance, "Văn phòng Chính phủ",
					      "Office of the Government"));
	if (compliance.sample)
		text_addf(&title, "%s – ", words_sample(language));
	text_addf(&title, "%s: %s", compliance_choose(&compliance, "Báo cáo", "Report"),
		  subject.data);
	report_file_add_keywords(&keywords, compliance.verification);
	add_figures_csv(&figures.bytes, &compliance);
	figures.description = compliance_choose(
		&compliance, "Các số liệu của báo cáo này", "The figures of this report");
	about = (struct canvas_about){ .title = title.data,
				       .author = author.data,
				       .subject = subject.data,
				       .language = language,
				       .created = compliance.as_of,
				       .keywords = keywords.data,
				       .attachments = &figures,
				       .attachments_count = 1 };
	if ((page > 0 ? canvas_png_new(&canvas, 150 / 72.0, page, out, err)
		      : canvas_pdf_new(&canvas, &about, out, err)) == 0)
		status = draw(kind, &compliance, canvas, issuer.data, subject.data, err);
	canvas_free(canvas);
	compliance_free(&compliance);
	text_free(&issuer);
	text_free(&subject);
	text_free(&author);
	text_free(&title);
	text_free(&keywords);
	text_free(&figures.bytes);
	return status;
}
