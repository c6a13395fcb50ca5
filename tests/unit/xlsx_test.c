/* xlsx_test.c -- workbooks: dates, cells, and what no workbook may do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <zip.h>

#include "collector/xlsx_format.h"
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

static void make_parts(char *path, const struct part_text *parts, size_t count)
{
	int fd = mkstemp(path), why;
	zip_t *zip = fd < 0 ? NULL : zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &why);

	if (!zip)
		abort();
	close(fd);
	for (size_t i = 0; i < count; i++)
		if (parts[i].name && zip_file_add(zip, parts[i].name,
						  zip_source_buffer(zip, parts[i].bytes,
								    parts[i].length, 0),
						  ZIP_FL_OVERWRITE) < 0)
			abort();
	if (zip_close(zip) != 0)
		abort();
}

/* A workbook at PATH with SHEET, and EXTRA where that is given. */
static void make_book(char *path, const char *sheet, size_t length,
		      const struct part_text *extra)
{
	const struct part_text parts[] = {
		{ "xl/workbook.xml", BOOK, sizeof BOOK - 1 },
		{ "xl/_rels/workbook.xml.rels", RELATIONS, sizeof RELATIONS - 1 },
		{ "xl/worksheets/sheet1.xml", sheet, length },
		extra ? *extra : (struct part_text){ 0 },
	};

	make_parts(path, parts, 4);
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

/* XML in which every piece is small: NAMED counts COUNT of them from 0. */
static void many_small_things(void **unused)
{
	static const struct {
		const char *before, *named, *after;
		int count;
	} cases[] = {
		/* expat keeps each name it met, */
		{ "<worksheet>", "<element-with-a-long-name-%d/>", "</worksheet>",
		  400000 },
		/* a place for each attribute of a tag, */
		{ "<worksheet ", "a%d='' ", "/>", 80000 },
		/* and each prefix */
		{ "<worksheet>", "<p%d:a xmlns:p%d='urn:x'/>", "</worksheet>", 400000 },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct decoded decoded;
		struct text sheet = { 0 };

		text_add(&sheet, cases[i].before);
		for (int n = 0; n < cases[i].count; n++) {
			const char *at = cases[i].named, *next;

			for (; (next = strstr(at, "%d")); at = next + 2) {
				text_add_bytes(&sheet, at, (size_t)(next - at));
				text_addf(&sheet, "%d", n);
			}
			text_add(&sheet, at);
		}
		text_add(&sheet, cases[i].after);
		decode_sheet(&decoded, sheet.data, sheet.length, NULL);
		if (strcmp(decoded.file_code, "file_workbook_too_large") != 0)
			fail_msg("%s gives %s", cases[i].named, decoded.file_code);
		text_free(&decoded.records);
		text_free(&sheet);
	}
}

/* Nine cells of 32,767 characters of four bytes each are more than a record may hold. */
static void a_row_that_is_too_large(void **unused)
{
	struct decoded decoded;
	struct text sheet = { 0 };

	(void)unused;
	text_add(&sheet, "<worksheet><sheetData>" HEAD ROW("2", ""));
	for (int row = 3; row <= 4; row++) {
		text_addf(&sheet, "<row r=\"%d\">", row);
		for (int column = 0; column < 5 + row; column++) {
			text_add(&sheet, "<c t=\"inlineStr\"><is><t>");
			for (int i = 0; i < 32767; i++)
				text_add(&sheet, "\U0001F600");
			text_add(&sheet, "</t></is></c>");
		}
		text_add(&sheet, "</row>");
	}
	text_add(&sheet, "</sheetData></worksheet>");
	decode_sheet(&decoded, sheet.data, sheet.length, NULL);
	assert_string_equal(decoded.file_code, "file_workbook_too_large");
	if (!strstr(decoded.err.message, "4: 1 MiB"))
		fail_msg("%s", decoded.err.message);
	assert_string_equal(text_string(&decoded.records),
			    "2 b|a\n3 !too_many_columns\n");
	text_free(&decoded.records);
	text_free(&sheet);
}

/* A part that is packed as no workbook is: other ways may ask for gigabytes. */
static void other_ways_of_packing(void **unused)
{
	static const char sheet[] = SHEET(HEAD ROW("2", ""));
	char path[] = "/tmp/nq17-unit-XXXXXX";
	struct decoded decoded;
	zip_t *zip;
	int why;

	(void)unused;
	if (!zip_compression_method_supported(ZIP_CM_BZIP2, 1))
		skip();
	make_book(path, sheet, sizeof sheet - 1, NULL);
	zip = zip_open(path, 0, &why);
	assert_non_null(zip);
	assert_int_equal(zip_set_file_compression(zip, 2, ZIP_CM_BZIP2, 1), 0);
	assert_int_equal(zip_close(zip), 0);
	decode_path(&decoded, &decoder_xlsx, "milestone", path);
	unlink(path);
	assert_string_equal(decoded.file_code, "file_workbook_damaged");
	text_free(&decoded.records);
}

#define RELATION(id, kind, target)                                                       \
	"<Relationship Id=\"" id "\" Type=\"http://purl.oclc.org/ooxml/officeDocument/"  \
	"relationships/" kind "\" Target=\"" target "\"/>"
#define PART(name, text)                                                                 \
	{                                                                                \
		name, text, sizeof(text) - 1                                             \
	}

/* Nothing is where Excel itself puts it, and the first sheet is a chart. */
static void parts_are_found_by_relation(void **unused)
{
	static const struct part_text parts[] = {
		PART("_rels/.rels",
		     "<Relationships>" RELATION("a", "officeDocument",
						"/book/main.xml") "</Relationships>"),
		PART("book/main.xml",
		     "<workbook xmlns:r=\"r\"><sheets>"
		     "<sheet name=\"Chart\" r:id=\"c\"/><sheet name=\"A\" r:id=\"s\"/>"
		     "<sheet name=\"B\" r:id=\"b\"/></sheets></workbook>"),
		PART("book/_rels/main.xml.rels",
		     "<Relationships>" RELATION("c", "chartsheet", "chart.xml") RELATION(
			     "b", "worksheet", "no.xml") RELATION("s", "worksheet",
								  "./../Other/one.xml")
			     RELATION("x", "styles", "looks/s.xml") RELATION(
				     "y", "sharedStrings",
				     "../words.xml") "<Relationship Id=\"z\" Type=\"x/styles\" TargetMode=\"External\""
						     " Target=\"https://example.org/s.xml\"/></Relationships>"),
		PART("book/looks/s.xml",
		     "<styleSheet><numFmts><numFmt numFmtId=\"170\" formatCode=\"000\"/>"
		     "</numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"170\"/>"
		     "</cellXfs></styleSheet>"),
		PART("words.xml",
		     "<sst><si><t>a_x000D_b</t></si><si><t>x</t></si></sst>"),
		PART("other/one.xml",
		     SHEET(HEAD "<row r=\"2\"><c r=\"A2\" s=\"1\"><v>7</v></c>"
				"<c r=\"B2\" s=\"1\"><v>1234</v></c>"
				"<c r=\"C2\" t=\"s\"><v>0</v></c></row>")),
	};
	char path[] = "/tmp/nq17-unit-XXXXXX";
	struct decoded decoded;

	(void)unused;
	make_parts(path, parts, sizeof parts / sizeof *parts);
	decode_path(&decoded, &decoder_xlsx, "milestone", path);
	unlink(path);
	assert_string_equal(decoded.file_code, "");
	assert_string_equal(text_string(&decoded.records), "2 1234|007|a\rb\n");
	text_free(&decoded.records);
}

static void charts_alone(void **unused)
{
	static const char sheet[] = SHEET(HEAD ROW("2", ""));
	static const struct part_text chart = PART(
		"xl/_rels/workbook.xml.rels",
		"<Relationships>" RELATION("rId1", "chartsheet",
					   "worksheets/sheet1.xml") "</Relationships>");
	struct decoded decoded;

	(void)unused;
	decode_sheet(&decoded, sheet, sizeof sheet - 1, &chart);
	assert_string_equal(decoded.file_code, "file_workbook_damaged");
	text_free(&decoded.records);
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
	bytes[length - 8] = '\x20'; /* 2 MiB of entries, few as they are */
	run_decoder(&decoded, &decoder_xlsx, "milestone", bytes, (size_t)length);
	assert_string_equal(decoded.file_code, "file_workbook_too_large");
	text_free(&decoded.records);
	bytes[length - 8] = '\0';
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
		{ 2958465.99999, 0, 0, "9999-12-31T23:59:59" },
		{ 2958465.999999, 0, 0, NULL }, /* rounds to the day behind it */
		{ 2958466, 0, 0, NULL },
		{ 2957003, 1, 0, "9999-12-31" },
		{ 2957004, 1, 0, NULL },
		{ 1e300, 0, 0, NULL },
		{ -1e300, 1, 0, NULL },
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
		int kind, digits;
	} cases[] = {
		{ "General", 0, 0 },
		{ "0", 0, 0 },
		{ "000", 0, 3 },
		{ "000000000000000", 0, 15 },
		{ "0000000000000000", 0, 0 },
		{ "000.00", 0, 0 },
		{ "000,", 0, 0 },
		{ "0.00E+00", 0, 0 },
		{ "#,##0\\ \"đồng\"", 0, 0 },
		{ "[Red]0.0;[Blue]-0.0", 0, 0 },
		{ "@", 0, 0 },
		{ "_-* #,##0_-", 0, 0 },
		{ "dd/mm/yyyy", 1, 0 },
		{ "[$-42A]dd\\ \"tháng\"\\ mm\\ yyyy", 1, 0 },
		{ "yyyy\\-mm\\-dd\\ hh:mm", 2, 0 },
		{ "[h]:mm:ss", 2, 0 },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (xlsx_format_kind(cases[i].format) != cases[i].kind ||
		    xlsx_format_digits(cases[i].format) != cases[i].digits)
			fail_msg("%s gives %d, %d", cases[i].format,
				 xlsx_format_kind(cases[i].format),
				 xlsx_format_digits(cases[i].format));
}

static void escapes_in_texts(void **unused)
{
	static const struct {
		const char *written, *meant;
	} cases[] = {
		{ "", "" },
		{ "a_b_", "a_b_" },
		{ "a_x000D_\nb", "a\r\nb" },
		{ "_x0041__x1ebf_", "A\u1ebf" },
		{ "_x00E9_", "\u00e9" },
		{ "_x005F_x000D_",
		  "_x000D_" }, /* how the letters themselves are written */
		{ "_xD83D__xDE00_", "\U0001F600" },
		{ "_xD83D_", "_xD83D_" },
		{ "_xD83D__x0041_", "_xD83D_A" },
		{ "_xDE00_", "_xDE00_" },
		{ "_x0000_", "_x0000_" },
		{ "_x000D", "_x000D" },
		{ "_x00G0_", "_x00G0_" },
		{ "_x+041_", "_x+041_" },
		{ "__x0041_", "_A" },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct text meant = { 0 };

		xlsx_add_text(&meant, cases[i].written, strlen(cases[i].written));
		assert_string_equal(text_string(&meant), cases[i].meant);
		text_free(&meant);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_and_cells),
		cmocka_unit_test(what_unfolds),
		cmocka_unit_test(many_small_things),
		cmocka_unit_test(a_row_that_is_too_large),
		cmocka_unit_test(other_ways_of_packing),
		cmocka_unit_test(zips_that_are_none),
		cmocka_unit_test(parts_under_wrong_names),
		cmocka_unit_test(parts_are_found_by_relation),
		cmocka_unit_test(charts_alone),
		cmocka_unit_test(days_of_both_calendars),
		cmocka_unit_test(formats_that_are_dates),
		cmocka_unit_test(escapes_in_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
