/* key.c -- API keys: made, checked, revoked. */
#include "collector/key.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/memory.h"

static const char FIND[] =
#include "sql/queries/key_find.sql.inc"
	;
static const char USED[] =
#include "sql/queries/key_used.sql.inc"
	;
static const char SPEAKS_FOR[] =
#include "sql/queries/key_speaks_for.sql.inc"
	;
static const char AGENCY[] =
#include "sql/queries/key_agency.sql.inc"
	;
static const char ADD[] =
#include "sql/queries/key_add.sql.inc"
	;
static const char REVOKE[] =
#include "sql/queries/key_revoke.sql.inc"
	;

#define PREFIX "nq17_"

enum { SECRET_BYTES = 32, HEX_LENGTH = 2 * SECRET_BYTES, ID_DIGITS_MAX = 9 };

void key_free(struct api_key *key)
{
	free(key->agency);
	free(key->types);
	*key = (struct api_key){ 0 };
}

static void print_hex(const unsigned char *bytes, char printed[HEX_LENGTH + 1])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < SECRET_BYTES; i++) {
		printed[2 * i] = digits[bytes[i] >> 4];
		printed[2 * i + 1] = digits[bytes[i] & 15];
	}
	printed[HEX_LENGTH] = '\0';
}

static void hash_secret(const char *secret, char printed[HEX_LENGTH + 1])
{
	unsigned char hash[SECRET_BYTES];

	if (EVP_Digest(secret, strlen(secret), hash, NULL, EVP_sha256(), NULL) != 1)
		BUG("SHA-256");
	print_hex(hash, printed);
}

static int is_id(const char *text, size_t length)
{
	return length >= 1 && length <= ID_DIGITS_MAX &&
	       strspn(text, "0123456789") >= length;
}

/* ---- Checking ----------------------------------------------------------- */

/* Splits TOKEN into ID and *SECRET; -1 if it is no key. */
static int split_token(const char *token, char id[ID_DIGITS_MAX + 1], const char **secret)
{
	size_t length;

	if (strncmp(token, PREFIX, sizeof PREFIX - 1) != 0)
		return -1;
	token += sizeof PREFIX - 1;
	length = strcspn(token, "_");
	if (!is_id(token, length) || strlen(token + length) != 1 + HEX_LENGTH)
		return -1;
	memcpy(id, token, length);
	id[length] = '\0';
	*secret = token + length + 1;
	return 0;
}

int key_check(struct db *db, const char *token, struct api_key *key, struct error *err)
{
	char id[ID_DIGITS_MAX + 1], hash[HEX_LENGTH + 1];
	const char *const params[] = { id };
	struct db_rows *rows = NULL;
	const char *secret;
	int status;

	*key = (struct api_key){ 0 };
	if (split_token(token, id, &secret) != 0)
		return error_set(err, ERROR_NOT_FOUND, "not a key");
	hash_secret(secret, hash);
	if (db_query(db, FIND, params, 1, &rows, err) != 0)
		return error_context(err, "checking a key");
	if (db_rows_count(rows) != 1 ||
	    CRYPTO_memcmp(db_value(rows, 0, "sha256"), hash, HEX_LENGTH) != 0 ||
	    strcmp(db_value(rows, 0, "ended"), "t") == 0) {
		db_rows_free(rows);
		return error_set(err, ERROR_NOT_FOUND, "no such key is valid");
	}
	key->id = (int32_t)strtol(id, NULL, 10);
	key->agency_id = (int32_t)strtol(db_value(rows, 0, "agency_id"), NULL, 10);
	key->agency = memory_copy(db_value(rows, 0, "agency"));
	key->types = memory_copy(db_value(rows, 0, "types"));
	db_rows_free(rows);
	status = db_query(db, USED, params, 1, NULL, err);
	return status ? error_context(err, "noting the use of a key") : 0;
}

/* Is WORD one of WORDS, which SEPARATOR keeps apart? */
static int is_among(const char *words, char separator, const char *word, size_t length)
{
	while (*words) {
		const char *end = strchr(words, separator);
		size_t here = end ? (size_t)(end - words) : strlen(words);

		if (here == length && memcmp(words, word, length) == 0)
			return 1;
		words += here + (end != NULL);
	}
	return 0;
}

int key_may_send(const struct api_key *key, const char *type)
{
	return is_among(key->types, ' ', type, strlen(type));
}

int key_speaks_for(struct db *db, const struct api_key *key, const char *agency,
		   int *answer, struct error *err)
{
	struct text id = { 0 };
	const char *params[2] = { NULL, agency };
	char *value = NULL;
	int status;

	text_addf(&id, "%d", (int)key->agency_id);
	params[0] = text_string(&id);
	status = db_value_of(db, SPEAKS_FOR, params, 2, &value, err);
	*answer = value && strcmp(value, "t") == 0;
	free(value);
	text_free(&id);
	return status;
}

/* ---- Making and revoking ------------------------------------------------ */

static int check_types(const char *types, struct error *err)
{
	for (const char *at = types;; at++) {
		size_t length = strcspn(at, ",");

		if (!is_among(KEY_TYPES, ',', at, length))
			return error_set(
				err, ERROR_INVALID,
				"a key cannot send \"%.*s\"; it is for " KEY_TYPES,
				(int)length, at);
		at += length;
		if (!*at)
			return 0;
	}
}

static int make_secret(char secret[HEX_LENGTH + 1], struct error *err)
{
	unsigned char bytes[SECRET_BYTES];

	if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		return error_set(err, ERROR_INTERNAL, "the kernel gives no random bytes");
	print_hex(bytes, secret);
	return 0;
}

int key_add(struct db *db, const char *agency, const char *types, const char *last_day,
	    struct text *token, struct error *err)
{
	char secret[HEX_LENGTH + 1], hash[HEX_LENGTH + 1];
	const char *params[] = { NULL, hash, types, last_day };
	char *agency_id = NULL, *id = NULL;
	int status = -1;

	if (check_types(types, err) != 0 || make_secret(secret, err) != 0 ||
	    db_value_of(db, AGENCY, &agency, 1, &agency_id, err) != 0)
		return -1;
	if (!agency_id)
		return error_set(err, ERROR_NOT_FOUND, "no agency \"%s\"", agency);
	hash_secret(secret, hash);
	params[0] = agency_id;
	status = db_value_of(db, ADD, params, 4, &id, err);
	if (status == 0)
		text_addf(token, PREFIX "%s_%s", id, secret);
	OPENSSL_cleanse(secret, sizeof secret);
	free(agency_id);
	free(id);
	return status;
}

int key_revoke(struct db *db, const char *id, struct error *err)
{
	char *found = NULL;

	if (!is_id(id, strlen(id)))
		return error_set(err, ERROR_NOT_FOUND, "no key \"%s\"", id);
	if (db_value_of(db, REVOKE, &id, 1, &found, err) != 0)
		return -1;
	if (!found)
		return error_set(err, ERROR_NOT_FOUND, "no key %s", id);
	free(found);
	return 0;
}
