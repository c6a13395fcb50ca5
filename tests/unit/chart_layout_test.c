/* chart_layout_test.c -- charts by their numbers: axes, bars, targets, trends. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "reports/chart_layout.h"
#include "reports/heat_layout.h"
#include "reports/strip_layout.h"
#include "reports/tiles_layout.h"
#include "reports/timeline_layout.h"
#include "reports/waterfall_layout.h"

#define NEAR(a, b) assert_true(fabs((a) - (b)) < 1e-6)

static void axes_end_on_round_ticks(void **state)
{
	static const struct {
		double low, high;
		size_t most;
		double first, last;
		size_t count;
	} cases[] = {
		{ 0, 100, 6, 0, 100, 6 },   { 0, 55.31, 6, 0, 60, 4 },
		{ 0, 45, 6, 0, 50, 6 },     { 0, 0.9, 6, 0, 1, 6 },
		{ 78, 100, 6, 75, 100, 6 }, { 86, 86, 6, 86, 87, 6 },
		{ 0, 1, 2, 0, 1, 2 },       { 0, 99.99, 6, 0, 100, 6 },
	};
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct layout_axis axis;

		layout_axis_make(&axis, cases[i].low, cases[i].high, cases[i].most, 10,
				 210);
		NEAR(axis.ticks[0], cases[i].first);
		NEAR(axis.ticks[axis.ticks_count - 1], cases[i].last);
		assert_int_equal(axis.ticks_count, cases[i].count);
		NEAR(layout_axis_at(&axis, axis.low), 10);
		NEAR(layout_axis_at(&axis, axis.high), 210);
		for (j = 1; j < axis.ticks_count; j++)
			assert_true(axis.ticks[j] > axis.ticks[j - 1]);
	}
}

static const double values[] = { 80, 19, 0, NAN };
static const double label_widths[] = { 40, 40, 30, 90 };

static struct bars_input bars_input(void)
{
	return (struct bars_input){
		.count = 4,
		.values = values,
		.label_widths = label_widths,
		.name_width = 150,
		.rank_width = 14,
		.target = 20,
		.text = 13,
		.width = 700,
	};
}

static void bars_start_at_zero_and_keep_their_ratio(void **state)
{
	struct bars_input input = bars_input();
	struct bars_layout layout;
	size_t i;

	(void)state;
	bars_layout_make(&layout, &input);
	NEAR(layout_axis_at(&layout.axis, 0), layout.bar_x);
	NEAR(layout.rows[0].length / layout.rows[1].length, 80.0 / 19);
	NEAR(layout.rows[2].length, 0);
	NEAR(layout.target_x, layout.bar_x + layout.rows[0].length / 4);
	assert_false(layout.rows[2].missing);
	assert_true(layout.rows[3].missing);
	assert_true(layout.rows[0].label_x + 40 <= 700);
	for (i = 1; i < 4; i++)
		NEAR(layout.rows[i].bar_y - layout.rows[i - 1].bar_y, layout.pitch);
	bars_layout_free(&layout);
}

static void labels_keep_clear_of_the_target(void **state)
{
	struct bars_input input = bars_input();
	struct bars_layout layout;
	size_t i;

	(void)state;
	bars_layout_make(&layout, &input);
	for (i = 0; i < 4; i++) {
		double x = layout.rows[i].label_x;

		assert_true(layout.target_x <= x ||
			    x + label_widths[i] < layout.target_x);
	}
	bars_layout_free(&layout);
}

static void intervals_lie_on_the_scale_of_the_bars(void **state)
{
	static const double lows[] = { 60, 10, 0, NAN }, highs[] = { 100, 35, 25, NAN };
	struct bars_input input = bars_input();
	struct bars_layout layout;
	size_t i;

	(void)state;
	input.lows = lows;
	input.highs = highs;
	bars_layout_make(&layout, &input);
	for (i = 0; i < 3; i++) {
		NEAR(layout.rows[i].low_x, layout_axis_at(&layout.axis, lows[i]));
		NEAR(layout.rows[i].high_x, layout_axis_at(&layout.axis, highs[i]));
		/* No value stands where it could be taken for an end. */
		assert_true(layout.rows[i].label_x > layout.axis.to);
		NEAR(layout.rows[i].label_x + label_widths[i], 700);
	}
	assert_true(layout.rows[0].high_x <= layout.axis.to + 1e-6);
	assert_true(isnan(layout.rows[3].low_x) && isnan(layout.rows[3].high_x));
	bars_layout_free(&layout);
}

static void many_bars_shrink_to_the_page(void **state)
{
	static double many[63], widths[63];
	struct bars_input input = bars_input();
	struct bars_layout layout;
	size_t i;

	(void)state;
	for (i = 0; i < 63; i++) {
		many[i] = 63 - (double)i;
		widths[i] = 30;
	}
	input.count = 63;
	input.values = many;
	input.label_widths = widths;
	input.text = 9;
	input.width = 467;
	input.max_height = 680;
	bars_layout_make(&layout, &input);
	assert_true(layout.height <= 680);
	assert_true(layout.text >= 6.5 && layout.text < 9);
	assert_true(layout.pitch >= layout.text * 1.2);
	bars_layout_free(&layout);
}

static void narrow_bars_put_the_name_above(void **state)
{
	struct bars_input input = bars_input();
	struct bars_layout layout;

	(void)state;
	input.width = 320;
	bars_layout_make(&layout, &input);
	assert_true(layout.stacked);
	assert_true(layout.rows[0].name_y < layout.rows[0].bar_y - layout.bar / 2);
	assert_true(layout.rows[0].label_x + 40 <= 320);
	bars_layout_free(&layout);
}

static void targets_never_leave_their_scale(void **state)
{
	static const double shares[] = { 50, 130, NAN }, goals[] = { 20, 100, 30 };
	static const size_t lines[] = { 1, 3, 2 };
	struct targets_input input = {
		.count = 3,
		.values = shares,
		.targets = goals,
		.name_lines = lines,
		.value_width = 50,
		.target_width = 45,
		.word_width = 80,
		.text = 13,
		.width = 700,
	};
	struct targets_layout layout;

	(void)state;
	targets_layout_make(&layout, &input);
	NEAR(layout.rows[0].length, layout.bar_width / 2);
	NEAR(layout.rows[0].tick_x, layout.bar_x + layout.bar_width / 5);
	NEAR(layout.rows[1].length, layout.bar_width);
	assert_true(layout.rows[2].missing);
	NEAR(layout.rows[1].top, layout.rows[0].top + layout.rows[0].height);
	assert_true(layout.rows[1].height > layout.rows[0].height + 1.9 * layout.line);
	assert_true(layout.bar_x + layout.bar_width + 50 <= layout.value_end);
	NEAR(layout.word_x + 80, 700);
	targets_layout_free(&layout);
}

static void trends_break_where_data_is_missing(void **state)
{
	static const double line[] = { 10, 12, NAN, NAN, 14, 15 };
	static const double goals[] = { 20, 20, 20, 20, 30, 30 };
	static const bool provisional[] = { 0, 0, 0, 0, 0, 1 };
	static const double labels[] = { 60, 60, 60, 60, 60, 60 };
	struct trend_input input = {
		.count = 6,
		.values = line,
		.targets = goals,
		.provisional = provisional,
		.label_widths = labels,
		.value_widths = labels,
		.tick_width = 30,
		.text = 13,
		.width = 700,
		.height = 300,
	};
	struct trend_layout layout;

	(void)state;
	trend_layout_make(&layout, &input);
	assert_int_equal(layout.segments_count, 2);
	assert_int_equal(layout.segments[0].to, 1);
	assert_false(layout.segments[0].dashed);
	assert_int_equal(layout.segments[1].from, 4);
	assert_true(layout.segments[1].dashed);
	assert_int_equal(layout.gaps_count, 1);
	assert_int_equal(layout.gaps[0].first, 2);
	assert_int_equal(layout.gaps[0].last, 3);
	NEAR(layout.gaps[0].width, 2 * layout.step);
	assert_true(isnan(layout.y[2]));
	assert_false(layout.value_shown[2]);
	NEAR(layout_axis_at(&layout.axis, 0), layout.bottom);
	assert_true(layout.target_y[5] < layout.target_y[0]);
	trend_layout_free(&layout);

	input.width = 250; /* six labels of 60 have no room */
	trend_layout_make(&layout, &input);
	assert_true(layout.label_shown[5]);
	assert_false(layout.label_shown[4]);
	trend_layout_free(&layout);
}

/* Whoever is always first, or last, stands on an axis of whole places. */
static void places_are_whole(void **state)
{
	static const double ends[][3] = {
		{ 1, 1, 1 }, { 33, 34, 34 }, { 1, 2, 3 }, { 2, 30, 9 }, { 1, 9, 12 }
	};
	static const double labels[] = { 60, 60, 60 };

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		struct trend_input input = {
			.count = 3,
			.values = ends[i],
			.targets = (const double[]){ NAN, NAN, NAN },
			.provisional = (const bool[]){ 0, 0, 0 },
			.ranks = true,
			.label_widths = labels,
			.value_widths = labels,
			.tick_width = 30,
			.text = 13,
			.width = 700,
			.height = 300,
		};
		struct trend_layout layout;

		trend_layout_make(&layout, &input);
		assert_true(layout.axis.ticks_count >= 3);
		for (size_t j = 0; j < layout.axis.ticks_count; j++) {
			NEAR(layout.axis.ticks[j], round(layout.axis.ticks[j]));
			assert_true(layout.axis.ticks[j] >= 1);
			assert_true(j == 0 ||
				    layout.axis.ticks[j] > layout.axis.ticks[j - 1]);
		}
		trend_layout_free(&layout);
	}
}

static void ranks_grow_downwards(void **state)
{
	static const double line[] = { 88, 86 }, goals[] = { NAN, 78 };
	static const bool provisional[2];
	static const double labels[] = { 30, 30 };
	struct trend_input input = {
		.count = 2,
		.values = line,
		.targets = goals,
		.provisional = provisional,
		.label_widths = labels,
		.value_widths = labels,
		.ranks = true,
		.text = 13,
		.width = 700,
		.height = 300,
	};
	struct trend_layout layout;

	(void)state;
	trend_layout_make(&layout, &input);
	assert_true(layout.y[1] < layout.y[0]);
	assert_true(layout.target_y[1] < layout.y[1]);
	trend_layout_free(&layout);
}

/* A survey of every second year: the word for its gaps is wider than they are. */
static void a_word_too_wide_for_its_gaps_is_said_once(void **state)
{
	static const double places[] = { NAN, 99, NAN, 89, NAN, 88, NAN, 86 };
	static const double goals[] = { NAN, NAN, NAN, NAN, NAN, NAN, 78, 78 };
	static const double widths[] = { 20, 20, 20, 20, 20, 20, 20, 20 };
	static const bool provisional[8];
	struct trend_input input = { .count = 8,
				     .values = places,
				     .targets = goals,
				     .provisional = provisional,
				     .label_widths = widths,
				     .value_widths = widths,
				     .ranks = true,
				     .gap_width = 90,
				     .text = 13,
				     .width = 340,
				     .height = 260 };
	struct trend_layout layout;
	size_t i, j, words = 0;

	(void)state;
	trend_layout_make(&layout, &input);
	assert_int_equal(layout.gaps_count, 4);
	for (i = 0; i < layout.gaps_count; i++) {
		const struct layout_box *word = &layout.gaps[i].word;

		words += word->width > 0;
		for (j = 0; j < layout.count && word->width > 0; j++)
			assert_false(layout.x[j] > word->x &&
				     layout.x[j] < word->x + word->width &&
				     layout.y[j] > word->y &&
				     layout.y[j] < word->y + word->height);
	}
	assert_int_equal(words, 1);
	trend_layout_free(&layout);

	input.width = 1400;
	trend_layout_make(&layout, &input);
	for (i = 0; i < layout.gaps_count; i++)
		assert_true(layout.gaps[i].word.width > 0);
	trend_layout_free(&layout);
}

/* 26, 24, 29, 20: above the 24 the line comes down and goes up again, above the last
 * it ends. */
static void a_value_in_a_dip_stands_below_the_line(void **state)
{
	static const double shares[] = { 10, 26, 24, 29, 20 };
	static const double goals[] = { 60, 60, 60, 60, 60 };
	static const double widths[] = { 40, 40, 40, 40, 40 };
	static const bool provisional[5];
	const struct trend_input input = { .count = 5,
					   .values = shares,
					   .targets = goals,
					   .provisional = provisional,
					   .label_widths = widths,
					   .value_widths = widths,
					   .text = 13,
					   .width = 600,
					   .height = 300 };
	struct trend_layout layout;

	(void)state;
	trend_layout_make(&layout, &input);
	assert_true(layout.value_shown[2]);
	assert_true(layout.value_boxes[2].y > layout.y[2]);
	assert_true(layout.value_boxes[4].y > layout.y[4]);
	assert_true(layout.value_boxes[1].y < layout.y[1]);
	trend_layout_free(&layout);
}

/* 63 provinces became 34: the fortieth before and the twentieth after are no rise. */
static void no_line_joins_places_among_different_numbers(void **state)
{
	static const double line[] = { 40, 44, NAN, 20, 23 };
	static const double goals[] = { NAN, NAN, NAN, NAN, NAN };
	static const double totals[] = { 63, 63, 63, 34, 34 };
	static const double labels[] = { 40, 40, 40, 40, 40 };
	static const bool provisional[5];
	struct trend_input input = {
		.count = 5,
		.values = line,
		.targets = goals,
		.totals = totals,
		.total_widths = labels,
		.provisional = provisional,
		.label_widths = labels,
		.value_widths = labels,
		.ranks = true,
		.text = 13,
		.width = 700,
		.height = 300,
	};
	static const double all_known[] = { 40, 44, 41, 20, 23 };
	struct trend_layout layout;

	(void)state;
	trend_layout_make(&layout, &input);
	assert_int_equal(layout.runs_count, 2);
	assert_int_equal(layout.runs[0].last, 2);
	assert_int_equal(layout.runs[1].first, 3);
	NEAR(layout.runs[1].x, (layout.x[2] + layout.x[3]) / 2);
	assert_true(layout.runs[0].word.width > 0 && layout.runs[1].word.width > 0);
	assert_false(layout_boxes_meet(&layout.runs[0].word, &layout.runs[1].word));
	for (size_t i = 0; i < layout.count; i++)
		assert_true(!layout.value_shown[i] ||
			    !layout_boxes_meet(&layout.runs[i / 3].word,
					       &layout.value_boxes[i]));
	trend_layout_free(&layout);

	input.values = all_known;
	trend_layout_make(&layout, &input);
	assert_int_equal(layout.segments_count, 3);
	for (size_t i = 0; i < layout.segments_count; i++)
		assert_true(layout.segments[i].to != 3);
	trend_layout_free(&layout);

	input.width = 90; /* room for one of the words: the last one */
	trend_layout_make(&layout, &input);
	assert_true(layout.runs[1].word.width > 0);
	NEAR(layout.runs[0].word.width, 0);
	trend_layout_free(&layout);
}

static void nothing_at_all_is_laid_out(void **state)
{
	struct bars_input bars = { .target = NAN, .text = 13, .width = 500 };
	struct targets_input targets = { .text = 13, .width = 500 };
	struct trend_input trend = { .text = 13, .width = 500, .height = 200 };
	struct bars_layout bars_layout;
	struct targets_layout targets_layout;
	struct trend_layout trend_layout;

	(void)state;
	bars_layout_make(&bars_layout, &bars);
	targets_layout_make(&targets_layout, &targets);
	trend_layout_make(&trend_layout, &trend);
	assert_true(bars_layout.height > 0 && targets_layout.height > 0);
	assert_int_equal(trend_layout.segments_count, 0);
	bars_layout_free(&bars_layout);
	targets_layout_free(&targets_layout);
	trend_layout_free(&trend_layout);
}

/* ---- Strip, tiles, waterfall, timeline, heat ------------------------------- */

static void dots_stand_on_their_side_of_the_target(void **state)
{
	static const double shares[] = { 19.99, 20, 20.01, 0, 100, NAN, 19.5, 20 };
	static const size_t lanes[8] = { 0 }, ranks[8] = { 0 };
	static const double names[8] = { 0 };
	const struct strip_input input = { .count = 8,
					   .values = shares,
					   .lanes = lanes,
					   .name_widths = names,
					   .ranks = ranks,
					   .lanes_count = 1,
					   .target = 20,
					   .nation = NAN,
					   .target_width = 100,
					   .high = 100,
					   .text = 13,
					   .width = 400 };
	struct strip_layout layout;
	size_t i, j;

	(void)state;
	strip_layout_make(&layout, &input);
	assert_int_equal(layout.lanes[0].missing, 1);
	for (i = 0; i < 8; i++) {
		const struct strip_dot *dot = &layout.dots[i];

		if (isnan(shares[i])) {
			assert_true(isnan(dot->x) && isnan(dot->y));
			continue;
		}
		assert_true((dot->x > layout.target_x) == (shares[i] >= 20));
		assert_true(dot->x > 0 && dot->x < 400);
		assert_true(dot->y < layout.lanes[0].base);
		for (j = 0; j < i; j++) /* no two in one place */
			assert_true(isnan(shares[j]) ||
				    hypot(dot->x - layout.dots[j].x,
					  dot->y - layout.dots[j].y) > layout.dot * 0.99);
	}
	strip_layout_free(&layout);
}

static void tiles_never_meet_and_islands_lie_in_the_sea(void **state)
{
	static const struct tiles_place places[] = {
		{ 1, 3, false }, { 1, 4, false },
		{ 11, 6, true }, { 12, 6, false },
		{ 15, 6, true }, { 21, 1, false },
		{ 0 },           { 0 },
		{ 0 },           { 0 },
		{ 0 },           { 0 },
	};
	static const double widths[] = { 320, 420, 720, 1400 };
	const size_t count = sizeof places / sizeof *places;
	size_t w, i, j;

	(void)state;
	for (w = 0; w < sizeof widths / sizeof *widths; w++) {
		const struct tiles_input input = { .count = count,
						   .places = places,
						   .name_width = 58,
						   .key_lines = 2,
						   .text = 13,
						   .width = widths[w] };
		struct tiles_layout layout;

		tiles_layout_make(&layout, &input);
		for (i = 0; i < count; i++) {
			const struct layout_box *tile = &layout.tiles[i];

			assert_true(tile->x >= 0 && tile->x + tile->width <= widths[w]);
			assert_true(tile->y + tile->height <= layout.height);
			for (j = 0; j < i; j++)
				assert_false(layout_boxes_meet(tile, &layout.tiles[j]));
			for (j = 0; j < count; j++)
				assert_false(layout_boxes_meet(tile, &layout.names[j]));
			assert_true(layout.names[i].x + layout.names[i].width <=
				    widths[w] + 1e-6);
			assert_true((layout.names[i].width > 0) == places[i].has_islands);
		}
		tiles_layout_free(&layout);
	}
}

static void classes_are_equal_and_hold_their_lower_end(void **state)
{
	struct layout_axis classes;

	(void)state;
	layout_axis_make(&classes, 0, 62, 6, 0, 1);
	assert_int_equal(tiles_class(&classes, 0), 0);
	assert_int_equal(tiles_class(&classes, 19.99), 0);
	assert_int_equal(tiles_class(&classes, 20), 1);
	assert_int_equal(tiles_class(&classes, 62), 3);
	assert_int_equal(tiles_class(&classes, 80), 3);
}

static void each_part_begins_where_the_last_one_ended(void **state)
{
	static const double parts[] = { -2, 0, NAN, 4 };
	static const size_t lines[6] = { 1, 1, 1, 2, 1, 1 };
	static const double widths[6] = { 50, 60, 60, 90, 60, 50 };
	const struct waterfall_input input = { .count = 4,
					       .start = 24,
					       .end = 18,
					       .parts = parts,
					       .name_lines = lines,
					       .name_width = 200,
					       .label_widths = widths,
					       .less_is_better = true,
					       .text = 13,
					       .width = 600 };
	struct waterfall_layout layout;
	size_t i;

	(void)state;
	waterfall_layout_make(&layout, &input);
	assert_int_equal(layout.count, 6);
	for (i = 1; i < 6; i++) {
		NEAR(layout.rows[i].from_x, layout.rows[i - 1].to_x);
		assert_true(layout.rows[i].top >=
			    layout.rows[i - 1].top + layout.rows[i - 1].height - 1e-6);
		assert_true(layout.rows[i].label.x + layout.rows[i].label.width <= 600);
	}
	assert_true(layout.rows[1].to_x > layout.rows[1].from_x); /* up is to the right */
	NEAR(layout.rows[2].to_x, layout.rows[2].from_x);
	/* What is not known takes what the others leave: 18 - 24 + 2 - 4. */
	assert_true(layout.rows[3].missing);
	NEAR((layout.rows[3].to_x - layout.rows[3].from_x) /
		     (layout.rows[1].to_x - layout.rows[1].from_x),
	     4);
	waterfall_layout_free(&layout);
}

static void a_deadline_without_a_day_has_no_mark(void **state)
{
	static const double dues[] = { 100, NAN, 500 }, dones[] = { 130, NAN, NAN };
	static const double years[] = { 0, 365, 730 };
	static const size_t lines[] = { 1, 2, 1 };
	double width;

	(void)state;
	for (width = 300; width < 1300; width += 450) {
		const struct timeline_input input = {
			.count = 3,
			.dues = dues,
			.dones = dones,
			.name_lines = lines,
			.name_width = width < 600 ? 0 : 200,
			.word_width = 120,
			.today = 600,
			.today_width = 60,
			.years = years,
			.years_count = 3,
			.year_width = 30,
			.text = 13,
			.width = width,
		};
		struct timeline_layout layout;

		timeline_layout_make(&layout, &input);
		assert_true(isnan(layout.rows[1].due_x) && isnan(layout.rows[1].done_x));
		assert_true(isnan(layout.rows[2].done_x));
		assert_true(layout.rows[0].due_x < layout.rows[0].done_x);
		assert_true(layout.rows[2].due_x < layout.today_x);
		assert_true(layout.years_x[0] >= 0 && layout.years_x[2] <= width);
		assert_false(layout.year_shown[2]); /* it would hang over the edge */
		timeline_layout_free(&layout);
	}
}

static void a_heat_table_fits_its_width(void **state)
{
	static const size_t lines[] = { 1, 2, 1 };
	double width;

	(void)state;
	for (width = 330; width < 1500; width += 130) {
		double text = heat_text(13, width, 6, 14, 240, 60);
		const struct heat_input input = {
			.rows = 3,
			.columns = 6,
			.name_lines = lines,
			.head_lines = 3,
			.rank_width = 14,
			.name_width = heat_name_width(text, width, 240 * text / 13),
			.text = text,
			.width = width,
		};
		struct heat_layout layout;
		struct layout_box last, below;

		assert_true(text >= 7 && text <= 13);
		heat_layout_make(&layout, &input);
		last = heat_cell(&layout, 0, 5);
		below = heat_cell(&layout, 1, 5);
		assert_true(last.x + last.width <= width);
		assert_false(layout_boxes_meet(&last, &below));
		heat_layout_free(&layout);
	}
}

static void a_forecast_stands_behind_the_last_value(void **state)
{
	static const double shares[] = { 10, NAN, 20 }, none[] = { NAN, NAN, NAN };
	static const bool provisional[3] = { 0 };
	static const double widths[] = { 40, 40, 40, 40 };
	const struct trend_input input = { .count = 3,
					   .values = shares,
					   .targets = none,
					   .provisional = provisional,
					   .label_widths = widths,
					   .value_widths = widths,
					   .has_forecast = true,
					   .forecast = 30,
					   .low = 22,
					   .high = 41,
					   .tick_width = 30,
					   .gap_width = 60,
					   .text = 13,
					   .width = 600,
					   .height = 250 };
	struct trend_layout layout;

	(void)state;
	trend_layout_make(&layout, &input);
	NEAR(layout.forecast_x - layout.x[2], layout.step);
	assert_true(layout.high_y < layout.forecast_y &&
		    layout.forecast_y < layout.low_y);
	assert_true(layout.low_y < layout.y[2]);
	assert_true(layout.high_y >= layout.top - 1e-6);
	assert_int_equal(layout.gaps_count, 1);
	assert_true(isnan(layout.y[1]) && !layout.value_shown[1]);
	trend_layout_free(&layout);
}

/* In its cell, right of the digits, whatever the width of the table. */
static void a_sign_stands_clear_of_its_digits(void **state)
{
	static const size_t lines[] = { 1, 2 };
	double text, width;

	(void)state;
	for (text = 7; text < 14; text += 2)
		for (width = 330; width < 1500; width += 130) {
			const struct heat_input input = {
				.rows = 2,
				.columns = 4,
				.name_lines = lines,
				.head_lines = 1,
				.name_width = heat_name_width(text, width, 100),
				.sign_width = text * 0.6,
				.text = text,
				.width = width,
			};
			struct heat_layout layout;
			struct layout_box cell, sign;

			heat_layout_make(&layout, &input);
			cell = heat_cell(&layout, 1, 3);
			sign = heat_sign(&layout, 1, 3);
			assert_true(sign.x >= cell.x + cell.width - layout.margin);
			assert_true(sign.width >= input.sign_width - 1e-6);
			assert_true(sign.x + sign.width <= cell.x + cell.width);
			assert_true(sign.y >= cell.y &&
				    sign.y + sign.height <= cell.y + cell.height);
			heat_layout_free(&layout);
		}
}

/* At the end of the value, or beside a point whose value has no room, or in the gap. */
static void a_sign_stands_beside_its_point(void **state)
{
	static const double shares[] = { 10, 12, NAN, 20, 21, 22, 21, 20, 22, 24 };
	static const bool provisional[10] = { 0 };
	static const double signs[] = { 7, 7, 7, 7, 7, 7, 7, 7, 7, 7 };
	double none[10], wide[11], width;
	struct trend_input input = { .count = 10,
				     .values = shares,
				     .targets = none,
				     .provisional = provisional,
				     .label_widths = wide,
				     .value_widths = wide,
				     .sign_widths = signs,
				     .tick_width = 30,
				     .gap_width = 60,
				     .text = 13,
				     .height = 220 };
	size_t i, j, alone = 0;

	(void)state;
	for (i = 0; i < 11; i++) {
		wide[i] = 54;
		none[i % 10] = NAN;
	}
	for (width = 330; width < 1200; width += 70) {
		struct trend_layout layout;

		input.width = width;
		trend_layout_make(&layout, &input);
		for (i = 0; i < 10; i++) {
			const struct layout_box *sign = &layout.sign_boxes[i];

			NEAR(sign->width, 7);
			assert_true(fabs(sign->x + sign->width / 2 - layout.x[i]) < 54);
			if (layout.value_shown[i])
				NEAR(sign->x + sign->width,
				     layout.value_boxes[i].x +
					     layout.value_boxes[i].width);
			for (j = 0; j < 10; j++) {
				assert_true(
					j == i ||
					!layout_boxes_meet(sign, &layout.sign_boxes[j]));
				assert_true(
					j == i || !layout.value_shown[j] ||
					!layout_boxes_meet(sign, &layout.value_boxes[j]));
			}
			alone += !layout.value_shown[i];
		}
		trend_layout_free(&layout);
	}
	assert_true(alone > 0);
}

/* Where a name finds no room the sign alone does, on no other name. */
static void a_contested_dot_has_its_name_or_the_sign(void **state)
{
	static const double shares[] = { 50, 50, 50, 50, 51, 51, 49, 50 };
	static const size_t lanes[8] = { 0 }, ranks[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	static const double names[] = { 150, 150, 150, 150, 150, 150, 150, 150 };
	static const bool disputed[] = { true, true, true, true, true, true, true, true };
	const struct strip_input input = { .count = 8,
					   .values = shares,
					   .lanes = lanes,
					   .name_widths = names,
					   .ranks = ranks,
					   .sign_width = 9,
					   .disputed = disputed,
					   .lanes_count = 1,
					   .target = NAN,
					   .nation = NAN,
					   .high = 100,
					   .text = 13,
					   .width = 340 };
	struct strip_layout layout;
	size_t i, j, signs = 0;

	(void)state;
	strip_layout_make(&layout, &input);
	for (i = 0; i < 8; i++) {
		assert_true(layout.dots[i].is_named != layout.dots[i].is_sign);
		signs += layout.dots[i].is_sign;
		assert_true(layout.dots[i].name.y >= 0);
		for (j = 0; j < i; j++)
			assert_false(layout_boxes_meet(&layout.dots[i].name,
						       &layout.dots[j].name));
	}
	assert_true(signs > 0 && signs < 8);
	strip_layout_free(&layout);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(axes_end_on_round_ticks),
		cmocka_unit_test(bars_start_at_zero_and_keep_their_ratio),
		cmocka_unit_test(labels_keep_clear_of_the_target),
		cmocka_unit_test(intervals_lie_on_the_scale_of_the_bars),
		cmocka_unit_test(many_bars_shrink_to_the_page),
		cmocka_unit_test(narrow_bars_put_the_name_above),
		cmocka_unit_test(targets_never_leave_their_scale),
		cmocka_unit_test(trends_break_where_data_is_missing),
		cmocka_unit_test(a_value_in_a_dip_stands_below_the_line),
		cmocka_unit_test(a_word_too_wide_for_its_gaps_is_said_once),
		cmocka_unit_test(places_are_whole),
		cmocka_unit_test(ranks_grow_downwards),
		cmocka_unit_test(no_line_joins_places_among_different_numbers),
		cmocka_unit_test(nothing_at_all_is_laid_out),
		cmocka_unit_test(dots_stand_on_their_side_of_the_target),
		cmocka_unit_test(tiles_never_meet_and_islands_lie_in_the_sea),
		cmocka_unit_test(classes_are_equal_and_hold_their_lower_end),
		cmocka_unit_test(each_part_begins_where_the_last_one_ended),
		cmocka_unit_test(a_deadline_without_a_day_has_no_mark),
		cmocka_unit_test(a_heat_table_fits_its_width),
		cmocka_unit_test(a_sign_stands_clear_of_its_digits),
		cmocka_unit_test(a_sign_stands_beside_its_point),
		cmocka_unit_test(a_contested_dot_has_its_name_or_the_sign),
		cmocka_unit_test(a_forecast_stands_behind_the_last_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
