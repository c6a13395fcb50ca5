/* routes.h -- the site map: which address is answered by what. */
#ifndef WEB_ROUTES_H
#define WEB_ROUTES_H

#include "base/config.h"
#include "base/db.h"
#include "web/reply.h"
#include "web/request.h"
#include "web/visitor.h"

struct intake;
struct metrics;
struct sign_in;
struct site;
struct page;
struct route;

/* One request on its way through a handler; all borrowed. */
struct visit {
	const struct request *request;
	const struct visitor
		*visitor; /* who asks; the public where no database is asked */
	const struct route *route;
	const struct site *site;
	const struct metrics *metrics;
	struct intake *intake;
	struct sign_in *sign_in;
	const struct config *config;
	const char *archive; /* the folder of what was sent */
	int jobs_waiting;
	struct db *db; /* NULL where the route does not ask the database */
};

/* Who may come, and what they may bring. */
struct admission {
	unsigned roles; /* enum visitor_role: who alone; 0: everybody */
	int is_open;    /* also where public=no */
	/* POST with a form (form.h) that brings the field csrf; where `answer` is NULL
	 * nothing else.  Runs at most once for each request. */
	int (*post)(const struct visit *visit, struct reply *reply, struct error *err);
	size_t form_bytes; /* how long that may be; 0: ROUTE_FORM_BYTES */
	int takes_records; /* POST with a body (upload.h); nothing else */
	int calls_out;     /* waits for another server: on workers of its own */
};

enum { ASKS_IF_THERE = 2 };

struct route {
	const char *pattern; /* ":name" stands for one part of a path */
	unsigned formats;    /* enum request_format, the plain address has the lowest */
	int (*answer)(const struct visit *visit, struct reply *reply, struct error *err);
	const struct page *page; /* what answer_page() and answer_chart() need */
	int asks_database; /* answered on a worker thread; ASKS_IF_THERE: else without */
	int is_kept;       /* the same until the store changes */
	int is_api;        /* unknown parameters are refused */
	const struct admission *admission; /* NULL: everybody may read */
};

enum { ROUTE_FORM_BYTES = 64 * 1024 };

extern const struct route routes[];
extern const size_t routes_count;

const struct admission *route_admission(const struct route *route);

/* The route of the request's path; its values go to the request.  NULL: none. */
const struct route *routes_find(struct request *request);

#endif
