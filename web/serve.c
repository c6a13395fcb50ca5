/* serve.c -- a web server from its start to the signal that ends it. */
#include "web/serve.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

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
	return server_open(server, config, err);
}

/* The folders are made with the rights we started with, and used without them; the key is
 * read with them. */
static int open_folders(struct server *server, struct cluster *cluster,
			const struct config *config, struct error *err)
{
	char *folder = NULL, *archive = NULL;
	int status = cluster_work_folder(cluster, config, "spool", &folder, err);

	if (status == 0)
		status = cluster_work_folder(cluster, config, "archive", &archive, err);
	if (status == 0)
		status = server_take_key(server, config, err);
	if (status == 0)
		status = cluster_drop_privileges(cluster, err);
	if (status == 0)
		status = server_take_records(server, config, folder, archive, err);
	free(folder);
	free(archive);
	return status;
}

int serve(struct server *server, struct cluster *cluster, const struct config *config,
	  struct error *err)
{
	sigset_t ends;
	int status, which;

	/* Blocked in every thread to come, so that only this one learns of them. */
	serve_block_ends(&ends);
	/* A visitor who leaves early must not end the server. */
	signal(SIGPIPE, SIG_IGN);
	status = open_folders(server, cluster, config, err);
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
