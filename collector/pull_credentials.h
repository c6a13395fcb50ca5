/* pull_credentials.h -- what a server wants to know of us, from a file. */
#ifndef COLLECTOR_PULL_CREDENTIALS_H
#define COLLECTOR_PULL_CREDENTIALS_H

#include "base/error.h"

struct pull_credentials {
	char *user, *password;
	char *header;      /* of HTTP: "Authorization: Bearer ..." */
	char *key;         /* of SFTP: path of the private key */
	char *passphrase;  /* of KEY */
	char *known_hosts; /* of SFTP: path */
};

/* Reads lines "name = value" of PATH (NULL: there are none).  ERROR_INVALID if others
 * may read the file, or for a line that is none of these. */
int pull_credentials_read(struct pull_credentials *credentials, const char *path,
			  struct error *err);
/* Overwrites what it frees. */
void pull_credentials_free(struct pull_credentials *credentials);

#endif
