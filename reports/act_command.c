/* act_command.c -- `nq17 act`: what an agency lacks until its targets, and how it could
 * get there. */
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

static const char ACT[] =
#include "sql/queries/act.sql.inc"
	;

static const char USAGE[] =
	"usage: nq17 act --agency CODE [--indicator SLUG] [--period P] [--what-if N/D|30%]\n"
	"                [--top N] [--lang vi|en] [--format table|json]\n"
	"\n"
	"What an agency lacks until its targets: how many of the dossiers or services counted\n"
	"now would have to be turned, or how many new ones added; what that is a working day\n"
	"until the deadline; the procedures that would move it most (10, or N); a forecast\n"
	"with its interval and how it did in the past, or why there is none.  --what-if tries\n"
	"another threshold for the indicator and lists whose verdict it changes.\n";

/* ---- What is lacking ---------------------------------------------------- */

/* "1.204 hồ sơ": KEY of OBJECT with the unit of O; "-" without a number. */
static void add_units(struct text *out, const json_t *object, const char *key,
		      const json_t *o, const char *lang)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_integer(value)) {
		text_add(out, "-");
		return;
	}
	format_add_integer(out, lang, json_integer_value(value));
	text_addf(out, " %s", model_words(o, "unit", lang));
}

/* "0 to 3 services" where some were not told of; of the nation, how many agencies' sum. */
static void add_turned(struct text *out, const json_t *lacking, const json_t *o,
		       const char *lang)
{
	const json_t *least = json_object_get(lacking, "turned_least");
	const json_t *agencies = json_object_get(lacking, "agencies");

	if (json_is_integer(least)) {
		format_add_integer(out, lang, json_integer_value(least));
		text_add(out, format_choose(lang, " đến ", " to "));
	}
	add_units(out, lacking, "turned", o, lang);
	if (json_is_integer(least))
		text_add(out, format_choose(lang, ", tùy phần chưa cung cấp",
					    ", by what was not provided"));
	if (json_is_integer(agencies) && json_integer_value(agencies) > 0)
		text_addf(out,
			  format_choose(lang, ", số cơ quan còn thiếu: %lld",
					", agencies short of it: %lld"),
			  json_integer_value(agencies));
}

static void add_daily(struct text *out, const json_t *lacking, const char *key,
		      const json_t *o, const char *lang)
{
	if (!json_is_integer(json_object_get(lacking, key)))
		return;
	text_add(out, format_choose(lang, "; mỗi ngày làm việc ", "; each working day "));
	add_units(out, lacking, key, o, lang);
}

/* More of those counted now, or new ones; the second only where some number is enough or none
 * ever is, not where nothing new can come: an agency, a place among countries. */
static void print_lacking(const json_t *figure, const json_t *o, const char *lang)
{
	const json_t *lacking = json_object_get(figure, "lacking");
	struct text line = { 0 };

	if (!json_is_object(lacking))
		return;
	add_turned(&line, lacking, o, lang);
	add_daily(&line, lacking, "turned_per_day", o, lang);
	printf("  %s: %s\n",
	       format_choose(lang, "Cần chuyển trong số đang tính",
			     "To turn, of those counted now"),
	       text_string(&line));
	text_clear(&line);
	if (json_is_integer(json_object_get(lacking, "added"))) {
		add_units(&line, lacking, "added", o, lang);
		add_daily(&line, lacking, "added_per_day", o, lang);
	} else if (json_is_true(json_object_get(lacking, "never"))) {
		text_add(&line,
			 format_choose(lang, "không bao giờ đủ", "no number is enough"));
	}
	if (line.length)
		printf("  %s: %s\n",
		       format_choose(lang, "Hoặc cần thêm mới, đều đạt",
				     "Or to add, all of them counting"),
		       text_string(&line));
	text_free(&line);
}

static void print_pace(const json_t *figure, const json_t *o, const char *lang)
{
	const json_t *pace = json_object_get(figure, "pace");
	struct text line = { 0 };

	if (!json_is_object(pace))
		return;
	format_add_integer(&line, lang, model_integer(pace, "working_days"));
	text_add(&line, format_choose(lang, " ngày làm việc còn lại, dự kiến ",
				      " working days are left, expected "));
	add_units(&line, pace, "volume", o, lang);
	text_add(&line, format_choose(lang, ", cần ", ", needed "));
	add_units(&line, pace, "lacking", o, lang);
	if (json_is_true(json_object_get(pace, "enough"))) {
		text_add(&line,
			 format_choose(lang, " đạt; mỗi ngày ", " counting; each day "));
		add_units(&line, pace, "per_day", o, lang);
		text_add(&line, format_choose(lang, " trong ", " of "));
		add_units(&line, pace, "volume_per_day", o, lang);
	} else {
		text_add(&line, format_choose(lang, " đạt: nhiều hơn số hồ sơ sẽ đến",
					      " counting: more than will come"));
	}
	printf("  %s: %s\n", format_choose(lang, "Nhịp độ", "Pace"), text_string(&line));
	if (!json_is_true(json_object_get(pace, "holidays_verified")))
		printf("  (%s)\n",
		       format_choose(lang, "lịch nghỉ lễ chưa được kiểm chứng",
				     "the calendar of holidays is unverified"));
	text_free(&line);
}

/* ---- Procedures --------------------------------------------------------- */

static void print_procedures(const json_t *figure, const char *lang)
{
	const json_t *list = json_object_get(figure, "procedures"), *row;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	printf("  %s:\n",
	       format_choose(
		       lang, "Thủ tục nâng kết quả nhiều nhất (còn thiếu, cộng dồn)",
		       "Procedures that would move it most (lacking, running sum)"));
	json_array_foreach(list, i, row) {
		struct text lacking = { 0 }, running = { 0 };

		format_add_integer(&lacking, lang, model_integer(row, "lacking"));
		format_add_integer(&running, lang, model_integer(row, "running"));
		printf("    %-28s %9s %10s  %s\n", model_string(row, "procedure"),
		       text_string(&lacking), text_string(&running),
		       model_words(row, "name", lang));
		text_free(&lacking);
		text_free(&running);
	}
}

/* ---- Forecast ----------------------------------------------------------- */

static const char *refusal(const char *code, const char *lang)
{
	static const struct {
		const char *code, *vi, *en;
	} reasons[] = {
		{ "too_short", "chuỗi số liệu quá ngắn", "the history is too short" },
		{ "deadline_passed", "thời hạn đã qua", "the deadline has passed" },
		{ "not_a_flow", "chỉ dự báo tỷ lệ trên hồ sơ của một cơ quan",
		  "only rates over an agency's dossiers are forecast" },
	};

	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (strcmp(reasons[i].code, code) == 0)
			return format_choose(lang, reasons[i].vi, reasons[i].en);
	return code;
}

static const char *outlook(const char *code, const char *lang)
{
	if (strcmp(code, "likely") == 0)
		return format_choose(lang, "nhiều khả năng đạt", "likely reached");
	if (strcmp(code, "unlikely") == 0)
		return format_choose(lang, "khó đạt", "unlikely reached");
	return format_choose(lang, "chưa ngã ngũ", "open");
}

static void print_forecast(const json_t *figure, const char *lang)
{
	const json_t *f = json_object_get(figure, "forecast");
	const json_t *test = json_object_get(f, "backtest");
	const char *title = format_choose(lang, "Dự báo", "Forecast");
	struct text middle = { 0 }, low = { 0 }, high = { 0 };

	if (*model_string(f, "refused")) {
		printf("  %s: %s", title, refusal(model_string(f, "refused"), lang));
		if (json_is_integer(json_object_get(f, "months")))
			printf(format_choose(lang, " (%lld tháng, cần %lld)",
					     " (%lld months, %lld needed)"),
			       model_integer(f, "months"),
			       model_integer(f, "months_needed"));
		putchar('\n');
		return;
	}
	if (!json_is_object(f))
		return;
	format_add_percent(&middle, lang, model_string(f, "percent"));
	format_add_percent(&low, lang, model_string(f, "low"));
	format_add_percent(&high, lang, model_string(f, "high"));
	printf("  %s %lld: %s (80%%: %s - %s), %s\n", title, model_integer(f, "year"),
	       text_string(&middle), text_string(&low), text_string(&high),
	       outlook(model_string(f, "verdict"), lang));
	printf(format_choose(
		       lang,
		       "  Thử ngược: %lld lần, sai số trung bình %s điểm (giữ nguyên tháng "
		       "cuối: %s); khoảng dự báo đúng %lld/%lld lần\n",
		       "  Back-test: %lld trials, mean error %s points (last month kept: "
		       "%s); the interval held %lld of %lld times\n"),
	       model_integer(test, "trials"), model_string(test, "mean_error_points"),
	       model_string(test, "naive_error_points"),
	       model_integer(test, "intervals_held"),
	       model_integer(test, "intervals_judged"));
	text_free(&middle);
	text_free(&low);
	text_free(&high);
}

/* ---- What if ------------------------------------------------------------ */

static const char *status_name(const char *code, const char *lang)
{
	return words_status_name(words_status(code), lang);
}

static void print_what_if(const json_t *what_if, const char *lang)
{
	const json_t *list = json_object_get(what_if, "changed"), *row;
	struct text percent = { 0 };
	size_t i;

	if (!json_is_object(what_if))
		return;
	format_add_percent(&percent, lang, model_string(what_if, "target_percent"));
	printf("\n%s %s: %zu\n",
	       format_choose(lang, "Kết luận thay đổi nếu mục tiêu là",
			     "Verdicts that change if the target is"),
	       text_string(&percent), json_array_size(list));
	text_free(&percent);
	json_array_foreach(list, i, row) {
		struct text value = { 0 };

		format_add_percent(&value, lang, model_string(row, "percent"));
		printf("  %-10s %9s  %s -> %s  %s\n", model_string(row, "agency"),
		       text_string(&value),
		       status_name(model_string(row, "before"), lang),
		       status_name(model_string(row, "after"), lang),
		       model_words(row, "agency_name", lang));
		text_free(&value);
	}
}

/* ---- The command -------------------------------------------------------- */

static void print_target(const json_t *figure, const char *lang)
{
	const json_t *o = json_object_get(figure, "observation");
	struct text line = { 0 };

	add_units(&line, o, "numerator", o, lang);
	text_add(&line, " / ");
	add_units(&line, o, "denominator", o, lang);
	if (*model_string(o, "percent")) {
		text_add(&line, " = ");
		format_add_percent(&line, lang, model_string(o, "percent"));
	}
	text_addf(&line, "; %s %s ", format_choose(lang, "mục tiêu", "target"),
		  model_string(o, "direction"));
	if (*model_string(o, "target_percent"))
		format_add_percent(&line, lang, model_string(o, "target_percent"));
	else
		text_add(&line, model_string(o, "target"));
	text_addf(&line, ", %s ", format_choose(lang, "thời hạn", "deadline"));
	format_add_date(&line, lang, model_string(figure, "deadline"));
	printf("\n%s - %s: %s\n  %s\n", model_string(o, "indicator"),
	       model_words(o, "indicator_name", lang),
	       status_name(model_string(o, "status"), lang), text_string(&line));
	text_free(&line);
	print_lacking(figure, o, lang);
	print_pace(figure, o, lang);
	print_procedures(figure, lang);
	print_forecast(figure, lang);
}

static void print_text(const json_t *model, const char *lang)
{
	const json_t *targets = json_object_get(model, "targets"), *figure;
	size_t i;

	if (json_is_true(json_object_get(model, "sample")))
		printf("*** %s ***\n", words_sample(lang));
	printf("%s, %s\n", model_words(json_object_get(model, "agency"), "name", lang),
	       model_string(json_object_get(model, "period_name"), lang));
	if (json_array_size(targets) == 0)
		puts(format_choose(lang, "Không có mục tiêu nào áp dụng trong kỳ.",
				   "No target applies in the period."));
	json_array_foreach(targets, i, figure)
		print_target(figure, lang);
	print_what_if(json_object_get(model, "what_if"), lang);
}

static int answer(const struct question *question, struct db *db, const void *context,
		  struct error *err)
{
	const char *const params[] = { question->period, question->agency,
				       question->indicator, question->what_if,
				       question->top };
	char *bytes = NULL;
	json_t *model;

	(void)context;
	if (db_value_of(db, ACT, params, 5, &bytes, err) != 0)
		return -1;
	if (strcmp(question->format, "json") == 0) {
		puts(bytes);
		free(bytes);
		return 0;
	}
	model = model_parse(bytes, err);
	free(bytes);
	if (!model)
		return -1;
	print_text(model, question->lang);
	json_decref(model);
	return 0;
}

/* Flags that go together?  Says what is wrong. */
static int is_complete(const struct question *question)
{
	if (!question->agency)
		return usage_say("--agency is missing");
	if (question->what_if && !question->indicator)
		return usage_say("--what-if takes --indicator");
	if (question->top && !question_is_count(question->top))
		return usage_say("--top is a number from 1 on, not \"%s\"",
				 question->top);
	if (strcmp(question->format, "table") == 0 ||
	    strcmp(question->format, "json") == 0)
		return 1;
	usage_no_such("--format", question->format, "table json");
	return 0;
}

int act_command(int argc, char **argv, const struct config *config)
{
	struct question question;
	int code = question_read(&question, argc, argv, "Ppaiwnfl", USAGE, config);

	if (code != 0)
		return code - 1;
	if (!question.format)
		question.format = "table";
	if (!is_complete(&question))
		return usage_refuse(USAGE);
	return question_answer(&question, config, answer, NULL);
}
