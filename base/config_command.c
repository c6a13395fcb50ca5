/* config_command.c -- nq17 config: the settings in force, or all there are. */
#include "base/commands.h"
#include "base/usage.h"

#include <stdio.h>

static const char USAGE[] =
	"usage: nq17 config [--markdown]\n"
	"\n"
	"Prints the settings in force as a file of settings, and where each comes from.\n"
	"  --markdown   prints docs/configuration.md instead\n"
	"  -h, --help   prints this\n"
	"\n";

static int print(struct text *out, FILE *stream)
{
	fputs(text_string(out), stream);
	text_free(out);
	return 0;
}

int config_command(int argc, char **argv, const struct config *config)
{
	static const struct option options[] = { { "markdown", no_argument, NULL, 'm' },
						 { "help", no_argument, NULL, 'h' },
						 { NULL, 0, NULL, 0 } };
	struct text out = { 0 };

	switch (usage_next_option(argc, argv, options, NULL)) {
	case 'm':
		config_print_markdown(&out);
		return print(&out, stdout);
	case 'h':
		text_add(&out, USAGE);
		config_print_help(&out);
		return print(&out, stdout);
	case -1:
		break;
	default:
		argc = 0;
	}
	if (!usage_is_whole(argc, argv))
		return usage_refuse(USAGE);
	config_print_effective(config, &out);
	return print(&out, stdout);
}
