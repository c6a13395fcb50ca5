/* visitor.h -- who is asking.
 *
 * Everybody is the public until a session or an API key says otherwise.  A handler reads
 * visit->visitor; SQL reads the same from settings of its transaction (visitor_announce())
 * through may_see(agency_id) and row-level security (sql/functions/access.sql). */
#ifndef WEB_VISITOR_H
#define WEB_VISITOR_H

#include <stdint.h>

#include "base/db.h"
#include "web/request.h"

/* Bits, so that a route can name several. */
enum visitor_role {
	VISITOR_PUBLIC = 1,
	VISITOR_VIEWER = 2,
	VISITOR_SENDER = 4,
	VISITOR_LEADER = 8,
	VISITOR_OFFICE = 16,
	VISITOR_AUDITOR = 32,
	VISITOR_ADMINISTRATOR = 64,

	VISITOR_AGENCY = VISITOR_VIEWER | VISITOR_SENDER | VISITOR_LEADER,
	VISITOR_CENTRAL = VISITOR_OFFICE | VISITOR_AUDITOR | VISITOR_ADMINISTRATOR,
	VISITOR_SIGNED_IN = VISITOR_AGENCY | VISITOR_CENTRAL,
};

/* Plain data: copied freely.  An API key is a sender without a session. */
struct visitor {
	enum visitor_role role;
	int64_t session_id;                    /* 0: none */
	int32_t account_id, key_id, agency_id; /* 0: none */
	char login[64], name[404];
	char agency[24];      /* 44@2025 */
	const char *language; /* "vi" or "en", as the session chose; or NULL */
};

extern const struct visitor visitor_public;

const char *visitor_role_name(enum visitor_role role);

/* Fills VISITOR from the session or the API key of REQUEST.  *OBSTACLE is NULL, or the
 * code of the problem (problem.h) where a key was sent that is not valid; a session that is
 * over makes nobody but the public.  IDLE is in minutes. */
int visitor_find(struct visitor *visitor, const struct request *request, int idle,
		 struct db *db, const char **obstacle, struct error *err);

/* Begins a transaction in which SQL knows who asks. */
int visitor_announce(const struct visitor *visitor, struct db *db, struct error *err);

#endif
