/* chart_test.c -- every kind of chart, in both languages and several widths: no words
 * on each other or over the edge, nothing missing drawn as zero, and what an SVG says. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/text.h"
#include "reports/chart.h"
#include "reports/chart_layout.h"
#include "reports/fonts.h"
#include "reports/reports.h"

static json_t *load_models(void)
{
	json_error_t fault;
	json_t *models = json_load_file("tests/data/charts.json", 0, &fault);

	if (!models)
		fail_msg("charts.json: %s", fault.text);
	return models;
}

/* ---- A painter that remembers where the words are ------------------------- */

struct word {
	struct layout_box box;
	char *string;
};

struct watch {
	struct canvas canvas; /* first */
	struct word *words;
	size_t count;
	double width, height;
	size_t rectangles, marks;
};

static void watch_page(struct canvas *canvas, double width, double height)
{
	struct watch *watch = (struct watch *)canvas;

	watch->width = width;
	watch->height = height;
}

static void watch_end(struct canvas *canvas)
{
	(void)canvas;
}

/* From the top of the capitals to where a line below may begin. */
static void watch_text(struct canvas *canvas, double x, double y,
		       const struct canvas_style *style, const char *string)
{
	struct watch *watch = (struct watch *)canvas;
	double width = fonts_width(&style->font, string), size = style->font.size;
	struct word *word;

	watch->words =
		memory_resize(watch->words, watch->count + 1, sizeof *watch->words);
	word = &watch->words[watch->count++];
	if (style->anchor == ANCHOR_MIDDLE)
		x -= width / 2;
	else if (style->anchor == ANCHOR_END)
		x -= width;
	word->box = (struct layout_box){ x, y - size * 0.7, width, size * 0.85 };
	word->string = memory_copy(string);
}

static void watch_rectangle(struct canvas *canvas, double x, double y, double width,
			    double height, enum canvas_colour fill)
{
	struct watch *watch = (struct watch *)canvas;

	(void)fill;
	assert_true(isfinite(x) && isfinite(y) && width >= 0 && height >= 0);
	watch->rectangles++;
}

static void watch_path(struct canvas *canvas, const struct canvas_path *path,
		       enum canvas_colour fill, const struct canvas_stroke *stroke)
{
	size_t i;

	(void)canvas, (void)fill, (void)stroke;
	for (i = 0; i < path->count; i++)
		assert_true(isfinite(path->steps[i].x[0]) &&
			    isfinite(path->steps[i].y[0]));
}

static void watch_circle(struct canvas *canvas, double x, double y, double radius,
			 enum canvas_colour fill, const struct canvas_stroke *stroke)
{
	struct watch *watch = (struct watch *)canvas;

	(void)fill, (void)stroke;
	assert_true(isfinite(x) && isfinite(y) && radius > 0);
	assert_true(x > -1 && x < watch->width + 1 && y > -1 && y < watch->height + 1);
}

static void watch_mark(struct canvas *canvas, double x, double y, const char *label,
		       const char *address)
{
	(void)x, (void)y, (void)address;
	assert_true(*label);
	((struct watch *)canvas)->marks++;
}

static const struct canvas_painter watcher = {
	.page_begin = watch_page,
	.page_end = watch_end,
	.text = watch_text,
	.rectangle = watch_rectangle,
	.path = watch_path,
	.circle = watch_circle,
	.mark_begin = watch_mark,
	.mark_end = watch_end,
};

static void look_away(struct watch *watch)
{
	size_t i;

	for (i = 0; i < watch->count; i++)
		free(watch->words[i].string);
	free(watch->words);
	*watch = (struct watch){ 0 };
}

/* Fails, naming NAME, where words meet or leave the picture. */
static void judge(const struct watch *watch, const char *name, double width)
{
	size_t i, j;

	for (i = 0; i < watch->count; i++) {
		const struct word *word = &watch->words[i];

		if (word->box.x < -1 ||
		    word->box.x + word->box.width > watch->width + 1 ||
		    word->box.y < -1 ||
		    word->box.y + word->box.height > watch->height + 1)
			fail_msg(
				"%s at %.0f: \"%s\" leaves the picture (%.0f %.0f, %.0f wide)",
				name, width, word->string, word->box.x, word->box.y,
				word->box.width);
		for (j = i + 1; j < watch->count; j++)
			if (layout_boxes_meet(&word->box, &watch->words[j].box))
				fail_msg("%s at %.0f: \"%s\" and \"%s\" overlap", name,
					 width, word->string, watch->words[j].string);
	}
}

static void look(const char *name, const json_t *model, const char *language,
		 double width, struct watch *watch)
{
	const struct chart_options options = { .language = language,
					       .width = width,
					       .inside = true,
					       .query = "",
					       .text = 13 };
	struct error err = { 0 };
	struct chart *chart;

	*watch = (struct watch){ .canvas.painter = &watcher };
	if (chart_new(&chart, name, model, &options, &err) != 0)
		fail_msg("%s: %s", name, err.message);
	canvas_page_begin(&watch->canvas, width, chart_height(chart));
	chart_paint(chart, &watch->canvas);
	canvas_page_end(&watch->canvas);
	chart_free(chart);
}

static void look_and_judge(const char *name, const json_t *model, double width)
{
	static const char *const languages[] = { "vi", "en" };
	struct watch watch;
	size_t i;

	for (i = 0; i < 2; i++) {
		look(name, model, languages[i], width, &watch);
		judge(&watch, name, width);
		look_away(&watch);
	}
}

static void no_words_meet_in_any_kind(void **state)
{
	static const double widths[] = { 338, 420, 560, 700, 1100 };
	json_t *models = load_models(), *model;
	const char *name;
	size_t i;

	(void)state;
	json_object_foreach(models, name, model)
		for (i = 0; i < sizeof widths / sizeof *widths; i++)
			look_and_judge(name, model, widths[i]);
	json_decref(models);
}

/* ---- Any number of agencies, the longest names ---------------------------- */

static json_t *figure(size_t i, size_t count, int shape)
{
	static const char *const names[][2] = {
		{ "Bộ Lao động - Thương binh và Xã hội",
		  "Ministry of Labour, Invalids and Social Affairs" },
		{ "Bộ Nông nghiệp và Phát triển nông thôn",
		  "Ministry of Agriculture and Rural Development" },
		{ "Sở Lao động - Thương binh và Xã hội tỉnh Bà Rịa - Vũng Tàu",
		  "Department of Labour, Invalids and Social Affairs of Ba Ria - Vung Tau" },
		{ "Thành phố Hồ Chí Minh", "Ho Chi Minh City" },
	};
	struct text percent = { 0 }, code = { 0 };
	int value = shape == 0   ? 10000
		    : shape == 1 ? (int)(i * 10000 / count)
				 : (int)(i * 7919 % 10001);
	int missing = shape == 3 || (shape == 2 && i % 7 == 3);
	json_t *json;

	text_addf(&percent, "%d.%02d", value / 100, value % 100);
	text_addf(&code, "A%02zu", i);
	json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I}",
			 "agency", code.data, "agency_name_vi", names[i % 4][0],
			 "agency_name_en", names[i % 4][1], "indicator", "online-filing",
			 "indicator_name_vi", "Hồ sơ giải quyết trực tuyến",
			 "indicator_name_en", "Dossiers settled online", "target_percent",
			 "20", "direction", ">=", "status",
			 missing         ? "no_data"
			 : value >= 2000 ? "met"
					 : "not_met",
			 "group", i % 3 ? "province" : "central", "rank",
			 missing ? (json_int_t)0 : (json_int_t)i + 1);
	if (!missing)
		json_object_set_new(json, "percent", json_string(percent.data));
	text_free(&percent);
	text_free(&code);
	return json;
}

static json_t *figures(size_t count, int shape)
{
	json_t *rows = json_array();
	size_t i;

	for (i = 0; i < count; i++)
		json_array_append_new(rows, figure(i, count, shape));
	return rows;
}

static json_t *heat_rows(const json_t *rows)
{
	json_t *made = json_array(), *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		json_t *one = json_deep_copy(row);

		json_object_set_new(one, "cells", json_pack("[O, n, O]", row, row));
		json_array_append_new(made, one);
	}
	return made;
}

static json_t *model_of(const char *kind, json_t *rows)
{
	json_t *model = json_pack("{s:{s:s, s:s}, s:s, s:s, s:s}", "period_name", "vi",
				  "quý IV năm 2020", "en", "Q4 2020", "as_of",
				  "2021-01-15T10:00:00+07:00", "group", "province",
				  "focus", "A02");

	if (strcmp(kind, "heat") == 0) {
		json_object_set_new(
			model, "columns",
			json_pack("[{s:s, s:s, s:s}, {s:s, s:s, s:s}, {s:s, s:s, s:s}]",
				  "number", "02", "indicator_name_vi",
				  "Hồ sơ giải quyết trực tuyến", "indicator_name_en",
				  "Dossiers settled online", "number", "03",
				  "indicator_name_vi", "Tích hợp", "indicator_name_en",
				  "Integrated", "number", "05", "indicator_name_vi",
				  "Dịch vụ công trực tuyến mức độ 4 được cung cấp",
				  "indicator_name_en", "Services at level 4"));
		json_object_set_new(model, "rows", heat_rows(rows));
		json_decref(rows);
	} else {
		json_object_set_new(model, "rows", rows);
	}
	return model;
}

static void no_names_meet_for_any_number_of_agencies(void **state)
{
	static const char *const kinds[] = { "ranking", "strip", "heat", "bullet" };
	size_t kind, count;
	int shape;

	(void)state;
	for (kind = 0; kind < sizeof kinds / sizeof *kinds; kind++)
		for (count = 1; count <= 63; count += count < 8 ? 1 : 11)
			for (shape = 0; shape < 4; shape++) {
				json_t *model =
					model_of(kinds[kind], figures(count, shape));

				look_and_judge(kinds[kind], model, 338);
				look_and_judge(kinds[kind], model, 700);
				json_decref(model);
			}
}

/* ---- What is contested --------------------------------------------------- */

static size_t count_signs(const struct watch *watch, const char *note)
{
	size_t i, signs = 0, notes = 0;

	for (i = 0; i < watch->count; i++) {
		notes += strncmp(watch->words[i].string, note, strlen(note)) == 0;
		signs += strncmp(watch->words[i].string, note, strlen(note)) != 0 &&
			 strstr(watch->words[i].string, "†") != NULL;
	}
	assert_int_equal(notes, 1);
	return signs;
}

/* Each contested figure has the sign, in its name, its cell or beside its point, and
 * the foot says what it means; values that are missing or not shown too. */
static void contested_figures_have_their_sign(void **state)
{
	static const char *const kinds[] = { "trend", "strip", "heat", "ranking" };
	static const double widths[] = { 338, 700 };
	size_t kind, i, every, width;

	(void)state;
	for (kind = 0; kind < sizeof kinds / sizeof *kinds; kind++)
		for (every = 1; every < 6; every += 4)
			for (width = 0; width < 2; width++) {
				json_t *rows = figures(12, 2), *row, *model;
				size_t expected = 0;
				struct watch watch;

				json_array_foreach(rows, i, row) {
					if (i % every == 0)
						json_object_set_new(
							row, "dispute",
							json_pack("{s:i}", "open", 1));
					json_object_set_new(row, "period",
							    json_string("2020-Q1"));
					expected += i % every == 0;
				}
				model = model_of(kinds[kind], rows);
				if (kind == 0)
					json_object_set(model, "points",
							json_object_get(model, "rows"));
				look(kinds[kind], model, "vi", widths[width], &watch);
				judge(&watch, kinds[kind], widths[width]);
				assert_int_equal(count_signs(&watch, "(†) Số liệu đang"),
						 kind == 2 ? expected * 2 : expected);
				look_away(&watch);
				look(kinds[kind], model, "en", widths[width], &watch);
				judge(&watch, kinds[kind], widths[width]);
				assert_int_equal(count_signs(&watch, "(†) Contested"),
						 kind == 2 ? expected * 2 : expected);
				look_away(&watch);
				json_decref(model);
			}
}

/* ---- What is missing ------------------------------------------------------- */

static void what_is_missing_has_no_bar_and_no_zero(void **state)
{
	static const char *const kinds[] = { "ranking", "strip", "heat", "bullet" };
	size_t kind, i;

	(void)state;
	for (kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
		json_t *model = model_of(kinds[kind], figures(5, 3));
		struct text svg = { 0 };
		struct error err = { 0 };
		struct watch watch;

		look(kinds[kind], model, "vi", 700, &watch);
		for (i = 0; i < watch.count; i++)
			assert_null(strstr(watch.words[i].string, "0,00"));
		look_away(&watch);
		assert_int_equal(chart_inside(kinds[kind], model, "vi", "", &svg, &err),
				 0);
		assert_null(strstr(svg.data, "fill-reached"));
		assert_null(strstr(svg.data, "fill-missed"));
		assert_non_null(strstr(svg.data, "stroke-unknown")); /* the hatching */
		text_free(&svg);
		json_decref(model);
	}
}

/* A name without end neither leaves the picture nor makes the others small. */
static void a_name_without_end_is_cut_at_a_word(void **state)
{
	static const char *const kinds[] = { "ranking", "strip", "heat", "bullet" };
	static const char name[] =
		"Ban Chỉ đạo Chuyển đổi số và Cải cách hành chính liên ngành Nông nghiệp, "
		"Tài chính, Văn hóa, Thể thao, Du lịch và Phát triển nông thôn, miền núi, "
		"hải đảo";
	size_t kind;

	(void)state;
	for (kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
		json_t *rows = figures(6, 2), *model;

		json_object_set_new(json_array_get(rows, 1), "agency_name_vi",
				    json_string(name));
		json_object_set_new(json_array_get(rows, 1), "agency_name_en",
				    json_string(name));
		json_object_set_new(json_array_get(rows, 1), "dispute",
				    json_pack("{s:i}", "open", 1));
		model = model_of(kinds[kind], rows);
		look_and_judge(kinds[kind], model, 338);
		look_and_judge(kinds[kind], model, 700);
		if (kind == 0) {
			struct watch watch;
			size_t i, cut = 0;

			look("ranking", model, "vi", 338, &watch);
			for (i = 0; i < watch.count; i++) {
				const char *word = watch.words[i].string;

				cut += strncmp(word, "Ban Chỉ đạo", 12) == 0 &&
				       strstr(word, "…") && strstr(word, "(†)");
				if (strcmp(word, "Thành phố Hồ Chí Minh") == 0)
					assert_true(watch.words[i].box.height > 9);
			}
			assert_int_equal(cut, 1);
			look_away(&watch);
		}
		json_decref(model);
	}
}

/* Without a value the target still tells the scale, and stands on it. */
static void a_strip_without_values_has_the_scale_of_its_target(void **state)
{
	json_t *model = model_of("strip", figures(5, 3)),
	       *none = model_of("strip", json_array());
	struct watch watch;
	size_t i, ends = 0;

	(void)state;
	look("strip", model, "vi", 700, &watch);
	for (i = 0; i < watch.count; i++) {
		const struct word *word = &watch.words[i];

		ends += strcmp(word->string, "100%") == 0;
		if (strncmp(word->string, "Mục tiêu", 8) == 0)
			assert_true(word->box.x + word->box.width < 350);
	}
	look_away(&watch);
	look("strip", none, "vi", 700, &watch);
	for (i = 0; i < watch.count; i++)
		ends += strcmp(watch.words[i].string, "100%") == 0;
	look_away(&watch);
	assert_int_equal(ends, 2);
	json_decref(model);
	json_decref(none);
}

/* ---- SVG ------------------------------------------------------------------- */

/* The words of an SVG, in order, each on a line. */
static void words_of(const struct text *svg, struct text *out)
{
	const char *at = svg->data;

	while ((at = strstr(at, "<text")) != NULL) {
		at = strchr(at, '>') + 1;
		text_add_bytes(out, at, strcspn(at, "<"));
		text_add_char(out, '\n');
	}
}

static void a_waterfall_says_its_parts(void **state)
{
	static const char expected[] =
		"DỮ LIỆU MẪU\n"
		"Vì sao thứ hạng thay đổi – Thành phố Đà Nẵng\n"
		"Sang phải là tốt hơn; thanh đặc: tốt lên, thanh rỗng: "
		"xấu đi\n"
		"Quý III/2020\nhạng 24\n"
		"Bản ghi đến muộn của kỳ trước\nkhông đổi\n"
		"Điều chỉnh số liệu kỳ trước\nxuống 1 bậc\n"
		"Khối lượng của cơ quan (cơ cấu thủ tục)\nlên 2 bậc\n"
		"Tỷ lệ của cơ quan\nlên 9 bậc\n"
		"Các cơ quan khác\nxuống 4 bậc\n"
		"Cơ quan mới được xếp hoặc không còn được xếp\n"
		"không đổi\n"
		"Quý IV/2020\nhạng 18\n"
		"Nguồn: hệ thống NQ17, số liệu đến 10:00 ngày "
		"15/01/2021.\n";
	json_t *models = load_models();
	struct text svg = { 0 }, words = { 0 };
	struct error err = { 0 };

	(void)state;
	assert_int_equal(chart_svg("waterfall", json_object_get(models, "waterfall"),
				   "vi", &svg, &err),
			 0);
	words_of(&svg, &words);
	assert_string_equal(words.data, expected);
	text_free(&svg);
	text_free(&words);
	json_decref(models);
}

static void parts_that_do_not_add_up_say_so(void **state)
{
	json_t *model = json_pack("{s:s, s:{s:s, s:s}, s:[{s:s, s:s}], s:{s:s, s:s}}",
				  "measure", "percent", "start", "name_vi", "Trước",
				  "value", "10.00", "parts", "name_vi", "Muộn", "value",
				  "1.50", "end", "name_vi", "Sau", "value", "14.00");
	struct text svg = { 0 };
	struct error err = { 0 };

	(void)state;
	assert_int_equal(chart_svg("waterfall", model, "vi", &svg, &err), 0);
	assert_non_null(strstr(svg.data, ">Nguyên nhân khác<"));
	assert_non_null(strstr(svg.data, ">+2,50 điểm %<"));
	text_free(&svg);
	json_decref(model);
}

static void inside_a_page_marks_are_links_and_colours_classes(void **state)
{
	json_t *models = load_models();
	const json_t *tiles = json_object_get(models, "tiles");
	struct text inside = { 0 }, alone = { 0 };
	struct error err = { 0 };

	(void)state;
	assert_int_equal(
		chart_inside("tiles", tiles, "vi", "?period=2020&lang=vi", &inside, &err),
		0);
	assert_non_null(strstr(inside.data, "role=\"graphics-document\""));
	assert_non_null(
		strstr(inside.data,
		       "href=\"/agencies/48/online-filing?period=2020&amp;lang=vi\""));
	assert_non_null(strstr(inside.data, "<title>Thành phố Đà Nẵng: 17,31% ("));
	assert_null(strstr(inside.data, "fill=\"#"));
	assert_non_null(strstr(inside.data, ">Hoàng Sa<"));
	assert_non_null(strstr(inside.data, ">Trường Sa<"));

	assert_int_equal(chart_svg("tiles", tiles, "vi", &alone, &err), 0);
	assert_null(strstr(alone.data, "href="));
	assert_null(strstr(alone.data, "class=\"fill"));
	assert_non_null(strstr(alone.data, "fill=\"#"));
	assert_non_null(strstr(alone.data, "DỮ LIỆU MẪU"));
	assert_non_null(strstr(alone.data, "<desc>Kỳ báo cáo: năm 2020"));
	text_free(&inside);
	text_free(&alone);
	json_decref(models);
}

static void a_second_width_is_for_small_screens(void **state)
{
	json_t *models = load_models();
	struct text svg = { 0 };
	struct error err = { 0 };

	(void)state;
	assert_int_equal(chart_inside("strip", json_object_get(models, "strip"), "vi", "",
				      &svg, &err),
			 0);
	assert_non_null(strstr(svg.data, "class=\"chart roomy\""));
	assert_non_null(strstr(svg.data, "class=\"chart narrow\""));
	assert_non_null(strstr(svg.data, "viewBox=\"0 0 340 "));
	text_free(&svg);
	json_decref(models);
}

static void a_chart_in_a_cell_is_silent(void **state)
{
	static const char *const names[] = { "spark", "strip_mini", "bullet_mini" };
	json_t *models = load_models();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof names / sizeof *names; i++) {
		struct text svg = { 0 };
		struct error err = { 0 };

		assert_int_equal(chart_inside(names[i], json_object_get(models, names[i]),
					      "vi", "", &svg, &err),
				 0);
		assert_non_null(strstr(svg.data, "aria-hidden=\"true\""));
		assert_null(strstr(svg.data, "<text"));
		assert_null(strstr(svg.data, "<title"));
		text_free(&svg);
	}
	json_decref(models);
}

static void hostile_words_stay_words(void **state)
{
	json_t *row = figure(0, 1, 1), *model;
	struct text svg = { 0 };
	struct error err = { 0 };

	(void)state;
	json_object_set_new(row, "agency", json_string("\"><script>"));
	json_object_set_new(row, "agency_name_vi",
			    json_string("</svg><script>1</script>"));
	json_object_set_new(row, "percent", json_string("12.00"));
	model = model_of("strip", json_pack("[o]", row));
	assert_int_equal(chart_inside("strip", model, "vi", "?a=\"b", &svg, &err), 0);
	assert_null(strstr(svg.data, "<script"));
	assert_null(strstr(svg.data, "a=\"b"));
	text_free(&svg);
	json_decref(model);
}

static void a_refused_forecast_is_not_drawn(void **state)
{
	json_t *models = load_models(), *trend = json_object_get(models, "trend");
	struct text with = { 0 }, without = { 0 };
	struct error err = { 0 };

	(void)state;
	assert_int_equal(chart_svg("trend", trend, "vi", &with, &err), 0);
	assert_non_null(strstr(with.data, "33,10%"));
	json_object_set_new(trend, "forecast",
			    json_pack("{s:s}", "refused", "too_short"));
	assert_int_equal(chart_svg("trend", trend, "vi", &without, &err), 0);
	assert_null(strstr(without.data, "Dự báo"));
	assert_null(strstr(without.data, "33,10%"));
	text_free(&with);
	text_free(&without);
	json_decref(models);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_words_meet_in_any_kind),
		cmocka_unit_test(no_names_meet_for_any_number_of_agencies),
		cmocka_unit_test(contested_figures_have_their_sign),
		cmocka_unit_test(a_strip_without_values_has_the_scale_of_its_target),
		cmocka_unit_test(a_name_without_end_is_cut_at_a_word),
		cmocka_unit_test(what_is_missing_has_no_bar_and_no_zero),
		cmocka_unit_test(a_waterfall_says_its_parts),
		cmocka_unit_test(parts_that_do_not_add_up_say_so),
		cmocka_unit_test(inside_a_page_marks_are_links_and_colours_classes),
		cmocka_unit_test(a_second_width_is_for_small_screens),
		cmocka_unit_test(a_chart_in_a_cell_is_silent),
		cmocka_unit_test(hostile_words_stay_words),
		cmocka_unit_test(a_refused_forecast_is_not_drawn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
