/* explain_command.c -- `nq17 explain`: one figure, down to procedures and batches. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/model.h"
#include "reports/question.h"
#include "reports/reports.h"
#include "reports/words.h"
#include "base/log.h"
#include "base/text.h"
#include "base/usage.h"

static const char EXPLAIN[] =
#include "sql/queries/explain.sql.inc"
	;

static const char DOSSIERS[] =
#include "sql/queries/explain_dossiers.sql.inc"
	;

static const char USAGE[] =
	"usage: nq17 explain --period P --agency CODE --indicator SLUG [--lang vi|en]\n"
	"                    [--as-of T|--vintage ID | --set NAME --variant NAME]\n"
	"                    [--format text|json]\n"
	"       nq17 explain ... --dossiers [--procedure CODE] [--after KEY] [--limit N]\n"
	"\n"
	"One figure: its definition, the formula with its numbers filled in, the clause it\n"
	"comes from, coverage and as-of, then the agencies or procedures, the reported totals\n"
	"and the batches behind it.\n"
	"CODE is VN for the nation.  --dossiers lists the dossiers behind an agency's figure,\n"
	"50 or N a page; the last line is the KEY that the next page begins after.\n"
	"As of a moment, or of a vintage, it is the figure that was\n"
	"published; what is behind it is no part of a vintage.\n";

/* The words of the output, in both languages. */
static const struct words {
	const char *period, *definition, *formula, *target, *clause, *status, *gap, *rank,
		*coverage, *as_of, *members, *procedures, *breakdown, *batches, *version,
		*note, *unreconciled, *records_begin, *vintage, *population, *agencies,
		*variants, *differs, *evidence, *comparators, *target_version, *dispute,
		*due, *agency_note, *bounds, *missing, *interval, *open, *by_agency,
		*holds, *lacks, *confirmed, *refuted;
} words[2] = {
	{ "Kỳ",
	  "Định nghĩa",
	  "Công thức",
	  "Mục tiêu",
	  "Căn cứ",
	  "Trạng thái",
	  "Còn thiếu",
	  "Xếp hạng",
	  "Độ đầy đủ dữ liệu",
	  "Số liệu đến",
	  "Gộp từ",
	  "Thủ tục",
	  "Số báo cáo",
	  "Lô dữ liệu",
	  "phiên bản",
	  "Lưu ý",
	  "cơ quan không báo cáo tổng số hồ sơ đã giải quyết của kỳ, mẫu số chưa được "
	  "đối chiếu",
	  "bản ghi của cơ quan bắt đầu trong kỳ; tổng số đã báo cáo cho cả kỳ lớn hơn và "
	  "không được cộng vào",
	  "Bản công bố",
	  "Phạm vi",
	  "cơ quan",
	  "Cách tính khác",
	  "kết luận khác",
	  "Đã kiểm chứng",
	  "Số liệu chính thức để so sánh",
	  "phiên bản mục tiêu",
	  "Khiếu nại đang mở",
	  "trả lời trước",
	  "Ghi chú của cơ quan",
	  "Khoảng còn mở",
	  "chưa cung cấp hoặc chưa gửi",
	  "Khoảng tin cậy 95%",
	  "khi đủ số liệu: từ %lld đến %lld",
	  "Từng cơ quan",
	  "có",
	  "không",
	  "đã kiểm chứng",
	  "bị bác" },
	{ "Period",
	  "Definition",
	  "Formula",
	  "Target",
	  "Clause",
	  "Status",
	  "Missing",
	  "Rank",
	  "Coverage",
	  "As of",
	  "Added up from",
	  "Procedures",
	  "Reported counts",
	  "Batches",
	  "version",
	  "Note",
	  "the agency reports no total of settled dossiers for the period, so the "
	  "denominator is not reconciled",
	  "the agency's records begin within the period; the total it reported for the "
	  "whole period is larger and is not added",
	  "Vintage",
	  "Population",
	  "agencies",
	  "Other readings",
	  "another verdict",
	  "Verified",
	  "Official figures to compare with",
	  "version of the target",
	  "Open disputes",
	  "answer due",
	  "The agency's note",
	  "Still open between",
	  "not provided or not sent",
	  "95% interval",
	  "with all data: %lld to %lld",
	  "By agency",
	  "yes",
	  "no",
	  "confirmed",
	  "refuted" },
};

static void print_number(const json_t *object, const char *key, const char *lang)
{
	const json_t *value = json_object_get(object, key);
	struct text out = { 0 };

	if (json_is_integer(value))
		format_add_integer(&out, lang, json_integer_value(value));
	fputs(out.length ? out.data : "-", stdout);
	text_free(&out);
}

/* BEFORE and "45,80%"; nothing where there is no value. */
static void print_percent(const char *before, const json_t *object, const char *key,
			  const char *lang)
{
	struct text out = { 0 };

	if (!*model_string(object, key))
		return;
	format_add_percent(&out, lang, model_string(object, key));
	printf("%s%s", before, text_string(&out));
	text_free(&out);
}

static void print_formula(const json_t *model, const json_t *o, const struct words *w,
			  const char *lang)
{
	/* A place among countries is no fraction. */
	if (!*model_string(model, "denominator_measure")) {
		printf("%s: %s = %s\n", w->formula,
		       model_string(model, "numerator_measure"),
		       *model_string(o, "value") ? model_string(o, "value") : "-");
		return;
	}
	printf("%s: %s / %s = ", w->formula, model_string(model, "numerator_measure"),
	       model_string(model, "denominator_measure"));
	print_number(o, "numerator", lang);
	printf(" / ");
	print_number(o, "denominator", lang);
	printf(" %s", model_words(o, "unit", lang));
	print_percent(" = ", o, "percent", lang);
	putchar('\n');
}

static void print_target(const json_t *o, const struct words *w, const char *lang)
{
	if (!*model_string(o, "target"))
		return;
	printf("%s: %s", w->target, model_string(o, "direction"));
	if (*model_string(o, "target_percent"))
		print_percent(" ", o, "target_percent", lang);
	else
		printf(" %s", model_string(o, "target"));
	printf("\n%s: %s (%s, %s %" JSON_INTEGER_FORMAT ")\n", w->clause,
	       model_words(o, "clause", lang), model_string(o, "target_id"),
	       w->target_version,
	       json_integer_value(json_object_get(o, "target_version")));
	printf("%s: ", w->gap);
	print_number(o, "gap", lang);
	printf(" %s\n", model_words(o, "unit", lang));
}

/* How far the straight path to a target has come, whose deadline is ahead. */
static void print_path(const json_t *path, const char *lang)
{
	struct text line = { 0 };

	if (!json_is_object(path))
		return;
	text_addf(&line, "%s: ", format_choose(lang, "Lộ trình", "Path"));
	format_add_percent(&line, lang, model_string(path, "from_percent"));
	text_add(&line, format_choose(lang, " ngày ", " on "));
	format_add_date(&line, lang, model_string(path, "from"));
	text_add(&line, ", ");
	format_add_percent(&line, lang, model_string(path, "percent"));
	text_add(&line, format_choose(lang, " ngày ", " on "));
	format_add_date(&line, lang, model_string(path, "on"));
	text_add(&line, format_choose(lang, ", mục tiêu ngày ", ", target on "));
	format_add_date(&line, lang, model_string(path, "to"));
	puts(text_string(&line));
	text_free(&line);
}

static void print_rank(const json_t *o, const struct words *w, const char *lang)
{
	const char *reason = model_string(o, "unranked_reason");

	printf("%s: ", w->rank);
	print_number(o, "rank", lang);
	if (*reason)
		printf(" (%s)", words_reason(reason, lang));
	else if (*model_string(o, "group"))
		printf(" (%s)", words_group_short(model_string(o, "group"), lang));
	/* Places are open only while the period is provisional. */
	if (model_integer(o, "rank_best") < model_integer(o, "rank_worst")) {
		printf("; ");
		printf(w->open, model_integer(o, "rank_best"),
		       model_integer(o, "rank_worst"));
	}
	putchar('\n');
}

/* Between which values the figure lies while something is missing, and by chance. */
static void print_spans(const json_t *model, const json_t *o, const struct words *w,
			const char *lang)
{
	const json_t *bounds = json_object_get(model, "bounds");

	if (json_is_object(bounds)) {
		printf("%s: ", w->bounds);
		print_number(bounds, "numerator_low", lang);
		printf(" - ");
		print_number(bounds, "numerator_high", lang);
		printf(" / ");
		print_number(bounds, "denominator", lang);
		print_percent(" = ", bounds, "low", lang);
		print_percent(" - ", bounds, "high", lang);
		printf(" (%s)\n", w->missing);
	}
	if (*model_string(o, "low")) {
		printf("%s: ", w->interval);
		print_percent("", o, "low", lang);
		print_percent(" - ", o, "high", lang);
		putchar('\n');
	}
}

/* Whose figures count, and why somebody's no longer do; a vintage holds their number alone. */
static void print_population(const json_t *model, const struct words *w, const char *lang)
{
	const json_t *population = json_object_get(model, "population");

	if (!json_is_object(population))
		return;
	printf("%s: %s, ", w->population, model_words(population, "name", lang));
	print_number(population, "agencies", lang);
	printf(" %s (%s)\n", w->agencies, model_string(population, "source"));
	if (*model_words(population, "note", lang))
		printf("%s: %s\n", w->note, model_words(population, "note", lang));
}

/* An item of a checklist, or the fact itself: what was declared, and what was found. */
static void print_item(const json_t *item, const struct words *w)
{
	const json_t *found = json_object_get(item, "found");

	printf("  %-20s %s", model_string(item, "item"),
	       json_is_true(json_object_get(item, "value")) ? w->holds : w->lacks);
	if (json_is_boolean(found))
		printf(", %s (%s)", json_is_true(found) ? w->confirmed : w->refuted,
		       model_string(item, "verified_by"));
	if (*model_string(item, "evidence_url"))
		printf("  %s", model_string(item, "evidence_url"));
	putchar('\n');
}

/* How much of what agencies declared the office has seen. */
static void print_evidence(const json_t *model, const struct words *w, const char *lang)
{
	const json_t *evidence = json_object_get(model, "evidence"), *item;
	size_t i;

	if (!json_is_object(evidence))
		return;
	printf("%s: ", w->evidence);
	print_number(evidence, "verified", lang);
	printf(" / ");
	print_number(evidence, "declared", lang);
	print_percent(" = ", evidence, "verified_percent", lang);
	putchar('\n');
	json_array_foreach(json_object_get(evidence, "items"), i, item)
		print_item(item, w);
}

/* That the figure is contested, and what its agency says beside it. */
static void print_marks(const json_t *o, const struct words *w, const char *lang)
{
	const json_t *dispute = json_object_get(o, "dispute"), *note;
	struct text day = { 0 };
	size_t i;

	if (json_is_object(dispute)) {
		format_add_date(&day, lang, model_string(dispute, "due_on"));
		printf("%s: %lld (%s %s)\n", w->dispute, model_integer(dispute, "open"),
		       w->due, text_string(&day));
	}
	json_array_foreach(json_object_get(o, "notes"), i, note)
		printf("%s: %s\n", w->agency_note, model_string(note, "text"));
	text_free(&day);
}

static void print_figure(const json_t *model, const json_t *o, const struct words *w,
			 const char *lang)
{
	const char *note = model_string(o, "note");
	struct text moment = { 0 };

	if (json_is_true(json_object_get(model, "sample")))
		printf("*** %s ***\n", words_sample(lang));
	printf("%s (%s) - %s\n", model_words(o, "indicator_name", lang),
	       model_string(o, "indicator"), model_words(o, "agency_name", lang));
	printf("%s: %s\n", w->period,
	       model_string(json_object_get(model, "period_name"), lang));
	printf("%s: %s (%s %" JSON_INTEGER_FORMAT ")\n", w->definition,
	       model_words(model, "definition", lang), w->version,
	       json_integer_value(json_object_get(model, "definition_version")));
	print_formula(model, o, w, lang);
	print_target(o, w, lang);
	print_path(json_object_get(model, "target_path"), lang);
	printf("%s: %s\n", w->status,
	       words_status_name(words_status(model_string(o, "status")), lang));
	print_marks(o, w, lang);
	print_spans(model, o, w, lang);
	print_rank(o, w, lang);
	printf("%s: ", w->coverage);
	print_percent("", o, "coverage_percent", lang);
	format_add_moment(&moment, lang, model_string(model, "as_of"));
	printf("\n%s: %s\n", w->as_of, text_string(&moment));
	text_clear(&moment);
	if (json_is_integer(json_object_get(model, "vintage"))) {
		format_add_moment(&moment, lang, model_string(model, "published_at"));
		printf("%s: %" JSON_INTEGER_FORMAT " (%s)\n", w->vintage,
		       json_integer_value(json_object_get(model, "vintage")),
		       text_string(&moment));
	}
	text_free(&moment);
	if (strstr(note, "unreconciled"))
		printf("%s: %s\n", w->note, w->unreconciled);
	if (strstr(note, "records_begin"))
		printf("%s: %s\n", w->note, w->records_begin);
	print_population(model, w, lang);
	print_evidence(model, w, lang);
}

/* The lists behind the figure; each row is printed by PRINT. */
static void print_list(const json_t *model, const char *key, const char *title,
		       void (*print)(const json_t *row, const char *lang),
		       const char *lang)
{
	const json_t *list = json_object_get(model, key);
	const json_t *row;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	printf("\n%s:\n", title);
	json_array_foreach(list, i, row)
		print(row, lang);
}

static void print_member(const json_t *row, const char *lang)
{
	printf("  %-10s %s\n", model_string(row, "agency"),
	       model_words(row, "name", lang));
}

static void print_agency(const json_t *row, const char *lang)
{
	printf("  %-10s ", model_string(row, "agency"));
	print_number(row, "numerator", lang);
	printf(" / ");
	print_number(row, "denominator", lang);
	print_percent("  ", row, "percent", lang);
	printf("  %s  %s\n",
	       words_status_name(words_status(model_string(row, "status")), lang),
	       model_words(row, "name", lang));
}

static void print_procedure(const json_t *row, const char *lang)
{
	printf("  %-28s ", model_string(row, "procedure"));
	print_number(row, "numerator", lang);
	printf(" / ");
	print_number(row, "denominator", lang);
	print_percent("  ", row, "percent", lang);
	printf("  %s\n", model_words(row, "name", lang));
}

static void print_variant(const json_t *row, const char *lang)
{
	printf("  %-18s ", model_string(row, "variant"));
	print_number(row, "numerator", lang);
	/* A place among countries is no fraction. */
	if (!*model_string(row, "value") || *model_string(row, "percent")) {
		printf(" / ");
		print_number(row, "denominator", lang);
	}
	print_percent("  ", row, "percent", lang);
	printf("  %s%s%s  %s\n",
	       words_status_name(words_status(model_string(row, "status")), lang),
	       json_is_true(json_object_get(row, "differs")) ? ", " : "",
	       json_is_true(json_object_get(row, "differs"))
		       ? words[strcmp(lang, "en") == 0].differs
		       : "",
	       model_words(row, "name", lang));
}

static void print_comparator(const json_t *row, const char *lang)
{
	const json_t *value = json_object_get(row, "value");

	printf("  %-12s", model_string(row, "period"));
	if (json_is_number(value))
		printf(" %.15g", json_number_value(value));
	print_percent(" ", row, "percent", lang);
	printf("  %s  %s\n", model_string(row, "source"), model_words(row, "note", lang));
}

static void print_count(const json_t *row, const char *lang)
{
	printf("  %-32s %-18s %-14s ", model_string(row, "measure"),
	       model_string(row, "breakdown"), model_string(row, "period"));
	print_number(row, "value", lang);
	putchar('\n');
}

static void print_batch(const json_t *row, const char *lang)
{
	struct text moment = { 0 };

	format_add_moment(&moment, lang, model_string(row, "committed_at"));
	printf("  %" JSON_INTEGER_FORMAT "  %s  %s  %s  ",
	       json_integer_value(json_object_get(row, "batch")), text_string(&moment),
	       model_string(row, "type"), model_string(row, "file"));
	print_number(row, "records", lang);
	putchar('\n');
	text_free(&moment);
}

static int print_text(const char *bytes, const char *lang, struct error *err)
{
	const struct words *w = &words[strcmp(lang, "en") == 0];
	json_t *model = model_parse(bytes, err);

	if (!model)
		return -1;
	print_figure(model, json_object_get(model, "observation"), w, lang);
	print_list(model, "members", w->members, print_member, lang);
	print_list(model, "variants", w->variants, print_variant, lang);
	print_list(model, "comparators", w->comparators, print_comparator, lang);
	print_list(model, "agencies", w->by_agency, print_agency, lang);
	print_list(model, "procedures", w->procedures, print_procedure, lang);
	print_list(model, "breakdown", w->breakdown, print_count, lang);
	print_list(model, "batches", w->batches, print_batch, lang);
	json_decref(model);
	return 0;
}

/* ---- The dossiers ------------------------------------------------------- */

static void print_dossier(const json_t *row, const char *lang)
{
	struct text received = { 0 }, resolved = { 0 };

	format_add_moment(&received, lang, model_string(row, "received_at"));
	format_add_moment(&resolved, lang, model_string(row, "resolved_at"));
	printf("%-30s %-14s %-8s %s  %s  %lld/%lld  %lld\n", model_string(row, "dossier"),
	       model_string(row, "procedure"), model_string(row, "channel"),
	       text_string(&received), text_string(&resolved),
	       model_integer(row, "numerator"), model_integer(row, "denominator"),
	       model_integer(row, "batch"));
	text_free(&received);
	text_free(&resolved);
}

static int print_dossiers(const char *bytes, const char *lang, struct error *err)
{
	json_t *model = model_parse(bytes, err), *row;
	size_t i;

	if (!model)
		return -1;
	if (json_is_true(json_object_get(model, "sample")))
		printf("*** %s ***\n", words_sample(lang));
	json_array_foreach(json_object_get(model, "dossiers"), i, row)
		print_dossier(row, lang);
	if (*model_string(model, "next"))
		printf("--after %s\n", model_string(model, "next"));
	json_decref(model);
	return 0;
}

static int answer_dossiers(const struct question *question, struct db *db,
			   const void *context, struct error *err)
{
	const char *const params[] = { question->period,    question->agency,
				       question->indicator, question->procedure,
				       question->after,     question->top };
	char *model = NULL;
	int status = 0;

	(void)context;
	if (db_value_of(db, DOSSIERS, params, 6, &model, err) != 0)
		return -1;
	if (!model)
		return error_set(err, ERROR_NOT_FOUND,
				 "%s of %s is not made of an agency's dossiers",
				 question->indicator, question->agency);
	if (strcmp(question->format, "json") == 0)
		puts(model);
	else
		status = print_dossiers(model, question->lang, err);
	free(model);
	return status;
}

/* ---- The command -------------------------------------------------------- */

static int answer(const struct question *question, struct db *db, const void *context,
		  struct error *err)
{
	const char *const params[] = { question->period, question->agency,
				       question->indicator, question->as_of,
				       question->vintage };
	char *model = NULL;
	int status;

	(void)context;
	if (db_value_of(db, EXPLAIN, params, 5, &model, err) != 0)
		return -1;
	if (!model)
		return error_set(err, ERROR_NOT_FOUND, "%s has no figure of %s in %s",
				 question->agency, question->indicator, question->period);
	if (strcmp(question->format, "json") == 0)
		status = puts(model) < 0 ? error_set(err, ERROR_UNAVAILABLE,
						     "cannot write to standard output")
					 : 0;
	else
		status = print_text(model, question->lang, err);
	free(model);
	return status;
}

/* Flags that go together?  Says what is wrong. */
static int is_complete(const struct question *question)
{
	if (!question->agency || !question->indicator)
		return usage_say("%s is missing",
				 question->agency ? "--indicator" : "--agency");
	if (question->top && !question_is_count(question->top))
		return usage_say("--limit is a number from 1 on, not \"%s\"",
				 question->top);
	if (!question->dossiers &&
	    (question->top || question->after || question->procedure))
		return usage_say("--limit, --after and --procedure go with --dossiers");
	if (strcmp(question->format, "text") == 0 ||
	    strcmp(question->format, "json") == 0)
		return 1;
	usage_no_such("--format", question->format, "text json");
	return 0;
}

int explain_command(int argc, char **argv, const struct config *config)
{
	struct question question;
	int code = question_read(&question, argc, argv, "paitVflsvdkcn", USAGE, config);

	if (code != 0)
		return code - 1;
	if (!question.format)
		question.format = "text";
	if (!is_complete(&question))
		return usage_refuse(USAGE);
	return question_answer(&question, config,
			       question.dossiers ? answer_dossiers : answer, NULL);
}
