/* archive.c -- files by the SHA-256 of their content. */
#include "delivery/archive.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum { MOST = 1 << 30 }; /* bytes of a file */

/* FOLDER/ab/abcdef...: no folder with a hundred thousand files. */
static void add_path(struct text *out, const char *folder, const char *sha256)
{
	text_addf(out, "%s/%.2s/%s", folder, sha256, sha256);
}

int archive_store(const char *folder, const void *bytes, size_t length,
		  char sha256[DIGEST_SIZE], struct error *err)
{
	struct text path = { 0 };
	int status = 0;

	digest_of(bytes, length, sha256);
	text_addf(&path, "%s/%.2s", folder, sha256);
	if (mkdir(path.data, 0700) != 0 && errno != EEXIST) {
		status = error_set(err, ERROR_UNAVAILABLE, "%s: %s", path.data,
				   strerror(errno));
	} else {
		text_clear(&path);
		add_path(&path, folder, sha256);
		if (access(path.data, F_OK) != 0)
			status = file_replace(path.data, bytes, length, err);
	}
	text_free(&path);
	return status;
}

int archive_load(const char *folder, const char *sha256, struct text *out,
		 struct error *err)
{
	struct text path = { 0 }, content = { 0 };
	char found[DIGEST_SIZE];
	int status;

	add_path(&path, folder, sha256);
	status = file_read(path.data, MOST, &content, err);
	if (status == 0) {
		digest_of(text_string(&content), content.length, found);
		if (strcmp(found, sha256) != 0)
			status = error_set(err, ERROR_INTERNAL,
					   "%s is not what it was when it was stored",
					   path.data);
		else
			text_add_bytes(out, text_string(&content), content.length);
	}
	text_free(&path);
	text_free(&content);
	return status;
}

int archive_remove(const char *folder, const char *sha256, struct error *err)
{
	struct text path = { 0 };
	int status = 0;

	add_path(&path, folder, sha256);
	if (unlink(path.data) != 0 && errno != ENOENT)
		status = error_set(err, ERROR_UNAVAILABLE, "%s: %s", path.data,
				   strerror(errno));
	text_free(&path);
	return status;
}
