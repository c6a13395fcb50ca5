/* postgres.c -- a private PostgreSQL server: made, started, stopped. */
#include "base/postgres.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"

static const char BOOTSTRAP[] =
#include "sql/cluster_bootstrap.sql.inc"
	;

enum {
	OLDEST_VERSION = 15,
	PATIENCE_STEPS = 1200, /* of a tenth of a second */
	ANSWER_STEPS = 50,
};

#define LOG_NAME "/server.log"
#define BINARIES "/usr/lib/postgresql/"

static void sleep_tenth(void)
{
	nanosleep(&(const struct timespec){ .tv_nsec = 100000000 }, NULL);
}

/* ---- Programs ----------------------------------------------------------- */

/* The version of the cluster in FOLDER; 0 if it says none. */
static int version_of(const char *folder)
{
	struct text path = { 0 };
	int version = 0;
	FILE *file;

	text_addf(&path, "%s/PG_VERSION", folder);
	file = fopen(text_string(&path), "r");
	if (file && fscanf(file, "%d", &version) != 1)
		version = 0;
	if (file)
		fclose(file);
	text_free(&path);
	return version;
}

static int newest_version(void)
{
	glob_t found;
	int newest = 0;

	if (glob(BINARIES "*/bin/postgres", 0, NULL, &found) != 0)
		return 0;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		int version = atoi(found.gl_pathv[i] + sizeof BINARIES - 1);

		newest = version > newest ? version : newest;
	}
	globfree(&found);
	return newest;
}

int postgres_find_program(const char *folder, const char *name, char **path,
			  struct error *err)
{
	int version = folder ? version_of(folder) : newest_version();
	struct text found = { 0 };

	*path = NULL;
	if (folder && version == 0)
		return error_set(err, ERROR_CONFLICT, "%s is not a PostgreSQL cluster",
				 folder);
	text_addf(&found, BINARIES "%d/bin/%s", version, name);
	if (version < OLDEST_VERSION || access(text_string(&found), X_OK) != 0) {
		error_set(
			err, ERROR_UNAVAILABLE,
			"PostgreSQL %d is not installed: apt-get install postgresql-%d, "
			"or `make deps`",
			folder ? version : OLDEST_VERSION,
			folder ? version : OLDEST_VERSION);
		text_free(&found);
		return -1;
	}
	*path = text_take(&found);
	return 0;
}

/* ---- Making ------------------------------------------------------------- */

int postgres_init(const struct account *account, const char *folder, int lock,
		  struct error *err)
{
	char *initdb = NULL, *postgres = NULL;
	struct text output = { 0 };
	int status = -1;

	if (postgres_find_program(NULL, "initdb", &initdb, err) != 0 ||
	    postgres_find_program(NULL, "postgres", &postgres, err) != 0)
		goto done;
	/* clang-format off */
	const char *const make[] = {
		initdb, "--pgdata", folder, "--username=postgres", "--auth-local=trust",
		"--auth-host=reject", "--locale=C.UTF-8", "--encoding=UTF8",
		"--data-checksums", "--no-instructions", NULL
	};
	/* -j: a statement ends with a semicolon and an empty line. */
	const char *const fill[] = {
		postgres, "--single", "-j", "-D", folder, "-c", "exit_on_error=on",
		"-c", "log_min_messages=warning", "postgres", NULL
	};
	/* clang-format on */
	if (process_run(account, make, NULL, lock, &output, err) != 0 ||
	    process_run(account, fill, BOOTSTRAP, lock, &output, err) != 0)
		goto done;
	status = 0;
done:
	text_free(&output);
	free(initdb);
	free(postgres);
	return status;
}

/* ---- Is it running? ----------------------------------------------------- */

/* The first line of postmaster.pid; 0 without one. */
static pid_t noted_process(const char *folder)
{
	struct text path = { 0 };
	long process = 0;
	FILE *file;

	text_addf(&path, "%s/postmaster.pid", folder);
	file = fopen(text_string(&path), "r");
	if (file && fscanf(file, "%ld", &process) != 1)
		process = 0;
	if (file)
		fclose(file);
	text_free(&path);
	return (pid_t)process;
}

/* Dead, but not yet buried by its parent. */
static int is_zombie(pid_t process)
{
	char path[64], state = '\0';
	FILE *file;

	snprintf(path, sizeof path, "/proc/%ld/stat", (long)process);
	file = fopen(path, "r");
	if (file && fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = '\0';
	if (file)
		fclose(file);
	return state == 'Z';
}

/* Does PROCESS work in FOLDER, as every process of its server does?  Yes where
 * we may not look. */
static int works_in(pid_t process, const char *folder)
{
	char path[64], found[PATH_MAX];
	ssize_t length;

	snprintf(path, sizeof path, "/proc/%ld/cwd", (long)process);
	length = readlink(path, found, sizeof found - 1);
	if (length < 0)
		return errno != ENOENT;
	found[length] = '\0';
	return strcmp(found, folder) == 0;
}

pid_t postgres_process(const char *folder)
{
	pid_t process = noted_process(folder);

	if (process <= 0 || (kill(process, 0) != 0 && errno == ESRCH))
		return 0;
	return !is_zombie(process) && works_in(process, folder) ? process : 0;
}

/* The notes of a killed server whose number another process has by now, or that
 * nobody buried, would keep PostgreSQL from starting.  Its own check of the
 * shared memory still finds backends that outlived the server. */
static void remove_stale_notes(const char *folder, const char *socket_folder)
{
	struct text path = { 0 };

	if (postgres_process(folder) != 0)
		return;
	if (noted_process(folder) > 0) {
		text_addf(&path, "%s/postmaster.pid", folder);
		unlink(text_string(&path));
	}
	text_clear(&path);
	text_addf(&path, "%s/.s.PGSQL.5432.lock", socket_folder);
	unlink(text_string(&path));
	text_free(&path);
}

/* Does someone accept connections on the socket? */
static int answers(const char *socket_folder)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int connection, status;

	snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432",
		 socket_folder);
	connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connection < 0)
		return 0;
	status = connect(connection, (struct sockaddr *)&address, sizeof address);
	close(connection);
	return status == 0;
}

/* The server writes its state into line 8 of postmaster.pid. */
static int is_ready(const char *folder)
{
	struct text path = { 0 };
	char *line = NULL;
	size_t size = 0;
	int ready = 0;
	FILE *file;

	text_addf(&path, "%s/postmaster.pid", folder);
	file = fopen(text_string(&path), "r");
	for (int number = 1; file && getline(&line, &size, file) >= 0; number++)
		if (number == 8)
			ready = strncmp(line, "ready", 5) == 0;
	if (file)
		fclose(file);
	free(line);
	text_free(&path);
	return ready;
}

/* ---- Starting ----------------------------------------------------------- */

/* Settings that follow the machine's memory. */
struct sizes {
	char shared_buffers[48], effective_cache[48];
};

static void size_up(struct sizes *sizes)
{
	long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
	long megabytes = pages > 0 && page > 0 ? pages / 1024 * page / 1024 : 1024;
	long shared = megabytes / 8;

	shared = shared < 64 ? 64 : shared > 1024 ? 1024 : shared;
	snprintf(sizes->shared_buffers, sizeof sizes->shared_buffers,
		 "shared_buffers=%ldMB", shared);
	snprintf(sizes->effective_cache, sizeof sizes->effective_cache,
		 "effective_cache_size=%ldMB", megabytes / 2 < 128 ? 128 : megabytes / 2);
}

/* A folder as the value of unix_socket_directories, which is a list. */
static char *quote_for_list(const char *folder)
{
	struct text setting = { 0 };

	text_add(&setting, "unix_socket_directories=\"");
	for (; *folder; folder++) {
		if (*folder == '"')
			text_add_char(&setting, '"');
		text_add_char(&setting, *folder);
	}
	text_add_char(&setting, '"');
	return text_take(&setting);
}

static int launch(const struct account *account, const char *folder,
		  const char *socket_folder, int *alive, struct error *err)
{
	char *postgres = NULL, *sockets = quote_for_list(socket_folder);
	struct text log = { 0 };
	struct sizes sizes;
	int status = -1;

	if (postgres_find_program(folder, "postgres", &postgres, err) != 0)
		goto done;
	size_up(&sizes);
	text_addf(&log, "%s" LOG_NAME, folder);
	/* clang-format off */
	const char *const argv[] = {
		postgres, "-D", folder,
		"-c", "listen_addresses=", "-c", sockets, "-c", "port=5432",
		"-c", "unix_socket_permissions=0700", "-c", "max_connections=100",
		"-c", sizes.shared_buffers, "-c", sizes.effective_cache,
		"-c", "work_mem=32MB", "-c", "maintenance_work_mem=256MB",
		"-c", "fsync=on", "-c", "full_page_writes=on", "-c", "synchronous_commit=on",
		"-c", "wal_compression=lz4", "-c", "wal_buffers=16MB",
		"-c", "min_wal_size=256MB", "-c", "max_wal_size=4GB",
		"-c", "checkpoint_timeout=15min", "-c", "random_page_cost=1.1",
		"-c", "jit=off", "-c", "timezone=Asia/Ho_Chi_Minh",
		"-c", "log_timezone=Asia/Ho_Chi_Minh", "-c", "log_checkpoints=off",
		"-c", "log_line_prefix=%m [%p] %u ", NULL
	};
	/* clang-format on */
	status = process_launch(account, argv, text_string(&log), alive, err);
done:
	free(postgres);
	free(sockets);
	text_free(&log);
	return status;
}

static int has_ended(int alive)
{
	struct pollfd end = { .fd = alive, .events = POLLIN };

	return poll(&end, 1, 0) > 0;
}

/* Waits for the server just launched: 1 ready, 0 ended, -1 neither in time. */
static int wait_for_start(const char *folder, const char *socket_folder, int alive)
{
	for (int step = 0; step < PATIENCE_STEPS * 10; step++) {
		if (is_ready(folder) && postgres_process(folder) &&
		    answers(socket_folder))
			return 1;
		if (has_ended(alive))
			return 0;
		nanosleep(&(const struct timespec){ .tv_nsec = 10000000 }, NULL);
	}
	return -1;
}

/* What the server last complained of, for an error message. */
static char *last_complaint(const char *folder)
{
	struct text path = { 0 }, complaint = { 0 };
	char *line = NULL;
	size_t size = 0;
	FILE *file;

	text_addf(&path, "%s" LOG_NAME, folder);
	file = fopen(text_string(&path), "r");
	if (file && fseek(file, -8192, SEEK_END) != 0)
		rewind(file);
	while (file && getline(&line, &size, file) >= 0) {
		const char *found = strstr(line, "FATAL:");

		if (!found)
			continue;
		text_clear(&complaint);
		text_add_bytes(&complaint, found, strcspn(found, "\n"));
	}
	if (file)
		fclose(file);
	if (!complaint.length)
		text_addf(&complaint, "see %s", text_string(&path));
	free(line);
	text_free(&path);
	return text_take(&complaint);
}

/* Launches until it stays up: the backends of a killed server may still be on
 * their way out, and PostgreSQL waits for none of them. */
static int launch_until_ready(const struct account *account, const char *folder,
			      const char *socket_folder, struct error *err)
{
	char *complaint;
	int alive, outcome = 0;

	for (int attempt = 0; outcome == 0 && attempt < 60; attempt++) {
		if (attempt > 0)
			nanosleep(&(const struct timespec){ .tv_nsec = 500000000 }, NULL);
		remove_stale_notes(folder, socket_folder);
		if (launch(account, folder, socket_folder, &alive, err) != 0)
			return -1;
		outcome = wait_for_start(folder, socket_folder, alive);
		close(alive);
		complaint = outcome > 0 ? NULL : last_complaint(folder);
		if (complaint && outcome == 0 &&
		    !strstr(complaint, "shared memory block"))
			outcome = -1;
		if (outcome < 0)
			error_set(err, ERROR_UNAVAILABLE,
				  "PostgreSQL in %s does not start: %s", folder,
				  complaint);
		else if (outcome == 0)
			error_set(err, ERROR_UNAVAILABLE,
				  "PostgreSQL in %s was killed, and a statement of it "
				  "still runs: try again",
				  folder);
		free(complaint);
	}
	return outcome > 0 ? 0 : -1;
}

/* The log is one file; a large one begins anew. */
static void trim_log(const char *folder)
{
	struct text path = { 0 };
	struct stat log;

	text_addf(&path, "%s" LOG_NAME, folder);
	if (lstat(text_string(&path), &log) == 0 && log.st_size > 16 * 1024 * 1024)
		unlink(text_string(&path));
	text_free(&path);
}

int postgres_start(const struct account *account, const char *folder,
		   const char *socket_folder, struct error *err)
{
	/* One on its way up or down will soon answer, or be gone. */
	for (int step = 0; postgres_process(folder) && step < ANSWER_STEPS; step++) {
		if (answers(socket_folder) && is_ready(folder))
			return 0;
		sleep_tenth();
	}
	/* Still there: it recovers, or its socket was swept away with /tmp. */
	for (int step = 0; postgres_process(folder) && step < PATIENCE_STEPS; step++) {
		if (!answers(socket_folder))
			break;
		if (is_ready(folder))
			return 0;
		sleep_tenth();
	}
	if (postgres_stop(folder, err) != 0)
		return -1;
	trim_log(folder);
	return launch_until_ready(account, folder, socket_folder, err);
}

/* ---- Stopping ----------------------------------------------------------- */

/* Sends SIGNAL_NUMBER and waits; 1 if the server is gone. */
static int end_with(const char *folder, int signal_number, int steps)
{
	pid_t process = postgres_process(folder);

	if (process == 0)
		return 1;
	kill(process, signal_number);
	for (int step = 0; step < steps * 10; step++) {
		if (!postgres_process(folder))
			return 1;
		nanosleep(&(const struct timespec){ .tv_nsec = 10000000 }, NULL);
	}
	return 0;
}

int postgres_stop(const char *folder, struct error *err)
{
	/* SIGINT ends the sessions, SIGQUIT everything; nothing committed is lost. */
	if (end_with(folder, SIGINT, PATIENCE_STEPS) || end_with(folder, SIGQUIT, 100))
		return 0;
	return error_set(err, ERROR_UNAVAILABLE,
			 "PostgreSQL in %s (process %ld) does not end", folder,
			 (long)postgres_process(folder));
}
