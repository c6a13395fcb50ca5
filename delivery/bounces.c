/* bounces.c -- what came back is read from a folder and noted in the ledger.
 *
 * The mailbox of mail_from is a Maildir, or a folder of files, one mail in each; how mail
 * gets there (delivery, fetchmail, getmail) is not ours.  What was looked at moves on to
 * `cur` of a Maildir, else to `seen`. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "delivery/bounce.h"
#include "delivery/worker.h"

enum { EVERY_SECONDS = 60, MAIL_MOST = 4 << 20, AT_ONCE = 500 };

static const char NOTE[] =
#include "sql/queries/outbox_bounce.sql.inc"
	;

static int is_folder(const char *path)
{
	struct stat found;

	return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

/* Where mails come in, and where they go once they were looked at. */
static void find_places(const char *folder, struct text *from, struct text *to)
{
	text_addf(from, "%s/new", folder);
	if (is_folder(from->data)) {
		text_addf(to, "%s/cur", folder);
		return;
	}
	text_clear(from);
	text_add(from, folder);
	text_addf(to, "%s/seen", folder);
}

/* 1: the file has been dealt with.  0: it is to be looked at again. */
static int note(struct worker *worker, const struct bounce *bounce, int *done,
		struct error *err)
{
	const char *const params[] = { bounce->message_id, bounce->original,
				       bounce->final, bounce->reason,
				       config_get(worker->config, "alert_to") };
	char *said = NULL;
	int status = db_value_of(worker->db, NOTE, params, 5, &said, err);

	*done = status == 0 && strcmp(said, "later") != 0;
	if (status == 0 && strcmp(said, "bounced") == 0)
		log_line("deliver", "%s came back: %s", bounce->message_id,
			 bounce->reason);
	free(said);
	return status;
}

/* A mail that cannot be read, or is too long for a report, is none. */
static int read_mail(struct worker *worker, const char *path, int *done,
		     struct error *err)
{
	struct text bytes = { 0 };
	struct bounce bounce;
	struct error ignored;
	int status = 0;

	*done = 1;
	if (file_read(path, MAIL_MOST, &bytes, &ignored) == 0 &&
	    bounce_read(text_string(&bytes), bytes.length, &bounce))
		status = note(worker, &bounce, done, err);
	text_free(&bytes);
	return status;
}

static int move_on(const char *path, const char *to, const char *name, struct error *err)
{
	struct text target = { 0 };
	int status;

	text_addf(&target, "%s/%s%s", to, name, strstr(name, ":2,") ? "" : ":2,S");
	status = rename(path, target.data);
	/* Another process may have taken it. */
	if (status != 0 && errno != ENOENT)
		error_set(err, ERROR_UNAVAILABLE, "%s: %s", path, strerror(errno));
	else
		status = 0;
	text_free(&target);
	return status;
}

static int read_folder(struct worker *worker, DIR *folder, const char *from,
		       const char *to, struct error *err)
{
	struct text path = { 0 };
	const struct dirent *entry;
	int status = 0, done;

	for (int i = 0; status == 0 && i < AT_ONCE && (entry = readdir(folder));) {
		struct stat found;

		text_clear(&path);
		text_addf(&path, "%s/%s", from, entry->d_name);
		if (*entry->d_name == '.' || lstat(path.data, &found) != 0 ||
		    !S_ISREG(found.st_mode))
			continue;
		i++;
		status = read_mail(worker, path.data, &done, err);
		if (status == 0 && done)
			status = move_on(path.data, to, entry->d_name, err);
	}
	text_free(&path);
	return status;
}

int bounces_step(struct worker *worker, struct error *err)
{
	const char *folder = config_get(worker->config, "bounce_folder");
	struct text from = { 0 }, to = { 0 };
	struct timespec now;
	DIR *opened;
	int status = 0;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!folder ||
	    (worker->bounces >= 0 && (long)now.tv_sec - worker->bounces < EVERY_SECONDS))
		return 0;
	worker->bounces = (long)now.tv_sec;
	find_places(folder, &from, &to);
	opened = opendir(from.data);
	if (!opened || (mkdir(to.data, 0700) != 0 && errno != EEXIST))
		/* Nothing else waits for it. */
		log_line("deliver", "bounce_folder %s: %s", folder, strerror(errno));
	else
		status = read_folder(worker, opened, from.data, to.data, err);
	if (opened)
		closedir(opened);
	text_free(&from);
	text_free(&to);
	return status;
}
