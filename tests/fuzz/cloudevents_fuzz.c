/* cloudevents_fuzz.c -- JSON arrays of records and CloudEvents in pieces of any size;
 * each record, and the array itself, as jansson alone reads it.  The first byte is the
 * size of the pieces, the lowest bit of the second the format. */
#include "fuzz.h"

#include <jansson.h>

#include "collector/json_record.h"

/* How the objects of the case are read, as in json_record_read(). */
static int events;

static int ask_jansson(void *context, const struct raw_record *record, struct error *err)
{
	static struct json_record json;
	struct text mine = { 0 }, its = { 0 };

	(void)context;
	(void)err;
	if (record->refusal && strcmp(record->refusal, "record_too_large") == 0)
		return 0;
	json_record_judge(&json, record->source, record->source_length, record->line,
			  record_type_find("dossier"), events);
	write_record(&mine, record);
	write_record(&its, &json.record);
	REQUIRE(mine.length == its.length &&
		memcmp(mine.data, its.data, mine.length) == 0);
	text_free(&mine);
	text_free(&its);
	return 0;
}

/* An object alone as a CloudEvent must be one. */
static int begins_with_object(const uint8_t *bytes, size_t size)
{
	size_t at = size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	while (at < size && strchr(" \t\r\n", bytes[at]) && bytes[at])
		at++;
	return at < size && bytes[at] == '{';
}

/* What jansson takes whole was taken whole, with as many records; but jansson reads over a
 * zero byte behind a number, which is no JSON. */
static void require_whole(const struct run *run, const uint8_t *bytes, size_t size)
{
	json_t *root;
	size_t count;

	if (size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
		bytes += 3;
		size -= 3;
	}
	root = memchr(bytes, 0, size) ? NULL
				      : json_loadb((const char *)bytes, size, 0, NULL);
	if (!root)
		return;
	count = json_is_array(root) ? json_array_size(root) : 1;
	if (run->status == 0)
		REQUIRE(run->count == count);
	else
		REQUIRE(count == 0 || strcmp(run->refusal.code, "file_foreign") == 0);
	json_decref(root);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct run whole = { .rising = 1, .also = ask_jansson }, pieces = { .rising = 1 };
	const struct decoder *decoder;

	if (size < 2 || is_packed(bytes + 2, size - 2))
		return 0;
	decoder = bytes[1] & 1 ? &decoder_cloudevents : &decoder_json;
	events = bytes[1] & 1 && begins_with_object(bytes + 2, size - 2) ? 1 : -1;
	piece = (size_t)1 << 30;
	run_decoder(&whole, decoder, "dossier", bytes + 2, size - 2);
	require_whole(&whole, bytes + 2, size - 2);
	piece = piece_of(bytes[0]);
	run_decoder(&pieces, decoder, "dossier", bytes + 2, size - 2);
	require_same(&whole, &pieces);
	text_free(&whole.records);
	text_free(&pieces.records);
	return 0;
}
