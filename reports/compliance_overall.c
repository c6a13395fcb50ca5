/* compliance_overall.c -- the order of agencies over all their targets. */
#include <stdio.h>
#include <string.h>

#include "reports/compliance.h"
#include "reports/format.h"

#define ONE_BLOCK_MOST 30 /* rows; more stand in two blocks side by side */

void overall_read(struct overall *overall, const json_t *json, const char *language)
{
	*overall = (struct overall){
		.agency = model_string(json, "agency"),
		.agency_name = model_words(json, "agency_name", language),
		.attainment_percent = model_string(json, "attainment_percent"),
		.met = json_integer_value(json_object_get(json, "met")),
		.judged = json_integer_value(json_object_get(json, "judged")),
		.rank = json_integer_value(json_object_get(json, "rank")),
		.tied = json_is_true(json_object_get(json, "tied")),
	};
}

size_t overall_ranked(const json_t *group)
{
	const json_t *row;
	size_t i, ranked = 0;

	json_array_foreach(json_object_get(group, "rows"), i, row)
		ranked += json_is_integer(json_object_get(row, "rank"));
	return ranked;
}

static void add_row(struct table *table, const struct compliance *compliance,
		    const struct overall *row)
{
	struct text met = { 0 }, attainment = { 0 };
	char rank[24] = "–";

	if (row->rank > 0) {
		snprintf(rank, sizeof rank, "%lld", row->rank);
		text_addf(&met, "%lld / %lld", row->met, row->judged);
		format_add_percent(&attainment, compliance->language,
				   row->attainment_percent);
	}
	table_add(table, rank);
	table_add_more(table, row->agency_name,
		       row->rank > 0 ? NULL
				     : compliance_choose(compliance,
							 "chưa có số liệu để đánh giá",
							 "no data to judge by"));
	table_add(table, met.length ? met.data : "–");
	table_add(table, attainment.length ? attainment.data : "–");
	table_set_bold(table);
	text_free(&met);
	text_free(&attainment);
}

/* Those with a rank, or those without. */
static void add_rows(struct table *table, const struct compliance *compliance,
		     const json_t *group, bool ranked)
{
	const json_t *json;
	size_t i;

	json_array_foreach(json_object_get(group, "rows"), i, json) {
		struct overall row;

		overall_read(&row, json, compliance->language);
		if ((row.rank > 0) == ranked)
			add_row(table, compliance, &row);
	}
}

void compliance_overall_table(struct compliance *compliance, struct document *document,
			      const json_t *group)
{
	const struct table_column columns[] = {
		{ compliance_choose(compliance, "Hạng", "Rank"), ANCHOR_END, 0 },
		{ compliance_choose(compliance, "Cơ quan", "Agency"), ANCHOR_START, 1 },
		{ compliance_choose(compliance, "Đạt", "Met"), ANCHOR_END, 0 },
		{ compliance_choose(compliance, "Mức đạt", "Attained"), ANCHOR_END, 0 },
	};
	struct text caption = { 0 };
	struct table table;

	table_start(&table, columns, sizeof columns / sizeof *columns);
	table.compact = true;
	add_rows(&table, compliance, group, true);
	add_rows(&table, compliance, group, false);
	if (table_rows(&table) > ONE_BLOCK_MOST)
		table.blocks = 2;
	table_add_note(
		&table,
		compliance_choose(
			compliance,
			"Cách xếp: nhiều mục tiêu đạt (hoặc đúng tiến độ) hơn thì xếp "
			"trước; bằng nhau thì xét mức đạt, là trung bình của kết quả "
			"chia cho mục tiêu, mỗi mục tiêu tính tối đa 100%; vẫn bằng nhau "
			"thì cùng hạng và hạng kế tiếp bị bỏ qua. Chỉ xét các mục tiêu "
			"giao cho từng cơ quan đã có kết quả (số sau dấu gạch chéo).",
			"Order: more targets met (or on track) come first; then the "
			"attainment, which is the mean of result divided by target, each "
			"counted as 100% at most; then agencies share the rank and the "
			"next rank is skipped. Only targets set for each agency that "
			"have a result are judged (the number after the slash)."));
	text_addf(&caption, "%s – %s",
		  compliance_choose(compliance, "Xếp hạng chung", "Overall order"),
		  words_group(model_string(group, "group"), compliance->language));
	compliance_draw_table(compliance, document, caption.data, &table);
	text_free(&caption);
	table_free(&table);
}
