/* password.c -- passwords: argon2id, as libsodium does it. */
#include "web/password.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sodium.h>
#include <uninorm.h>

enum { PASSES = 3 };

static void start(void)
{
	if (sodium_init() < 0)
		BUG("libsodium");
}

/* One keyboard writes ế as one character, another as three: the same password. */
static char *normal(const char *password)
{
	size_t length;
	uint8_t *made = u8_normalize(UNINORM_NFC, (const uint8_t *)password,
				     strlen(password) + 1, NULL, &length);

	if (!made)
		BUG("a password that is not UTF-8");
	return (char *)made;
}

void password_forget(char *password)
{
	if (password)
		sodium_memzero(password, strlen(password));
}

int password_is_fit(const char *password, const char *login, struct error *err)
{
	size_t length = 0;

	for (const char *c = password; *c; c++)
		length += (*c & 0xc0) != 0x80;
	if (length < PASSWORD_LEAST || strlen(password) > PASSWORD_MOST)
		return error_set(err, ERROR_INVALID, "a password has %d to %d characters",
				 PASSWORD_LEAST, PASSWORD_MOST);
	if (strcasecmp(password, login) == 0 ||
	    strspn(password, (char[]){ *password, '\0' }) == strlen(password))
		return error_set(err, ERROR_INVALID,
				 "a password is not the login, nor one character only");
	return 0;
}

static size_t bytes_of(int megabytes)
{
	return (size_t)megabytes * 1024 * 1024;
}

int password_hash(const char *password, int megabytes, char hash[PASSWORD_HASH_SIZE],
		  struct error *err)
{
	char *made;
	int status;

	_Static_assert(PASSWORD_HASH_SIZE == crypto_pwhash_STRBYTES, "libsodium's size");
	start();
	made = normal(password);
	status = crypto_pwhash_str_alg(hash, made, strlen(made), PASSES,
				       bytes_of(megabytes), crypto_pwhash_ALG_ARGON2ID13);
	password_forget(made);
	free(made);
	return status == 0 ? 0
			   : error_set(err, ERROR_UNAVAILABLE,
				       "no memory to hash a password");
}

int password_is_right(const char *password, const char *hash, int megabytes)
{
	char other[PASSWORD_HASH_SIZE];
	struct error ignored;
	char *made;
	int answer = 0;

	if (!hash) {
		password_hash(password, megabytes, other, &ignored);
		return 0;
	}
	start();
	made = normal(password);
	answer = crypto_pwhash_str_verify(hash, made, strlen(made)) == 0;
	password_forget(made);
	free(made);
	return answer;
}

int password_is_outdated(const char *hash, int megabytes)
{
	return crypto_pwhash_str_needs_rehash(hash, PASSES, bytes_of(megabytes)) != 0;
}

void password_make(char password[PASSWORD_LEAST * 2 + 1])
{
	static const char letters[] = "23456789abcdefghjkmnpqrstuvwxyz"; /* 31 */

	start();
	for (int i = 0; i < PASSWORD_LEAST * 2; i++)
		password[i] = letters[randombytes_uniform(sizeof letters - 1)];
	password[PASSWORD_LEAST * 2] = '\0';
}
