/* config.h -- the settings: file, then environment, then flags; later ones win.
 *
 * One table of options (config.c) feeds the parser, --help and
 * docs/configuration.md.  Unknown keys are errors.  Secrets are named by file. */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include "base/error.h"
#include "base/text.h"

struct config;

struct config_option {
	const char *key; /* in nq17.conf: "listen"; in the environment: NQ17_LISTEN */
	const char *fallback; /* printed as the default; NULL: unset */
	const char *form;     /* what a value looks like, for people */
	const char *pattern;  /* the same as an extended regular expression, or NULL */
	const char *help;     /* one sentence */
};

/* Every option, closed by a row whose key is NULL. */
extern const struct config_option config_options[];

/* Loads nq17.conf (or the file of --config) and the environment, then takes the
 * settings among the flags of ARGV ("--listen=A", "--listen A", "--config F")
 * out of ARGV, wherever they stand before "--", and lowers *ARGC.  A command
 * therefore asks config_get() for them and not getopt.  ERROR_INVALID names an
 * unknown key with file and line, an unknown NQ17_ variable, a misshapen value.  Free with config_free(). */
int config_load(struct config **config, int *argc, char **argv, struct error *err);
void config_free(struct config *config);

/* The value of KEY, or NULL when unset; borrowed.  An unknown KEY is a BUG. */
const char *config_get(const struct config *config, const char *key);

/* The options as text: for --help, for docs/configuration.md, and with the
 * values in force. */
void config_print_help(struct text *out);
void config_print_markdown(struct text *out);
void config_print_effective(const struct config *config, struct text *out);

#endif
