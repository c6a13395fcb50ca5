/* decode_ii06a.c -- totals from the form Biểu II.06a/VPCP/KSTT in a workbook, as records of
 * type count (Circular 01/2020/TT-VPCP).
 *
 * Its columns: (3) received in all = (4) online + (5) at the counter or by post + (6) carried
 * over; (7) settled = (8) early + (9) on time + (10) late; (11) under way = (12) in time +
 * (13) late; and (3) = (7) + (11).  Received within the period are (4) + (5): those carried
 * over were received before.  The form does not say how many of the settled came online. */
#include "collector/decoder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicase.h>

#include "base/memory.h"
#include "base/period.h"
#include "collector/style.h"
#include "collector/xlsx.h"

enum { HEADER_ROWS = 40, COLUMNS = 13, FIRST_NUMBER = 3 };

/* More than any real figure, and few enough that a sheet of them can be summed. */
#define FIGURE_MAX 1000000000000LL

struct form {
	const struct decoding *decoding;
	int is_headed;          /* the row with STT was seen */
	int place[COLUMNS + 1]; /* of each numbered column in the sheet; -1: none */
	int is_numbered;
	uint64_t rows, line;
	char period[20];
	int is_odd; /* the heading names days that are no period of ours */
	int has_total, has_rows;
	uint64_t unnumbered; /* the first row of figures without a number, or 0 */
	long long total[COLUMNS + 1], sum[COLUMNS + 1]; /* sum: of the numbered rows */
};

static const struct invariant {
	int whole, parts[3];
	const char *printed;
} invariants[] = {
	{ 3, { 4, 5, 6 }, "(3) = (4) + (5) + (6)" },
	{ 7, { 8, 9, 10 }, "(7) = (8) + (9) + (10)" },
	{ 11, { 12, 13, 0 }, "(11) = (12) + (13)" },
	{ 3, { 7, 11, 0 }, "(3) = (7) + (11)" },
};

/* ---- The period ---------------------------------------------------------- */

/* The next dd/MM/yyyy behind AT as a day, or 0; *AT moves on. */
static int next_day(const char **at, long *day)
{
	int date, month, year, length;

	for (; **at; ++*at)
		if (sscanf(*at, "%2d/%2d/%4d%n", &date, &month, &year, &length) == 3 &&
		    year >= 1900 && month >= 1 && month <= 12 && date >= 1 &&
		    date <= period_days_in_month(year, month)) {
			*at += length;
			*day = period_day(year, month, date);
			return 1;
		}
	return 0;
}

static int is_span(const char *code, long first, long end, char found[20])
{
	struct period period;
	struct error ignored;

	if (period_parse(&period, code, &ignored) != 0 || period.first != first ||
	    period.end != end)
		return 0;
	snprintf(found, 20, "%s", period.code);
	return 1;
}

/* The period of ours that is FIRST to END, in either calendar. */
static int find_period(long first, long end, char found[20])
{
	static const char *const calendars[] = { "", "ND09-" };
	int year, month, date;
	char code[32];

	period_date(end - 1, &year, &month, &date);
	for (int calendar = 0; calendar < 2; calendar++) {
		snprintf(code, sizeof code, "%s%d", calendars[calendar], year);
		if (is_span(code, first, end, found))
			return 1;
		for (int i = 1; i <= 12; i++) {
			snprintf(code, sizeof code, "%s%d-%02d", calendars[calendar],
				 year, i);
			if (is_span(code, first, end, found))
				return 1;
			snprintf(code, sizeof code, "%s%d-%c%d", calendars[calendar],
				 year, i <= 4 ? 'Q' : 'H', i <= 4 ? i : i - 4);
			if (i <= 6 && is_span(code, first, end, found))
				return 1;
		}
	}
	return 0;
}

static void look_for_period(struct form *form, const char *text)
{
	const char *at = text;
	long first, last;

	if (!form->period[0] && next_day(&at, &first) && next_day(&at, &last))
		form->is_odd = !find_period(first, last + 1, form->period);
}

/* ---- The table ----------------------------------------------------------- */

/* "(4)", or "(3) = (4) + (5) + (6)" where the form tells its rules. */
static int is_number_of_column(const char *text, int *number)
{
	int length = 0;

	return sscanf(text, " (%2d) %n", number, &length) == 1 && length > 0 &&
	       (!text[length] || text[length] == '=') && *number >= 1 &&
	       *number <= COLUMNS;
}

/* The row that numbers the columns says which is which, whatever stands beside them. */
static void look_for_numbers(struct form *form, const struct xlsx_cell *cells, int count)
{
	int found = 0, repeated = 0, number;

	for (int i = 1; i <= COLUMNS; i++)
		form->place[i] = -1;
	for (int i = 0; i < count; i++)
		if (is_number_of_column(cells[i].bytes, &number)) {
			repeated |= form->place[number] >= 0;
			form->place[number] = i;
			found++;
		}
	form->is_numbered = found == COLUMNS && !repeated;
}

/* An empty cell is 0 in this form. */
static int read_number(const struct xlsx_cell *cell, long long *value)
{
	struct text plain = { 0 };
	char *end = NULL;
	int status = 0;

	*value = 0;
	if (cell->kind == XLSX_EMPTY || strcmp(cell->bytes, "-") == 0)
		return 0;
	if (cell->kind == XLSX_INTEGER)
		text_add(&plain, cell->bytes);
	else if (cell->kind != XLSX_TEXT ||
		 style_apply(STYLE_NUMBER, cell->bytes, cell->length, &plain) != 0)
		status = -1;
	if (status == 0) {
		*value = strtoll(text_string(&plain), &end, 10);
		status = *end || *value < 0 || *value > FIGURE_MAX ? -1 : 0;
	}
	text_free(&plain);
	return status;
}

static int refuse(const struct form *form, uint64_t row, const char *what,
		  struct error *err)
{
	char detail[160];

	snprintf(detail, sizeof detail, "%llu: %s", (unsigned long long)row, what);
	return file_refuse(form->decoding->refusal, err, "file_form_broken", detail);
}

static int check_invariants(const struct form *form, uint64_t row,
			    const long long *values, struct error *err)
{
	char what[120];

	for (size_t i = 0; i < sizeof invariants / sizeof *invariants; i++) {
		const struct invariant *rule = &invariants[i];
		long long sum = 0;

		for (int part = 0; part < 3; part++)
			sum += rule->parts[part] ? values[rule->parts[part]] : 0;
		if (values[rule->whole] == sum)
			continue;
		snprintf(what, sizeof what, "%s, %lld, %lld", rule->printed,
			 values[rule->whole], sum);
		return refuse(form, row, what, err);
	}
	return 0;
}

/* In capitals or not, composed or decomposed. */
static int says_total(const struct xlsx_cell *cell)
{
	static const char *const words[] = { "tổng cộng", "tổng số" };
	struct text plain = { 0 };
	size_t length;
	uint8_t *folded = u8_casefold((const uint8_t *)cell->bytes, cell->length, NULL,
				      UNINORM_NFC, NULL, &length);
	int found = 0;

	if (folded)
		text_add_bytes(&plain, (const char *)folded, length);
	free(folded);
	for (int i = 0; i < 2; i++)
		found |= strstr(text_string(&plain), words[i]) != NULL;
	text_free(&plain);
	return found;
}

/* Does the row carry a whole number under STT?  A heading over other rows has a letter or
 * a Roman one, their parts have 1.1, a total has none. */
static int is_numbered_row(const struct form *form, const struct xlsx_cell *cells,
			   int count)
{
	const char *text = form->place[1] < count ? cells[form->place[1]].bytes : "";
	size_t digits = strspn(text, "0123456789");

	return digits > 0 && !text[digits];
}

/* The total must be that of the rows above it, where there are any. */
static int check_total(const struct form *form, uint64_t row, struct error *err)
{
	char what[120];

	for (int i = FIRST_NUMBER; form->has_rows && i <= COLUMNS; i++) {
		if (form->total[i] == form->sum[i])
			continue;
		snprintf(what, sizeof what, "(%d) Tổng cộng, %lld, %lld", i,
			 form->total[i], form->sum[i]);
		return refuse(form, row, what, err);
	}
	return 0;
}

static int take_numbers(struct form *form, uint64_t row, const struct xlsx_cell *cells,
			int count, struct error *err)
{
	static const struct xlsx_cell nothing = { XLSX_EMPTY, "", 0 };
	long long values[COLUMNS + 1] = { 0 };
	int is_total = 0, any = 0;

	for (int i = 0; i < count; i++)
		is_total |= says_total(&cells[i]);
	for (int i = FIRST_NUMBER; i <= COLUMNS; i++) {
		const struct xlsx_cell *cell =
			form->place[i] < count ? &cells[form->place[i]] : &nothing;

		any |= cell->kind != XLSX_EMPTY;
		if (read_number(cell, &values[i]) != 0)
			return refuse(form, row, cell->bytes, err);
	}
	if (!any) /* a heading, a signature */
		return 0;
	if (check_invariants(form, row, values, err) != 0)
		return -1;
	form->line = row;
	if (is_total) {
		form->has_total = 1;
		memcpy(form->total, values, sizeof values);
		return check_total(form, row, err);
	}
	if (!is_numbered_row(form, cells, count)) {
		form->unnumbered = form->unnumbered ? form->unnumbered : row;
		return 0;
	}
	form->has_rows = 1;
	for (int i = FIRST_NUMBER; i <= COLUMNS; i++)
		form->sum[i] += values[i];
	return 0;
}

static int take_row(void *context, uint64_t number, const struct xlsx_cell *cells,
		    int count, struct error *err)
{
	struct form *form = context;

	form->rows++;
	for (int i = 0; i < count && !form->is_numbered; i++) {
		look_for_period(form, cells[i].bytes);
		form->is_headed |= strcmp(cells[i].bytes, "STT") == 0;
	}
	if (form->has_total)
		return 0;
	if (form->is_numbered)
		return take_numbers(form, number, cells, count, err);
	if (form->is_headed)
		look_for_numbers(form, cells, count);
	return form->rows <= HEADER_ROWS || form->is_headed
		       ? 0
		       : refuse(form, number, "STT", err);
}

/* ---- Records ------------------------------------------------------------ */

/* INDEX tells the four records of a form apart: they come from the same row. */
static int hand_over(const struct form *form, uint64_t index, const char *measure,
		     long long value, struct error *err)
{
	const struct record_type *type = form->decoding->type;
	struct raw_record record = { .line = index };
	char printed[24], source[128];
	const struct {
		const char *field, *text;
	} cells[] = { { "measure", measure },
		      { "period", form->period },
		      { "value", printed } };

	snprintf(printed, sizeof printed, "%lld", value);
	snprintf(source, sizeof source, "%s,%s,%s", measure, form->period, printed);
	record.source = source;
	record.source_length = strlen(source);
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
		int field =
			record_type_field(type, cells[i].field, strlen(cells[i].field));

		if (field < 0)
			return file_refuse(form->decoding->refusal, err,
					   "file_form_broken", "--type count");
		record.fields[field] =
			(struct field_text){ cells[i].text, strlen(cells[i].text),
					     FIELD_TEXT };
	}
	return form->decoding->sink(form->decoding->context, &record, err);
}

/* The heading of the form says its period; what was given besides may fill it in, and must
 * not say another. */
static int settle_period(struct form *form, struct error *err)
{
	const char *given = form->decoding->period;
	struct period period;
	char what[80];

	if (!given || form->is_odd)
		return form->period[0] ? 0
				       : refuse(form, form->rows,
						"Từ ngày … đến ngày …, --period", err);
	if (period_parse(&period, given, err) != 0)
		return -1;
	if (!form->period[0])
		snprintf(form->period, sizeof form->period, "%s", period.code);
	if (strcmp(form->period, period.code) == 0)
		return 0;
	snprintf(what, sizeof what, "--period %s, %s", period.code, form->period);
	return refuse(form, 1, what, err);
}

static int finish(struct form *form, struct error *err)
{
	const long long *values = form->has_total ? form->total : form->sum;

	if (!form->is_numbered)
		return refuse(form, form->rows, "(1) (2) … (13)", err);
	if (!form->line)
		return file_refuse(form->decoding->refusal, err, "file_header_only",
				   NULL);
	if (settle_period(form, err) != 0)
		return -1;
	/* A row that may be a total or a part of another is not guessed about. */
	if (!form->has_total && form->unnumbered)
		return refuse(form, form->unnumbered, "STT, Tổng cộng", err);
	if (hand_over(form, 1, "dossiers_received", values[4] + values[5], err) != 0 ||
	    hand_over(form, 2, "dossiers_received_online", values[4], err) != 0 ||
	    hand_over(form, 3, "dossiers_resolved", values[7], err) != 0)
		return -1;
	return hand_over(form, 4, "dossiers_resolved_on_time", values[8] + values[9],
			 err);
}

static int decode(const struct decoding *decoding, struct error *err)
{
	struct form *form = memory_zeroed(1, sizeof *form);
	struct xlsx *xlsx = NULL;
	int fd, status = -1;

	form->decoding = decoding;
	if (input_file(decoding->input, &fd, err) == 0 &&
	    xlsx_open(&xlsx, fd, decoding->refusal, err) == 0 &&
	    xlsx_read(xlsx, "II.06a", "06a", take_row, form, err) == 0)
		status = finish(form, err);
	xlsx_close(xlsx);
	free(form);
	return status;
}

const struct decoder decoder_ii06a = { "ii06a", 0, decode };
