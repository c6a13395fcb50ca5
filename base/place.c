/* place.c -- where the embedded PostgreSQL lives. */
#include "base/place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/memory.h"

#define SOCKET_NAME "/.s.PGSQL.5432"

static int fail(struct error *err, const char *path)
{
	return error_set(err, ERROR_UNAVAILABLE, "%s: %s", path, strerror(errno));
}

static char *join(const char *folder, const char *name)
{
	struct text path = { 0 };

	text_addf(&path, "%s/%s", folder, name);
	return text_take(&path);
}

/* ---- The data folder ---------------------------------------------------- */

static int make_folders(const char *path, struct error *err)
{
	char *copy = memory_copy(path);
	int status = 0;

	for (char *slash = copy + 1; status == 0; slash++) {
		char c = *slash;

		if (c != '/' && c != '\0')
			continue;
		*slash = '\0';
		if (mkdir(copy, 0755) != 0 && errno != EEXIST)
			status = fail(err, copy);
		*slash = c;
		if (c == '\0')
			break;
	}
	free(copy);
	return status;
}

/* Can the account get into the data folder?  Where it is ours and closed, the account
 * alone is let through it (not to its list of files): the folder may hold other things,
 * which must stay closed to everybody else. */
static int open_way(const struct place *place)
{
	char entry[40];
	const char *const argv[] = { "/usr/bin/setfacl", "-m", entry, "--",
				     place->data,        NULL };
	struct text output = { 0 };
	struct error aside;
	struct stat data;

	if (account_can_enter(&place->account, place->data))
		return 1;
	if (stat(place->data, &data) != 0 || !S_ISDIR(data.st_mode) ||
	    data.st_uid != geteuid())
		return 0;
	snprintf(entry, sizeof entry, "u:%lu:x", (unsigned long)place->account.uid);
	process_run(&(const struct account){ 0 }, argv, NULL, -1, &output, &aside);
	text_free(&output);
	return account_can_enter(&place->account, place->data);
}

static int open_lock(const struct place *place, const char *name, struct error *err)
{
	char *path = join(place->data, name);
	int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (lock < 0)
		fail(err, path);
	free(path);
	return lock;
}

int place_open(struct place *place, const char *data, struct error *err)
{
	*place = (struct place){ .lock = -1, .users = -1 };
	if (account_find(&place->account, err) != 0 || make_folders(data, err) != 0)
		goto failed;
	place->data = realpath(data, NULL);
	if (!place->data) {
		fail(err, data);
		goto failed;
	}
	place->cluster = join(place->data, "postgres");
	place->fresh = join(place->data, "postgres.new");
	place->reachable = open_way(place);
	place->lock = open_lock(place, "postgres.lock", err);
	if (place->lock >= 0)
		place->users = open_lock(place, "postgres.users", err);
	if (place->users < 0)
		goto failed;
	return 0;
failed:
	place_close(place);
	return error_context(err, "data folder");
}

void place_close(struct place *place)
{
	if (place->lock >= 0)
		close(place->lock);
	if (place->users >= 0)
		close(place->users);
	free(place->data);
	free(place->cluster);
	free(place->fresh);
	*place = (struct place){ .lock = -1, .users = -1 };
}

/* In the file that is open already, so that a process that gave up the rights of
 * root can still read it. */
int place_is_kept(const struct place *place)
{
	struct stat lock;

	return fstat(place->lock, &lock) == 0 && lock.st_size > 0;
}

int place_keep(const struct place *place, int keep, struct error *err)
{
	if (ftruncate(place->lock, 0) != 0 ||
	    (keep && pwrite(place->lock, "kept\n", 5, 0) != 5))
		return fail(err, "postgres.lock");
	return 0;
}

/* ---- The cluster -------------------------------------------------------- */

int place_find_cluster(const struct place *place, char **path, struct error *err)
{
	struct stat link;

	*path = realpath(place->cluster, NULL);
	if (*path)
		return 0;
	if (lstat(place->cluster, &link) != 0 && errno == ENOENT)
		return error_set(err, ERROR_NOT_FOUND, "%s holds no database yet",
				 place->data);
	return error_set(
		err, ERROR_CONFLICT,
		"%s is a link to a folder that is gone or closed to us; bring the "
		"folder back, or remove the link to begin with an empty database",
		place->cluster);
}

static int give_to_account(const struct place *place, const char *path, struct error *err)
{
	if (!place->account.is_other ||
	    lchown(path, place->account.uid, place->account.gid) == 0)
		return 0;
	return fail(err, path);
}

static int remove_tree(const struct place *place, const char *path, struct error *err)
{
	const char *const argv[] = { "/bin/rm", "-rf", "--", path, NULL };
	struct text output = { 0 };
	int status = process_run(&(const struct account){ 0 }, argv, NULL, place->lock,
				 &output, err);

	text_free(&output);
	return status;
}

/* What a command that was killed left behind.  A link is followed only to where
 * we put such clusters ourselves. */
static int remove_half_made(const struct place *place, struct error *err)
{
	char target[PATH_MAX];
	ssize_t length = readlink(place->fresh, target, sizeof target - 1);

	if (length > 0) {
		target[length] = '\0';
		if (strncmp(target, PLACE_ELSEWHERE "/", sizeof PLACE_ELSEWHERE) == 0 &&
		    !strstr(target, "/..") && remove_tree(place, target, err) != 0)
			return -1;
	}
	return remove_tree(place, place->fresh, err);
}

/* A new folder in the common place, and a link to it at LINK. */
static int make_elsewhere(const struct place *place, const char *link, struct error *err)
{
	char folder[] = PLACE_ELSEWHERE "/XXXXXX";

	if (mkdir(PLACE_ELSEWHERE, 0711) != 0 && errno != EEXIST)
		return fail(err, PLACE_ELSEWHERE);
	if (!mkdtemp(folder))
		return fail(err, folder);
	if (give_to_account(place, folder, err) != 0)
		return -1;
	if (symlink(folder, link) != 0)
		return fail(err, link);
	return 0;
}

int place_make_fresh(const struct place *place, char **path, struct error *err)
{
	*path = NULL;
	if (remove_half_made(place, err) != 0)
		return -1;
	if (!place->reachable) {
		if (make_elsewhere(place, place->fresh, err) != 0)
			return -1;
	} else {
		if (mkdir(place->fresh, 0700) != 0)
			return fail(err, place->fresh);
		if (give_to_account(place, place->fresh, err) != 0)
			return -1;
	}
	*path = realpath(place->fresh, NULL);
	return *path ? 0 : fail(err, place->fresh);
}

int place_adopt_fresh(const struct place *place, struct error *err)
{
	int folder;

	if (rename(place->fresh, place->cluster) != 0)
		return fail(err, place->cluster);
	folder = open(place->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder >= 0) {
		fsync(folder);
		close(folder);
	}
	return 0;
}

/* ---- The socket --------------------------------------------------------- */

/* Can a socket in FOLDER be named?  libpq takes a comma for the end of a name. */
static int is_fit(const char *folder)
{
	return !strchr(folder, ',') &&
	       strlen(folder) + sizeof SOCKET_NAME <=
		       sizeof((struct sockaddr_un *)NULL)->sun_path;
}

/* Is PATH a folder of the account's own that nobody else may enter?  Whoever
 * could get into it could become any role of the database. */
static int is_private(const struct place *place, const char *path)
{
	uid_t owner = place->account.is_other ? place->account.uid : geteuid();
	struct stat folder;

	return lstat(path, &folder) == 0 && S_ISDIR(folder.st_mode) &&
	       folder.st_uid == owner && (folder.st_mode & 077) == 0;
}

static int make_private(const struct place *place, const char *path, struct error *err)
{
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return fail(err, path);
	if (give_to_account(place, path, err) != 0)
		return -1;
	if (chmod(path, 0700) != 0)
		return fail(err, path);
	return 0;
}

int place_find_work_folder(const struct place *place, const char *name, char **path,
			   struct error *err)
{
	char *folder = join(place->data, name);
	int status = 0;

	*path = realpath(folder, NULL);
	if (*path && is_private(place, *path))
		goto done;
	free(*path);
	*path = NULL;
	status = place->reachable ? make_private(place, folder, err)
				  : make_elsewhere(place, folder, err);
	if (status == 0 && !(*path = realpath(folder, NULL)))
		status = fail(err, folder);
done:
	free(folder);
	return status;
}

int place_make_folder(const char *path, struct error *err)
{
	struct place place = { 0 };

	/* One that is there is taken as it is: its owner knows why. */
	if (access(path, F_OK) == 0)
		return 0;
	if (account_find(&place.account, err) != 0 || make_folders(path, err) != 0)
		return -1;
	return give_to_account(&place, path, err);
}

/* A folder with a short name under /tmp, and a link to it at LINK. */
static int make_under_tmp(const struct place *place, const char *link, struct error *err)
{
	char folder[] = "/tmp/nq17-XXXXXX";

	if (!mkdtemp(folder))
		return fail(err, folder);
	if (give_to_account(place, folder, err) != 0)
		return -1;
	if (remove(link) != 0 && errno != ENOENT)
		return fail(err, link);
	if (symlink(folder, link) != 0)
		return fail(err, link);
	return 0;
}

int place_find_socket_folder(const struct place *place, char **path, struct error *err)
{
	char *run = join(place->data, "run"), target[PATH_MAX];
	ssize_t length = readlink(run, target, sizeof target - 1);
	int status = 0;

	*path = NULL;
	target[length > 0 ? length : 0] = '\0';
	if (length > 0 && is_private(place, target))
		*path = memory_copy(target);
	else if (length <= 0 && place->reachable && is_fit(run))
		status = is_private(place, run) ? 0 : make_private(place, run, err);
	else
		status = make_under_tmp(place, run, err);
	if (status == 0 && !*path)
		*path = realpath(run, NULL);
	if (status == 0 && !*path)
		status = fail(err, run);
	free(run);
	return status;
}
