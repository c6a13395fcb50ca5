/* run.c -- nq17 run: the database if none is configured, sample data if asked for,
 * and the pages, in one foreground process group.
 *
 * This process keeps the database and minds its children: first those that load
 * sample data, one after the other, then the web server, the collector and the deliverer.
 * It alone waits for SIGINT and SIGTERM, and passes the end on. */
#include "web/web.h"

#include <stdio.h>

#include "base/log.h"
#include "base/usage.h"
#include "collector/collector.h"
#include "delivery/delivery.h"
#include "web/child.h"
#include "web/demo.h"
#include "web/sample_load.h"
#include "web/serve.h"

static const char USAGE[] =
	"usage: nq17 run [--sample] [--listen ADDRESS:PORT]\n"
	"\n"
	"Starts the embedded PostgreSQL where no database is configured, serves the pages\n"
	"and the API, commits what is received and sends what is due, until Ctrl-C.\n"
	"  --sample     fills an empty store with made-up data, once\n"
	"On made-up data, and there alone, it makes an account of each role and prints how to\n"
	"sign in; a real installation's first account is made by nq17 user add.\n"
	"  -h, --help   prints this\n";

/* What the web server's own process does. */
struct web {
	struct server *server;
	struct cluster *cluster;
	const struct config *config;
	int is_down; /* the database was killed and does not start; said so once */
};

static void keep_database(void *context)
{
	struct web *web = context;
	struct error err;
	int is_down = cluster_revive(web->cluster, &err) != 0;

	if (is_down && !web->is_down)
		log_line("web", "%s", err.message);
	web->is_down = is_down;
}

static int run_web(void *context)
{
	struct web *web = context;
	struct error err;

	if (serve(web->server, web->cluster, web->config, &err) != 0) {
		log_line("web", "%s", err.message);
		return 1;
	}
	return 0;
}

/* The collector's own process. */
static int run_collector(void *context)
{
	struct web *web = context;
	struct error err;

	if (collect_serve(web->cluster, web->config, 0, &err) == 0)
		return 0;
	log_line("collect", "%s", err.message);
	return 1;
}

/* The deliverer's own process. */
static int run_deliverer(void *context)
{
	struct web *web = context;
	struct error err;

	if (deliver_serve(web->cluster, web->config, 0, &err) == 0)
		return 0;
	log_line("deliver", "%s", err.message);
	return 1;
}

static int run_all(struct server *server, const struct config *config, int sample,
		   struct error *err)
{
	struct web web = { .server = server, .config = config };
	struct child children[] = {
		{ .name = "web server", .work = run_web, .context = &web },
		{ .name = "collector",
		  .work = run_collector,
		  .context = &web,
		  .is_kept = 1 },
		{ .name = "deliverer",
		  .work = run_deliverer,
		  .context = &web,
		  .is_kept = 1 },
	};
	int status = cluster_open(&web.cluster, config, err), code = 0, ended = 0;

	if (status == 0 && sample)
		status = sample_load(config, &ended, err);
	if (status == 0 && !ended)
		status = demo_accounts(web.cluster, config, err);
	if (status == 0 && !ended)
		status = child_run(children, 3, keep_database, &web, &code, &ended, err);
	if (status == 0 && code != 0 && !ended)
		status = error_set(err, ERROR_UNAVAILABLE, "the web server ended with %d",
				   code);
	cluster_close(web.cluster);
	return status;
}

int run_command(int argc, char **argv, const struct config *config)
{
	static const struct option options[] = { { "sample", no_argument, NULL, 's' },
						 { "help", no_argument, NULL, 'h' },
						 { NULL, 0, NULL, 0 } };
	struct server *server = NULL;
	struct error err = { 0 };
	int option, sample = 0, status;
	sigset_t ends;

	while ((option = usage_next_option(argc, argv, options, NULL)) != -1) {
		if (option == 'h') {
			fputs(USAGE, stdout);
			return 0;
		}
		sample |= option == 's';
		if (option != 's')
			break;
	}
	if (option != -1 || !usage_is_whole(argc, argv))
		return usage_refuse(USAGE);
	serve_block_ends(&ends);
	status = serve_open(&server, config, &err);
	if (status == 0)
		status = run_all(server, config, sample, &err);
	if (status != 0)
		log_line("nq17", "%s", err.message);
	server_close(server);
	return status ? 1 : 0;
}
