/* sso.h -- /login/sso and what is below: an OpenID provider signs people in. */
#ifndef WEB_SSO_H
#define WEB_SSO_H

#include "web/routes.h"

/* To the provider... */
int answer_sso(const struct visit *visit, struct reply *reply, struct error *err);
/* ...and back from it. */
int answer_sso_back(const struct visit *visit, struct reply *reply, struct error *err);
/* To where people sign out of the provider. */
int answer_sso_out(const struct visit *visit, struct reply *reply, struct error *err);

#endif
