/* address.h -- to whom something goes, and by which way.  Pure.
 *
 *   name@domain                 mail
 *   folder:/path                a folder of this machine
 *   https://host/folder/        WebDAV, or any server that takes PUT
 *   sftp://host/folder/         SFTP
 *   hook:https://host/path      a signed webhook */
#ifndef DELIVERY_ADDRESS_H
#define DELIVERY_ADDRESS_H

#include "base/error.h"

enum way { WAY_MAIL, WAY_FOLDER, WAY_PUT, WAY_SFTP, WAY_HOOK };

/* The way of RECIPIENT, and in *PLACE what it leads to (the address, path or URL,
 * borrowed).  DOMAINS ("gov.vn,localhost") are those that mail may go to, with all below
 * them.  ERROR_INVALID says what is wrong. */
int address_read(const char *recipient, const char *domains, enum way *way,
		 const char **place, struct error *err);

/* Does URL lead to this machine only? */
int address_is_loopback(const char *url);

#endif
