/* web_command.c -- nq17 web: the pages and the API. */
#include "web/web.h"

#include <stdio.h>

#include "base/log.h"
#include "base/usage.h"
#include "web/serve.h"

static const char USAGE[] = "usage: nq17 web [--listen ADDRESS:PORT]\n"
			    "\n"
			    "Serves the pages and the API until SIGINT or SIGTERM.\n"
			    "  -h, --help   prints this\n";

int web_command(int argc, char **argv, const struct config *config)
{
	static const struct option options[] = { { "help", no_argument, NULL, 'h' },
						 { NULL, 0, NULL, 0 } };
	struct cluster *cluster = NULL;
	struct server *server = NULL;
	struct error err;
	int option = usage_next_option(argc, argv, options, NULL);
	int status;

	if (option == 'h') {
		fputs(USAGE, stdout);
		return 0;
	}
	if (option != -1 || !usage_is_whole(argc, argv))
		return usage_refuse(USAGE);
	status = serve_open(&server, config, &err);
	if (status == 0)
		status = cluster_open(&cluster, config, &err);
	if (status == 0)
		status = serve(server, cluster, config, &err);
	else
		server_close(server);
	if (status != 0)
		log_line("web", "%s", err.message);
	cluster_close(cluster);
	return status ? 1 : 0;
}
