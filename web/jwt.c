/* jwt.c -- is a signed token genuine? */
#include "web/jwt.h"

#include <stdlib.h>
#include <string.h>

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <sodium.h>

#include "base/memory.h"

enum { TOKEN_MOST = 32 * 1024, RSA_BITS_LEAST = 2048, P256_BYTES = 32 };

/* What is taken for a signature.  The kind of the key has to fit: a token that chooses its
 * algorithm ("none", or HS256 with the public key as the password) chooses among these. */
enum kind { KIND_RSA, KIND_P256 };

static const struct algorithm {
	const char *name, *key_type;
	enum kind kind;
	gnutls_sign_algorithm_t sign;
} algorithms[] = {
	{ "RS256", "RSA", KIND_RSA, GNUTLS_SIGN_RSA_SHA256 },
	{ "ES256", "EC", KIND_P256, GNUTLS_SIGN_ECDSA_SHA256 },
};

/* ---- Base64 ------------------------------------------------------------- */

void jwt_add_base64(struct text *out, const unsigned char *bytes, size_t length)
{
	size_t size = sodium_base64_ENCODED_LEN(length,
						sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	char *coded = memory_take(size);

	sodium_bin2base64(coded, size, bytes, length,
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	text_add(out, coded);
	free(coded);
}

/* Bytes of their own; NULL if CODED is not what it should be, or empty. */
static unsigned char *decode(const char *coded, size_t length, size_t *size)
{
	unsigned char *bytes = memory_take(length + 1);

	if (length > 0 &&
	    sodium_base642bin(bytes, length, coded, length, NULL, size, NULL,
			      sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0)
		return bytes;
	free(bytes);
	return NULL;
}

/* A number of a key. */
static int decode_member(const json_t *key, const char *name, gnutls_datum_t *datum)
{
	const char *coded = json_string_value(json_object_get(key, name));
	size_t size = 0;

	datum->data = coded ? decode(coded, strlen(coded), &size) : NULL;
	datum->size = (unsigned)size;
	return datum->data ? 0 : -1;
}

/* ---- Keys --------------------------------------------------------------- */

static int import(gnutls_pubkey_t made, const struct algorithm *algorithm,
		  const json_t *key)
{
	gnutls_datum_t one = { 0 }, two = { 0 };
	const char *curve = json_string_value(json_object_get(key, "crv"));
	unsigned bits = 0;
	int status = -1;

	if (algorithm->kind == KIND_RSA) {
		if (decode_member(key, "n", &one) == 0 &&
		    decode_member(key, "e", &two) == 0 &&
		    gnutls_pubkey_import_rsa_raw(made, &one, &two) == 0 &&
		    gnutls_pubkey_get_pk_algorithm(made, &bits) == GNUTLS_PK_RSA &&
		    bits >= RSA_BITS_LEAST)
			status = 0;
	} else if (curve && strcmp(curve, "P-256") == 0 &&
		   decode_member(key, "x", &one) == 0 &&
		   decode_member(key, "y", &two) == 0 && one.size == P256_BYTES &&
		   two.size == P256_BYTES &&
		   gnutls_pubkey_import_ecc_raw(made, GNUTLS_ECC_CURVE_SECP256R1, &one,
						&two) == 0) {
		status = 0;
	}
	free(one.data);
	free(two.data);
	return status;
}

/* A member that says what the key is for may be absent, but not say something else. */
static int says(const json_t *key, const char *name, const char *wanted)
{
	const json_t *value = json_object_get(key, name);

	return !value ||
	       (json_is_string(value) && strcmp(json_string_value(value), wanted) == 0);
}

static int is_fit(const json_t *key, const struct algorithm *algorithm)
{
	return json_object_get(key, "kty") && says(key, "kty", algorithm->key_type) &&
	       says(key, "use", "sig") && says(key, "alg", algorithm->name);
}

/* The key called ID; where the token names none, the only one that fits. */
static const json_t *find_key(const json_t *keys, const char *id,
			      const struct algorithm *algorithm)
{
	const json_t *found = NULL, *key;
	size_t i;

	json_array_foreach(keys, i, key) {
		const char *name = json_string_value(json_object_get(key, "kid"));

		if (!is_fit(key, algorithm) || (id && (!name || strcmp(name, id) != 0)))
			continue;
		if (found) /* two of them: neither */
			return NULL;
		found = key;
	}
	return found;
}

/* ---- Signatures --------------------------------------------------------- */

/* R and S side by side, as GnuTLS wants them. */
static int wrap_p256(const unsigned char *bytes, size_t length, gnutls_datum_t *wrapped)
{
	gnutls_datum_t r = { (unsigned char *)bytes, P256_BYTES },
		       s = { (unsigned char *)bytes + P256_BYTES, P256_BYTES };

	if (length != 2 * P256_BYTES)
		return -1;
	for (; r.size > 1 && *r.data == 0; r.size--)
		r.data++;
	for (; s.size > 1 && *s.data == 0; s.size--)
		s.data++;
	return gnutls_encode_rs_value(wrapped, &r, &s);
}

static int is_signed(const struct algorithm *algorithm, const json_t *key,
		     const char *text, size_t length, const unsigned char *signature,
		     size_t size)
{
	const gnutls_datum_t said = { (unsigned char *)text, (unsigned)length };
	gnutls_datum_t given = { (unsigned char *)signature, (unsigned)size };
	gnutls_datum_t wrapped = { 0 };
	gnutls_pubkey_t made = NULL;
	int is_right = 0;

	if (gnutls_pubkey_init(&made) != 0)
		return 0;
	if (algorithm->kind == KIND_P256) {
		if (wrap_p256(signature, size, &wrapped) != 0)
			goto done;
		given = wrapped;
	}
	if (import(made, algorithm, key) == 0)
		is_right = gnutls_pubkey_verify_data2(made, algorithm->sign, 0, &said,
						      &given) >= 0;
done:
	gnutls_free(wrapped.data);
	gnutls_pubkey_deinit(made);
	return is_right;
}

/* ---- Tokens ------------------------------------------------------------- */

static json_t *read_part(const char *coded, size_t length)
{
	size_t size = 0;
	unsigned char *bytes = decode(coded, length, &size);
	json_t *part = bytes ? json_loadb((const char *)bytes, size,
					  JSON_REJECT_DUPLICATES, NULL)
			     : NULL;

	free(bytes);
	if (json_is_object(part))
		return part;
	json_decref(part);
	return NULL;
}

static const struct algorithm *find_algorithm(const json_t *head)
{
	const char *name = json_string_value(json_object_get(head, "alg"));

	for (size_t i = 0; name && i < sizeof algorithms / sizeof *algorithms; i++)
		if (strcmp(algorithms[i].name, name) == 0)
			return &algorithms[i];
	return NULL;
}

static int check(const json_t *head, const json_t *keys, const char *token, size_t said,
		 const char *coded, struct error *err)
{
	const struct algorithm *algorithm = find_algorithm(head);
	const json_t *id = json_object_get(head, "kid"), *key;
	unsigned char *signature;
	size_t size = 0;
	int is_right;

	if (!algorithm)
		return error_set(
			err, ERROR_INVALID,
			"the token is signed by \"%.20s\", not by RS256 or ES256",
			json_is_string(json_object_get(head, "alg"))
				? json_string_value(json_object_get(head, "alg"))
				: "");
	/* What we do not know and must: RFC 7515, 4.1.11. */
	if (json_object_get(head, "crit") || (id && !json_is_string(id)))
		return error_set(err, ERROR_INVALID,
				 "the head of the token asks for more than we know");
	key = find_key(keys, json_string_value(id), algorithm);
	if (!key)
		return error_set(err, ERROR_NOT_FOUND,
				 "the provider has no key \"%.60s\" for %s",
				 id ? json_string_value(id) : "", algorithm->name);
	signature = decode(coded, strlen(coded), &size);
	is_right = signature && is_signed(algorithm, key, token, said, signature, size);
	free(signature);
	return is_right ? 0
			: error_set(err, ERROR_INVALID,
				    "the signature of the token is wrong");
}

int jwt_verify(const char *token, const json_t *keys, json_t **claims, struct error *err)
{
	const char *first = strchr(token, '.');
	const char *second = first ? strchr(first + 1, '.') : NULL;
	json_t *head = NULL;
	int status = -1;

	*claims = NULL;
	if (!second || strchr(second + 1, '.') || strlen(token) > TOKEN_MOST)
		return error_set(err, ERROR_INVALID, "no token in three parts");
	head = read_part(token, (size_t)(first - token));
	if (!head)
		return error_set(err, ERROR_INVALID, "the head of the token is no JSON");
	status = check(head, keys, token, (size_t)(second - token), second + 1, err);
	json_decref(head);
	if (status != 0)
		return -1;
	*claims = read_part(first + 1, (size_t)(second - first - 1));
	return *claims ? 0
		       : error_set(err, ERROR_INVALID, "the claims are no JSON object");
}
