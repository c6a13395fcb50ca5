/* totp.h -- one-time codes of a telephone: RFC 6238, SHA-1, 30 seconds, 6 digits. */
#ifndef WEB_TOTP_H
#define WEB_TOTP_H

#include <stdint.h>
#include <time.h>

#include "base/text.h"

enum { TOTP_SECRET_BYTES = 20, TOTP_SECRET_MOST = 64, TOTP_DIGITS = 6 };

void totp_make(unsigned char secret[TOTP_SECRET_BYTES]);

/* The code of a step (seconds since 1970 / 30), DIGITS long (6 to 8). */
void totp_print(const unsigned char *secret, size_t length, int64_t step, int digits,
		char *code);

/* The step whose code CODE is, NOW's or a neighbour (clocks differ), if it is later than
 * USED; else 0. */
int64_t totp_find_step(const unsigned char *secret, size_t length, const char *code,
		       time_t now, int64_t used);

/* The secret in base32, and the address that a telephone reads from a picture. */
void totp_add_base32(struct text *out, const unsigned char *secret, size_t length);
void totp_add_address(struct text *out, const unsigned char *secret, size_t length,
		      const char *login);

/* That address as a picture, an SVG document. */
void totp_add_picture(struct text *out, const char *address);

#endif
