/* xlsx.c -- the rows of a workbook. */
#include "collector/xlsx.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <expat.h>
#include <zip.h>

#include "base/memory.h"

enum {
	PIECE = 64 * 1024,
	ENTRIES_MAX = 4096,
	STRINGS_MAX = 16 * 1024 * 1024, /* bytes of shared strings */
	CELL_MAX = 32767 * 4,           /* bytes: Excel's own limit of characters */
	DEPTH_MAX = 64,
	FORMATS_MAX = 65536,
	RATIO_MAX = 200,
	TOKEN_MAX = 1024 * 1024, /* bytes: expat holds a tag or a comment whole */
	ROWS_MAX = 1048576,      /* Excel's own */
	END_RECORD = 22,         /* bytes of the record that closes a zip */
	COMMENT_MAX = 65535,     /* bytes that may follow it */
};

#define UNPACKED_MAX  ((uint64_t)1 << 30)
#define UNPACKED_FREE ((uint64_t)64 << 20) /* from where on the ratio counts */

struct sheet {
	char name[128], id[64], path[256];
};

struct xlsx {
	zip_t *zip;
	struct file_refusal *refusal;
	int is_1904;
	struct sheet *sheets;
	size_t sheet_count;
	struct text strings; /* one after the other */
	uint32_t *string_ends;
	size_t string_count, string_size;
	unsigned char *styles; /* of each cell format: see xlsx_format_kind() */
	size_t style_count;
	unsigned char
		custom[FORMATS_MAX]; /* of each number format that the file defines */
};

/* One part while it is parsed. */
struct part {
	struct xlsx *xlsx;
	XML_Parser parser;
	int depth;
	const char *code; /* of a refusal, or NULL */
	const char *detail;
	int failed; /* the row sink stopped */
	struct error *err;

	/* What is being collected, by part. */
	int in_formats, is_text, is_phonetic;
	struct text text; /* of the element at hand */
	xlsx_row *row;
	void *context;
	struct xlsx_cell cells[XLSX_COLUMNS_MAX];
	int count, column, has_value, is_formula;
	uint64_t row_number;
	char cell_type[16];
	unsigned cell_style;
};

static int refuse(struct part *part, const char *code, const char *detail)
{
	if (!part->code) {
		part->code = code;
		part->detail = detail;
	}
	XML_StopParser(part->parser, XML_FALSE);
	return -1;
}

static const char *local_name(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon ? colon + 1 : name;
}

static const char *attribute(const char **attributes, const char *name)
{
	for (; attributes[0]; attributes += 2)
		if (strcmp(local_name(attributes[0]), name) == 0)
			return attributes[1];
	return NULL;
}

static int is_true(const char *value)
{
	return value && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0);
}

/* ---- Reading a part ------------------------------------------------------ */

static void XMLCALL on_doctype(void *context, const char *name, const char *system,
			       const char *public, int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	refuse(context, "file_workbook_damaged", "DOCTYPE");
}

static void XMLCALL on_characters(void *context, const char *bytes, int length)
{
	struct part *part = context;

	if (!part->is_text || part->is_phonetic)
		return;
	if (part->text.length + (size_t)length > CELL_MAX)
		refuse(part, "file_workbook_too_large", "32767");
	else
		text_add_bytes(&part->text, bytes, (size_t)length);
}

static int deeper(struct part *part)
{
	return ++part->depth > DEPTH_MAX ? refuse(part, "file_workbook_damaged", "XML")
					 : 0;
}

static int is_bomb(uint64_t unpacked, uint64_t packed)
{
	return unpacked > UNPACKED_MAX ||
	       (unpacked > UNPACKED_FREE && unpacked / RATIO_MAX > packed);
}

/* Bytes behind the last event: a tag or a comment that does not end. */
static int is_endless(const struct part *part, uint64_t unpacked)
{
	XML_Index event = XML_GetCurrentByteIndex(part->parser);

	return unpacked > TOKEN_MAX + (event < 0 ? 0 : (uint64_t)event);
}

static int parse(struct part *part, zip_file_t *file, uint64_t packed)
{
	char *piece = memory_take(PIECE);
	uint64_t unpacked = 0;
	zip_int64_t got = 0;
	enum XML_Status status = XML_STATUS_OK;

	while (status == XML_STATUS_OK && !part->code && !part->failed &&
	       (got = zip_fread(file, piece, PIECE)) > 0) {
		unpacked += (uint64_t)got;
		if (is_bomb(unpacked, packed))
			refuse(part, "file_workbook_too_large", "zip");
		else
			status = XML_Parse(part->parser, piece, (int)got, 0);
		if (status == XML_STATUS_OK && !part->code && !part->failed &&
		    is_endless(part, unpacked))
			part->code = "file_workbook_too_large", part->detail = "XML";
	}
	if (got == 0 && status == XML_STATUS_OK && !part->code && !part->failed)
		status = XML_Parse(part->parser, piece, 0, 1);
	free(piece);
	if (part->failed)
		return -1;
	if (!part->code && (got < 0 || status != XML_STATUS_OK))
		part->code = "file_workbook_damaged", part->detail = "XML";
	return part->code ? -1 : 0;
}

/* Parses the part at PATH; one that is not there is *MISSING. */
static int read_part(struct part *part, const char *path, XML_StartElementHandler start,
		     XML_EndElementHandler end, int *missing, struct error *err)
{
	struct xlsx *xlsx = part->xlsx;
	zip_stat_t facts;
	zip_file_t *file = zip_fopen(xlsx->zip, path, 0);
	int status;

	*missing = !file && zip_name_locate(xlsx->zip, path, 0) < 0;
	if (*missing)
		return 0;
	if (!file) /* locked by a password, or packed in a way of its own */
		return file_refuse(xlsx->refusal, err, "file_workbook_damaged", path);
	zip_stat_init(&facts);
	zip_stat(xlsx->zip, path, 0, &facts);
	part->err = err;
	part->parser = XML_ParserCreate(NULL);
	if (!part->parser)
		BUG("XML_ParserCreate");
	XML_SetUserData(part->parser, part);
	XML_SetElementHandler(part->parser, start, end);
	XML_SetCharacterDataHandler(part->parser, on_characters);
	XML_SetStartDoctypeDeclHandler(part->parser, on_doctype);
	status =
		parse(part, file, facts.valid & ZIP_STAT_COMP_SIZE ? facts.comp_size : 0);
	if (status != 0 && part->code)
		file_refuse(xlsx->refusal, err, part->code, part->detail);
	XML_ParserFree(part->parser);
	part->parser = NULL;
	text_free(&part->text);
	zip_fclose(file);
	return status;
}

/* ---- The workbook and its relations -------------------------------------- */

static void XMLCALL start_workbook(void *context, const char *name,
				   const char **attributes)
{
	struct part *part = context;
	struct xlsx *xlsx = part->xlsx;
	const char *sheet = attribute(attributes, "name"), *id;

	if (deeper(part) != 0)
		return;
	name = local_name(name);
	if (strcmp(name, "workbookPr") == 0)
		xlsx->is_1904 = is_true(attribute(attributes, "date1904"));
	id = attribute(attributes, "id");
	if (strcmp(name, "sheet") != 0 || !sheet || !id)
		return;
	if (xlsx->sheet_count == ENTRIES_MAX) {
		refuse(part, "file_workbook_too_large", "sheets");
		return;
	}
	xlsx->sheets =
		memory_resize(xlsx->sheets, xlsx->sheet_count + 1, sizeof *xlsx->sheets);
	xlsx->sheets[xlsx->sheet_count] = (struct sheet){ 0 };
	snprintf(xlsx->sheets[xlsx->sheet_count].name, sizeof xlsx->sheets->name, "%s",
		 sheet);
	snprintf(xlsx->sheets[xlsx->sheet_count].id, sizeof xlsx->sheets->id, "%s", id);
	xlsx->sheet_count++;
}

static void XMLCALL start_relation(void *context, const char *name,
				   const char **attributes)
{
	struct part *part = context;
	const char *id = attribute(attributes, "Id");
	const char *target = attribute(attributes, "Target");

	if (deeper(part) != 0 || strcmp(local_name(name), "Relationship") != 0 || !id ||
	    !target)
		return;
	for (size_t i = 0; i < part->xlsx->sheet_count; i++) {
		struct sheet *sheet = &part->xlsx->sheets[i];

		if (strcmp(sheet->id, id) == 0)
			snprintf(sheet->path, sizeof sheet->path, "%s%s",
				 *target == '/' ? "" : "xl/",
				 *target == '/' ? target + 1 : target);
	}
}

static void XMLCALL end_any(void *context, const char *name)
{
	struct part *part = context;

	(void)name;
	part->depth--;
}

/* ---- Styles: which cells are dates --------------------------------------- */

int xlsx_format_kind(const char *format)
{
	int day = 0, clock = 0;
	char quote = '\0';

	for (const char *at = format; *at; at++) {
		if (quote) {
			quote = *at == quote ? '\0' : quote;
		} else if (*at == '"') {
			quote = '"';
		} else if (*at == '[') {
			quote = ']'; /* a colour, a locale, an elapsed time */
		} else if (*at == '\\' || *at == '_' || *at == '*') {
			at += at[1] != '\0';
		} else if (strchr("yYdD", *at)) {
			day = 1;
		} else if (strchr("hHsS", *at)) {
			clock = 1;
		}
	}
	return clock ? 2 : day;
}

/* Of the formats that need no definition (ECMA-376 part 1, 18.8.30). */
static int builtin_kind(unsigned format)
{
	if ((format >= 14 && format <= 17) || (format >= 27 && format <= 31) ||
	    format == 36 || (format >= 50 && format <= 58))
		return 1;
	if ((format >= 18 && format <= 22) || (format >= 32 && format <= 35) ||
	    (format >= 45 && format <= 47))
		return 2;
	return 0;
}

static void XMLCALL start_styles(void *context, const char *name, const char **attributes)
{
	struct part *part = context;
	struct xlsx *xlsx = part->xlsx;
	const char *id = attribute(attributes, "numFmtId");
	const char *code = attribute(attributes, "formatCode");
	unsigned long number = id ? strtoul(id, NULL, 10) : 0;

	if (deeper(part) != 0)
		return;
	name = local_name(name);
	if (strcmp(name, "cellXfs") == 0)
		part->in_formats = 1;
	if (strcmp(name, "numFmt") == 0 && code && number < FORMATS_MAX)
		xlsx->custom[number] = (unsigned char)(0x80 | xlsx_format_kind(code));
	if (strcmp(name, "xf") != 0 || !part->in_formats)
		return;
	if (xlsx->style_count == FORMATS_MAX) {
		refuse(part, "file_workbook_too_large", "styles");
		return;
	}
	xlsx->styles = memory_resize(xlsx->styles, xlsx->style_count + 1, 1);
	xlsx->styles[xlsx->style_count++] =
		number < FORMATS_MAX && xlsx->custom[number]
			? xlsx->custom[number] & 0x7f
			: (unsigned char)builtin_kind((unsigned)number);
}

static void XMLCALL end_styles(void *context, const char *name)
{
	struct part *part = context;

	part->depth--;
	if (strcmp(local_name(name), "cellXfs") == 0)
		part->in_formats = 0;
}

/* ---- Shared strings ------------------------------------------------------ */

static void XMLCALL start_strings(void *context, const char *name,
				  const char **attributes)
{
	struct part *part = context;

	(void)attributes;
	if (deeper(part) != 0)
		return;
	name = local_name(name);
	if (strcmp(name, "si") == 0)
		text_clear(&part->text);
	part->is_text = strcmp(name, "t") == 0;
	part->is_phonetic |= strcmp(name, "rPh") == 0;
}

static void XMLCALL end_strings(void *context, const char *name)
{
	struct part *part = context;
	struct xlsx *xlsx = part->xlsx;

	part->depth--;
	part->is_text = 0;
	name = local_name(name);
	if (strcmp(name, "rPh") == 0)
		part->is_phonetic = 0;
	if (strcmp(name, "si") != 0)
		return;
	if (xlsx->strings.length + part->text.length + 4 * xlsx->string_count >
	    STRINGS_MAX) {
		refuse(part, "file_workbook_too_large", "16 MB");
		return;
	}
	if (xlsx->string_count == xlsx->string_size) {
		xlsx->string_size = xlsx->string_size * 2 + 1024;
		xlsx->string_ends = memory_resize(xlsx->string_ends, xlsx->string_size,
						  sizeof *xlsx->string_ends);
	}
	text_add_bytes(&xlsx->strings, text_string(&part->text), part->text.length);
	xlsx->string_ends[xlsx->string_count++] = (uint32_t)xlsx->strings.length;
}

/* ---- Cells --------------------------------------------------------------- */

int xlsx_print_time(double serial, int is_1904, int has_clock, struct text *out)
{
	static const int month_days[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};
	long long seconds = (long long)llround(serial * 86400);
	long long day = seconds / 86400;
	int clock = (int)(seconds % 86400), year, month = 0;

	/* Before 1900-01-01 it is a time of day alone. */
	if (serial < !is_1904 || serial > 2958466)
		return -1;
	/* 29 February 1900 never was, but has a number there. */
	if (!is_1904 && day < 60)
		day++;
	day += is_1904 ? 1462 - 1 : -1; /* days from 1899-12-31 */
	for (year = 1900, day--;; year++) {
		int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

		if (day < 365 + leap) {
			for (; day >= month_days[month] + (month == 1 && leap); month++)
				day -= month_days[month] + (month == 1 && leap);
			break;
		}
		day -= 365 + leap;
	}
	text_addf(out, "%04d-%02d-%02d", year, month + 1, (int)day + 1);
	if (has_clock || clock)
		text_addf(out, "T%02d:%02d:%02d", clock / 3600, clock / 60 % 60,
			  clock % 60);
	return 0;
}

/* "BC12" is column 54 (from 0); -1 if it is no address. */
static int column_of(const char *address)
{
	int column = 0;

	if (*address < 'A' || *address > 'Z')
		return -1;
	for (; *address >= 'A' && *address <= 'Z'; address++) {
		column = column * 26 + *address - 'A' + 1;
		if (column > 16384)
			return -1;
	}
	return column - 1;
}

static void set_number(struct part *part, struct xlsx_cell *cell)
{
	const struct xlsx *xlsx = part->xlsx;
	char *end;
	double value = strtod(text_string(&part->text), &end);
	int kind =
		part->cell_style < xlsx->style_count ? xlsx->styles[part->cell_style] : 0;

	if (*end || end == part->text.data || !isfinite(value)) {
		cell->kind = XLSX_ERROR;
		text_add(&cell->text, part->text.length ? part->text.data : "=");
		return;
	}
	if (kind && xlsx_print_time(value, xlsx->is_1904, kind == 2, &cell->text) == 0) {
		cell->kind = XLSX_TIME;
		return;
	}
	cell->kind =
		floor(value) == value && fabs(value) < 1e15 ? XLSX_INTEGER : XLSX_NUMBER;
	text_addf(&cell->text, cell->kind == XLSX_INTEGER ? "%.0f" : "%.15g", value);
}

static void set_shared(struct part *part, struct xlsx_cell *cell)
{
	const struct xlsx *xlsx = part->xlsx;
	const char *printed = text_string(&part->text);
	char *end;
	unsigned long index = strtoul(printed, &end, 10);
	size_t from;

	if (end == printed || *end || index >= xlsx->string_count) {
		refuse(part, "file_workbook_damaged", "sharedStrings");
		return;
	}
	from = index ? xlsx->string_ends[index - 1] : 0;
	cell->kind = XLSX_TEXT;
	text_add_bytes(&cell->text, text_string(&xlsx->strings) + from,
		       xlsx->string_ends[index] - from);
}

static void set_value(struct part *part, struct xlsx_cell *cell)
{
	const char *type = part->cell_type;

	if (strcmp(type, "s") == 0) {
		set_shared(part, cell);
	} else if (strcmp(type, "b") == 0) {
		cell->kind = XLSX_BOOLEAN;
		text_add(&cell->text,
			 is_true(text_string(&part->text)) ? "true" : "false");
	} else if (strcmp(type, "e") == 0) {
		cell->kind = XLSX_ERROR;
		text_add(&cell->text, text_string(&part->text));
	} else if (strcmp(type, "str") == 0 || strcmp(type, "inlineStr") == 0 ||
		   strcmp(type, "d") == 0) {
		cell->kind = XLSX_TEXT;
		text_add(&cell->text, text_string(&part->text));
	} else {
		set_number(part, cell);
	}
	if (cell->kind == XLSX_TEXT && cell->text.length == 0)
		cell->kind = XLSX_EMPTY;
}

static void set_cell(struct part *part)
{
	struct xlsx_cell *cell;

	if (part->column >= XLSX_COLUMNS_MAX) {
		refuse(part, "file_workbook_too_large", "256");
		return;
	}
	cell = &part->cells[part->column];
	if (cell->kind != XLSX_EMPTY) { /* twice the same address */
		refuse(part, "file_workbook_damaged", "r");
		return;
	}
	if (part->has_value) {
		set_value(part, cell);
	} else {
		/* A formula that nobody computed: what it gives is not known. */
		cell->kind = XLSX_ERROR;
		text_add_char(&cell->text, '=');
	}
	if (cell->kind != XLSX_EMPTY && part->column >= part->count)
		part->count = part->column + 1;
}

static void start_row(struct part *part, const char **attributes)
{
	const char *printed = attribute(attributes, "r");
	uint64_t number = printed ? strtoull(printed, NULL, 10) : part->row_number + 1;

	/* A record is known by its row, so no two may have the same one. */
	if (number <= part->row_number || number > ROWS_MAX) {
		refuse(part, "file_workbook_damaged", "r");
		return;
	}
	part->row_number = number;
	part->column = -1;
	part->count = 0;
	for (int i = 0; i < XLSX_COLUMNS_MAX; i++) {
		part->cells[i].kind = XLSX_EMPTY;
		text_clear(&part->cells[i].text);
	}
}

static void start_cell(struct part *part, const char **attributes)
{
	const char *address = attribute(attributes, "r");
	const char *type = attribute(attributes, "t");
	const char *style = attribute(attributes, "s");
	int column = address ? column_of(address) : part->column + 1;

	if (column < 0) {
		refuse(part, "file_workbook_damaged", "r");
		return;
	}
	part->column = column;
	part->has_value = part->is_formula = 0;
	snprintf(part->cell_type, sizeof part->cell_type, "%s", type ? type : "n");
	part->cell_style = style ? (unsigned)strtoul(style, NULL, 10) : 0;
	text_clear(&part->text);
}

static void XMLCALL start_sheet(void *context, const char *name, const char **attributes)
{
	struct part *part = context;

	if (deeper(part) != 0)
		return;
	name = local_name(name);
	if (strcmp(name, "row") == 0)
		start_row(part, attributes);
	else if (strcmp(name, "c") == 0)
		start_cell(part, attributes);
	part->is_text = strcmp(name, "v") == 0 || strcmp(name, "t") == 0;
	part->has_value |= part->is_text;
	part->is_formula |= strcmp(name, "f") == 0;
	part->is_phonetic |= strcmp(name, "rPh") == 0;
}

static void XMLCALL end_sheet(void *context, const char *name)
{
	struct part *part = context;

	part->depth--;
	part->is_text = 0;
	name = local_name(name);
	if (strcmp(name, "rPh") == 0)
		part->is_phonetic = 0;
	if (strcmp(name, "c") == 0 && (part->has_value || part->is_formula) &&
	    !part->code)
		set_cell(part);
	if (strcmp(name, "row") == 0 && part->count > 0 && !part->code &&
	    part->row(part->context, part->row_number, part->cells, part->count,
		      part->err) != 0) {
		part->failed = 1;
		XML_StopParser(part->parser, XML_FALSE);
	}
}

/* ---- The door ------------------------------------------------------------ */

/* Does a record at the end of the file say that it holds too many entries?  libzip takes
 * memory for each of them before it can be asked. */
static int has_many_entries(int fd)
{
	size_t size = END_RECORD + COMMENT_MAX;
	unsigned char *bytes = memory_take(size);
	off_t length = lseek(fd, 0, SEEK_END);
	ssize_t got =
		pread(fd, bytes, size, length > (off_t)size ? length - (off_t)size : 0);
	int many = 0;

	for (ssize_t i = 0; i + END_RECORD <= got; i++)
		many |= memcmp(bytes + i, "PK\5\6", 4) == 0 &&
			bytes[i + 10] + 256 * bytes[i + 11] > ENTRIES_MAX;
	free(bytes);
	return many;
}

static int read_all(struct xlsx *xlsx, struct error *err)
{
	struct part part = { .xlsx = xlsx };
	int missing;

	if (read_part(&part, "xl/workbook.xml", start_workbook, end_any, &missing, err) !=
	    0)
		return -1;
	if (missing || xlsx->sheet_count == 0)
		return file_refuse(xlsx->refusal, err, "file_workbook_damaged",
				   "xl/workbook.xml");
	part = (struct part){ .xlsx = xlsx };
	if (read_part(&part, "xl/_rels/workbook.xml.rels", start_relation, end_any,
		      &missing, err) != 0)
		return -1;
	part = (struct part){ .xlsx = xlsx };
	if (read_part(&part, "xl/styles.xml", start_styles, end_styles, &missing, err) !=
	    0)
		return -1;
	part = (struct part){ .xlsx = xlsx };
	return read_part(&part, "xl/sharedStrings.xml", start_strings, end_strings,
			 &missing, err);
}

int xlsx_open(struct xlsx **result, int fd, struct file_refusal *refusal,
	      struct error *err)
{
	struct xlsx *xlsx;
	int own, why = 0;
	zip_t *zip = NULL;

	if (has_many_entries(fd))
		return file_refuse(refusal, err, "file_workbook_too_large", "zip");
	own = dup(fd);
	if (own >= 0 && lseek(own, 0, SEEK_SET) == 0)
		zip = zip_fdopen(own, ZIP_CHECKCONS, &why);
	if (!zip) {
		if (own >= 0)
			close(own);
		return file_refuse(refusal, err, "file_workbook_damaged", "zip");
	}
	xlsx = memory_zeroed(1, sizeof *xlsx);
	xlsx->zip = zip;
	xlsx->refusal = refusal;
	if (read_all(xlsx, err) != 0) {
		xlsx_close(xlsx);
		return -1;
	}
	*result = xlsx;
	return 0;
}

void xlsx_close(struct xlsx *xlsx)
{
	if (!xlsx)
		return;
	zip_discard(xlsx->zip);
	free(xlsx->sheets);
	text_free(&xlsx->strings);
	free(xlsx->string_ends);
	free(xlsx->styles);
	free(xlsx);
}

int xlsx_read(struct xlsx *xlsx, const char *name, const char *other_name, xlsx_row *row,
	      void *context, struct error *err)
{
	struct part *part = memory_zeroed(1, sizeof *part);
	const struct sheet *sheet = &xlsx->sheets[0];
	int missing, status;

	for (size_t i = xlsx->sheet_count; i-- > 0;)
		if (strcmp(xlsx->sheets[i].name, name) == 0 ||
		    strcmp(xlsx->sheets[i].name, other_name) == 0)
			sheet = &xlsx->sheets[i];
	part->xlsx = xlsx;
	part->row = row;
	part->context = context;
	status = read_part(part, sheet->path, start_sheet, end_sheet, &missing, err);
	if (status == 0 && missing)
		status = file_refuse(xlsx->refusal, err, "file_workbook_damaged",
				     sheet->name);
	for (int i = 0; i < XLSX_COLUMNS_MAX; i++)
		text_free(&part->cells[i].text);
	free(part);
	return status;
}
