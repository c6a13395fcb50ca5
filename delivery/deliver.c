/* deliver.c -- nq17 deliver: fires schedules, and hands over what waits in the outbox. */
#include "delivery/delivery.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/log.h"
#include "base/office.h"
#include "delivery/worker.h"
#include "reports/reports.h"

enum { LOOK_SECONDS = 5, TROUBLE_SECONDS = 10, ROWS_BETWEEN = 20 };

static const char USAGE[] =
	"usage: nq17 deliver [--once]\n"
	"\n"
	"Fires the schedules that are due and delivers what waits in the outbox, until\n"
	"Ctrl-C (`nq17 run` does it, too).  Any number of these processes may run: a row is\n"
	"leased by one of them at a time, and none is sent twice.\n"
	"\n"
	"  --once           what is due now, then ends; exit 1 if something of it was not\n"
	"                   accepted\n"
	"  -h, --help       this help\n";

/* ---- Opening ------------------------------------------------------------- */

/* What only root may read is read before the rights of root are given up. */
static int open_worker(struct worker *worker, struct error *err)
{
	const char *credentials = config_get(worker->config, "mail_credentials");
	char host[64] = "";

	gethostname(host, sizeof host - 1);
	snprintf(worker->name, sizeof worker->name, "%s:%ld", host, (long)getpid());
	signal(SIGPIPE, SIG_IGN);
	worker->full_look = worker->cleaned = worker->bounces = -1;
	if (transfer_begin(err) != 0 ||
	    credentials_read(&worker->mail, credentials, err) != 0 ||
	    cluster_work_folder(worker->cluster, worker->config, "archive",
				&worker->archive, err) != 0 ||
	    cluster_drop_privileges(worker->cluster, err) != 0)
		return -1;
	worker->mailer = mailer_open();
	worker->models = report_models_new();
	return 0;
}

static void close_worker(struct worker *worker)
{
	mailer_close(worker->mailer);
	report_models_free(worker->models);
	credentials_free(&worker->mail);
	db_close(worker->db);
	free(worker->archive);
}

static int connect_again(struct worker *worker, struct error *err)
{
	if (worker->db && db_is_alive(worker->db))
		return 0;
	db_close(worker->db);
	worker->db = NULL;
	return cluster_connect(worker->cluster, DB_REPORTS, &worker->db, err);
}

/* ---- Working ------------------------------------------------------------- */

static int has_ended(int fd)
{
	struct pollfd event = { .fd = fd, .events = POLLIN };

	return poll(&event, 1, 0) > 0;
}

/* Fires what is due, then delivers until nothing is, or until FD says that we end. */
static int sweep(struct worker *worker, int fd, int *paused, struct error *err)
{
	int found = 1, taken = 0;

	if (connect_again(worker, err) != 0 || scheduler_step(worker, paused, err) != 0 ||
	    (!*paused &&
	     (retention_step(worker, err) != 0 || bounces_step(worker, err) != 0)))
		return -1;
	while (!*paused && found && !has_ended(fd)) {
		if (job_step(worker, &found, err) != 0)
			return -1;
		/* A long burst does not keep schedules and leases waiting. */
		if (++taken % ROWS_BETWEEN == 0 &&
		    scheduler_step(worker, paused, err) != 0)
			return -1;
	}
	report_models_clear(worker->models);
	return 0;
}

static void loop(struct worker *worker, int fd)
{
	struct pollfd event = { .fd = fd, .events = POLLIN };
	int was_paused = 0, paused = 0;
	struct error err;

	while (!has_ended(fd)) {
		int status = sweep(worker, fd, &paused, &err);

		if (status != 0)
			log_line("deliver", "%s", err.message);
		if (paused && !was_paused)
			log_line("deliver", "paused: this database is a copy, or was "
					    "restored (nq17 outbox resume)");
		was_paused = paused;
		/* The server need not keep a connection for us while there is nothing. */
		mailer_close(worker->mailer);
		worker->mailer = mailer_open();
		poll(&event, 1, (status ? TROUBLE_SECONDS : LOOK_SECONDS) * 1000);
		cluster_revive(worker->cluster, &err);
	}
	log_line("deliver", "stopping");
}

static int once_only(struct worker *worker, int fd, struct error *err)
{
	int paused = 0;

	if (sweep(worker, fd, &paused, err) != 0)
		return -1;
	if (paused)
		return error_set(err, ERROR_CONFLICT,
				 "deliveries are paused: this database is a copy, or was "
				 "restored; `nq17 outbox resume` makes it the one that "
				 "sends");
	log_line("deliver", "%zu accepted, %zu not", worker->accepted, worker->troubles);
	if (worker->troubles)
		return error_set(err, ERROR_UNAVAILABLE,
				 "something was not accepted (nq17 outbox list)");
	return 0;
}

int deliver_serve(struct cluster *cluster, const struct config *config, int once,
		  struct error *err)
{
	struct worker worker = { .config = config, .cluster = cluster };
	sigset_t ends;
	int fd, status = -1;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	fd = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
	if (open_worker(&worker, err) == 0) {
		status = 0;
		if (once)
			status = once_only(&worker, fd, err);
		else
			loop(&worker, fd);
	}
	close_worker(&worker);
	close(fd);
	return status;
}

int deliver_command(int argc, char **argv, const struct config *config)
{
	struct cluster *cluster = NULL;
	struct error err = { 0 };
	int once = 0, first, status;
	const struct office_option options[] = { { "once", NULL, &once }, { 0 } };
	int code = office_options(argc, argv, USAGE, options, 0, 0, &first);

	if (code >= 0)
		return code;
	status = cluster_open(&cluster, config, &err);
	if (status == 0)
		status = deliver_serve(cluster, config, once, &err);
	if (status != 0)
		log_line("deliver", "%s", err.message);
	cluster_close(cluster);
	return status ? 1 : 0;
}
