/* jwt_test.c -- tokens that are believed and tokens that are not: the vectors of RFC 7515
 * (appendices A.2 and A.3, whose keys sign the rest), every lie that others fell for, and the
 * claims. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <sodium.h>

#include "base/memory.h"
#include "tests/unit/jwt_keys.h"
#include "web/claims.h"
#include "web/jwt.h"

enum signer {
	BY_RSA,
	BY_EC,
	BY_STRANGER,    /* another P-256 key */
	BY_HMAC_DER,    /* HS256, the public RSA key as the password: */
	BY_HMAC_PEM,    /* its bytes, or as it is printed */
	BY_NOBODY,      /* no signature */
	BY_ZEROS,       /* r = s = 0, for which some checks of ECDSA hold */
	BY_ORDER,       /* r = s = the order of the curve, which is 0 as well */
	BY_EC_SHORT,    /* a byte less */
	BY_EC_LONG,     /* a zero more */
	BY_EC_DER,      /* as in certificates, not as in tokens */
	BY_RSA_FLIPPED, /* one bit off */
};

static json_t *keys;
static gnutls_privkey_t rsa, ec, stranger;

/* ---- Making tokens -------------------------------------------------------- */

static gnutls_datum_t bytes_of(const char *coded)
{
	gnutls_datum_t made = { memory_take(strlen(coded)), 0 };
	size_t size = 0;

	assert_int_equal(sodium_base642bin(made.data, strlen(coded), coded, strlen(coded),
					   NULL, &size, NULL,
					   sodium_base64_VARIANT_URLSAFE_NO_PADDING),
			 0);
	made.size = (unsigned)size;
	return made;
}

static int take_keys(void **state)
{
	gnutls_datum_t n = bytes_of(RSA_N), e = bytes_of(RSA_E), d = bytes_of(RSA_D);
	gnutls_datum_t p = bytes_of(RSA_P), q = bytes_of(RSA_Q);
	gnutls_datum_t x = bytes_of(EC_X), y = bytes_of(EC_Y), k = bytes_of(EC_D);
	gnutls_datum_t *all[] = { &n, &e, &d, &p, &q, &x, &y, &k };

	(void)state;
	assert_int_equal(sodium_init() < 0, 0);
	gnutls_privkey_init(&rsa);
	gnutls_privkey_init(&ec);
	gnutls_privkey_init(&stranger);
	assert_int_equal(
		gnutls_privkey_import_rsa_raw(rsa, &n, &e, &d, &p, &q, NULL, NULL, NULL),
		0);
	assert_int_equal(
		gnutls_privkey_import_ecc_raw(ec, GNUTLS_ECC_CURVE_SECP256R1, &x, &y, &k),
		0);
	assert_int_equal(gnutls_privkey_generate(
				 stranger, GNUTLS_PK_ECDSA,
				 GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
			 0);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		free(all[i]->data);
	keys = json_loads(JWT_KEYS, 0, NULL);
	assert_non_null(keys);
	return 0;
}

static int free_keys(void **state)
{
	(void)state;
	gnutls_privkey_deinit(rsa);
	gnutls_privkey_deinit(ec);
	gnutls_privkey_deinit(stranger);
	json_decref(keys);
	return 0;
}

static gnutls_datum_t sign(gnutls_privkey_t key, gnutls_sign_algorithm_t algorithm,
			   const struct text *said)
{
	const gnutls_datum_t data = { (unsigned char *)said->data,
				      (unsigned)said->length };
	gnutls_datum_t made = { 0 };

	assert_int_equal(gnutls_privkey_sign_data2(key, algorithm, 0, &data, &made), 0);
	return made;
}

/* R and S side by side, 32 bytes each. */
static void add_pair(struct text *out, gnutls_privkey_t key, const struct text *said)
{
	gnutls_datum_t made = sign(key, GNUTLS_SIGN_ECDSA_SHA256, said), r, s;

	assert_int_equal(gnutls_decode_rs_value(&made, &r, &s), 0);
	for (int i = 0; i < 2; i++) {
		gnutls_datum_t *one = i ? &s : &r;
		unsigned skipped = one->size > 32 ? one->size - 32 : 0;

		for (unsigned size = one->size; size < 32; size++)
			text_add_char(out, '\0');
		text_add_bytes(out, (char *)one->data + skipped, one->size - skipped);
		gnutls_free(one->data);
	}
	gnutls_free(made.data);
}

static void add_hmac(struct text *out, const struct text *said,
		     gnutls_x509_crt_fmt_t format)
{
	unsigned char mac[32];
	gnutls_datum_t printed = { 0 };
	gnutls_pubkey_t shown;

	gnutls_pubkey_init(&shown);
	assert_int_equal(gnutls_pubkey_import_privkey(shown, rsa, 0, 0), 0);
	assert_int_equal(gnutls_pubkey_export2(shown, format, &printed), 0);
	assert_int_equal(gnutls_hmac_fast(GNUTLS_MAC_SHA256, printed.data, printed.size,
					  said->data, said->length, mac),
			 0);
	text_add_bytes(out, (char *)mac, sizeof mac);
	gnutls_free(printed.data);
	gnutls_pubkey_deinit(shown);
}

static void add_order(struct text *out)
{
	static const char order[] =
		"\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"
		"\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51";

	for (int i = 0; i < 2; i++)
		text_add_bytes(out, order, 32);
}

static void add_der(struct text *out, const struct text *said, int is_rsa)
{
	gnutls_datum_t made =
		sign(is_rsa ? rsa : ec,
		     is_rsa ? GNUTLS_SIGN_RSA_SHA256 : GNUTLS_SIGN_ECDSA_SHA256, said);

	text_add_bytes(out, (char *)made.data, made.size);
	gnutls_free(made.data);
}

static void add_signature(struct text *out, enum signer signer, const struct text *said)
{
	static const char zeros[64];

	switch (signer) {
	case BY_RSA:
	case BY_RSA_FLIPPED:
		add_der(out, said, 1);
		break;
	case BY_EC:
	case BY_EC_SHORT:
	case BY_EC_LONG:
		add_pair(out, ec, said);
		break;
	case BY_STRANGER:
		add_pair(out, stranger, said);
		break;
	case BY_EC_DER:
		add_der(out, said, 0);
		break;
	case BY_HMAC_DER:
		add_hmac(out, said, GNUTLS_X509_FMT_DER);
		break;
	case BY_HMAC_PEM:
		add_hmac(out, said, GNUTLS_X509_FMT_PEM);
		break;
	case BY_ZEROS:
		text_add_bytes(out, zeros, sizeof zeros);
		break;
	case BY_ORDER:
		add_order(out);
		break;
	case BY_NOBODY:
		break;
	}
	if (signer == BY_RSA_FLIPPED)
		out->data[100] ^= 4;
	if (signer == BY_EC_SHORT)
		out->length--;
	if (signer == BY_EC_LONG)
		text_add_char(out, '\0');
}

static void add_base64(struct text *out, const char *bytes, size_t length)
{
	if (length > 0)
		jwt_add_base64(out, (const unsigned char *)bytes, length);
}

static void make(struct text *token, const char *head, size_t head_length,
		 const char *claims, size_t claims_length, enum signer signer)
{
	struct text signature = { 0 };

	text_clear(token);
	add_base64(token, head, head_length);
	text_add_char(token, '.');
	add_base64(token, claims, claims_length);
	add_signature(&signature, signer, token);
	text_add_char(token, '.');
	add_base64(token, text_string(&signature), signature.length);
	text_free(&signature);
}

/* 0, or the kind of the refusal. */
static int verify(const char *token, const json_t *set)
{
	struct error err = { 0 };
	json_t *claims = NULL;
	int status = jwt_verify(token, set, &claims, &err);

	assert_true((status == 0) == (claims != NULL));
	json_decref(claims);
	return status == 0 ? 0 : (int)err.kind;
}

/* ---- Vectors -------------------------------------------------------------- */

static void rfc_7515(void **state)
{
	static const char *const tokens[] = { RSA_TOKEN, EC_TOKEN };

	(void)state;
	for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
		struct error err = { 0 };
		json_t *claims = NULL;

		assert_int_equal(jwt_verify(tokens[i], keys, &claims, &err), 0);
		assert_string_equal(json_string_value(json_object_get(claims, "iss")),
				    "joe");
		assert_int_equal(json_integer_value(json_object_get(claims, "exp")),
				 1300819380);
		json_decref(claims);
	}
}

/* Whatever letter of a good token is changed, dropped or doubled, it is none. */
static void every_letter_counts(void **state)
{
	static const char *const tokens[] = { RSA_TOKEN, EC_TOKEN };

	(void)state;
	for (size_t t = 0; t < sizeof tokens / sizeof *tokens; t++) {
		const size_t length = strlen(tokens[t]);

		for (size_t i = 0; i < length; i++) {
			char *changed = memory_copy(tokens[t]);
			struct text other = { 0 };

			/* The next of the alphabet: where bits are left over at the end
			 * of a part it would decode to the same bytes. */
			changed[i] = changed[i] == 'z' ? 'A' : (char)(changed[i] + 1);
			assert_int_not_equal(verify(changed, keys), 0);
			changed[i] = '\0';
			assert_int_not_equal(verify(changed, keys), 0);
			text_addf(&other, "%s%s", changed, tokens[t] + i + 1);
			assert_int_not_equal(verify(text_string(&other), keys), 0);
			text_clear(&other);
			text_addf(&other, "%s%c%s", changed, tokens[t][i], tokens[t] + i);
			assert_int_not_equal(verify(text_string(&other), keys), 0);
			text_free(&other);
			free(changed);
		}
	}
}

/* ---- Heads and signatures ------------------------------------------------- */

#define OK 0
#define NO ERROR_INVALID
#define NF ERROR_NOT_FOUND

#define BYTES(literal) literal, sizeof(literal) - 1

static const struct signed_case {
	const char *head;
	size_t head_length;
	enum signer signer;
	int expected;
} heads[] = {
	{ BYTES("{\"alg\":\"RS256\",\"kid\":\"rsa\"}"), BY_RSA, OK },
	{ BYTES("{\"alg\":\"ES256\",\"kid\":\"ec\"}"), BY_EC, OK },
	{ BYTES("{\"alg\":\"RS256\"}"), BY_RSA, OK },
	{ BYTES("{\"typ\":\"JWT\",\"alg\":\"ES256\",\"x5t\":\"x\"}"), BY_EC, OK },
	/* The algorithm is one of two, and fits the key. */
	{ BYTES("{\"alg\":\"none\"}"), BY_NOBODY, NO },
	{ BYTES("{\"alg\":\"None\",\"kid\":\"rsa\"}"), BY_NOBODY, NO },
	{ BYTES("{\"alg\":\"\"}"), BY_NOBODY, NO },
	{ BYTES("{\"alg\":null}"), BY_RSA, NO },
	{ BYTES("{\"alg\":[\"RS256\"]}"), BY_RSA, NO },
	{ BYTES("{\"kid\":\"rsa\"}"), BY_RSA, NO },
	{ BYTES("{}"), BY_RSA, NO },
	{ BYTES("{\"alg\":\"rs256\",\"kid\":\"rsa\"}"), BY_RSA, NO },
	{ BYTES("{\"alg\":\"RS256 \",\"kid\":\"rsa\"}"), BY_RSA, NO },
	{ BYTES("{\"alg\":\"HS256\",\"kid\":\"rsa\"}"), BY_HMAC_DER, NO },
	{ BYTES("{\"alg\":\"HS256\",\"kid\":\"rsa\"}"), BY_HMAC_PEM, NO },
	{ BYTES("{\"alg\":\"HS256\"}"), BY_HMAC_PEM, NO },
	{ BYTES("{\"alg\":\"RS256\",\"kid\":\"rsa\"}"), BY_HMAC_PEM, NO },
	{ BYTES("{\"alg\":\"PS256\",\"kid\":\"rsa\"}"), BY_RSA, NO },
	{ BYTES("{\"alg\":\"RS256\",\"kid\":\"ec\"}"), BY_EC, NF },
	{ BYTES("{\"alg\":\"ES256\",\"kid\":\"rsa\"}"), BY_RSA, NF },
	/* A key that the provider has, by its name; its own words bring none. */
	{ BYTES("{\"alg\":\"RS256\",\"kid\":\"RSA\"}"), BY_RSA, NF },
	{ BYTES("{\"alg\":\"RS256\",\"kid\":\"\"}"), BY_RSA, NF },
	{ BYTES("{\"alg\":\"RS256\",\"kid\":\"../rsa\"}"), BY_RSA, NF },
	{ BYTES("{\"alg\":\"RS256\",\"kid\":null}"), BY_RSA, NO },
	{ BYTES("{\"alg\":\"RS256\",\"kid\":7}"), BY_RSA, NO },
	{ BYTES("{\"alg\":\"ES256\",\"jwk\":{\"kty\":\"EC\"},\"kid\":\"ec\"}"),
	  BY_STRANGER, NO },
	{ BYTES("{\"alg\":\"ES256\",\"kid\":\"ec\",\"jku\":\"https://evil.example\"}"),
	  BY_STRANGER, NO },
	{ BYTES("{\"alg\":\"RS256\",\"kid\":\"rsa\",\"crit\":[\"b64\"],\"b64\":false}"),
	  BY_RSA, NO },
	{ BYTES("{\"alg\":\"RS256\",\"kid\":\"rsa\",\"crit\":null}"), BY_RSA, NO },
	/* One reading of the head. */
	{ BYTES("{\"alg\":\"none\",\"alg\":\"RS256\"}"), BY_RSA, NO },
	{ BYTES("{\"alg\":\"RS256\"}\0"), BY_RSA, NO },
	{ BYTES("{\"alg\":\"RS256\\u0000\"}"), BY_RSA, NO },
	{ BYTES("{\"alg\":\"RS256\",\"kid\":\"rsa\\u0000x\"}"), BY_RSA, NO },
	{ BYTES("{\"alg\":\"RS256\",\"kid\":\"rsa\0x\"}"), BY_RSA, NO },
	{ BYTES("{\"alg\":\"RS256\"} {}"), BY_RSA, NO },
	{ BYTES("{\"alg\":\"RS256\",\"kid\":\"\xff\"}"), BY_RSA, NO },
	{ BYTES("[\"RS256\"]"), BY_RSA, NO },
	{ BYTES("\"RS256\""), BY_RSA, NO },
	{ BYTES("null"), BY_RSA, NO },
	{ BYTES(""), BY_RSA, NO },
	/* The signature. */
	{ BYTES("{\"alg\":\"RS256\",\"kid\":\"rsa\"}"), BY_NOBODY, NO },
	{ BYTES("{\"alg\":\"RS256\",\"kid\":\"rsa\"}"), BY_RSA_FLIPPED, NO },
	{ BYTES("{\"alg\":\"RS256\",\"kid\":\"rsa\"}"), BY_EC, NO },
	{ BYTES("{\"alg\":\"ES256\",\"kid\":\"ec\"}"), BY_NOBODY, NO },
	{ BYTES("{\"alg\":\"ES256\",\"kid\":\"ec\"}"), BY_STRANGER, NO },
	{ BYTES("{\"alg\":\"ES256\",\"kid\":\"ec\"}"), BY_ZEROS, NO },
	{ BYTES("{\"alg\":\"ES256\",\"kid\":\"ec\"}"), BY_ORDER, NO },
	{ BYTES("{\"alg\":\"ES256\",\"kid\":\"ec\"}"), BY_EC_SHORT, NO },
	{ BYTES("{\"alg\":\"ES256\",\"kid\":\"ec\"}"), BY_EC_LONG, NO },
	{ BYTES("{\"alg\":\"ES256\",\"kid\":\"ec\"}"), BY_EC_DER, NO },
};

static void heads_and_signatures(void **state)
{
	struct text token = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		const struct signed_case *one = &heads[i];
		int found;

		make(&token, one->head, one->head_length, BYTES("{\"sub\":\"x\"}"),
		     one->signer);
		found = verify(text_string(&token), keys);
		if (found != one->expected)
			fail_msg("%zu: %s: %d, not %d", i, one->head, found,
				 one->expected);
	}
	text_free(&token);
}

/* ---- Keys ----------------------------------------------------------------- */

#define EC_POINT "\"crv\":\"P-256\",\"x\":\"" EC_X "\",\"y\":\"" EC_Y "\""

/* Sets of keys under which a good token of the EC key is looked at. */
static const struct {
	const char *set;
	int expected;
} sets[] = {
	{ "[{\"kty\":\"EC\"," EC_POINT "}]", OK },
	{ "[{\"kty\":\"EC\",\"use\":\"sig\",\"alg\":\"ES256\"," EC_POINT "}]", OK },
	{ "[null,7,\"x\",[],{},{\"kty\":\"oct\",\"k\":\"AA\"},{\"kty\":\"EC\"," EC_POINT
	  "}]",
	  OK },
	{ "[]", NF },
	{ "{}", NF },
	{ "[{\"kty\":\"EC\",\"use\":\"enc\"," EC_POINT "}]", NF },
	{ "[{\"kty\":\"EC\",\"use\":1," EC_POINT "}]", NF },
	{ "[{\"kty\":\"EC\",\"alg\":\"ES384\"," EC_POINT "}]", NF },
	{ "[{" EC_POINT "}]", NF },
	{ "[{\"kty\":\"oct\"," EC_POINT "}]", NF },
	/* Two that fit, and the token names none. */
	{ "[{\"kty\":\"EC\"," EC_POINT "},{\"kty\":\"EC\"," EC_POINT "}]", NF },
	{ "[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_X "\",\"y\":\"" EC_X "\"}]",
	  NO }, /* not on the curve */
	{ "[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"\",\"y\":\"\"}]", NO },
	{ "[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA" EC_X "\",\"y\":\"" EC_Y "\"}]",
	  NO },
	{ "[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_X "=\",\"y\":\"" EC_Y "\"}]",
	  NO },
	{ "[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_X "\"}]", NO },
	{ "[{\"kty\":\"EC\",\"crv\":\"secp256k1\",\"x\":\"" EC_X "\",\"y\":\"" EC_Y
	  "\"}]",
	  NO },
	{ "[{\"kty\":\"EC\",\"x\":\"" EC_X "\",\"y\":\"" EC_Y "\"}]", NO },
};

static void sets_of_keys(void **state)
{
	struct text token = { 0 };

	(void)state;
	make(&token, BYTES("{\"alg\":\"ES256\"}"), BYTES("{}"), BY_EC);
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
		json_t *set = json_loads(sets[i].set, 0, NULL);
		int found;

		assert_non_null(set);
		found = verify(text_string(&token), set);
		if (found != sets[i].expected)
			fail_msg("%s: %d, not %d", sets[i].set, found, sets[i].expected);
		json_decref(set);
	}
	text_free(&token);
}

/* A key of 1,024 bits signs nothing, even where the provider has it. */
static void weak_keys(void **state)
{
	gnutls_privkey_t weak, strong = rsa;
	gnutls_datum_t n = { 0 }, e = { 0 };
	struct text token = { 0 }, coded = { 0 };
	gnutls_pubkey_t shown;
	json_t *set;

	(void)state;
	gnutls_privkey_init(&weak);
	gnutls_pubkey_init(&shown);
	assert_int_equal(gnutls_privkey_generate(weak, GNUTLS_PK_RSA, 1024, 0), 0);
	assert_int_equal(gnutls_pubkey_import_privkey(shown, weak, 0, 0), 0);
	assert_int_equal(
		gnutls_pubkey_export_rsa_raw2(shown, &n, &e, GNUTLS_EXPORT_FLAG_NO_LZ),
		0);
	jwt_add_base64(&coded, n.data, n.size);
	set = json_pack("[{s:s, s:s, s:s}]", "kty", "RSA", "n", text_string(&coded), "e",
			RSA_E);
	rsa = weak;
	make(&token, BYTES("{\"alg\":\"RS256\"}"), BYTES("{}"), BY_RSA);
	rsa = strong;
	assert_int_equal(verify(text_string(&token), set), NO);
	json_decref(set);
	text_free(&token);
	text_free(&coded);
	gnutls_free(n.data);
	gnutls_free(e.data);
	gnutls_pubkey_deinit(shown);
	gnutls_privkey_deinit(weak);
}

/* ---- Forms ---------------------------------------------------------------- */

static const struct {
	const char *text;
	size_t length;
	int expected;
} bodies[] = {
	{ BYTES("{}"), OK },
	{ BYTES("{\"a\":\"\xc4\x91\"}"), OK },
	{ BYTES(""), NO },
	{ BYTES("[]"), NO },
	{ BYTES("\"x\""), NO },
	{ BYTES("{\"a\":1,\"a\":2}"), NO },
	{ BYTES("{\"a\":1}{}"), NO },
	{ BYTES("{\"a\":1}\0"), NO },
	{ BYTES("{\"sub\":\"x\\u0000y\"}"), NO },
	{ BYTES("{\"sub\":\"\xc0\x80\"}"), NO },
	{ BYTES("{\"sub\":\"\\ud800\"}"), NO },
	{ BYTES("{\"sub\":"), NO },
	{ BYTES("{'sub':1}"), NO },
	{ BYTES("{\"exp\":NaN}"), NO },
	{ BYTES("{\"exp\":1e999}"), NO },
};

static void claims_are_one_object(void **state)
{
	struct text token = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		int found;

		make(&token, BYTES("{\"alg\":\"ES256\"}"), bodies[i].text,
		     bodies[i].length, BY_EC);
		found = verify(text_string(&token), keys);
		if (found != bodies[i].expected)
			fail_msg("%s: %d, not %d", bodies[i].text, found,
				 bodies[i].expected);
	}
	text_free(&token);
}

/* What stands between the parts, around them, or in the place of one. */
static void three_parts(void **state)
{
	static const char *const wrong[] = {
		"",
		".",
		"..",
		"...",
		"a",
		"a.b",
		"a.b.c",
		"\xff.\xff.\xff",
		"." EC_TOKEN,
		EC_TOKEN ".",
		EC_TOKEN "=",
		EC_TOKEN "==",
		EC_TOKEN "\n",
		EC_TOKEN " ",
		" " EC_TOKEN,
		EC_TOKEN "." EC_TOKEN,
		"Bearer " EC_TOKEN,
		EC_TOKEN "A",
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(verify(wrong[i], keys), NO);
}

/* The alphabet of addresses is the only one: "+" and "/" are the other's. */
static void one_alphabet(void **state)
{
	struct text token = { 0 };
	int found = 0;

	(void)state;
	/* Three letters of two bytes each: "-_-_" in the middle. */
	make(&token, BYTES("{\"alg\":\"ES256\"}"), BYTES("{\"a\":\"\xe3\xbf\xbf?>?>\"}"),
	     BY_EC);
	assert_int_equal(verify(text_string(&token), keys), 0);
	for (size_t i = 0; i < token.length; i++) {
		char was = token.data[i];

		if (was != '-' && was != '_')
			continue;
		token.data[i] = was == '-' ? '+' : '/';
		assert_int_equal(verify(text_string(&token), keys), NO);
		token.data[i] = was;
		found++;
	}
	assert_true(found > 0);
	text_free(&token);
}

static void long_ones(void **state)
{
	struct text token = { 0 }, claims = { 0 };

	(void)state;
	text_add(&claims, "{\"a\":\"");
	for (int i = 0; i < 20000; i++)
		text_add_char(&claims, 'x');
	text_add(&claims, "\"}");
	make(&token, BYTES("{\"alg\":\"ES256\"}"), text_string(&claims), claims.length,
	     BY_EC);
	assert_int_equal(verify(text_string(&token), keys), OK);
	claims.length -= 2;
	for (int i = 0; i < 10000; i++)
		text_add_char(&claims, 'x');
	text_add(&claims, "\"}");
	make(&token, BYTES("{\"alg\":\"ES256\"}"), text_string(&claims), claims.length,
	     BY_EC);
	assert_int_equal(verify(text_string(&token), keys), NO);
	/* As deep as it is long. */
	text_clear(&claims);
	text_add(&claims, "{\"a\":");
	for (int i = 0; i < 12000; i++)
		text_add_char(&claims, '[');
	for (int i = 0; i < 12000; i++)
		text_add_char(&claims, ']');
	text_add(&claims, "}");
	make(&token, BYTES("{\"alg\":\"ES256\"}"), text_string(&claims), claims.length,
	     BY_EC);
	assert_int_equal(verify(text_string(&token), keys), NO);
	text_free(&claims);
	text_free(&token);
}

/* ---- Claims --------------------------------------------------------------- */

/* At the moment 1,000,000, by us = "client" of "https://issuer". */
static const struct {
	const char *changes; /* to those that are right; a null takes one away */
	const char *fault;   /* NULL: none */
} claims_cases[] = {
	{ "{}", NULL },
	{ "{\"nbf\":999999}", NULL },
	{ "{\"nbf\":1000060}", NULL },
	{ "{\"exp\":999941,\"iat\":1000060}", NULL }, /* the skew of clocks */
	{ "{\"iat\":999340}", NULL },
	{ "{\"exp\":1000300.5}", NULL },
	{ "{\"aud\":[\"client\"]}", NULL },
	{ "{\"aud\":[\"other\",\"client\"],\"azp\":\"client\"}", NULL },
	{ "{\"azp\":\"client\"}", NULL },
	{ "{\"exp\":999940}", "has expired" },
	{ "{\"exp\":-1}", "has expired" },
	{ "{\"exp\":0}", "has expired" },
	{ "{\"exp\":null}", "has no times" },
	{ "{\"exp\":\"1000300\"}", "has no times" },
	{ "{\"exp\":true}", "has no times" },
	{ "{\"iat\":null}", "has no times" },
	{ "{\"iat\":\"1000000\"}", "has no times" },
	{ "{\"nbf\":\"0\"}", "has no times" },
	{ "{\"iat\":999339}", "is old" },
	{ "{\"iat\":1000061}", "is of the future: compare the clocks" },
	{ "{\"nbf\":1000061}", "is of the future: compare the clocks" },
	{ "{\"iat\":1e300}", "is of the future: compare the clocks" },
	{ "{\"iss\":\"https://issuer/\"}", "is of another issuer" },
	{ "{\"iss\":\"https://issue\"}", "is of another issuer" },
	{ "{\"iss\":[\"https://issuer\"]}", "is of another issuer" },
	{ "{\"iss\":null}", "is of another issuer" },
	{ "{\"iss\":\"https://evil.example\",\"exp\":1}", "is of another issuer" },
	{ "{\"aud\":\"other\"}", "is for somebody else" },
	{ "{\"aud\":\"CLIENT\"}", "is for somebody else" },
	{ "{\"aud\":null}", "is for somebody else" },
	{ "{\"aud\":[]}", "is for somebody else" },
	{ "{\"aud\":[[\"client\"]]}", "is for somebody else" },
	{ "{\"aud\":{\"client\":1}}", "is for somebody else" },
	{ "{\"aud\":[\"client\",\"other\"]}", "is for somebody else" },
	{ "{\"aud\":[\"client\",\"other\"],\"azp\":\"other\"}", "is for somebody else" },
	{ "{\"azp\":\"other\"}", "is for somebody else" },
	{ "{\"azp\":7}", "is for somebody else" },
	{ "{\"nonce\":\"nonc\"}", "is of another sign-in" },
	{ "{\"nonce\":\"\"}", "is of another sign-in" },
	{ "{\"nonce\":null}", "is of another sign-in" },
	{ "{\"nonce\":[\"nonce\"]}", "is of another sign-in" },
	{ "{\"sub\":\"\"}", "names nobody" },
	{ "{\"sub\":null}", "names nobody" },
	{ "{\"sub\":7}", "names nobody" },
};

static json_t *claims_with(const char *changes)
{
	json_t *claims = json_pack("{s:s, s:s, s:s, s:s, s:i, s:i}", "iss",
				   "https://issuer", "aud", "client", "nonce", "nonce",
				   "sub", "person", "iat", 1000000, "exp", 1000300);
	json_t *other = json_loads(changes, 0, NULL), *value;
	const char *name;

	assert_non_null(other);
	json_object_foreach(other, name, value)
		if (json_is_null(value))
			json_object_del(claims, name);
		else
			json_object_set(claims, name, value);
	json_decref(other);
	return claims;
}

static const struct claims_wanted wanted = { "https://issuer", "client", "nonce",
					     1000000 };

static void claims(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof claims_cases / sizeof *claims_cases; i++) {
		json_t *made = claims_with(claims_cases[i].changes);
		const char *fault = claims_judge(made, &wanted);

		if (strcmp(fault ? fault : "",
			   claims_cases[i].fault ? claims_cases[i].fault : "") != 0)
			fail_msg("%s: %s", claims_cases[i].changes,
				 fault ? fault : "believed");
		json_decref(made);
	}
}

static void subjects_have_an_end(void **state)
{
	char longest[257];
	json_t *made;

	(void)state;
	memset(longest, 'x', sizeof longest);
	longest[256] = '\0';
	made = claims_with("{}");
	json_object_set_new(made, "sub", json_string(longest + 1));
	assert_null(claims_judge(made, &wanted));
	json_object_set_new(made, "sub", json_string(longest));
	assert_string_equal(claims_judge(made, &wanted), "names nobody");
	json_decref(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc_7515),
		cmocka_unit_test(every_letter_counts),
		cmocka_unit_test(heads_and_signatures),
		cmocka_unit_test(sets_of_keys),
		cmocka_unit_test(weak_keys),
		cmocka_unit_test(claims_are_one_object),
		cmocka_unit_test(three_parts),
		cmocka_unit_test(one_alphabet),
		cmocka_unit_test(long_ones),
		cmocka_unit_test(claims),
		cmocka_unit_test(subjects_have_an_end),
	};

	return cmocka_run_group_tests(tests, take_keys, free_keys);
}
