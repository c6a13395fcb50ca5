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
	struct oidc *oidc;   /* NULL: no single sign-on */
	struct secret_key
		*key; /* of secrets in the database; there before anybody comes */
};

/* ERROR_INVALID for settings of single sign-on that do not fit. */
int sign_in_open(struct sign_in **sign_in, const struct config *config,
		 struct error *err);
void sign_in_close(struct sign_in *sign_in);

int answer_login(const struct visit *visit, struct reply *reply, struct error *err);
int post_login(const struct visit *visit, struct reply *reply, struct error *err);
int answer_code(const struct visit *visit, struct reply *reply, struct error *err);
int post_code(const struct visit *visit, struct reply *reply, struct error *err);
int post_logout(const struct visit *visit, struct reply *reply, struct error *err);

/* Gives the visitor's session a new token, where something about it has changed. */
int sign_in_renew(const struct visit *visit, struct reply *reply, struct error *err);

/* ---- For every way of signing in ---- */

/* The page with the form; FAULT is the key of a text under sign_in., or NULL. */
int sign_in_show(const struct visit *visit, const char *page, const char *fault,
		 struct reply *reply, struct error *err);
/* TRY, unless there were too many from this address. */
int sign_in_within_quota(const struct visit *visit, struct reply *reply,
			 struct error *err,
			 int (*try)(const struct visit *visit, struct reply *reply,
				    struct error *err));
/* A new session under a new token, whatever the browser had before; where it is not whole
 * yet the code is still to come. */
int sign_in_begin(const struct visit *visit, const char *account, int is_whole,
		  const char *way, struct reply *reply, struct error *err);
/* Where REQUEST wants to go on, if that is on this server; else "/". */
const char *sign_in_next(const struct request *request);
/* There, by way of the code if there is one. */
void sign_in_go_on(const struct request *request, const char *next, int has_code,
		   struct reply *reply);

#endif
