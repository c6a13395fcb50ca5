/* compliance_ranking.c -- the table that ranks agencies by one indicator. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/compliance.h"
#include "reports/format.h"

#define COLUMNS_MOST 9

struct ranking {
	struct compliance *compliance;
	struct observation *rows;
	size_t count;
	bool intervals; /* some row has one */
	enum observations_groups groups;
	struct table_column columns[COLUMNS_MOST];
	size_t columns_count;
	struct table table;
};

static const char *choose(const struct ranking *ranking, const char *vi, const char *en)
{
	return compliance_choose(ranking->compliance, vi, en);
}

static void look_through(struct ranking *ranking)
{
	size_t i;

	for (i = 0; i < ranking->count; i++)
		ranking->intervals |= ranking->rows[i].has_interval;
	ranking->groups = observations_groups(ranking->rows, ranking->count);
}

static void add_column(struct ranking *ranking, const char *title,
		       enum canvas_anchor align, double share)
{
	ranking->columns[ranking->columns_count++] =
		(struct table_column){ title, align, share };
}

static void add_columns(struct ranking *ranking)
{
	add_column(ranking, choose(ranking, "Hạng", "Rank"), ANCHOR_END, 0);
	if (ranking->groups == GROUPS_SOME)
		add_column(ranking, choose(ranking, "Nhóm", "Tie"), ANCHOR_MIDDLE, 0);
	add_column(ranking, choose(ranking, "Cơ quan", "Agency"), ANCHOR_START, 1);
	add_column(ranking, choose(ranking, "Tử số", "Count"), ANCHOR_END, 0);
	add_column(ranking, choose(ranking, "Mẫu số", "Of"), ANCHOR_END, 0);
	add_column(ranking, choose(ranking, "Kết quả", "Result"), ANCHOR_END, 0);
	if (ranking->intervals)
		add_column(ranking, choose(ranking, "Khoảng 95%", "95% interval"),
			   ANCHOR_END, 0);
	add_column(ranking, choose(ranking, "Đánh giá", "Status"), ANCHOR_START, 0);
	add_column(ranking, choose(ranking, "Độ đầy đủ", "Coverage"), ANCHOR_END, 0);
}

/* Why it has no rank, unless its status has said so. */
static const char *reason(const struct ranking *ranking, const struct observation *row)
{
	if (row->rank > 0 ||
	    strcmp(row->unranked_reason, words_status_code(row->status)) == 0)
		return NULL;
	return words_reason(row->unranked_reason, ranking->compliance->language);
}

static void add_row(struct ranking *ranking, const struct observation *row,
		    const char *letters)
{
	const struct compliance *compliance = ranking->compliance;
	struct table *table = &ranking->table;
	struct text name = { 0 }, interval = { 0 };
	char rank[24] = "–";

	if (row->rank > 0)
		snprintf(rank, sizeof rank, "%lld", row->rank);
	table_add(table, rank);
	if (ranking->groups == GROUPS_SOME)
		table_add(table, letters);
	text_addf(&name, "%s%s%s", row->agency_name, row->recast ? WORDS_RECAST_MARK : "",
		  row->disputed ? WORDS_DISPUTED_MARK : "");
	table_add(table, name.data);
	compliance_add_integer(table, compliance, row->has_fraction, row->numerator);
	compliance_add_integer(table, compliance, row->has_fraction, row->denominator);
	compliance_add_value(table, compliance, row);
	if (ranking->intervals) {
		observation_add_interval(&interval, row, compliance->language);
		table_add_more(table, "", text_string(&interval));
	}
	compliance_add_status(table, compliance, row, reason(ranking, row));
	compliance_add_coverage(table, compliance, row, false);
	text_free(&name);
	text_free(&interval);
}

/* Groups of two and more are A, B, ... from the top; those without a rank come
 * last, whatever the order of the model. */
static void add_rows(struct ranking *ranking)
{
	size_t i = 0, group = 0;

	while (i < ranking->count) {
		size_t end = observations_group_end(ranking->rows, ranking->count, i);
		char letters[3] = "";

		if (end > i + 1) {
			letters[0] = (char)('A' + group % 26);
			if (group >= 26) /* AA, BB, ... */
				letters[1] = letters[0];
			group++;
		}
		for (; i < end; i++)
			if (ranking->rows[i].rank > 0)
				add_row(ranking, &ranking->rows[i], letters);
	}
	for (i = 0; i < ranking->count; i++)
		if (ranking->rows[i].rank == 0)
			add_row(ranking, &ranking->rows[i], "");
}

static void add_notes(struct ranking *ranking)
{
	compliance_add_mark_notes(&ranking->table, ranking->compliance, ranking->rows,
				  ranking->count);
	if (ranking->intervals)
		table_add_note(
			&ranking->table,
			choose(ranking,
			       "Khoảng 95%: khoảng tin cậy Wilson của kết quả, ghi khi "
			       "mẫu số dưới 1.000 đơn vị.",
			       "95% interval: Wilson’s, given where the result rests on "
			       "fewer than 1,000 units."));
	if (ranking->groups == GROUPS_SOME)
		table_add_note(
			&ranking->table,
			choose(ranking,
			       "Nhóm: các cơ quan liền kề cùng chữ cái có khoảng tin cậy "
			       "95% chồng lên nhau, thứ tự giữa hai cơ quan liền kề có "
			       "thể do ngẫu nhiên; hai cơ quan ở xa nhau trong nhóm vẫn "
			       "có thể khác nhau rõ rệt.",
			       "Tie: neighbours with the same letter have overlapping 95% "
			       "intervals, so the order of two neighbours may be chance; "
			       "agencies far apart in a group may still differ clearly."));
	else if (ranking->groups == GROUPS_ONE)
		table_add_note(
			&ranking->table,
			choose(ranking,
			       "Khoảng tin cậy 95% của mọi cặp cơ quan liền kề đều chồng "
			       "lên nhau: thứ tự giữa hai cơ quan liền kề có thể do ngẫu "
			       "nhiên; hai cơ quan ở xa nhau vẫn có thể khác nhau rõ rệt.",
			       "The 95% intervals of all neighbours overlap: the order of "
			       "any two neighbours may be chance; agencies far apart may "
			       "still differ clearly."));
}

void compliance_ranking_table(struct compliance *compliance, struct document *document,
			      const json_t *json)
{
	struct ranking ranking = { .compliance = compliance };
	struct text caption = { 0 };

	ranking.rows = observations_read(json_object_get(json, "rows"),
					 compliance->language, &ranking.count);
	look_through(&ranking);
	add_columns(&ranking);
	table_start(&ranking.table, ranking.columns, ranking.columns_count);
	ranking.table.compact = true;
	add_rows(&ranking);
	add_notes(&ranking);
	if (ranking.count > 0) {
		text_addf(&caption, "%s – %s", ranking.rows[0].indicator_name,
			  words_group(model_string(json, "group"), compliance->language));
		compliance_draw_table(compliance, document, caption.data, &ranking.table);
	}
	text_free(&caption);
	table_free(&ranking.table);
	free(ranking.rows);
}
