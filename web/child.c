/* child.c -- a part of `nq17 run` in a process of its own. */
#include "web/child.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* SIGCHLD is blocked as well, so that none is lost between two waits. */
static void set_of_events(sigset_t *events)
{
	sigemptyset(events);
	sigaddset(events, SIGINT);
	sigaddset(events, SIGTERM);
	sigaddset(events, SIGCHLD);
}

void child_end_with_parent(void)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
}

_Noreturn static void be_child(int (*work)(void *context), void *context, pid_t parent)
{
	sigset_t none;
	int code;

	child_end_with_parent();
	if (getppid() != parent) /* gone already */
		_exit(1);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	code = work(context);
	fflush(NULL);
	_exit(code);
}

static int code_of(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int child_run(int (*work)(void *context), void (*meanwhile)(void *context), void *context,
	      int *code, int *ended, struct error *err)
{
	const struct timespec while_waiting = { .tv_sec = 2 };
	pid_t parent = getpid(), child;
	int status, which, end = 0;
	sigset_t events, before;

	set_of_events(&events);
	sigprocmask(SIG_BLOCK, &events, &before);
	fflush(NULL);
	child = fork();
	if (child < 0)
		return error_set(err, ERROR_UNAVAILABLE, "fork: %s", strerror(errno));
	if (child == 0)
		be_child(work, context, parent);
	while (waitpid(child, &status, WNOHANG) == 0) {
		which = sigtimedwait(&events, NULL, &while_waiting);
		if (which < 0 && meanwhile)
			meanwhile(context);
		if (which == SIGINT || which == SIGTERM) {
			end = 1;
			kill(child, SIGTERM);
		}
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	*code = code_of(status);
	if (ended)
		*ended = end;
	return 0;
}
