/* report_compliance.c -- the compliance report: what comes after what. */
#include "reports/report_compliance.h"

#include <string.h>

#include "reports/compliance.h"
#include "reports/format.h"
#include "reports/summary.h"

#define CHART_TEXT 8.5
#define HEADINGS   90.0 /* height of two headings and a caption */
#define CAPTION    34.0

static int is_agency(const struct compliance *compliance)
{
	return *compliance->agency != '\0';
}

/* The ranking, trend or targets with what a chart needs around them. */
static json_t *chart_model(const struct compliance *compliance, const json_t *part)
{
	json_t *model = json_object();

	json_object_set(model, "period_name",
			json_object_get(compliance->model, "period_name"));
	json_object_set(model, "agency", json_object_get(compliance->model, "agency"));
	json_object_update(model, (json_t *)part);
	if (is_agency(compliance))
		json_object_set_new(model, "focus", json_string(compliance->agency));
	return model;
}

/* With ROOM, only if it fits there; 1: it did not. */
static int add_figure(struct compliance *compliance, struct document *document,
		      const char *name, const json_t *part, double room,
		      struct error *err)
{
	struct chart_options options = {
		.language = compliance->language,
		.width = document_text_width(),
		.max_height = document_text_height() - HEADINGS,
		.text = CHART_TEXT,
		.bare = true,
	};
	json_t *model = chart_model(compliance, part);
	struct text caption = { 0 };
	struct chart *chart;
	int status;

	status = chart_new(&chart, name, model, &options, err);
	if (status == 0 && room > 0 && chart_height(chart) + CAPTION > room) {
		status = 1;
	} else if (status == 0) {
		text_addf(&caption, "%s %d. %s",
			  compliance_choose(compliance, "Hình", "Figure"),
			  ++compliance->figures, chart_title(chart));
		document_figure(document, caption.data, chart);
	}
	chart_free(chart);
	text_free(&caption);
	json_decref(model);
	return status;
}

/* The chart of targets leaves out what has no target; ROOM as in add_figure(). */
static int add_targets_figure(struct compliance *compliance, struct document *document,
			      double room, struct error *err)
{
	json_t *part = json_object(), *targets = json_array(), *row;
	size_t i;
	int status = 0;

	json_array_foreach(json_object_get(compliance->model, "targets"), i, row)
		if (compliance->targets[i].has_target)
			json_array_append(targets, row);
	json_object_set_new(part, "targets", targets);
	if (json_array_size(targets) > 0)
		status = add_figure(compliance, document, "targets", part, room, err);
	json_decref(part);
	return status;
}

static void heading(struct compliance *compliance, struct document *document, int *number,
		    const char *vi, const char *en)
{
	static const char *const roman[] = { "I", "II", "III", "IV", "V", "VI", "VII" };
	struct text text = { 0 };

	text_addf(&text, "%s. ", roman[(*number)++]);
	format_add_upper(&text, compliance_choose(compliance, vi, en));
	document_heading(document, 1, text.data);
	text_free(&text);
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
		later = add_figure(compliance, document, "ranking", ranking,
				   document_room(document), err);
	if (later < 0)
		return -1;
	if (!is_agency(compliance))
		compliance_ranking_table(compliance, document, ranking);
	return later ? add_figure(compliance, document, "ranking", ranking, 0, err) : 0;
}

static void ranking_heading(struct compliance *compliance, struct document *document,
			    int *number, const json_t *ranking)
{
	const json_t *first = json_array_get(json_object_get(ranking, "rows"), 0);
	const char *name = model_words(first, "indicator_name", compliance->language);
	struct text vi = { 0 }, en = { 0 };

	text_addf(&vi, "Xếp hạng theo chỉ tiêu “%s”", name);
	text_addf(&en, "Ranking by “%s”", name);
	heading(compliance, document, number, vi.data, en.data);
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
			heading(compliance, document, number,
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
			heading(compliance, document, number, "Diễn biến qua các kỳ",
				"Development over the periods");
		if (add_figure(compliance, document, "trend", trend, 0, err) != 0)
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

	heading(compliance, document, number, "Phương pháp và ghi chú",
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

static int add_body(struct compliance *compliance, struct document *document,
		    struct error *err)
{
	struct text summary = { 0 };
	int number = 0, later;

	heading(compliance, document, &number, "Đánh giá chung", "Overall assessment");
	/* What whoever sends it has to say: who is missing. */
	if (*model_string(compliance->model, "notice"))
		document_paragraph(document, PARAGRAPH_BODY,
				   model_string(compliance->model, "notice"));
	summary_write(&summary, compliance->model, compliance->language);
	document_paragraph(document, PARAGRAPH_BODY, text_string(&summary));
	text_free(&summary);
	/* The picture comes first where the page has room for it. */
	later = add_targets_figure(compliance, document, document_room(document), err);
	if (later < 0)
		return -1;
	heading(compliance, document, &number, "Kết quả thực hiện các chỉ tiêu",
		"Results by target");
	compliance_target_table(compliance, document);
	if (later && add_targets_figure(compliance, document, 0, err) != 0)
		return -1;
	compliance_other_table(compliance, document);
	if (is_agency(compliance) && add_trends(compliance, document, &number, err) != 0)
		return -1;
	if (json_array_size(json_object_get(compliance->model, "procedures")) > 0) {
		heading(compliance, document, &number, "Kết quả theo thủ tục hành chính",
			"Results by procedure");
		compliance_procedure_table(compliance, document);
	}
	if (!is_agency(compliance))
		add_overall(compliance, document, &number);
	if (add_rankings(compliance, document, &number, err) != 0)
		return -1;
	add_notes(compliance, document, &number);
	document_paragraph(
		document, PARAGRAPH_BODY,
		compliance_choose(compliance,
				  "Trên đây là kết quả thực hiện các chỉ tiêu của Nghị "
				  "quyết số 17/NQ-CP, kính báo cáo./.",
				  "These are the results against the targets of "
				  "Resolution 17/NQ-CP, respectfully reported./."));
	return 0;
}

/* A province reports through its People's Committee. */
static void add_issuer(struct text *out, const struct compliance *compliance)
{
	const json_t *issuer = json_object_get(compliance->model, "issuer");
	const char *named = model_words(issuer, "name", compliance->language);

	if (*named) {
		format_add_upper(out, named);
	} else if (!is_agency(compliance)) {
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

	if (!*symbol && !is_agency(compliance))
		symbol = "VPCP";
	else if (!*symbol)
		symbol = strcmp(compliance->agency_kind, "province") == 0 ? "UBND"
									  : "........";
	text_addf(out, "%s .........../BC-%s",
		  compliance_choose(compliance, "Số:", "No."), symbol);
}

static void add_subject(struct text *out, const struct compliance *compliance)
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

static void add_foot(struct text *out, const struct compliance *compliance)
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
	const char *const receivers[] = {
		"- ..............................;",
		"- ..............................;",
		compliance_choose(compliance, "- Lưu: VT.", "- Archive."),
	};

	document_end(document,
		     &(struct document_closing){
			     .receivers_title = compliance_choose(
				     compliance, "Nơi nhận:", "Recipients:"),
			     .receivers = receivers,
			     .receivers_count = sizeof receivers / sizeof *receivers,
			     .signer = compliance_choose(
				     compliance, "QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ",
				     "AUTHORITY AND POSITION"),
			     .signature = compliance_choose(
				     compliance, "(để trống: chữ ký, dấu, họ và tên)",
				     "(left blank: signature, seal, name)"),
		     });
}

static int draw(struct compliance *compliance, struct canvas *canvas, const char *issuer,
		const char *subject, struct error *err)
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
	struct text foot = { 0 };
	int status;

	add_foot(&foot, compliance);
	settings.foot = text_string(&foot);
	document = document_new(canvas, &settings);
	open_document(document, compliance, issuer, subject);
	status = add_body(compliance, document, err);
	end_document(document, compliance);
	document_close(document);
	document_free(document);
	text_free(&foot);
	return status == 0 ? canvas_finish(canvas, err) : -1;
}

/* PAGE 0: all of it as PDF. */
static int make(const json_t *model, const char *language, int page, struct text *out,
		struct error *err)
{
	struct text issuer = { 0 }, subject = { 0 }, author = { 0 }, title = { 0 };
	struct compliance compliance;
	struct canvas_about about;
	struct canvas *canvas = NULL;
	int status = -1;

	if (compliance_read(&compliance, model, language, err) != 0)
		return -1;
	add_issuer(&issuer, &compliance);
	add_subject(&subject, &compliance);
	text_addf(&author, "NQ17 – %s",
		  is_agency(&compliance)
			  ? compliance.agency_name
			  : compliance_choose(&compliance, "Văn phòng Chính phủ",
					      "Office of the Government"));
	if (compliance.sample)
		text_addf(&title, "%s – ", words_sample(language));
	text_addf(&title, "%s: %s", compliance_choose(&compliance, "Báo cáo", "Report"),
		  subject.data);
	about = (struct canvas_about){ .title = title.data,
				       .author = author.data,
				       .subject = subject.data,
				       .language = language,
				       .created = compliance.as_of };
	if ((page > 0 ? canvas_png_new(&canvas, 150 / 72.0, page, out, err)
		      : canvas_pdf_new(&canvas, &about, out, err)) == 0)
		status = draw(&compliance, canvas, issuer.data, subject.data, err);
	canvas_free(canvas);
	compliance_free(&compliance);
	text_free(&issuer);
	text_free(&subject);
	text_free(&author);
	text_free(&title);
	return status;
}

int report_compliance_pdf(const json_t *model, const char *language, struct text *out,
			  struct error *err)
{
	return make(model, language, 0, out, err);
}

int report_compliance_png(const json_t *model, const char *language, int page,
			  struct text *out, struct error *err)
{
	if (page < 1)
		return error_set(err, ERROR_NOT_FOUND, "pages are counted from 1");
	return make(model, language, page, out, err);
}
