/* cluster.c -- the database of a command: configured, or embedded. */
#include "base/cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/office.h"
#include "base/place.h"
#include "base/postgres.h"
#include "base/schema.h"

enum { ROLES = DB_REPORTS + 1 };

struct cluster {
	char *conninfo[ROLES];
	int embedded;
	struct place place; /* of an embedded one */
	char *folder;       /* its cluster, without links */
	char *socket_folder;
	pid_t guard; /* the process that closes the cluster if we are killed */
	int guard_end;
};

/* ---- Locks -------------------------------------------------------------- */

static int lock_file(int file, int kind, struct error *err)
{
	while (flock(file, kind) != 0)
		if (errno != EINTR)
			return error_set(err, ERROR_UNAVAILABLE, "locking: %s",
					 strerror(errno));
	return 0;
}

/* Is no other command using the cluster?  Only with the lock held: nobody can
 * begin to use it meanwhile.  Our own shared lock is lost if the answer is yes. */
static int is_last(const struct place *place)
{
	return flock(place->users, LOCK_EX | LOCK_NB) == 0;
}

/* ---- Embedded ----------------------------------------------------------- */

static void make_conninfo(struct cluster *cluster)
{
	for (int role = 0; role < ROLES; role++) {
		struct text conninfo = { 0 };

		text_add(&conninfo, "host='");
		for (const char *c = cluster->socket_folder; *c; c++) {
			if (*c == '\'' || *c == '\\')
				text_add_char(&conninfo, '\\');
			text_add_char(&conninfo, *c);
		}
		text_addf(&conninfo, "' port=5432 dbname=nq17 user=%s",
			  db_role_name((enum db_role)role));
		free(cluster->conninfo[role]);
		cluster->conninfo[role] = text_take(&conninfo);
	}
}

static int make_cluster(struct cluster *cluster, struct error *err)
{
	char *fresh = NULL;
	int status = -1;

	log_line("base", "making a database in %s", cluster->place.data);
	if (place_make_fresh(&cluster->place, &fresh, err) == 0 &&
	    postgres_init(&cluster->place.account, fresh, cluster->place.lock, err) ==
		    0 &&
	    place_adopt_fresh(&cluster->place, err) == 0)
		status = 0;
	free(fresh);
	return status;
}

/* Running, and answering: a server that was killed a moment ago may still look alive. */
static int start_and_connect(struct cluster *cluster, struct db **db, struct error *err)
{
	static const struct timespec pause = { .tv_nsec = 250000000 };

	for (int tries = 0;; tries++) {
		if (postgres_start(&cluster->place.account, cluster->folder,
				   cluster->socket_folder, err) != 0)
			return -1;
		if (db_open(db, cluster->conninfo[DB_OWNER], DB_OWNER, err) == 0)
			return 0;
		if (err->kind != ERROR_UNAVAILABLE || tries == 20)
			return -1;
		nanosleep(&pause, NULL);
	}
}

/* Where a cluster is older than row-level security, its superuser puts the collector above
 * it, as new ones are made (sql/cluster_bootstrap.sql). */
static int lift_collector(struct cluster *cluster, struct db *owner, struct error *err)
{
	struct text conninfo = { 0 };
	struct db *db = NULL;
	char *lifted = NULL;
	int status;

	if (db_value_of(owner,
			"SELECT rolbypassrls FROM pg_catalog.pg_roles WHERE rolname = "
			"'nq17_collector'",
			NULL, 0, &lifted, err) != 0)
		return -1;
	status = 0;
	if (lifted && strcmp(lifted, "f") == 0) {
		/* Of two users the last one counts. */
		text_addf(&conninfo, "%s user=postgres", cluster->conninfo[DB_OWNER]);
		status = db_open(&db, text_string(&conninfo), DB_LOGIN, err);
		if (status == 0)
			status = db_query(db, "ALTER ROLE nq17_collector BYPASSRLS", NULL,
					  0, NULL, err);
	}
	db_close(db);
	free(lifted);
	text_free(&conninfo);
	return status;
}

/* With the lock held: there, running, and with our schema. */
static int make_ready(struct cluster *cluster, struct error *err)
{
	struct place *place = &cluster->place;
	struct db *db = NULL;
	int status;

	status = place_find_cluster(place, &cluster->folder, err);
	if (status != 0 && err->kind == ERROR_NOT_FOUND) {
		if (make_cluster(cluster, err) != 0)
			return -1;
		status = place_find_cluster(place, &cluster->folder, err);
	}
	if (status != 0 ||
	    place_find_socket_folder(place, &cluster->socket_folder, err) != 0)
		return -1;
	make_conninfo(cluster);
	if (start_and_connect(cluster, &db, err) != 0)
		return -1;
	status = lift_collector(cluster, db, err);
	if (status == 0)
		status = schema_migrate(db, err);
	db_close(db);
	return status;
}

/* With the lock held: stops the server if nobody else needs it. */
static int leave(struct cluster *cluster, struct error *err)
{
	if (!cluster->folder || place_is_kept(&cluster->place) ||
	    !is_last(&cluster->place))
		return 0;
	return postgres_stop(cluster->folder, err);
}

/* ---- Guard -------------------------------------------------------------- */

/* Keeps nothing open but what it needs: whoever reads our output waits for the
 * end of every process that could still write to it. */
static void close_all_but(const struct place *place, int end)
{
	int empty = open("/dev/null", O_RDWR);

	for (int file = 0; file < 1024; file++) {
		if (file <= STDERR_FILENO && empty >= 0)
			dup2(empty, file);
		else if (file != place->lock && file != place->users && file != end)
			close(file);
	}
}

/* Waits until the command writes (it closed the cluster itself) or is gone, and
 * then closes for it: Ctrl-C and kill -9 leave no server behind. */
static _Noreturn void guard(struct cluster *cluster, int end)
{
	struct error aside;
	ssize_t length;
	char byte;

	setsid();
	prctl(PR_SET_NAME, "nq17-guard");
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	close_all_but(&cluster->place, end);
	do
		length = read(end, &byte, 1);
	while (length < 0 && errno == EINTR);
	if (length == 0 && lock_file(cluster->place.lock, LOCK_EX, &aside) == 0 &&
	    place_find_cluster(&cluster->place, &cluster->folder, &aside) == 0)
		leave(cluster, &aside);
	_exit(0);
}

static int set_guard(struct cluster *cluster, struct error *err)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return error_set(err, ERROR_INTERNAL, "pipe: %s", strerror(errno));
	cluster->guard = fork();
	if (cluster->guard == 0) {
		close(ends[1]);
		guard(cluster, ends[0]);
	}
	close(ends[0]);
	cluster->guard_end = ends[1];
	if (cluster->guard > 0)
		return 0;
	close(ends[1]);
	return error_set(err, ERROR_INTERNAL, "fork: %s", strerror(errno));
}

static void dismiss_guard(struct cluster *cluster)
{
	ssize_t ignored;

	if (cluster->guard <= 0)
		return;
	signal(SIGPIPE, SIG_IGN); /* it may have been killed */
	ignored = write(cluster->guard_end, "", 1);
	(void)ignored;
	close(cluster->guard_end);
	waitpid(cluster->guard, NULL, 0);
	cluster->guard = 0;
}

static int open_embedded(struct cluster *cluster, const char *data, struct error *err)
{
	struct error aside;
	int status;

	if (place_open(&cluster->place, data, err) != 0)
		return -1;
	cluster->embedded = 1;
	if (lock_file(cluster->place.lock, LOCK_EX, err) != 0 ||
	    set_guard(cluster, err) != 0)
		return -1;
	status = make_ready(cluster, err);
	if (status == 0)
		status = lock_file(cluster->place.users, LOCK_SH, err);
	if (status != 0) {
		leave(cluster, &aside);
		dismiss_guard(cluster);
	}
	flock(cluster->place.lock, LOCK_UN);
	return status;
}

/* ---- Configured --------------------------------------------------------- */

/* The login need not be a member of every role; any may look at the schema. */
static int check_configured(struct cluster *cluster, struct error *err)
{
	struct db *db = NULL;
	int status = -1;

	for (int role = 0; role < ROLES; role++) {
		status = db_open(&db, cluster->conninfo[role], (enum db_role)role, err);
		if (status == 0 || err->kind == ERROR_UNAVAILABLE)
			break;
	}
	if (status == 0)
		status = schema_check(db, err);
	db_close(db);
	return status;
}

static int open_configured(struct cluster *cluster, const char *conninfo,
			   struct error *err)
{
	for (int role = 0; role < ROLES; role++)
		cluster->conninfo[role] = memory_copy(conninfo);
	return check_configured(cluster, err);
}

/* ---- The door ----------------------------------------------------------- */

static void release(struct cluster *cluster)
{
	for (int role = 0; role < ROLES; role++)
		free(cluster->conninfo[role]);
	if (cluster->embedded)
		place_close(&cluster->place);
	free(cluster->folder);
	free(cluster->socket_folder);
	free(cluster);
}

int cluster_open(struct cluster **cluster, const struct config *config, struct error *err)
{
	const char *conninfo = config_get(config, "database");
	struct cluster *made = memory_zeroed(1, sizeof *made);
	int status;

	*cluster = NULL;
	status = conninfo ? open_configured(made, conninfo, err)
			  : open_embedded(made, config_get(config, "data"), err);
	if (status != 0) {
		release(made);
		return -1;
	}
	*cluster = made;
	return 0;
}

void cluster_close(struct cluster *cluster)
{
	struct error err;

	if (!cluster)
		return;
	if (cluster->embedded) {
		if (lock_file(cluster->place.lock, LOCK_EX, &err) != 0 ||
		    leave(cluster, &err) != 0)
			log_line("base", "%s", err.message);
		dismiss_guard(cluster);
	}
	release(cluster);
}

int cluster_connect(struct cluster *cluster, enum db_role role, struct db **db,
		    struct error *err)
{
	if (db_open(db, cluster->conninfo[role], role, err) != 0)
		return -1;
	if (office_sign(*db, err) == 0)
		return 0;
	db_close(*db);
	*db = NULL;
	return -1;
}

const char *cluster_conninfo(const struct cluster *cluster, enum db_role role)
{
	return cluster->conninfo[role];
}

int cluster_revive(struct cluster *cluster, struct error *err)
{
	int status;

	if (!cluster->embedded || postgres_process(cluster->folder))
		return 0;
	if (lock_file(cluster->place.lock, LOCK_EX, err) != 0)
		return -1;
	if (!postgres_process(cluster->folder))
		log_line("base", "PostgreSQL in %s was killed; starting it again",
			 cluster->folder);
	status = postgres_start(&cluster->place.account, cluster->folder,
				cluster->socket_folder, err);
	flock(cluster->place.lock, LOCK_UN);
	return status;
}

int cluster_keep(struct cluster *cluster, struct error *err)
{
	int status;

	if (!cluster->embedded)
		return error_set(err, ERROR_INVALID,
				 "the configured database is not ours "
				 "to start");
	if (lock_file(cluster->place.lock, LOCK_EX, err) != 0)
		return -1;
	status = place_keep(&cluster->place, 1, err);
	flock(cluster->place.lock, LOCK_UN);
	return status;
}

/* Looking at a data folder that is not there must not make it. */
static int open_existing(struct place *place, const char *data, struct error *err)
{
	if (access(data, F_OK) != 0)
		return error_set(err, ERROR_NOT_FOUND, "%s holds no database yet", data);
	return place_open(place, data, err);
}

int cluster_stop(const struct config *config, int *stopped, struct error *err)
{
	struct cluster cluster = { .embedded = 1 };
	int status = -1;

	*stopped = 0;
	if (config_get(config, "database"))
		return error_set(err, ERROR_INVALID,
				 "the configured database is not ours "
				 "to stop");
	if (open_existing(&cluster.place, config_get(config, "data"), err) != 0)
		return -1;
	if (lock_file(cluster.place.lock, LOCK_EX, err) != 0 ||
	    place_keep(&cluster.place, 0, err) != 0 ||
	    place_find_cluster(&cluster.place, &cluster.folder, err) != 0 ||
	    leave(&cluster, err) != 0)
		goto done;
	*stopped = postgres_process(cluster.folder) == 0;
	status = 0;
done:
	place_close(&cluster.place);
	free(cluster.folder);
	return status;
}

int cluster_look(const struct config *config, struct cluster_state *state,
		 struct error *err)
{
	struct place place = { .lock = -1, .users = -1 };
	char *folder = NULL;
	int status;

	*state = (struct cluster_state){ 0 };
	if (open_existing(&place, config_get(config, "data"), err) != 0)
		return -1;
	status = place_find_cluster(&place, &folder, err);
	if (status == 0) {
		state->process = postgres_process(folder);
		state->kept = place_is_kept(&place);
		state->in_use = !is_last(&place);
	}
	place_close(&place);
	state->folder = folder;
	return status;
}

int cluster_work_folder(const struct cluster *cluster, const struct config *config,
			const char *key, char **path, struct error *err)
{
	const char *chosen = config_get(config, key);
	struct place place;
	int status;

	*path = NULL;
	if (chosen) {
		if (place_make_folder(chosen, err) != 0)
			return error_context(err, "%s", key);
		*path = memory_copy(chosen);
		return 0;
	}
	if (cluster->embedded)
		return place_find_work_folder(&cluster->place, key, path, err);
	if (place_open(&place, config_get(config, "data"), err) != 0)
		return -1;
	status = place_find_work_folder(&place, key, path, err);
	place_close(&place);
	return status;
}

int cluster_drop_privileges(const struct cluster *cluster, struct error *err)
{
	struct account account;
	const struct passwd *nobody;
	int parent_death = 0;

	if (geteuid() != 0)
		return 0;
	if (cluster->embedded)
		account = cluster->place.account;
	else if (account_find(&account, err) != 0) {
		nobody = getpwnam("nobody");
		if (!nobody)
			return -1;
		account = (struct account){ .is_other = 1,
					    .uid = nobody->pw_uid,
					    .gid = nobody->pw_gid };
	}
	/* The kernel forgets with the rights of root that we end with our parent. */
	prctl(PR_GET_PDEATHSIG, &parent_death);
	if (account_become(&account) != 0)
		return error_set(err, ERROR_INTERNAL, "giving up the rights of root: %s",
				 strerror(errno));
	prctl(PR_SET_PDEATHSIG, parent_death);
	return 0;
}
