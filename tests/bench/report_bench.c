/* report_bench.c -- what a report costs: draws the model in FILE as a tagged PDF COUNT times,
 * in both languages in turn, and prints milliseconds of the processor each (the least of
 * tenths of them all), the bytes of the last, and how much memory the process holds in MiB: after
 * a tenth of them and after all.  Ends with 1 where a report fails, or where memory grew by
 * more than GROWTH KiB.  With OUT the last PDF is written there.
 *
 *   report_bench tests/data/report_agency.json 200 [GROWTH [OUT]] */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "reports/model.h"
#include "reports/report_kind.h"

static double now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
	return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

/* What of the memory in use is this process's, in KiB: KIND "Pss:" with shared pages by their
 * share, "Anonymous:" what it asked for itself, whoever else maps the same libraries. */
static long held(const char *kind)
{
	char line[256];
	long size = 0;
	FILE *file = fopen("/proc/self/smaps_rollup", "r");

	while (file && fgets(line, sizeof line, file))
		if (strncmp(line, kind, strlen(kind)) == 0)
			size = atol(line + strlen(kind));
	if (file)
		fclose(file);
	return size;
}

static int draw(const json_t *model, int number, struct text *out, struct error *err)
{
	const struct report_kind *kind = report_kind_find(model_string(model, "report"));

	text_clear(out);
	return report_draw(kind ? kind : &report_compliance, model,
			   number % 2 ? "en" : "vi", PAGES_PDF, 0, out, err);
}

int main(int argc, char **argv)
{
	int count = argc > 2 ? atoi(argv[2]) : 0, tenth = count / 10;
	long growth = argc > 3 ? atol(argv[3]) : 0, early = 0, early_own = 0, grown;
	json_t *model = argc > 1 ? json_load_file(argv[1], 0, NULL) : NULL;
	double least = 0, since = 0;
	struct text out = { 0 };
	struct error err = { 0 };

	if (!model || tenth < 1) {
		fputs("usage: report_bench MODEL.json COUNT [GROWTH [OUT]]\n", stderr);
		return 2;
	}
	for (int i = 0; i < count; i++) {
		if (i % tenth == 0)
			since = now();
		if (draw(model, i, &out, &err) != 0) {
			fprintf(stderr, "report_bench: %s\n", err.message);
			return 1;
		}
		if (i % tenth == tenth - 1) {
			double each = (now() - since) / tenth;

			least = i < tenth || each < least ? each : least;
			early = i < tenth ? held("Pss:") : early;
			early_own = i < tenth ? held("Anonymous:") : early_own;
		}
	}
	printf("%.2f ms %zu bytes %.1f MiB %.1f MiB\n", least, out.length,
	       (double)early / 1024, (double)held("Pss:") / 1024);
	if (argc > 4 && file_replace(argv[4], out.data, out.length, &err) != 0)
		return 1;
	grown = held("Anonymous:") - early_own;
	if (growth > 0 && grown > growth) {
		fprintf(stderr, "report_bench: memory grew by %ld KiB\n", grown);
		return 1;
	}
	json_decref(model);
	text_free(&out);
	return 0;
}
