/* metrics.h -- counts of answers, for /metrics (Prometheus text). */
#ifndef WEB_METRICS_H
#define WEB_METRICS_H

#include <stddef.h>

#include "base/text.h"

struct metrics;

/* PATTERNS: the routes by which answers are told apart, borrowed; what matches
 * none is counted as "other". */
void metrics_open(struct metrics **metrics, const char *const *patterns, size_t count);
void metrics_close(struct metrics *metrics);

/* One answer of the route numbered ROUTE (or COUNT of metrics_open). */
void metrics_add(struct metrics *metrics, size_t route, int status, double seconds);
void metrics_cache(struct metrics *metrics, int found);
/* A body of records that was received whole; one that was refused with STATUS. */
void metrics_body(struct metrics *metrics, unsigned long long bytes);
void metrics_refused(struct metrics *metrics, int status);
/* BODIES_WAITING: received, and not committed yet. */
void metrics_print(const struct metrics *metrics, int jobs_waiting, int bodies_waiting,
		   struct text *out);

/* Adds how the newest audit ended: its differences, and its age in seconds. */
void metrics_print_audit(const char *differences, const char *age, struct text *out);

#endif
