/* token.c -- secrets that a browser carries, and their hashes. */
#include "web/token.h"

#include <string.h>

#include <sodium.h>

#include "base/error.h"

enum { SECRET_BYTES = 32 };

static void start(void)
{
	if (sodium_init() < 0)
		BUG("libsodium");
}

void token_make(char token[TOKEN_SIZE])
{
	unsigned char bytes[SECRET_BYTES];

	start();
	randombytes_buf(bytes, sizeof bytes);
	sodium_bin2base64(token, TOKEN_SIZE, bytes, sizeof bytes,
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(bytes, sizeof bytes);
}

int token_is_shaped(const char *text)
{
	size_t length = strlen(text);

	return length == TOKEN_SIZE - 1 &&
	       strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			    "0123456789-_") == length;
}

void token_hash(const char *token, char hash[TOKEN_HASH_SIZE])
{
	unsigned char bytes[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(bytes, (const unsigned char *)token, strlen(token));
	sodium_bin2hex(hash, TOKEN_HASH_SIZE, bytes, sizeof bytes);
}

void token_of_forms(const char *seed, char hash[TOKEN_HASH_SIZE])
{
	static const char purpose[] = "nq17 form ";
	unsigned char bytes[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const unsigned char *)purpose,
				  sizeof purpose - 1);
	crypto_hash_sha256_update(&state, (const unsigned char *)seed, strlen(seed));
	crypto_hash_sha256_final(&state, bytes);
	sodium_bin2hex(hash, TOKEN_HASH_SIZE, bytes, sizeof bytes);
}

int token_is_same(const char *a, const char *b)
{
	size_t length = strlen(a);

	return length == strlen(b) && sodium_memcmp(a, b, length) == 0;
}
