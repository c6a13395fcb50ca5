/* input.c -- the bytes of one file or of standard input, unpacked on the way. */
#include "collector/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>

#include "base/digest.h"
#include "base/memory.h"
#include "base/text.h"
#include "collector/record_types.h"

enum { PACKED_SIZE = RECORD_SIZE_MAX / 4, MAGIC_SIZE = 4 };

enum packing { PLAIN, GZIP, ZSTD };

struct input {
	char *path;
	struct file_refusal *refusal; /* borrowed */
	int fd;
	int copy; /* of what cannot be read twice; -1: not needed */
	int is_stream;
	uint64_t size, position;
	uint64_t unpacked, unpacked_max;
	struct digest *digest; /* NULL at the end: then it is */
	char sha256[DIGEST_SIZE];
	enum packing packing;
	int started;
	int packed_end; /* no packed byte is left to be read */
	int between;    /* a member of the archive ended, none began */
	unsigned char *packed;
	size_t packed_length, packed_used;
	z_stream zlib;
	int zlib_ready;
	ZSTD_DStream *zstd;
};

/* Problems with the machine, not with what was sent: the file is not refused. */
static int refuse_access(const struct file_refusal *refusal, enum error_kind kind,
			 const char *code, const char *detail, struct error *err)
{
	struct file_refusal untold = { .language = refusal->language };

	file_refuse(&untold, err, code, detail);
	err->kind = kind;
	return -1;
}

static int no_room(const struct file_refusal *refusal, struct error *err)
{
	return refuse_access(refusal, ERROR_UNAVAILABLE, "file_no_room",
			     strerrorname_np(errno), err);
}

static int unreadable(const struct input *input, struct error *err)
{
	struct text detail = { 0 };

	text_addf(&detail, "%s (%s)", input->path, strerrorname_np(errno));
	refuse_access(input->refusal, ERROR_UNAVAILABLE, "file_unreadable",
		      text_string(&detail), err);
	text_free(&detail);
	return -1;
}

static int open_copy(const struct file_refusal *refusal, struct error *err)
{
	const char *folder = getenv("TMPDIR");
	int fd = open(folder && *folder ? folder : "/var/tmp",
		      O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	FILE *file;

	if (fd >= 0)
		return fd;
	file = tmpfile();
	if (file) {
		fd = fcntl(fileno(file), F_DUPFD_CLOEXEC, 3);
		fclose(file);
	}
	if (fd < 0)
		no_room(refusal, err);
	return fd;
}

int input_open(struct input **result, const char *path, struct file_refusal *refusal,
	       struct error *err)
{
	struct input *input = memory_zeroed(1, sizeof *input);
	int is_stdin = strcmp(path, "-") == 0;
	struct stat facts;

	input->fd = input->copy = -1;
	input->refusal = refusal;
	input->unpacked_max = INPUT_UNPACKED_MAX;
	input->path = memory_copy(is_stdin ? "stdin" : path);
	input->fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
			     : open(path, O_RDONLY | O_CLOEXEC);
	if (input->fd < 0 || fstat(input->fd, &facts) != 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			refuse_access(refusal, ERROR_NOT_FOUND, "file_not_found",
				      input->path, err);
		else
			unreadable(input, err);
		goto failed;
	}
	if (S_ISDIR(facts.st_mode)) {
		refuse_access(refusal, ERROR_NOT_FOUND, "file_is_folder", input->path,
			      err);
		goto failed;
	}
	input->is_stream = !S_ISREG(facts.st_mode);
	if (!input->is_stream)
		input->size = (uint64_t)facts.st_size;
	else if ((input->copy = open_copy(refusal, err)) < 0)
		goto failed;
	input->digest = digest_begin();
	input->packed = memory_take(PACKED_SIZE);
	*result = input;
	return 0;
failed:
	input_close(input);
	return -1;
}

void input_limit(struct input *input, uint64_t unpacked_max)
{
	input->unpacked_max = unpacked_max;
}

void input_close(struct input *input)
{
	if (!input)
		return;
	if (input->fd >= 0)
		close(input->fd);
	if (input->copy >= 0)
		close(input->copy);
	if (input->zlib_ready)
		inflateEnd(&input->zlib);
	ZSTD_freeDStream(input->zstd);
	digest_end(input->digest, input->sha256);
	free(input->packed);
	free(input->path);
	free(input);
}

static int keep_copy(struct input *input, const unsigned char *bytes, size_t length,
		     struct error *err)
{
	while (length > 0) {
		ssize_t written = write(input->copy, bytes, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return no_room(input->refusal, err);
		bytes += written;
		length -= (size_t)written;
	}
	return 0;
}

/* The next bytes as they came, behind those not used yet. */
static int fill(struct input *input, struct error *err)
{
	unsigned char *at;
	ssize_t got;

	memmove(input->packed, input->packed + input->packed_used,
		input->packed_length - input->packed_used);
	input->packed_length -= input->packed_used;
	input->packed_used = 0;
	at = input->packed + input->packed_length;
	do
		got = read(input->fd, at, PACKED_SIZE - input->packed_length);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return unreadable(input, err);
	if (got == 0) {
		input->packed_end = 1;
		return 0;
	}
	input->packed_length += (size_t)got;
	input->position += (uint64_t)got;
	digest_add(input->digest, at, (size_t)got);
	if (input->copy >= 0 && keep_copy(input, at, (size_t)got, err) != 0)
		return -1;
	return 0;
}

static int begins(const struct input *input, const char *magic, size_t length)
{
	return input->packed_length >= length &&
	       memcmp(input->packed, magic, length) == 0;
}

static int start(struct input *input, struct error *err)
{
	while (!input->packed_end && input->packed_length < MAGIC_SIZE)
		if (fill(input, err) != 0)
			return -1;
	input->started = 1;
	if (begins(input, "\x1f\x8b", 2)) {
		input->packing = GZIP;
		input->zlib = (z_stream){ 0 };
		if (inflateInit2(&input->zlib, 15 + 16) != Z_OK)
			BUG("inflateInit2: %s", input->zlib.msg ? input->zlib.msg : "?");
		input->zlib_ready = 1;
	} else if (begins(input, "\x28\xb5\x2f\xfd", 4)) {
		input->packing = ZSTD;
		input->zstd = ZSTD_createDStream();
		if (!input->zstd)
			BUG("ZSTD_createDStream");
		/* 32 MB of window: all but --ultra and --long need less. */
		ZSTD_DCtx_setParameter(input->zstd, ZSTD_d_windowLogMax, 25);
	}
	return 0;
}

static int read_plain(struct input *input, char *buffer, size_t size, size_t *length,
		      struct error *err)
{
	if (input->packed_used == input->packed_length && !input->packed_end &&
	    fill(input, err) != 0)
		return -1;
	*length = input->packed_length - input->packed_used;
	if (*length > size)
		*length = size;
	memcpy(buffer, input->packed + input->packed_used, *length);
	input->packed_used += *length;
	return 0;
}

static int unpack_gzip(struct input *input, char *buffer, size_t size, size_t *length,
		       struct error *err)
{
	z_stream *zlib = &input->zlib;
	int answer;

	if (input->between && inflateReset(zlib) != Z_OK)
		return file_refuse(input->refusal, err, "file_archive_damaged", NULL);
	input->between = 0;
	zlib->next_in = input->packed + input->packed_used;
	zlib->avail_in = (uInt)(input->packed_length - input->packed_used);
	zlib->next_out = (Bytef *)buffer;
	zlib->avail_out = (uInt)size;
	answer = inflate(zlib, Z_NO_FLUSH);
	input->packed_used = input->packed_length - zlib->avail_in;
	*length = size - zlib->avail_out;
	if (answer == Z_STREAM_END)
		input->between = 1;
	else if (answer != Z_OK && answer != Z_BUF_ERROR)
		return file_refuse(input->refusal, err, "file_archive_damaged", NULL);
	return 0;
}

static int unpack_zstd(struct input *input, char *buffer, size_t size, size_t *length,
		       struct error *err)
{
	ZSTD_inBuffer in = { input->packed, input->packed_length, input->packed_used };
	ZSTD_outBuffer out = { buffer, size, 0 };
	size_t answer = ZSTD_decompressStream(input->zstd, &out, &in);

	if (ZSTD_isError(answer))
		return file_refuse(input->refusal, err, "file_archive_damaged", NULL);
	input->packed_used = in.pos;
	input->between = answer == 0;
	*length = out.pos;
	return 0;
}

static int check_unpacked(struct input *input, size_t length, struct error *err)
{
	input->unpacked += length;
	if (input->unpacked <= input->unpacked_max &&
	    (input->unpacked <= INPUT_RATIO_FREE ||
	     input->unpacked / INPUT_RATIO_MAX <= input->position))
		return 0;
	return file_refuse(input->refusal, err, "file_unpacks_too_large", NULL);
}

int input_read(struct input *input, char *buffer, size_t size, size_t *length,
	       struct error *err)
{
	*length = 0;
	if (!input->started && start(input, err) != 0)
		return -1;
	if (input->packing == PLAIN)
		return read_plain(input, buffer, size, length, err);
	while (*length == 0) {
		if (input->packed_used == input->packed_length && !input->packed_end &&
		    fill(input, err) != 0)
			return -1;
		if (input->packed_used == input->packed_length && input->packed_end) {
			if (!input->between)
				return file_refuse(input->refusal, err,
						   "file_archive_cut", NULL);
			return 0;
		}
		if ((input->packing == GZIP ? unpack_gzip : unpack_zstd)(
			    input, buffer, size, length, err) != 0 ||
		    check_unpacked(input, *length, err) != 0)
			return -1;
	}
	return 0;
}

int input_file(struct input *input, int *fd, struct error *err)
{
	if (!input->started && start(input, err) != 0)
		return -1;
	if (input->packing != PLAIN)
		return file_refuse(input->refusal, err, "file_workbook_packed", NULL);
	while (!input->packed_end) {
		input->packed_used = input->packed_length;
		if (fill(input, err) != 0)
			return -1;
	}
	*fd = input->copy >= 0 ? input->copy : input->fd;
	return 0;
}

int input_finish(struct input *input, char sha256[65], struct error *err)
{
	while (!input->packed_end) {
		input->packed_used = input->packed_length;
		if (fill(input, err) != 0)
			return -1;
	}
	digest_end(input->digest, input->sha256);
	input->digest = NULL;
	memcpy(sha256, input->sha256, sizeof input->sha256);
	return 0;
}

int input_rewind(struct input *input, struct error *err)
{
	if (input->is_stream && input->copy >= 0) {
		close(input->fd);
		input->fd = input->copy;
		input->copy = -1;
	}
	if (lseek(input->fd, 0, SEEK_SET) < 0)
		return unreadable(input, err);
	digest_end(input->digest, input->sha256);
	input->digest = digest_begin();
	if (input->zlib_ready)
		inflateEnd(&input->zlib);
	input->zlib_ready = 0;
	ZSTD_freeDStream(input->zstd);
	input->zstd = NULL;
	input->packing = PLAIN;
	input->started = input->packed_end = input->between = 0;
	input->packed_length = input->packed_used = 0;
	input->position = input->unpacked = 0;
	return 0;
}

uint64_t input_position(const struct input *input)
{
	return input->position;
}

uint64_t input_size(const struct input *input)
{
	return input->size;
}
