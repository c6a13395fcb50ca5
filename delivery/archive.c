/* archive.c -- files by the SHA-256 of their content. */
#include "delivery/archive.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "base/file.h"
#include "base/memory.h"

void archive_digest(const void *bytes, size_t length, char sha256[65])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int size;

	if (EVP_Digest(bytes, length, digest, &size, EVP_sha256(), NULL) != 1)
		BUG("no SHA-256");
	for (unsigned int i = 0; i < size; i++)
		snprintf(sha256 + 2 * i, 3, "%02x", digest[i]);
}

/* FOLDER/ab/abcdef...: no folder with a hundred thousand files. */
static void add_path(struct text *out, const char *folder, const char *sha256)
{
	text_addf(out, "%s/%.2s/%s", folder, sha256, sha256);
}

int archive_store(const char *folder, const void *bytes, size_t length, char sha256[65],
		  struct error *err)
{
	struct text path = { 0 };
	int status = 0;

	archive_digest(bytes, length, sha256);
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

static int read_all(const char *path, struct text *out, struct error *err)
{
	FILE *file = fopen(path, "rb");
	char piece[65536];
	size_t length;
	int status = 0;

	if (!file)
		return error_set(err,
				 errno == ENOENT ? ERROR_NOT_FOUND : ERROR_UNAVAILABLE,
				 "%s: %s", path, strerror(errno));
	while ((length = fread(piece, 1, sizeof piece, file)) > 0)
		text_add_bytes(out, piece, length);
	if (ferror(file))
		status = error_set(err, ERROR_UNAVAILABLE, "%s: %s", path,
				   strerror(errno));
	fclose(file);
	return status;
}

int archive_load(const char *folder, const char *sha256, struct text *out,
		 struct error *err)
{
	struct text path = { 0 }, content = { 0 };
	char found[65];
	int status;

	add_path(&path, folder, sha256);
	status = read_all(path.data, &content, err);
	if (status == 0) {
		archive_digest(text_string(&content), content.length, found);
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
