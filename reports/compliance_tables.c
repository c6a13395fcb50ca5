/* compliance_tables.c -- the tables of the compliance report. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/compliance.h"
#include "reports/format.h"

void compliance_draw_table(struct compliance *compliance, struct document *document,
			   const char *caption, struct table *table)
{
	struct text text = { 0 };

	text_addf(&text, "%s %d. %s", compliance_choose(compliance, "Bảng", "Table"),
		  ++compliance->tables, caption);
	document_table(document, text.data, table);
	text_free(&text);
}

void compliance_add_integer(struct table *table, const struct compliance *compliance,
			    bool known, long long value)
{
	struct text text = { 0 };

	if (known)
		format_add_integer(&text, compliance->language, value);
	else
		text_add(&text, "–");
	table_add(table, text_string(&text));
	if (known) {
		text_clear(&text);
		text_addf(&text, "%lld", value);
		table_set_raw(table, VALUE_NUMBER, text.data);
	}
	text_free(&text);
}

void compliance_add_value(struct table *table, const struct compliance *compliance,
			  const struct observation *row)
{
	struct text text = { 0 };

	observation_add_value(&text, row, compliance->language);
	table_add(table, text.length ? text.data : "–");
	table_set_bold(table);
	if (*row->percent)
		table_set_raw(table, VALUE_PERCENT, row->percent);
	else if (*row->value)
		table_set_raw(table, VALUE_NUMBER, row->value);
	text_free(&text);
}

void compliance_add_status(struct table *table, const struct compliance *compliance,
			   const struct observation *row, const char *small)
{
	table_add_status(table, row->status,
			 words_status_name(row->status, compliance->language), small);
}

/* Numerator above denominator: "1.204" and, smaller, "/ 11.960".  A place in a
 * list has a value and is no fraction: nothing is missing there. */
static void add_fraction(struct table *table, const struct compliance *compliance,
			 const struct observation *row)
{
	struct text above = { 0 }, below = { 0 };

	if (row->has_fraction) {
		format_add_integer(&above, compliance->language, row->numerator);
		text_add(&below, "/ ");
		format_add_integer(&below, compliance->language, row->denominator);
	} else if (!*row->value)
		text_add(&above, "–");
	table_add_more(table, text_string(&above), text_string(&below));
	text_free(&above);
	text_free(&below);
}

/* With the maturity below where ALWAYS, or where it is not the report's own. */
void compliance_add_coverage(struct table *table, const struct compliance *compliance,
			     const struct observation *row, bool always)
{
	struct text text = { 0 };

	/* With nothing to count, nothing is complete either. */
	if (*row->coverage_percent && row->status != STATUS_NOT_APPLICABLE)
		format_add_percent(&text, compliance->language, row->coverage_percent);
	else
		text_add(&text, "–");
	always = always || strcmp(row->maturity, compliance->maturity) != 0;
	table_add_more(table, text.data,
		       always ? words_maturity(row->maturity, compliance->language)
			      : NULL);
	if (*row->coverage_percent && row->status != STATUS_NOT_APPLICABLE)
		table_set_raw(table, VALUE_PERCENT, row->coverage_percent);
	text_free(&text);
}

/* "NQ 17/NQ-CP, mục tiêu giai đoạn 2019-2020 (đoạn 3, câu 2)": the length of what
 * stands before the place in parentheses; 0 where there is no such part. */
static size_t source_length(const char *clause)
{
	const char *place = strstr(clause, " (");

	return place && clause[strlen(clause) - 1] == ')' ? (size_t)(place - clause) : 0;
}

static bool has_source(const char *clause, const char *source, size_t length)
{
	return length > 0 && source_length(clause) == length &&
	       strncmp(clause, source, length) == 0;
}

struct source {
	const char *words;            /* LENGTH bytes; 0: the clauses stand in full */
	size_t length, rows, clauses; /* rows of this source, of all that name one */
};

/* The source of most rows with a target, if it is that of half of them. */
static struct source common_source(const struct compliance *compliance)
{
	struct source most = { 0 };
	size_t i, j, clauses = 0;

	for (i = 0; i < compliance->targets_count; i++) {
		const struct observation *row = &compliance->targets[i];
		struct source own = { row->clause, source_length(row->clause), 0, 0 };

		if (!row->has_target || !*row->clause)
			continue;
		clauses++;
		for (j = 0; j < compliance->targets_count; j++)
			own.rows += compliance->targets[j].has_target &&
				    has_source(compliance->targets[j].clause, own.words,
					       own.length);
		if (own.rows > most.rows)
			most = own;
	}
	most.clauses = clauses;
	return most.rows > 1 && most.rows * 2 >= clauses ? most : (struct source){ 0 };
}

static void add_source_note(struct table *table, const struct compliance *compliance,
			    const struct source *source)
{
	struct text note = { 0 };

	if (source->length == 0)
		return;
	text_add(&note,
		 source->rows == source->clauses
			 ? compliance_choose(compliance, "Căn cứ: ", "Source: ")
			 : compliance_choose(compliance, "Căn cứ, nơi không ghi khác: ",
					     "Source, unless stated: "));
	text_add_bytes(&note, source->words, source->length);
	text_add_char(&note, '.');
	table_add_note(table, note.data);
	text_free(&note);
}

/* The clause, without its SOURCE if the note names it. */
static void add_clause(struct text *out, const char *clause, const struct source *source)
{
	if (has_source(clause, source->words, source->length))
		text_add_bytes(out, clause + source->length + 2,
			       strlen(clause) - source->length - 3);
	else
		text_add(out, clause);
}

/* The clause, and for targets of each agency how many are where. */
static void add_name(struct table *table, const struct compliance *compliance,
		     const struct observation *row, const struct source *source)
{
	struct text name = { 0 }, small = { 0 };
	int status;

	add_clause(&small, row->clause, source);
	for (status = 0; status < STATUS_COUNT; status++) {
		if (row->status == STATUS_NO_DATA || row->counts[status] == 0)
			continue;
		text_add(&small, small.length ? "; " : "");
		text_addf(&small, "%s: %lld",
			  words_status_name((enum status)status, compliance->language),
			  row->counts[status]);
	}
	text_addf(&name, "%s%s%s", row->indicator_name,
		  row->recast ? WORDS_RECAST_MARK : "",
		  row->disputed ? WORDS_DISPUTED_MARK : "");
	table_add_more(table, name.data, text_string(&small));
	text_free(&name);
	text_free(&small);
}

static void add_target(struct table *table, const struct compliance *compliance,
		       const struct observation *row)
{
	struct text text = { 0 };

	observation_add_target(&text, row, compliance->language);
	table_add(table, text_string(&text));
	text_free(&text);
}

/* "Chưa đạt", and for an agency what it is short of. */
static void add_verdict(struct table *table, const struct compliance *compliance,
			const struct observation *row)
{
	struct text small = { 0 };

	if (*compliance->agency && row->has_gap && row->gap > 0) {
		text_add(&small,
			 compliance_choose(compliance, "còn thiếu ", "short by "));
		words_add_count(&small, row->gap, row->unit, compliance->language);
	}
	compliance_add_status(table, compliance, row, text_string(&small));
	text_free(&small);
}

void compliance_add_mark_notes(struct table *table, const struct compliance *compliance,
			       const struct observation *rows, size_t count)
{
	bool recast = false, disputed = false;
	size_t i;

	for (i = 0; i < count; i++) {
		recast |= rows[i].recast;
		disputed |= rows[i].disputed;
	}
	if (recast)
		table_add_note(table, words_recast_note(compliance->language));
	if (disputed)
		table_add_note(table, words_disputed_note(compliance->language));
}

/* Says of each target that has lost agencies, or all of them, why; of the same reason once. */
static void add_closed_notes(struct table *table, const struct compliance *compliance)
{
	const struct observation *rows = compliance->targets;
	struct text note = { 0 };
	size_t i, j;

	for (i = 0; i < compliance->targets_count; i++) {
		text_clear(&note);
		for (j = 0; j < compliance->targets_count; j++) {
			if (strcmp(rows[i].closed, rows[j].closed) != 0)
				continue;
			if (j < i)
				break;
			text_addf(&note, "%s%s", note.length ? ", " : "", rows[j].number);
		}
		if (!*rows[i].closed || j < compliance->targets_count)
			continue;
		text_addf(&note, ": %s", rows[i].closed);
		table_add_note(table, note.data);
	}
	text_free(&note);
}

void compliance_target_table(struct compliance *compliance, struct document *document)
{
	const struct table_column columns[] = {
		{ compliance_choose(compliance, "Mã", "No."), ANCHOR_START, 0 },
		{ compliance_choose(compliance, "Chỉ tiêu", "Target"), ANCHOR_START, 1 },
		{ compliance_choose(compliance, "Tử/mẫu số", "Count/of"), ANCHOR_END, 0 },
		{ compliance_choose(compliance, "Kết quả", "Result"), ANCHOR_END, 0 },
		{ compliance_choose(compliance, "Mục tiêu", "Target"), ANCHOR_END, 0 },
		{ compliance_choose(compliance, "Đánh giá", "Status"), ANCHOR_START, 0 },
		{ compliance_choose(compliance, "Độ đầy đủ", "Coverage"), ANCHOR_END, 0 },
	};
	struct source source = common_source(compliance);
	struct table table;
	size_t i;

	table_start(&table, columns, sizeof columns / sizeof *columns);
	for (i = 0; i < compliance->targets_count; i++) {
		const struct observation *row = &compliance->targets[i];

		if (!row->has_target)
			continue;
		table_add(&table, row->number);
		add_name(&table, compliance, row, &source);
		add_fraction(&table, compliance, row);
		compliance_add_value(&table, compliance, row);
		add_target(&table, compliance, row);
		add_verdict(&table, compliance, row);
		compliance_add_coverage(&table, compliance, row, true);
	}
	add_source_note(&table, compliance, &source);
	compliance_add_mark_notes(&table, compliance, compliance->targets,
				  compliance->targets_count);
	add_closed_notes(&table, compliance);
	if (table_rows(&table) > 0)
		compliance_draw_table(compliance, document,
				      compliance_choose(compliance,
							"Kết quả thực hiện từng chỉ tiêu",
							"Each target"),
				      &table);
	table_free(&table);
}

void compliance_other_table(struct compliance *compliance, struct document *document)
{
	const struct table_column columns[] = {
		{ compliance_choose(compliance, "Mã", "No."), ANCHOR_START, 0 },
		{ compliance_choose(compliance, "Nội dung", "Indicator"), ANCHOR_START,
		  1 },
		{ compliance_choose(compliance, "Tử số", "Count"), ANCHOR_END, 0 },
		{ compliance_choose(compliance, "Mẫu số", "Of"), ANCHOR_END, 0 },
		{ compliance_choose(compliance, "Kết quả", "Result"), ANCHOR_END, 0 },
		{ compliance_choose(compliance, "Độ đầy đủ", "Coverage"), ANCHOR_END, 0 },
	};
	struct table table;
	size_t i;

	table_start(&table, columns, sizeof columns / sizeof *columns);
	for (i = 0; i < compliance->targets_count; i++) {
		const struct observation *row = &compliance->targets[i];

		if (row->has_target)
			continue;
		table_add(&table, row->number);
		table_add(&table, row->indicator_name);
		compliance_add_integer(&table, compliance, row->has_fraction,
				       row->numerator);
		compliance_add_integer(&table, compliance, row->has_fraction,
				       row->denominator);
		compliance_add_value(&table, compliance, row);
		compliance_add_coverage(&table, compliance, row, false);
	}
	if (table_rows(&table) > 0)
		compliance_draw_table(
			compliance, document,
			compliance_choose(
				compliance,
				"Số liệu theo dõi, không giao mục tiêu cho từng "
				"cơ quan",
				"Followed without a target for each agency"),
			&table);
	table_free(&table);
}

void compliance_procedure_table(struct compliance *compliance, struct document *document)
{
	const struct table_column columns[] = {
		{ compliance_choose(compliance, "Mã thủ tục", "Code"), ANCHOR_START, 0 },
		{ compliance_choose(compliance, "Thủ tục hành chính", "Procedure"),
		  ANCHOR_START, 1 },
		{ compliance_choose(compliance, "Trực tuyến", "Online"), ANCHOR_END, 0 },
		{ compliance_choose(compliance, "Tổng số", "All"), ANCHOR_END, 0 },
		{ compliance_choose(compliance, "Tỷ lệ", "Share"), ANCHOR_END, 0 },
	};
	const json_t *procedure;
	struct table table;
	size_t i;

	table_start(&table, columns, sizeof columns / sizeof *columns);
	json_array_foreach(json_object_get(compliance->model, "procedures"), i,
			   procedure) {
		struct observation row;
		const char *name = model_words(procedure, "name", compliance->language);

		observation_read(&row, procedure, compliance->language);
		table_add(&table, model_string(procedure, "procedure"));
		if (!*name)
			name = model_string(procedure, "name_vi");
		if (!*name)
			name = compliance_choose(compliance, "(chưa có trong danh mục)",
						 "(not in the catalogue)");
		table_add(&table, name);
		compliance_add_integer(&table, compliance, row.has_fraction,
				       row.numerator);
		compliance_add_integer(&table, compliance, row.has_fraction,
				       row.denominator);
		compliance_add_value(&table, compliance, &row);
	}
	if (table_rows(&table) > 0)
		compliance_draw_table(
			compliance, document,
			compliance_choose(compliance,
					  "Hồ sơ đã giải quyết theo thủ tục hành chính",
					  "Settled dossiers by procedure"),
			&table);
	table_free(&table);
}
