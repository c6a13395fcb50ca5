/* jwt_fuzz.c -- tokens of any bytes, sets of keys of any bytes, claims of any bytes.  Nobody
 * here signs anything: what is believed was signed by the keys of RFC 7515, which signed two
 * texts.  The first byte says what the others are. */
#include "fuzz.h"

#include "tests/unit/jwt_keys.h"
#include "web/claims.h"
#include "web/jwt.h"

static int verify(const char *token, const json_t *keys)
{
	struct error err = { 0 };
	json_t *claims = NULL;
	int status = jwt_verify(token, keys, &claims, &err);

	REQUIRE((status == 0) == json_is_object(claims));
	REQUIRE(status == 0 || (err.message[0] && (err.kind == ERROR_INVALID ||
						   err.kind == ERROR_NOT_FOUND)));
	json_decref(claims);
	return status == 0;
}

/* The head and the claims of TOKEN are those of KNOWN. */
static int is_said(const char *token, const char *known)
{
	size_t length = (size_t)(strrchr(known, '.') - known) + 1;

	return strncmp(token, known, length) == 0;
}

static void look_at_token(const char *token)
{
	static json_t *keys;

	if (!keys)
		keys = json_loads(JWT_KEYS, 0, NULL);
	if (verify(token, keys))
		REQUIRE(is_said(token, RSA_TOKEN) || is_said(token, EC_TOKEN));
}

/* Three lines: the bytes of the parts, before they are coded. */
static void look_at_parts(const char *bytes, size_t size)
{
	struct text token = { 0 };

	for (int part = 0; part < 3; part++) {
		const char *end = part < 2 && size > 0 ? memchr(bytes, '\n', size) : NULL;
		size_t length = end ? (size_t)(end - bytes) : size;

		if (part > 0)
			text_add_char(&token, '.');
		if (length > 0)
			jwt_add_base64(&token, (const unsigned char *)bytes, length);
		length += end != NULL;
		bytes += length;
		size -= length;
	}
	look_at_token(text_string(&token));
	text_free(&token);
}

static int has_member(const json_t *keys, const char *name, const char *value)
{
	const json_t *key;
	size_t i;

	json_array_foreach(keys, i, key) {
		const char *given = json_string_value(json_object_get(key, name));

		if (given && strcmp(given, value) == 0)
			return 1;
	}
	return 0;
}

static void look_at_keys(const char *bytes, size_t size)
{
	json_t *keys = json_loadb(bytes, size, 0, NULL);

	if (verify(RSA_TOKEN, keys))
		REQUIRE(has_member(keys, "n", RSA_N));
	if (verify(EC_TOKEN, keys))
		REQUIRE(has_member(keys, "x", EC_X) && has_member(keys, "y", EC_Y));
	json_decref(keys);
}

static int is_member(const json_t *claims, const char *name, const char *value)
{
	const char *given = json_string_value(json_object_get(claims, name));

	return given && strcmp(given, value) == 0;
}

static void look_at_claims(const char *bytes, size_t size)
{
	const struct claims_wanted wanted = { "issuer", "client", "nonce", 1000000 };
	json_t *claims = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, NULL);

	if (!claims_judge(claims, &wanted)) {
		double expires = json_number_value(json_object_get(claims, "exp"));

		REQUIRE(is_member(claims, "iss", "issuer") &&
			is_member(claims, "nonce", "nonce"));
		REQUIRE(expires > 1000000 - 61);
		REQUIRE(json_string_length(json_object_get(claims, "sub")) > 0);
		REQUIRE(memmem(bytes, size, "aud", 3) != NULL ||
			memchr(bytes, '\\', size) != NULL);
	}
	json_decref(claims);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const char *rest = (const char *)bytes + 1;
	char *token;

	if (size == 0)
		return 0;
	switch (bytes[0]) {
	case 'p':
		look_at_parts(rest, size - 1);
		break;
	case 'k':
		look_at_keys(rest, size - 1);
		break;
	case 'c':
		look_at_claims(rest, size - 1);
		break;
	default:
		token = strndup(rest, size - 1);
		REQUIRE(token != NULL);
		look_at_token(token);
		free(token);
	}
	return 0;
}
