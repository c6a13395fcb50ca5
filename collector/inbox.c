/* inbox.c -- the folder of one agency, and moving its files about safely. */
#include "collector/inbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "collector/csv_rows.h"
#include "collector/inbox_name.h"
#include "collector/receipt.h"

enum { NUMBERS_MAX = 10000 };

static const char BATCH[] =
#include "sql/queries/folder_batch.sql.inc"
	;

static const char *const names[] = { [INBOX_NEW] = ".",
				     [INBOX_WORK] = "work",
				     [INBOX_DONE] = "done",
				     [INBOX_REFUSED] = "refused" };

static int fail(struct error *err, const char *name)
{
	return error_set(err, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_UNAVAILABLE,
			 "%s: %s", name, strerror(errno));
}

/* ---- Opening ------------------------------------------------------------ */

static int open_folder(int parent, const char *name, mode_t mode, int *fd,
		       struct error *err)
{
	if (mkdirat(parent, name, mode) != 0 && errno != EEXIST)
		return fail(err, name);
	*fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return *fd >= 0 ? 0 : fail(err, name);
}

/* Whoever sends may write to LABEL/ and put a folder of his own there. */
static int check_ours(int fd, const char *name, struct error *err)
{
	struct stat facts;

	if (fstat(fd, &facts) != 0)
		return fail(err, name);
	if (facts.st_uid != geteuid() || facts.st_mode & (S_IWGRP | S_IWOTH))
		return error_set(err, ERROR_INVALID,
				 "the folder %s belongs to somebody else, or others may "
				 "write to it",
				 name);
	return 0;
}

int inbox_open(struct inbox *inbox, const char *folder, const char *label,
	       struct error *err)
{
	int parent, status;

	for (int i = 0; i < INBOX_PLACES; i++)
		inbox->folders[i] = -1;
	parent = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent < 0)
		return fail(err, folder);
	/* The mask of the process decides who else may enter; more is the office's. */
	status = open_folder(parent, label, 0770, &inbox->folders[INBOX_NEW], err);
	close(parent);
	for (int i = INBOX_WORK; status == 0 && i < INBOX_PLACES; i++) {
		status = open_folder(inbox->folders[INBOX_NEW], names[i], 0755,
				     &inbox->folders[i], err);
		if (status == 0)
			status = check_ours(inbox->folders[i], names[i], err);
	}
	return status;
}

void inbox_close(struct inbox *inbox)
{
	for (int i = 0; i < INBOX_PLACES; i++)
		if (inbox->folders[i] >= 0)
			close(inbox->folders[i]);
}

int inbox_open_file(const struct inbox *inbox, enum inbox_place place, const char *name,
		    int *fd, struct stat *facts, struct error *err)
{
	*fd = openat(inbox->folders[place], name,
		     O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (*fd < 0 && errno == ELOOP)
		return error_set(err, ERROR_INVALID, "%s: links are not followed", name);
	if (*fd < 0)
		return fail(err, name);
	if (fstat(*fd, facts) == 0 && S_ISREG(facts->st_mode))
		return 0;
	close(*fd);
	*fd = -1;
	return error_set(err, ERROR_INVALID, "%s: not a plain file", name);
}

/* ---- Moving ------------------------------------------------------------- */

static int move(const struct inbox *inbox, enum inbox_place from, const char *name,
		enum inbox_place to, const char *new_name, struct error *err)
{
	if (renameat2(inbox->folders[from], name, inbox->folders[to], new_name,
		      RENAME_NOREPLACE) != 0)
		return errno == EEXIST ? error_set(err, ERROR_CONFLICT,
						   "%s: there is one in %s already", name,
						   names[to])
				       : fail(err, name);
	if (fsync(inbox->folders[to]) != 0 || fsync(inbox->folders[from]) != 0)
		return fail(err, names[to]);
	return 0;
}

int inbox_take(const struct inbox *inbox, const char *name, struct error *err)
{
	return move(inbox, INBOX_NEW, name, INBOX_WORK, name, err);
}

/* ---- Finishing ---------------------------------------------------------- */

struct outcome {
	enum inbox_place place;
	char batch[24];
	int has_errors; /* refused records in quarantine */
};

static json_int_t number_of(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static int read_outcome(struct outcome *outcome, const char *receipt, struct error *err)
{
	json_t *object = json_loads(receipt, 0, NULL);
	json_t *errors = json_object_get(object, "errors");
	json_int_t rejected = number_of(object, "rejected");
	int all = rejected > 0 && rejected == number_of(object, "received");

	if (!json_is_object(object)) {
		json_decref(object);
		return error_set(err, ERROR_INTERNAL, "a receipt that is no JSON");
	}
	/* A file that was refused whole has an error without a line. */
	if (json_is_null(json_object_get(json_array_get(errors, 0), "line")))
		all = 1;
	outcome->place = all ? INBOX_REFUSED : INBOX_DONE;
	outcome->has_errors = rejected > 0;
	snprintf(outcome->batch, sizeof outcome->batch, "%lld",
		 (long long)number_of(object, "batch"));
	json_decref(object);
	return 0;
}

/* A path that leads through the open folder, whatever its name means by now. */
static const char *path_of(struct text *path, int folder, const char *name,
			   const char *ending)
{
	text_clear(path);
	text_addf(path, "/proc/self/fd/%d/%s%s", folder, name, ending);
	return text_string(path);
}

static int exists(int folder, const char *name, const char *ending)
{
	struct text whole = { 0 };
	struct stat ignored;
	int yes;

	text_addf(&whole, "%s%s", name, ending);
	yes = fstatat(folder, text_string(&whole), &ignored, AT_SYMLINK_NOFOLLOW) == 0;
	text_free(&whole);
	return yes;
}

/* Did we write this receipt there before a crash? */
static int holds(int folder, const char *name, const char *receipt)
{
	struct text path = { 0 };
	size_t length = strlen(receipt);
	char *found = memory_take(length + 2);
	FILE *file = fopen(path_of(&path, folder, name, ".receipt.json"), "re");
	int same = file && fread(found, 1, length + 2, file) == length &&
		   memcmp(found, receipt, length) == 0;

	if (file)
		fclose(file);
	free(found);
	text_free(&path);
	return same;
}

/* The name for NAME in FOLDER, where nothing of another file is overwritten. */
static int find_free(struct text *free_name, int folder, const char *name,
		     const char *receipt, struct error *err)
{
	for (int number = 1; number < NUMBERS_MAX; number++) {
		const char *tried;

		inbox_name_number(free_name, name, number);
		tried = text_string(free_name);
		if (exists(folder, tried, ""))
			continue;
		if (!exists(folder, tried, ".receipt.json") &&
		    !exists(folder, tried, ".errors.csv"))
			return 0;
		if (holds(folder, tried, receipt))
			return 0;
	}
	return error_set(err, ERROR_CONFLICT, "%s: no free name is left for it", name);
}

static int write_errors(const char *path, struct db *db, const char *batch,
			struct error *err)
{
	const char *const params[] = { batch };
	struct db_rows *rows = NULL;
	const char *header;
	int status = -1;

	if (db_query(db, BATCH, params, 1, &rows, err) != 0)
		return -1;
	header = db_rows_count(rows) ? db_value(rows, 0, "header") : NULL;
	if (db_rows_count(rows) == 0)
		error_set(err, ERROR_NOT_FOUND, "there is no batch %s", batch);
	else
		status = receipt_write_errors(
			path, db, batch, record_type_find(db_value(rows, 0, "type")),
			header, header ? csv_rows_delimiter(header) : ',', err);
	db_rows_free(rows);
	return status;
}

int inbox_finish(const struct inbox *inbox, const char *name, const char *receipt,
		 struct db *db, struct error *err)
{
	struct text free_name = { 0 }, path = { 0 };
	struct outcome outcome;
	int folder, status = -1;

	if (!exists(inbox->folders[INBOX_WORK], name, ""))
		return error_set(err, ERROR_NOT_FOUND, "%s: gone from work/", name);
	if (read_outcome(&outcome, receipt, err) != 0)
		return -1;
	folder = inbox->folders[outcome.place];
	if (find_free(&free_name, folder, name, receipt, err) != 0)
		goto done;
	/* The receipt first: by it the name is known as ours after a crash. */
	if (file_replace(path_of(&path, folder, text_string(&free_name), ".receipt.json"),
			 receipt, strlen(receipt), err) != 0)
		goto done;
	if (outcome.has_errors &&
	    write_errors(path_of(&path, folder, text_string(&free_name), ".errors.csv"),
			 db, outcome.batch, err) != 0)
		goto done;
	if (move(inbox, INBOX_WORK, name, outcome.place, text_string(&free_name), err) !=
	    0)
		goto done;
	status = 0;
done:
	text_free(&free_name);
	text_free(&path);
	return status;
}
