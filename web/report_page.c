/* report_page.c -- official reports as downloads. */
#include "web/report_page.h"

#include <stdlib.h>
#include <string.h>

#include "reports/reports.h"
#include "web/sheet.h"
#include "web/site.h"

static const char SPAN[] =
#include "sql/queries/report_span.sql.inc"
	;

static const char CHOOSE_RECAST[] =
#include "sql/queries/choose_recast_once.sql.inc"
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

static int is_recast(const struct request *request)
{
	const char *asked = request_value(request, "recast");

	return asked && strcmp(asked, "1") == 0;
}

/* What `nq17 report` would not do either. */
static int check_choice(const struct request *request, const char *report,
			struct error *err)
{
	const char *recast = request_value(request, "recast");
	const char *unknown = request_value(request, "set")       ? "set"
			      : request_value(request, "variant") ? "variant"
								  : NULL;

	if (unknown)
		return error_set(err, ERROR_INVALID, "no %s of a report", unknown);
	if (recast && !is_recast(request))
		return error_set(err, ERROR_INVALID, "recast is 1, or left out");
	if (recast && !report_can_recast(report))
		return error_set(err, ERROR_INVALID, "%s is not told on today's agencies",
				 report);
	if (recast &&
	    (request_value(request, "as_of") || request_value(request, "vintage")))
		return error_set(err, ERROR_INVALID,
				 "recast figures are computed now; there are none as "
				 "of a time");
	return 0;
}

/* "nq17-compliance-38-2020-Q3.pdf", "nq17-compliance-38-2020-Q3-SAMPLE.csv" */
static int set_name(const struct visit *visit, const struct report_request *asked,
		    const char *ending, struct reply *reply, struct error *err)
{
	bool sample = false;

	if (strcmp(ending, "csv") == 0 && report_is_sample(visit->db, &sample, err) != 0)
		return -1;
	text_addf(&reply->file_name, "nq17-%s-%s-%s-%s%s%s.%s", asked->report,
		  asked->agency ? asked->agency : "VN", asked->period, asked->lang,
		  is_recast(visit->request) ? "-recast" : "", sample ? "-SAMPLE" : "",
		  ending);
	for (char *at = reply->file_name.data; *at; at++)
		if (!((*at >= '0' && *at <= '9') || (*at >= 'A' && *at <= 'Z') ||
		      (*at >= 'a' && *at <= 'z') || *at == '.' || *at == '-'))
			*at = '_';
	return 0;
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
	if (check_choice(request, asked.report, err) != 0)
		return -1;
	/* For this visit alone: the setting ends with its transaction. */
	if (is_recast(request) &&
	    db_query(visit->db, CHOOSE_RECAST, NULL, 0, NULL, err) != 0)
		return -1;
	if (db_value_of(visit->db, SPAN, params, 1, &period, err) != 0)
		return -1;
	asked.period = period;
	status = report_make(visit->db, &asked, forms[form].name, &reply->body, err);
	if (status == 0) {
		reply->status = 200;
		reply->type = forms[form].type;
		status = set_name(visit, &asked, forms[form].name, reply, err);
	}
	free(period);
	return status;
}
