/* chart_timeline.c -- milestones: what was due when, and what became of it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "reports/chart_kind.h"
#include "reports/flow.h"
#include "reports/fonts.h"
#include "reports/format.h"
#include "reports/mark.h"
#include "reports/timeline_layout.h"

enum outcome { ON_TIME, LATE, OVERDUE, NOT_DUE, QUALITATIVE, OUTCOMES };

struct item {
	const char *name, *due, *done; /* borrowed */
	char *word;
	enum outcome outcome;
	double due_day, done_day; /* days since 1970; NAN: none */
};

struct timeline {
	struct timeline_layout layout;
	struct item *items;
	double name_width; /* 0: above */
	double today;
	double years[TIMELINE_YEARS];
	int first_year;
	size_t years_count;
};

static struct timeline *timeline_of(const struct chart *chart)
{
	return chart->layout.own;
}

/* ---- Days ---------------------------------------------------------------- */

static double day_number(int year, int month, int day)
{
	struct tm tm = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day };

	return (double)(timegm(&tm) / 86400);
}

static double read_day(const char *iso)
{
	int year, month, day;

	return sscanf(iso, "%4d-%2d-%2d", &year, &month, &day) == 3
		       ? day_number(year, month, day)
		       : NAN;
}

static int year_of(double day)
{
	time_t moment = (time_t)day * 86400;
	struct tm tm;

	gmtime_r(&moment, &tm);
	return tm.tm_year + 1900;
}

/* Whole years around all days. */
static void choose_years(struct chart *chart, struct timeline *timeline)
{
	double low = timeline->today, high = timeline->today;
	int year, last;
	size_t i;

	for (i = 0; i < chart->count; i++) {
		const struct item *item = &timeline->items[i];

		low = fmin(low, fmin(item->due_day, item->done_day));
		high = fmax(high, fmax(item->due_day, item->done_day));
	}
	if (isnan(low))
		return;
	timeline->first_year = year_of(low);
	last = year_of(high) + 1;
	for (year = timeline->first_year;
	     year <= last && timeline->years_count < TIMELINE_YEARS; year++)
		timeline->years[timeline->years_count++] = day_number(year, 1, 1);
}

/* ---- Words --------------------------------------------------------------- */

static enum outcome read_outcome(const char *status)
{
	static const char *const codes[OUTCOMES] = {
		[ON_TIME] = "on_time",         [LATE] = "late",
		[OVERDUE] = "overdue",         [NOT_DUE] = "not_due",
		[QUALITATIVE] = "qualitative",
	};
	int outcome;

	for (outcome = 0; outcome < OUTCOMES; outcome++)
		if (strcmp(codes[outcome], status) == 0)
			return (enum outcome)outcome;
	return QUALITATIVE;
}

static void add_days(struct text *out, const char *language, const char *vi,
		     const char *en, double days)
{
	struct text count = { 0 };

	format_add_integer(&count, language, llround(days));
	text_addf(out, format_choose(language, vi, en), text_string(&count));
	text_free(&count);
}

/* "Chậm 233 ngày, 20/05/2020" */
static void add_word(struct text *out, const struct chart *chart, const struct item *item)
{
	const struct timeline *timeline = timeline_of(chart);
	const char *language = chart->options.language;

	switch (item->outcome) {
	case ON_TIME:
		text_add(out, format_choose(language, "Đúng hạn", "On time"));
		break;
	case LATE:
		add_days(out, language, "Chậm %s ngày", "Late by %s days",
			 item->done_day - item->due_day);
		break;
	case OVERDUE:
		add_days(out, language, "Quá hạn %s ngày", "Overdue by %s days",
			 timeline->today - item->due_day);
		break;
	case NOT_DUE:
		text_add(out, format_choose(language, "Chưa đến hạn", "Not due"));
		break;
	case QUALITATIVE:
	case OUTCOMES:
		text_add(out, format_choose(language, "Định tính", "Qualitative"));
		break;
	}
	if (!isnan(item->done_day)) {
		text_add(out, ", ");
		format_add_date(out, language, item->done);
	} else if (!isnan(item->due_day)) {
		text_add(out, format_choose(language, ", hạn ", ", due "));
		format_add_date(out, language, item->due);
	}
}

/* Of a task that many owe: "38/85". */
static void add_share(struct text *out, const json_t *json)
{
	if (json_is_integer(json_object_get(json, "all")))
		text_addf(out, " (%lld/%lld)", model_integer(json, "done"),
			  model_integer(json, "all"));
}

static void read_items(struct chart *chart, struct timeline *timeline)
{
	const json_t *items = json_object_get(chart->model, "items"), *json;
	size_t i;

	timeline->items = memory_zeroed(chart->count + 1, sizeof *timeline->items);
	timeline->today = read_day(model_string(chart->model, "day"));
	json_array_foreach(items, i, json) {
		struct item *item = &timeline->items[i];
		struct text word = { 0 };

		item->name = model_words(json, "name", chart->options.language);
		item->due = model_string(json, "due");
		item->done = model_string(json, "done_on");
		item->due_day = read_day(item->due);
		item->done_day = read_day(item->done);
		item->outcome = read_outcome(model_string(json, "status"));
		add_word(&word, chart, item);
		add_share(&word, json);
		item->word = text_take(&word);
	}
}

static void name_chart(struct chart *chart)
{
	const json_t *agency = json_object_get(chart->model, "agency");
	const json_t *counts = json_object_get(chart->model, "counts");
	const char *language = chart->options.language;

	text_add(&chart->title,
		 format_choose(language, "Các mốc thời hạn", "Milestones"));
	if (json_is_object(agency))
		text_addf(&chart->title, " – %s", model_words(agency, "name", language));
	if (json_is_object(counts))
		text_addf(
			&chart->subtitle,
			format_choose(language,
				      "%lld đúng hạn, %lld chậm, %lld quá hạn, %lld chưa "
				      "đến hạn; ",
				      "%lld on time, %lld late, %lld overdue, %lld not "
				      "due; "),
			model_integer(counts, "on_time"), model_integer(counts, "late"),
			model_integer(counts, "overdue"),
			model_integer(counts, "not_due"));
	text_add(&chart->subtitle,
		 format_choose(language,
			       "vạch đứng: thời hạn; chấm đặc: xong đúng hạn; chấm rỗng: "
			       "xong chậm; nét đứt: chưa xong",
			       "upright: the deadline; full dot: done in time; open dot: "
			       "done late; dashed: not done"));
}

static void describe(struct chart *chart)
{
	const struct timeline *timeline = timeline_of(chart);
	size_t i;

	text_addf(&chart->alternative, "%s.", text_string(&chart->title));
	for (i = 0; i < chart->count; i++)
		text_addf(&chart->alternative, " %s: %s.", timeline->items[i].name,
			  timeline->items[i].word);
}

static void break_name(const struct chart *chart, size_t i, struct flow_lines *lines)
{
	const struct timeline *timeline = timeline_of(chart);
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_START);

	flow_break(lines, &style.font, timeline->items[i].name,
		   timeline->name_width > 0 ? timeline->name_width : chart->options.width,
		   0);
}

static struct canvas_style word_style(const struct chart *chart, size_t i)
{
	struct canvas_style style = chart_style(chart, COLOUR_MUTED, ANCHOR_START);

	if (timeline_of(chart)->items[i].outcome == OVERDUE) {
		style.colour = COLOUR_INK;
		style.font.bold = true;
	}
	return style;
}

/* The day itself: what is today on a printed page is tomorrow past. */
static void add_today(struct text *out, const struct chart *chart)
{
	format_add_date(out, chart->options.language, model_string(chart->model, "day"));
}

static void lay_out(struct chart *chart, struct timeline *timeline)
{
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_START);
	struct text today = { 0 };
	double *dues = memory_zeroed(chart->count + 1, sizeof *dues);
	double *dones = memory_zeroed(chart->count + 1, sizeof *dones);
	size_t *lines = memory_zeroed(chart->count + 1, sizeof *lines);
	struct timeline_input input = {
		.count = chart->count,
		.dues = dues,
		.dones = dones,
		.name_lines = lines,
		.today = timeline->today,
		.years = timeline->years,
		.years_count = timeline->years_count,
		.year_width = fonts_width(&style.font, "2020"),
		.text = chart->options.text,
		.width = chart->options.width,
	};
	size_t i;

	add_today(&today, chart);
	style.font.bold = true;
	input.today_width = fonts_width(&style.font, text_string(&today));
	text_free(&today);
	if (chart->options.width >= chart->options.text * 46)
		timeline->name_width = chart->options.width * 0.36;
	input.name_width = timeline->name_width;
	for (i = 0; i < chart->count; i++) {
		struct flow_lines broken = { 0 };

		dues[i] = timeline->items[i].due_day;
		dones[i] = timeline->items[i].done_day;
		break_name(chart, i, &broken);
		lines[i] = broken.count;
		flow_free(&broken);
		style = word_style(chart, i);
		input.word_width =
			fmax(input.word_width,
			     fonts_width(&style.font, timeline->items[i].word));
	}
	timeline_layout_make(&timeline->layout, &input);
	chart->body = timeline->layout.height;
	free(dues);
	free(dones);
	free(lines);
}

static void prepare(struct chart *chart, double most)
{
	struct timeline *timeline = memory_zeroed(1, sizeof *timeline);

	(void)most;
	chart->layout.own = timeline;
	read_items(chart, timeline);
	choose_years(chart, timeline);
	lay_out(chart, timeline);
	name_chart(chart);
	describe(chart);
}

/* ---- Painting ------------------------------------------------------------ */

static void paint_scale(const struct chart *chart, struct canvas *canvas)
{
	const struct timeline *timeline = timeline_of(chart);
	const struct timeline_layout *layout = &timeline->layout;
	const struct canvas_stroke grid = { COLOUR_RULE, 1, 0 };
	const struct canvas_stroke today = { COLOUR_ACCENT, 1, 3 };
	struct canvas_style style = chart_style(chart, COLOUR_MUTED, ANCHOR_START);
	struct text day = { 0 };
	size_t i;

	for (i = 0; i < layout->years_count; i++) {
		double x = layout->years_x[i];
		char year[16];

		canvas_line(canvas, x, layout->head - layout->line, x, layout->height,
			    &grid);
		snprintf(year, sizeof year, "%d", timeline->first_year + (int)i);
		if (layout->year_shown[i])
			chart_label(canvas, x + 3, layout->head - layout->line / 2,
				    &style, year);
	}
	if (isnan(layout->today_x))
		return;
	style.colour = COLOUR_ACCENT;
	style.font.bold = true;
	canvas_line(canvas, layout->today_x, layout->line, layout->today_x,
		    layout->height, &today);
	add_today(&day, chart);
	chart_label(canvas, layout->today_name.x, layout->line / 2, &style,
		    text_string(&day));
	text_free(&day);
}

static void paint_marks(const struct chart *chart, struct canvas *canvas, size_t i)
{
	const struct timeline *timeline = timeline_of(chart);
	const struct timeline_layout *layout = &timeline->layout;
	const struct timeline_row *row = &layout->rows[i];
	const struct item *item = &timeline->items[i];
	const struct canvas_stroke due = { COLOUR_INK, 2, 0 };
	const struct canvas_stroke early = { COLOUR_REACHED, 2, 0 };
	const struct canvas_stroke late = { COLOUR_MISSED, 2, 0 };
	const struct canvas_stroke open = { COLOUR_MISSED, 2, 3 };
	double y = row->line_y, half = chart->options.text * 0.55;
	double size = chart->options.text * 0.75;

	if (isnan(row->due_x))
		return;
	if (item->outcome == OVERDUE && layout->today_x > row->due_x)
		canvas_line(canvas, row->due_x, y, layout->today_x, y, &open);
	if (!isnan(row->done_x))
		canvas_line(canvas, fmin(row->due_x, row->done_x), y,
			    fmax(row->due_x, row->done_x), y,
			    item->outcome == LATE ? &late : &early);
	canvas_line(canvas, row->due_x, y - half, row->due_x, y + half, &due);
	if (!isnan(row->done_x))
		mark_paint(canvas, item->outcome == LATE ? STATUS_NOT_MET : STATUS_MET,
			   row->done_x, y, size);
}

static void paint_row(const struct chart *chart, struct canvas *canvas, size_t i)
{
	const struct timeline *timeline = timeline_of(chart);
	const struct timeline_layout *layout = &timeline->layout;
	const struct timeline_row *row = &layout->rows[i];
	const struct canvas_stroke rule = { COLOUR_RULE, 0.5, 0 };
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_START);
	struct flow_lines lines = { 0 };
	double y = row->name_y;
	size_t j;

	canvas_line(canvas, 0, row->top, chart->options.width, row->top, &rule);
	break_name(chart, i, &lines);
	for (j = 0; j < lines.count; j++, y += layout->line)
		chart_label_on_paper(canvas, 0, y, &style, lines.items[j].string);
	flow_free(&lines);
	paint_marks(chart, canvas, i);
	style = word_style(chart, i);
	chart_label_on_paper(canvas, layout->word_x,
			     timeline->name_width > 0 ? row->line_y : y, &style,
			     timeline->items[i].word);
}

static void paint(const struct chart *chart, struct canvas *canvas)
{
	size_t i;

	paint_scale(chart, canvas);
	for (i = 0; i < chart->count; i++)
		paint_row(chart, canvas, i);
}

static void release(struct chart *chart)
{
	struct timeline *timeline = timeline_of(chart);
	size_t i;

	timeline_layout_free(&timeline->layout);
	for (i = 0; i < chart->count; i++)
		free(timeline->items[i].word);
	free(timeline->items);
	free(timeline);
}

const struct chart_kind chart_timeline = { "timeline", "items", prepare,
					   paint,      release, false };
