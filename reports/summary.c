/* summary.c -- one paragraph that says how things stand, written by rules. */
#include "reports/summary.h"

#include <stdlib.h>
#include <string.h>

#include "reports/compliance.h"
#include "reports/format.h"

#define NAMES_MOST 8 /* agencies named in one sentence */

struct writer {
	struct compliance *facts;
	struct text *out;
};

static const char *choose(const struct writer *writer, const char *vi, const char *en)
{
	return compliance_choose(writer->facts, vi, en);
}

/* "đạt" and so on, as they stand inside a sentence. */
static const char *state(const struct writer *writer, int status)
{
	static const struct {
		const char *vi, *en;
	} words[STATUS_COUNT] = {
		[STATUS_MET] = { "đạt", "met" },
		[STATUS_NOT_MET] = { "chưa đạt", "not met" },
		[STATUS_ON_TRACK] = { "đúng tiến độ", "on track" },
		[STATUS_BEHIND] = { "chậm tiến độ", "behind" },
		[STATUS_UNDETERMINED] = { "chưa xác định", "undetermined" },
		[STATUS_NO_DATA] = { "chưa có số liệu", "without data" },
		[STATUS_NOT_APPLICABLE] = { "không áp dụng", "not applicable" },
		[STATUS_NO_TARGET] = { "không có chỉ tiêu", "without a target" },
	};

	return choose(writer, words[status].vi, words[status].en);
}

/* "; 8 chỉ tiêu chưa đạt, 1 chưa có số liệu": every status but the one said. */
static void add_counts(struct writer *writer, const long long counts[STATUS_COUNT],
		       const char *what, int said)
{
	int status, others = 0;

	for (status = 0; status < STATUS_NO_TARGET; status++) {
		if (status == said || counts[status] == 0)
			continue;
		text_add(writer->out, others == 0 ? "; " : ", ");
		format_add_integer(writer->out, writer->facts->language, counts[status]);
		if (others == 0 && *what)
			text_addf(writer->out, " %s", what);
		text_addf(writer->out, " %s", state(writer, status));
		others++;
	}
}

static void write_targets(struct writer *writer)
{
	const struct compliance *facts = writer->facts;
	long long counts[STATUS_COUNT];
	int status, met;

	for (status = 0; status < STATUS_COUNT; status++)
		counts[status] = (long long)facts->counts[status];
	/* Before the deadline the question is whether things go as planned. */
	met = counts[STATUS_MET] + counts[STATUS_NOT_MET] == 0 &&
			      counts[STATUS_ON_TRACK] + counts[STATUS_BEHIND] > 0
		      ? STATUS_ON_TRACK
		      : STATUS_MET;
	text_add(writer->out, choose(writer, "", "In "));
	if (strcmp(facts->language, "en") == 0)
		text_add(writer->out, facts->period_name);
	else
		compliance_add_sentence(writer->out, facts->period_name);
	text_add(writer->out, ", ");
	if (*facts->agency)
		words_add_inline(writer->out, facts->agency_name, facts->language);
	else
		text_add(writer->out, choose(writer, "cả nước", "the country"));
	text_add_char(writer->out, ' ');
	if (met == STATUS_MET)
		text_add(writer->out, choose(writer, "đạt", "met"));
	else
		text_add(writer->out, choose(writer, "đúng tiến độ", "was on track for"));
	text_addf(writer->out, choose(writer, " %lld/%zu chỉ tiêu %s", " %lld of %zu %s"),
		  counts[met], facts->measured,
		  *facts->agency
			  ? choose(writer,
				   "áp dụng cho từng cơ quan theo Nghị quyết số 17/NQ-CP",
				   "targets that Resolution 17/NQ-CP sets for each "
				   "agency")
			  : choose(writer, "của Nghị quyết số 17/NQ-CP",
				   "targets of Resolution 17/NQ-CP"));
	add_counts(writer, counts, choose(writer, "chỉ tiêu", "targets"), met);
	text_add(writer->out, ". ");
}

static void add_value(struct writer *writer, const struct observation *row)
{
	const char *language = writer->facts->language;

	observation_add_value(writer->out, row, language);
	if (!row->has_fraction)
		return;
	text_add(writer->out, " (");
	format_add_integer(writer->out, language, row->numerator);
	text_add(writer->out, choose(writer, " trên ", " of "));
	format_add_integer(writer->out, language, row->denominator);
	text_addf(writer->out, " %s)", row->unit);
}

static void write_online_nation(struct writer *writer)
{
	const struct observation *row = writer->facts->online;
	long long all = 0;
	int status;

	text_addf(writer->out,
		  choose(writer, "Chỉ tiêu “%s” tính gộp toàn quốc là ",
			 "“%s”, pooled over the country, stands at "),
		  row->indicator_name);
	add_value(writer, row);
	for (status = 0; status < STATUS_COUNT; status++)
		all += row->counts[status];
	if (all > 0) {
		text_add(writer->out, choose(writer, "; ", "; the target ("));
		if (strcmp(writer->facts->language, "en") == 0) {
			observation_add_target(writer->out, row, "en");
			text_addf(writer->out, ") is reached by %lld of %lld agencies",
				  row->counts[STATUS_MET] + row->counts[STATUS_ON_TRACK],
				  all);
		} else {
			text_addf(writer->out, "%lld/%lld cơ quan đạt mục tiêu (",
				  row->counts[STATUS_MET] + row->counts[STATUS_ON_TRACK],
				  all);
			observation_add_target(writer->out, row, "vi");
			text_add_char(writer->out, ')');
		}
		add_counts(writer, row->counts, choose(writer, "cơ quan", ""),
			   row->counts[STATUS_ON_TRACK] > 0 ? STATUS_ON_TRACK
							    : STATUS_MET);
	}
	text_add(writer->out, ". ");
}

/* The first of each group, with those who share the place. */
static void write_leaders(struct writer *writer)
{
	const json_t *ranking;
	size_t i, j, said = 0;

	json_array_foreach(json_object_get(writer->facts->model, "ranking"), i, ranking) {
		size_t count, leaders = 0;
		struct observation *rows =
			observations_read(json_object_get(ranking, "rows"),
					  writer->facts->language, &count);

		for (j = 0; j < count; j++) {
			if (rows[j].rank != 1)
				continue;
			if (leaders++ == 0)
				text_addf(
					writer->out, "%s%s ",
					said++ == 0 ? choose(writer, "Dẫn đầu khối ",
							     "First among the ")
						    : choose(writer, "; khối ",
							     "; among the "),
					words_group_short(model_string(ranking, "group"),
							  writer->facts->language));
			text_add(writer->out,
				 leaders > 1 ? ", " : choose(writer, "là ", "is "));
			words_add_inline(writer->out, rows[j].agency_name,
					 writer->facts->language);
			text_add(writer->out, " (");
			observation_add_value(writer->out, &rows[j],
					      writer->facts->language);
			text_add_char(writer->out, ')');
		}
		free(rows);
	}
	if (said > 0)
		text_add(writer->out, ". ");
}

/* Names the agencies without data, and counts those beyond NAMES_MOST. */
static void write_missing(struct writer *writer)
{
	struct text names = { 0 };
	const json_t *ranking;
	size_t i, j, missing = 0;

	json_array_foreach(json_object_get(writer->facts->model, "ranking"), i, ranking) {
		size_t count;
		struct observation *rows =
			observations_read(json_object_get(ranking, "rows"),
					  writer->facts->language, &count);

		for (j = 0; j < count; j++) {
			if (rows[j].status != STATUS_NO_DATA)
				continue;
			if (missing++ >= NAMES_MOST)
				continue;
			text_add(&names, missing > 1 ? ", " : "");
			words_add_inline(&names, rows[j].agency_name,
					 writer->facts->language);
		}
		free(rows);
	}
	if (missing > 0) {
		text_addf(writer->out,
			  choose(writer, "Chưa có số liệu của %zu cơ quan: %s",
				 "No data from %zu agencies: %s"),
			  missing, names.data);
		if (missing > NAMES_MOST)
			text_addf(
				writer->out,
				choose(writer, " và %zu cơ quan khác", " and %zu others"),
				missing - NAMES_MOST);
		text_add(writer->out, ". ");
	}
	text_free(&names);
}

static void write_online_agency(struct writer *writer)
{
	const struct observation *row = writer->facts->online;
	const char *language = writer->facts->language;

	text_addf(writer->out, choose(writer, "Chỉ tiêu “%s” là ", "“%s” stands at "),
		  row->indicator_name);
	add_value(writer, row);
	if (row->status != STATUS_NO_TARGET) {
		text_add(writer->out, choose(writer, ", mục tiêu ", ", target "));
		observation_add_target(writer->out, row, language);
		text_addf(writer->out, ": %s", state(writer, (int)row->status));
	}
	if (row->has_gap && row->gap > 0) {
		text_add(writer->out, choose(writer, ", còn thiếu ", ", short by "));
		format_add_integer(writer->out, language, row->gap);
		text_addf(writer->out, " %s", row->unit);
	}
	text_add(writer->out, ". ");
}

/* Where the agency stands in its group. */
static void write_rank(struct writer *writer)
{
	const char *language = writer->facts->language;
	const json_t *ranking;
	size_t i, j;

	json_array_foreach(json_object_get(writer->facts->model, "ranking"), i, ranking) {
		size_t count, ranked = 0;
		const struct observation *own = NULL;
		struct observation *rows = observations_read(
			json_object_get(ranking, "rows"), language, &count);
		const char *group =
			words_group_short(model_string(ranking, "group"), language);

		for (j = 0; j < count; j++) {
			ranked += rows[j].rank > 0;
			if (strcmp(rows[j].agency, writer->facts->agency) == 0)
				own = &rows[j];
		}
		if (own && own->rank > 0)
			text_addf(writer->out,
				  choose(writer,
					 "Theo chỉ tiêu này, %s hạng %lld trong %zu %s "
					 "có số liệu. ",
					 "By this indicator its %s is %lld among %zu %s "
					 "with data. "),
				  own->tied ? choose(writer, "đồng", "shared rank")
					    : choose(writer, "xếp", "rank"),
				  own->rank, ranked, group);
		else if (own)
			text_addf(writer->out,
				  choose(writer, "Chưa được xếp hạng: %s. ",
					 "Not ranked: %s. "),
				  words_reason(own->unranked_reason, language));
		free(rows);
	}
}

/* Its place over all targets, apart from the one indicator above. */
static void write_overall(struct writer *writer)
{
	const char *language = writer->facts->language;
	const json_t *group, *json;
	size_t i, j;

	json_array_foreach(json_object_get(writer->facts->model, "overall"), i, group) {
		const char *name =
			words_group_short(model_string(group, "group"), language);

		json_array_foreach(json_object_get(group, "rows"), j, json) {
			struct overall row;

			overall_read(&row, json, language);
			if (strcmp(row.agency, writer->facts->agency) != 0)
				continue;
			if (row.rank == 0)
				continue; /* the counts above say why */
			text_addf(writer->out,
				  choose(writer,
					 "Xét chung các mục tiêu, %s hạng %lld trong %zu "
					 "%s (đạt %lld/%lld mục tiêu có kết quả, mức đạt "
					 "bình quân ",
					 "Over all targets its %s is %lld among %zu %s "
					 "(%lld of %lld targets with a result met, mean "
					 "attainment "),
				  row.tied ? choose(writer, "đồng", "shared rank")
					   : choose(writer, "xếp", "rank"),
				  row.rank, overall_ranked(group), name, row.met,
				  row.judged);
			format_add_percent(writer->out, language, row.attainment_percent);
			text_add(writer->out, "). ");
		}
	}
}

static void write_quality(struct writer *writer)
{
	const struct compliance *facts = writer->facts;
	const char *maturity = words_maturity_inline(facts->maturity, facts->language);

	if (facts->online && *facts->online->coverage_percent) {
		text_add(writer->out, choose(writer, "Độ đầy đủ của dữ liệu hồ sơ là ",
					     "The dossier data is "));
		format_add_percent(writer->out, facts->language,
				   facts->online->coverage_percent);
		text_add(writer->out, choose(writer, ". ", " complete. "));
	}
	text_addf(writer->out, choose(writer, "Số liệu %s%s", "The figures are %s%s"),
		  maturity, *maturity ? ", " : "");
	text_add(writer->out, choose(writer, "tổng hợp đến ", "as of "));
	format_add_moment(writer->out, facts->language, facts->as_of);
	text_add_char(writer->out, '.');
}

void summary_write(struct text *out, const json_t *model, const char *language)
{
	struct error err = { 0 };
	struct compliance facts;
	struct writer writer = { &facts, out };

	if (compliance_read(&facts, model, language, &err) != 0)
		return; /* no targets, nothing to say */
	write_targets(&writer);
	if (*facts.agency) {
		if (facts.online && facts.online->status != STATUS_NO_DATA)
			write_online_agency(&writer);
		write_rank(&writer);
		write_overall(&writer);
	} else {
		if (facts.online && facts.online->status != STATUS_NO_DATA)
			write_online_nation(&writer);
		write_leaders(&writer);
		write_missing(&writer);
	}
	write_quality(&writer);
	compliance_free(&facts);
}
