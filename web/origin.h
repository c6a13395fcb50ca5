/* origin.h -- where a request comes from: through which proxy, from which page, and with
 * which secrets of ours. */
#ifndef WEB_ORIGIN_H
#define WEB_ORIGIN_H

#include "base/config.h"
#include "web/request.h"

struct sockaddr;
struct MHD_Connection;

struct origin_setting;

/* Reads the settings; ERROR_INVALID names an address that is none. */
int origin_open(struct origin_setting **setting, const struct config *config,
		struct error *err);
void origin_close(struct origin_setting *setting);

/* Do many visitors come from one address? */
int origin_has_proxies(const struct origin_setting *setting);

/* Fills the session, the seed of forms, the address of who asks, what a trusted proxy
 * says, and whether a form was sent from a page of ours.  PEER is who is connected. */
void origin_read(const struct origin_setting *setting, struct MHD_Connection *connection,
		 const struct sockaddr *peer, struct request *request);

/* Appends a cookie to the list of a reply (struct reply, cookies): NAME is one of
 * those below, VALUE an empty text to take it back. */
void origin_add_cookie(struct text *cookies, const struct request *request,
		       const char *name, const char *value);

#define ORIGIN_SESSION "nq17_session"
#define ORIGIN_SEED    "nq17_form"
#define ORIGIN_SSO     "nq17_sso"

#endif
