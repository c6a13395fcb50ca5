/* token.h -- secrets that a browser carries, and their hashes. */
#ifndef WEB_TOKEN_H
#define WEB_TOKEN_H

enum { TOKEN_SIZE = 44, TOKEN_HASH_SIZE = 65 }; /* with the closing NUL */

/* 256 random bits in base64url. */
void token_make(char token[TOKEN_SIZE]);
/* Is TEXT shaped like a token? */
int token_is_shaped(const char *text);
/* SHA-256 in hex. */
void token_hash(const char *token, char hash[TOKEN_HASH_SIZE]);
/* What a form of this browser must bring: derived from the secret SEED that its cookie
 * holds, so that a foreign page can neither read nor guess it. */
void token_of_forms(const char *seed, char hash[TOKEN_HASH_SIZE]);
/* In constant time. */
int token_is_same(const char *a, const char *b);

#endif
