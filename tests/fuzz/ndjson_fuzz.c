/* ndjson_fuzz.c -- NDJSON in pieces of any size; each record as jansson alone reads it.
 * The first byte is the size of the pieces. */
#include "fuzz.h"

#include "collector/json_record.h"

/* The scanner and jansson agree on the record and on what is wrong with it. */
static int ask_jansson(void *context, const struct raw_record *record, struct error *err)
{
	static struct json_record json;
	struct text mine = { 0 }, its = { 0 };

	(void)context;
	(void)err;
	if (record->refusal && strcmp(record->refusal, "record_too_large") == 0)
		return 0;
	json_record_judge(&json, record->source, record->source_length, record->line,
			  record_type_find("dossier"), 0);
	write_record(&mine, record);
	write_record(&its, &json.record);
	REQUIRE(mine.length == its.length &&
		memcmp(mine.data, its.data, mine.length) == 0);
	text_free(&mine);
	text_free(&its);
	return 0;
}

/* Every line that is not blank is a record, whatever becomes of it. */
static uint64_t count_lines(const uint8_t *bytes, size_t size)
{
	size_t at = size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	uint64_t count = 0;
	int filled = 0;

	for (; at < size; at++) {
		if (bytes[at] == '\n') {
			count += (uint64_t)filled;
			filled = 0;
		} else if (bytes[at] != ' ' && bytes[at] != '\t' && bytes[at] != '\r') {
			filled = 1;
		}
	}
	return count + (uint64_t)filled;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct run whole = { .rising = 1, .also = ask_jansson }, pieces = { .rising = 1 };

	if (size == 0 || is_packed(bytes + 1, size - 1))
		return 0;
	piece = (size_t)1 << 30;
	run_decoder(&whole, &decoder_ndjson, "dossier", bytes + 1, size - 1);
	REQUIRE(whole.status != 0 || whole.count == count_lines(bytes + 1, size - 1));
	piece = piece_of(bytes[0]);
	run_decoder(&pieces, &decoder_ndjson, "dossier", bytes + 1, size - 1);
	require_same(&whole, &pieces);
	text_free(&whole.records);
	text_free(&pieces.records);
	return 0;
}
