/* body_fuzz.c -- what a sender may post, from the packed bytes to checked records.
 *
 * The first four bytes are the size of the pieces, the format, the record type and how
 * the rest is packed: as it is, or by gzip or zstd here.  A register of three agencies
 * stands in for the database; this file answers in the place of base/db.c. */
#include "fuzz.h"

#include <zlib.h>
#include <zstd.h>

#include "base/db.h"
#include "collector/check.h"

/* ---- The register --------------------------------------------------------- */

struct db_rows {
	size_t count, columns;
	const char *const *cells; /* names of columns first */
};

static const char *const names[] = {
	"name",     "agency_id",  "explicit", "first_day", "last_day", "valid_from",
	"valid_to", "has_elders", "44",       "2",         "f",        "-1000000",
	"9312",     "-1000",      "9312",     "f",         "44",       "3",
	"f",        "9313",       "1000000",  "9313",      "1000000",  "t",
	"44@2025",  "3",          "t",        "-1000000",  "1000000",  "9313",
	"1000000",  "t",          "G04",      "1",         "f",        "-1000000",
	"1000000",  "-1000",      "1000000",  "f",
};
static const char *const heirs[] = {
	"agency_id", "heir_id", "first_day", "last_day", "1", "1", "-1000000", "1000000",
	"2",         "2",       "-1000000",  "9312",     "2", "3", "9313",     "1000000",
	"3",         "3",       "-1000000",  "1000000",
};
static const char *const spans[] = {
	"agency_id", "procedure", "first_day", "last_day", "1", "2.471270", "0", "9000",
};

#define ROWS(cells, columns)                                                             \
	{                                                                                \
		sizeof cells / sizeof *cells / columns - 1, columns, cells               \
	}
static struct db_rows tables[] = { ROWS(names, 8), ROWS(heirs, 4), ROWS(spans, 4) };

int db_query(struct db *db, const char *sql, const char *const *params, int param_count,
	     struct db_rows **rows, struct error *err)
{
	(void)db;
	(void)params;
	(void)param_count;
	(void)err;
	*rows = strstr(sql, "agency_name")   ? &tables[0]
		: strstr(sql, "agency_heir") ? &tables[1]
					     : &tables[2];
	return 0;
}

size_t db_rows_count(const struct db_rows *rows)
{
	return rows->count;
}

const char *db_value(const struct db_rows *rows, size_t row, const char *column)
{
	for (size_t i = 0; i < rows->columns; i++)
		if (strcmp(rows->cells[i], column) == 0)
			return rows->cells[(row + 1) * rows->columns + i];
	/* A row's family: each of these is its own. */
	if (strcmp(column, "lineage_id") == 0)
		return db_value(rows, row, "agency_id");
	abort();
}

void db_rows_free(struct db_rows *rows)
{
	(void)rows;
}

/* ---- The checks ----------------------------------------------------------- */

static struct checker checker;

static int check(void *context, const struct raw_record *raw, struct error *err)
{
	const struct typed_record *record = &checker.record;
	struct text message = { 0 };

	(void)context;
	(void)err;
	checker_take(&checker, raw);
	if (record->refusal.code) {
		/* An unknown code ends the program. */
		struct message_parts parts = { record->refusal.field,
					       text_string(&record->refusal.value),
					       text_string(&record->refusal.detail) };

		message_add(&message, MESSAGE_VI, record->refusal.code, &parts);
		REQUIRE(message.length > 0);
		text_free(&message);
		return 0;
	}
	REQUIRE(!raw->refusal);
	for (int i = 0; checker.type->fields[i].name; i++) {
		const struct typed_value *value = &record->values[i];

		REQUIRE(value->given || !checker.type->fields[i].required ||
			checker.type->fields[i].kind == VALUE_AGENCY);
		if (value->given && value->bytes)
			REQUIRE(text_is_utf8(value->bytes, value->length) &&
				!memchr(value->bytes, '\0', value->length));
	}
	return 0;
}

static void prepare(const struct record_type *type)
{
	static struct agency_register *agencies;
	static struct level4 *services;
	struct error err = { 0 };

	if (!agencies) {
		REQUIRE(agency_register_load(&agencies, NULL, &err) == 0);
		REQUIRE(level4_load(&services, NULL, &err) == 0);
	}
	checker_free(&checker);
	checker = (struct checker){ .type = type,
				    .agencies = agencies,
				    .services = services,
				    .arrival = (int64_t)820000000 * 1000000 };
}

/* ---- The body --------------------------------------------------------------- */

static size_t pack(uint8_t how, const uint8_t *bytes, size_t size, unsigned char **packed)
{
	z_stream zlib = { 0 };
	size_t room = compressBound(size) + ZSTD_compressBound(size) + 64, length;

	*packed = malloc(room);
	REQUIRE(*packed);
	if (how % 3 == 0) {
		memcpy(*packed, bytes, size);
		return size;
	}
	if (how % 3 == 1) {
		length = ZSTD_compress(*packed, room, bytes, size, 1);
		REQUIRE(!ZSTD_isError(length));
		return length;
	}
	REQUIRE(deflateInit2(&zlib, 1, Z_DEFLATED, 15 + 16, 8, 0) == Z_OK);
	zlib.next_in = (Bytef *)(uintptr_t)bytes;
	zlib.avail_in = (uInt)size;
	zlib.next_out = *packed;
	zlib.avail_out = (uInt)room;
	REQUIRE(deflate(&zlib, Z_FINISH) == Z_STREAM_END);
	length = zlib.total_out;
	deflateEnd(&zlib);
	return length;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const struct decoder *const decoders[] = { &decoder_csv, &decoder_ndjson,
							  &decoder_json,
							  &decoder_cloudevents };
	struct run whole = { .also = check }, pieces = { .also = check };
	const struct decoder *decoder;
	unsigned char *packed;
	size_t length;

	if (size < 4)
		return 0;
	decoder = decoders[bytes[1] % 4];
	prepare(&record_types[bytes[2] % 8]);
	length = pack(bytes[3], bytes + 4, size - 4, &packed);
	piece = (size_t)1 << 30;
	run_decoder(&whole, decoder, checker.type->name, packed, length);
	piece = piece_of(bytes[0]);
	run_decoder(&pieces, decoder, checker.type->name, packed, length);
	/* What a damaged archive gives before it is noticed depends on the pieces. */
	if (whole.status == 0 || strncmp(whole.refusal.code, "file_archive", 12) != 0)
		require_same(&whole, &pieces);
	else
		REQUIRE(pieces.status != 0);
	free(packed);
	text_free(&whole.records);
	text_free(&pieces.records);
	return 0;
}
