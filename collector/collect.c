/* collect.c -- nq17 collect: commits what was received, and looks after the ways in that
 * fetch by themselves. */
#include "collector/collector.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/log.h"
#include "base/usage.h"
#include "collector/commit.h"
#include "collector/spool.h"
#include "collector/way.h"

static const char USAGE[] =
	"usage: nq17 collect [--once]\n"
	"\n"
	"Commits the deliveries that wait in the spool (what came over HTTP, from folders\n"
	"and from sources), each exactly once, until Ctrl-C.  Of several collectors at one\n"
	"spool only the first works.\n"
	"\n"
	"  --once           commits what is there, looks once into the folders and asks the\n"
	"                   sources for what is due, then ends; exit 1 if something stays\n"
	"  -h, --help       this help\n";

/* Closed by NULL. */
static const struct way *const ways[] = { &way_folder, &way_pull, &way_audit,
					  &way_remember, NULL };

enum {
	WAYS = sizeof ways / sizeof *ways,
	REST_SECONDS = 60,
	REVIVE_SECONDS = 2,
	PATIENCE_SECONDS = 30
};

struct collect {
	struct collect_context context;
	struct committer *committer;
	void *states[WAYS];
	struct pollfd events[WAYS + 2]; /* of the ways, the end, the spool */
	int seconds[WAYS];              /* until a way wants to be called */
};

static int is_asked_to_end(int fd)
{
	struct signalfd_siginfo signal;

	return read(fd, &signal, sizeof signal) > 0;
}

static int step(struct collect *collect, int way)
{
	struct error err;

	collect->seconds[way] = REST_SECONDS;
	if (ways[way]->step(collect->states[way], &collect->seconds[way], &err) == 0)
		return 0;
	log_line("collect", "%s: %s", ways[way]->name, err.message);
	return -1;
}

/* Clears what inotify told; what it was about is looked for anyway. */
static void empty(int fd)
{
	char events[4096];

	while (read(fd, events, sizeof events) > 0)
		;
}

static void loop(struct collect *collect)
{
	struct pollfd *end = &collect->events[WAYS], *spool = end + 1;
	struct error ignored;
	int is_ending = 0;

	while (!is_ending) {
		int timeout = REVIVE_SECONDS;

		for (int i = 0; ways[i]; i++)
			if (collect->seconds[i] < timeout)
				timeout = collect->seconds[i];
		if (poll(collect->events, WAYS + 2, timeout * 1000) < 0 && errno != EINTR)
			BUG("poll: %s", strerror(errno));
		is_ending = end->revents && is_asked_to_end(end->fd);
		for (int i = 0; ways[i]; i++) {
			collect->seconds[i] -= timeout;
			if (collect->events[i].revents || collect->seconds[i] <= 0)
				step(collect, i);
		}
		if (spool->revents) {
			empty(spool->fd);
			committer_wake(collect->committer);
		}
		cluster_revive(collect->context.cluster, &ignored);
	}
	log_line("collect", "stopping");
}

static int open_ways(struct collect *collect, struct error *err)
{
	for (int i = 0; i < WAYS; i++)
		collect->events[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
	for (int i = 0; ways[i]; i++)
		if (ways[i]->open(&collect->states[i], &collect->context,
				  &collect->events[i].fd, err) != 0)
			return error_context(err, "%s", ways[i]->name);
	return 0;
}

static int open_ends(sigset_t *ends)
{
	sigemptyset(ends);
	sigaddset(ends, SIGINT);
	sigaddset(ends, SIGTERM);
	/* In every thread to come as well: one descriptor learns of them. */
	sigprocmask(SIG_BLOCK, ends, NULL);
	return signalfd(-1, ends, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int serve(struct collect *collect, struct error *err)
{
	sigset_t ends;
	int end = open_ends(&ends), watch, status = -1;

	watch = spool_watch(collect->context.spool, err);
	if (watch < 0)
		goto done;
	collect->events[WAYS] = (struct pollfd){ .fd = end, .events = POLLIN };
	collect->events[WAYS + 1] = (struct pollfd){ .fd = watch, .events = POLLIN };
	if (committer_open(&collect->committer, collect->context.cluster,
			   collect->context.spool, err) != 0)
		goto done;
	loop(collect);
	committer_close(collect->committer);
	status = 0;
done:
	close(end);
	return status;
}

/* The ways and the spool in turns, until none of them wants more at once: a file in a folder
 * waits for its receipt.  One that is still being written is waited for a while. */
static int sweep(struct collect *collect, struct error *err)
{
	int status = 0, rest, waited = 0;

	do {
		rest = REST_SECONDS;
		for (int i = 0; ways[i]; i++) {
			status |= step(collect, i);
			if (collect->seconds[i] < rest)
				rest = collect->seconds[i];
		}
		status |= commit_all(collect->context.cluster, collect->context.spool);
		if (rest > 0 && rest < REVIVE_SECONDS) {
			sleep((unsigned)rest);
			waited += rest;
		}
	} while (status == 0 && rest < REVIVE_SECONDS && waited < PATIENCE_SECONDS);
	if (status == 0 && rest >= REVIVE_SECONDS)
		return 0;
	return error_set(err, ERROR_UNAVAILABLE,
			 "something stays in the spool or a folder");
}

int collect_serve(struct cluster *cluster, const struct config *config, int once,
		  struct error *err)
{
	struct collect collect = {
		.context = { .config = config, .cluster = cluster, .once = once }
	};
	char *folder = NULL;
	int status = -1;

	signal(SIGPIPE, SIG_IGN);
	if (cluster_work_folder(cluster, config, "spool", &folder, err) != 0 ||
	    open_ways(&collect, err) != 0 || cluster_drop_privileges(cluster, err) != 0 ||
	    spool_open(&collect.context.spool, folder, err) != 0 ||
	    spool_lock(collect.context.spool, err) != 0)
		goto done;
	status = once ? sweep(&collect, err) : serve(&collect, err);
done:
	for (int i = 0; ways[i]; i++)
		if (collect.states[i])
			ways[i]->close(collect.states[i]);
	spool_close(collect.context.spool);
	free(folder);
	return status;
}

int collect_command(int argc, char **argv, const struct config *config)
{
	static const struct option options[] = { { "once", no_argument, NULL, 'o' },
						 { "help", no_argument, NULL, 'h' },
						 { 0 } };
	struct cluster *cluster = NULL;
	struct error err = { 0 };
	int option, once = 0, status;

	while ((option = usage_next_option(argc, argv, options, NULL)) != -1) {
		if (option == 'h') {
			fputs(USAGE, stdout);
			return 0;
		}
		if (option != 'o')
			break;
		once = 1;
	}
	if (option != -1 || !usage_is_whole(argc, argv))
		return usage_refuse(USAGE);
	status = cluster_open(&cluster, config, &err);
	if (status == 0)
		status = collect_serve(cluster, config, once, &err);
	if (status != 0)
		log_line("collect", "%s", err.message);
	cluster_close(cluster);
	return status ? 1 : 0;
}
