/* sheet.c -- a part of a JSON model as a workbook for Excel. */
#include "web/sheet.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xlsxwriter.h>

#include "base/memory.h"
#include "web/messages.h"
#include "web/table.h"

enum {
	COLUMNS_MOST = 64,
	NARROWEST = 8, /* columns, in characters */
	WIDEST = 60,
	NAME_MOST = 31,     /* characters of a sheet's name */
	TEXT_MOST = 32000,  /* bytes of a cell; Excel takes 32,767 characters */
	MADE = 1551920400,  /* the same bytes each time: the day of the Resolution */
	EXACT_DECIMALS = 4, /* of a share that is printed with two digits */
};

enum look {
	LOOK_TITLE,
	LOOK_WARNING,
	LOOK_NOTE,
	LOOK_HEAD,
	LOOK_TEXT,
	LOOK_INTEGER,
	LOOK_PLAIN_INTEGER, /* years, ranks */
	LOOK_PERCENT,
	LOOK_LONG_PERCENT,
	LOOK_DATE,
	LOOK_TIME,
	LOOKS,
};

enum kind {
	KIND_ANY, /* by the value */
	KIND_PLAIN_INTEGER,
	KIND_FRACTION, /* "0.298469", or a rank "86" */
	KIND_PERCENT,  /* "29.85" */
	KIND_DATE,
	KIND_TIME,
	KIND_WORD, /* one of a few, which messages.h has in both languages */
};

/* What is known of columns beyond their values, those of one page first; a name of the
 * form "*x" ends so. */
static const struct {
	const char *name;
	enum kind kind;
	const char *words; /* of a KIND_WORD: the first part of their keys */
} known[] = {
	{ "quarantine.value", KIND_ANY, NULL },
	{ "deliveries.state", KIND_WORD, "ledger" },
	{ "keys.state", KIND_WORD, "keys" },
	{ "schedules.state", KIND_WORD, "schedule.state" },
	{ "value", KIND_FRACTION, NULL },
	{ "target", KIND_FRACTION, NULL },
	{ "coverage", KIND_FRACTION, NULL },
	{ "*percent", KIND_PERCENT, NULL },
	{ "low", KIND_PERCENT, NULL },
	{ "high", KIND_PERCENT, NULL },
	{ "percent_before", KIND_PERCENT, NULL },
	{ "rank", KIND_PLAIN_INTEGER, NULL },
	{ "rank_before", KIND_PLAIN_INTEGER, NULL },
	{ "year", KIND_PLAIN_INTEGER, NULL },
	{ "day", KIND_DATE, NULL },
	{ "due", KIND_DATE, NULL },
	{ "deadline", KIND_DATE, NULL },
	{ "*_on", KIND_DATE, NULL },
	{ "*_day", KIND_DATE, NULL },
	{ "*_at", KIND_TIME, NULL },
	{ "at", KIND_TIME, NULL },
	{ "as_of", KIND_TIME, NULL },
	{ "status", KIND_WORD, "status" },
	{ "maturity", KIND_WORD, "maturity" },
	{ "group", KIND_WORD, "group" },
	{ "unranked_reason", KIND_WORD, "unranked" },
	{ "scope", KIND_WORD, "scope" },
	{ "direction", KIND_WORD, "direction" },
	{ "kind", KIND_WORD, "kind" },
	{ "cause", KIND_WORD, "cause" },
	{ "state", KIND_WORD, "state" },
	{ "type", KIND_WORD, "type" },
	{ "level", KIND_WORD, "level" },
	{ "role", KIND_WORD, "role" },
	{ "channel", KIND_WORD, "channel" },
	{ "way", KIND_WORD, "way" },
	{ "action", KIND_WORD, "action" },
	{ "covers", KIND_WORD, "schedule.covers" },
	{ "settled_as", KIND_WORD, "refused.settled" },
	{ "letter", KIND_WORD, "kind" },
	{ "last_record", KIND_DATE, NULL },
	{ "last_arrival", KIND_TIME, NULL },
	{ "expected", KIND_TIME, NULL },
	{ "evidence", KIND_WORD, "evidence" },
};

struct column {
	char *name;
	enum kind kind;
	const char *words;
	int width;
};

struct sheet {
	lxw_workbook *book;
	lxw_worksheet *paper;
	lxw_format *looks[LOOKS];
	struct column columns[COLUMNS_MOST];
	lxw_col_t count;
	lxw_row_t row;
	const char *page, *language;
};

/* ---- Columns ------------------------------------------------------------ */

static int is_named(const char *pattern, const char *name)
{
	size_t ending = strlen(pattern) - 1, length = strlen(name);

	if (*pattern != '*')
		return strcmp(pattern, name) == 0;
	return length >= ending && strcmp(name + length - ending, pattern + 1) == 0;
}

static void add_column(struct sheet *sheet, const char *name, size_t length)
{
	struct column *column = &sheet->columns[sheet->count++];
	struct text of_page = { 0 };

	if (sheet->count == COLUMNS_MOST)
		BUG("more than %d columns", COLUMNS_MOST);
	column->name = memory_copy_bytes(name, length);
	column->width = NARROWEST;
	text_addf(&of_page, "%s.%s", sheet->page, column->name);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (is_named(known[i].name, column->name) ||
		    strcmp(known[i].name, text_string(&of_page)) == 0) {
			column->kind = known[i].kind;
			column->words = known[i].words;
			break;
		}
	text_free(&of_page);
}

static void read_columns(struct sheet *sheet, const char *columns)
{
	while (*columns) {
		size_t length = strcspn(columns, ",");

		add_column(sheet, columns, length);
		columns += length + (columns[length] == ',');
	}
}

static int has_column(const struct sheet *sheet, const char *name)
{
	for (lxw_col_t i = 0; i < sheet->count; i++)
		if (strcmp(sheet->columns[i].name, name) == 0)
			return 1;
	return 0;
}

/* "agency_name_vi" alone among the columns is "agency_name", in the language of the
 * workbook; beside "agency_name_en" it is what it says.  Belongs to the caller, or NULL. */
static char *stem_of(const struct sheet *sheet, const char *name)
{
	size_t length = strlen(name);
	char *other, *stem = NULL;

	if (length < 4 || strcmp(name + length - 3, "_vi") != 0)
		return NULL;
	other = memory_copy(name);
	memcpy(other + length - 2, "en", 2);
	if (!has_column(sheet, other))
		stem = memory_copy_bytes(name, length - 3);
	free(other);
	return stem;
}

/* The value of COLUMN in LINE, in the language of the workbook where there are two. */
static const json_t *value_of(const struct sheet *sheet, const struct column *column,
			      const struct table_line *line)
{
	char *stem = stem_of(sheet, column->name);
	const json_t *value = NULL;
	struct text name = { 0 };

	if (stem) {
		text_addf(&name, "%s_%s", stem, sheet->language);
		value = table_value(line, text_string(&name));
		text_free(&name);
		free(stem);
	}
	return value && !json_is_null(value) ? value : table_value(line, column->name);
}

/* ---- Words -------------------------------------------------------------- */

/* The text "FIRST.SECOND.THIRD", without those that are NULL; NULL: there is none. */
static const char *find_text(const struct sheet *sheet, const char *first,
			     const char *second, const char *third)
{
	const char *parts[] = { first, second, third };
	struct text key = { 0 };
	const char *found;

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (parts[i])
			text_addf(&key, "%s%s", key.length ? "." : "", parts[i]);
	found = message_find(text_string(&key), sheet->language);
	text_free(&key);
	return found;
}

/* ---- Cells -------------------------------------------------------------- */

static int characters_of(const char *text)
{
	int count = 0;

	for (; *text; text++)
		count += (*text & 0xC0) != 0x80;
	return count;
}

static void widen(struct column *column, int width)
{
	if (width > WIDEST)
		width = WIDEST;
	if (column->width < width)
		column->width = width;
}

/* As text, whatever it begins with: Excel computes cells of formulas alone. */
static void write_text(struct sheet *sheet, lxw_col_t at, const char *value)
{
	struct text cut = { 0 }, tidy = { 0 };
	size_t length = strlen(value);

	if (text_guile(value, length) != TEXT_OPEN) {
		text_add_tidy(&tidy, value);
		value = text_string(&tidy);
		length = tidy.length;
	}

	if (length > TEXT_MOST) {
		length = TEXT_MOST;
		while ((value[length] & 0xC0) == 0x80)
			length--;
		text_add_bytes(&cut, value, length);
		text_add(&cut, "…");
		value = text_string(&cut);
	}
	worksheet_write_string(sheet->paper, sheet->row, at, value,
			       sheet->looks[LOOK_TEXT]);
	widen(&sheet->columns[at], characters_of(value) + 1);
	text_free(&cut);
	text_free(&tidy);
}

static void write_number(struct sheet *sheet, lxw_col_t at, double value, enum look look)
{
	worksheet_write_number(sheet->paper, sheet->row, at, value, sheet->looks[look]);
}

/* VALUE, a decimal, times ten to the POWER: the nearest double to what it says.  -1: it is
 * no decimal. */
static int read_decimal(const char *value, int power, double *number)
{
	size_t sign = *value == '-';
	struct text scaled = { 0 };

	if (!value[sign] || value[sign + strspn(value + sign, "0123456789.")])
		return -1;
	text_addf(&scaled, "%se%d", value, power);
	*number = strtod(text_string(&scaled), NULL);
	text_free(&scaled);
	return 0;
}

static int write_percent(struct sheet *sheet, lxw_col_t at, const char *value)
{
	double number;

	if (read_decimal(value, -2, &number) != 0)
		return -1;
	write_number(sheet, at, number, LOOK_PERCENT);
	return 0;
}

/* What the pages print stands in "percent"; a share without it shows all its digits, so
 * that Excel has nothing to round.  A rank has no point. */
static int write_fraction(struct sheet *sheet, lxw_col_t at, const char *value,
			  const char *percent)
{
	const char *point = strchr(value, '.');
	double number;
	int is_long;

	if (percent)
		return write_percent(sheet, at, percent);
	if (read_decimal(value, 0, &number) != 0)
		return -1;
	is_long = point && strlen(point + 1) > EXACT_DECIMALS &&
		  point[1 + EXACT_DECIMALS + strspn(point + 1 + EXACT_DECIMALS, "0")] !=
			  '\0';
	write_number(sheet, at, number,
		     !point    ? LOOK_PLAIN_INTEGER
		     : is_long ? LOOK_LONG_PERCENT
			       : LOOK_PERCENT);
	return 0;
}

/* "2020-12-31", and "2020-12-31T08:00:00+07:00" as the clock of Viet Nam shows it, in
 * which all times of the store are printed. */
static int write_moment(struct sheet *sheet, lxw_col_t at, const char *value,
			enum look look)
{
	lxw_datetime moment = { 0 };
	int read = sscanf(value, "%4d-%2d-%2d%*1[T ]%2d:%2d:%lf", &moment.year,
			  &moment.month, &moment.day, &moment.hour, &moment.min,
			  &moment.sec);

	if (read < 3 || moment.year < 1900)
		return -1;
	moment.sec = (int)moment.sec;
	worksheet_write_datetime(sheet->paper, sheet->row, at, &moment,
				 sheet->looks[look]);
	widen(&sheet->columns[at], look == LOOK_TIME ? 17 : 11);
	return 0;
}

static int write_word(struct sheet *sheet, lxw_col_t at, const char *value)
{
	/* Words of one column of several pages have the name of the page before them. */
	const char *places[] = { sheet->page, "table", NULL,     "move",
				 "data",      "days",  "vintage" };
	const char *words = sheet->columns[at].words, *found = NULL;

	for (size_t i = 0; i < sizeof places / sizeof *places && !found; i++)
		found = find_text(sheet, places[i], words, value);
	if (!found || strstr(found, "{{"))
		return -1;
	write_text(sheet, at, found);
	return 0;
}

/* What is not of its column's kind is text, as it came. */
static void write_string(struct sheet *sheet, lxw_col_t at, const char *value,
			 const struct table_line *line)
{
	int status = -1;

	switch (sheet->columns[at].kind) {
	case KIND_FRACTION:
		status = write_fraction(
			sheet, at, value,
			strcmp(sheet->columns[at].name, "value") == 0
				? json_string_value(table_own_value(line, "percent"))
				: NULL);
		break;
	case KIND_PERCENT:
		status = write_percent(sheet, at, value);
		break;
	case KIND_DATE:
		status = write_moment(sheet, at, value, LOOK_DATE);
		break;
	case KIND_TIME:
		status = write_moment(sheet, at, value, LOOK_TIME);
		break;
	case KIND_WORD:
		status = write_word(sheet, at, value);
		break;
	case KIND_ANY:
	case KIND_PLAIN_INTEGER:
		break;
	}
	if (status != 0)
		write_text(sheet, at, value);
}

static void write_cell(struct sheet *sheet, lxw_col_t at, const struct table_line *line)
{
	const struct column *column = &sheet->columns[at];
	const json_t *value = value_of(sheet, column, line);

	if (json_is_string(value))
		write_string(sheet, at, json_string_value(value), line);
	else if (json_is_integer(value))
		write_number(sheet, at, (double)json_integer_value(value),
			     column->kind == KIND_PLAIN_INTEGER ? LOOK_PLAIN_INTEGER
								: LOOK_INTEGER);
	else if (json_is_boolean(value))
		write_text(sheet, at,
			   message_find(json_is_true(value) ? "table.yes" : "table.no",
					sheet->language));
	else if (json_is_real(value))
		BUG("models carry decimals as text");
}

static void write_line(void *context, const struct table_line *line)
{
	struct sheet *sheet = context;

	for (lxw_col_t i = 0; i < sheet->count; i++)
		write_cell(sheet, i, line);
	sheet->row++;
}

/* ---- The sheet ---------------------------------------------------------- */

/* The name of a column is a text of its own, of one page or of all; one that has none keeps
 * its name as data. */
static void write_heads(struct sheet *sheet)
{
	for (lxw_col_t i = 0; i < sheet->count; i++) {
		struct column *column = &sheet->columns[i];
		char *stem = stem_of(sheet, column->name);
		const char *name = stem ? stem : column->name;
		const char *title = find_text(sheet, "table", sheet->page, name);

		if (!title)
			title = find_text(sheet, "table", name, NULL);
		worksheet_write_string(sheet->paper, sheet->row, i,
				       title ? title : column->name,
				       sheet->looks[LOOK_HEAD]);
		/* Titles break into two lines, and leave room for the filter's button. */
		widen(column, characters_of(title ? title : column->name) * 2 / 3 + 3);
		free(stem);
	}
	sheet->row++;
}

/* Without the characters that Excel does not take for a name, and cut where it is too long.
 * Belongs to the caller. */
static char *name_from(const char *title)
{
	struct text name = { 0 };
	int count = 0;

	for (; *title && *title != '\n'; title++) {
		if (strchr("[]:*?/\\'", *title))
			continue;
		if ((*title & 0xC0) != 0x80 && ++count > NAME_MOST)
			break;
		text_add_char(&name, *title);
	}
	return text_take(&name);
}

static void write_top(struct sheet *sheet, const char *head)
{
	const char *warning = message_find("sample.banner", sheet->language);

	for (enum look look = LOOK_TITLE; *head; look = LOOK_NOTE, sheet->row++) {
		size_t length = strcspn(head, "\n");
		char *line = memory_copy_bytes(head, length);

		worksheet_write_string(
			sheet->paper, sheet->row, 0, line,
			sheet->looks[strcmp(line, warning) == 0 ? LOOK_WARNING : look]);
		free(line);
		head += length + (head[length] == '\n');
	}
	sheet->row++;
}

static void make_looks(struct sheet *sheet)
{
	static const char *const numbers[LOOKS] = {
		[LOOK_INTEGER] = "#,##0",   [LOOK_PLAIN_INTEGER] = "0",
		[LOOK_PERCENT] = "0.00%",   [LOOK_LONG_PERCENT] = "0.0000%",
		[LOOK_DATE] = "dd/mm/yyyy", [LOOK_TIME] = "dd/mm/yyyy hh:mm",
	};

	for (int i = 0; i < LOOKS; i++) {
		sheet->looks[i] = workbook_add_format(sheet->book);
		if (numbers[i])
			format_set_num_format(sheet->looks[i], numbers[i]);
	}
	if (strcmp(sheet->language, "en") == 0) {
		format_set_num_format(sheet->looks[LOOK_DATE], "d mmm yyyy");
		format_set_num_format(sheet->looks[LOOK_TIME], "d mmm yyyy hh:mm");
	}
	format_set_bold(sheet->looks[LOOK_TITLE]);
	format_set_font_size(sheet->looks[LOOK_TITLE], 14);
	format_set_font_color(sheet->looks[LOOK_NOTE], 0x4D555E);
	format_set_bold(sheet->looks[LOOK_WARNING]);
	format_set_font_color(sheet->looks[LOOK_WARNING], 0xA03A00);
	format_set_bold(sheet->looks[LOOK_HEAD]);
	format_set_text_wrap(sheet->looks[LOOK_HEAD]);
	format_set_align(sheet->looks[LOOK_HEAD], LXW_ALIGN_VERTICAL_TOP);
	format_set_bg_color(sheet->looks[LOOK_HEAD], 0xF5F6F8);
	format_set_bottom(sheet->looks[LOOK_HEAD], LXW_BORDER_THIN);
}

static void fill(struct sheet *sheet, const char *head, const json_t *model,
		 const char *rows)
{
	lxw_row_t heads;

	write_top(sheet, head);
	heads = sheet->row;
	write_heads(sheet);
	table_walk(model, rows, write_line, sheet);
	worksheet_freeze_panes(sheet->paper, heads + 1, 0);
	worksheet_autofilter(sheet->paper, heads, 0,
			     sheet->row > heads + 1 ? sheet->row - 1 : heads,
			     sheet->count - 1);
	for (lxw_col_t i = 0; i < sheet->count; i++)
		worksheet_set_column(sheet->paper, i, i, sheet->columns[i].width, NULL);
	/* On paper: across one page, each with the names of the columns. */
	worksheet_set_landscape(sheet->paper);
	worksheet_set_paper(sheet->paper, 9);
	worksheet_fit_to_pages(sheet->paper, 1, 0);
	worksheet_repeat_rows(sheet->paper, heads, heads);
}

/* ---- The file ----------------------------------------------------------- */

static int read_back(int file, struct text *out)
{
	char piece[65536];
	ssize_t length;

	while ((length = read(file, piece, sizeof piece)) > 0)
		text_add_bytes(out, piece, (size_t)length);
	return length < 0 ? -1 : 0;
}

/* The library writes files; this one is gone as soon as it was read. */
static int write_book(struct sheet *sheet, const char *path, const char *head,
		      const json_t *model, const char *rows, struct error *err)
{
	char *name = name_from(head);
	lxw_error failure;

	sheet->book = workbook_new(path);
	if (!sheet->book) {
		free(name);
		return error_set(err, ERROR_UNAVAILABLE, "%s: no workbook", path);
	}
	workbook_set_properties(sheet->book,
				&(lxw_doc_properties){ .title = name,
						       .author = (char *)"NQ17",
						       .created = MADE });
	make_looks(sheet);
	sheet->paper = workbook_add_worksheet(sheet->book, *name ? name : NULL);
	if (!sheet->paper)
		sheet->paper = workbook_add_worksheet(sheet->book, NULL);
	fill(sheet, head, model, rows);
	failure = workbook_close(sheet->book);
	free(name);
	if (failure != LXW_NO_ERROR)
		return error_set(err, ERROR_UNAVAILABLE, "%s: %s", path,
				 lxw_strerror(failure));
	return 0;
}

int sheet_write(const char *page, const char *head, const json_t *model, const char *rows,
		const char *columns, const char *language, struct text *out,
		struct error *err)
{
	char path[] = "/tmp/nq17-sheet-XXXXXX";
	struct sheet sheet = { .page = page, .language = language };
	struct text tidy = { 0 };
	int file = mkstemp(path), status;

	if (file < 0)
		return error_set(err, ERROR_UNAVAILABLE, "%s: %s", path, strerror(errno));
	read_columns(&sheet, columns);
	/* The library writes the name of a sheet as it is, and XML takes no controls. */
	text_add_tidy(&tidy, head);
	status = write_book(&sheet, path, text_string(&tidy), model, rows, err);
	text_free(&tidy);
	if (status == 0 && read_back(file, out) != 0)
		status = error_set(err, ERROR_UNAVAILABLE, "%s: %s", path,
				   strerror(errno));
	for (lxw_col_t i = 0; i < sheet.count; i++)
		free(sheet.columns[i].name);
	close(file);
	unlink(path);
	return status;
}
