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
	const char *language = writer->facts->language;
	int status, others = 0;

	for (status = 0; status < STATUS_NO_TARGET; status++) {
		if (status == said || counts[status] == 0)
			continue;
		text_add(writer->out, others == 0 ? "; " : ", ");
		if (others == 0 && *what)
			words_add_count(writer->out, counts[status], what, language);
		else
			format_add_integer(writer->out, language, counts[status]);
		text_addf(writer->out, " %s", state(writer, status));
		others++;
	}
}

/* "Năm 2020, tỉnh Thanh Hóa ", "In 2020, the country " */
static void write_subject(struct writer *writer)
{
	const struct compliance *facts = writer->facts;

	text_add(writer->out, choose(writer, "", "In "));
	if (strcmp(facts->language, "en") == 0)
		text_add(writer->out, facts->period_name);
	else
		compliance_add_sentence(writer->out, facts->period_name);
	text_add(writer->out, ", ");
	if (*facts->agency)
		words_add_inline(writer->out, facts->agency_name, compliance_group(facts),
				 facts->language);
	else
		text_add(writer->out, choose(writer, "cả nước", "the country"));
	text_add_char(writer->out, ' ');
}

/* Without a single verdict "0 met" would sound like a failure. */
static void write_no_verdict(struct writer *writer, const char *targets,
			     const long long counts[STATUS_COUNT])
{
	text_addf(writer->out,
		  choose(writer,
			 "chưa có số liệu để đánh giá chỉ tiêu nào trong %zu chỉ tiêu %s",
			 "has no data for a verdict on any of the %zu %s"),
		  writer->facts->measured, targets);
	if (counts[STATUS_NOT_APPLICABLE] > 0)
		add_counts(writer, counts, choose(writer, "chỉ tiêu", "targets"),
			   STATUS_COUNT);
	text_add(writer->out, ". ");
}

static void write_targets(struct writer *writer)
{
	const struct compliance *facts = writer->facts;
	const char *targets =
		*facts->agency
			? choose(writer,
				 "áp dụng cho từng cơ quan theo Nghị quyết số 17/NQ-CP",
				 "targets that Resolution 17/NQ-CP sets for each agency")
			: choose(writer, "của Nghị quyết số 17/NQ-CP",
				 "targets of Resolution 17/NQ-CP");
	long long counts[STATUS_COUNT];
	int status, met;

	for (status = 0; status < STATUS_COUNT; status++)
		counts[status] = (long long)facts->counts[status];
	write_subject(writer);
	if (counts[STATUS_NO_DATA] + counts[STATUS_NOT_APPLICABLE] ==
	    (long long)facts->measured) {
		write_no_verdict(writer, targets, counts);
		return;
	}
	/* Before the deadline the question is whether things go as planned. */
	met = counts[STATUS_MET] + counts[STATUS_NOT_MET] == 0 &&
			      counts[STATUS_ON_TRACK] + counts[STATUS_BEHIND] > 0
		      ? STATUS_ON_TRACK
		      : STATUS_MET;
	if (met == STATUS_MET)
		text_add(writer->out, choose(writer, "đạt", "met"));
	else
		text_add(writer->out, choose(writer, "đúng tiến độ", "was on track for"));
	text_addf(writer->out, choose(writer, " %lld/%zu chỉ tiêu %s", " %lld of %zu %s"),
		  counts[met], facts->measured, targets);
	add_counts(writer, counts, choose(writer, "chỉ tiêu", "targets"), met);
	text_add(writer->out, ". ");
}

/* 1: there is no value, and it has been said why. */
static int write_no_value(struct writer *writer, const struct observation *row)
{
	if (*row->value)
		return 0;
	if (row->status == STATUS_NOT_APPLICABLE)
		text_addf(writer->out,
			  choose(writer,
				 "Chỉ tiêu “%s” không áp dụng: trong kỳ không có %s nào "
				 "để tính. ",
				 "“%s” does not apply: there are no %s to count in the "
				 "period. "),
			  row->indicator_name, row->unit);
	else
		text_addf(writer->out,
			  choose(writer,
				 "Chưa tính được chỉ tiêu “%s”: thông tin cần thiết chưa "
				 "được cung cấp. ",
				 "“%s” cannot be computed: what it needs was not "
				 "provided. "),
			  row->indicator_name);
	return 1;
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
	const struct compliance *facts = writer->facts;
	const struct observation *row = facts->online;
	long long reached = row->counts[STATUS_MET] + row->counts[STATUS_ON_TRACK];

	if (write_no_value(writer, row))
		return;
	text_addf(writer->out,
		  choose(writer, "Chỉ tiêu “%s” tính gộp toàn quốc là ",
			 "“%s”, pooled over the country, stands at "),
		  row->indicator_name);
	add_value(writer, row);
	if (facts->agencies > 0) {
		text_add(writer->out, choose(writer, "; ", "; the target ("));
		if (strcmp(facts->language, "en") == 0) {
			observation_add_target(writer->out, row, "en");
			text_addf(writer->out, ") is reached by %lld of %lld agencies",
				  reached, facts->agencies);
		} else {
			text_addf(writer->out, "%lld/%lld cơ quan đạt mục tiêu (",
				  reached, facts->agencies);
			observation_add_target(writer->out, row, "vi");
			text_add_char(writer->out, ')');
		}
		add_counts(writer, row->counts, choose(writer, "cơ quan", ""),
			   row->counts[STATUS_ON_TRACK] > 0 ? STATUS_ON_TRACK
							    : STATUS_MET);
	}
	text_add(writer->out, ". ");
}

#define LEADERS_MOST 3 /* named; more are counted */

/* "tỉnh Điện Biên (89,29%)", with the fraction where it is of few units. */
static void add_leader(struct writer *writer, const struct observation *row,
		       const char *group)
{
	const char *language = writer->facts->language;

	words_add_inline(writer->out, row->agency_name, group, language);
	text_add(writer->out, " (");
	observation_add_value(writer->out, row, language);
	if (row->has_interval) {
		text_add(writer->out, ", ");
		format_add_integer(writer->out, language, row->numerator);
		text_add(writer->out, choose(writer, " trên ", " of "));
		words_add_count(writer->out, row->denominator, row->unit, language);
	}
	text_add_char(writer->out, ')');
}

/* Those with rank 1; 0% leads nobody. */
static void add_leaders(struct writer *writer, const struct observation *rows,
			size_t count, const char *group, size_t *said)
{
	size_t i, leaders = 0, named = 0;

	for (i = 0; i < count; i++)
		leaders += rows[i].rank == 1 && rows[i].length > 0;
	if (leaders == 0)
		return;
	text_addf(writer->out, "%s%s: ",
		  (*said)++ == 0 ? choose(writer, "Dẫn đầu khối ", "First among the ")
				 : choose(writer, "; khối ", "; among the "),
		  words_group_short(group, writer->facts->language));
	for (i = 0; i < count; i++) {
		if (rows[i].rank != 1)
			continue;
		if (leaders <= LEADERS_MOST) {
			text_add(writer->out, named++ > 0 ? ", " : "");
			add_leader(writer, &rows[i], group);
		} else if (named++ == 0) {
			text_addf(writer->out,
				  choose(writer, "%zu cơ quan cùng mức ",
					 "%zu agencies with "),
				  leaders);
			observation_add_value(writer->out, &rows[i],
					      writer->facts->language);
		}
	}
}

static void write_leaders(struct writer *writer)
{
	const json_t *ranking;
	size_t i, said = 0;

	json_array_foreach(json_object_get(writer->facts->model, "ranking"), i, ranking) {
		size_t count;
		struct observation *rows =
			observations_read(json_object_get(ranking, "rows"),
					  writer->facts->language, &count);

		add_leaders(writer, rows, count, model_string(ranking, "group"), &said);
		free(rows);
	}
	if (said > 0)
		text_add(writer->out, ". ");
}

/* The names of up to NAMES_MOST agencies without data; how many there are. */
static size_t add_missing(struct writer *writer, struct text *names, size_t *all)
{
	const json_t *ranking;
	size_t i, j, missing = 0;

	json_array_foreach(json_object_get(writer->facts->model, "ranking"), i, ranking) {
		size_t count;
		struct observation *rows =
			observations_read(json_object_get(ranking, "rows"),
					  writer->facts->language, &count);

		*all += count;
		for (j = 0; j < count; j++) {
			if (rows[j].status != STATUS_NO_DATA || missing++ >= NAMES_MOST)
				continue;
			text_add(names, missing > 1 ? ", " : "");
			words_add_inline(names, rows[j].agency_name,
					 model_string(ranking, "group"),
					 writer->facts->language);
		}
		free(rows);
	}
	return missing;
}

static void write_missing(struct writer *writer)
{
	struct text names = { 0 };
	size_t all = 0, missing = add_missing(writer, &names, &all);

	if (missing > 0 && missing == all) {
		text_addf(writer->out,
			  choose(writer,
				 "Chưa có số liệu hồ sơ của cơ quan nào trong %zu cơ "
				 "quan. ",
				 "There is no dossier data from any of the %zu "
				 "agencies. "),
			  all);
	} else if (missing > 0) {
		text_add(writer->out, choose(writer, "Chưa có số liệu hồ sơ của ",
					     "There is no dossier data from "));
		words_add_count(writer->out, (long long)missing,
				choose(writer, "cơ quan", "agencies"),
				writer->facts->language);
		text_addf(writer->out, ": %s", names.data);
		if (missing > NAMES_MOST) {
			text_add(writer->out, choose(writer, " và ", " and "));
			words_add_count(writer->out, (long long)(missing - NAMES_MOST),
					choose(writer, "cơ quan khác", "others"),
					writer->facts->language);
		}
		text_add(writer->out, ". ");
	}
	text_free(&names);
}

static void write_online_agency(struct writer *writer)
{
	const struct observation *row = writer->facts->online;
	const char *language = writer->facts->language;

	if (write_no_value(writer, row))
		return;
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
		words_add_count(writer->out, row->gap, row->unit, language);
	}
	text_add(writer->out, ". ");
	if (*row->coverage_percent) {
		text_add(writer->out,
			 choose(writer, "Thông tin để tính có ở ",
				"What it is computed from was provided for "));
		format_add_percent(writer->out, language, row->coverage_percent);
		text_addf(writer->out, choose(writer, " số %s. ", " of the %s. "),
			  row->unit);
	}
}

/* That nothing can be counted has been said where the value would stand. */
static void write_unranked(struct writer *writer, const struct observation *own)
{
	text_addf(writer->out,
		  choose(writer, "Chưa được xếp hạng theo chỉ tiêu “%s”: ",
			 "Not ranked by “%s”: "),
		  own->indicator_name);
	words_add_reason(writer->out, own->unranked_reason, writer->facts->language);
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
		else if (own && strcmp(own->unranked_reason, "not_applicable") != 0)
			write_unranked(writer, own);
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

/* How many of the ranked agencies count figures of merged ones as their own. */
static long long count_recast(const struct compliance *facts)
{
	const json_t *ranking, *row;
	long long recast = 0;
	size_t i, j;

	json_array_foreach(json_object_get(facts->model, "ranking"), i, ranking)
		json_array_foreach(json_object_get(ranking, "rows"), j, row)
			recast += json_is_true(json_object_get(row, "recast"));
	return recast;
}

static void write_merged(struct writer *writer)
{
	const struct compliance *facts = writer->facts;
	long long recast = *facts->agency ? 0 : count_recast(facts);

	if (*facts->agency && facts->online && facts->online->recast) {
		text_add(writer->out,
			 choose(writer,
				"Số liệu gồm cả số liệu của các cơ quan tiền nhiệm, "
				"trước khi sáp nhập. ",
				"The figures include those of the agencies that were "
				"merged into it. "));
	} else if (recast > 0) {
		text_add(writer->out, choose(writer, "Số liệu của ", "For "));
		words_add_count(writer->out, recast,
				choose(writer, "cơ quan", "agencies"), facts->language);
		text_add(writer->out,
			 choose(writer,
				" gồm cả số liệu của các cơ quan tiền nhiệm, trước khi "
				"sáp nhập. ",
				" the figures include those of predecessors before the "
				"merger. "));
	}
}

static void write_quality(struct writer *writer)
{
	const struct compliance *facts = writer->facts;
	const char *maturity = words_maturity_inline(facts->maturity, facts->language);
	const char *last = model_string(facts->model, "last_day");

	if (*facts->as_of && strncmp(facts->as_of, last, strlen(last)) <= 0)
		text_add(writer->out, choose(writer, "Kỳ báo cáo chưa kết thúc. ",
					     "The period has not ended. "));
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
	write_merged(&writer);
	write_quality(&writer);
	compliance_free(&facts);
}
