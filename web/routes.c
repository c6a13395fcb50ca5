/* routes.c -- the site map: which address is answered by what. */
#include "web/routes.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/schema.h"
#include "web/metrics.h"
#include "web/page.h"
#include "web/site.h"

/* ---- Answers without a model -------------------------------------------- */

static int answer_health(const struct visit *visit, struct reply *reply,
			 struct error *err)
{
	(void)visit;
	(void)err;
	reply->status = 200;
	reply->type = "text/plain; charset=utf-8";
	text_add(&reply->body, "ok\n");
	return 0;
}

static int answer_ready(const struct visit *visit, struct reply *reply, struct error *err)
{
	if (schema_check(visit->db, err) != 0) {
		/* Either way it is this server that cannot serve. */
		err->kind = ERROR_UNAVAILABLE;
		return -1;
	}
	return answer_health(visit, reply, err);
}

static int answer_metrics(const struct visit *visit, struct reply *reply,
			  struct error *err)
{
	(void)err;
	reply->status = 200;
	reply->type = "text/plain; version=0.0.4; charset=utf-8";
	metrics_print(visit->metrics, visit->jobs_waiting, &reply->body);
	return 0;
}

static int answer_static(const struct visit *visit, struct reply *reply,
			 struct error *err)
{
	const char *name = request_value(visit->request, ":file");

	if (!name || site_static_file(visit->site, name, reply) != 0)
		return error_set(err, ERROR_NOT_FOUND, "no such file");
	return 0;
}

/* ---- The site map ------------------------------------------------------- */

const struct route routes[] = {
	{ "/static/:file", FORMAT_HTML | FORMAT_SVG, answer_static, NULL, 0, 0, 0 },
	{ "/healthz", FORMAT_TEXT, answer_health, NULL, 0, 0, 0 },
	{ "/readyz", FORMAT_TEXT, answer_ready, NULL, 1, 0, 0 },
	{ "/metrics", FORMAT_TEXT, answer_metrics, NULL, 0, 0, 0 },
};

const size_t routes_count = sizeof routes / sizeof *routes;

/* ---- Finding ------------------------------------------------------------ */

/* Where the parts of PATH begin that stand for names of PATTERN; -1 if it does
 * not match. */
static int match(const char *pattern, const char *path, const char *parts[], int most)
{
	int count = 0;

	while (*pattern && *path) {
		if (*pattern == ':') {
			if (count == most || *path == '/')
				return -1;
			parts[count++] = path;
			pattern += strcspn(pattern, "/");
			path += strcspn(path, "/");
		} else if (*pattern++ != *path++) {
			return -1;
		}
	}
	return *pattern || *path ? -1 : count;
}

enum { MOST_PARTS = 4 };

static int add_parts(struct request *request, const char *pattern,
		     const char *const *parts, int count)
{
	int status = 0;

	for (int i = 0; i < count && status == 0; i++) {
		char *name, *value;

		pattern = strchr(pattern, ':');
		name = memory_copy_bytes(pattern, strcspn(pattern, "/"));
		value = memory_copy_bytes(parts[i], strcspn(parts[i], "/"));
		status = request_add(request, name, value);
		pattern += strlen(name);
		free(name);
		free(value);
	}
	return status;
}

const struct route *routes_find(struct request *request)
{
	const char *parts[MOST_PARTS];

	for (size_t i = 0; i < routes_count; i++) {
		int count = match(routes[i].pattern, request->path, parts, MOST_PARTS);

		if (count >= 0)
			return add_parts(request, routes[i].pattern, parts, count) == 0
				       ? &routes[i]
				       : NULL;
	}
	return NULL;
}
