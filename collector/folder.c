/* folder.c -- the way in by folders: agencies' systems put files there, and find the
 * receipts beside them.
 *
 * A file is complete when it appears by rename or is closed by its writer (inotify), or
 * when it was not touched for ten seconds.  Then, per file:
 *
 *   1  NAME -> work/NAME               from here on it is ours
 *   2  its bytes -> the spool           the delivery is named by agency, name, inode, size,
 *                                       time and content of the file
 *   3  the receipt of that delivery appears (nq17 collect committed it)
 *   4  receipt -> done/NAME.receipt.json, refused records -> done/NAME.errors.csv
 *   5  work/NAME -> done/NAME           (or refused/)
 *
 * The state of a file is where it lies, and nothing else.  After a crash what is in work/
 * begins again at step 2: it makes the same name, and the spool and the store know a
 * delivery by its name, so nothing is repeated; until step 5 the file is in work/, so
 * nothing is lost.  Step 4 writes the same bytes again.  A file that changed in work/,
 * because its writer had not finished, gets another name and is delivered again; its
 * records are known by then. */
#include "collector/way.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/log.h"
#include "base/memory.h"
#include "collector/inbox.h"
#include "collector/inbox_name.h"
#include "collector/input.h"
#include "collector/receipt.h"

enum {
	RESCAN_MS = 5000,
	QUIET_MS =
		10000,  /* a file that nobody saw being closed must stand still so long */
	LOOK_MS = 1000, /* how often it is looked at meanwhile */
	WORK_MS = 80,   /* in one step */
	PIECE = 256 * 1024,
	WAITING_MAX =
		64, /* deliveries on their way at once: each is a copy on the disk */
	FILES_MAX = 1000, /* of one agency looked after at once; the rest comes later */
	SPARE = 64 << 20, /* bytes of the spool's disk that are left free */
};

static const char SOURCES[] =
#include "sql/queries/folder_sources.sql.inc"
	;

enum file_state {
	FILE_NEW,     /* in LABEL/ */
	FILE_TAKEN,   /* in work/, to be copied */
	FILE_WAITING, /* for its receipt */
};

struct file {
	char *name;
	enum file_state state;
	int complete;       /* inotify said so */
	int present;        /* at the last look */
	int told;           /* what is wrong with it was logged */
	int64_t since;      /* when it was last seen changing */
	int64_t not_before; /* tried again then */
	struct stat facts;
	char delivery[SPOOL_ID_MAX + 1];
};

struct box {
	int32_t agency_id;
	char *label;
	char *profile;                      /* or NULL */
	const struct record_type *profiled; /* of PROFILE; NULL: not known */
	struct inbox inbox;
	int watch;
	int open, listed, told;
	struct file *files;
	size_t count, size;
};

/* The file that is being copied; over several steps if it is large. */
struct copy {
	struct box *box;
	char *name;
	int fd;
	struct stat facts;
	struct spool_draft *draft;
	struct digest *digest;
	char *piece;
};

struct folders {
	const struct collect_context *context;
	const char *folder; /* NULL: off */
	struct db *db;
	int notify;
	int64_t rescan_at;
	struct box *boxes;
	size_t count;
	struct copy copy;
	size_t waiting;
	size_t turn; /* the next box that is looked after */
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int same_facts(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* ---- Files we know of --------------------------------------------------- */

static struct file *find_file(struct box *box, const char *name, int is_new)
{
	for (size_t i = 0; i < box->count; i++)
		if ((box->files[i].state == FILE_NEW) == is_new &&
		    strcmp(box->files[i].name, name) == 0)
			return &box->files[i];
	return NULL;
}

static struct file *add_file(struct box *box, const char *name, enum file_state state)
{
	struct file *file;

	if (box->count == box->size) {
		box->size = box->size ? box->size * 2 : 16;
		box->files = memory_resize(box->files, box->size, sizeof *box->files);
	}
	file = &box->files[box->count++];
	*file = (struct file){ .name = memory_copy(name), .state = state, .present = 1 };
	return file;
}

static void drop_file(struct box *box, size_t index)
{
	free(box->files[index].name);
	box->files[index] = box->files[--box->count];
}

/* Once per file, until something about it changes. */
static void tell(const struct box *box, struct file *file, const struct error *err)
{
	if (!file->told)
		log_line("folder", "%s: %s", box->label, err->message);
	file->told = 1;
}

/* ---- Looking ------------------------------------------------------------ */

/* Is somebody writing to it right now?  Known only of files of our own account. */
static int is_being_written(int fd)
{
	if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
		fcntl(fd, F_SETLEASE, F_UNLCK);
		return 0;
	}
	return errno == EAGAIN;
}

/* How long ago it was last written to, renamed, or otherwise changed. */
static int64_t age_of(const struct stat *facts)
{
	int64_t seconds = (int64_t)(time(NULL) - facts->st_ctim.tv_sec);

	return seconds > 0 ? seconds * 1000 : 0;
}

/* Has NAME in LABEL/ come to its end? */
static int is_complete(struct box *box, struct file *file, int64_t now)
{
	struct stat facts;
	struct error err;
	int fd, busy;

	if (inbox_open_file(&box->inbox, INBOX_NEW, file->name, &fd, &facts, &err) != 0) {
		if (err.kind != ERROR_NOT_FOUND)
			tell(box, file, &err);
		return 0;
	}
	busy = is_being_written(fd);
	close(fd);
	if (!same_facts(&facts, &file->facts) || busy) {
		/* Written on after it was closed: only its standing still counts. */
		if (file->facts.st_ino)
			file->complete = 0;
		file->facts = facts;
		file->since = now - (busy ? 0 : age_of(&facts));
		file->told = 0;
	}
	/* Some create a file, close it, and open it again to fill it. */
	return !busy &&
	       ((file->complete && facts.st_size > 0) || now - file->since >= QUIET_MS);
}

static void look_at(struct box *box, enum inbox_place place)
{
	int fd = openat(box->inbox.folders[place], ".",
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
	int is_new = place == INBOX_NEW;

	for (struct dirent *entry; folder && (entry = readdir(folder));) {
		struct file *file;

		if (inbox_name_is_ignored(entry->d_name))
			continue;
		file = find_file(box, entry->d_name, is_new);
		if (file)
			file->present = 1;
		else if (box->count < FILES_MAX || !is_new)
			add_file(box, entry->d_name, is_new ? FILE_NEW : FILE_TAKEN);
	}
	if (folder)
		closedir(folder);
	else if (fd >= 0)
		close(fd);
}

static void look(struct box *box)
{
	for (size_t i = 0; i < box->count; i++)
		box->files[i].present = 0;
	look_at(box, INBOX_NEW);
	look_at(box, INBOX_WORK);
	for (size_t i = box->count; i-- > 0;)
		if (!box->files[i].present)
			drop_file(box, i);
}

static struct box *box_of_watch(struct folders *folders, int watch)
{
	for (size_t i = 0; i < folders->count; i++)
		if (folders->boxes[i].watch == watch)
			return &folders->boxes[i];
	return NULL;
}

static void take_note(struct folders *folders, const struct inotify_event *event)
{
	struct box *box = box_of_watch(folders, event->wd);
	struct file *file;

	if (event->mask & IN_Q_OVERFLOW)
		folders->rescan_at = 0;
	if (!box || event->len == 0 || event->mask & IN_ISDIR ||
	    inbox_name_is_ignored(event->name))
		return;
	file = find_file(box, event->name, 1);
	if (!file)
		file = add_file(box, event->name, FILE_NEW);
	file->complete = 1;
	file->facts = (struct stat){ 0 };
	file->told = 0;
	file->not_before = 0;
}

static void read_events(struct folders *folders)
{
	_Alignas(struct inotify_event) char events[16 * 1024];
	ssize_t length;

	while ((length = read(folders->notify, events, sizeof events)) > 0)
		for (char *at = events; at < events + length;) {
			const struct inotify_event *event = (const void *)at;

			take_note(folders, event);
			at += sizeof *event + event->len;
		}
}

/* ---- The folders -------------------------------------------------------- */

static struct box *find_box(struct folders *folders, const char *label)
{
	for (size_t i = 0; i < folders->count; i++)
		if (strcmp(folders->boxes[i].label, label) == 0)
			return &folders->boxes[i];
	return NULL;
}

static struct box *add_box(struct folders *folders, const char *label)
{
	struct copy *copy = &folders->copy;
	size_t at = copy->box ? (size_t)(copy->box - folders->boxes) : 0;
	struct box *box;

	folders->boxes =
		memory_resize(folders->boxes, folders->count + 1, sizeof *folders->boxes);
	if (copy->box)
		copy->box = &folders->boxes[at];
	box = &folders->boxes[folders->count++];
	*box = (struct box){ .label = memory_copy(label), .watch = -1 };
	for (int i = 0; i < INBOX_PLACES; i++)
		box->inbox.folders[i] = -1;
	return box;
}

/* Anew each time: somebody may have moved the folder away. */
static void open_box(struct folders *folders, struct box *box)
{
	struct error err;
	char path[40];
	int watch;

	inbox_close(&box->inbox);
	box->open = inbox_open(&box->inbox, folders->folder, box->label, &err) == 0;
	if (!box->open) {
		if (!box->told)
			log_line("folder", "%s: %s", box->label, err.message);
		box->told = 1;
		return;
	}
	box->told = 0;
	snprintf(path, sizeof path, "/proc/self/fd/%d", box->inbox.folders[INBOX_NEW]);
	watch = inotify_add_watch(folders->notify, path,
				  IN_MOVED_TO | IN_CLOSE_WRITE | IN_ONLYDIR);
	if (box->watch >= 0 && watch != box->watch)
		inotify_rm_watch(folders->notify, box->watch);
	box->watch = watch;
}

static void shut_box(struct folders *folders, struct box *box)
{
	if (box->open && box->watch >= 0)
		inotify_rm_watch(folders->notify, box->watch);
	inbox_close(&box->inbox);
	for (int i = 0; i < INBOX_PLACES; i++)
		box->inbox.folders[i] = -1;
	box->open = 0;
	box->watch = -1;
	while (box->count > 0)
		drop_file(box, box->count - 1);
}

static int connect(struct folders *folders, struct error *err)
{
	if (folders->db && !db_is_alive(folders->db)) {
		db_close(folders->db);
		folders->db = NULL;
	}
	if (folders->db)
		return 0;
	return cluster_connect(folders->context->cluster, DB_COLLECTOR, &folders->db,
			       err);
}

static int rescan(struct folders *folders, struct error *err)
{
	struct db_rows *rows = NULL;

	if (connect(folders, err) != 0 ||
	    db_query(folders->db, SOURCES, NULL, 0, &rows, err) != 0)
		return -1;
	for (size_t i = 0; i < folders->count; i++)
		folders->boxes[i].listed = 0;
	for (size_t i = 0; i < db_rows_count(rows); i++) {
		const char *label = db_value(rows, i, "label");
		const char *profile = db_value(rows, i, "profile");
		const char *profiled = db_value(rows, i, "profile_type");
		struct box *box = find_box(folders, label);

		if (!box)
			box = add_box(folders, label);
		box->listed = 1;
		box->agency_id = atoi(db_value(rows, i, "agency_id"));
		free(box->profile);
		box->profile = profile ? memory_copy(profile) : NULL;
		box->profiled = profiled ? record_type_find(profiled) : NULL;
	}
	db_rows_free(rows);
	for (size_t i = 0; i < folders->count; i++) {
		struct box *box = &folders->boxes[i];

		if (box->listed)
			open_box(folders, box);
		else
			shut_box(folders, box);
		if (box->open)
			look(box);
	}
	return 0;
}

/* ---- Step 1: taking ----------------------------------------------------- */

static void take(struct box *box, struct file *file, int64_t now)
{
	struct error err;

	file->not_before = now + LOOK_MS;
	/* One of the same name may still be on its way. */
	if (find_file(box, file->name, 0) || !is_complete(box, file, now))
		return;
	file->not_before = 0;
	if (inbox_take(&box->inbox, file->name, &err) == 0)
		file->state = FILE_TAKEN;
	else if (err.kind != ERROR_NOT_FOUND)
		tell(box, file, &err);
}

/* ---- Step 2: copying ---------------------------------------------------- */

static void end_copy(struct folders *folders)
{
	struct copy *copy = &folders->copy;
	char ignored[65];

	if (!copy->box)
		return;
	close(copy->fd);
	spool_abandon(copy->draft);
	digest_end(copy->digest, ignored);
	free(copy->name);
	free(copy->piece);
	*copy = (struct copy){ 0 };
}

static int check_room(const struct spool *spool, uint64_t size, struct error *err)
{
	uint64_t room, all;

	if (spool_room(spool, &room, &all, err) != 0)
		return -1;
	if (room < size + SPARE)
		return error_set(err, ERROR_UNAVAILABLE, "no room in the spool");
	return 0;
}

static int begin_copy(struct folders *folders, struct box *box, struct file *file,
		      struct error *err)
{
	struct copy *copy = &folders->copy;
	struct spool *spool = folders->context->spool;
	struct spool_draft *draft = NULL;
	struct stat facts;
	int fd;

	if (inbox_open_file(&box->inbox, INBOX_WORK, file->name, &fd, &facts, err) != 0)
		return -1;
	if (check_room(spool, (uint64_t)facts.st_size, err) != 0 ||
	    spool_begin(spool, &draft, err) != 0) {
		close(fd);
		return -1;
	}
	*copy = (struct copy){ .box = box,
			       .name = memory_copy(file->name),
			       .fd = fd,
			       .facts = facts,
			       .draft = draft,
			       .digest = digest_begin(),
			       .piece = memory_take(PIECE) };
	return 0;
}

/* The name of the delivery: the same for the same file, whoever asks when. */
static void name_delivery(const struct copy *copy, const char *sha256,
			  char delivery[SPOOL_ID_MAX + 1])
{
	struct text all = { 0 };
	char digest[DIGEST_SIZE];

	text_addf(&all, "%d/%s/%llu/%lld/%lld.%09ld/%s", (int)copy->box->agency_id,
		  copy->name, (unsigned long long)copy->facts.st_ino,
		  (long long)copy->facts.st_size, (long long)copy->facts.st_mtim.tv_sec,
		  copy->facts.st_mtim.tv_nsec, sha256);
	digest_of(all.data, all.length, digest);
	snprintf(delivery, SPOOL_ID_MAX + 1, "folder-%s", digest);
	text_free(&all);
}

static int hand_over(struct folders *folders, struct file *file, struct error *err)
{
	const struct collect_context *context = folders->context;
	struct copy *copy = &folders->copy;
	const struct record_type *type;
	const char *format;
	struct spool_draft *draft = copy->draft;
	struct spool_note note = { .agency = copy->box->label,
				   .file = copy->name,
				   .way = (char *)"folder",
				   .scope = copy->box->agency_id };
	char sha256[65];

	if (inbox_name_read(copy->name, &type, &format) != 0)
		BUG("a copy of %s", copy->name);
	note.type = (char *)type->name;
	note.format = (char *)format;
	if (!copy->box->profiled || copy->box->profiled == type)
		note.profile = copy->box->profile;
	if (strcmp(config_get(context->config, "lang"), "en") == 0)
		note.language = MESSAGE_EN;
	digest_end(copy->digest, sha256);
	copy->digest = NULL;
	name_delivery(copy, sha256, note.id);
	copy->draft = NULL; /* it frees it */
	if (spool_hand_over(context->spool, draft, &note, err) != 0)
		return -1;
	memcpy(file->delivery, note.id, sizeof file->delivery);
	file->facts = copy->facts;
	file->state = FILE_WAITING;
	return 0;
}

/* All of it, and nobody wrote to it meanwhile? */
static int is_whole(const struct copy *copy)
{
	struct stat facts;

	return fstat(copy->fd, &facts) == 0 && same_facts(&facts, &copy->facts) &&
	       spool_length(copy->draft) == (uint64_t)facts.st_size;
}

/* Until the end or UNTIL; 1: there is more to do. */
static int go_on_copying(struct folders *folders, struct file *file, int64_t until,
			 struct error *err)
{
	struct copy *copy = &folders->copy;

	for (;;) {
		ssize_t length = read(copy->fd, copy->piece, PIECE);

		if (length < 0)
			return error_set(err, ERROR_UNAVAILABLE, "%s: %s", copy->name,
					 strerror(errno));
		if (length == 0)
			break;
		digest_add(copy->digest, copy->piece, (size_t)length);
		if (spool_write(copy->draft, copy->piece, (size_t)length, err) != 0)
			return -1;
		if (now_ms() >= until)
			return 1;
	}
	if (is_whole(copy))
		return hand_over(folders, file, err);
	return error_set(err, ERROR_UNAVAILABLE, "%s: still being written", copy->name);
}

/* A name that says nothing is answered at once; nothing of it goes to the store. */
static int refuse_name(struct folders *folders, const struct box *box, struct file *file,
		       struct error *err)
{
	const struct message_parts parts = { .detail = file->name };
	enum message_language language =
		strcmp(config_get(folders->context->config, "lang"), "en") == 0
			? MESSAGE_EN
			: MESSAGE_VI;
	struct receipt receipt = { .type = "" };
	struct text message = { 0 }, printed = { 0 };
	int status;

	message_add(&message, language, "file_name", &parts);
	receipt_add_error(&receipt, "null", NULL, NULL, NULL, "file_name",
			  text_string(&message));
	receipt_print(&receipt, &printed);
	status = inbox_finish(&box->inbox, file->name, text_string(&printed), folders->db,
			      err);
	file->present = status != 0;
	receipt_free(&receipt);
	text_free(&message);
	text_free(&printed);
	return status;
}

/* One file at a time; 1: there is more to do at once. */
static int copy_file(struct folders *folders, struct box *box, struct file *file,
		     int64_t until)
{
	const struct record_type *type;
	const char *format;
	struct error err;
	int status;

	if (folders->copy.box)
		status = go_on_copying(folders, file, until, &err);
	else if (inbox_name_read(file->name, &type, &format) != 0)
		status = refuse_name(folders, box, file, &err);
	else if ((status = begin_copy(folders, box, file, &err)) == 0)
		status = go_on_copying(folders, file, until, &err);
	if (status == 1)
		return 1;
	end_copy(folders);
	if (status != 0) {
		file->not_before = now_ms() + QUIET_MS;
		tell(box, file, &err);
	}
	return 0;
}

/* ---- Steps 3 to 5: the receipt ------------------------------------------ */

static int finish(struct folders *folders, struct box *box, struct file *file,
		  const char *receipt, struct error *err)
{
	struct stat facts;
	int fd;

	if (inbox_open_file(&box->inbox, INBOX_WORK, file->name, &fd, &facts, err) != 0)
		return -1;
	close(fd);
	if (!same_facts(&facts, &file->facts)) {
		file->state = FILE_TAKEN;
		return 0;
	}
	if (connect(folders, err) != 0)
		return -1;
	if (inbox_finish(&box->inbox, file->name, receipt, folders->db, err) == 0)
		return 0;
	db_rollback(folders->db);
	return -1;
}

static void await(struct folders *folders, struct box *box, struct file *file)
{
	struct error err;
	char *receipt = NULL;

	if (spool_receipt(folders->context->spool, file->delivery, &receipt, &err) == 0 &&
	    (!receipt || finish(folders, box, file, receipt, &err) == 0)) {
		file->present = !receipt || file->state == FILE_TAKEN;
	} else {
		tell(box, file, &err);
		file->not_before = now_ms() + RESCAN_MS;
	}
	free(receipt);
}

/* ---- The way ------------------------------------------------------------ */

/* Does what can be done with one file; 1: there is more to do at once. */
static int move_on(struct folders *folders, struct box *box, struct file *file,
		   int64_t until)
{
	int64_t now = now_ms();

	if (now < file->not_before)
		return 0;
	if (file->state == FILE_NEW)
		take(box, file, now);
	if (file->state == FILE_TAKEN && folders->waiting < WAITING_MAX)
		return copy_file(folders, box, file, until);
	if (file->state == FILE_WAITING)
		await(folders, box, file);
	return 0;
}

/* The folder may be off by now, or the file gone from it. */
static void check_copy(struct folders *folders)
{
	struct copy *copy = &folders->copy;

	if (copy->box && (!copy->box->open || !find_file(copy->box, copy->name, 0)))
		end_copy(folders);
}

/* Counts the files that wait for their receipts; those that are still being written, or
 * nobody knows, go to *UNSURE. */
static void count_waiting(struct folders *folders, size_t *unsure)
{
	folders->waiting = *unsure = 0;
	for (size_t i = 0; i < folders->count; i++)
		for (size_t j = 0; j < folders->boxes[i].count; j++) {
			const struct file *file = &folders->boxes[i].files[j];

			folders->waiting += file->state == FILE_WAITING;
			*unsure += file->state == FILE_NEW && !file->told;
		}
}

/* The files of BOX; 1: there is more to do at once. */
static int walk(struct folders *folders, struct box *box, int64_t until)
{
	for (size_t i = box->count; i-- > 0;) {
		struct file *file = &box->files[i];
		enum file_state before = file->state;

		if (file->state == FILE_TAKEN && folders->copy.box &&
		    (folders->copy.box != box ||
		     strcmp(folders->copy.name, file->name) != 0))
			continue; /* another one is being copied */
		if (move_on(folders, box, file, until))
			return 1;
		folders->waiting += file->state == FILE_WAITING && before != FILE_WAITING;
		if (!file->present)
			drop_file(box, i);
		if (now_ms() >= until)
			return 1;
	}
	return 0;
}

static int folders_open(void **state, const struct collect_context *context, int *fd,
			struct error *err)
{
	struct folders *folders = memory_zeroed(1, sizeof *folders);
	char *folder = NULL;

	*state = folders;
	folders->context = context;
	folders->notify = -1;
	folders->folder = config_get(context->config, "inbox");
	if (!folders->folder)
		return 0;
	if (cluster_work_folder(context->cluster, context->config, "inbox", &folder,
				err) != 0)
		return -1;
	free(folder);
	signal(SIGIO, SIG_IGN); /* somebody opens a file while we ask whether he does */
	folders->notify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (folders->notify < 0)
		return error_set(err, ERROR_UNAVAILABLE, "inotify: %s", strerror(errno));
	*fd = folders->notify;
	return 0;
}

static int folders_step(void *state, int *seconds, struct error *err)
{
	struct folders *folders = state;
	int64_t now = now_ms(), until = now + WORK_MS;
	size_t unsure;
	int is_more = 0;

	if (!folders->folder)
		return 0;
	*seconds = RESCAN_MS / 1000;
	read_events(folders);
	if (now >= folders->rescan_at) {
		folders->rescan_at = now + RESCAN_MS;
		if (rescan(folders, err) != 0)
			return -1;
	}
	check_copy(folders);
	count_waiting(folders, &unsure);
	for (size_t i = 0; i < folders->count && !is_more; i++) {
		struct box *box = &folders->boxes[folders->turn++ % folders->count];

		if (box->open)
			is_more = walk(folders, box, until);
	}
	count_waiting(folders, &unsure);
	if (is_more)
		*seconds = 0;
	else if (folders->waiting + unsure > 0)
		*seconds = 1;
	return 0;
}

static void folders_close(void *state)
{
	struct folders *folders = state;

	end_copy(folders);
	for (size_t i = 0; i < folders->count; i++) {
		struct box *box = &folders->boxes[i];

		shut_box(folders, box);
		free(box->files);
		free(box->label);
		free(box->profile);
	}
	free(folders->boxes);
	if (folders->notify >= 0)
		close(folders->notify);
	db_close(folders->db);
	free(folders);
}

const struct way way_folder = { "folder", folders_open, folders_step, folders_close };
