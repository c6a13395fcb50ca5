/* user_command.c -- nq17 user: who may sign in. */
#include "web/web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <sodium.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/office.h"
#include "base/secret_key.h"
#include "base/usage.h"
#include "web/password.h"
#include "web/totp.h"

static const char ADD[] =
#include "sql/queries/account_add.sql.inc"
	;
static const char CHANGE[] =
#include "sql/queries/account_change.sql.inc"
	;
static const char PASSWORD[] =
#include "sql/queries/account_password.sql.inc"
	;
static const char TOTP_OFF[] =
#include "sql/queries/totp_off.sql.inc"
	;
static const char SUBJECT[] =
#include "sql/queries/account_subject.sql.inc"
	;
static const char SECRETS[] =
#include "sql/queries/totp_secrets.sql.inc"
	;
static const char RESEAL[] =
#include "sql/queries/totp_reseal.sql.inc"
	;
static const char LIST[] =
#include "sql/queries/account_list.sql.inc"
	;

static const char USAGE[] =
	"usage: nq17 user add LOGIN --role ROLE [--agency CODE] [--name TEXT]\n"
	"                [--generate | --no-password] [--oidc-subject SUBJECT]\n"
	"       nq17 user list [--format table|csv|json]\n"
	"       nq17 user password LOGIN [--generate]\n"
	"       nq17 user role LOGIN ROLE [--agency CODE]\n"
	"       nq17 user subject LOGIN [SUBJECT]\n"
	"       nq17 user lock|unlock|sessions|totp|remove LOGIN\n"
	"       nq17 user seal\n"
	"\n"
	"Who signs in to the pages.  A password is read from the terminal (twice) or from\n"
	"standard input (one line), never from the command line.\n"
	"\n"
	"  add            a new account; its first one is an administrator's\n"
	"    --role ROLE  viewer, sender, leader (these with --agency), office, auditor or\n"
	"                 administrator: docs/accounts.md\n"
	"    --generate   makes a password and prints it, once\n"
	"    --no-password  only a trusted proxy or the OpenID provider signs this account in\n"
	"    --oidc-subject SUBJECT  whom the OpenID provider (oidc_issuer) means by it\n"
	"  password       sets another one; every session ends\n"
	"  role           gives another role; every session ends\n"
	"  lock, unlock   closes the account and ends its sessions; opens it again, also\n"
	"                 after too many wrong passwords\n"
	"  sessions       ends them all\n"
	"  subject        says who of the OpenID provider the account is; without SUBJECT\n"
	"                 nobody is any more; every session ends\n"
	"  totp           takes the second step away, when a telephone or the key is lost\n"
	"  seal           seals secrets of the second step that lie in the database as they\n"
	"                 are (from before version 0027), with the file secret_key\n"
	"  remove         for good; the name is not given to anybody else\n";

struct request {
	const char *action, *login, *role, *agency, *name, *subject, *issuer;
	const struct config *config;
	int generate, no_password, password_memory;
	enum list_format format;
};

/* ---- Passwords ---------------------------------------------------------- */

/* One line without its end; NULL: there is none.  Belongs to the caller. */
static char *read_line(void)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t length = getline(&line, &size, stdin);

	if (length < 0) {
		free(line);
		return NULL;
	}
	line[strcspn(line, "\r\n")] = '\0';
	return line;
}

/* From the terminal, which does not show it. */
static char *ask_for(const char *prompt)
{
	struct termios shown, hidden;
	int is_terminal = tcgetattr(STDIN_FILENO, &shown) == 0;
	char *line;

	if (!is_terminal)
		return read_line();
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	fputs(prompt, stderr);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	line = read_line();
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
	fputc('\n', stderr);
	return line;
}

static int read_password(const char *login, char **password, struct error *err)
{
	char *again = NULL;
	int status = 0;

	*password = ask_for("Password: ");
	if (!*password || !text_is_utf8(*password, strlen(*password)))
		return error_set(err, ERROR_INVALID,
				 "a password is wanted on standard input");
	if (password_is_fit(*password, login, err) != 0)
		return -1;
	if (isatty(STDIN_FILENO)) {
		again = ask_for("Once more: ");
		if (!again || strcmp(again, *password) != 0)
			status = error_set(err, ERROR_INVALID, "the two differ");
		password_forget(again);
	}
	free(again);
	return status;
}

/* The hash of a password that is read, or made and printed. */
static int get_hash(const struct request *request, char hash[PASSWORD_HASH_SIZE],
		    char **made, struct error *err)
{
	char *password = NULL;
	int status = 0;

	if (request->generate) {
		password = memory_zeroed(1, PASSWORD_LEAST * 2 + 1);
		password_make(password);
	} else {
		status = read_password(request->login, &password, err);
	}
	if (status == 0)
		status = password_hash(password, request->password_memory, hash, err);
	if (status == 0 && request->generate) {
		*made = password;
		return 0;
	}
	password_forget(password);
	free(password);
	return status;
}

/* Printed when it is stored: it can not be had again. */
static void print_password(char *made)
{
	if (made)
		puts(made);
	password_forget(made);
	free(made);
}

/* ---- Actions ------------------------------------------------------------ */

/* A person of a provider is who they are at that provider. */
static int set_subject(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->login, request->issuer,
				       request->subject };

	if (request->subject && !request->issuer)
		return error_set(err, ERROR_INVALID,
				 "whose subject?  Set oidc_issuer first");
	return db_query(db, SUBJECT, params, 3, NULL, err);
}

/* With the subject, or not at all. */
static int add_account(struct db *db, const struct request *request, const char *hash,
		       struct error *err)
{
	const char *const params[] = { request->login,
				       request->name ? request->name : request->login,
				       request->role, request->agency, hash };

	if (db_query(db, "BEGIN", NULL, 0, NULL, err) == 0 &&
	    db_query(db, ADD, params, 5, NULL, err) == 0 &&
	    (!request->subject || set_subject(db, (void *)request, err) == 0) &&
	    db_query(db, "COMMIT", NULL, 0, NULL, err) == 0)
		return 0;
	db_rollback(db);
	return -1;
}

static int add(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	char hash[PASSWORD_HASH_SIZE], *made = NULL;
	int status = 0;

	if (!request->no_password)
		status = get_hash(request, hash, &made, err);
	if (status == 0)
		status =
			add_account(db, request, request->no_password ? NULL : hash, err);
	if (status == 0)
		print_password(made);
	else
		free(made);
	return status;
}

static int set_password(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	char hash[PASSWORD_HASH_SIZE], *made = NULL;
	const char *const params[] = { request->login, hash, NULL };

	if (get_hash(request, hash, &made, err) != 0)
		return -1;
	if (db_query(db, PASSWORD, params, 3, NULL, err) != 0) {
		free(made);
		return -1;
	}
	print_password(made);
	return 0;
}

static int change(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->login, request->action, request->role,
				       request->agency };

	return db_query(db, CHANGE, params, 4, NULL, err);
}

static int totp_off(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	const char *const params[] = { request->login, NULL };

	return db_query(db, TOTP_OFF, params, 2, NULL, err);
}

static int seal_one(struct db *db, const struct secret_key *key, const char *login,
		    const char *plain, struct error *err)
{
	unsigned char secret[TOTP_SECRET_MOST];
	struct text sealed = { 0 };
	const char *params[] = { login, plain, NULL };
	size_t length;
	int status =
		secret_key_open(key, login, plain, secret, sizeof secret, &length, err);

	if (status == 0) {
		secret_key_seal(key, login, secret, length, &sealed);
		params[2] = text_string(&sealed);
		status = db_query(db, RESEAL, params, 3, NULL, err);
	}
	sodium_memzero(secret, sizeof secret);
	text_free(&sealed);
	return status;
}

static int seal(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;
	struct secret_key *key = NULL;
	struct db_rows *rows = NULL;
	size_t sealed = 0;
	int status = secret_key_load(&key, request->config, 1, err);

	if (status == 0)
		status = db_query(db, SECRETS, NULL, 0, &rows, err);
	for (size_t i = 0; status == 0 && i < db_rows_count(rows); i++) {
		const char *secret = db_value(rows, i, "secret");

		if (!secret_key_is_plain(secret))
			continue;
		status = seal_one(db, key, db_value(rows, i, "login"), secret, err);
		sealed++;
	}
	if (status == 0)
		printf("%zu secrets sealed\n", sealed);
	db_rows_free(rows);
	secret_key_free(key);
	return status;
}

static int list(struct db *db, void *context, struct error *err)
{
	const struct request *request = context;

	return list_query(db, LIST, NULL, 0, request->format, NULL, err);
}

/* ---- Command line ------------------------------------------------------- */

static const struct action {
	const char *name;
	int least, most; /* arguments */
	int (*run)(struct db *db, void *context, struct error *err);
} actions[] = {
	{ "add", 1, 1, add },
	{ "list", 0, 0, list },
	{ "password", 1, 1, set_password },
	{ "role", 2, 2, change },
	{ "lock", 1, 1, change },
	{ "unlock", 1, 1, change },
	{ "subject", 1, 2, set_subject },
	{ "sessions", 1, 1, change },
	{ "totp", 1, 1, totp_off },
	{ "seal", 0, 0, seal },
	{ "remove", 1, 1, change },
};

static const struct action *find_action(const char *name)
{
	for (size_t i = 0; name && i < sizeof actions / sizeof *actions; i++)
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	return NULL;
}

int user_command(int argc, char **argv, const struct config *config)
{
	const struct action *action = find_action(argv[1]);
	struct request request = {
		.action = argv[1],
		.config = config,
		.issuer = config_get(config, "oidc_issuer"),
		.password_memory = atoi(config_get(config, "password_memory")),
	};
	const char *format = NULL;
	const struct office_option options[] = {
		{ "role", &request.role, NULL },
		{ "agency", &request.agency, NULL },
		{ "name", &request.name, NULL },
		{ "oidc-subject", &request.subject, NULL },
		{ "format", &format, NULL },
		{ "generate", NULL, &request.generate },
		{ "no-password", NULL, &request.no_password },
		{ 0 },
	};
	int first, least = action ? action->least : 0,
		   most = action ? action->most : argc;
	int code = office_options(action ? argc - 1 : argc, action ? argv + 1 : argv,
				  USAGE, options, least, most, &first);

	if (code >= 0)
		return code;
	if (action && least > 0)
		request.login = argv[first + 1];
	if (action && least > 1)
		request.role = argv[first + 2];
	else if (action && most > 1 && argc - 1 > first + 1)
		request.subject = argv[first + 2];
	if (!action)
		usage_no_row("action", argv[1], actions, sizeof actions / sizeof *actions,
			     sizeof *actions);
	if (!action || list_format_find(format, &request.format) != 0 ||
	    (action->run == add && !request.role && !usage_say("--role is missing")))
		return usage_refuse(USAGE);
	return office_run(config, DB_OWNER, "user", action->run, &request);
}
