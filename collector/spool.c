/* spool.c -- requests on disk, between whoever receives bytes and whoever commits them. */
#include "collector/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "base/file.h"
#include "base/memory.h"

enum {
	OLD_SECONDS = 24 * 3600,
	KEPT_SECONDS = 2 * 3600, /* of a body that may still be handed over */
	RECEIPT_SIZE_MAX = 64 * 1024 * 1024,
	HANDS = 64,
};

/* An item as it waits. */
struct waiting {
	char id[SPOOL_ID_MAX + 1];
	int tries; /* an earlier try did not end: it comes after the others */
	struct timespec since;
};

struct spool {
	char *folder;
	int lock, watch;
	struct waiting *queue; /* the next one last */
	size_t count;
	pthread_mutex_t hands[HANDS]; /* by id, while an item is handed over */
};

struct spool_draft {
	int fd;
	char *path;
	uint64_t length;
};

static int fail(struct error *err, const char *path)
{
	return error_set(err, ERROR_UNAVAILABLE, "%s: %s", path, strerror(errno));
}

/* FOLDER/PART/NAME ENDING, into PATH. */
static const char *path_of(struct text *path, const struct spool *spool, const char *part,
			   const char *name, const char *ending)
{
	text_clear(path);
	text_addf(path, "%s/%s/%s%s", spool->folder, part, name, ending);
	return text_string(path);
}

/* A renamed file survives a crash once its folder is on the disk. */
static int flush_folder(const struct spool *spool, const char *part, struct error *err)
{
	struct text path = { 0 };
	int folder, status = -1;

	folder = open(path_of(&path, spool, part, "", ""),
		      O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder >= 0 && fsync(folder) == 0)
		status = 0;
	else
		fail(err, text_string(&path));
	if (folder >= 0)
		close(folder);
	text_free(&path);
	return status;
}

/* ---- The folder --------------------------------------------------------- */

int spool_open(struct spool **result, const char *folder, struct error *err)
{
	static const char *const parts[] = { "",     "new",      "part",
					     "kept", "receipts", "aside" };
	struct spool *spool = memory_zeroed(1, sizeof *spool);
	struct text path = { 0 };
	int status = 0;

	spool->lock = spool->watch = -1;
	for (int i = 0; i < HANDS; i++)
		pthread_mutex_init(&spool->hands[i], NULL);
	spool->folder = memory_copy(folder);
	for (size_t i = 0; status == 0 && i < sizeof parts / sizeof *parts; i++) {
		path_of(&path, spool, parts[i], "", "");
		if (mkdir(text_string(&path), 0700) != 0 && errno != EEXIST)
			status = fail(err, text_string(&path));
	}
	text_free(&path);
	if (status != 0) {
		spool_close(spool);
		spool = NULL;
	}
	*result = spool;
	return status;
}

void spool_close(struct spool *spool)
{
	if (!spool)
		return;
	if (spool->lock >= 0)
		close(spool->lock);
	if (spool->watch >= 0)
		close(spool->watch);
	for (int i = 0; i < HANDS; i++)
		pthread_mutex_destroy(&spool->hands[i]);
	free(spool->queue);
	free(spool->folder);
	free(spool);
}

int spool_room(const struct spool *spool, uint64_t *free_bytes, uint64_t *all_bytes,
	       struct error *err)
{
	struct statvfs disk;

	if (statvfs(spool->folder, &disk) != 0)
		return fail(err, spool->folder);
	*free_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
	*all_bytes = (uint64_t)disk.f_blocks * disk.f_frsize;
	return 0;
}

/* ---- Notes -------------------------------------------------------------- */

void spool_note_free(struct spool_note *note)
{
	free(note->type);
	free(note->format);
	free(note->agency);
	free(note->file);
	free(note->way);
	free(note->profile);
	*note = (struct spool_note){ 0 };
}

static void add_member(struct text *out, const char *name, const char *value)
{
	if (!value)
		return;
	text_addf(out, "\"%s\": ", name);
	text_add_json(out, value);
	text_add(out, ", ");
}

static void print_note(struct text *out, const struct spool_note *note)
{
	text_add_char(out, '{');
	add_member(out, "type", note->type);
	add_member(out, "format", note->format);
	add_member(out, "agency", note->agency);
	add_member(out, "file", note->file);
	add_member(out, "way", note->way);
	add_member(out, "profile", note->profile);
	text_addf(out, "\"scope\": %d, \"dry_run\": %s, \"language\": \"%s\"}\n",
		  (int)note->scope, note->dry_run ? "true" : "false",
		  note->language == MESSAGE_EN ? "en" : "vi");
}

static char *member(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value ? memory_copy(value) : NULL;
}

static int read_note(const char *path, const char *id, struct spool_note *note,
		     struct error *err)
{
	json_error_t why;
	json_t *object = json_load_file(path, 0, &why);
	const char *language;

	*note = (struct spool_note){ 0 };
	if (!object)
		return error_set(err, ERROR_INVALID, "%s: %s", path, why.text);
	snprintf(note->id, sizeof note->id, "%s", id);
	note->type = member(object, "type");
	note->format = member(object, "format");
	note->agency = member(object, "agency");
	note->file = member(object, "file");
	note->way = member(object, "way");
	note->profile = member(object, "profile");
	note->scope = (int32_t)json_integer_value(json_object_get(object, "scope"));
	note->dry_run = json_is_true(json_object_get(object, "dry_run"));
	language = json_string_value(json_object_get(object, "language"));
	note->language =
		language && strcmp(language, "en") == 0 ? MESSAGE_EN : MESSAGE_VI;
	json_decref(object);
	return 0;
}

/* ---- Receiving ---------------------------------------------------------- */

int spool_begin(struct spool *spool, struct spool_draft **draft, struct error *err)
{
	struct text path = { 0 };
	int fd;

	path_of(&path, spool, "part", "XXXXXX", "");
	fd = mkostemp(path.data, O_CLOEXEC);
	if (fd < 0) {
		fail(err, path.data);
		text_free(&path);
		return -1;
	}
	*draft = memory_zeroed(1, sizeof **draft);
	(*draft)->fd = fd;
	(*draft)->path = text_take(&path);
	return 0;
}

int spool_write(struct spool_draft *draft, const void *bytes, size_t length,
		struct error *err)
{
	const char *from = bytes;

	while (length > 0) {
		ssize_t written = write(draft->fd, from, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return fail(err, draft->path);
		from += written;
		length -= (size_t)written;
		draft->length += (uint64_t)written;
	}
	return 0;
}

uint64_t spool_length(const struct spool_draft *draft)
{
	return draft->length;
}

void spool_abandon(struct spool_draft *draft)
{
	if (!draft)
		return;
	close(draft->fd);
	unlink(draft->path);
	free(draft->path);
	free(draft);
}

int spool_keep(struct spool *spool, struct spool_draft *draft, const char *id,
	       struct error *err)
{
	struct text path = { 0 };
	int status = 0;

	if (fsync(draft->fd) != 0 ||
	    rename(draft->path, path_of(&path, spool, "kept", id, ".body")) != 0)
		status = fail(err, draft->path);
	text_free(&path);
	spool_abandon(draft); /* its name is gone where it was kept */
	return status;
}

int spool_resume(struct spool *spool, const char *id, struct spool_draft **draft,
		 struct error *err)
{
	struct text path = { 0 };
	struct stat facts;
	int fd, status = 0;

	*draft = NULL;
	fd = open(path_of(&path, spool, "kept", id, ".body"),
		  O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0 && fstat(fd, &facts) == 0) {
		*draft = memory_zeroed(1, sizeof **draft);
		(*draft)->fd = fd;
		(*draft)->path = text_take(&path);
		(*draft)->length = (uint64_t)facts.st_size;
	} else if (errno != ENOENT) {
		status = fail(err, text_string(&path));
		if (fd >= 0)
			close(fd);
	}
	text_free(&path);
	return status;
}

static void make_id(char *id)
{
	unsigned char random[16];

	if (getrandom(random, sizeof random, 0) != sizeof random)
		BUG("getrandom: %s", strerror(errno));
	for (size_t i = 0; i < sizeof random; i++)
		snprintf(id + 2 * i, 3, "%02x", random[i]);
}

int spool_is_waiting(const struct spool *spool, const char *id)
{
	struct text path = { 0 };
	int yes = access(path_of(&path, spool, "new", id, ".note"), F_OK) == 0;

	text_free(&path);
	return yes;
}

/* Two senders of the same item take turns: the second finds that of the first, and a
 * committer that is just done with that one never takes away what is new. */
static pthread_mutex_t *hand_of(struct spool *spool, const char *id)
{
	unsigned sum = 0;

	for (; *id; id++)
		sum = sum * 31 + (unsigned char)*id;
	return &spool->hands[sum % HANDS];
}

/* The body of DRAFT is on the disk already. */
static int place(struct spool *spool, const struct spool_draft *draft,
		 const struct spool_note *note, struct error *err)
{
	struct text path = { 0 }, printed = { 0 };
	int status = -1;

	/* One that was committed is not asked for here: the store knows, and what was
	 * withdrawn since counts again.  Its old receipt goes, so that nobody takes it for
	 * the new one. */
	unlink(path_of(&path, spool, "receipts", note->id, ".json"));
	if (rename(draft->path, path_of(&path, spool, "new", note->id, ".body")) != 0) {
		fail(err, text_string(&path));
		goto done;
	}
	print_note(&printed, note);
	if (flush_folder(spool, "new", err) == 0 &&
	    file_replace(path_of(&path, spool, "new", note->id, ".note"), printed.data,
			 printed.length, err) == 0)
		status = flush_folder(spool, "new", err);
done:
	text_free(&path);
	text_free(&printed);
	return status;
}

int spool_hand_over(struct spool *spool, struct spool_draft *draft,
		    struct spool_note *note, struct error *err)
{
	pthread_mutex_t *hand;
	int status = 0;

	if (!note->id[0])
		make_id(note->id);
	if (fsync(draft->fd) != 0) {
		status = fail(err, draft->path);
	} else {
		hand = hand_of(spool, note->id);
		pthread_mutex_lock(hand);
		if (!spool_is_waiting(spool, note->id))
			status = place(spool, draft, note, err);
		pthread_mutex_unlock(hand);
	}
	spool_abandon(draft); /* its name is gone where it was handed over */
	return status;
}

int spool_receipt(struct spool *spool, const char *id, char **receipt, struct error *err)
{
	struct text path = { 0 };
	FILE *file;
	struct stat facts;
	int status = 0;

	*receipt = NULL;
	file = fopen(path_of(&path, spool, "receipts", id, ".json"), "re");
	if (file && fstat(fileno(file), &facts) == 0 &&
	    facts.st_size <= RECEIPT_SIZE_MAX) {
		*receipt = memory_zeroed(1, (size_t)facts.st_size + 1);
		if (fread(*receipt, 1, (size_t)facts.st_size, file) !=
		    (size_t)facts.st_size)
			status = fail(err, text_string(&path));
	} else if (errno != ENOENT) {
		status = fail(err, text_string(&path));
	}
	if (status != 0) {
		free(*receipt);
		*receipt = NULL;
	}
	if (file)
		fclose(file);
	text_free(&path);
	return status;
}

/* ---- Committing --------------------------------------------------------- */

int spool_lock(struct spool *spool, struct error *err)
{
	struct text path = { 0 };
	int status = 0;

	text_addf(&path, "%s/lock", spool->folder);
	spool->lock = open(path.data, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (spool->lock < 0)
		status = fail(err, path.data);
	else if (flock(spool->lock, LOCK_EX | LOCK_NB) != 0)
		status =
			error_set(err, ERROR_CONFLICT,
				  "another collector works on %s already", spool->folder);
	text_free(&path);
	return status;
}

int spool_watch(struct spool *spool, struct error *err)
{
	struct text path = { 0 };

	spool->watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (spool->watch < 0 ||
	    inotify_add_watch(spool->watch, path_of(&path, spool, "new", "", ""),
			      IN_MOVED_TO) < 0) {
		fail(err, spool->folder);
		text_free(&path);
		return -1;
	}
	text_free(&path);
	return spool->watch;
}

static int compare_waiting(const void *left, const void *right)
{
	const struct waiting *a = left, *b = right;

	if (a->tries != b->tries)
		return b->tries - a->tries;
	if (a->since.tv_sec != b->since.tv_sec)
		return a->since.tv_sec < b->since.tv_sec ? 1 : -1;
	if (a->since.tv_nsec != b->since.tv_nsec)
		return a->since.tv_nsec < b->since.tv_nsec ? 1 : -1;
	return strcmp(b->id, a->id);
}

/* How often a committer has begun with ID and not come to an end. */
static int tries_of(const struct spool *spool, const char *id)
{
	struct text path = { 0 };
	struct stat facts;
	int tries = 0;

	if (stat(path_of(&path, spool, "new", id, ".tries"), &facts) == 0)
		tries = (int)facts.st_size;
	text_free(&path);
	return tries;
}

static void add_waiting(struct spool *spool, const char *name, size_t *size)
{
	struct text path = { 0 };
	size_t length = strlen(name);
	struct waiting *item;
	struct stat facts;

	if (length < 6 || length - 5 > SPOOL_ID_MAX ||
	    strcmp(name + length - 5, ".note") != 0)
		return;
	if (spool->count == *size) {
		*size = *size * 2 + 64;
		spool->queue = memory_resize(spool->queue, *size, sizeof *spool->queue);
	}
	item = &spool->queue[spool->count];
	*item = (struct waiting){ 0 };
	memcpy(item->id, name, length - 5);
	if (stat(path_of(&path, spool, "new", name, ""), &facts) == 0) {
		item->since = facts.st_mtim;
		item->tries = tries_of(spool, item->id);
		spool->count++;
	}
	text_free(&path);
}

int spool_list(struct spool *spool, struct error *err)
{
	struct text path = { 0 };
	size_t size = 0;
	DIR *folder = opendir(path_of(&path, spool, "new", "", ""));

	free(spool->queue);
	spool->queue = NULL;
	spool->count = 0;
	if (!folder) {
		fail(err, text_string(&path));
		text_free(&path);
		return -1;
	}
	for (struct dirent *entry; (entry = readdir(folder));)
		add_waiting(spool, entry->d_name, &size);
	closedir(folder);
	text_free(&path);
	if (spool->count > 0)
		qsort(spool->queue, spool->count, sizeof *spool->queue, compare_waiting);
	return 0;
}

int spool_next(struct spool *spool, int *found, struct spool_note *note,
	       struct text *body, struct error *err)
{
	struct text path = { 0 };
	int status = 0;

	*found = 0;
	*note = (struct spool_note){ 0 };
	while (spool->count > 0 && !*found) {
		const struct waiting *item = &spool->queue[--spool->count];

		path_of(&path, spool, "new", item->id, ".note");
		if (access(path.data, F_OK) != 0)
			continue; /* another worker brought it to its end */
		*found = 1;
		path_of(body, spool, "new", item->id, ".body");
		status = read_note(path.data, item->id, note, err);
		note->tries = item->tries;
	}
	text_free(&path);
	return status;
}

int spool_try(struct spool *spool, const char *id, struct error *err)
{
	struct text path = { 0 };
	int fd = open(path_of(&path, spool, "new", id, ".tries"),
		      O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	int status = fd >= 0 && write(fd, ".", 1) == 1 ? 0 : fail(err, path.data);

	if (fd >= 0)
		close(fd);
	text_free(&path);
	return status;
}

static void remove_part(const struct spool *spool, const char *id, const char *ending)
{
	struct text path = { 0 };

	unlink(path_of(&path, spool, "new", id, ending));
	text_free(&path);
}

void spool_untry(struct spool *spool, const char *id)
{
	remove_part(spool, id, ".tries");
}

int spool_done(struct spool *spool, const char *id, const char *receipt,
	       struct error *err)
{
	struct text path = { 0 };
	int status = file_replace(path_of(&path, spool, "receipts", id, ".json"), receipt,
				  strlen(receipt), err);

	text_free(&path);
	if (status != 0 || flush_folder(spool, "receipts", err) != 0)
		return -1;
	/* The note first: what has none is not taken again. */
	remove_part(spool, id, ".note");
	remove_part(spool, id, ".body");
	remove_part(spool, id, ".tries");
	return 0;
}

int spool_set_aside(struct spool *spool, const char *id, const char *receipt,
		    struct error *err)
{
	struct text from = { 0 }, to = { 0 };
	int status = 0;

	if (rename(path_of(&from, spool, "new", id, ".body"),
		   path_of(&to, spool, "aside", id, ".body")) != 0 &&
	    errno != ENOENT)
		status = fail(err, to.data);
	if (status == 0 && rename(path_of(&from, spool, "new", id, ".note"),
				  path_of(&to, spool, "aside", id, ".note")) != 0)
		status = fail(err, to.data);
	text_free(&from);
	text_free(&to);
	return status == 0 ? spool_done(spool, id, receipt, err) : -1;
}

/* ---- Housekeeping ------------------------------------------------------- */

static int has_note(const struct spool *spool, const char *name)
{
	const char *dot = strrchr(name, '.');
	char *id = memory_copy_bytes(name, dot ? (size_t)(dot - name) : strlen(name));
	int yes = spool_is_waiting(spool, id);

	free(id);
	return yes;
}

static void tidy_part(const struct spool *spool, const char *part, time_t before)
{
	struct text path = { 0 };
	DIR *folder = opendir(path_of(&path, spool, part, "", ""));
	struct stat facts;

	while (folder) {
		struct dirent *entry = readdir(folder);

		if (!entry)
			break;
		path_of(&path, spool, part, entry->d_name, "");
		if (entry->d_name[0] != '.' && lstat(path.data, &facts) == 0 &&
		    S_ISREG(facts.st_mode) && facts.st_mtime < before &&
		    (strcmp(part, "new") != 0 || !has_note(spool, entry->d_name)))
			unlink(path.data);
	}
	if (folder)
		closedir(folder);
	text_free(&path);
}

void spool_tidy(struct spool *spool)
{
	const time_t now = time(NULL);

	tidy_part(spool, "part", now - OLD_SECONDS);
	tidy_part(spool, "receipts", now - OLD_SECONDS);
	tidy_part(spool, "new", now - OLD_SECONDS);
	tidy_part(spool, "kept", now - KEPT_SECONDS);
}
