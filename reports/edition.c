/* edition.c -- one report on one agency in one language. */
#include "reports/edition.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reports/compliance.h"
#include "reports/report_file.h"
#include "reports/report_kind.h"
#include "reports/report_make.h"
#include "reports/report_models.h"
#include "reports/reports.h"
#include "reports/summary.h"

struct edition {
	const struct report_kind *kind;
	char *bytes; /* of the report's model */
	json_t *model;
	json_t *words; /* that of the compliance report: FACTS is read from it */
	char *language, *figures;
	struct compliance facts;
	struct edition_line *lines;
	struct text title, sentence, foot;
};

/* ---- Files --------------------------------------------------------------- */

int edition_can(const char *report, const char *format)
{
	return report_can(report, format);
}

int edition_file(const struct edition *edition, struct db *db, const char *format,
		 struct text *out, struct error *err)
{
	return report_write(db, edition->model, edition->bytes, format, edition->language,
			    1, out, err);
}

int edition_picture(const struct edition *edition, int width, struct text *out,
		    struct error *err)
{
	json_t *model = json_copy(edition->words), *targets = json_array(), *row;
	size_t i;
	int status = 0;

	json_array_foreach(json_object_get(edition->words, "targets"), i, row)
		if (edition->facts.targets[i].has_target)
			json_array_append(targets, row);
	json_object_set_new(model, "targets", targets);
	if (json_array_size(targets) > 0)
		status = chart_png("targets", model, edition->language, width, out, err);
	json_decref(model);
	return status;
}

/* ---- Words --------------------------------------------------------------- */

static const char *choose(const struct edition *edition, const char *vi, const char *en)
{
	return format_choose(edition->language, vi, en);
}

static const char *mark_of(enum status status)
{
	static const char *const marks[STATUS_COUNT] = {
		[STATUS_MET] = "●",
		[STATUS_NOT_MET] = "○",
		[STATUS_ON_TRACK] = "▲",
		[STATUS_BEHIND] = "▽",
		[STATUS_UNDETERMINED] = "◐",
		[STATUS_NO_DATA] = "—",
		[STATUS_NOT_APPLICABLE] = "–",
		[STATUS_NO_TARGET] = "·",
	};

	return marks[status];
}

static void write_lines(struct edition *edition)
{
	const struct compliance *facts = &edition->facts;

	edition->lines = memory_zeroed(facts->targets_count + 1, sizeof *edition->lines);
	for (size_t i = 0; i < facts->targets_count; i++) {
		const struct observation *row = &facts->targets[i];
		struct edition_line *line = &edition->lines[i];
		struct text value = { 0 }, target = { 0 }, fraction = { 0 };

		observation_add_value(&value, row, edition->language);
		observation_add_target(&target, row, edition->language);
		observation_add_fraction(&fraction, row, edition->language);
		line->mark = mark_of(row->status);
		line->status = words_status_name(row->status, edition->language);
		line->name = row->indicator_name;
		line->value = text_take(&value);
		line->target = text_take(&target);
		line->fraction = text_take(&fraction);
	}
}

const char *edition_agency_name(const struct edition *edition)
{
	return *edition->facts.agency ? edition->facts.agency_name
				      : choose(edition, "Cả nước", "Viet Nam");
}

static int is_compliance(const struct edition *edition)
{
	return edition->kind == &report_compliance;
}

/* The subject of the official one is long; people look for whom and when. */
static int write_title(struct edition *edition, struct error *err)
{
	struct compliance own;

	if (edition->facts.sample)
		text_addf(&edition->title, "[%s] ", words_sample(edition->language));
	if (is_compliance(edition)) {
		text_addf(&edition->title,
			  choose(edition, "Báo cáo chỉ tiêu Nghị quyết 17/NQ-CP: %s, %s",
				 "Report on the targets of Resolution 17/NQ-CP: %s, %s"),
			  edition_agency_name(edition), edition->facts.period_name);
		return 0;
	}
	if (compliance_read(&own, edition->model, edition->language, err) != 0)
		return -1;
	text_add(&edition->title, choose(edition, "Báo cáo: ", "Report: "));
	edition->kind->subject(&edition->title, &own);
	compliance_free(&own);
	return 0;
}

static void write_foot(struct edition *edition)
{
	const struct compliance *facts = &edition->facts;
	const char *maturity = words_maturity(facts->maturity, edition->language);

	text_add(&edition->foot, choose(edition, "Số liệu đến ", "As of "));
	format_add_moment(&edition->foot, edition->language, facts->as_of);
	if (*maturity)
		text_addf(&edition->foot, " · %s", maturity);
	if (facts->online && *facts->online->coverage_percent) {
		text_add(&edition->foot, choose(edition, " · Độ đầy đủ dữ liệu hồ sơ ",
						" · Coverage of dossiers "));
		format_add_percent(&edition->foot, edition->language,
				   facts->online->coverage_percent);
	}
	text_addf(&edition->foot, " · %s %s",
		  choose(edition, "Mã kiểm tra", "Verification code"),
		  edition_verification(edition));
}

/* A figure with a fraction and a verdict on it was printed. */
static int check(const struct edition *edition, struct error *err)
{
	for (size_t i = 0; i < edition->facts.targets_count; i++) {
		const struct observation *row = &edition->facts.targets[i];
		int judged =
			row->status <= STATUS_BEHIND; /* met, not met, on track, behind */

		if (!*row->indicator_name ||
		    (judged && *row->value && !*edition->lines[i].value))
			return error_set(err, ERROR_INTERNAL,
					 "the report lacks the figure of %s",
					 row->indicator);
	}
	if (!*edition_verification(edition) || !*edition->facts.as_of)
		return error_set(err, ERROR_INTERNAL,
				 "the report says neither of when it is nor how to check "
				 "it");
	return 0;
}

/* ---- The whole ----------------------------------------------------------- */

static int load(struct db *db, const struct edition_request *request, const char *report,
		char **bytes, json_t **model, struct error *err)
{
	const struct report_request asked = { .report = report,
					      .period = request->period,
					      .lang = request->lang,
					      .agency = request->agency,
					      .indicator = request->indicator,
					      .vintage = request->vintage };

	if (report_models_get(request->models, db, &asked, bytes, err) != 0)
		return -1;
	if (!*bytes)
		return error_set(err, ERROR_NOT_FOUND, "%s is not listed in %s",
				 request->agency, request->period);
	*model = model_parse(*bytes, err);
	return *model ? 0 : -1;
}

static int load_models(struct edition *edition, struct db *db,
		       const struct edition_request *request, struct error *err)
{
	char *bytes = NULL;
	int status;

	if (load(db, request, request->report, &edition->bytes, &edition->model, err) !=
	    0)
		return -1;
	if (is_compliance(edition)) {
		edition->words = json_incref(edition->model);
		return 0;
	}
	status = load(db, request, "compliance", &bytes, &edition->words, err);
	free(bytes);
	return status;
}

/* Two models are of one store only in one snapshot. */
static int load_snapshot(struct edition *edition, struct db *db,
			 const struct edition_request *request, struct error *err)
{
	int status =
		db_query(db, "BEGIN ISOLATION LEVEL REPEATABLE READ", NULL, 0, NULL, err);

	if (status == 0)
		status = load_models(edition, db, request, err);
	if (status == 0)
		status = db_query(db, "COMMIT", NULL, 0, NULL, err);
	if (status != 0)
		db_rollback(db);
	return status;
}

static int write_words(struct edition *edition, struct error *err)
{
	if (compliance_read(&edition->facts, edition->words, edition->language, err) != 0)
		return -1;
	edition->figures = json_dumps(json_object_get(edition->words, "targets"),
				      JSON_COMPACT | JSON_REAL_PRECISION(17));
	summary_write(&edition->sentence, edition->words, edition->language);
	write_lines(edition);
	write_foot(edition);
	if (write_title(edition, err) != 0)
		return -1;
	return check(edition, err);
}

int edition_make(struct edition **made, struct db *db,
		 const struct edition_request *request, struct error *err)
{
	struct edition *edition = memory_zeroed(1, sizeof *edition);

	*made = NULL;
	edition->language = memory_copy(request->lang);
	edition->kind = report_kind_find(request->report);
	if (!edition->kind) {
		error_set(err, ERROR_INVALID, "there is no report \"%s\" that is sent",
			  request->report);
		goto failed;
	}
	if (load_snapshot(edition, db, request, err) != 0)
		goto failed;
	report_file_set_address(edition->model, request->site);
	if (request->notice)
		json_object_set_new(edition->model, "notice",
				    json_string(request->notice));
	if (write_words(edition, err) != 0)
		goto failed;
	*made = edition;
	return 0;
failed:
	edition_free(edition);
	return -1;
}

void edition_free(struct edition *edition)
{
	if (!edition)
		return;
	for (size_t i = 0; edition->lines && i < edition->facts.targets_count; i++) {
		free(edition->lines[i].value);
		free(edition->lines[i].target);
		free(edition->lines[i].fraction);
	}
	free(edition->lines);
	compliance_free(&edition->facts);
	json_decref(edition->words);
	json_decref(edition->model);
	free(edition->bytes);
	free(edition->language);
	free(edition->figures);
	text_free(&edition->title);
	text_free(&edition->sentence);
	text_free(&edition->foot);
	free(edition);
}

const char *edition_period_name(const struct edition *edition)
{
	return edition->facts.period_name;
}

const char *edition_title(const struct edition *edition)
{
	return text_string(&edition->title);
}

const char *edition_sentence(const struct edition *edition)
{
	return text_string(&edition->sentence);
}

const char *edition_foot(const struct edition *edition)
{
	return text_string(&edition->foot);
}

const char *edition_as_of(const struct edition *edition)
{
	return edition->facts.as_of;
}

const char *edition_verification(const struct edition *edition)
{
	return model_string(edition->model, "verification");
}

const char *edition_figures(const struct edition *edition)
{
	return edition->figures;
}

const struct edition_line *edition_lines(const struct edition *edition, size_t *count)
{
	*count = edition->facts.targets_count;
	return edition->lines;
}
