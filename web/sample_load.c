/* sample_load.c -- fills a store with made-up data, once: nq17 sample writes the
 * files, nq17 import brings them in, each in a process of its own. */
#include "web/sample_load.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "base/log.h"
#include "base/text.h"
#include "collector/collector.h"
#include "web/child.h"

/* Registers first: a dossier's level comes from the services of its day. */
static const char *const types[] = { "service", "fact", "count", "milestone", "dossier" };

enum { TYPES = sizeof types / sizeof *types, ARGUMENTS = 16 };

/* A command of the collector, to be run in a child. */
struct task {
	int (*command)(int argc, char **argv, const struct config *config);
	const struct config *config;
	const char *arguments[ARGUMENTS];
	const char *output; /* file that gets what it prints */
};

static int run_task(void *context)
{
	const struct task *task = context;
	int count = 0;
	int out = open(task->output, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (out < 0 || dup2(out, STDOUT_FILENO) < 0) {
		log_line("nq17", "%s: %s", task->output, strerror(errno));
		return 1;
	}
	while (task->arguments[count])
		count++;
	optind = 0; /* getopt has read the arguments of `run` before */
	return task->command(count, (char **)task->arguments, task->config);
}

/* ---- Paths -------------------------------------------------------------- */

static void add_path(struct text *path, const struct config *config, const char *name)
{
	text_addf(path, "%s/%s", config_get(config, "data"), name);
}

static int is_done(const char *note, const char *database)
{
	char line[512] = "";
	FILE *file = fopen(note, "r");
	int done;

	if (!file)
		return 0;
	done = fgets(line, sizeof line, file) && strcmp(line, database) == 0;
	fclose(file);
	return done;
}

/* Renamed into place, so that the note is whole or not there. */
static int note_done(const char *note, const char *database, struct error *err)
{
	struct text draft = { 0 };
	FILE *file;
	int status = -1;

	text_addf(&draft, "%s.new", note);
	file = fopen(text_string(&draft), "w");
	if (file && fputs(database, file) >= 0)
		status = 0;
	if (file && fclose(file) != 0)
		status = -1;
	if (status != 0 || rename(text_string(&draft), note) != 0)
		status = error_set(err, ERROR_UNAVAILABLE, "%s: %s", note,
				   strerror(errno));
	text_free(&draft);
	return status;
}

/* ---- Steps -------------------------------------------------------------- */

/* What import printed; it ends with 1 also when only some records were refused,
 * which belongs to sample data. */
static int read_receipt(const char *type, const char *path, struct error *err)
{
	json_t *receipt = json_load_file(path, 0, NULL);
	json_int_t received = json_integer_value(json_object_get(receipt, "received"));
	json_int_t rejected = json_integer_value(json_object_get(receipt, "rejected"));
	int status = 0;

	if (received <= rejected)
		status = error_set(err, ERROR_INTERNAL, "sample data: no %s came in",
				   type);
	else
		log_line("nq17", "sample data: %s, %lld records, %lld of them refused",
			 type, (long long)received, (long long)rejected);
	json_decref(receipt);
	return status;
}

static int write_files(const struct config *config, const char *folder, int *ended,
		       struct error *err)
{
	struct task task = {
		.command = sample_command,
		.config = config,
		.arguments = { "sample", "--type", "all", "--records", "200000", "--late",
			       "3", "--duplicates", "1", "--bad", "0.2", "--corrected",
			       "2", "--output", folder },
		.output = "/dev/null",
	};
	struct child child = { .name = "sample", .work = run_task, .context = &task };
	int code = 0;

	log_line("nq17", "making sample data");
	if (child_run(&child, 1, NULL, NULL, &code, ended, err) != 0)
		return -1;
	if (code != 0 && !*ended)
		return error_set(err, ERROR_INTERNAL, "nq17 sample ended with %d", code);
	return 0;
}

static int import_file(const struct config *config, const char *folder, const char *type,
		       int *ended, struct error *err)
{
	struct text file = { 0 }, receipt = { 0 };
	struct task task = { .command = import_command, .config = config };
	struct child child = { .name = "import", .work = run_task, .context = &task };
	int code = 0, status;

	text_addf(&file, "%s/%s.csv", folder, type);
	text_addf(&receipt, "%s/%s.json", folder, type);
	task.arguments[0] = "import";
	task.arguments[1] = "--type";
	task.arguments[2] = type;
	/* What `nq17 run` tells is English. */
	task.arguments[3] = "--lang";
	task.arguments[4] = "en";
	task.arguments[5] = text_string(&file);
	task.output = text_string(&receipt);
	status = child_run(&child, 1, NULL, NULL, &code, ended, err);
	if (status == 0 && !*ended)
		status = read_receipt(type, text_string(&receipt), err);
	unlink(text_string(&file));
	unlink(text_string(&receipt));
	text_free(&file);
	text_free(&receipt);
	return status;
}

static int load(const struct config *config, const char *folder, int *ended,
		struct error *err)
{
	int status = write_files(config, folder, ended, err);

	for (size_t i = 0; i < TYPES && status == 0 && !*ended; i++)
		status = import_file(config, folder, types[i], ended, err);
	return status;
}

int sample_load(const struct config *config, int *ended, struct error *err)
{
	const char *database = config_get(config, "database");
	struct text note = { 0 }, folder = { 0 };
	int status = 0;

	*ended = 0;
	database = database ? database : "embedded";
	add_path(&note, config, "sample-loaded");
	add_path(&folder, config, "sample-files");
	if (!is_done(text_string(&note), database)) {
		if (mkdir(text_string(&folder), 0755) != 0 && errno != EEXIST)
			status = error_set(err, ERROR_UNAVAILABLE, "%s: %s",
					   text_string(&folder), strerror(errno));
		if (status == 0)
			status = load(config, text_string(&folder), ended, err);
		rmdir(text_string(&folder));
		if (status == 0 && !*ended)
			status = note_done(text_string(&note), database, err);
	}
	text_free(&note);
	text_free(&folder);
	return status;
}
