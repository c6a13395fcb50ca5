/* serve.c -- a web server from its start to the signal that ends it. */
#include "web/serve.h"

#include <signal.h>
#include <stdio.h>

#include "base/log.h"

void serve_block_ends(sigset_t *ends)
{
	sigemptyset(ends);
	sigaddset(ends, SIGINT);
	sigaddset(ends, SIGTERM);
	sigprocmask(SIG_BLOCK, ends, NULL);
}

int serve_open(struct server **server, const struct config *config, struct error *err)
{
	const struct server_setting setting = {
		.listen = config_get(config, "listen"),
		.language = config_get(config, "lang"),
	};

	return server_open(server, &setting, err);
}

int serve(struct server *server, struct cluster *cluster, struct error *err)
{
	sigset_t ends;
	int status, which;

	/* Blocked in every thread to come, so that only this one learns of them. */
	serve_block_ends(&ends);
	/* A visitor who leaves early must not end the server. */
	signal(SIGPIPE, SIG_IGN);
	status = cluster_drop_privileges(cluster, err);
	if (status == 0)
		status = server_start(server, cluster_conninfo(cluster, DB_WEB), err);
	if (status == 0) {
		printf("The dashboards are at %s/ (Ctrl-C ends it)\n",
		       server_address(server));
		fflush(stdout);
		sigwait(&ends, &which);
		log_line("web", "stopping");
	}
	server_close(server);
	return status;
}
