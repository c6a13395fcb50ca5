/* chart_layout_test.c -- charts by their numbers: axes, bars, targets, trends. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "reports/chart_layout.h"

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
		cmocka_unit_test(ranks_grow_downwards),
		cmocka_unit_test(nothing_at_all_is_laid_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
