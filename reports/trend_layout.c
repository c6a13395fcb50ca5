/* trend_layout.c -- numbers -> places: one value over periods. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "reports/chart_layout.h"

static void find_range(const struct trend_input *input, double *low, double *high)
{
	size_t i;

	*low = INFINITY;
	*high = -INFINITY;
	for (i = 0; i < input->count; i++) {
		const double both[] = { input->values[i], input->targets[i] };
		size_t j;

		for (j = 0; j < 2; j++) {
			if (isnan(both[j]))
				continue;
			*low = fmin(*low, both[j]);
			*high = fmax(*high, both[j]);
		}
	}
	if (input->has_forecast) {
		*low = fmin(*low, input->low);
		*high = fmax(*high, input->high);
	}
	if (*low > *high) { /* nothing at all */
		*low = 0;
		*high = 100;
	}
	if (!input->ranks)
		*low = 0;
}

static void place_points(struct trend_layout *layout, const struct trend_input *input)
{
	double low, high;
	size_t i;

	find_range(input, &low, &high);
	/* A rank axis runs downwards: the best place is on top. */
	layout_axis_make(&layout->axis, low, high, 6,
			 input->ranks ? layout->top : layout->bottom,
			 input->ranks ? layout->bottom : layout->top);
	layout->step = (layout->right - layout->left) /
		       (double)(layout->slots > 0 ? layout->slots : 1);
	for (i = 0; i < input->count; i++) {
		layout->x[i] = layout->left + layout->step * ((double)i + 0.5);
		layout->y[i] = isnan(input->values[i])
				       ? NAN
				       : layout_axis_at(&layout->axis, input->values[i]);
		layout->target_y[i] =
			isnan(input->targets[i])
				? NAN
				: layout_axis_at(&layout->axis, input->targets[i]);
	}
	if (!input->has_forecast)
		return;
	layout->forecast_x = layout->left + layout->step * ((double)i + 0.5);
	layout->forecast_y = layout_axis_at(&layout->axis, input->forecast);
	layout->low_y = layout_axis_at(&layout->axis, input->low);
	layout->high_y = layout_axis_at(&layout->axis, input->high);
}

static void find_segments(struct trend_layout *layout, const struct trend_input *input)
{
	size_t i;

	for (i = 0; i < input->count; i++) {
		if (isnan(input->values[i])) {
			struct trend_gap *gap = &layout->gaps[layout->gaps_count];

			if (i > 0 && isnan(input->values[i - 1])) {
				gap[-1].last = i;
				gap[-1].width += layout->step;
			} else {
				*gap = (struct trend_gap){ i, i,
							   layout->x[i] -
								   layout->step / 2,
							   layout->step };
				layout->gaps_count++;
			}
		} else if (i > 0 && !isnan(input->values[i - 1])) {
			layout->segments[layout->segments_count++] =
				(struct trend_segment){ i - 1, i, input->provisional[i] };
		}
	}
}

static bool labels_fit(const struct trend_layout *layout, const double *widths,
		       size_t count, size_t stride, double gap)
{
	size_t i;

	for (i = count - 1; i >= stride; i -= stride)
		if (widths[i] / 2 + widths[i - stride] / 2 + gap >
		    layout->step * (double)stride)
			return false;
	return true;
}

/* Shows the last label and, going back, each STRIDE-th, as many as have room. */
static void choose_labels(struct trend_layout *layout, const double *widths, size_t count,
			  double gap, bool *shown)
{
	size_t i, stride = 1;

	if (count == 0)
		return;
	while (!labels_fit(layout, widths, count, stride, gap))
		stride++;
	for (i = 0; i < count; i++)
		shown[i] = (count - 1 - i) % stride == 0;
}

/* The value of the forecast stands above its range, the last value above its point;
 * beside each other where they are equally high. */
static void show_forecast(struct trend_layout *layout, const struct trend_input *input)
{
	size_t last = layout->count - 1;

	layout->forecast_shown = input->has_forecast;
	if (input->has_forecast && layout->count > 0 && !isnan(layout->y[last]))
		layout->forecast_shown =
			fabs(layout->y[last] - layout->high_y) > input->text * 1.4 ||
			layout->step > (input->value_widths[last] +
					input->value_widths[layout->count]) /
						       2 +
					       input->text * 0.5;
}

/* Left for the line when ticks, periods and the target's name have their room; the
 * line of a cell leaves half a mark. */
static void place_plot(struct trend_layout *layout, const struct trend_input *input)
{
	if (input->bare) {
		layout->top = 4;
		layout->right = input->width;
		layout->bottom = input->height - 1;
		return;
	}
	layout->left = input->tick_width + input->text * 0.6;
	layout->right =
		input->width -
		(input->target_width > 0 ? input->target_width + input->text * 0.5 : 0);
	layout->top = input->text * 1.9; /* a value's label above the highest point */
	layout->bottom = input->height - input->text * 1.9;
}

void trend_layout_make(struct trend_layout *layout, const struct trend_input *input)
{
	size_t i, count = input->count + 2; /* never an empty block */

	*layout = (struct trend_layout){ .count = input->count,
					 .slots = input->count + input->has_forecast,
					 .forecast_x = NAN,
					 .forecast_y = NAN,
					 .low_y = NAN,
					 .high_y = NAN };
	place_plot(layout, input);
	layout->x = memory_zeroed(count, sizeof *layout->x);
	layout->y = memory_zeroed(count, sizeof *layout->y);
	layout->target_y = memory_zeroed(count, sizeof *layout->target_y);
	layout->label_shown = memory_zeroed(count, sizeof *layout->label_shown);
	layout->value_shown = memory_zeroed(count, sizeof *layout->value_shown);
	layout->segments = memory_zeroed(count, sizeof *layout->segments);
	layout->gaps = memory_zeroed(count, sizeof *layout->gaps);
	place_points(layout, input);
	find_segments(layout, input);
	if (input->bare)
		return;
	choose_labels(layout, input->label_widths, layout->slots, input->text * 0.5,
		      layout->label_shown);
	choose_labels(layout, input->value_widths, layout->count, input->text * 0.5,
		      layout->value_shown);
	show_forecast(layout, input);
	for (i = 0; i < input->count; i++)
		if (isnan(input->values[i]))
			layout->value_shown[i] = false;
}

void trend_layout_free(struct trend_layout *layout)
{
	free(layout->x);
	free(layout->y);
	free(layout->target_y);
	free(layout->label_shown);
	free(layout->value_shown);
	free(layout->segments);
	free(layout->gaps);
	*layout = (struct trend_layout){ 0 };
}
