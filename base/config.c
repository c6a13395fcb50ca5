/* config.c -- the settings: file, then environment, then flags; later ones win. */
#include "base/config.h"

#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

extern char **environ;

const struct config_option config_options[] = {
	{ "data", "/var/lib/nq17 as root, else ./var", "FOLDER", NULL,
	  "Where the embedded PostgreSQL and other working files are kept." },
	{ "database", NULL, "CONNINFO", NULL,
	  "A PostgreSQL server to use instead of the embedded one, as a libpq string or "
	  "URI. Passwords belong into PGPASSFILE." },
	{ "spool", NULL, "FOLDER", NULL,
	  "Where what was received waits to be committed; unset, the folder spool of the "
	  "data folder." },
	{ "inbox", NULL, "FOLDER", NULL,
	  "Where agencies' systems put files, each agency into a folder named by its code; "
	  "unset, nowhere." },
	{ "listen", "127.0.0.1:8017", "ADDRESS:PORT", "^.+:[0-9]{1,5}$",
	  "Where the web pages and the API answer; [::1]:8017 for IPv6." },
	{ "public_url", NULL, "URL", "^https?://[^[:space:]]+$",
	  "The address that mails and QR codes point to. Unset, they carry a short "
	  "verification code and no link." },
	{ "lang", "vi", "vi|en", "^(vi|en)$",
	  "The language of reports and of pages whose visitor did not choose one." },
	{ "smtp_url", NULL, "URL", "^smtps?://[^[:space:]]+$",
	  "The mail server, smtp://host:port. Together with mail_from it turns mail on." },
	{ "mail_from", NULL, "ADDRESS", "^[^[:space:]@<>]+@[^[:space:]@<>]+$",
	  "The sender of mails." },
	{ "mail_domains", "gov.vn,localhost", "DOMAIN,...", "^[A-Za-z0-9.,-]+$",
	  "Where reports may be mailed to: these domains and all below them." },
	{ "mail_credentials", NULL, "FILE", NULL,
	  "A file with the lines user = NAME and password = WORD for the mail server, that "
	  "others cannot read." },
	{ "mail_tls", NULL, "required|none", "^(required|none)$",
	  "Whether mail goes over an encrypted connection only (STARTTLS, or smtps://). "
	  "Unset: required, but for a server on this machine." },
	{ "mail_ca", NULL, "FILE", NULL,
	  "Who signs the mail server's certificate, in PEM; unset, those the system trusts." },
	{ "mail_patience", "300", "SECONDS", "^[1-9][0-9]{0,3}$",
	  "How long a server that reports are sent to may take for an answer." },
	{ "alert_to", NULL, "ADDRESS", "^[^[:space:]@<>]+@[^[:space:]@<>]+$",
	  "Who is told of reports that could not be sent, where a schedule names nobody." },
	{ "archive", NULL, "FOLDER", NULL,
	  "Where what was sent is kept; unset, the folder archive of the data folder." },
	{ "archive_days", NULL, "DAYS", "^[1-9][0-9]{0,4}$",
	  "How long what was sent is kept. Unset: for ever." },
	{ "bounce_folder", NULL, "FOLDER", NULL,
	  "A Maildir, or a folder with one mail in each file, where what comes back to "
	  "mail_from arrives: reports of failed delivery mark their line of the outbox." },
	{ "delivery_lease", "900", "SECONDS", "^[1-9][0-9]{0,4}$",
	  "How long a process may work on one delivery, before another takes it over." },
	{ "tls_certificate", NULL, "FILE", NULL,
	  "The certificate of the web server and what it is signed by, in PEM. Together "
	  "with tls_key it turns HTTPS on. A key on the curve P-256 makes connections "
	  "cheapest." },
	{ "tls_key", NULL, "FILE", NULL, "The private key of tls_certificate, in PEM." },
	{ "sign_certificate", NULL, "FILE", NULL,
	  "The certificate with which nq17 sign signs reports, and what it is signed by, in "
	  "PEM." },
	{ "sign_key", NULL, "FILE", NULL,
	  "The private key of sign_certificate, in PEM, without a password." },
	{ "public", "yes", "yes|no", "^(yes|no)$",
	  "Whether the figures can be read without signing in. Records never can." },
	{ "session_idle", "60", "MINUTES", "^[1-9][0-9]{0,4}$",
	  "After how long without use a session is over." },
	{ "session_hours", "12", "HOURS", "^[1-9][0-9]{0,2}$",
	  "After how long a session is over in any case." },
	{ "password_memory", "64", "MEGABYTES", "^[1-9][0-9]{0,3}$",
	  "How much memory it takes to check a password (argon2id, 3 passes). Less makes "
	  "guessing cheaper; at most a few are checked at a time." },
	{ "sign_in_tries", "60", "NUMBER", "^[1-9][0-9]{0,5}$",
	  "How many times a minute one address (of IPv6: one network of 64 bits) may "
	  "try to sign in." },
	{ "secret_key", NULL, "FILE", NULL,
	  "The key under which secrets of the second step lie in the database; unset, "
	  "secret.key of the data folder. Made when it is missing, for its owner alone. "
	  "Several web servers of one database need the same one." },
	{ "oidc_issuer", NULL, "URL",
	  "^(https://[^[:space:]?#]+|http://(127[.]0[.]0[.]1|localhost|\\[::1\\])(:[0-9]+)?(/"
	  "[^[:space:]?#]*)?)$",
	  "The OpenID provider that signs people in (OpenID Connect), as it calls itself. "
	  "Together with oidc_client and public_url it turns single sign-on on." },
	{ "oidc_client", NULL, "NAME", "^[!-~]{1,200}$",
	  "What the provider calls this installation (client_id). The address to go back "
	  "to is public_url with /login/sso/back." },
	{ "oidc_credentials", NULL, "FILE", NULL,
	  "A file with the line secret = WORD for the provider, that others cannot read. "
	  "Unset: a public client." },
	{ "oidc_scopes", "openid", "WORD ...", "^[!-~]+( [!-~]+)*$",
	  "What the provider is asked to say of people: openid, and what oidc_claim needs, "
	  "such as profile or email." },
	{ "oidc_claim", "sub", "NAME", "^[A-Za-z0-9_.:/-]{1,100}$",
	  "Which claim of the provider has the login of an account, such as "
	  "preferred_username: a new account without a password becomes that person's at "
	  "the first sign-in. sub: only those whom nq17 user subject names come in." },
	{ "oidc_name", NULL, "TEXT", "^[^[:cntrl:]]{1,60}$",
	  "What people call the provider; unset, single sign-on." },
	{ "oidc_ca", NULL, "FILE", NULL,
	  "Who signs the provider's certificate, in PEM; unset, those the system trusts." },
	{ "proxy_addresses", NULL, "ADDRESS,...", "^[0-9a-fA-F:., /]+$",
	  "The proxies before the web server (10.0.0.5, 10.1.0.0/16, ::1). From them alone "
	  "X-Forwarded-Proto, X-Forwarded-For and proxy_user_header are believed." },
	{ "proxy_user_header", NULL, "NAME", "^[A-Za-z][A-Za-z0-9-]*$",
	  "The header in which those proxies name the account of whom they have signed in "
	  "(single sign-on), such as X-Remote-User. They must take away what a visitor "
	  "sends under that name." },
	{ "body_limit", "1024", "MEGABYTES", "^[1-9][0-9]{0,5}$",
	  "How large a body of records may be, as it is sent." },
	{ "disk_reserve", NULL, "MEGABYTES", "^[0-9]{1,8}$",
	  "No body is taken that would leave less free on the disk of the spool. Unset: a "
	  "twentieth of the disk, at least 256." },
	{ "key_requests", "600", "NUMBER", "^[1-9][0-9]{0,6}$",
	  "How many bodies an API key may send a minute." },
	{ "key_bodies", "8", "NUMBER", "^[1-9][0-9]{0,3}$",
	  "How many bodies an API key may send at a time." },
	{ "key_queue", "200", "NUMBER", "^[1-9][0-9]{0,5}$",
	  "How many bodies of an API key may wait to be committed." },
	{ "publish_coverage", "50", "PERCENT", "^(100|[1-9]?[0-9])$",
	  "Of how many agencies of the population a period must have something, before "
	  "one person may publish it." },
	{ "audit_hour", "2", "HOUR", "^(1?[0-9]|2[0-3])$",
	  "After which hour in Vietnam the collector counts figures again from the records: "
	  "a few agencies' each night, on Sundays all. Empty: never." },
	{ NULL, NULL, NULL, NULL, NULL }
};

enum { OPTIONS = sizeof config_options / sizeof *config_options - 1 };

struct config {
	char *values[OPTIONS];
	char *origins[OPTIONS]; /* "nq17.conf:3", "NQ17_LISTEN"; NULL: the default */
};

/* ---- One value ---------------------------------------------------------- */

/* The option called NAME, where '-' counts as '_' and, with FOLD, capitals as
 * small letters; -1 if there is none. */
static int find_option(const char *name, size_t length, int fold)
{
	for (int i = 0; i < OPTIONS; i++) {
		const char *key = config_options[i].key;
		size_t at = 0;

		for (; at < length && key[at]; at++) {
			char c = name[at] == '-' ? '_' : name[at];

			if (fold && c >= 'A' && c <= 'Z')
				c = (char)(c - 'A' + 'a');
			if (c != key[at])
				break;
		}
		if (at == length && !key[at])
			return i;
	}
	return -1;
}

static int fits(const char *value, const char *pattern)
{
	regex_t compiled;
	int answer;

	if (!pattern)
		return 1;
	if (regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		BUG("not a pattern: %s", pattern);
	answer = regexec(&compiled, value, 0, NULL, 0) == 0;
	regfree(&compiled);
	return answer;
}

/* An empty VALUE means unset, so that a later source can take a setting back. */
static int set(struct config *config, int option, const char *value, const char *origin,
	       struct error *err)
{
	const struct config_option *row = &config_options[option];

	if (*value && !fits(value, row->pattern))
		return error_set(err, ERROR_INVALID, "%s: %s = %s, but %s is wanted",
				 origin, row->key, value, row->form);
	free(config->values[option]);
	free(config->origins[option]);
	config->values[option] = *value ? memory_copy(value) : NULL;
	config->origins[option] = *value ? memory_copy(origin) : NULL;
	return 0;
}

/* ---- The file ----------------------------------------------------------- */

static char *trim(char *string)
{
	char *end = string + strlen(string);

	string += strspn(string, " \t\r\n");
	while (end > string && strchr(" \t\r\n", end[-1]))
		end--;
	*end = '\0';
	return string;
}

/* LINE is changed on the way. */
static int read_line(struct config *config, char *line, const char *origin,
		     struct error *err)
{
	char *key = trim(line), *value;
	int option;

	if (*key == '\0' || *key == '#' || *key == ';')
		return 0;
	value = strchr(key, '=');
	if (!value)
		return error_set(err, ERROR_INVALID,
				 "%s: \"%s\" is not of the form key = value", origin,
				 key);
	*value++ = '\0';
	key = trim(key);
	option = find_option(key, strlen(key), 0);
	if (option < 0)
		return error_set(
			err, ERROR_INVALID,
			"%s: unknown key \"%s\" (`nq17 config --help` lists all)", origin,
			key);
	return set(config, option, trim(value), origin, err);
}

static int read_file(struct config *config, const char *path, struct error *err)
{
	FILE *file = fopen(path, "r");
	struct text origin = { 0 };
	char *line = NULL;
	size_t size = 0;
	int status = 0;

	if (!file)
		return error_set(err, ERROR_INVALID, "%s: %s", path, strerror(errno));
	for (int number = 1; status == 0 && getline(&line, &size, file) >= 0; number++) {
		text_clear(&origin);
		text_addf(&origin, "%s:%d", path, number);
		status = read_line(config, line, text_string(&origin), err);
	}
	if (status == 0 && ferror(file))
		status = error_set(err, ERROR_INVALID, "%s: %s", path, strerror(errno));
	fclose(file);
	free(line);
	text_free(&origin);
	return status;
}

/* The file to read when none was named; NULL: none.  A file of the working
 * directory counts only if it is the user's own: whoever may write to that
 * directory must not choose the database of whoever works there. */
static const char *find_file(void)
{
	struct stat found;

	if (stat("nq17.conf", &found) == 0 && found.st_uid == geteuid())
		return "nq17.conf";
	if (access("/etc/nq17.conf", F_OK) == 0)
		return "/etc/nq17.conf";
	return NULL;
}

/* ---- Environment and flags ---------------------------------------------- */

#define PREFIX        "NQ17_"
#define PREFIX_LENGTH (sizeof PREFIX - 1)

static int read_environment(struct config *config, struct error *err)
{
	for (char **variable = environ; *variable; variable++) {
		const char *name = *variable + PREFIX_LENGTH, *value;
		struct text origin = { 0 };
		int option, status;

		if (strncmp(*variable, PREFIX, PREFIX_LENGTH) != 0)
			continue;
		value = strchr(name, '=');
		if (!value || strncmp(name, "CONFIG=", 7) == 0)
			continue;
		text_add_bytes(&origin, *variable, (size_t)(value - *variable));
		option = find_option(name, (size_t)(value - name), 1);
		if (option < 0)
			status = error_set(err, ERROR_INVALID,
					   "unknown variable %s in the environment "
					   "(`nq17 config --help` lists all)",
					   text_string(&origin));
		else
			status =
				set(config, option, value + 1, text_string(&origin), err);
		text_free(&origin);
		if (status != 0)
			return -1;
	}
	return 0;
}

/* Everyone on the machine can read the arguments of a process. */
static int refuse_password(const char *conninfo, struct error *err)
{
	if (fits(conninfo, "password[[:space:]]*=|://[^/@]*:[^/@]*@"))
		return error_set(err, ERROR_INVALID,
				 "--database: no password on the command line; put it "
				 "into the file that PGPASSFILE names");
	return 0;
}

/* The value of the flag at ARGV[AT], whose name ends at LENGTH after the "--":
 * behind '=' or the next argument.  *USED is how many arguments it fills. */
static const char *flag_value(int argc, char **argv, int at, size_t length, int *used,
			      struct error *err)
{
	*used = argv[at][2 + length] == '=' ? 1 : 2;
	if (*used == 1)
		return argv[at] + 2 + length + 1;
	if (at + 1 < argc)
		return argv[at + 1];
	error_set(err, ERROR_INVALID, "%s needs a value", argv[at]);
	return NULL;
}

/* How long the name of a long flag is; 0 if ARGUMENT is none. */
static size_t flag_length(const char *argument)
{
	return strncmp(argument, "--", 2) == 0 ? strcspn(argument + 2, "=") : 0;
}

static int is_config_flag(const char *argument)
{
	return flag_length(argument) == 6 && strncmp(argument + 2, "config", 6) == 0;
}

/* Sets *FILE to the value of --config if it is there. */
static int find_file_flag(int argc, char **argv, const char **file, struct error *err)
{
	int used;

	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (!is_config_flag(argv[i]))
			continue;
		*file = flag_value(argc, argv, i, 6, &used, err);
		if (!*file)
			return -1;
	}
	return 0;
}

static int set_flag(struct config *config, int option, const char *value,
		    struct error *err)
{
	if (strcmp(config_options[option].key, "database") == 0 &&
	    refuse_password(value, err) != 0)
		return -1;
	return set(config, option, value, "the command line", err);
}

/* Sets what the flags say and takes them out of ARGV. */
static int read_flags(struct config *config, int *argc, char **argv, struct error *err)
{
	int kept = 1, used = 1, i = 1;

	for (; i < *argc && strcmp(argv[i], "--") != 0; i += used) {
		size_t length = flag_length(argv[i]);
		int option = length ? find_option(argv[i] + 2, length, 0) : -1;
		const char *value;

		used = 1;
		if (option < 0 && !is_config_flag(argv[i])) {
			argv[kept++] = argv[i];
			continue;
		}
		value = flag_value(*argc, argv, i, length, &used, err);
		if (!value || (option >= 0 && set_flag(config, option, value, err) != 0))
			return -1;
	}
	while (i < *argc)
		argv[kept++] = argv[i++];
	argv[kept] = NULL;
	*argc = kept;
	return 0;
}

/* ---- The whole ---------------------------------------------------------- */

static void set_default_data(struct config *config)
{
	int option = find_option("data", 4, 0);

	if (!config->values[option])
		config->values[option] =
			memory_copy(geteuid() == 0 ? "/var/lib/nq17" : "./var");
}

int config_load(struct config **config, int *argc, char **argv, struct error *err)
{
	struct config *made = memory_zeroed(1, sizeof *made);
	const char *file = getenv("NQ17_CONFIG");

	*config = NULL;
	if (find_file_flag(*argc, argv, &file, err) != 0)
		goto failed;
	if (!file || !*file)
		file = find_file();
	if (file && read_file(made, file, err) != 0)
		goto failed;
	if (read_environment(made, err) != 0)
		goto failed;
	if (read_flags(made, argc, argv, err) != 0)
		goto failed;
	set_default_data(made);
	*config = made;
	return 0;
failed:
	config_free(made);
	return -1;
}

void config_free(struct config *config)
{
	if (!config)
		return;
	for (int i = 0; i < OPTIONS; i++) {
		free(config->values[i]);
		free(config->origins[i]);
	}
	free(config);
}

const char *config_get(const struct config *config, const char *key)
{
	int option = find_option(key, strlen(key), 0);

	if (option < 0)
		BUG("no option \"%s\"", key);
	return config->values[option] ? config->values[option]
				      : config_options[option].fallback;
}

/* ---- As text ------------------------------------------------------------ */

/* "smtp_url" as "--smtp-url" or "NQ17_SMTP_URL". */
static void add_name(struct text *out, const char *prefix, const char *key, int capitals)
{
	text_add(out, prefix);
	for (; *key; key++) {
		if (capitals)
			text_add_char(out, *key == '_' ? '_' : (char)(*key - 'a' + 'A'));
		else
			text_add_char(out, *key == '_' ? '-' : *key);
	}
}

void config_print_help(struct text *out)
{
	text_add(out, "Settings (file, then environment, then flags; later ones win):\n"
		      "  --config=FILE\n"
		      "      The file of settings, key = value; else $NQ17_CONFIG, else "
		      "nq17.conf here if it\n"
		      "      is yours, else /etc/nq17.conf.\n");
	for (const struct config_option *row = config_options; row->key; row++) {
		add_name(out, "  --", row->key, 0);
		text_addf(out, "=%s  ", row->form);
		add_name(out, "NQ17_", row->key, 1);
		text_addf(out, "  [%s]\n      %s\n",
			  row->fallback ? row->fallback : "unset", row->help);
	}
}

void config_print_markdown(struct text *out)
{
	text_add(
		out,
		"# Configuration\n"
		"\n"
		"Made by `nq17 config --markdown` from the table of options in "
		"`base/config.c`.\n"
		"\n"
		"Settings come from a file, then from the environment, then from flags; "
		"later ones win and an\n"
		"empty value takes a setting back. The file is the one of `--config FILE` "
		"or of `NQ17_CONFIG`;\n"
		"else `nq17.conf` in the working directory if it belongs to the user; else "
		"`/etc/nq17.conf`.\n"
		"It has lines `key = value`; lines that begin with `#` or `;` are comments. "
		"An unknown key, an\n"
		"unknown `NQ17_` variable and a value of the wrong form are errors. "
		"`nq17 config` prints the\n"
		"settings in force and where each comes from, as such a file.\n"
		"\n"
		"| key | environment | flag | default | meaning |\n"
		"|---|---|---|---|---|\n");
	for (const struct config_option *row = config_options; row->key; row++) {
		text_addf(out, "| `%s` | `", row->key);
		add_name(out, "NQ17_", row->key, 1);
		text_add(out, "` | `");
		add_name(out, "--", row->key, 0);
		text_add(out, "=");
		for (const char *c = row->form; *c; c++)
			text_addf(out, *c == '|' ? "\\%c" : "%c", *c);
		text_addf(out, "` | %s | %s |\n", row->fallback ? row->fallback : "unset",
			  row->help);
	}
}

void config_print_effective(const struct config *config, struct text *out)
{
	for (int i = 0; i < OPTIONS; i++) {
		const char *key = config_options[i].key;
		const char *value = config_get(config, key);

		if (!value)
			text_addf(out, "# unset\n# %s =\n", key);
		else
			text_addf(out, "# %s\n%s = %s\n",
				  config->origins[i] ? config->origins[i] : "default",
				  key, value);
	}
}
