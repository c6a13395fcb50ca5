/* report_make.c -- a report out of the store: its model, its file, its entry in the register. */
#include "reports/report_make.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "reports/model.h"
#include "reports/report_file.h"
#include "reports/report_kind.h"

static const char MODEL[] =
#include "sql/queries/report_model.sql.inc"
	;

typedef int paint_function(const struct report_kind *kind, const json_t *model,
			   const struct report_request *request, struct text *out,
			   struct error *err);

static int paint_pdf(const struct report_kind *kind, const json_t *model,
		     const struct report_request *request, struct text *out,
		     struct error *err)
{
	return report_draw(kind, model, request->lang, 0, out, err);
}

static int paint_page(const struct report_kind *kind, const json_t *model,
		      const struct report_request *request, struct text *out,
		      struct error *err)
{
	return report_draw(kind, model, request->lang, request->page, out, err);
}

static int paint_sheets(const struct report_kind *kind, const json_t *model,
			const struct report_request *request, struct text *out,
			struct error *err)
{
	return report_sheets(kind, model, request->lang, out, err);
}

static int paint_csv(const struct report_kind *kind, const json_t *model,
		     const struct report_request *request, struct text *out,
		     struct error *err)
{
	return report_csv(kind, model, request->lang, out, err);
}

/* NULL: the model itself. */
static const struct form {
	const char *format;
	paint_function *paint;
} forms[] = {
	{ "pdf", paint_pdf }, { "png", paint_page }, { "xlsx", paint_sheets },
	{ "csv", paint_csv }, { "json", NULL },
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
	return report_kind_find(report) && find_form(format);
}

static int paint(const struct form *form, const struct report_request *request,
		 struct db *db, const char *bytes, struct text *out, struct error *err)
{
	json_t *model = model_parse(bytes, err);
	struct text file = { 0 };
	int status = -1;

	if (!model)
		return -1;
	report_file_set_address(model, request->site);
	/* Noted first: a file that nobody can verify must not lie about. */
	if (form->paint(report_kind_find(request->report), model, request, &file, err) ==
		    0 &&
	    report_file_note(db, bytes, form->format, &file, err) == 0) {
		text_add_bytes(out, text_string(&file), file.length);
		status = 0;
	}
	text_free(&file);
	json_decref(model);
	return status;
}

int report_make(struct db *db, const struct report_request *request, const char *format,
		struct text *out, struct error *err)
{
	const char *slug = request->indicator ? request->indicator : "online-filing";
	const char *const params[] = { request->period, request->agency,  request->lang,
				       request->as_of,  request->vintage, slug,
				       request->report };
	const struct form *form = find_form(format);
	char *bytes = NULL;
	int status = 0;

	if (!form || !report_kind_find(request->report))
		return error_set(err, ERROR_NOT_FOUND, "no report %s.%s", request->report,
				 format);
	if (db_value_of(db, MODEL, params, 7, &bytes, err) != 0)
		return -1;
	if (!bytes)
		status = error_set(err, ERROR_NOT_FOUND, "there is no report for \"%s\"",
				   request->agency ? request->agency : slug);
	else if (form->paint)
		status = paint(form, request, db, bytes, out, err);
	else
		text_add(out, bytes);
	free(bytes);
	return status;
}
