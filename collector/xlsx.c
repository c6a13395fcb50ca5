/* xlsx.c -- the rows of a workbook. */
#include "collector/xlsx.h"

#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <expat.h>
#include <zip.h>

#include "base/memory.h"
#include "collector/record_types.h"
#include "collector/xlsx_format.h"

enum {
	PIECE = 64 * 1024,
	ENTRIES_MAX = 4096,
	DIRECTORY_MAX = 1024 * 1024, /* bytes of the list of entries */
	SHEETS_MAX = 1024,
	STRINGS_MAX = 16 * 1024 * 1024, /* bytes of shared strings */
	CELL_MAX = 32767 * 4,           /* bytes: Excel's own limit of characters */
	DEPTH_MAX = 64,
	FORMATS_MAX = 65536,
	RATIO_MAX = 200,
	TOKEN_MAX = 1024 * 1024,      /* bytes: expat holds a tag or a comment whole */
	PARSER_MAX = 8 * 1024 * 1024, /* bytes that expat may take in all */
	ROWS_MAX = 1048576,           /* Excel's own */
	END_RECORD = 22,              /* bytes of the record that closes a zip */
	END64_RECORD = 56,            /* and of the one that large ones have before it */
	END64_LOCATOR = 20,
	COMMENT_MAX = 65535, /* bytes that may follow it */
};

#define UNPACKED_MAX  ((uint64_t)1 << 30)
#define UNPACKED_FREE ((uint64_t)64 << 20) /* from where on the ratio counts */

enum { PATH_SIZE = 256 };

struct sheet {
	char name[128], id[64];
	char path[PATH_SIZE]; /* empty: a chart, or nothing that is there */
};

struct xlsx {
	zip_t *zip;
	struct file_refusal *refusal;
	uint64_t size, unpacked; /* bytes of the file, and of the parts read so far */
	char book[PATH_SIZE], styles_path[PATH_SIZE], strings_path[PATH_SIZE];
	int is_1904;
	struct sheet *sheets;
	size_t sheet_count;
	struct text strings; /* one after the other */
	uint32_t *string_ends;
	size_t string_count, string_size;
	unsigned char *styles; /* of each cell format, see style_of() */
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
	char where[48]; /* for DETAIL */
	int failed;     /* the row sink stopped */
	struct error *err;

	/* What is being collected, by part. */
	int in_formats, is_text, is_phonetic;
	struct text text; /* of the element at hand */
	xlsx_row *row;
	void *context;
	struct xlsx_cell cells[XLSX_COLUMNS_MAX];
	size_t starts[XLSX_COLUMNS_MAX]; /* of their texts in row_text */
	struct text row_text;            /* the texts of a row, each closed by a NUL */
	int count, column, has_value, is_formula;
	uint64_t row_number, cell_bytes; /* of the whole sheet */
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

/* ---- What expat may take -------------------------------------------------- */

/* Expat keeps every name of an element or attribute it has met and room for as many
 * attributes as the largest tag had, without a limit.  Its allocator gets no context, so
 * the bytes are counted by thread: one parser at a time. */
static _Thread_local size_t parser_bytes;

static void *parser_resize(void *old, size_t size)
{
	size_t before = old ? malloc_usable_size(old) : 0;
	void *room =
		parser_bytes - before + size > PARSER_MAX ? NULL : realloc(old, size);

	if (room)
		parser_bytes += malloc_usable_size(room) - before;
	return room;
}

static void *parser_take(size_t size)
{
	return parser_resize(NULL, size);
}

static void parser_release(void *room)
{
	parser_bytes -= room ? malloc_usable_size(room) : 0;
	free(room);
}

static const XML_Memory_Handling_Suite parser_memory = { parser_take, parser_resize,
							 parser_release };

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
	return unpacked > UNPACKED_FREE && unpacked / RATIO_MAX > packed;
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
		part->xlsx->unpacked += (uint64_t)got;
		if (is_bomb(unpacked, packed) || part->xlsx->unpacked > UNPACKED_MAX)
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
	if (!part->code && XML_GetErrorCode(part->parser) == XML_ERROR_NO_MEMORY)
		part->code = "file_workbook_too_large", part->detail = "XML";
	if (!part->code && (got < 0 || status != XML_STATUS_OK))
		part->code = "file_workbook_damaged", part->detail = "XML";
	return part->code ? -1 : 0;
}

/* NULL if it is locked by a password, or packed as no workbook may be: other ways need
 * much memory to unpack. */
static zip_file_t *open_part(const struct xlsx *xlsx, zip_uint64_t index,
			     zip_stat_t *facts)
{
	const zip_uint64_t wanted = ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;

	zip_stat_init(facts);
	if (zip_stat_index(xlsx->zip, index, 0, facts) != 0 ||
	    (facts->valid & wanted) != wanted ||
	    (facts->comp_method != ZIP_CM_STORE && facts->comp_method != ZIP_CM_DEFLATE))
		return NULL;
	return zip_fopen_index(xlsx->zip, index, 0);
}

/* Parses the part at PATH; one that is not there is *MISSING. */
static int read_part(struct part *part, const char *path, XML_StartElementHandler start,
		     XML_EndElementHandler end, int *missing, struct error *err)
{
	struct xlsx *xlsx = part->xlsx;
	zip_int64_t index = *path ? zip_name_locate(xlsx->zip, path, ZIP_FL_NOCASE) : -1;
	zip_stat_t facts;
	zip_file_t *file;
	int status;

	*missing = index < 0;
	if (*missing)
		return 0;
	file = open_part(xlsx, (zip_uint64_t)index, &facts);
	if (!file)
		return file_refuse(xlsx->refusal, err, "file_workbook_damaged", path);
	part->err = err;
	part->parser = XML_ParserCreate_MM(NULL, &parser_memory, NULL);
	if (!part->parser)
		BUG("XML_ParserCreate_MM");
	XML_SetUserData(part->parser, part);
	XML_SetElementHandler(part->parser, start, end);
	XML_SetCharacterDataHandler(part->parser, on_characters);
	XML_SetStartDoctypeDeclHandler(part->parser, on_doctype);
	status = parse(part, file, facts.comp_size);
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
	if (xlsx->sheet_count == SHEETS_MAX) {
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

/* TARGET as a path in the archive, seen from the part at BASE; empty if it is too long. */
static void resolve(char path[PATH_SIZE], const char *base, const char *target)
{
	const char *slash = *target == '/' ? NULL : strrchr(base, '/');
	size_t length = slash ? (size_t)(slash - base) : 0, step;

	memmove(path, base, length);
	for (; *target; target += step + (target[step] == '/')) {
		step = strcspn(target, "/");
		if (step == 2 && memcmp(target, "..", 2) == 0) {
			while (length > 0 && path[--length] != '/')
				;
		} else if (step > 1 || (step == 1 && *target != '.')) {
			if (length + step + 2 > PATH_SIZE) {
				length = 0;
				break;
			}
			if (length > 0)
				path[length++] = '/';
			memcpy(path + length, target, step);
			length += step;
		}
	}
	path[length] = '\0';
}

/* What a relation leads to: "worksheet", "styles", ... in either edition of the format;
 * "" for none within the file. */
static const char *relation_kind(const char **attributes)
{
	const char *type = attribute(attributes, "Type");
	const char *mode = attribute(attributes, "TargetMode");
	const char *slash = type ? strrchr(type, '/') : NULL;

	return !slash || (mode && strcmp(mode, "External") == 0) ? "" : slash + 1;
}

static void XMLCALL start_package_relation(void *context, const char *name,
					   const char **attributes)
{
	struct part *part = context;
	const char *target = attribute(attributes, "Target");

	if (deeper(part) == 0 && strcmp(local_name(name), "Relationship") == 0 &&
	    target && strcmp(relation_kind(attributes), "officeDocument") == 0)
		resolve(part->xlsx->book, "", target);
}

static void XMLCALL start_relation(void *context, const char *name,
				   const char **attributes)
{
	struct part *part = context;
	struct xlsx *xlsx = part->xlsx;
	const char *id = attribute(attributes, "Id");
	const char *target = attribute(attributes, "Target");
	const char *kind;

	if (deeper(part) != 0 || strcmp(local_name(name), "Relationship") != 0 || !id ||
	    !target)
		return;
	kind = relation_kind(attributes);
	if (strcmp(kind, "styles") == 0)
		resolve(xlsx->styles_path, xlsx->book, target);
	else if (strcmp(kind, "sharedStrings") == 0)
		resolve(xlsx->strings_path, xlsx->book, target);
	for (size_t i = 0; i < xlsx->sheet_count && strcmp(kind, "worksheet") == 0; i++)
		if (strcmp(xlsx->sheets[i].id, id) == 0)
			resolve(xlsx->sheets[i].path, xlsx->book, target);
}

static void XMLCALL end_any(void *context, const char *name)
{
	struct part *part = context;

	(void)name;
	part->depth--;
}

/* ---- Styles: which cells are dates, or filled up with zeros --------------- */

/* The two as one byte: xlsx_format_kind(), and xlsx_format_digits() above it. */
static unsigned char style_of(const char *format)
{
	return (unsigned char)(xlsx_format_kind(format) | xlsx_format_digits(format)
								  << 2);
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
		xlsx->custom[number] = (unsigned char)(0x80 | style_of(code));
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
			: (unsigned char)xlsx_builtin_kind((unsigned)number);
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
	xlsx_add_text(&xlsx->strings, text_string(&part->text), part->text.length);
	xlsx->string_ends[xlsx->string_count++] = (uint32_t)xlsx->strings.length;
}

/* ---- Cells --------------------------------------------------------------- */

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
	struct text *out = &part->row_text;
	char *end;
	double value = strtod(text_string(&part->text), &end);
	int style =
		part->cell_style < xlsx->style_count ? xlsx->styles[part->cell_style] : 0;
	int kind = style & 3, digits = style >> 2;

	if (*end || end == part->text.data || !isfinite(value)) {
		cell->kind = XLSX_ERROR;
		text_add(out, part->text.length ? part->text.data : "=");
		return;
	}
	if (kind && xlsx_print_time(value, xlsx->is_1904, kind == 2, out) == 0) {
		cell->kind = XLSX_TIME;
		return;
	}
	cell->kind =
		floor(value) == value && fabs(value) < 1e15 ? XLSX_INTEGER : XLSX_NUMBER;
	if (cell->kind == XLSX_INTEGER)
		text_addf(out, "%0*.0f", digits + (value < 0), value);
	else
		text_addf(out, "%.15g", value);
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
	text_add_bytes(&part->row_text, text_string(&xlsx->strings) + from,
		       xlsx->string_ends[index] - from);
}

static void set_value(struct part *part, struct xlsx_cell *cell)
{
	const char *type = part->cell_type, *printed = text_string(&part->text);
	struct text *out = &part->row_text;

	if (strcmp(type, "s") == 0) {
		set_shared(part, cell);
	} else if (strcmp(type, "b") == 0) {
		cell->kind = XLSX_BOOLEAN;
		text_add(out, is_true(printed) ? "true" : "false");
	} else if (strcmp(type, "e") == 0) {
		cell->kind = XLSX_ERROR;
		text_add(out, printed);
	} else if (strcmp(type, "str") == 0 || strcmp(type, "inlineStr") == 0 ||
		   strcmp(type, "d") == 0) {
		cell->kind = XLSX_TEXT;
		xlsx_add_text(out, printed, part->text.length);
	} else {
		set_number(part, cell);
	}
}

/* One shared string may stand in every cell, so what a sheet says is limited apart from
 * what it unpacks to. */
static void check_size(struct part *part)
{
	if (part->row_text.length > RECORD_SIZE_MAX) {
		snprintf(part->where, sizeof part->where, "%llu: 1 MiB",
			 (unsigned long long)part->row_number);
		refuse(part, "file_workbook_too_large", part->where);
	} else if (part->cell_bytes > UNPACKED_MAX ||
		   is_bomb(part->cell_bytes, part->xlsx->size)) {
		refuse(part, "file_workbook_too_large", "sharedStrings");
	}
}

static void set_cell(struct part *part)
{
	struct text *out = &part->row_text;
	size_t start = out->length;
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
		text_add_char(out, '=');
	}
	cell->length = out->length - start;
	if (cell->kind == XLSX_TEXT && cell->length == 0)
		cell->kind = XLSX_EMPTY;
	part->starts[part->column] = start;
	part->cell_bytes += cell->length;
	text_add_char(out, '\0');
	if (cell->kind != XLSX_EMPTY && part->column >= part->count)
		part->count = part->column + 1;
	check_size(part);
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
	for (int i = 0; i < XLSX_COLUMNS_MAX; i++)
		part->cells[i] = (struct xlsx_cell){ XLSX_EMPTY, "", 0 };
	text_clear(&part->row_text);
}

static void end_row(struct part *part)
{
	for (int i = 0; i < part->count; i++)
		if (part->cells[i].kind != XLSX_EMPTY)
			part->cells[i].bytes = part->row_text.data + part->starts[i];
	if (part->row(part->context, part->row_number, part->cells, part->count,
		      part->err) != 0) {
		part->failed = 1;
		XML_StopParser(part->parser, XML_FALSE);
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
	if (strcmp(name, "row") == 0 && part->count > 0 && !part->code)
		end_row(part);
}

/* ---- The door ------------------------------------------------------------ */

static uint64_t number_at(const unsigned char *bytes, int size)
{
	uint64_t number = 0;

	while (size-- > 0)
		number = number << 8 | bytes[size];
	return number;
}

static int is_crowded(uint64_t entries, uint64_t bytes)
{
	return entries > ENTRIES_MAX || bytes > DIRECTORY_MAX;
}

/* The record of a large zip, which stands where its locator says. */
static int is_crowded_64(int fd, const unsigned char *locator)
{
	unsigned char record[END64_RECORD];
	uint64_t place = number_at(locator + 8, 8);

	return place > INT64_MAX ||
	       (pread(fd, record, sizeof record, (off_t)place) == sizeof record &&
		is_crowded(number_at(record + 32, 8), number_at(record + 40, 8)));
}

/* Does a record at the end of the file say that it holds too many entries?  libzip takes
 * memory for each of them before it can be asked. */
static int has_many_entries(int fd, uint64_t length)
{
	size_t size = END64_LOCATOR + END_RECORD + COMMENT_MAX;
	unsigned char *bytes = memory_take(size);
	ssize_t got = pread(fd, bytes, size, length > size ? (off_t)(length - size) : 0);
	int many = 0;

	for (ssize_t i = 0; i + END_RECORD <= got && !many; i++) {
		if (memcmp(bytes + i, "PK\5\6", 4) == 0)
			many = is_crowded(number_at(bytes + i + 10, 2),
					  number_at(bytes + i + 12, 4));
		else if (memcmp(bytes + i, "PK\6\7", 4) == 0)
			many = is_crowded_64(fd, bytes + i);
	}
	free(bytes);
	return many;
}

static int has_worksheet(const struct xlsx *xlsx)
{
	for (size_t i = 0; i < xlsx->sheet_count; i++)
		if (xlsx->sheets[i].path[0])
			return 1;
	return 0;
}

/* Where things are is told by relations: of the archive, then of the workbook. */
static int read_relations(struct xlsx *xlsx, struct error *err)
{
	struct part part = { .xlsx = xlsx };
	char relations[PATH_SIZE + 16];
	const char *name;
	int missing;

	snprintf(xlsx->book, sizeof xlsx->book, "xl/workbook.xml");
	if (read_part(&part, "_rels/.rels", start_package_relation, end_any, &missing,
		      err) != 0)
		return -1;
	part = (struct part){ .xlsx = xlsx };
	if (read_part(&part, xlsx->book, start_workbook, end_any, &missing, err) != 0)
		return -1;
	name = strrchr(xlsx->book, '/');
	name = name ? name + 1 : xlsx->book;
	snprintf(relations, sizeof relations, "%.*s_rels/%s.rels",
		 (int)(name - xlsx->book), xlsx->book, name);
	part = (struct part){ .xlsx = xlsx };
	if (read_part(&part, relations, start_relation, end_any, &missing, err) != 0)
		return -1;
	return has_worksheet(xlsx)
		       ? 0
		       : file_refuse(xlsx->refusal, err, "file_workbook_damaged",
				     "xl/workbook.xml");
}

static int read_all(struct xlsx *xlsx, struct error *err)
{
	struct part styles = { .xlsx = xlsx }, strings = { .xlsx = xlsx };
	int missing;

	if (read_relations(xlsx, err) != 0 ||
	    read_part(&styles, xlsx->styles_path, start_styles, end_styles, &missing,
		      err) != 0)
		return -1;
	return read_part(&strings, xlsx->strings_path, start_strings, end_strings,
			 &missing, err);
}

int xlsx_open(struct xlsx **result, int fd, struct file_refusal *refusal,
	      struct error *err)
{
	struct xlsx *xlsx;
	int own, why = 0;
	zip_t *zip = NULL;
	off_t size = lseek(fd, 0, SEEK_END);

	if (has_many_entries(fd, (uint64_t)size))
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
	xlsx->size = (uint64_t)size;
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
	const struct sheet *sheet = NULL, *first = NULL;
	int missing, status;

	for (size_t i = xlsx->sheet_count; i-- > 0;) {
		const struct sheet *one = &xlsx->sheets[i];

		if (!one->path[0]) /* a chart */
			continue;
		first = one;
		if (strcmp(one->name, name) == 0 || strcmp(one->name, other_name) == 0)
			sheet = one;
	}
	sheet = sheet ? sheet : first;
	part->xlsx = xlsx;
	part->row = row;
	part->context = context;
	status = read_part(part, sheet->path, start_sheet, end_sheet, &missing, err);
	if (status == 0 && missing)
		status = file_refuse(xlsx->refusal, err, "file_workbook_damaged",
				     sheet->name);
	text_free(&part->row_text);
	free(part);
	return status;
}
