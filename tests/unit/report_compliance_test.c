/* report_compliance_test.c -- the compliance report from fixture models: its
 * words, its pages, its tables, the same bytes twice, and hostile models. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "reports/compliance.h"
#include "reports/printed.h"
#include "reports/report_compliance.h"
#include "reports/reports.h"

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

static void make_pdf(const json_t *model, const char *language, struct text *out)
{
	struct error err = { 0 };

	if (report_compliance_pdf(model, language, out, &err) != 0)
		fail_msg("%s", err.message);
}

/* What COMMAND prints, with the path of a file that holds PDF for its %s. */
static void run(const struct text *pdf, const char *command, struct text *out)
{
	char path[] = "/tmp/nq17-report-XXXXXX", buffer[4096];
	struct text line = { 0 };
	int file = mkstemp(path);
	size_t got;
	FILE *pipe;

	assert_true(file >= 0);
	assert_int_equal(write(file, pdf->data, pdf->length), (ssize_t)pdf->length);
	close(file);
	text_addf(&line, command, path);
	pipe = popen(line.data, "r");
	assert_non_null(pipe);
	while ((got = fread(buffer, 1, sizeof buffer, pipe)) > 0)
		text_add_bytes(out, buffer, got);
	pclose(pipe);
	unlink(path);
	text_free(&line);
}

/* One space where the page has line ends and gaps; page ends stay. */
static void add_flat(struct text *out, const char *string)
{
	for (; *string; string++) {
		if (*string != ' ' && *string != '\n')
			text_add_char(out, *string);
		else if (out->length && out->data[out->length - 1] != ' ')
			text_add_char(out, ' ');
	}
}

static void extract(const char *fixture, const char *language, struct text *out)
{
	json_t *model = load(fixture);
	struct text pdf = { 0 }, text = { 0 };

	make_pdf(model, language, &pdf);
	run(&pdf, "pdftotext -layout %s -", &text);
	add_flat(out, text_string(&text));
	json_decref(model);
	text_free(&pdf);
	text_free(&text);
}

static size_t count(const struct text *text, const char *string)
{
	const char *at = text_string(text);
	size_t found = 0;

	while ((at = strstr(at, string))) {
		found++;
		at += strlen(string);
	}
	return found;
}

#define HAS(text, string)                                                                \
	do {                                                                             \
		if (!strstr(text_string(text), string))                                  \
			fail_msg("no \"%s\" in:\n%s", string, text_string(text));        \
	} while (0)

static void nation_says_how_things_stand(void **state)
{
	static const char *const said[] = {
		"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
		"Độc lập - Tự do - Hạnh phúc",
		"VĂN PHÒNG CHÍNH PHỦ",
		"BÁO CÁO",
		"Năm 2020, cả nước đạt 6/16 chỉ tiêu của Nghị quyết số 17/NQ-CP",
		"44/85 cơ quan đạt mục tiêu",
		"Chưa có số liệu hồ sơ của 4 cơ quan",
		"99,99%", /* 99.995 of 100.000: not met, and not printed as 100% */
		"≤ 78",
		"Chưa xác định",
		"Bảng 1.",
		"Hình 3.",
		"Số liệu đến 10:00 ngày 15/01/2021",
		"Mã kiểm tra 7K3D-QM9X",
		"kính báo cáo./.",
		"Nơi nhận:",
	};
	struct text text = { 0 };
	size_t i;

	(void)state;
	extract("report_nation", "vi", &text);
	for (i = 0; i < sizeof said / sizeof *said; i++)
		HAS(&text, said[i]);
	text_free(&text);
}

static void every_page_is_marked_and_tables_repeat_their_head(void **state)
{
	struct text text = { 0 };
	size_t pages;

	(void)state;
	extract("report_nation", "vi", &text);
	pages = count(&text, "\f");
	assert_true(pages >= 6);
	assert_int_equal(count(&text, "DỮ LIỆU MẪU"), pages);
	assert_int_equal(count(&text, "chưa phải là văn bản ban hành"), pages);
	/* Two ranking tables, of which that of 63 provinces needs two pages. */
	assert_true(count(&text, "Hạng Cơ quan") >= 3);
	text_free(&text);

	extract("report_empty", "vi", &text); /* not a sample */
	assert_int_equal(count(&text, "DỮ LIỆU MẪU"), 0);
	text_free(&text);
}

static void every_agency_is_listed_with_its_figures(void **state)
{
	json_t *model = load("report_nation"), *ranking, *row;
	struct text text = { 0 };
	size_t i, j, listed = 0;

	(void)state;
	extract("report_nation", "en", &text);
	json_array_foreach(json_object_get(model, "ranking"), i, ranking) {
		json_array_foreach(json_object_get(ranking, "rows"), j, row) {
			const char *percent =
				json_string_value(json_object_get(row, "percent"));

			listed++;
			if (percent)
				HAS(&text, percent);
		}
	}
	assert_int_equal(listed, 85);
	HAS(&text, "Not applicable");
	HAS(&text, "SAMPLE DATA");
	json_decref(model);
	text_free(&text);
}

/* Every agency once in the order over all targets; those without a result last. */
static void the_overall_order_comes_with_its_rule(void **state)
{
	static const char *const tables[] = {
		"Bảng 2. Xếp hạng chung – Bộ, cơ quan ngang bộ",
		"Bảng 3. Xếp hạng chung – Tỉnh, thành phố",
		"Bảng 4. Hồ sơ giải quyết trực tuyến – Bộ",
	};
	struct text text = { 0 }, en = { 0 };
	const char *at;
	size_t i;

	(void)state;
	extract("report_nation", "vi", &text);
	at = text_string(&text);
	for (i = 0; i < sizeof tables / sizeof *tables; i++) {
		at = strstr(at, tables[i]);
		if (!at)
			fail_msg("no \"%s\", or not in its place", tables[i]);
	}
	assert_int_equal(count(&text, "Cách xếp: nhiều mục tiêu đạt"), 2);
	HAS(&text, "– Bộ Tài nguyên và Môi trường – – chưa có số liệu để đánh giá");
	assert_int_equal(count(&text, "chưa có số liệu để đánh giá"), 2);
	extract("report_nation", "en", &en);
	assert_int_equal(count(&en, "Order: more targets met"), 2);
	assert_int_equal(count(&en, "no data to judge by"), 2);
	text_free(&text);
	text_free(&en);

	extract("report_empty", "vi", &text); /* nobody is before anybody */
	assert_int_equal(count(&text, "Xếp hạng chung"), 0);
	text_free(&text);
}

/* Only where few units make a value uncertain, and groups only where they differ. */
static void uncertain_ranks_show_their_interval(void **state)
{
	json_t *model = load("report_nation"), *ranking, *row;
	struct text text = { 0 }, svg = { 0 };
	struct error err = { 0 };
	size_t i, j;

	(void)state;
	extract("report_nation", "vi", &text);
	HAS(&text, "1 A Bộ Nội vụ 2 2 100,00% 34,24–100,00% Đạt");
	HAS(&text, "2 A Bộ Y tế 212.601 384.390 55,31% Đạt");
	HAS(&text, "3 Bộ Giáo dục và Đào");
	assert_int_equal(count(&text, "Khoảng 95%: khoảng tin cậy Wilson"), 2);
	assert_int_equal(count(&text, "Nhóm: các cơ quan liền kề cùng chữ cái"), 2);
	assert_int_equal(count(&text, "Ngoặc bên trái hạng"), 2);

	/* All are one group: said once, and no letter beside every rank. */
	json_array_foreach(json_object_get(model, "ranking"), i, ranking) {
		json_array_foreach(json_object_get(ranking, "rows"), j, row) {
			if (json_is_integer(json_object_get(row, "tie_group")))
				json_object_set_new(row, "tie_group", json_integer(1));
		}
	}
	text_clear(&text);
	make_pdf(model, "en", &svg);
	run(&svg, "pdftotext -layout %s -", &text);
	assert_int_equal(count(&text, "Tie:"), 0);
	assert_int_equal(count(&text, "Bracket left of the ranks"), 0);
	assert_true(count(&text, "intervals of all neighbours overlap") >= 4);
	text_clear(&svg);
	json_object_update(model, json_array_get(json_object_get(model, "ranking"), 0));
	assert_int_equal(chart_svg("ranking", model, "en", &svg, &err), 0);
	HAS(&svg, "Thin line on a bar");
	json_decref(model);
	text_free(&text);
	text_free(&svg);
}

static void a_place_is_no_fraction(void **state)
{
	struct text text = { 0 };

	(void)state;
	extract("report_nation", "vi", &text);
	HAS(&text, "G1 Xếp hạng Chính phủ điện tử 86 ≤ 78 Chưa đạt");
	assert_int_equal(count(&text, "/ 1 "), 0);
	text_free(&text);
}

/* Takes its value from ROW, which then has no rank for REASON. */
static void unrank(json_t *row, const char *reason, const char *status)
{
	static const char *const lost[] = { "rank",      "value", "percent",
					    "tie_group", "low",   "high" };
	size_t i;

	for (i = 0; i < sizeof lost / sizeof *lost; i++)
		json_object_set_new(row, lost[i], json_null());
	json_object_set_new(row, "unranked_reason", json_string(reason));
	json_object_set_new(row, "status", json_string(status));
}

static void the_unranked_come_last_with_their_reason(void **state)
{
	json_t *model = load("report_nation"), *rows;
	struct text pdf = { 0 }, raw = { 0 }, text = { 0 }, svg = { 0 };
	struct error err = { 0 };
	const char *last, *merged;

	(void)state;
	rows = json_object_get(json_array_get(json_object_get(model, "ranking"), 0),
			       "rows");
	unrank(json_array_get(rows, 0), "merged", "no_data");
	unrank(json_array_get(rows, 1), "not_provided", "undetermined");
	json_object_set_new(json_array_get(rows, 2), "recast", json_true());
	make_pdf(model, "vi", &pdf);
	run(&pdf, "pdftotext -layout %s -", &raw);
	add_flat(&text, raw.data);
	last = strstr(text.data, "20 C Bộ Tư pháp");
	merged = strstr(text.data, "Đã sáp nhập vào");
	assert_true(last && merged && last < merged);
	HAS(&text, "– Bộ Nội vụ 2 2 –");
	HAS(&text, "Chưa cung cấp thông");
	HAS(&text, "(*) Đã cộng số liệu của các cơ quan tiền nhiệm");
	HAS(&text, "tạo (*)");
	json_object_update(model, json_array_get(json_object_get(model, "ranking"), 0));
	assert_int_equal(chart_svg("ranking", model, "en", &svg, &err), 0);
	HAS(&svg, "Merged into another agency");
	HAS(&svg, "Training\u00a0(*)");
	HAS(&svg, "(*) With the figures of the agencies");
	json_decref(model);
	text_free(&pdf);
	text_free(&raw);
	text_free(&text);
	text_free(&svg);
}

static void set_clauses(json_t *model, const char *first, const char *others)
{
	json_t *target;
	size_t i;

	json_array_foreach(json_object_get(model, "targets"), i, target)
		json_object_set_new(target, "clause_vi",
				    json_string(i == 0 ? first : others));
}

static void a_shared_source_is_named_once(void **state)
{
	static const char goals[] = "NQ 17/NQ-CP, giai đoạn 2019-2020 (đoạn 4)";
	json_t *model = load("report_nation");
	struct text pdf = { 0 }, raw = { 0 }, text = { 0 };

	(void)state;
	set_clauses(model, goals, goals);
	make_pdf(model, "vi", &pdf);
	run(&pdf, "pdftotext %s -", &raw);
	add_flat(&text, raw.data);
	HAS(&text, "Căn cứ: NQ 17/NQ-CP, giai đoạn 2019-2020. ");
	assert_int_equal(count(&text, "đoạn 4)"), 0);
	assert_true(count(&text, "đoạn 4") > 10);
	text_clear(&pdf);
	text_clear(&raw);
	text_clear(&text);

	set_clauses(model, "NQ 17/NQ-CP, đến năm 2025 (đoạn 1)", goals);
	make_pdf(model, "vi", &pdf);
	run(&pdf, "pdftotext %s -", &raw);
	add_flat(&text, raw.data);
	HAS(&text, "Căn cứ, nơi không ghi khác: NQ 17/NQ-CP, giai đoạn 2019-2020. ");
	HAS(&text, "đến năm 2025 (đoạn 1)");
	json_decref(model);
	text_free(&pdf);
	text_free(&raw);
	text_free(&text);
}

static void agency_says_what_is_lacking(void **state)
{
	struct text text = { 0 };

	(void)state;
	extract("report_agency", "vi", &text);
	HAS(&text, "TỈNH BÀ RỊA - VŨNG TÀU");
	HAS(&text, "ỦY BAN NHÂN DÂN");
	HAS(&text, "còn thiếu 4.564 hồ sơ");
	HAS(&text, "Theo chỉ tiêu này, xếp hạng 51 trong 60 tỉnh, thành phố có số liệu");
	HAS(&text, "1.001193");
	HAS(&text, "Quý IV/2020");
	text_free(&text);
}

static void no_data_is_said_and_never_zero(void **state)
{
	struct text text = { 0 };

	(void)state;
	extract("report_empty", "vi", &text);
	HAS(&text, "cả nước chưa có số liệu để đánh giá chỉ tiêu nào trong 15 chỉ tiêu");
	HAS(&text, "Chưa có số liệu hồ sơ của cơ quan nào trong 85 cơ quan.");
	assert_true(count(&text, "Chưa có số liệu") > 100);
	text_free(&text);
}

static void same_model_same_bytes(void **state)
{
	json_t *model = load("report_nation");
	struct text first = { 0 }, second = { 0 }, said = { 0 };

	(void)state;
	make_pdf(model, "vi", &first);
	make_pdf(model, "vi", &second);
	assert_int_equal(first.length, second.length);
	assert_memory_equal(first.data, second.data, first.length);
	run(&first, "qpdf --check %s 2>&1", &said);
	HAS(&said, "No syntax or stream encoding errors");
	text_clear(&said);
	run(&first, "pdffonts %s | tail -n +3 | grep -vc 'yes yes yes'", &said);
	assert_string_equal(text_string(&said), "0\n");
	text_clear(&said);
	run(&first, "pdfinfo -struct %s 2>&1", &said);
	assert_null(strstr(said.data, "Warning"));
	assert_int_equal(count(&said, "Table (block)"), 5);
	assert_int_equal(count(&said, "Figure"), 3);
	json_decref(model);
	text_free(&first);
	text_free(&second);
	text_free(&said);
}

static void pages_come_as_pictures(void **state)
{
	json_t *model = load("report_agency");
	struct error err = { 0 };
	struct text out = { 0 };

	(void)state;
	assert_int_equal(report_compliance_png(model, "vi", 1, &out, &err), 0);
	assert_memory_equal(out.data, "\x89PNG\r\n\x1a\n", 8);
	assert_memory_equal(out.data + 16, "\0\0\x04\xd8\0\0\x06\xda", 8); /* 1240x1754 */
	assert_int_equal(report_compliance_png(model, "vi", 99, &out, &err), -1);
	assert_int_equal(err.kind, ERROR_NOT_FOUND);
	json_decref(model);
	text_free(&out);
}

static void charts_come_as_svg_and_png(void **state)
{
	static const char *const names[] = { "ranking", "targets", "trend" };
	json_t *model = load("report_nation");
	struct error err = { 0 };
	size_t i;

	(void)state;
	json_object_update(model, json_array_get(json_object_get(model, "trend"), 0));
	json_object_set_new(
		model, "rows",
		json_incref(json_object_get(
			json_array_get(json_object_get(model, "ranking"), 1), "rows")));
	for (i = 0; i < 3; i++) {
		struct text svg = { 0 }, png = { 0 };

		assert_int_equal(chart_svg(names[i], model, "vi", &svg, &err), 0);
		HAS(&svg, "<title>");
		HAS(&svg, "DỮ LIỆU MẪU");
		HAS(&svg, "Mục tiêu");
		assert_int_equal(chart_png(names[i], model, "vi", 800, &png, &err), 0);
		assert_memory_equal(png.data + 16, "\0\0\x03\x20", 4);
		text_free(&svg);
		text_free(&png);
	}
	json_decref(model);
}

static void wrong_requests_are_refused(void **state)
{
	json_t *empty = json_object(), *model = load("report_nation");
	struct error err = { 0 };
	struct text out = { 0 };

	(void)state;
	assert_int_equal(report_compliance_pdf(empty, "vi", &out, &err), -1);
	assert_int_equal(err.kind, ERROR_INVALID);
	assert_int_equal(chart_svg("pie", model, "vi", &out, &err), -1);
	assert_int_equal(err.kind, ERROR_NOT_FOUND);
	assert_int_equal(chart_svg("ranking", empty, "vi", &out, &err), -1);
	assert_int_equal(err.kind, ERROR_INVALID);
	assert_int_equal(chart_png("targets", model, "vi", 1000000, &out, &err), -1);
	assert_int_equal(err.kind, ERROR_INVALID);
	assert_int_equal(out.length, 0);
	json_decref(empty);
	json_decref(model);
	text_free(&out);
}

/* Long names without spaces, markup and empty strings: nothing is cut off. */
static void hostile_names_are_drawn_whole(void **state)
{
	json_t *model = load("report_nation"), *target;
	struct text pdf = { 0 }, text = { 0 }, svg = { 0 };
	struct error err = { 0 };
	char name[600];

	(void)state;
	memset(name, 'W', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	target = json_array_get(json_object_get(model, "targets"), 1);
	json_object_set_new(target, "indicator_name_vi", json_string(name));
	target = json_array_get(json_object_get(model, "targets"), 2);
	json_object_set_new(target, "indicator_name_vi",
			    json_string("</text><script>alert(1)</script>"));
	target = json_array_get(json_object_get(model, "targets"), 3);
	json_object_set_new(target, "indicator_name_vi", json_string(""));
	make_pdf(model, "vi", &pdf);
	run(&pdf, "pdftotext %s - | tr -cd W", &text);
	/* Once in the chart, once in the table; some words have a W of their own. */
	assert_true(text.length >= 2 * (sizeof name - 1));
	assert_int_equal(chart_svg("targets", model, "vi", &svg, &err), 0);
	assert_null(strstr(svg.data, "<script>"));
	json_decref(model);
	text_free(&pdf);
	text_free(&text);
	text_free(&svg);
}

/* What the report wrote down of itself, with one figure gone or another. */
static void a_wrong_figure_is_found(void **state)
{
	json_t *model = load("report_nation");
	struct compliance compliance;
	struct text record = { 0 };
	struct error err = { 0 };

	(void)state;
	assert_int_equal(compliance_read(&compliance, model, "vi", &err), 0);
	assert_int_equal(printed_check(&compliance, &record, &err), -1);
	assert_non_null(strstr(err.message, compliance.targets[0].indicator));
	for (size_t i = 0; i < compliance.targets_count; i++) {
		const struct observation *row = &compliance.targets[i];

		text_addf(&record, "%s ", row->indicator_name);
		observation_add_value(&record, row, "vi");
		/* One unit less than there is. */
		text_addf(&record, "%s %lld / %lld\n", *row->value ? "" : "–",
			  row->numerator - (i == 1), row->denominator);
	}
	assert_int_equal(printed_check(&compliance, &record, &err), -1);
	compliance_free(&compliance);
	json_decref(model);
	text_free(&record);
}

/* A sentence may leave figures out, but says none that is not there. */
static void a_strange_percentage_is_found(void **state)
{
	static const struct {
		const char *sentence;
		int status;
	} cases[] = {
		{ "Tăng 45,80%, mục tiêu ≥ 20%, trục 12,5%.\n", 0 },
		{ "Tăng 45,81%.\n", -1 },
		{ "Tăng 5,80%.\n", -1 },
		{ "Tăng 145,80%.\n", -1 },
		{ "", 0 },
	};
	json_t *model =
		json_pack("{s:s, s:[{s:s, s:s}, {s:n}]}", "report", "brief", "targets",
			  "value", "0.300000", "percent", "45.80", "percent");
	struct compliance compliance = { .model = model, .language = "vi" };

	(void)state;
	assert_non_null(model);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct text record = { 0 };
		struct error err = { 0 };

		text_add(&record, cases[i].sentence);
		assert_int_equal(printed_known(&compliance, &record, &err),
				 cases[i].status);
		text_free(&record);
	}
	json_decref(model);
}

/* The rows of a ranking and of the ledger must stand on the paper, too. */
static void a_missing_row_is_found(void **state)
{
	json_t *model = load("report_nation"), *rows;
	struct compliance compliance;
	struct text record = { 0 };
	struct error err = { 0 };

	(void)state;
	rows = json_object_get(json_array_get(json_object_get(model, "ranking"), 0),
			       "rows");
	json_object_set(model, "groups", json_object_get(model, "ranking"));
	json_object_set_new(model, "targets", json_array());
	json_object_set_new(model, "ranking", json_array());
	assert_int_equal(compliance_read(&compliance, model, "vi", &err), 0);
	assert_int_equal(printed_check(&compliance, &record, &err), -1);
	assert_non_null(strstr(err.message, "online-filing"));
	compliance_free(&compliance);
	json_array_clear(rows);
	json_object_set_new(model, "groups", json_array());
	json_object_set_new(model, "ledger",
			    json_pack("[{s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:i}]",
				      "agency", "38", "agency_name_vi", "Tỉnh Hà Giang",
				      "indicator", "online-filing", "indicator_name_vi",
				      "Hồ sơ", "old_numerator", 1200, "old_denominator",
				      3000, "new_numerator", 1201, "new_denominator",
				      3000));
	assert_int_equal(compliance_read(&compliance, model, "vi", &err), 0);
	text_add(&record, "Tỉnh Hà Giang Hồ sơ 1.200 / 3.000 1.200 / 3.000\n");
	assert_int_equal(printed_check(&compliance, &record, &err), -1);
	text_add(&record, "Tỉnh Hà Giang Hồ sơ 1.200 / 3.000 1.201 / 3.000\n");
	assert_int_equal(printed_check(&compliance, &record, &err), 0);
	compliance_free(&compliance);
	json_decref(model);
	text_free(&record);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nation_says_how_things_stand),
		cmocka_unit_test(every_page_is_marked_and_tables_repeat_their_head),
		cmocka_unit_test(every_agency_is_listed_with_its_figures),
		cmocka_unit_test(the_overall_order_comes_with_its_rule),
		cmocka_unit_test(uncertain_ranks_show_their_interval),
		cmocka_unit_test(a_place_is_no_fraction),
		cmocka_unit_test(the_unranked_come_last_with_their_reason),
		cmocka_unit_test(a_shared_source_is_named_once),
		cmocka_unit_test(agency_says_what_is_lacking),
		cmocka_unit_test(no_data_is_said_and_never_zero),
		cmocka_unit_test(same_model_same_bytes),
		cmocka_unit_test(pages_come_as_pictures),
		cmocka_unit_test(charts_come_as_svg_and_png),
		cmocka_unit_test(wrong_requests_are_refused),
		cmocka_unit_test(hostile_names_are_drawn_whole),
		cmocka_unit_test(a_wrong_figure_is_found),
		cmocka_unit_test(a_strange_percentage_is_found),
		cmocka_unit_test(a_missing_row_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
