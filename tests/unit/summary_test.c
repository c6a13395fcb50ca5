/* summary_test.c -- the paragraph that says how things stand, from fixture models:
 * word for word, and what it must not say where there is little to go by. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "reports/summary.h"

static json_t *load(const char *name)
{
	struct text path = { 0 };
	json_error_t fault;
	json_t *model;

	text_addf(&path, "tests/data/%s.json", name);
	model = json_load_file(path.data, 0, &fault);
	if (!model)
		fail_msg("%s: %s", path.data, fault.text);
	text_free(&path);
	return model;
}

static void it_is_written_word_for_word(void **state)
{
	static const struct {
		const char *fixture, *language, *expected;
	} cases[] = {
		{ "report_agency", "vi",
		  "Năm 2020, tỉnh Bà Rịa - Vũng Tàu đạt 2/4 chỉ tiêu áp dụng cho "
		  "từng cơ quan theo Nghị quyết số 17/NQ-CP; 2 chỉ tiêu chưa đạt. "
		  "Chỉ tiêu “Hồ sơ giải quyết trực tuyến” là 9,21% (3.893 trên "
		  "42.281 hồ sơ), mục tiêu ≥ 20%: chưa đạt, còn thiếu 4.564 hồ "
		  "sơ. Thông tin để tính có ở 100,00% số hồ sơ. Theo chỉ tiêu "
		  "này, xếp hạng 51 trong 60 tỉnh, thành phố có số liệu. Xét "
		  "chung các mục tiêu, xếp hạng 35 trong 62 tỉnh, thành phố (đạt "
		  "2/4 mục tiêu có kết quả, mức đạt bình quân 60,00%). Số liệu "
		  "tạm tính, tổng hợp đến 10:00 ngày 15/01/2021." },
		{ "report_agency", "en",
		  "In 2020, Ba Ria - Vung Tau Province met 2 of 4 targets that "
		  "Resolution 17/NQ-CP sets for each agency; 2 targets not met. "
		  "“Dossiers settled online” stands at 9.21% (3,893 of 42,281 "
		  "dossiers), target ≥ 20%: not met, short by 4,564 dossiers. "
		  "What it is computed from was provided for 100.00% of the "
		  "dossiers. By this indicator its rank is 51 among 60 provinces "
		  "with data. Over all targets its rank is 35 among 62 provinces "
		  "(2 of 4 targets with a result met, mean attainment 60.00%). "
		  "The figures are provisional, as of 2021-01-15 10:00." },
		{ "report_nation", "vi",
		  "Năm 2020, cả nước đạt 6/16 chỉ tiêu của Nghị quyết số "
		  "17/NQ-CP; 8 chỉ tiêu chưa đạt, 1 chưa xác định, 1 chưa có số "
		  "liệu. Chỉ tiêu “Hồ sơ giải quyết trực tuyến” tính gộp toàn "
		  "quốc là 23,85% (3.508.352 trên 14.709.913 hồ sơ); 44/85 cơ "
		  "quan đạt mục tiêu (≥ 20%); 36 cơ quan chưa đạt, 4 chưa có số "
		  "liệu, 1 không áp dụng. Dẫn đầu khối bộ, cơ quan ngang bộ: Bộ "
		  "Nội vụ (100,00%, 2 trên 2 hồ sơ); khối tỉnh, thành phố: tỉnh "
		  "Đồng Tháp (62,19%). Chưa có số liệu hồ sơ của 4 cơ quan: Bộ "
		  "Tài nguyên và Môi trường, tỉnh Vĩnh Phúc, tỉnh Lâm Đồng, tỉnh "
		  "An Giang. Số liệu tạm tính, tổng hợp đến 10:00 ngày "
		  "15/01/2021." },
		{ "report_nation", "en",
		  "In 2020, the country met 6 of 16 targets of Resolution "
		  "17/NQ-CP; 8 targets not met, 1 undetermined, 1 without data. "
		  "“Dossiers settled online”, pooled over the country, stands at "
		  "23.85% (3,508,352 of 14,709,913 dossiers); the target (≥ 20%) "
		  "is reached by 44 of 85 agencies; 36 not met, 4 without data, 1 "
		  "not applicable. First among the ministries and ministerial "
		  "agencies: the Ministry of Home Affairs (100.00%, 2 of 2 "
		  "dossiers); among the provinces: Dong Thap Province (62.19%). "
		  "There is no dossier data from 4 agencies: the Ministry of "
		  "Natural Resources and Environment, Vinh Phuc Province, Lam "
		  "Dong Province, An Giang Province. The figures are provisional, "
		  "as of 2021-01-15 10:00." },
		{ "report_empty", "vi",
		  "Năm 2020, cả nước chưa có số liệu để đánh giá chỉ tiêu nào "
		  "trong 15 chỉ tiêu của Nghị quyết số 17/NQ-CP. Chưa có số liệu "
		  "hồ sơ của cơ quan nào trong 85 cơ quan. Số liệu tạm tính, tổng "
		  "hợp đến 10:00 ngày 15/01/2021." },
		{ "report_empty", "en",
		  "In 2020, the country has no data for a verdict on any of the "
		  "15 targets of Resolution 17/NQ-CP. There is no dossier data "
		  "from any of the 85 agencies. The figures are provisional, as "
		  "of 2021-01-15 10:00." },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		json_t *model = load(cases[i].fixture);
		struct text out = { 0 };

		summary_write(&out, model, cases[i].language);
		assert_string_equal(text_string(&out), cases[i].expected);
		json_decref(model);
		text_free(&out);
	}
}

/* MODEL's summary holds WANTED, and not UNWANTED where that is not NULL. */
static void check(const json_t *model, const char *language, const char *wanted,
		  const char *unwanted)
{
	struct text out = { 0 };

	summary_write(&out, model, language);
	if (!strstr(text_string(&out), wanted))
		fail_msg("no \"%s\" in: %s", wanted, text_string(&out));
	if (unwanted && strstr(text_string(&out), unwanted))
		fail_msg("\"%s\" in: %s", unwanted, text_string(&out));
	text_free(&out);
}

/* The target of online filing, wherever it stands. */
static json_t *online(const json_t *model)
{
	json_t *target;
	size_t i;

	json_array_foreach(json_object_get(model, "targets"), i, target)
		if (strcmp(json_string_value(json_object_get(target, "indicator")),
			   "online-filing") == 0)
			return target;
	fail_msg("no target of online filing");
	return NULL;
}

static json_t *rows(const json_t *model, size_t group)
{
	return json_object_get(json_array_get(json_object_get(model, "ranking"), group),
			       "rows");
}

static void take_value(json_t *row, const char *status)
{
	json_object_set_new(row, "value", json_null());
	json_object_set_new(row, "percent", json_null());
	json_object_set_new(row, "rank", json_null());
	json_object_set_new(row, "status", json_string(status));
	json_object_set_new(row, "unranked_reason", json_string(status));
}

static void nothing_to_count_is_no_percentage(void **state)
{
	json_t *model = load("report_agency"), *target = online(model), *row;
	size_t i;

	(void)state;
	take_value(target, "not_applicable");
	json_object_set_new(target, "numerator", json_integer(0));
	json_object_set_new(target, "denominator", json_integer(0));
	json_array_foreach(rows(model, 1), i, row)
		if (strcmp(json_string_value(json_object_get(row, "agency")), "77") == 0)
			take_value(row, "not_applicable");
	check(model, "vi",
	      "“Hồ sơ giải quyết trực tuyến” không áp dụng: trong kỳ không có hồ sơ nào",
	      "100,00%");
	check(model, "en", "does not apply: there are no dossiers to count", "0 of 0");
	check(model, "en", "2 of 4 targets with a result met", "Not ranked");
	json_decref(model);
}

static void what_was_not_provided_is_no_zero(void **state)
{
	json_t *model = load("report_agency"), *row;
	size_t i;

	(void)state;
	take_value(online(model), "undetermined");
	json_array_foreach(rows(model, 1), i, row) {
		if (strcmp(json_string_value(json_object_get(row, "agency")), "77") != 0)
			continue;
		take_value(row, "undetermined");
		json_object_set_new(row, "unranked_reason", json_string("not_provided"));
	}
	check(model, "vi",
	      "Chưa tính được chỉ tiêu “Hồ sơ giải quyết trực tuyến”: ", " 0%");
	check(model, "vi", "chưa cung cấp thông tin để tính.", NULL);
	check(model, "en", "cannot be computed: what it needs was not provided.",
	      "stands at");
	json_decref(model);
}

static void nobody_leads_with_nothing(void **state)
{
	json_t *model = load("report_nation"), *row;
	size_t i;

	(void)state;
	json_array_foreach(rows(model, 0), i, row) {
		json_object_set_new(row, "percent", json_string("0.00"));
		json_object_set_new(row, "rank", json_integer(1));
	}
	check(model, "vi", "Dẫn đầu khối tỉnh, thành phố: tỉnh Đồng Tháp (62,19%). ",
	      "khối bộ");
	json_array_foreach(rows(model, 0), i, row)
		json_object_set_new(row, "percent", json_string("100.00"));
	check(model, "en",
	      "First among the ministries and ministerial agencies: 22 agencies with "
	      "100.00%; among the provinces: Dong Thap Province",
	      NULL);
	json_decref(model);
}

static void mergers_and_open_periods_are_said(void **state)
{
	json_t *nation = load("report_nation"), *agency = load("report_agency");

	(void)state;
	check(nation, "vi", "Số liệu tạm tính", "chưa kết thúc");
	json_object_set_new(nation, "last_day", json_string("2021-03-31"));
	check(nation, "vi", "Kỳ báo cáo chưa kết thúc. ", "tiền nhiệm");
	check(nation, "en", "The period has not ended. ", "predecessors");
	json_object_set_new(json_array_get(rows(nation, 0), 3), "recast", json_true());
	check(nation, "en",
	      "For 1 agency the figures include those of predecessors before the merger. ",
	      NULL);
	json_object_set_new(online(agency), "recast", json_true());
	check(agency, "vi",
	      "Số liệu gồm cả số liệu của các cơ quan tiền nhiệm, trước khi sáp nhập. ",
	      NULL);
	json_decref(nation);
	json_decref(agency);
}

static void one_is_singular_in_english(void **state)
{
	json_t *model = load("report_agency");

	(void)state;
	json_object_set_new(online(model), "gap", json_integer(1));
	check(model, "en", "short by 1 dossier.", NULL);
	check(model, "vi", "còn thiếu 1 hồ sơ.", NULL);
	json_decref(model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_written_word_for_word),
		cmocka_unit_test(nothing_to_count_is_no_percentage),
		cmocka_unit_test(what_was_not_provided_is_no_zero),
		cmocka_unit_test(nobody_leads_with_nothing),
		cmocka_unit_test(mergers_and_open_periods_are_said),
		cmocka_unit_test(one_is_singular_in_english),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
