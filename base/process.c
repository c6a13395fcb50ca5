/* process.c -- running another program, and the account it runs under. */
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define POSTGRES "postgres" /* the account that Debian's package makes */

/* ---- Account ------------------------------------------------------------ */

int account_find(struct account *account, struct error *err)
{
	const struct passwd *entry;

	*account = (struct account){ 0 };
	if (geteuid() != 0)
		return 0;
	entry = getpwnam(POSTGRES);
	if (!entry)
		return error_set(
			err, ERROR_UNAVAILABLE,
			"PostgreSQL does not run as root, and there is no account "
			"\"" POSTGRES "\": install postgresql-15 (`make deps`)");
	account->is_other = 1;
	account->uid = entry->pw_uid;
	account->gid = entry->pw_gid;
	account->group_count = sizeof account->groups / sizeof *account->groups;
	if (getgrouplist(POSTGRES, entry->pw_gid, account->groups,
			 &account->group_count) < 0)
		account->group_count = sizeof account->groups / sizeof *account->groups;
	return 0;
}

int account_become(const struct account *account)
{
	if (!account->is_other || geteuid() == account->uid)
		return 0;
	if (setgroups((size_t)account->group_count, account->groups) != 0 ||
	    setresgid(account->gid, account->gid, account->gid) != 0 ||
	    setresuid(account->uid, account->uid, account->uid) != 0)
		return -1;
	return 0;
}

static int wait_for(pid_t child)
{
	int status = 0;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int account_can_enter(const struct account *account, const char *path)
{
	pid_t child;

	if (!account->is_other)
		return access(path, X_OK) == 0;
	child = fork();
	if (child == 0)
		_exit(account_become(account) != 0 || chdir(path) != 0);
	return child > 0 && wait_for(child) == 0;
}

/* ---- Programs ----------------------------------------------------------- */

/* In the child: becomes the program, or ends.  The standard streams are set.  The
 * kernel forgets the signal when the account changes, so it is asked for last. */
static _Noreturn void become_program(const struct account *account,
				     const char *const *argv, int signal_at_our_end)
{
	/* A PostgreSQL session frees all of a statement's memory at its end, and glibc would hand
	   it back to the kernel, to ask for it page by page in the next: a third of the time of a
	   year's figures.  So it keeps up to these many bytes. */
	static const char *const environment[] = {
		"PATH=/usr/bin:/bin",
		"LC_ALL=C.UTF-8",
		"MALLOC_MMAP_THRESHOLD_=33554432",
		"MALLOC_TRIM_THRESHOLD_=67108864",
		"MALLOC_TOP_PAD_=4194304",
		NULL,
	};
	static const char failed[] = "nq17: cannot run the program\n";
	struct sigaction plain = { .sa_handler = SIG_DFL };
	sigset_t none;
	ssize_t ignored;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	sigaction(SIGPIPE, &plain, NULL);
	sigaction(SIGINT, &plain, NULL);
	sigaction(SIGTERM, &plain, NULL);
	sigaction(SIGHUP, &plain, NULL);
	sigaction(SIGCHLD, &plain, NULL);
	umask(077);
	if (account_become(account) == 0 && chdir("/") == 0 &&
	    prctl(PR_SET_PDEATHSIG, signal_at_our_end) == 0)
		execve(argv[0], (char *const *)argv, (char *const *)environment);
	ignored = write(STDERR_FILENO, failed, sizeof failed - 1);
	(void)ignored;
	_exit(127);
}

/* The last lines of OUTPUT: the very last often tells only what was tidied up. */
static const char *last_lines(struct text *output)
{
	size_t start, lines = 0;

	while (output->length && strchr("\n ", output->data[output->length - 1]))
		output->data[--output->length] = '\0';
	start = output->length;
	while (start > 0 && !(output->data[start - 1] == '\n' && ++lines == 3))
		start--;
	for (size_t at = start; at < output->length; at++)
		if (output->data[at] == '\n')
			output->data[at] = ' ';
	return text_string(output) + start;
}

static void read_all(int from, struct text *output)
{
	char buffer[4096];
	ssize_t length;

	while ((length = read(from, buffer, sizeof buffer)) != 0) {
		if (length < 0 && errno != EINTR)
			break;
		if (length > 0)
			text_add_bytes(output, buffer, (size_t)length);
	}
}

/* A file without a name that holds INPUT; -1 if there is no memory for it. */
static int input_file(const char *input)
{
	size_t length = strlen(input);
	int file = memfd_create("input", MFD_CLOEXEC);

	if (file >= 0 && (write(file, input, length) != (ssize_t)length ||
			  lseek(file, 0, SEEK_SET) != 0)) {
		close(file);
		return -1;
	}
	return file;
}

int process_run(const struct account *account, const char *const *argv, const char *input,
		int lock, struct text *output, struct error *err)
{
	int in = input_file(input ? input : ""), out[2], code;
	pid_t child;

	if (in < 0 || pipe2(out, O_CLOEXEC) != 0) {
		error_set(err, ERROR_INTERNAL, "%s: %s", argv[0], strerror(errno));
		if (in >= 0)
			close(in);
		return -1;
	}
	child = fork();
	if (child == 0) {
		dup2(in, STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		dup2(out[1], STDERR_FILENO);
		/* Ctrl-C is for us; half an initdb would only be done again. */
		setsid();
		fcntl(lock, F_SETFD, 0);
		become_program(account, argv, SIGKILL);
	}
	close(in);
	close(out[1]);
	if (child > 0)
		read_all(out[0], output);
	close(out[0]);
	code = child > 0 ? wait_for(child) : -1;
	if (code != 0)
		return error_set(err, ERROR_INTERNAL, "%s ended with %d: %s", argv[0],
				 code, last_lines(output));
	return 0;
}

int process_launch(const struct account *account, const char *const *argv,
		   const char *log, int *alive, struct error *err)
{
	int ends[2];
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return error_set(err, ERROR_INTERNAL, "pipe: %s", strerror(errno));
	child = fork();
	if (child == 0) {
		int empty, file;

		setsid();
		if (fork() != 0)
			_exit(0);
		/* Opened as the account: a link planted in its folder gains nothing. */
		if (account_become(account) != 0)
			_exit(127);
		empty = open("/dev/null", O_RDONLY | O_CLOEXEC);
		file = open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
		if (empty < 0 || file < 0)
			_exit(127);
		dup2(empty, STDIN_FILENO);
		dup2(file, STDOUT_FILENO);
		dup2(file, STDERR_FILENO);
		fcntl(ends[1], F_SETFD, 0); /* the program keeps it open while it lives */
		become_program(&(const struct account){ 0 }, argv, 0);
	}
	close(ends[1]);
	if (child < 0 || wait_for(child) != 0) {
		close(ends[0]);
		return error_set(err, ERROR_INTERNAL, "%s: cannot start a process",
				 argv[0]);
	}
	*alive = ends[0];
	return 0;
}
