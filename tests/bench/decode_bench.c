/* decode_bench.c -- how many rows a second the decoders alone read from FILE...; for
 * NDJSON also how many jansson's trees do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collector/decoder.h"
#include "collector/json_record.h"

struct sums {
	unsigned long rows, refused, bytes;
};

static int count(void *context, const struct raw_record *record, struct error *err)
{
	struct sums *sums = context;

	(void)err;
	sums->rows++;
	sums->refused += record->refusal != NULL;
	for (int i = 0; i < RECORD_FIELDS_MAX; i++)
		sums->bytes += record->fields[i].length;
	return 0;
}

static double seconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Time of the processor, so that what else the machine does counts less. */
static void print(const char *what, const struct sums *sums, double since)
{
	double taken = seconds(CLOCK_PROCESS_CPUTIME_ID) - since;

	printf("%-12s %9lu rows, %lu refused, %lu bytes of values, %.3f s, %.2f million rows/s\n",
	       what, sums->rows, sums->refused, sums->bytes, taken,
	       (double)sums->rows / taken / 1e6);
}

static int by_decoder(const char *path, const struct decoder *decoder)
{
	struct file_refusal refusal = { MESSAGE_EN, NULL };
	struct sums sums = { 0 };
	struct decoding decoding = { .type = record_type_find("dossier"),
				     .refusal = &refusal,
				     .sink = count,
				     .context = &sums };
	struct error err = { 0 };
	double since = seconds(CLOCK_PROCESS_CPUTIME_ID);
	int status = input_open(&decoding.input, path, &refusal, &err);

	if (status == 0)
		status = decoder->decode(&decoding, &err);
	if (status == 0)
		print(decoder->name, &sums, since);
	else
		fprintf(stderr, "%s: %s\n", path, err.message);
	input_close(decoding.input);
	return status;
}

static int by_jansson(const char *path)
{
	static struct json_record json;
	struct sums sums = { 0 };
	struct error err = { 0 };
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	ssize_t length;
	double since = seconds(CLOCK_PROCESS_CPUTIME_ID);

	if (!file)
		return -1;
	while ((length = getline(&line, &size, file)) > 0) {
		json_record_judge(&json, line, (size_t)length, sums.rows + 1,
				  record_type_find("dossier"), 0);
		count(&sums, &json.record, &err);
	}
	print("(jansson)", &sums, since);
	json_record_free(&json);
	free(line);
	fclose(file);
	return 0;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *ending = strrchr(argv[i], '.');
		const struct decoder *decoder = decoder_find(ending ? ending + 1 : "csv");

		if (!decoder || by_decoder(argv[i], decoder) != 0)
			return 1;
		if (strcmp(decoder->name, "ndjson") == 0 && by_jansson(argv[i]) != 0)
			return 1;
	}
	return argc < 2 ? 2 : 0;
}
