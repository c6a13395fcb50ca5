/* metrics.c -- counts of answers, for /metrics (Prometheus text). */
#include "web/metrics.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/memory.h"

enum { CLASSES = 6 }; /* 2xx is 2; what fits nowhere is 0 */

/* The statuses that bodies are refused with; others count as the last. */
static const int refusals[] = { 400, 401, 403, 404, 413, 415, 422, 429, 503, 0 };
enum { REFUSALS = sizeof refusals / sizeof *refusals };

struct counters {
	atomic_ullong answers[CLASSES];
	atomic_ullong microseconds;
};

struct metrics {
	const char *const *patterns;
	size_t count;
	struct counters *routes; /* count + 1, the last for all others */
	atomic_ullong cache[2];  /* missed, found */
	atomic_ullong bodies, body_bytes, refused[REFUSALS];
};

void metrics_open(struct metrics **result, const char *const *patterns, size_t count)
{
	struct metrics *metrics = memory_zeroed(1, sizeof *metrics);

	metrics->patterns = patterns;
	metrics->count = count;
	metrics->routes = memory_zeroed(count + 1, sizeof *metrics->routes);
	*result = metrics;
}

void metrics_close(struct metrics *metrics)
{
	if (!metrics)
		return;
	free(metrics->routes);
	free(metrics);
}

void metrics_add(struct metrics *metrics, size_t route, int status, double seconds)
{
	struct counters *counters = &metrics->routes[route];
	int class = status >= 100 && status < 600 ? status / 100 : 0;

	atomic_fetch_add(&counters->answers[class], 1);
	atomic_fetch_add(&counters->microseconds, (unsigned long long)(seconds * 1e6));
}

void metrics_cache(struct metrics *metrics, int found)
{
	atomic_fetch_add(&metrics->cache[found != 0], 1);
}

void metrics_body(struct metrics *metrics, unsigned long long bytes)
{
	atomic_fetch_add(&metrics->bodies, 1);
	atomic_fetch_add(&metrics->body_bytes, bytes);
}

void metrics_refused(struct metrics *metrics, int status)
{
	int at = 0;

	while (at < REFUSALS - 1 && refusals[at] != status)
		at++;
	atomic_fetch_add(&metrics->refused[at], 1);
}

static const char *pattern_of(const struct metrics *metrics, size_t route)
{
	return route < metrics->count ? metrics->patterns[route] : "other";
}

static void print_answers(const struct metrics *metrics, struct text *out)
{
	text_add(out, "# HELP nq17_http_requests_total Answers by route and class.\n"
		      "# TYPE nq17_http_requests_total counter\n");
	for (size_t i = 0; i <= metrics->count; i++)
		for (int class = 0; class < CLASSES; class ++) {
			unsigned long long count =
				atomic_load(&metrics->routes[i].answers[class]);

			if (count > 0)
				text_addf(out,
					  "nq17_http_requests_total{route=\"%s\","
					  "class=\"%dxx\"} %llu\n",
					  pattern_of(metrics, i), class, count);
		}
}

static void print_seconds(const struct metrics *metrics, struct text *out)
{
	text_add(out, "# HELP nq17_http_seconds_total Time spent on answers by route.\n"
		      "# TYPE nq17_http_seconds_total counter\n");
	for (size_t i = 0; i <= metrics->count; i++) {
		unsigned long long spent = atomic_load(&metrics->routes[i].microseconds);

		if (spent > 0)
			text_addf(out,
				  "nq17_http_seconds_total{route=\"%s\"} %llu.%06llu\n",
				  pattern_of(metrics, i), spent / 1000000,
				  spent % 1000000);
	}
}

static void print_bodies(const struct metrics *metrics, int waiting, struct text *out)
{
	text_addf(out,
		  "# HELP nq17_bodies_total Bodies of records received whole.\n"
		  "# TYPE nq17_bodies_total counter\n"
		  "nq17_bodies_total %llu\n"
		  "# HELP nq17_body_bytes_total Their bytes, as they came.\n"
		  "# TYPE nq17_body_bytes_total counter\n"
		  "nq17_body_bytes_total %llu\n"
		  "# HELP nq17_bodies_waiting Received, and not committed yet.\n"
		  "# TYPE nq17_bodies_waiting gauge\n"
		  "nq17_bodies_waiting %d\n"
		  "# HELP nq17_bodies_refused_total Bodies refused, by status.\n"
		  "# TYPE nq17_bodies_refused_total counter\n",
		  atomic_load(&metrics->bodies), atomic_load(&metrics->body_bytes),
		  waiting);
	for (int i = 0; i < REFUSALS; i++) {
		unsigned long long count = atomic_load(&metrics->refused[i]);

		if (count > 0 && refusals[i])
			text_addf(out, "nq17_bodies_refused_total{status=\"%d\"} %llu\n",
				  refusals[i], count);
		else if (count > 0)
			text_addf(out,
				  "nq17_bodies_refused_total{status=\"other\"} %llu\n",
				  count);
	}
}

void metrics_print(const struct metrics *metrics, int jobs_waiting, int bodies_waiting,
		   struct text *out)
{
	print_answers(metrics, out);
	print_seconds(metrics, out);
	print_bodies(metrics, bodies_waiting, out);
	text_addf(out,
		  "# HELP nq17_page_cache_total Questions to the cache of pages.\n"
		  "# TYPE nq17_page_cache_total counter\n"
		  "nq17_page_cache_total{result=\"missed\"} %llu\n"
		  "nq17_page_cache_total{result=\"found\"} %llu\n",
		  atomic_load(&metrics->cache[0]), atomic_load(&metrics->cache[1]));
	text_addf(out,
		  "# HELP nq17_database_jobs_waiting Requests that wait for a worker.\n"
		  "# TYPE nq17_database_jobs_waiting gauge\n"
		  "nq17_database_jobs_waiting %d\n",
		  jobs_waiting);
}

void metrics_print_audit(const char *differences, const char *age, struct text *out)
{
	text_addf(
		out,
		"# HELP nq17_audit_differences Figures that the newest audit found wrong.\n"
		"# TYPE nq17_audit_differences gauge\n"
		"nq17_audit_differences %s\n"
		"# HELP nq17_audit_age_seconds Since the newest audit ended.\n"
		"# TYPE nq17_audit_age_seconds gauge\n"
		"nq17_audit_age_seconds %s\n",
		differences, age);
}
