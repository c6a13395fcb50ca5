/* file.c -- files that appear whole or not at all. */
#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int file_replace(const char *path, const char *bytes, size_t length, struct error *err)
{
	struct text draft = { 0 }; /* path of the new version, until renamed */
	FILE *file = NULL;
	int status = -1;

	text_addf(&draft, "%s.%ld.new", path, (long)getpid());
	file = fopen(draft.data, "wb");
	if (!file)
		goto done;
	if (fwrite(bytes, 1, length, file) != length || fflush(file) != 0 ||
	    fsync(fileno(file)) != 0)
		goto done;
	status = rename(draft.data, path);
done:
	if (status != 0) {
		error_set(err, ERROR_UNAVAILABLE, "%s: %s", path, strerror(errno));
		unlink(draft.data);
	}
	if (file)
		fclose(file);
	text_free(&draft);
	return status;
}

int file_read(const char *path, size_t most, struct text *out, struct error *err)
{
	FILE *file = fopen(path, "re");
	size_t got;
	char piece[16384];
	int status = 0;

	text_clear(out);
	if (!file)
		return error_set(err, ERROR_NOT_FOUND, "%s: %s", path, strerror(errno));
	while (status == 0 && (got = fread(piece, 1, sizeof piece, file)) > 0) {
		text_add_bytes(out, piece, got);
		if (out->length > most)
			status = error_set(err, ERROR_INVALID,
					   "%s is larger than %zu MiB", path, most >> 20);
	}
	if (status == 0 && ferror(file))
		status = error_set(err, ERROR_NOT_FOUND, "%s: %s", path, strerror(errno));
	fclose(file);
	if (status != 0)
		text_clear(out);
	return status;
}
