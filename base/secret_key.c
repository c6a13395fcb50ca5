/* secret_key.c -- the key under which secrets lie in the database, and its file. */
#include "base/secret_key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/log.h"
#include "base/memory.h"

/* A sealed secret: a byte that says how, the nonce, the secret and its tag.  Plain ones were
 * the 20 bytes of a second step and no more, so that the length tells them apart. */
enum {
	KEY_BYTES = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
	NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	FIRST_WAY = 1,
	PLAIN_BYTES = 20,
	SECRET_MOST = 64,
	SEALED_MOST = 1 + NONCE_BYTES + SECRET_MOST + TAG_BYTES,
	LINE_BYTES = 2 * KEY_BYTES + 1, /* in hex, with its newline */
};

struct secret_key {
	unsigned char bytes[KEY_BYTES];
};

/* ---- The file ----------------------------------------------------------- */

void secret_key_path(const struct config *config, struct text *path)
{
	const char *named = config_get(config, "secret_key");

	if (named)
		text_add(path, named);
	else
		text_addf(path, "%s/secret.key", config_get(config, "data"));
}

static int fault(struct error *err, const char *path)
{
	return error_set(err, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_UNAVAILABLE,
			 "%s: %s", path, strerror(errno));
}

static int read_key(int file, const char *path, struct secret_key *key, struct error *err)
{
	char line[LINE_BYTES + 1];
	struct stat facts;
	ssize_t length;
	size_t bytes = 0;
	int is_key;

	if (fstat(file, &facts) != 0)
		return fault(err, path);
	if (!S_ISREG(facts.st_mode) || facts.st_mode & (S_IRWXG | S_IRWXO))
		return error_set(err, ERROR_INVALID,
				 "%s: others may read it (chmod 600 is wanted)", path);
	length = read(file, line, sizeof line);
	if (length < 0)
		return fault(err, path);
	is_key = length >= 2 * KEY_BYTES &&
		 sodium_hex2bin(key->bytes, KEY_BYTES, line, 2 * KEY_BYTES, NULL, &bytes,
				NULL) == 0 &&
		 bytes == KEY_BYTES &&
		 (length == 2 * KEY_BYTES ||
		  (length == LINE_BYTES && line[LINE_BYTES - 1] == '\n'));
	sodium_memzero(line, sizeof line);
	return is_key ? 0
		      : error_set(err, ERROR_INVALID,
				  "%s: no key: one line of %d hexadecimal digits is "
				  "wanted",
				  path, 2 * KEY_BYTES);
}

static int write_key(const char *draft, struct error *err)
{
	unsigned char bytes[KEY_BYTES];
	char line[LINE_BYTES + 1];
	int file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int status = -1;

	if (file < 0)
		return fault(err, draft);
	randombytes_buf(bytes, sizeof bytes);
	sodium_bin2hex(line, sizeof line, bytes, sizeof bytes);
	line[LINE_BYTES - 1] = '\n';
	if (write(file, line, LINE_BYTES) == LINE_BYTES && fsync(file) == 0)
		status = 0;
	else
		fault(err, draft);
	close(file);
	sodium_memzero(bytes, sizeof bytes);
	sodium_memzero(line, sizeof line);
	return status;
}

/* Of several that make it at once one wins: link() puts nothing in the place of a file. */
static int make(const char *path, struct error *err)
{
	struct text draft = { 0 };
	int status;

	text_addf(&draft, "%s.%ld", path, (long)getpid());
	status = write_key(text_string(&draft), err);
	if (status == 0 && link(text_string(&draft), path) == 0)
		log_line("nq17",
			 "made the key of secrets, %s: keep a copy with the backups, but "
			 "apart from them",
			 path);
	else if (status == 0 && errno != EEXIST)
		status = fault(err, path);
	unlink(text_string(&draft));
	text_free(&draft);
	return status;
}

int secret_key_load(struct secret_key **result, const struct config *config, int may_make,
		    struct error *err)
{
	struct secret_key *key = memory_zeroed(1, sizeof *key);
	struct text path = { 0 };
	int file = -1, status = -1;

	*result = NULL;
	if (sodium_init() < 0)
		BUG("libsodium");
	secret_key_path(config, &path);
	file = open(text_string(&path), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file < 0 && errno == ENOENT && may_make) {
		/* Where the database is elsewhere nobody may have needed it so far. */
		mkdir(config_get(config, "data"), 0755);
		if (make(text_string(&path), err) != 0)
			goto done;
		file = open(text_string(&path), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	}
	status = file < 0 ? fault(err, text_string(&path))
			  : read_key(file, text_string(&path), key, err);
done:
	if (status == 0)
		*result = key;
	else
		secret_key_free(key);
	if (file >= 0)
		close(file);
	text_free(&path);
	return status;
}

void secret_key_free(struct secret_key *key)
{
	if (key)
		sodium_memzero(key, sizeof *key);
	free(key);
}

/* ---- Secrets ------------------------------------------------------------ */

void secret_key_seal(const struct secret_key *key, const char *owner,
		     const unsigned char *secret, size_t length, struct text *sealed)
{
	unsigned char bytes[SEALED_MOST];
	char printed[2 * SEALED_MOST + 1];

	if (length > SECRET_MOST)
		BUG("a secret of %zu bytes", length);
	bytes[0] = FIRST_WAY;
	randombytes_buf(bytes + 1, NONCE_BYTES);
	crypto_aead_xchacha20poly1305_ietf_encrypt(
		bytes + 1 + NONCE_BYTES, NULL, secret, length,
		(const unsigned char *)owner, strlen(owner), NULL, bytes + 1, key->bytes);
	length += 1 + NONCE_BYTES + TAG_BYTES;
	sodium_bin2hex(printed, sizeof printed, bytes, length);
	text_addf(sealed, "\\x%s", printed);
}

/* How many bytes PRINTED holds; 0: none, or no bytes. */
static size_t read_bytes(const char *printed, unsigned char bytes[SEALED_MOST])
{
	size_t length = 0;

	if (!printed || strncmp(printed, "\\x", 2) != 0 ||
	    sodium_hex2bin(bytes, SEALED_MOST, printed + 2, strlen(printed + 2), NULL,
			   &length, NULL) != 0)
		return 0;
	return length;
}

int secret_key_is_plain(const char *sealed)
{
	unsigned char bytes[SEALED_MOST];
	int is_plain = read_bytes(sealed, bytes) == PLAIN_BYTES;

	sodium_memzero(bytes, sizeof bytes);
	return is_plain;
}

int secret_key_open(const struct secret_key *key, const char *owner, const char *sealed,
		    unsigned char *secret, size_t size, size_t *length, struct error *err)
{
	unsigned char bytes[SEALED_MOST];
	const size_t all = read_bytes(sealed, bytes),
		     around = 1 + NONCE_BYTES + TAG_BYTES;
	int status = 0;

	*length = 0;
	if (!sealed)
		return 0;
	if (all == PLAIN_BYTES && all <= size) {
		memcpy(secret, bytes, all);
		*length = all;
	} else if (all > around && all - around <= size && bytes[0] == FIRST_WAY &&
		   crypto_aead_xchacha20poly1305_ietf_decrypt(
			   secret, NULL, NULL, bytes + 1 + NONCE_BYTES,
			   all - 1 - NONCE_BYTES, (const unsigned char *)owner,
			   strlen(owner), bytes + 1, key->bytes) == 0) {
		*length = all - around;
	} else {
		status =
			error_set(err, ERROR_CONFLICT,
				  "the secret of %s was sealed with another key: put the "
				  "file back, or nq17 user totp %s",
				  owner, owner);
	}
	sodium_memzero(bytes, sizeof bytes);
	return status;
}
