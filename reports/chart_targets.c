/* chart_targets.c -- every target in a row: shape, bar, target tick, word; and bullets,
 * which also show the middle half of the peers and the period before. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reports/chart_kind.h"
#include "reports/flow.h"
#include "reports/fonts.h"
#include "reports/format.h"
#include "reports/mark.h"

static void add_word(struct text *out, const struct observation *row,
		     const char *language)
{
	text_add(out, words_status_name(row->status, language));
}

static bool is_bullet(const struct chart *chart)
{
	return chart->kind == &chart_bullet;
}

static const char *row_name(const struct chart *chart, const struct observation *row)
{
	return strcmp(model_string(chart->model, "name"), "agency") == 0
		       ? row->agency_name
		       : row->indicator_name;
}

static const char *value_head(const char *language)
{
	return format_choose(language, "Kết quả", "Result");
}

static const char *word_head(const char *language)
{
	return format_choose(language, "Đánh giá", "Status");
}

static const char *target_head(const char *language)
{
	return format_choose(language, "Mục tiêu", "Target");
}

/* "38/85 cơ quan đạt", for targets of each agency. */
static void add_counts(struct text *out, const struct observation *row,
		       const char *language)
{
	long long all = 0, reached;
	int status;

	if (isnan(row->length))
		return;
	for (status = 0; status < STATUS_COUNT; status++)
		all += row->counts[status];
	reached = row->counts[STATUS_MET] + row->counts[STATUS_ON_TRACK];
	if (all > 0)
		text_addf(out,
			  format_choose(language, "%lld/%lld cơ quan đạt",
					"%lld of %lld agencies reach it"),
			  reached, all);
}

static void describe(struct chart *chart)
{
	const char *language = chart->options.language;
	size_t i;

	text_addf(&chart->alternative, "%s, %s.", text_string(&chart->title),
		  chart_period(chart));
	for (i = 0; i < chart->count; i++) {
		const struct observation *row = &chart->rows[i];

		text_addf(&chart->alternative, " %s: ", row_name(chart, row));
		if (!isnan(row->length)) {
			observation_add_value(&chart->alternative, row, language);
			text_add(&chart->alternative, ", ");
		}
		text_addf(&chart->alternative, "%s.",
			  words_status_name(row->status, language));
	}
}

/* A rank has no place on a scale of percent. */
static double on_scale(const struct observation *row, double value)
{
	return *row->percent || *row->target_percent ? value : NAN;
}

static size_t lines_of_name(const struct chart *chart, const struct observation *row,
			    double width)
{
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_START);
	struct flow_lines lines = { 0 };
	size_t count;

	flow_break(&lines, &style.font, row_name(chart, row), width, 0);
	count = lines.count + (row->has_counts && !isnan(row->length));
	flow_free(&lines);
	return count;
}

/* Which of the targets are contested, by their numbers. */
static void add_disputed(struct chart *chart)
{
	const char *language = chart->options.language;
	size_t i, count = 0;

	for (i = 0; i < chart->count; i++) {
		if (!chart->rows[i].disputed)
			continue;
		text_addf(&chart->notes, "%s%s",
			  count++ ? ", "
				  : format_choose(language, "Đang bị khiếu nại: ",
						  "Under dispute: "),
			  chart->rows[i].number);
	}
	text_add(&chart->notes, count ? ". " : "");
}

static void name_chart(struct chart *chart)
{
	const json_t *agency = json_object_get(chart->model, "agency");
	const char *language = chart->options.language;

	text_add(&chart->title,
		 format_choose(language, "Các chỉ tiêu của Nghị quyết 17/NQ-CP",
			       "The targets of Resolution 17/NQ-CP"));
	if (json_is_object(agency))
		text_addf(&chart->title, " – %s", model_words(agency, "name", language));
	chart_add_period(&chart->subtitle, chart);
	text_add(&chart->subtitle, "; ");
	chart_add_reached(
		&chart->subtitle, chart,
		format_choose(
			language, "chỉ tiêu đạt; vạch đứng là mục tiêu, thang 0–100%",
			"targets met; the upright tick is the target, scale 0–100%"));
	add_disputed(chart);
	if (is_bullet(chart))
		text_add(&chart->notes,
			 format_choose(
				 language,
				 "Dải nhạt: một nửa số cơ quan cùng nhóm nằm trong "
				 "đó; vạch mảnh trong dải: trung vị; hình thoi: kỳ "
				 "trước. ",
				 "Pale band: the middle half of its peers; thin line "
				 "in it: the median; diamond: the period before. "));
}

/* What each row of a bullet says of the others under KEY.  Belongs to the caller. */
static double *read_marks(const struct chart *chart, const char *key)
{
	const json_t *rows = json_object_get(chart->model, chart->kind->fields);
	double *marks = memory_zeroed(chart->count + 1, sizeof *marks);
	size_t i;

	for (i = 0; i < chart->count; i++)
		marks[i] = on_scale(&chart->rows[i],
				    model_number(json_array_get(rows, i), key));
	return marks;
}

/* A bar in a cell of a table: no words, nothing on its sides. */
static void become_mini(struct chart *chart, struct targets_input *input)
{
	double height = model_number(chart->model, "height");
	size_t i;

	chart->mini = true;
	height = height > 8 ? height - 2 : 18;
	input->text = height / 1.6;
	targets_mini_make(&chart->layout.targets, input, height);
	chart->body = chart->layout.targets.height;
	for (i = 0; i < chart->count; i++) {
		text_add(&chart->title, i > 0 ? "; " : "");
		text_add(&chart->title, row_name(chart, &chart->rows[i]));
	}
}

static void prepare(struct chart *chart, double most)
{
	double *q1 = read_marks(chart, "q1"), *medians = read_marks(chart, "median");
	double *q3 = read_marks(chart, "q3");
	double *befores = read_marks(chart, "before_percent");
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_START);
	double *values = memory_zeroed(chart->count + 1, sizeof *values);
	double *targets = memory_zeroed(chart->count + 1, sizeof *targets);
	size_t *lines = memory_zeroed(chart->count + 1, sizeof *lines);
	const char *language = chart->options.language;
	struct targets_input input = {
		.count = chart->count,
		.values = values,
		.targets = targets,
		.name_lines = lines,
		.q1 = q1,
		.medians = medians,
		.q3 = q3,
		.befores = befores,
		.value_width = fmax(chart_widest(chart, observation_add_value) * 1.07,
				    fonts_width(&style.font, value_head(language))),
		.target_width = fmax(chart_widest(chart, observation_add_target),
				     fonts_width(&style.font, target_head(language))),
		.word_width = fmax(chart_widest(chart, add_word),
				   fonts_width(&style.font, word_head(language))),
		.text = chart->options.text,
		.width = chart->options.width,
	};
	size_t i;

	(void)most; /* rows of words do not shrink */
	for (i = 0; i < chart->count; i++) {
		const struct observation *row = &chart->rows[i];

		values[i] = on_scale(row, row->length);
		targets[i] = on_scale(row, row->target_length);
		lines[i] = lines_of_name(chart, row, targets_name_width(&input));
	}
	if (json_is_true(json_object_get(chart->model, "mini"))) {
		become_mini(chart, &input);
	} else {
		name_chart(chart);
		describe(chart);
		targets_layout_make(&chart->layout.targets, &input);
		chart->body = chart->layout.targets.height;
	}
	free(values);
	free(targets);
	free(lines);
	free(q1);
	free(medians);
	free(q3);
	free(befores);
}

static void paint_head(const struct chart *chart, struct canvas *canvas)
{
	const struct targets_layout *layout = &chart->layout.targets;
	struct canvas_style style = chart_style(chart, COLOUR_MUTED, ANCHOR_END);
	const char *language = chart->options.language;
	double y = layout->head * 0.4;

	chart_label(canvas, layout->value_end, y, &style, value_head(language));
	chart_label(canvas, layout->target_end, y, &style, target_head(language));
	style.anchor = ANCHOR_START;
	chart_label(canvas, layout->word_x, y, &style, word_head(language));
}

static void paint_name(const struct chart *chart, struct canvas *canvas, size_t i)
{
	const struct targets_layout *layout = &chart->layout.targets;
	const struct observation *row = &chart->rows[i];
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_START);
	struct flow_lines lines = { 0 };
	struct text counts = { 0 };
	double y = layout->rows[i].name_y;
	size_t j;

	flow_break(&lines, &style.font, row_name(chart, row), layout->name_width, 0);
	for (j = 0; j < lines.count; j++, y += layout->line)
		chart_label(canvas, layout->name_x, y, &style, lines.items[j].string);
	add_counts(&counts, row, chart->options.language);
	style.colour = COLOUR_MUTED;
	style.font.size *= 0.9;
	chart_label(canvas, layout->name_x, y, &style, text_string(&counts));
	flow_free(&lines);
	text_free(&counts);
}

/* The middle half of the peers and their median, higher than the bar. */
static void paint_peers(const struct chart *chart, struct canvas *canvas, size_t i)
{
	const struct targets_layout *layout = &chart->layout.targets;
	const struct targets_row *place = &layout->rows[i];
	const struct canvas_stroke median = { COLOUR_UNKNOWN, 1.2, 0 };
	double half = layout->bar * 0.9;

	if (!isnan(place->q1_x) && !isnan(place->q3_x))
		canvas_rectangle(canvas, place->q1_x, place->bar_y - half,
				 fmax(place->q3_x - place->q1_x, 1), 2 * half,
				 COLOUR_RULE);
	if (!isnan(place->median_x))
		canvas_line(canvas, place->median_x, place->bar_y - half, place->median_x,
			    place->bar_y + half, &median);
}

static void paint_before(const struct chart *chart, struct canvas *canvas, size_t i)
{
	const struct targets_layout *layout = &chart->layout.targets;
	const struct targets_row *place = &layout->rows[i];
	const struct canvas_stroke line = { COLOUR_INK, 1, 0 };
	double x = place->before_x, y = place->bar_y, half = layout->bar * 0.42;
	struct canvas_path path = { 0 };

	if (isnan(x))
		return;
	path_move(&path, x, y - half);
	path_line(&path, x + half, y);
	path_line(&path, x, y + half);
	path_line(&path, x - half, y);
	path_close(&path);
	canvas_path(canvas, &path, COLOUR_PAPER, &line);
	canvas_path_free(&path);
}

static void paint_bar(const struct chart *chart, struct canvas *canvas, size_t i)
{
	const struct targets_layout *layout = &chart->layout.targets;
	const struct targets_row *place = &layout->rows[i];
	const struct observation *row = &chart->rows[i];
	const struct canvas_stroke tick = { COLOUR_INK, 2, 0 };
	/* Slimmer in a bullet, so that its peers are seen on both sides. */
	double bar = is_bullet(chart) ? layout->bar * 0.7 : layout->bar;
	double top = place->bar_y - bar / 2, reach = layout->bar * 0.85;

	if (isnan(row->length)) {
		canvas_hatch(canvas, layout->bar_x, top, layout->bar_width, bar,
			     COLOUR_UNKNOWN);
	} else if (!place->missing) {
		canvas_rectangle(canvas, layout->bar_x, top, layout->bar_width, bar,
				 COLOUR_UNKNOWN_TINT);
		paint_peers(chart, canvas, i);
		chart_paint_bar(canvas, layout->bar_x, top, place->length, bar,
				row->status);
	}
	if (!isnan(place->tick_x))
		canvas_line(canvas, place->tick_x, place->bar_y - reach, place->tick_x,
			    place->bar_y + reach, &tick);
	paint_before(chart, canvas, i);
}

static void paint_row(const struct chart *chart, struct canvas *canvas, size_t i)
{
	const struct targets_layout *layout = &chart->layout.targets;
	const struct canvas_stroke rule = { COLOUR_RULE, 0.5, 0 };
	const struct targets_row *place = &layout->rows[i];
	const struct observation *row = &chart->rows[i];
	const char *language = chart->options.language;
	struct canvas_style style = chart_style(chart, COLOUR_INK, ANCHOR_END);
	struct text text = { 0 };

	canvas_line(canvas, 0, place->top, chart->options.width, place->top, &rule);
	chart_add_label(&text, chart, row);
	chart_mark_begin(chart, canvas, 0, place->top, row, text.data);
	text_clear(&text);
	mark_paint(canvas, row->status, layout->mark_x, place->name_y,
		   chart->options.text * 0.78);
	paint_name(chart, canvas, i);
	paint_bar(chart, canvas, i);
	observation_add_target(&text, row, language);
	chart_label(canvas, layout->target_end, place->bar_y, &style, text_string(&text));
	style.anchor = ANCHOR_START;
	chart_label(canvas, layout->word_x, place->bar_y, &style,
		    words_status_name(row->status, language));
	style.anchor = ANCHOR_END;
	style.font.bold = true;
	text_clear(&text);
	if (isnan(row->length))
		text_add(&text, "–");
	else
		observation_add_value(&text, row, language);
	chart_label(canvas, layout->value_end, place->bar_y, &style, text_string(&text));
	canvas_mark_end(canvas);
	text_free(&text);
}

static void paint(const struct chart *chart, struct canvas *canvas)
{
	size_t i;

	for (i = 0; chart->mini && i < chart->count; i++)
		paint_bar(chart, canvas, i);
	if (chart->mini)
		return;
	paint_head(chart, canvas);
	for (i = 0; i < chart->count; i++)
		paint_row(chart, canvas, i);
}

static void release(struct chart *chart)
{
	targets_layout_free(&chart->layout.targets);
}

const struct chart_kind chart_targets = { "targets", "targets", prepare,
					  paint,     release,   true };

const struct chart_kind chart_bullet = {
	"bullet", "rows", prepare, paint, release, true
};
