/* input_test.c -- archives: unpacked as they are, stopped where they unpack to too
 * much. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/input.h"

/* What COMMAND prints, as a file at PATH. */
static void make_file(char *path, const char *command)
{
	char line[512];
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	snprintf(line, sizeof line, "(%s) > %s", command, path);
	assert_int_equal(system(line), 0);
}

/* How many bytes COMMAND's output unpacks to, and the code of what is wrong with it. */
static uint64_t unpack(const char *command, uint64_t maximum, const char **code)
{
	static char buffer[1 << 20];
	char path[] = "/tmp/nq17-unit-XXXXXX";
	struct file_refusal refusal = { MESSAGE_EN, NULL };
	struct input *input = NULL;
	struct error err = { 0 };
	uint64_t sum = 0;
	size_t got = 1;

	make_file(path, command);
	assert_int_equal(input_open(&input, path, &refusal, &err), 0);
	if (maximum)
		input_limit(input, maximum);
	while (got > 0 && input_read(input, buffer, sizeof buffer, &got, &err) == 0)
		sum += got;
	assert_true(!refusal.code || err.kind == ERROR_INVALID);
	*code = refusal.code ? refusal.code : "";
	input_close(input);
	unlink(path);
	return sum;
}

static void archives_and_bombs(void **unused)
{
#define ZEROS(mib) "head -c " #mib "M /dev/zero"
#define NOISE      "head -c 3M /dev/urandom"
	static const struct {
		const char *command;
		uint64_t maximum; /* 0: as it is by itself */
		const char *code;
		uint64_t at_least, at_most; /* MiB read */
	} cases[] = {
		{ ZEROS(60) " | gzip -1", 0, "", 60, 60 },
		{ ZEROS(60) " | zstd -q", 0, "", 60, 60 },
		/* 1,000:1, 16,000:1 */
		{ ZEROS(200) " | gzip", 0, "file_unpacks_too_large", 63, 66 },
		{ ZEROS(200) " | zstd -q", 0, "file_unpacks_too_large", 63, 66 },
		/* Noise in front does not buy more than 200 times itself. */
		{ "(head -c 500K /dev/urandom; " ZEROS(300) ") | zstd -q", 0,
		  "file_unpacks_too_large", 80, 110 },
		{ "(" NOISE ";" ZEROS(100) ") | gzip -1", 0, "", 103, 103 },
		/* A maximum of one's own; plain files are not measured. */
		{ NOISE " | gzip", 2 << 20, "file_unpacks_too_large", 1, 2 },
		{ NOISE " | gzip", 3 << 20, "", 3, 3 },
		{ NOISE, 1 << 20, "", 3, 3 },
		/* Many members are one input. */
		{ "for i in 1 2 3 4; do " ZEROS(20) " | gzip; done", 0,
		  "file_unpacks_too_large", 63, 66 },
		{ NOISE " | gzip | head -c 1M", 0, "file_archive_cut", 0, 3 },
		{ "printf '\\037\\213\\010garbage'", 0, "file_archive_damaged", 0, 0 },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *code;
		uint64_t mib = unpack(cases[i].command, cases[i].maximum, &code) >> 20;

		if (strcmp(code, cases[i].code) != 0 || mib < cases[i].at_least ||
		    mib > cases[i].at_most)
			fail_msg("%s gives \"%s\" after %lu MiB", cases[i].command, code,
				 (unsigned long)mib);
	}
}

static void second_reading_begins_anew(void **unused)
{
	char path[] = "/tmp/nq17-unit-XXXXXX", buffer[4096], sha256[2][65];
	struct file_refusal refusal = { MESSAGE_EN, NULL };
	struct input *input = NULL;
	struct error err = { 0 };

	(void)unused;
	make_file(path, NOISE " | gzip");
	assert_int_equal(input_open(&input, path, &refusal, &err), 0);
	input_limit(input, 4 << 20);
	for (int i = 0; i < 2; i++) {
		size_t got = 1, sum = 0;

		while (got > 0) {
			assert_int_equal(
				input_read(input, buffer, sizeof buffer, &got, &err), 0);
			sum += got;
		}
		assert_int_equal(sum, 3 << 20);
		assert_int_equal(input_finish(input, sha256[i], &err), 0);
		assert_int_equal(input_rewind(input, &err), 0);
	}
	assert_string_equal(sha256[0], sha256[1]);
	input_close(input);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(archives_and_bombs),
		cmocka_unit_test(second_reading_begins_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
