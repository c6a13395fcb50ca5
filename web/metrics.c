/* metrics.c -- counts of answers, for /metrics (Prometheus text). */
#include "web/metrics.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/memory.h"

enum { CLASSES = 6 }; /* 2xx is 2; what fits nowhere is 0 */

struct counters {
	atomic_ullong answers[CLASSES];
	atomic_ullong microseconds;
};

struct metrics {
	const char *const *patterns;
	size_t count;
	struct counters *routes; /* count + 1, the last for all others */
	atomic_ullong cache[2];  /* missed, found */
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

void metrics_print(const struct metrics *metrics, int jobs_waiting, struct text *out)
{
	print_answers(metrics, out);
	print_seconds(metrics, out);
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
