/* db.h -- PostgreSQL.  The only door to libpq.
 *
 * Every connection pins search_path (nq17, pg_catalog), the time zone
 * (Asia/Ho_Chi_Minh), UTF-8, ISO dates and a statement timeout, and acts as one
 * of the roles below.  A connection belongs to one thread at a time.
 *
 * Errors are classified by SQLSTATE: connection and resource trouble,
 * deadlock, serialisation, timeout -> ERROR_UNAVAILABLE; data exceptions,
 * constraints and our own raise (class P0, 22, 23) -> ERROR_INVALID, but
 * no_data_found (P0002) -> ERROR_NOT_FOUND; the rest -> ERROR_INTERNAL.
 * err->sqlstate is set. */
#ifndef BASE_DB_H
#define BASE_DB_H

#include <stddef.h>

#include "base/error.h"

struct db;
struct db_rows;

enum db_role {
	DB_OWNER,     /* migrations */
	DB_COLLECTOR, /* adds batches and records */
	DB_WEB,       /* reads; sessions */
	DB_REPORTS,   /* reads observations, writes outbox and vintages */
	DB_LOGIN,     /* the login itself: makes the roles above, nothing else */
};

/* CONNINFO is a libpq string or URI.  Where the login is not the role itself it
 * must be a member of it (SET ROLE). */
int db_open(struct db **db, const char *conninfo, enum db_role role, struct error *err);
void db_close(struct db *db);
int db_is_alive(const struct db *db);        /* 0 after the connection was lost */
const char *db_role_name(enum db_role role); /* "nq17_owner"... */

/* Runs one statement with text parameters ($1...; NULL is SQL null).  ROWS may
 * be NULL when no rows are wanted; else it belongs to the caller:
 * db_rows_free(), also fine on NULL. */
int db_query(struct db *db, const char *sql, const char *const *params, int param_count,
	     struct db_rows **rows, struct error *err);
/* Several statements without parameters, as in a migration file. */
int db_script(struct db *db, const char *sql, struct error *err);
/* Takes back the open transaction, if there is one; for the way out of an error. */
void db_rollback(struct db *db);
int db_in_transaction(const struct db *db);
void db_rows_free(struct db_rows *rows);

size_t db_rows_count(const struct db_rows *rows);
size_t db_columns_count(const struct db_rows *rows);
const char *db_column_name(const struct db_rows *rows, size_t column);
/* A value as text, borrowed from ROWS; NULL for SQL null.  db_value() looks the
 * column up by name; an unknown name is a BUG. */
const char *db_value(const struct db_rows *rows, size_t row, const char *column);
const char *db_cell(const struct db_rows *rows, size_t row, size_t column);

/* The single value of the single row of SQL (for JSON models); NULL for SQL null
 * or no row.  *VALUE belongs to the caller. */
int db_value_of(struct db *db, const char *sql, const char *const *params,
		int param_count, char **value, struct error *err);

/* COPY ... FROM STDIN: begin, put any number of times, then end (or fail, which
 * makes the server refuse the whole COPY). */
int db_copy_begin(struct db *db, const char *sql, struct error *err);
int db_copy_put(struct db *db, const char *bytes, size_t length, struct error *err);
int db_copy_end(struct db *db, struct error *err);
void db_copy_fail(struct db *db, const char *reason);

/* COPY ... TO STDOUT, or any streaming answer: SINK gets the bytes in pieces and
 * returns 0 to go on, -1 (with err set) to stop. */
int db_copy_out(struct db *db, const char *sql,
		int (*sink)(void *context, const char *bytes, size_t length,
			    struct error *err),
		void *context, struct error *err);

/* NOTICE and WARNING texts of the server go to the log at this name. */
void db_set_room(struct db *db, const char *room);

#endif
