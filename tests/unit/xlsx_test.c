/* xlsx_test.c -- workbooks: dates, cells, and what no workbook may do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <zip.h>

#include "collector/xlsx.h"
#include "decoding.h"

static const char BOOK[] =
	"<workbook xmlns:r=\"r\"><workbookPr date1904=\"0\"/><sheets>"
	"<sheet name=\"A\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";
static const char RELATIONS[] =
	"<Relationships><Relationship Id=\"rId1\" Type=\"x/worksheet\" "
	"Target=\"worksheets/sheet1.xml\"/></Relationships>";

struct part_text {
	const char *name, *bytes;
	size_t length;
};

/* A workbook at PATH with SHEET, and EXTRA where that is given. */
static void make_book(char *path, const char *sheet, size_t length,
		      const struct part_text *extra)
{
	const struct part_text parts[] = {
		{ "xl/workbook.xml", BOOK, sizeof BOOK - 1 },
		{ "xl/_rels/workbook.xml.rels", RELATIONS, sizeof RELATIONS - 1 },
		{ "xl/worksheets/sheet1.xml", sheet, length },
	};
	int fd = mkstemp(path), why;
	zip_t *zip = fd < 0 ? NULL : zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &why);

	if (!zip)
		abort();
	close(fd);
	for (int i = 0; i < 3 + (extra != NULL); i++) {
		const struct part_text *part = i < 3 ? &parts[i] : extra;

		if (zip_file_add(zip, part->name,
				 zip_source_buffer(zip, part->bytes, part->length, 0),
				 ZIP_FL_OVERWRITE) < 0)
			abort();
	}
	if (zip_close(zip) != 0)
		abort();
}

static void decode_sheet(struct decoded *decoded, const char *sheet, size_t length,
			 const struct part_text *extra)
{
	char path[] = "/tmp/nq17-unit-XXXXXX";

	make_book(path, sheet, length, extra);
	decode_path(decoded, &decoder_xlsx, "milestone", path);
	unlink(path);
}

#define SHEET(rows)    "<worksheet><sheetData>" rows "</sheetData></worksheet>"
#define TEXT(at, text) "<c r=\"" at "\" t=\"inlineStr\"><is><t>" text "</t></is></c>"
#define HEAD                                                                             \
	"<row r=\"1\">" TEXT("A1", "agency") TEXT("B1", "task")                          \
		TEXT("C1", "progress") "</row>"
#define ROW(n, more) "<row r=\"" n "\">" TEXT("A" n, "a") TEXT("B" n, "b") more "</row>"

static void rows_and_cells(void **unused)
{
	static const struct {
		const char *sheet, *file_code, *records;
	} cases[] = {
		{ SHEET(HEAD ROW("2", "")), "", "2 b|a\n" },
		{ SHEET(HEAD ROW("7", TEXT("C7", "x"))), "", "7 b|a|x\n" },
		{ SHEET(HEAD ROW("2", "<c r=\"C2\" t=\"b\"><v>1</v></c>")), "",
		  "2 b|a|true\n" },
		{ SHEET(HEAD ROW("2", "<c r=\"C2\"><v>12.50</v></c>")), "",
		  "2 b|a|12.5\n" },
		{ SHEET(HEAD ROW("2", "<c r=\"C2\" t=\"e\"><v>#N/A</v></c>")), "",
		  "2 !cell_error\n" },
		{ SHEET(HEAD
			"<row r=\"2\">" TEXT("A2", "a") "<c r=\"B2\"><v>1.001193</v></c>"
							"</row>"),
		  "", "2 !number_in_code\n" },
		{ SHEET(HEAD "<row r=\"2\">" TEXT("A2", "a") "<c r=\"B2\"><v>12</v></c>"
							     "</row>"),
		  "", "2 12|a\n" },
		{ SHEET(HEAD "<row r=\"2\">" TEXT(
			  "A2", "a") "<c r=\"B2\"><v>1234567890123456789</v></c></row>"),
		  "", "2 !number_in_code\n" },
		/* formulas: computed, computed to nothing, never computed */
		{ SHEET(HEAD ROW("2", "<c r=\"C2\"><f>1+1</f><v>2</v></c>")), "",
		  "2 b|a|2\n" },
		{ SHEET(HEAD ROW("2", "<c r=\"C2\" t=\"str\"><f>\"\"</f><v></v></c>")),
		  "", "2 b|a\n" },
		{ SHEET(HEAD ROW("2", "<c r=\"C2\"><f>1+1</f></c>")), "",
		  "2 !cell_error\n" },
		{ SHEET(HEAD ROW("2", "<c r=\"C2\"><f>1+1</f><v/></c>")), "",
		  "2 !cell_error\n" },
		/* formatted cells without a value go as far as a sheet does */
		{ SHEET(HEAD ROW("2", "<c r=\"XFD2\" s=\"0\"/>")), "", "2 b|a\n" },
		{ SHEET(HEAD ROW("2", "<c r=\"XFD2\"><v>1</v></c>")),
		  "file_workbook_too_large", "" },
		{ SHEET(HEAD ROW("2", "<c r=\"XFE2\"/>")), "file_workbook_damaged", "" },
		{ SHEET(HEAD ROW("2", TEXT("B2", "c"))), "file_workbook_damaged", "" },
		{ SHEET(HEAD ROW("2", "<c r=\"C2\" t=\"s\"><v></v></c>")),
		  "file_workbook_damaged", "" },
		{ SHEET(HEAD ROW("2", "<c r=\"C2\" t=\"s\"><v>0</v></c>")),
		  "file_workbook_damaged", "" },
		/* a row has a number of its own */
		{ SHEET(HEAD ROW("2", "") ROW("2", "")), "file_workbook_damaged",
		  "2 b|a\n" },
		{ SHEET(HEAD ROW("9", "") ROW("3", "")), "file_workbook_damaged",
		  "9 b|a\n" },
		{ SHEET("<row r=\"0\"/>"), "file_workbook_damaged", "" },
		{ SHEET("<row r=\"1048577\"/>"), "file_workbook_damaged", "" },
		{ SHEET(HEAD), "file_header_only", "" },
		{ SHEET(""), "file_empty", "" },
		{ "<worksheet><sheetData><row r=\"1\">", "file_workbook_damaged", "" },
		{ "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]>" SHEET(
			  "<row r=\"1\"><c r=\"A1\"><v>&b;</v></c></row>"),
		  "file_workbook_damaged", "" },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct decoded decoded;

		decode_sheet(&decoded, cases[i].sheet, strlen(cases[i].sheet), NULL);
		if (strcmp(decoded.file_code, cases[i].file_code) != 0 ||
		    strcmp(text_string(&decoded.records), cases[i].records) != 0)
			fail_msg("%s\ngives %s\n%s", cases[i].sheet, decoded.file_code,
				 text_string(&decoded.records));
		text_free(&decoded.records);
	}
}

/* What unfolds: zeros that pack at 1,000:1, a tag or a comment without an end, one cell. */
static void what_unfolds(void **unused)
{
	static const struct {
		const char *before, *code;
		size_t length;
		char fill;
	} cases[] = {
		{ "<worksheet>", "file_workbook_too_large", 80 << 20, ' ' },
		{ "<worksheet a=\"", "file_workbook_too_large", 3 << 20, 'a' },
		{ "<worksheet><!--", "file_workbook_too_large", 3 << 20, 'a' },
		{ "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>",
		  "file_workbook_too_large", 200000, '1' },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct decoded decoded;
		size_t before = strlen(cases[i].before);
		char *sheet = malloc(before + cases[i].length);

		assert_non_null(sheet);
		memcpy(sheet, cases[i].before, before);
		memset(sheet + before, cases[i].fill, cases[i].length);
		decode_sheet(&decoded, sheet, before + cases[i].length, NULL);
		if (strcmp(decoded.file_code, cases[i].code) != 0)
			fail_msg("%s gives %s", cases[i].before, decoded.file_code);
		text_free(&decoded.records);
		free(sheet);
	}
}

/* A zip cut anywhere, one that says it has too many entries, and no workbook. */
static void zips_that_are_none(void **unused)
{
	static const char sheet[] = SHEET(HEAD ROW("2", ""));
	char path[] = "/tmp/nq17-unit-XXXXXX", bytes[8192];
	struct decoded decoded;
	ssize_t length;
	int fd;

	(void)unused;
	make_book(path, sheet, sizeof sheet - 1, NULL);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	length = read(fd, bytes, sizeof bytes);
	close(fd);
	unlink(path);
	assert_in_range(length, 500, sizeof bytes - 1);
	for (ssize_t cut = 0; cut < length; cut += 7) {
		run_decoder(&decoded, &decoder_xlsx, "milestone", bytes, (size_t)cut);
		assert_string_equal(decoded.file_code, "file_workbook_damaged");
		text_free(&decoded.records);
	}
	bytes[length - 12] = bytes[length - 11] = '\xff';
	run_decoder(&decoded, &decoder_xlsx, "milestone", bytes, (size_t)length);
	assert_string_equal(decoded.file_code, "file_workbook_too_large");
	text_free(&decoded.records);
	run_decoder(&decoded, &decoder_xlsx, "milestone", "\xd0\xcf\x11\xe0\xa1\xb1", 6);
	assert_string_equal(decoded.file_code, "file_workbook_damaged");
	text_free(&decoded.records);
}

static void parts_under_wrong_names(void **unused)
{
	static const char sheet[] = SHEET(HEAD ROW("2", ""));
	static const char nowhere[] =
		"<Relationships><Relationship Id=\"rId1\" Type=\"x/worksheet\" "
		"Target=\"worksheets/no.xml\"/></Relationships>";
	static const struct part_text wrong[] = {
		{ "xl/workbook.xml", "<workbook/>", 11 },
		{ "xl/_rels/workbook.xml.rels", "<Relationships/>", 16 },
		{ "xl/_rels/workbook.xml.rels", nowhere, sizeof nowhere - 1 },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct decoded decoded;

		decode_sheet(&decoded, sheet, sizeof sheet - 1, &wrong[i]);
		assert_string_equal(decoded.file_code, "file_workbook_damaged");
		text_free(&decoded.records);
	}
}

static void days_of_both_calendars(void **unused)
{
	static const struct {
		double serial;
		int is_1904, has_clock;
		const char *printed; /* NULL: none */
	} cases[] = {
		{ 1, 0, 0, "1900-01-01" },
		{ 59, 0, 0, "1900-02-28" },
		{ 61, 0, 0, "1900-03-01" },
		{ 36526, 0, 0, "2000-01-01" },
		{ 36585, 0, 0, "2000-02-29" },
		{ 43831, 0, 1, "2020-01-01T00:00:00" },
		{ 43831.5, 0, 0, "2020-01-01T12:00:00" },
		{ 43983.35434027778, 0, 1, "2020-06-01T08:30:15" },
		{ 43830.999999, 0, 1, "2020-01-01T00:00:00" },
		{ 0, 1, 0, "1904-01-01" },
		{ 42369, 1, 0, "2020-01-01" },
		{ 2958465, 0, 0, "9999-12-31" },
		{ 0.5, 0, 1, NULL },
		{ -1, 0, 0, NULL },
		{ -1, 1, 0, NULL },
		{ 3000000, 0, 0, NULL },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct text printed = { 0 };
		int status = xlsx_print_time(cases[i].serial, cases[i].is_1904,
					     cases[i].has_clock, &printed);

		if ((status == 0) != (cases[i].printed != NULL) ||
		    strcmp(text_string(&printed),
			   cases[i].printed ? cases[i].printed : "") != 0)
			fail_msg("%f (%d) gives \"%s\"", cases[i].serial,
				 cases[i].is_1904, text_string(&printed));
		text_free(&printed);
	}
}

static void formats_that_are_dates(void **unused)
{
	static const struct {
		const char *format;
		int kind;
	} cases[] = {
		{ "General", 0 },
		{ "0.00E+00", 0 },
		{ "#,##0\\ \"đồng\"", 0 },
		{ "[Red]0.0;[Blue]-0.0", 0 },
		{ "@", 0 },
		{ "_-* #,##0_-", 0 },
		{ "dd/mm/yyyy", 1 },
		{ "[$-42A]dd\\ \"tháng\"\\ mm\\ yyyy", 1 },
		{ "yyyy\\-mm\\-dd\\ hh:mm", 2 },
		{ "[h]:mm:ss", 2 },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (xlsx_format_kind(cases[i].format) != cases[i].kind)
			fail_msg("%s gives %d", cases[i].format,
				 xlsx_format_kind(cases[i].format));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_and_cells),
		cmocka_unit_test(what_unfolds),
		cmocka_unit_test(zips_that_are_none),
		cmocka_unit_test(parts_under_wrong_names),
		cmocka_unit_test(days_of_both_calendars),
		cmocka_unit_test(formats_that_are_dates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
