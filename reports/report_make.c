/* report_make.c -- a report out of the store: its model, its file, its entry in the register. */
#include "reports/report_make.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "reports/letterhead.h"
#include "reports/model.h"
#include "reports/report_file.h"
#include "reports/report_kind.h"
#include "reports/report_models.h"

static const char IS_SAMPLE[] =
#include "sql/queries/store_is_sample.sql.inc"
	;

/* A model on its way into a file. */
struct making {
	const struct report_kind *kind;
	const json_t *model;
	const char *bytes, *lang; /* of the model, as PostgreSQL gave it */
	int page;
};

typedef int paint_function(const struct making *making, struct text *out,
			   struct error *err);

static int paint_pages(const struct making *making, enum report_pages form,
		       struct text *out, struct error *err)
{
	return report_draw(making->kind, making->model, making->lang, form, making->page,
			   out, err);
}

static int paint_pdf(const struct making *making, struct text *out, struct error *err)
{
	return paint_pages(making, PAGES_PDF, out, err);
}

static int paint_png(const struct making *making, struct text *out, struct error *err)
{
	return paint_pages(making, PAGES_PNG, out, err);
}

static int paint_svg(const struct making *making, struct text *out, struct error *err)
{
	return paint_pages(making, PAGES_SVG, out, err);
}

static int paint_boxes(const struct making *making, struct text *out, struct error *err)
{
	return paint_pages(making, PAGES_BOXES, out, err);
}

static int paint_sheets(const struct making *making, struct text *out, struct error *err)
{
	return report_sheets(making->kind, making->model, making->lang, out, err);
}

static int paint_csv(const struct making *making, struct text *out, struct error *err)
{
	return report_csv(making->kind, making->model, making->lang, out, err);
}

static int paint_json(const struct making *making, struct text *out, struct error *err)
{
	(void)err;
	text_add(out, making->bytes);
	return 0;
}

/* HEAD and TAIL are how a whole file begins and ends. */
static const struct form {
	const char *format;
	paint_function *paint;
	const char *head, *tail;
} forms[] = {
	{ "pdf", paint_pdf, "%PDF-", "%%EOF\n" },
	{ "png", paint_png, "\x89PNG", "IEND\xae\x42\x60\x82" },
	{ "svg", paint_svg, "<svg", "</svg>\n" },
	{ "boxes", paint_boxes, "page 1", "\n" }, /* of no report: for tests */
	{ "xlsx", paint_sheets, "PK\x03\x04", "" },
	{ "csv", paint_csv, "", "\n" },
	{ "json", paint_json, "{", "}" },
};

static const struct form *find_form(const char *format)
{
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (strcmp(forms[i].format, format) == 0)
			return &forms[i];
	return NULL;
}

int report_can(const char *report, const char *format)
{
	return report_kind_find(report) && (!format || find_form(format));
}

/* The others tell of what was published, or of records where they lie. */
int report_can_recast(const char *report)
{
	static const char *const names[] = { "compliance", "ranking", "indicator",
					     "brief",      "trend",   "targets" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], report) == 0)
			return 1;
	return 0;
}

static int is_whole(const struct form *form, const struct text *out)
{
	size_t head = strlen(form->head), tail = strlen(form->tail);

	return out->length > head + tail && memcmp(out->data, form->head, head) == 0 &&
	       memcmp(out->data + out->length - tail, form->tail, tail) == 0;
}

int report_is_sample(struct db *db, bool *sample, struct error *err)
{
	char *answer = NULL;
	int status = db_value_of(db, IS_SAMPLE, NULL, 0, &answer, err);

	*sample = answer != NULL;
	free(answer);
	return status;
}

int report_write(struct db *db, const json_t *model, const char *bytes,
		 const char *format, const char *lang, int page, struct text *out,
		 struct error *err)
{
	const struct making making = { report_kind_find(model_string(model, "report")),
				       model, bytes, lang, page };
	const struct form *form = find_form(format);
	struct text file = { 0 };
	int status;

	if (!form || !making.kind)
		return error_set(err, ERROR_NOT_FOUND, "this report cannot be had as %s",
				 format);
	status = form->paint(&making, &file, err);
	if (status == 0 && !is_whole(form, &file))
		status =
			error_set(err, ERROR_INTERNAL, "the %s came out cut off", format);
	/* Noted first: a file that nobody can verify must not lie about. */
	if (status == 0 && form->paint != paint_boxes)
		status = report_file_note(db, bytes, format, &file, err);
	if (status == 0)
		text_add_bytes(out, file.data, file.length);
	text_free(&file);
	return status;
}

int report_make(struct db *db, const struct report_request *request, const char *format,
		struct text *out, struct error *err)
{
	json_t *model = NULL;
	char *bytes = NULL;
	int status = -1;

	if (!letterhead_is_right(request->number, request->issued))
		return error_set(
			err, ERROR_INVALID,
			"the number of a document is at most 20 characters, its day "
			"of issue one like 2020-10-20");
	if (!report_can(request->report, format))
		return error_set(err, ERROR_NOT_FOUND, "no report %s.%s", request->report,
				 format);
	if (report_models_get(NULL, db, request, &bytes, err) != 0)
		return -1;
	if (!bytes) {
		error_set(err, ERROR_NOT_FOUND, "there is no report for \"%s\"",
			  request->agency      ? request->agency
			  : request->indicator ? request->indicator
					       : request->period);
	} else if ((model = model_parse(bytes, err)) != NULL) {
		report_file_set_address(model, request->site);
		letterhead_set(model, request->number, request->issued);
		status = report_write(db, model, bytes, format, request->lang,
				      request->page, out, err);
	}
	json_decref(model);
	free(bytes);
	return status;
}
