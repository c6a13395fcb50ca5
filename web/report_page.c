/* report_page.c -- official reports as downloads. */
#include "web/report_page.h"

#include <stdlib.h>

#include "reports/reports.h"
#include "web/sheet.h"
#include "web/site.h"

static const char SPAN[] =
#include "sql/queries/report_span.sql.inc"
	;

static const struct {
	enum request_format format;
	const char *name, *type;
} forms[] = {
	{ FORMAT_PDF, "pdf", "application/pdf" },
	{ FORMAT_PNG, "png", "image/png" },
	{ FORMAT_SVG, "svg", "image/svg+xml" },
	{ FORMAT_XLSX, "xlsx", SHEET_TYPE },
	{ FORMAT_CSV, "csv", "text/csv; charset=utf-8; header=present" },
	{ FORMAT_JSON, "json", "application/json" },
};

static size_t form_of(const struct request *request)
{
	size_t i = 0;

	while (i + 1 < sizeof forms / sizeof *forms && forms[i].format != request->format)
		i++;
	return i;
}

/* "nq17-compliance-38-2020-Q3.pdf" */
static void set_name(const struct visit *visit, const struct report_request *asked,
		     const char *ending, struct reply *reply)
{
	(void)visit;
	text_addf(&reply->file_name, "nq17-%s-%s-%s-%s.%s", asked->report,
		  asked->agency ? asked->agency : "VN", asked->period, asked->lang,
		  ending);
	for (char *at = reply->file_name.data; *at; at++)
		if (!((*at >= '0' && *at <= '9') || (*at >= 'A' && *at <= 'Z') ||
		      (*at >= 'a' && *at <= 'z') || *at == '.' || *at == '-'))
			*at = '_';
}

int answer_report(const struct visit *visit, struct reply *reply, struct error *err)
{
	const struct request *request = visit->request;
	const char *page = request_value(request, "page");
	struct report_request asked = {
		.report = request_value(request, ":report"),
		.agency = request_value(request, "agency"),
		.indicator = request_value(request, "indicator"),
		.as_of = request_value(request, "as_of"),
		.vintage = request_value(request, "vintage"),
		.lang = request->language,
		.number = request_value(request, "number"),
		.issued = request_value(request, "issued"),
		.site = site_address(visit->site),
		.page = page && atoi(page) > 0 ? atoi(page) : 1,
	};
	const char *const params[] = { request_value(request, "period") };
	size_t form = form_of(request);
	char *period = NULL;
	int status;

	if (!asked.report || !report_can(asked.report, forms[form].name))
		return error_set(err, ERROR_NOT_FOUND, "no such report");
	if (db_value_of(visit->db, SPAN, params, 1, &period, err) != 0)
		return -1;
	asked.period = period;
	status = report_make(visit->db, &asked, forms[form].name, &reply->body, err);
	if (status == 0) {
		reply->status = 200;
		reply->type = forms[form].type;
		set_name(visit, &asked, forms[form].name, reply);
	}
	free(period);
	return status;
}
