/* report_brief.c -- one page for the minister: sentences by rules, each with its figures, and
 * silence where nothing is significant. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/format.h"
#include "reports/printed.h"
#include "reports/report_kind.h"
#include "reports/summary.h"

#define POINTS_LEAST 1.0 /* a change of less than a percentage point is not told */
#define PLACES_LEAST 5   /* nor is a move of fewer places */
#define NAMED_MOST   3

static const json_t *member(const struct compliance *report, const char *name)
{
	return json_object_get(report->model, name);
}

static const char *choose(const struct compliance *report, const char *vi, const char *en)
{
	return compliance_choose(report, vi, en);
}

static void subject(struct text *out, const struct compliance *report)
{
	text_add(out, choose(report, "Tóm tắt kết quả thực hiện Nghị quyết số 17/NQ-CP",
			     "Brief on the progress of Resolution 17/NQ-CP"));
	if (*report->agency)
		text_addf(out, ", %s", report->agency_name);
	text_addf(out, ", %s", report->period_name);
}

static void add_sentence(struct document *document, struct text *sentence)
{
	if (sentence->length > 0)
		document_paragraph(document, PARAGRAPH_ITEM, sentence->data);
	text_clear(sentence);
}

/* ---- What changed --------------------------------------------------------- */

/* "45,80%, kỳ trước 43,10%" */
static void add_beside(struct text *out, const struct compliance *report,
		       const json_t *change)
{
	format_add_percent(out, report->language, model_string(change, "percent"));
	text_add(out, choose(report, ", kỳ trước ", ", before "));
	format_add_percent(out, report->language, model_string(change, "before_percent"));
}

static void add_turned(struct compliance *report, struct document *document)
{
	const json_t *change;
	struct text text = { 0 };
	size_t i;

	json_array_foreach(member(report, "changes"), i, change) {
		const char *now = model_string(change, "status");
		const char *before = model_string(change, "before_status");

		if (!*before || strcmp(now, before) == 0)
			continue;
		text_addf(&text,
			  choose(report, "Chỉ tiêu “%s” chuyển từ “%s” sang “%s” (",
				 "“%s” went from “%s” to “%s” ("),
			  model_words(change, "indicator_name", report->language),
			  words_status_name(words_status(before), report->language),
			  words_status_name(words_status(now), report->language));
		add_beside(&text, report, change);
		text_add(&text, ").");
		add_sentence(document, &text);
	}
	text_free(&text);
}

/* The change that is the largest upwards (SIGN 1) or downwards (-1); NULL: none worth a
 * word. */
static const json_t *largest_change(const struct compliance *report, int sign)
{
	const json_t *change, *found = NULL;
	double most = POINTS_LEAST;
	size_t i;

	json_array_foreach(member(report, "changes"), i, change) {
		double points = sign * strtod(model_string(change, "points"), NULL);

		if (points >= most && (!found || points > most)) {
			most = points;
			found = change;
		}
	}
	return found;
}

static void add_extreme(struct compliance *report, struct document *document, int sign)
{
	const json_t *change = largest_change(report, sign);
	struct text text = { 0 };

	if (!change)
		return;
	text_addf(
		&text,
		sign > 0 ? choose(report, "Tăng nhiều nhất: “%s”, ", "Up most: “%s”, ")
			 : choose(report, "Giảm nhiều nhất: “%s”, ", "Down most: “%s”, "),
		model_words(change, "indicator_name", report->language));
	format_add_decimal(&text, report->language,
			   model_string(change, "points") + (sign < 0));
	text_add(&text, choose(report, " điểm phần trăm (", " percentage points ("));
	add_beside(&text, report, change);
	text_add(&text, ").");
	add_sentence(document, &text);
	text_free(&text);
}

/* ---- Who moved ------------------------------------------------------------ */

/* The agency of a group that gained (SIGN 1) or lost most places. */
static const json_t *largest_move(const json_t *rows, int sign)
{
	const json_t *row, *found = NULL;
	long long most = PLACES_LEAST;
	size_t i;

	json_array_foreach(rows, i, row) {
		long long places = sign * model_integer(row, "move");

		if (places >= most && (!found || places > most)) {
			most = places;
			found = row;
		}
	}
	return found;
}

static void add_move(struct text *text, const struct compliance *report,
		     const json_t *row, const char *group)
{
	words_add_inline(text, model_words(row, "agency_name", report->language), group,
			 report->language);
	text_addf(text,
		  choose(report, " từ hạng %lld %s hạng %lld", " from %lld %s %lld"),
		  model_integer(row, "before_rank"),
		  model_integer(row, "move") > 0 ? choose(report, "lên", "up to")
						 : choose(report, "xuống", "down to"),
		  model_integer(row, "rank"));
}

static void add_moves(struct compliance *report, struct document *document)
{
	const json_t *group;
	struct text text = { 0 };
	size_t i, said = 0;

	json_array_foreach(member(report, "ranking"), i, group) {
		const json_t *rows = json_object_get(group, "rows");

		for (int sign = 1; sign >= -1; sign -= 2) {
			const json_t *row = largest_move(rows, sign);

			if (!row)
				continue;
			text_add(&text,
				 said++ == 0 ? choose(report,
						      "Thay đổi thứ hạng nhiều nhất về "
						      "hồ sơ trực tuyến: ",
						      "Largest moves by online "
						      "filing: ")
					     : "; ");
			add_move(&text, report, row, model_string(group, "group"));
		}
	}
	if (said > 0)
		text_add_char(&text, '.');
	add_sentence(document, &text);
	text_free(&text);
}

/* ---- What is late, missing, corrected ------------------------------------- */

static void add_overdue(struct compliance *report, struct document *document)
{
	const json_t *overdue = member(report, "overdue"), *row;
	size_t count = json_array_size(overdue), i;
	struct text text = { 0 };

	if (count == 0)
		return;
	text_addf(&text, choose(report, "%zu nhiệm vụ quá hạn", "%zu tasks are overdue"),
		  count);
	json_array_foreach(overdue, i, row) {
		if (i == NAMED_MOST)
			break;
		text_add(&text,
			 i == 0 ? choose(report, ", lâu nhất: ", ", longest: ") : "; ");
		text_addf(
			&text,
			choose(report, "%s (%s, quá %lld ngày)", "%s (%s, by %lld days)"),
			model_words(row, "task_name", report->language),
			model_words(row, "agency_name", report->language),
			model_integer(row, "days"));
	}
	text_add_char(&text, '.');
	add_sentence(document, &text);
	text_free(&text);
}

static void add_silent(struct compliance *report, struct document *document)
{
	const json_t *silent = member(report, "silent"), *row;
	size_t count = json_array_size(silent), i;
	struct text text = { 0 };

	if (count == 0)
		return;
	words_add_count(&text, (long long)count, choose(report, "cơ quan", "agencies"),
			report->language);
	text_add(&text, choose(report, " chưa có số liệu: ", " have sent nothing: "));
	json_array_foreach(silent, i, row) {
		if (i == NAMED_MOST) {
			text_add(&text, "…");
			break;
		}
		text_add(&text, i > 0 ? ", " : "");
		words_add_inline(&text, model_words(row, "agency_name", report->language),
				 model_string(row, "group"), report->language);
	}
	text_add_char(&text, '.');
	add_sentence(document, &text);
	text_free(&text);
}

static void add_restated(struct compliance *report, struct document *document)
{
	size_t count = json_array_size(member(report, "ledger"));
	struct text text = { 0 };

	if (count > 0)
		text_addf(
			&text,
			choose(report,
			       "%zu thay đổi của số liệu kể từ khi công bố được ghi trong "
			       "báo cáo số liệu điều chỉnh.",
			       "%zu changes of figures since their publication are listed "
			       "in the restatement report."),
			count);
	add_sentence(document, &text);
	text_free(&text);
}

static void add_contested(struct compliance *report, struct document *document)
{
	struct text text = { 0 };
	size_t i, count = 0;

	for (i = 0; i < report->targets_count; i++) {
		if (!report->targets[i].disputed)
			continue;
		text_add(
			&text,
			count++ ? ", "
				: choose(report,
					 "Đang bị khiếu nại, văn phòng chưa trả lời: ",
					 "Under dispute, not answered by the office yet: "));
		text_addf(&text, "“%s”", report->targets[i].indicator_name);
	}
	text_add(&text, count ? "." : "");
	add_sentence(document, &text);
	text_free(&text);
}

static int body(struct compliance *report, struct document *document, struct error *err)
{
	struct text summary = { 0 };
	double room;

	summary_write(&summary, report->model, report->language);
	document_paragraph(document, PARAGRAPH_BODY, text_string(&summary));
	text_free(&summary);
	add_turned(report, document);
	add_extreme(report, document, 1);
	add_extreme(report, document, -1);
	add_moves(report, document);
	add_overdue(report, document);
	add_silent(report, document);
	add_restated(report, document);
	add_contested(report, document);
	/* The picture must not push the signature off a page that holds it; where the
	 * signature goes over anyway, the picture fills what it leaves. */
	room = document_room_signed(document);
	if (room <= 0)
		room = document_room(document);
	return report_targets_figure(report, document, fmax(room, 1), err) < 0 ? -1 : 0;
}

const struct report_kind report_brief = {
	.name = "brief",
	.subject = subject,
	.body = body,
	.check = printed_known,
	.ending_vi = "Kính báo cáo./.",
	.ending_en = "Respectfully reported./.",
};
