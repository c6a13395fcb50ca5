/* totp.c -- one-time codes of a telephone: RFC 6238. */
#include "web/totp.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <qrencode.h>

#include "base/error.h"

enum { STEP_SECONDS = 30, NEIGHBOURS = 1, SHA1_BYTES = 20 };

void totp_make(unsigned char secret[TOTP_SECRET_BYTES])
{
	if (getrandom(secret, TOTP_SECRET_BYTES, 0) != TOTP_SECRET_BYTES)
		BUG("the kernel gives no random bytes");
}

/* RFC 4226, 5.3: four bytes, from where the last half byte says. */
void totp_print(const unsigned char *secret, size_t length, int64_t step, int digits,
		char *code)
{
	unsigned char moment[8], hash[SHA1_BYTES];
	uint32_t number, limit = 1;
	unsigned size = sizeof hash;
	int at;

	for (int i = 0; i < 8; i++)
		moment[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
	if (!HMAC(EVP_sha1(), secret, (int)length, moment, sizeof moment, hash, &size))
		BUG("HMAC");
	at = hash[SHA1_BYTES - 1] & 15;
	number = (uint32_t)(hash[at] & 0x7f) << 24 | (uint32_t)hash[at + 1] << 16 |
		 (uint32_t)hash[at + 2] << 8 | hash[at + 3];
	for (int i = 0; i < digits; i++)
		limit *= 10;
	snprintf(code, (size_t)digits + 1, "%0*u", digits, (unsigned)(number % limit));
}

int64_t totp_find_step(const unsigned char *secret, size_t length, const char *code,
		       time_t now, int64_t used)
{
	int64_t middle = now / STEP_SECONDS, found = 0;

	if (strlen(code) != TOTP_DIGITS)
		return 0;
	for (int64_t step = middle - NEIGHBOURS; step <= middle + NEIGHBOURS; step++) {
		char right[TOTP_DIGITS + 1];

		totp_print(secret, length, step, TOTP_DIGITS, right);
		if (CRYPTO_memcmp(right, code, TOTP_DIGITS) == 0 && step > used)
			found = step;
	}
	return found;
}

void totp_add_base32(struct text *out, const unsigned char *secret, size_t length)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	unsigned bits = 0, count = 0;

	for (size_t i = 0; i < length; i++) {
		bits = bits << 8 | secret[i];
		for (count += 8; count >= 5; count -= 5)
			text_add_char(out, letters[bits >> (count - 5) & 31]);
		bits &= (1u << count) - 1;
	}
	if (count > 0)
		text_add_char(out, letters[bits << (5 - count) & 31]);
}

void totp_add_address(struct text *out, const unsigned char *secret, size_t length,
		      const char *login)
{
	text_add(out, "otpauth://totp/NQ17:");
	text_add_url(out, login);
	text_add(out, "?secret=");
	totp_add_base32(out, secret, length);
	text_add(out, "&issuer=NQ17");
}

/* One path, a square for each dark cell; black on white in dark themes too, as cameras
 * want it. */
void totp_add_picture(struct text *out, const char *address)
{
	enum { MARGIN = 4 };
	QRcode *code = QRcode_encodeString(address, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	int width;

	if (!code)
		BUG("no picture of %s", "an address");
	width = code->width;
	text_addf(out,
		  "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\">"
		  "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/><path d=\"",
		  width + 2 * MARGIN, width + 2 * MARGIN, width + 2 * MARGIN,
		  width + 2 * MARGIN);
	for (int y = 0; y < width; y++)
		for (int x = 0; x < width; x++)
			if (code->data[y * width + x] & 1)
				text_addf(out, "M%d %dh1v1h-1z", x + MARGIN, y + MARGIN);
	text_add(out, "\"/></svg>");
	QRcode_free(code);
}
