/* decoding.h -- runs a decoder on bytes and writes down what it found, for the tests
 * of decoders: one line per record, "LINE value|value" or "LINE !code". */
#ifndef TESTS_UNIT_DECODING_H
#define TESTS_UNIT_DECODING_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "collector/decoder.h"

struct decoded {
	struct text records;
	char file_code[40]; /* why the whole file was refused, or "" */
	struct error err;
};

static int note_record(void *context, const struct raw_record *record, struct error *err)
{
	struct text *out = context;
	int any = 0;

	(void)err;
	text_addf(out, "%llu ", (unsigned long long)record->line);
	if (record->refusal)
		text_addf(out, "!%s", record->refusal);
	for (int i = 0; !record->refusal && i < RECORD_FIELDS_MAX; i++) {
		if (record->fields[i].form == FIELD_ABSENT)
			continue;
		text_add(out, any++ ? "|" : "");
		text_add_bytes(out, record->fields[i].bytes, record->fields[i].length);
	}
	text_add_char(out, '\n');
	return 0;
}

static void decode_path(struct decoded *decoded, const struct decoder *decoder,
			const char *type, const char *path)
{
	struct file_refusal refusal = { MESSAGE_EN, NULL };
	struct decoding decoding = { .type = record_type_find(type),
				     .agency_given = 1,
				     .refusal = &refusal,
				     .sink = note_record,
				     .context = &decoded->records };

	memset(decoded, 0, sizeof *decoded);
	if (input_open(&decoding.input, path, &refusal, &decoded->err) != 0)
		abort();
	if (decoder->decode(&decoding, &decoded->err) != 0)
		snprintf(decoded->file_code, sizeof decoded->file_code, "%s",
			 refusal.code ? refusal.code : "?");
	input_close(decoding.input);
}

static void run_decoder(struct decoded *decoded, const struct decoder *decoder,
			const char *type, const char *bytes, size_t length)
{
	char path[] = "/tmp/nq17-unit-XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0 || write(fd, bytes, length) != (ssize_t)length)
		abort();
	close(fd);
	decode_path(decoded, decoder, type, path);
	unlink(path);
}

/* The same through a pipe that hands over PIECE bytes at a time (at most 4,096). */
static inline void run_decoder_in_pieces(struct decoded *decoded,
					 const struct decoder *decoder, const char *type,
					 const char *bytes, size_t length, size_t piece)
{
	char path[32];
	int ends[2], status;
	pid_t writer;

	if (pipe2(ends, O_DIRECT | O_CLOEXEC) != 0 || (writer = fork()) < 0)
		abort();
	if (writer == 0) {
		close(ends[0]);
		for (size_t at = 0; at < length; at += piece)
			if (write(ends[1], bytes + at,
				  length - at < piece ? length - at : piece) <= 0)
				_exit(1);
		_exit(0);
	}
	close(ends[1]);
	snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
	decode_path(decoded, decoder, type, path);
	close(ends[0]);
	waitpid(writer, &status, 0);
}

#endif
