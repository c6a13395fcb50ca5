/* fuzz.h -- what the fuzzers share: an input made of the bytes at hand, read in pieces
 * of any size, and records written down so that two runs can be compared. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/text.h"
#include "collector/decoder.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define REQUIRE(truth)                                                                   \
	do {                                                                             \
		if (!(truth)) {                                                          \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__,       \
				#truth);                                                 \
			abort();                                                         \
		}                                                                        \
	} while (0)

/* The collector is linked with this in the place of read(): no more than PIECE. */
static size_t piece = (size_t)1 << 30;

ssize_t __real_read(int fd, void *buffer, size_t size);
ssize_t __wrap_read(int fd, void *buffer, size_t size);

ssize_t __wrap_read(int fd, void *buffer, size_t size)
{
	return __real_read(fd, buffer, size < piece ? size : piece);
}

/* A byte of the case chooses the size of the pieces: small ones, or all at once. */
static inline size_t piece_of(uint8_t choice)
{
	return choice % 4 == 0 ? (size_t)1 << 30 : (size_t)choice * choice / 8 + 1;
}

static inline struct input *open_bytes(const void *bytes, size_t size,
				       struct file_refusal *refusal)
{
	static int fd = -1;
	static char path[32];
	struct input *input = NULL;
	struct error err = { 0 };

	if (fd < 0) {
		fd = memfd_create("fuzz", 0);
		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	}
	REQUIRE(ftruncate(fd, 0) == 0);
	REQUIRE(pwrite(fd, bytes, size, 0) == (ssize_t)size);
	REQUIRE(input_open(&input, path, refusal, &err) == 0);
	return input;
}

/* Would the bytes be unpacked?  Then no other reader can tell what they hold. */
static inline int is_packed(const uint8_t *bytes, size_t size)
{
	return (size >= 2 && memcmp(bytes, "\x1f\x8b", 2) == 0) ||
	       (size >= 4 && memcmp(bytes, "\x28\xb5\x2f\xfd", 4) == 0);
}

static inline void write_field(struct text *out, const struct field_text *field)
{
	text_add_char(out, (char)('0' + field->form));
	if (field->length)
		text_add_bytes(out, field->bytes, field->length);
	text_add_char(out, '\x1f');
}

static inline void write_record(struct text *out, const struct raw_record *record)
{
	text_addf(out, "%llu %s %s %s %s %s ", (unsigned long long)record->line,
		  record->refusal ? record->refusal : "-",
		  record->refused_field ? record->refused_field : "-",
		  record->detail ? record->detail : "-",
		  record->event_source ? record->event_source : "-",
		  record->event_id ? record->event_id : "-");
	write_field(out, &record->refused_value);
	for (int i = 0; i < RECORD_FIELDS_MAX; i++)
		write_field(out, &record->fields[i]);
	text_add_bytes(out, record->source, record->source_length);
	text_add_char(out, '\n');
}

/* What one run of a decoder gave. */
struct run {
	int status;
	struct file_refusal refusal;
	struct error err;
	struct text records;
	uint64_t count, line;
	int rising; /* do lines rise by at least this much? */
	record_sink *also;
};

static inline int note(void *context, const struct raw_record *record, struct error *err)
{
	struct run *run = context;

	REQUIRE(record->line >= run->line + (uint64_t)run->rising);
	REQUIRE(record->source != NULL && record->source_length <= RECORD_SIZE_MAX + 2);
	run->line = record->line;
	run->count++;
	write_record(&run->records, record);
	return run->also ? run->also(context, record, err) : 0;
}

static inline void run_decoder(struct run *run, const struct decoder *decoder,
			       const char *type, const void *bytes, size_t size)
{
	struct decoding decoding = { .type = record_type_find(type),
				     .agency_given = 1,
				     .refusal = &run->refusal,
				     .sink = note,
				     .context = run };

	run->refusal.language = MESSAGE_EN;
	decoding.input = open_bytes(bytes, size, &run->refusal);
	run->status = decoder->decode(&decoding, &run->err);
	/* A receipt or a refusal with its reason, never anything else. */
	REQUIRE(run->status == 0 ||
		(run->refusal.code && run->err.kind == ERROR_INVALID));
	REQUIRE(run->status != 0 || run->count > 0);
	input_close(decoding.input);
}

/* The same bytes in other pieces give the same records and the same answer. */
static inline void require_same(const struct run *a, const struct run *b)
{
	REQUIRE(a->status == b->status && a->count == b->count);
	REQUIRE(a->status == 0 || strcmp(a->err.message, b->err.message) == 0);
	REQUIRE(a->records.length == b->records.length);
	REQUIRE(a->count == 0 ||
		memcmp(a->records.data, b->records.data, a->records.length) == 0);
}

#endif
