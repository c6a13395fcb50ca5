/* credentials.h -- what a server wants to know of us, from a file. */
#ifndef BASE_CREDENTIALS_H
#define BASE_CREDENTIALS_H

#include "base/error.h"

struct credentials {
	char *user, *password;
	char *header;      /* of HTTP: "Authorization: Bearer ..." */
	char *key;         /* of SFTP: path of the private key */
	char *passphrase;  /* of KEY */
	char *known_hosts; /* of SFTP: path */
	char *secret;      /* that what we send is signed with */
};

/* Reads lines "name = value" of PATH (NULL: there are none).  ERROR_INVALID if others
 * may read the file, or for a line that is none of these. */
int credentials_read(struct credentials *credentials, const char *path,
		     struct error *err);
/* Overwrites what it frees. */
void credentials_free(struct credentials *credentials);

#endif
