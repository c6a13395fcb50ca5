/* sign_in.h -- /login, /login/code, /logout: sessions begin and end. */
#ifndef WEB_SIGN_IN_H
#define WEB_SIGN_IN_H

#include "base/config.h"
#include "web/routes.h"

/* What all who sign in share. */
struct sign_in {
	int password_memory; /* megabytes */
	int session_hours;
	struct quota *tries; /* by the address of who tries */
};

void sign_in_open(struct sign_in **sign_in, const struct config *config);
void sign_in_close(struct sign_in *sign_in);

int answer_login(const struct visit *visit, struct reply *reply, struct error *err);
int post_login(const struct visit *visit, struct reply *reply, struct error *err);
int answer_code(const struct visit *visit, struct reply *reply, struct error *err);
int post_code(const struct visit *visit, struct reply *reply, struct error *err);
int post_logout(const struct visit *visit, struct reply *reply, struct error *err);

/* Gives the visitor's session a new token, where something about it has changed. */
int sign_in_renew(const struct visit *visit, struct reply *reply, struct error *err);

#endif
