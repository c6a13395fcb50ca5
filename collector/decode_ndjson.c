/* decode_ndjson.c -- records from NDJSON: one JSON object a line. */
#include "collector/decoder.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "collector/json_record.h"

enum { CHUNK = RECORD_SIZE_MAX / 4, BUFFER = RECORD_SIZE_MAX + 2 * CHUNK };

struct lines {
	const struct decoding *decoding;
	char *buffer;
	size_t start, length;
	size_t searched; /* behind START; no line end stands before */
	int at_end, skipping;
	uint64_t line, records;
	struct json_record json;
};

static int is_blank(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r')
			return 0;
	return 1;
}

static int take_line(struct lines *lines, size_t length, struct error *err)
{
	const char *bytes = lines->buffer + lines->start;

	if (length > 0 && bytes[length - 1] == '\r')
		length--;
	if (is_blank(bytes, length))
		return 0;
	json_record_read(&lines->json, bytes, length, lines->line, lines->decoding->type,
			 0);
	lines->records++;
	return lines->decoding->sink(lines->decoding->context, &lines->json.record, err);
}

static int refuse_large(struct lines *lines, struct error *err)
{
	struct raw_record record = { .line = lines->line,
				     .source = lines->buffer + lines->start,
				     .source_length = 1024,
				     .refusal = "record_too_large" };

	lines->records++;
	lines->skipping = 1;
	return lines->decoding->sink(lines->decoding->context, &record, err);
}

static int fill(struct lines *lines, struct error *err)
{
	size_t got;

	if (BUFFER - lines->length < CHUNK && lines->start > 0) {
		memmove(lines->buffer, lines->buffer + lines->start,
			lines->length - lines->start);
		lines->length -= lines->start;
		lines->start = 0;
	}
	if (input_read(lines->decoding->input, lines->buffer + lines->length,
		       BUFFER - lines->length, &got, err) != 0)
		return -1;
	lines->length += got;
	lines->buffer[lines->length] = '\0';
	lines->at_end = got == 0;
	return 0;
}

/* Every line that is whole, and at the end of the input what is left. */
static int take_lines(struct lines *lines, struct error *err)
{
	while (lines->start < lines->length) {
		char *from = lines->buffer + lines->start;
		size_t left = lines->length - lines->start;
		char *end = memchr(from + lines->searched, '\n', left - lines->searched);
		size_t size = end ? (size_t)(end - from) : left;

		if (!lines->skipping && size > RECORD_SIZE_MAX &&
		    refuse_large(lines, err) != 0)
			return -1;
		lines->searched = end ? 0 : left;
		if (!end && !lines->at_end && !lines->skipping)
			return 0;
		if (!lines->skipping && take_line(lines, size, err) != 0)
			return -1;
		lines->start += size + (end != NULL);
		lines->searched = 0;
		if (end) {
			lines->skipping = 0;
			lines->line++;
		}
	}
	return 0;
}

/* Behind the blanks at the beginning. */
static const char *first_byte(const struct lines *lines)
{
	const char *from = lines->buffer + lines->start;

	return from + strspn(from, " \t\r\n");
}

static int begin(struct lines *lines, struct error *err)
{
	struct file_refusal *refusal = lines->decoding->refusal;

	while (!lines->at_end && lines->length < FOREIGN_MAX)
		if (fill(lines, err) != 0)
			return -1;
	if (lines->length == 0)
		return file_refuse(refusal, err, "file_empty", NULL);
	if (decoder_refuse_foreign(lines->buffer, lines->length, refusal, err) != 0)
		return -1;
	if (memcmp(lines->buffer, "\xef\xbb\xbf", 3) == 0)
		lines->start = 3;
	while (!*first_byte(lines) && !lines->at_end && lines->length < BUFFER)
		if (fill(lines, err) != 0)
			return -1;
	if (*first_byte(lines) != '{')
		return file_refuse(refusal, err, "file_not_ndjson", NULL);
	return 0;
}

static int decode(const struct decoding *decoding, struct error *err)
{
	struct lines lines = { .decoding = decoding, .line = 1 };
	int status = -1;

	lines.buffer = memory_take(BUFFER + 1);
	memset(lines.buffer, 0, 4);
	if (begin(&lines, err) != 0)
		goto done;
	do {
		if (take_lines(&lines, err) != 0 ||
		    (!lines.at_end && fill(&lines, err) != 0))
			goto done;
	} while (!lines.at_end || lines.start < lines.length);
	status = 0;
done:
	json_record_free(&lines.json);
	free(lines.buffer);
	return status;
}

const struct decoder decoder_ndjson = { "ndjson", 0, decode };
