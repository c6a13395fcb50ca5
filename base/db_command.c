/* db_command.c -- nq17 db: the embedded cluster and the schema. */
#include "base/commands.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cluster.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/postgres.h"
#include "base/schema.h"
#include "base/usage.h"

static const char ROLES[] =
#include "sql/cluster_roles.sql.inc"
	;

static const char USAGE[] =
	"usage: nq17 db init|start|stop|status|migrate|psql\n"
	"\n"
	"  init             makes the database ready: an embedded cluster under the data\n"
	"                   folder, or the roles and the schema in the configured database\n"
	"  start            keeps the embedded PostgreSQL running\n"
	"  stop             stops it (once no other command uses it)\n"
	"  status           where it is, whether it runs, whether its schema fits; exit 1\n"
	"                   if it is not ready\n"
	"  migrate          brings the schema to that of this program\n"
	"  psql [ARGUMENT]  a shell on the database, as its owner\n";

/* Roles and schema in the configured database. */
static int prepare_configured(const char *conninfo, int with_roles, struct error *err)
{
	struct db *db = NULL;
	int status;

	if (with_roles) {
		if (db_open(&db, conninfo, DB_LOGIN, err) != 0)
			return -1;
		status = db_script(db, "SET client_min_messages = warning", err);
		if (status == 0)
			status = db_script(db, ROLES, err);
		db_close(db);
		if (status != 0)
			return error_context(err, "making the roles");
	}
	if (db_open(&db, conninfo, DB_OWNER, err) != 0)
		return -1;
	status = schema_migrate(db, err);
	db_close(db);
	return status;
}

/* Opening an embedded cluster makes and migrates it. */
static int open_and_close(const struct config *config, struct error *err)
{
	struct cluster *cluster = NULL;

	if (cluster_open(&cluster, config, err) != 0)
		return -1;
	cluster_close(cluster);
	return 0;
}

static int run_init(int argc, char **argv, const struct config *config, struct error *err)
{
	const char *database = config_get(config, "database");

	(void)argc;
	(void)argv;
	if (database ? prepare_configured(database, 1, err) : open_and_close(config, err))
		return -1;
	printf("ready: %s\n",
	       database ? "the configured database" : config_get(config, "data"));
	return 0;
}

static int run_migrate(int argc, char **argv, const struct config *config,
		       struct error *err)
{
	const char *database = config_get(config, "database");

	(void)argc;
	(void)argv;
	if (database ? prepare_configured(database, 0, err) : open_and_close(config, err))
		return -1;
	puts("the schema is that of this program");
	return 0;
}

static int run_start(int argc, char **argv, const struct config *config,
		     struct error *err)
{
	struct cluster *cluster = NULL;
	int status;

	(void)argc;
	(void)argv;
	if (cluster_open(&cluster, config, err) != 0)
		return -1;
	status = cluster_keep(cluster, err);
	if (status == 0)
		printf("running: %s\n", cluster_conninfo(cluster, DB_OWNER));
	cluster_close(cluster);
	return status;
}

static int run_stop(int argc, char **argv, const struct config *config, struct error *err)
{
	int stopped;

	(void)argc;
	(void)argv;
	if (cluster_stop(config, &stopped, err) != 0)
		return -1;
	puts(stopped ? "stopped" : "still in use; the last command to use it stops it");
	return 0;
}

static int print_embedded(const struct config *config, int *running, struct error *err)
{
	struct cluster_state state;

	if (cluster_look(config, &state, err) != 0)
		return -1;
	*running = state.process != 0;
	printf("folder   %s\n", state.folder);
	if (*running)
		printf("server   running, process %ld%s%s\n", (long)state.process,
		       state.kept ? ", kept" : "", state.in_use ? ", in use" : "");
	else
		puts("server   not running; commands start it, `nq17 db start` keeps it");
	free(state.folder);
	return 0;
}

static int run_status(int argc, char **argv, const struct config *config,
		      struct error *err)
{
	const char *database = config_get(config, "database");
	struct cluster *cluster = NULL;
	int running = 1;

	(void)argc;
	(void)argv;
	if (!database && print_embedded(config, &running, err) != 0)
		return -1;
	if (!running)
		return error_set(err, ERROR_UNAVAILABLE, "not running");
	if (cluster_open(&cluster, config, err) != 0)
		return -1;
	printf("connect  %s\nschema   that of this program\n",
	       database ? "the configured database"
			: cluster_conninfo(cluster, DB_OWNER));
	cluster_close(cluster);
	return 0;
}

/* In the child: psql with the session settings of our own connections. */
static _Noreturn void become_psql(const char *program, const char *conninfo, int argc,
				  char **argv)
{
	const char **arguments = memory_zeroed((size_t)argc + 3, sizeof *arguments);
	int count = 0;

	arguments[count++] = "psql";
	arguments[count++] = conninfo;
	for (int i = 1; i < argc; i++)
		arguments[count++] = argv[i];
	setenv("PGOPTIONS",
	       "-c search_path=nq17,pg_catalog,public -c TimeZone=Asia/Ho_Chi_Minh", 1);
	setenv("PGCLIENTENCODING", "UTF8", 1);
	execvp(program, (char *const *)arguments);
	log_line("base", "%s: %s", program, strerror(errno));
	_exit(127);
}

static int wait_for_psql(pid_t child, struct error *err)
{
	int status = 0;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return error_set(err, ERROR_INTERNAL, "psql: %s",
					 strerror(errno));
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return error_set(err, ERROR_INVALID, "psql ended with %d",
				 WIFEXITED(status) ? WEXITSTATUS(status)
						   : 128 + WTERMSIG(status));
	return 0;
}

static int run_psql(int argc, char **argv, const struct config *config, struct error *err)
{
	struct cluster *cluster = NULL;
	char *program = NULL;
	int status = -1;
	pid_t child;

	if (cluster_open(&cluster, config, err) != 0)
		return -1;
	if (postgres_find_program(NULL, "psql", &program, err) != 0)
		goto done;
	signal(SIGINT, SIG_IGN); /* Ctrl-C is for psql */
	child = fork();
	if (child == 0) {
		signal(SIGINT, SIG_DFL);
		become_psql(program, cluster_conninfo(cluster, DB_OWNER), argc, argv);
	}
	status = child < 0 ? error_set(err, ERROR_INTERNAL, "fork: %s", strerror(errno))
			   : wait_for_psql(child, err);
done:
	free(program);
	cluster_close(cluster);
	return status;
}

/* ARGV[0] is the name of the subcommand. */
static const struct subcommand {
	const char *name;
	int takes_arguments;
	int (*run)(int argc, char **argv, const struct config *config, struct error *err);
} subcommands[] = {
	{ "init", 0, run_init },       { "start", 0, run_start },
	{ "stop", 0, run_stop },       { "status", 0, run_status },
	{ "migrate", 0, run_migrate }, { "psql", 1, run_psql },
};

static const struct subcommand *find_subcommand(const char *name)
{
	for (size_t i = 0; i < sizeof subcommands / sizeof *subcommands; i++)
		if (strcmp(subcommands[i].name, name) == 0)
			return &subcommands[i];
	return NULL;
}

static int is_help(const char *argument)
{
	return strcmp(argument, "-h") == 0 || strcmp(argument, "--help") == 0;
}

int db_command(int argc, char **argv, const struct config *config)
{
	const struct subcommand *subcommand = argc > 1 ? find_subcommand(argv[1]) : NULL;
	struct error err;

	if ((argc > 1 && is_help(argv[1])) ||
	    (subcommand && !subcommand->takes_arguments && argc > 2 &&
	     is_help(argv[2]))) {
		fputs(USAGE, stdout);
		return 0;
	}
	if (!subcommand) {
		usage_no_row("action", argv[1], subcommands,
			     sizeof subcommands / sizeof *subcommands,
			     sizeof *subcommands);
		return usage_refuse(USAGE);
	}
	if (argc > 2 && !subcommand->takes_arguments &&
	    !usage_say("what is \"%s\"?", argv[2]))
		return usage_refuse(USAGE);
	if (subcommand->run(argc - 1, argv + 1, config, &err) == 0)
		return 0;
	log_line("base", "db %s: %s", argv[1], err.message);
	return 1;
}
