/* password.h -- passwords: argon2id, as libsodium does it. */
#ifndef WEB_PASSWORD_H
#define WEB_PASSWORD_H

#include "base/error.h"

enum { PASSWORD_HASH_SIZE = 128, PASSWORD_LEAST = 10, PASSWORD_MOST = 200 };

/* Is PASSWORD long enough, and neither the login nor one character repeated?  Else
 * ERROR_INVALID. */
int password_is_fit(const char *password, const char *login, struct error *err);
/* MEGABYTES of memory, 3 passes. */
int password_hash(const char *password, int megabytes, char hash[PASSWORD_HASH_SIZE],
		  struct error *err);
/* Takes the time of a real check also where HASH is NULL (nobody has that name). */
int password_is_right(const char *password, const char *hash, int megabytes);
/* Was HASH made at another cost? */
int password_is_outdated(const char *hash, int megabytes);
/* A password of 20 letters and digits without those that look alike; 100 random bits. */
void password_make(char password[PASSWORD_LEAST * 2 + 1]);
/* Overwrites what is not needed any more. */
void password_forget(char *password);

#endif
