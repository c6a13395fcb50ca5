/* serve.c -- a web server from its start to the signal that ends it. */
#include "web/serve.h"

#include <signal.h>
#include <stdio.h>

#include "base/log.h"
#include "web/server.h"

/* The signals that end the server; blocked in every thread, so that only the
 * main one learns of them, when it waits. */
static void block_ends(sigset_t *ends)
{
	sigemptyset(ends);
	sigaddset(ends, SIGINT);
	sigaddset(ends, SIGTERM);
	sigprocmask(SIG_BLOCK, ends, NULL);
	/* A visitor who leaves early must not end the server. */
	signal(SIGPIPE, SIG_IGN);
}

int serve(struct cluster *cluster, const struct config *config, struct error *err)
{
	const struct server_setting setting = {
		.listen = config_get(config, "listen"),
		.conninfo = cluster_conninfo(cluster, DB_WEB),
		.language = config_get(config, "lang"),
	};
	struct server *server = NULL;
	int status = -1, which;
	sigset_t ends;

	block_ends(&ends);
	if (server_open(&server, &setting, err) != 0 ||
	    cluster_drop_privileges(cluster, err) != 0 || server_start(server, err) != 0)
		goto done;
	printf("The dashboards are at %s/ (Ctrl-C ends it)\n", server_address(server));
	fflush(stdout);
	sigwait(&ends, &which);
	log_line("web", "stopping");
	status = 0;
done:
	server_close(server);
	return status;
}
