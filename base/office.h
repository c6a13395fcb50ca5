/* office.h -- what the commands of the office share: their actions and options, a
 * connection, and lists of rows printed as a table, as CSV or as JSON. */
#ifndef BASE_OFFICE_H
#define BASE_OFFICE_H

#include "base/config.h"
#include "base/db.h"

/* One option of a command: "--NAME VALUE", or a mere "--NAME". */
struct office_option {
	const char *name;
	const char **value; /* where VALUE goes, or NULL */
	int *flag;          /* set to 1 by an option without a value, or NULL */
};

/* Reads ARGV by OPTIONS (closed by a row of zeros) and counts what is left from *FIRST
 * on.  -1: go on; else the exit code (--help prints USAGE, so does a wrong option or
 * a number of arguments outside LEAST..MOST). */
int office_options(int argc, char **argv, const char *usage,
		   const struct office_option *options, int least, int most, int *first);

/* Opens the database as ROLE and runs ACT on it; logs what went wrong as NAME.  The
 * exit code: 0, or 1. */
int office_run(const struct config *config, enum db_role role, const char *name,
	       int (*act)(struct db *db, void *context, struct error *err),
	       void *context);

/* Lets SQL know who runs the command, for the log (sql/functions/audit_log.sql). */
int office_sign(struct db *db, struct error *err);

enum list_format { LIST_TABLE, LIST_CSV, LIST_JSON };

/* NULL is a table.  -1 with a line in the log if there is no such format. */
int list_format_find(const char *name, enum list_format *format);
/* Prints the rows of SQL, a query without a semicolon, to stdout; their number goes to
 * *COUNT unless that is NULL. */
int list_query(struct db *db, const char *sql, const char *const *params, int param_count,
	       enum list_format format, size_t *count, struct error *err);

/* One row, a line for each column that has a value. */
void list_print_lines(const struct db_rows *rows);

/* Who runs the command: the name of the account. */
const char *office_account(void);

/* ---- A command with actions: nq17 COMMAND ACTION [ARGUMENT...] [--OPTION ...] ---- */

enum { OFFICE_ARGUMENTS = 3 };

struct office_action {
	const char *name;  /* a row of zeros closes the table */
	int least, most;   /* arguments */
	enum db_role role; /* no more rights than it takes */
	int (*run)(struct db *db, void *request, struct error *err);
	int (*is_right)(const void *request); /* is all there that it needs?  NULL: yes */
};

struct office_command {
	const char *usage;
	const struct office_action *actions;
	const struct office_option *options;      /* or NULL */
	const char **arguments[OFFICE_ARGUMENTS]; /* where arguments go */
	enum list_format *format;                 /* of --format, or NULL */
	const char **by;                          /* of --by, never empty, or NULL */
	const char *usual; /* the action meant where none is named, or NULL */
	void *request;     /* what the actions get */
};

/* Reads ARGV and runs its action; the exit code. */
int office_command(int argc, char **argv, const struct config *config,
		   const struct office_command *command);

/* Is VALUE (NULL: not given) written like a number, or like a day? */
int office_is_number(const char *value);
int office_is_day(const char *value);

#endif
