/* config_test.c -- settings: what is taken, from where, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/config.h"

enum { MOST_ARGUMENTS = 8 };

/* Every case: a file's text (NULL: no file), one variable of the environment, the
 * arguments, then what KEY must be, or what the error must name. */
static const struct {
	const char *file, *variable, *value;
	const char *arguments[MOST_ARGUMENTS];
	const char *key, *expected, *refused;
} cases[] = {
	{ .key = "listen", .expected = "127.0.0.1:8017" },
	{ .key = "smtp_url", .expected = NULL },
	{ .file = "listen=1.2.3.4:5\n", .key = "listen", .expected = "1.2.3.4:5" },
	{ .file = "# c\n ; c\n\n  lang  =  en  \n", .key = "lang", .expected = "en" },
	{ .file = "\tlang = en\r\n", .key = "lang", .expected = "en" },
	{ .file = "lang = vi\nlang = en", .key = "lang", .expected = "en" },
	{ .file = "database = host=/x dbname=y",
	  .key = "database",
	  .expected = "host=/x dbname=y" },
	{ .file = "listen = 1.2.3.4:5",
	  .variable = "NQ17_LISTEN",
	  .value = "[::1]:80",
	  .key = "listen",
	  .expected = "[::1]:80" },
	{ .file = "listen = 1.2.3.4:5",
	  .variable = "NQ17_LISTEN",
	  .value = "",
	  .key = "listen",
	  .expected = "127.0.0.1:8017" },
	{ .variable = "NQ17_LANG",
	  .value = "en",
	  .arguments = { "--lang=vi" },
	  .key = "lang",
	  .expected = "vi" },
	{ .arguments = { "kpi", "--smtp-url", "smtp://h:25", "x" },
	  .key = "smtp_url",
	  .expected = "smtp://h:25" },
	{ .arguments = { "kpi", "--", "--lang=en" }, .key = "lang", .expected = "vi" },
	{ .file = "listne = 1\n", .refused = "nq17-test.conf:1: unknown key \"listne\"" },
	{ .file = "lang=vi\nlang\n", .refused = "nq17-test.conf:2" },
	{ .file = "lang = fr\n", .refused = "vi|en is wanted" },
	{ .variable = "NQ17_LISTNE", .value = "x", .refused = "NQ17_LISTNE" },
	{ .variable = "NQ17_LISTEN", .value = "8017", .refused = "ADDRESS:PORT" },
	{ .arguments = { "--listen" }, .refused = "--listen needs a value" },
	{ .arguments = { "--config", "/nonexistent" }, .refused = "/nonexistent" },
	{ .arguments = { "--database", "host=h password=p" }, .refused = "PGPASSFILE" },
	{ .arguments = { "--database=postgres://u:p@h/d" }, .refused = "PGPASSFILE" },
	{ .arguments = { "--database=postgres://u@h/d" },
	  .key = "database",
	  .expected = "postgres://u@h/d" },
};

static void write_file(const char *text)
{
	FILE *file = fopen("nq17-test.conf", "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	setenv("NQ17_CONFIG", "nq17-test.conf", 1);
}

static int load(struct config **config, const char *const *arguments, struct error *err)
{
	char *argv[MOST_ARGUMENTS + 2] = { (char *)"nq17" };
	int argc = 1;

	while (argc <= MOST_ARGUMENTS && arguments[argc - 1]) {
		argv[argc] = (char *)arguments[argc - 1];
		argc++;
	}
	return config_load(config, &argc, argv, err);
}

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct config *config = NULL;
		struct error err = { 0 };
		const char *value;
		int status;

		if (cases[i].file)
			write_file(cases[i].file);
		if (cases[i].variable)
			setenv(cases[i].variable, cases[i].value, 1);
		status = load(&config, cases[i].arguments, &err);
		if (cases[i].refused) {
			assert_int_equal(status, -1);
			assert_int_equal(err.kind, ERROR_INVALID);
			if (!strstr(err.message, cases[i].refused))
				fail_msg("case %zu: %s", i, err.message);
		} else {
			if (status != 0)
				fail_msg("case %zu: %s", i, err.message);
			value = config_get(config, cases[i].key);
			if (cases[i].expected)
				assert_string_equal(value, cases[i].expected);
			else
				assert_null(value);
		}
		config_free(config);
		unsetenv("NQ17_CONFIG");
		if (cases[i].variable)
			unsetenv(cases[i].variable);
	}
	unlink("nq17-test.conf");
}

static void test_flags_are_taken_out(void **state)
{
	char words[] = "nq17\0kpi\0--period\0002020\0--data=/x\0--lang\0en\0-h\0--\0"
		       "--lang\0vi";
	char *argv[12] = { words };
	const char *const kept[] = { "nq17", "kpi", "--period", "2020",
				     "-h",   "--",  "--lang",   "vi" };
	int argc = 11;
	struct config *config = NULL;
	struct error err;

	(void)state;
	for (int i = 1; i < argc; i++)
		argv[i] = argv[i - 1] + strlen(argv[i - 1]) + 1;
	assert_int_equal(config_load(&config, &argc, argv, &err), 0);
	assert_int_equal(argc, sizeof kept / sizeof *kept);
	for (int i = 0; i < argc; i++)
		assert_string_equal(argv[i], kept[i]);
	assert_null(argv[argc]);
	assert_string_equal(config_get(config, "data"), "/x");
	assert_string_equal(config_get(config, "lang"), "en");
	config_free(config);
}

/* What `nq17 config` prints is a file with the same settings. */
static void test_printed_settings_load_again(void **state)
{
	const char *const arguments[] = { "--lang=en", "--smtp-url=smtp://h:1", NULL };
	const char *const none[] = { NULL };
	struct text printed = { 0 }, again = { 0 };
	struct config *config = NULL;
	struct error err;

	(void)state;
	assert_int_equal(load(&config, arguments, &err), 0);
	config_print_effective(config, &printed);
	config_free(config);
	write_file(text_string(&printed));
	assert_int_equal(load(&config, none, &err), 0);
	assert_string_equal(config_get(config, "lang"), "en");
	assert_string_equal(config_get(config, "smtp_url"), "smtp://h:1");
	assert_null(config_get(config, "database"));
	config_print_effective(config, &again);
	assert_non_null(strstr(text_string(&again), "nq17-test.conf:"));
	config_free(config);
	text_free(&printed);
	text_free(&again);
	unsetenv("NQ17_CONFIG");
	unlink("nq17-test.conf");
}

static void test_every_option_is_explained(void **state)
{
	struct text help = { 0 }, markdown = { 0 };

	(void)state;
	config_print_help(&help);
	config_print_markdown(&markdown);
	for (const struct config_option *row = config_options; row->key; row++) {
		struct text key = { 0 };

		text_addf(&key, "| `%s` |", row->key);
		assert_non_null(strstr(text_string(&markdown), text_string(&key)));
		assert_non_null(strstr(text_string(&help), row->help));
		text_free(&key);
	}
	text_free(&help);
	text_free(&markdown);
}

int main(void)
{
	char folder[] = "/tmp/nq17-config-XXXXXX";
	int failed;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_flags_are_taken_out),
		cmocka_unit_test(test_printed_settings_load_again),
		cmocka_unit_test(test_every_option_is_explained),
	};

	/* A folder of its own, so that no nq17.conf of the user is found. */
	if (!mkdtemp(folder) || chdir(folder) != 0)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	if (chdir("/") != 0 || rmdir(folder) != 0)
		return 1;
	return failed;
}
