/* child.c -- parts of `nq17 run` in processes of their own. */
#include "web/child.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

enum { RESTART_SECONDS = 2 };

/* SIGCHLD is blocked as well, so that none is lost between two waits. */
static void set_of_events(sigset_t *events)
{
	sigemptyset(events);
	sigaddset(events, SIGINT);
	sigaddset(events, SIGTERM);
	sigaddset(events, SIGCHLD);
}

_Noreturn static void be_child(const struct child *child, pid_t parent)
{
	sigset_t none;
	int code;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent) /* gone already */
		_exit(1);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	code = child->work(child->context);
	fflush(NULL);
	_exit(code);
}

static int code_of(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static long seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)now.tv_sec;
}

static int start(struct child *child, struct error *err)
{
	const pid_t parent = getpid();

	fflush(NULL);
	child->started = seconds_now();
	child->process = fork();
	if (child->process == 0)
		be_child(child, parent);
	return child->process > 0
		       ? 0
		       : error_set(err, ERROR_UNAVAILABLE, "fork: %s", strerror(errno));
}

static void end_all(const struct child *children, int count)
{
	for (int i = 0; i < count; i++)
		if (children[i].process > 0)
			kill(children[i].process, SIGTERM);
}

/* Notes who ended; 1, with *CODE, if that ends everybody. */
static int look_after(struct child *children, int count, int is_ending, int *code)
{
	int status, is_over = 0;

	for (int i = 0; i < count; i++) {
		if (children[i].process <= 0 ||
		    waitpid(children[i].process, &status, WNOHANG) <= 0)
			continue;
		children[i].process = 0;
		if (!children[i].is_kept) {
			*code = code_of(status);
			is_over = 1;
		} else if (!is_ending) {
			log_line("run", "the %s ended with %d", children[i].name,
				 code_of(status));
		}
	}
	return is_over;
}

/* One that ends at once again is not started more often than every few seconds. */
static void start_again(struct child *children, int count)
{
	struct error err;

	for (int i = 0; i < count; i++)
		if (children[i].process == 0 && children[i].is_kept &&
		    seconds_now() - children[i].started >= RESTART_SECONDS &&
		    start(&children[i], &err) != 0)
			log_line("run", "%s", err.message);
}

static void wait_for_all(struct child *children, int count)
{
	int status;

	for (int i = 0; i < count; i++)
		if (children[i].process > 0)
			while (waitpid(children[i].process, &status, 0) < 0 &&
			       errno == EINTR)
				;
}

int child_run(struct child *children, int count, void (*meanwhile)(void *context),
	      void *context, int *code, int *ended, struct error *err)
{
	const struct timespec while_waiting = { .tv_sec = 2 };
	sigset_t events, before;
	int status = 0, end = 0, which;

	set_of_events(&events);
	sigprocmask(SIG_BLOCK, &events, &before);
	*code = 0;
	for (int i = 0; status == 0 && i < count; i++)
		status = start(&children[i], err);
	while (status == 0 && !look_after(children, count, end, code)) {
		if (!end)
			start_again(children, count);
		which = sigtimedwait(&events, NULL, &while_waiting);
		if (which < 0 && meanwhile)
			meanwhile(context);
		if (which == SIGINT || which == SIGTERM) {
			end = 1;
			end_all(children, count);
		}
	}
	end_all(children, count);
	wait_for_all(children, count);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (ended)
		*ended = end;
	return status;
}
