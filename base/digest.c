/* digest.c -- SHA-256 by libcrypto. */
#include "base/digest.h"

#include <openssl/evp.h>
#include <stdio.h>

#include "base/error.h"

static void print(const unsigned char *bytes, unsigned int length,
		  char sha256[DIGEST_SIZE])
{
	for (unsigned int i = 0; i < length; i++)
		snprintf(sha256 + 2 * i, 3, "%02x", bytes[i]);
}

void digest_of(const void *bytes, size_t count, char sha256[DIGEST_SIZE])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int length = 0;

	if (EVP_Digest(bytes, count, digest, &length, EVP_sha256(), NULL) != 1)
		BUG("SHA-256 failed");
	print(digest, length, sha256);
}

/* A digest is libcrypto's own context: there is nothing to add to it. */
static EVP_MD_CTX *context_of(struct digest *digest)
{
	return (EVP_MD_CTX *)(void *)digest;
}

struct digest *digest_begin(void)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	if (!context || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1)
		BUG("SHA-256 does not begin");
	return (struct digest *)(void *)context;
}

void digest_add(struct digest *digest, const void *bytes, size_t count)
{
	if (EVP_DigestUpdate(context_of(digest), bytes, count) != 1)
		BUG("SHA-256 does not go on");
}

void digest_end(struct digest *digest, char sha256[DIGEST_SIZE])
{
	unsigned char bytes[EVP_MAX_MD_SIZE];
	unsigned int length;

	if (!digest)
		return;
	if (EVP_DigestFinal_ex(context_of(digest), bytes, &length) != 1)
		BUG("SHA-256 does not end");
	print(bytes, length, sha256);
	EVP_MD_CTX_free(context_of(digest));
}
