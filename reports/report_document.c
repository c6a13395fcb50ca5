/* report_document.c -- what all official reports share: the foot, the tables inside the file,
 * and what is held against the paper before it leaves. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reports/compliance.h"
#include "reports/figures.h"
#include "reports/format.h"
#include "reports/letterhead.h"
#include "reports/report_file.h"
#include "reports/report_kind.h"

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

/* The tables that were drawn, as files. */
struct tables {
	struct canvas_attachment *files; /* the figures of the report first */
	size_t count;
};

static struct canvas_attachment *add_file(struct tables *tables, const char *name,
					  const char *description)
{
	struct canvas_attachment *file;

	tables->files =
		memory_resize(tables->files, tables->count + 1, sizeof *tables->files);
	file = &tables->files[tables->count++];
	*file = (struct canvas_attachment){ .name = memory_copy(name),
					    .type = "/text#2Fcsv",
					    .description = memory_copy(description) };
	return file;
}

/* The number of the table is that of its caption; two digits sort in its order. */
static void keep_table(void *context, const char *caption, const struct table *table)
{
	struct tables *tables = context;
	char name[32];

	snprintf(name, sizeof name, "nq17-table-%02zu.csv", tables->count);
	report_csv_table(&add_file(tables, name, caption ? caption : name)->bytes, table);
}

static void free_tables(struct tables *tables)
{
	for (size_t i = 0; i < tables->count; i++) {
		free((char *)tables->files[i].name);
		free((char *)tables->files[i].description);
		text_free(&tables->files[i].bytes);
	}
	free(tables->files);
}

static int fill_document(const struct report_kind *kind, struct compliance *compliance,
			 struct document *document, const struct letterhead *letterhead,
			 struct error *err)
{
	struct text label = { 0 };

	/* What whoever sends it has to say: who is missing. */
	if (*model_string(compliance->model, "notice"))
		document_paragraph(document, PARAGRAPH_BODY,
				   model_string(compliance->model, "notice"));
	if (json_is_object(json_object_get(compliance->model, "recast"))) {
		text_addf(&label, "%s.", words_recast_label(compliance->language));
		document_paragraph(document, PARAGRAPH_BODY, label.data);
		text_free(&label);
	}
	if (kind->body(compliance, document, err) != 0)
		return -1;
	document_end(document, &letterhead->closing);
	return kind->annex ? kind->annex(compliance, document, err) : 0;
}

static int draw(const struct report_kind *kind, struct compliance *compliance,
		struct canvas *canvas, const struct letterhead *letterhead,
		struct tables *tables, struct error *err)
{
	const struct document_sink watch = { .table = keep_table, .context = tables };
	struct document_settings settings = {
		.language = compliance->language,
		.notice = compliance_choose(
			compliance,
			"Dự thảo do hệ thống NQ17 lập tự động từ dữ liệu của các cơ quan; "
			"chưa phải là văn bản ban hành.",
			"Draft written by NQ17 from the agencies’ data; not an issued "
			"document."),
		.label = compliance->sample ? words_sample(compliance->language) : NULL,
		.watch = tables ? &watch : NULL,
		.is_landscape = kind->form != NULL,
		.reserve = document_end_height(&letterhead->closing),
	};
	struct document *document;
	struct text foot = { 0 }, record = { 0 };
	int status;

	canvas_record(canvas, &record);
	report_add_foot(&foot, compliance);
	settings.foot = text_string(&foot);
	document = document_new(canvas, &settings);
	document_open(document, &letterhead->opening);
	status = fill_document(kind, compliance, document, letterhead, err);
	document_close(document);
	document_free(document);
	canvas_record(canvas, NULL);
	if (status == 0 && kind->check)
		status = kind->check(compliance, &record, err);
	text_free(&foot);
	text_free(&record);
	return status == 0 ? canvas_finish(canvas, err) : -1;
}

/* The pages as FORM wants them. */
static int draw_pages(const struct report_kind *kind, struct compliance *compliance,
		      enum report_pages form, int page,
		      const struct letterhead *letterhead,
		      const struct canvas_about *given, struct text *out,
		      struct error *err)
{
	struct canvas_about about = *given;
	const struct canvas_picture picture = { .language = compliance->language,
						.title = about.title,
						.description = about.subject,
						.keywords = about.keywords,
						.text = 11,
						.has_marks = true,
						.class = "report",
						.page = page };
	struct tables tables = { 0 };
	struct canvas *canvas = NULL;
	int status;

	if (form == PAGES_PDF)
		report_figures_csv(
			&add_file(&tables, "nq17-figures.csv",
				  compliance_choose(compliance,
						    "Các số liệu của báo cáo này",
						    "The figures of this report"))
				 ->bytes,
			compliance);
	about.attachments = &tables.files;
	about.attachments_count = &tables.count;
	if (form == PAGES_PDF)
		status = canvas_pdf_new(&canvas, &about, out, err);
	else if (form == PAGES_PNG)
		status = canvas_png_new(&canvas, &picture, 150 / 72.0, page, out, err);
	else if (form == PAGES_SVG)
		status = canvas_svg_new(&canvas, &picture, out, err);
	else
		status = canvas_boxes_new(&canvas, out, err);
	if (status == 0)
		status = draw(kind, compliance, canvas, letterhead,
			      form == PAGES_PDF ? &tables : NULL, err);
	canvas_free(canvas);
	free_tables(&tables);
	return status;
}

int report_draw(const struct report_kind *kind, const json_t *model, const char *language,
		enum report_pages form, int page, struct text *out, struct error *err)
{
	struct text subject = { 0 }, author = { 0 }, title = { 0 }, keywords = { 0 };
	struct letterhead letterhead;
	struct compliance compliance;
	int status;

	if (compliance_read(&compliance, model, language, err) != 0)
		return -1;
	kind->subject(&subject, &compliance);
	letterhead_read(&letterhead, &compliance, kind, text_string(&subject));
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
	status = draw_pages(kind, &compliance, form, page, &letterhead,
			    &(struct canvas_about){ .title = title.data,
						    .author = author.data,
						    .subject = subject.data,
						    .language = language,
						    .created = compliance.as_of,
						    .keywords = keywords.data },
			    out, err);
	letterhead_free(&letterhead);
	compliance_free(&compliance);
	text_free(&subject);
	text_free(&author);
	text_free(&title);
	text_free(&keywords);
	return status;
}
