/* file.c -- files that appear whole or not at all. */
#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

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
