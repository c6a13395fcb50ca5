/* prose.c -- what a letter says, as plain text and as HTML. */
#include "delivery/prose.h"

#include <stdio.h>
#include <string.h>

#include "delivery/letter.h"

enum { COLUMNS = 74, PICTURE_WIDTH = 640 };

/* Mail programs know no style sheets. */
#define CELL                                                                             \
	"padding:4px 8px;border-bottom:1px solid #d7dbe0;text-align:left;"               \
	"vertical-align:top"
#define NUMBER                                                                           \
	"padding:4px 8px;border-bottom:1px solid #d7dbe0;text-align:right;"              \
	"vertical-align:top;white-space:nowrap"
/* The same, which may break. */
#define FIGURE                                                                           \
	"padding:4px 8px;border-bottom:1px solid #d7dbe0;text-align:right;"              \
	"vertical-align:top"
#define SMALL "color:#59636e;font-size:13px"

void prose_free(struct prose *prose)
{
	text_free(&prose->text);
	text_free(&prose->html);
}

/* ---- Plain text ---------------------------------------------------------- */

/* Characters of the first LENGTH bytes. */
static size_t width_of(const char *string, size_t length)
{
	size_t width = 0;

	for (size_t i = 0; i < length; i++)
		width += ((unsigned char)string[i] & 0xc0) != 0x80;
	return width;
}

/* Breaks PARAGRAPH at its blanks; every line begins with INDENT. */
static void add_wrapped(struct text *out, const char *indent, const char *paragraph)
{
	size_t column = 0, margin = width_of(indent, strlen(indent));

	while (*paragraph) {
		size_t length = strcspn(paragraph, " \n");
		size_t width = width_of(paragraph, length);

		if (column && column + 1 + width > COLUMNS) {
			text_add_char(out, '\n');
			column = 0;
		}
		text_add(out, column ? " " : indent);
		column += column ? 1 : margin;
		text_add_bytes(out, paragraph, length);
		column += width;
		paragraph += length + strspn(paragraph + length, " \n");
	}
	text_add_char(out, '\n');
}

static void add_padded(struct text *out, const char *string, size_t width)
{
	size_t own = width_of(string, strlen(string));

	text_add(out, string);
	for (; own < width; own++)
		text_add_char(out, ' ');
}

static void add_line(struct text *out, const struct edition_line *line, const char *lang)
{
	struct text verdict = { 0 };

	add_wrapped(out, "", line->name);
	text_addf(&verdict, "%s %s", line->mark, line->status);
	text_add(out, "    ");
	add_padded(out, text_string(&verdict), 22);
	if (*line->value)
		text_addf(out, "%s", line->value);
	if (*line->target)
		text_addf(out, "%s%s %s", *line->value ? "; " : "",
			  format_choose(lang, "mục tiêu", "target"), line->target);
	if (*line->fraction)
		text_addf(out, " (%s)", line->fraction);
	text_add_char(out, '\n');
	text_free(&verdict);
}

/* ---- HTML ---------------------------------------------------------------- */

static void add_cell(struct text *out, const char *style, const char *value)
{
	text_addf(out, "<td style=\"%s\">", style);
	text_add_html(out, value);
	text_add(out, "</td>");
}

static void add_head(struct text *out, const char *style, const char *value)
{
	text_addf(out, "<th scope=\"col\" style=\"%s;background:#f5f6f8\">", style);
	text_add_html(out, value);
	text_add(out, "</th>");
}

static void add_small(struct text *out, const char *one, const char *two)
{
	text_add(out, "<br><span style=\"" SMALL "\">");
	text_add_html(out, one);
	text_add_char(out, ' ');
	text_add_html(out, two);
	text_add(out, "</span>");
}

/* Two columns, so that a telephone shows them whole. */
static void add_row(struct text *out, const struct edition_line *line, const char *lang)
{
	text_add(out, "<tr><td style=\"" CELL "\">");
	text_add_html(out, line->name);
	add_small(out, line->mark, line->status);
	text_add(out, "</td><td style=\"" NUMBER "\"><strong>");
	text_add_html(out, *line->value ? line->value : "—");
	text_add(out, "</strong>");
	if (*line->target)
		add_small(out, format_choose(lang, "mục tiêu", "target"), line->target);
	if (*line->fraction)
		add_small(out, line->fraction, "");
	text_add(out, "</td></tr>\n");
}

static void add_table(struct text *out, const struct edition_line *lines, size_t count,
		      const char *lang)
{
	text_add(out, "<table role=\"table\" style=\"border-collapse:collapse;width:100%;"
		      "font-size:15px;line-height:1.35\">\n<tr>");
	add_head(out, CELL, format_choose(lang, "Chỉ tiêu, đánh giá", "Target, result"));
	add_head(out, NUMBER, format_choose(lang, "Giá trị, mục tiêu", "Value, goal"));
	text_add(out, "</tr>\n");
	for (size_t i = 0; i < count; i++)
		add_row(out, &lines[i], lang);
	text_add(out, "</table>\n");
}

int prose_shows_targets(const char *report)
{
	return strcmp(report, "compliance") == 0;
}

static void add_picture(struct text *out, const struct prose_subject *subject,
			const char *lang)
{
	text_addf(out,
		  "<p style=\"margin:16px 0\"><img src=\"cid:" LETTER_PICTURE "\" "
		  "width=\"%d\" height=\"%d\" style=\"max-width:100%%;height:auto;"
		  "border:1px solid #d7dbe0\" alt=\"",
		  PICTURE_WIDTH, subject->picture_height);
	text_add_html(
		out, prose_shows_targets(subject->report)
			     ? format_choose(lang,
					     "Biểu đồ các chỉ tiêu; cùng số liệu với "
					     "bảng dưới",
					     "Chart of the targets; the same figures as "
					     "in the table below")
			     : format_choose(lang,
					     "Trang đầu của báo cáo; toàn văn ở tệp đính "
					     "kèm",
					     "First page of the report; all of it is "
					     "attached"));
	text_add(out, "\"></p>\n");
}

void prose_frame(struct text *out, const char *lang, const char *title,
		 const char *fragment)
{
	text_addf(
		out,
		"<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
		lang);
	text_add_html(out, title);
	text_add(out, "</title>\n</head>\n<body style=\"margin:0;padding:16px;"
		      "background:#ffffff;color:#1b1f24;font-family:Arial,Helvetica,"
		      "sans-serif;font-size:16px;line-height:1.5\">\n"
		      "<div style=\"max-width:680px;margin:0 auto\">\n");
	text_add(out, fragment);
	text_add(out, "</div>\n</body>\n</html>\n");
}

/* ---- The parts ----------------------------------------------------------- */

void prose_paragraph(struct prose *prose, const char *paragraph)
{
	add_wrapped(&prose->text, "", paragraph);
	text_add_char(&prose->text, '\n');
	text_add(&prose->html, "<p style=\"margin:0 0 12px\">");
	text_add_html(&prose->html, paragraph);
	text_add(&prose->html, "</p>\n");
}

static void add_title(struct prose *prose, const char *title)
{
	add_wrapped(&prose->text, "", title);
	text_add_char(&prose->text, '\n');
	text_add(&prose->html,
		 "<h1 style=\"font-size:20px;line-height:1.3;margin:0 0 12px\">");
	text_add_html(&prose->html, title);
	text_add(&prose->html, "</h1>\n");
}

/* "Tệp đính kèm: PDF, XLSX." */
static void add_attached(struct prose *prose, const char *formats, const char *lang)
{
	struct text line = { 0 };

	text_add(&line, format_choose(lang, "Tệp đính kèm: ", "Attached: "));
	for (; *formats; formats++) {
		char letter = *formats;

		if (letter == ',')
			text_add_char(&line, ',');
		text_add_char(&line, letter == ',' ? ' '
				     : letter >= 'a' && letter <= 'z'
					     ? (char)(letter - 32)
					     : letter);
	}
	text_add_char(&line, '.');
	prose_paragraph(prose, line.data);
	text_free(&line);
}

/* What the figures of the letter are, where the report is another one. */
static void add_context(struct prose *prose, const struct prose_subject *subject,
			const char *lang)
{
	struct text line = { 0 };

	text_addf(
		&line,
		subject->indicator
			? format_choose(lang, "Chỉ tiêu này của %s, %s:",
					"This indicator, %s, %s:")
			: format_choose(lang,
					"Để tham khảo, tình hình thực hiện các mục tiêu "
					"Nghị quyết 17/NQ-CP của %s, %s:",
					"For reference, how the targets of Resolution "
					"17/NQ-CP stand, %s, %s:"),
		edition_agency_name(subject->edition),
		edition_period_name(subject->edition));
	prose_paragraph(prose, line.data);
	text_free(&line);
}

/* The line of the one indicator, if that is what it is about; else all. */
static const struct edition_line *lines_of(const struct prose_subject *subject,
					   size_t *count)
{
	const struct edition_line *lines = edition_lines(subject->edition, count);
	json_t *figures, *figure;
	size_t i, found;

	if (!subject->indicator)
		return lines;
	figures = json_loads(edition_figures(subject->edition), 0, NULL);
	found = *count;
	json_array_foreach(figures, i, figure) {
		const char *slug =
			json_string_value(json_object_get(figure, "indicator"));

		if (slug && i < *count && strcmp(slug, subject->indicator) == 0)
			found = i;
	}
	json_decref(figures);
	lines += found < *count ? found : 0;
	*count = found < *count ? 1 : 0;
	return lines;
}

static void add_foot(struct prose *prose, const struct edition *edition)
{
	add_wrapped(&prose->text, "", edition_foot(edition));
	text_add(&prose->html, "<p style=\"" SMALL "\">");
	text_add_html(&prose->html, edition_foot(edition));
	text_add(&prose->html, "</p>\n");
}

void prose_report(struct prose *prose, const struct prose_subject *subject,
		  const char *lang)
{
	const struct edition *edition = subject->edition;
	int is_own = prose_shows_targets(subject->report);
	size_t count;
	const struct edition_line *lines = lines_of(subject, &count);

	add_title(prose, edition_title(edition));
	add_attached(prose, subject->formats, lang);
	if (is_own)
		prose_paragraph(prose, edition_sentence(edition));
	if (subject->picture_height > 0)
		add_picture(&prose->html, subject, lang);
	if (!is_own && count > 0)
		add_context(prose, subject, lang);
	if (!is_own && !subject->indicator)
		prose_paragraph(prose, edition_sentence(edition));
	if (count > 0)
		add_table(&prose->html, lines, count, lang);
	for (size_t i = 0; i < count; i++)
		add_line(&prose->text, &lines[i], lang);
	if (count > 0)
		text_add_char(&prose->text, '\n');
	add_foot(prose, edition);
}

void prose_silent(struct text *out, const json_t *readiness, const char *lang)
{
	const json_t *silent = json_object_get(readiness, "silent"), *agency;
	const char *name = strcmp(lang, "en") == 0 ? "name_en" : "name_vi";
	size_t i;

	if (json_array_size(silent) == 0)
		return;
	text_addf(
		out,
		format_choose(lang,
			      "Đến hạn gửi báo cáo, %zu trên %lld cơ quan chưa có "
			      "số liệu của kỳ này: ",
			      "When this report fell due, %zu of %lld agencies had sent "
			      "nothing for this period: "),
		json_array_size(silent),
		(long long)json_integer_value(json_object_get(readiness, "population")));
	json_array_foreach(silent, i, agency)
		text_addf(out, "%s%s", i ? "; " : "",
			  json_string_value(json_object_get(agency, name)));
	text_add_char(out, '.');
}

/* "18,50% (1.850 / 10.000)" of an observation; "—" where it has no value. */
static void add_figure(struct text *out, const json_t *figure, const char *lang)
{
	const char *percent = json_string_value(json_object_get(figure, "percent"));
	const char *value = json_string_value(json_object_get(figure, "value"));
	const json_t *numerator = json_object_get(figure, "numerator");
	const json_t *denominator = json_object_get(figure, "denominator");

	if (percent)
		format_add_percent(out, lang, percent);
	else if (value)
		format_add_decimal(out, lang, value);
	else
		text_add(out, "—");
	if (json_is_integer(numerator) && json_is_integer(denominator)) {
		text_add(out, " (");
		format_add_integer(out, lang, json_integer_value(numerator));
		text_add(out, " / ");
		format_add_integer(out, lang, json_integer_value(denominator));
		text_add_char(out, ')');
	}
}

/* The ledger's words for a cause (sql/functions/restatements.sql). */
static const char *cause_in(const char *cause, const char *lang)
{
	static const struct {
		const char *code, *vi;
	} causes[] = {
		{ "late records", "hồ sơ gửi muộn" },
		{ "corrections", "hồ sơ được sửa" },
		{ "register", "thay đổi danh mục" },
		{ "definition", "thay đổi cách tính" },
		{ "target", "thay đổi mục tiêu" },
		{ "dispute", "giải quyết khiếu nại" },
	};

	for (size_t i = 0; i < sizeof causes / sizeof *causes; i++)
		if (strcmp(causes[i].code, cause) == 0)
			return format_choose(lang, causes[i].vi, cause);
	return cause;
}

static void add_causes(struct text *out, const json_t *causes, const char *lang)
{
	const json_t *cause;
	size_t i;

	json_array_foreach(causes, i, cause)
		text_addf(out, "%s%s", i ? ", " : "",
			  cause_in(json_string_value(cause), lang));
}

/* The same figure at another place, because of the others. */
static void add_rank(struct text *out, const json_t *figure, const char *lang)
{
	const json_t *rank = json_object_get(figure, "rank");

	if (json_is_integer(rank))
		text_addf(out, ", %s %lld", format_choose(lang, "hạng", "rank"),
			  (long long)json_integer_value(rank));
}

static void add_change(struct prose *prose, const json_t *change, const char *lang)
{
	const char *name = strcmp(lang, "en") == 0 ? "name_en" : "name_vi";
	struct text old = { 0 }, new = { 0 }, why = { 0 };

	name = json_string_value(json_object_get(change, name));
	add_figure(&old, json_object_get(change, "old"), lang);
	add_figure(&new, json_object_get(change, "new"), lang);
	add_rank(&old, json_object_get(change, "old"), lang);
	add_rank(&new, json_object_get(change, "new"), lang);
	add_causes(&why, json_object_get(change, "causes"), lang);
	add_wrapped(&prose->text, "- ", name);
	text_addf(&prose->text, "    %s -> %s", old.data, new.data);
	if (why.length)
		text_addf(&prose->text, "; %s", why.data);
	text_add_char(&prose->text, '\n');
	text_add(&prose->html, "<tr><td style=\"" CELL "\">");
	text_add_html(&prose->html, name);
	if (why.length)
		add_small(&prose->html, why.data, "");
	text_add(&prose->html, "</td>");
	add_cell(&prose->html, FIGURE, old.data);
	add_cell(&prose->html, FIGURE, new.data);
	text_add(&prose->html, "</tr>\n");
	text_free(&old);
	text_free(&new);
	text_free(&why);
}

/* IS_FIRST: the figures that were sent had not been published. */
static const char *head_of_changes(int is_first, const char *lang)
{
	if (is_first)
		return format_choose(
			lang,
			"Đính chính: số liệu tạm tính đã gửi nay được công bố chính thức, "
			"%zu số liệu khác với báo cáo đã gửi. Báo cáo kèm theo thay thế báo "
			"cáo trước.",
			"Correction: the provisional figures that were sent are published "
			"now, and %zu differ from the report that was sent. The one attached "
			"takes its place.");
	return format_choose(
		lang,
		"Đính chính: kỳ này đã được công bố lại, %zu số liệu khác với "
		"báo cáo đã gửi. Báo cáo kèm theo thay thế báo cáo trước.",
		"Correction: this period was published anew, and %zu figures "
		"differ from the report that was sent. The one attached takes "
		"its place.");
}

void prose_changes(struct prose *prose, const json_t *changes, int is_first,
		   const char *lang)
{
	const json_t *change;
	struct text head = { 0 };
	size_t i;

	text_addf(&head, head_of_changes(is_first, lang), json_array_size(changes));
	prose_paragraph(prose, head.data);
	text_add(&prose->html, "<table role=\"table\" style=\"border-collapse:collapse;"
			       "width:100%;font-size:15px;line-height:1.35;"
			       "margin:0 0 20px\">\n<tr>");
	add_head(&prose->html, CELL, format_choose(lang, "Chỉ tiêu", "Target"));
	add_head(&prose->html, FIGURE, format_choose(lang, "Đã gửi", "As sent"));
	add_head(&prose->html, FIGURE, format_choose(lang, "Nay là", "Now"));
	text_add(&prose->html, "</tr>\n");
	json_array_foreach(changes, i, change)
		add_change(prose, change, lang);
	text_add(&prose->html, "</table>\n");
	text_add_char(&prose->text, '\n');
	text_free(&head);
}

void prose_end(struct prose *prose, const char *lang, const char *link)
{
	const char *line = format_choose(
		lang, "Thư này do hệ thống NQ17 gửi tự động theo lịch của cơ quan.",
		"NQ17 sent this letter by itself, on the schedule of the office.");

	text_addf(&prose->text, "\n-- \n%s\n", line);
	text_add(&prose->html, "<p style=\"" SMALL "\">");
	text_add_html(&prose->html, line);
	if (link) {
		text_addf(&prose->text, "%s\n", link);
		text_add(&prose->html, "<br><a href=\"");
		text_add_html(&prose->html, link);
		text_add(&prose->html, "\">");
		text_add_html(&prose->html, link);
		text_add(&prose->html, "</a>");
	}
	text_add(&prose->html, "</p>\n");
}
