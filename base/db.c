/* db.c -- PostgreSQL: connections, statements, COPY, and what an error means. */
#include "base/db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"

struct db {
	PGconn *connection;
	char room[24]; /* whose name stands before the server's notices */
	int lost;      /* the server said goodbye; PQstatus() may not know it yet */
	int copying;   /* between db_copy_begin() and db_copy_end() or _fail() */
};

struct db_rows {
	PGresult *result;
};

/* What a role may wait for.  Text, as the server takes it; "0" is for ever. */
struct role {
	const char *name;
	const char *statement_timeout;
	const char *lock_timeout;
	const char *idle_timeout; /* of an open transaction */
};

static const struct role roles[] = {
	[DB_OWNER] = { "nq17_owner", "0", "5min", "0" },
	/* A large file is one COPY, and the next importer waits for its end. */
	[DB_COLLECTOR] = { "nq17_collector", "0", "30min", "1h" },
	[DB_WEB] = { "nq17_web", "30s", "5s", "60s" },
	[DB_REPORTS] = { "nq17_reports", "10min", "60s", "10min" },
	[DB_LOGIN] = { "none", "60s", "60s", "60s" },
};

static const char PIN_SESSION[] =
#include "sql/queries/session_pin.sql.inc"
	;

/* ---- Errors ------------------------------------------------------------- */

static int begins_with_any(const char *sqlstate, const char *const *classes)
{
	for (; *classes; classes++)
		if (strncmp(sqlstate, *classes, strlen(*classes)) == 0)
			return 1;
	return 0;
}

/* Connection, resources, shutdown, timeout, deadlock, serialisation, disk. */
static const char *const retry_later[] = { "08",    "53",    "57",    "55P03", "40001",
					   "40P01", "25P03", "25P04", "58",    NULL };
static const char *const wrong_data[] = { "22", "23", "P0", NULL };
static const char *const gone[] = { "08",    "57P01", "57P02", "57P03",
				    "57P05", "25P03", NULL };

static enum error_kind kind_of(const char *sqlstate)
{
	if (begins_with_any(sqlstate, retry_later))
		return ERROR_UNAVAILABLE;
	if (strcmp(sqlstate, "P0002") == 0) /* raised with ERRCODE no_data_found */
		return ERROR_NOT_FOUND;
	if (strcmp(sqlstate, "NQ409") ==
	    0) /* raised where it does not fit what is there */
		return ERROR_CONFLICT;
	if (begins_with_any(sqlstate, wrong_data))
		return ERROR_INVALID;
	return ERROR_INTERNAL;
}

/* libpq's own messages have several lines; ours are one. */
static void add_line(struct text *line, const char *message)
{
	for (; *message; message++) {
		size_t rest = strspn(message, " \t\n");

		if (rest == 0)
			text_add_char(line, *message);
		else if (message[rest])
			text_add_char(line, ' ');
		message += rest ? rest - 1 : 0;
	}
}

static int fail_on_connection(struct db *db, struct error *err)
{
	struct text line = { 0 };

	add_line(&line, PQerrorMessage(db->connection));
	if (!line.length)
		text_add(&line, "the connection was lost");
	db->lost |= PQstatus(db->connection) != CONNECTION_OK;
	error_set(err, ERROR_UNAVAILABLE, "database: %s", text_string(&line));
	text_free(&line);
	return -1;
}

static int fail_on_result(struct db *db, const PGresult *result, struct error *err)
{
	const char *sqlstate =
		result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	const char *primary, *detail, *hint;

	if (!sqlstate || PQstatus(db->connection) != CONNECTION_OK) {
		fail_on_connection(db, err);
		db->lost = 1;
	} else {
		primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
		detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
		hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
		error_set(err, kind_of(sqlstate), "%s%s%s%s%s", primary ? primary : "",
			  detail ? "; " : "", detail ? detail : "", hint ? "; " : "",
			  hint ? hint : "");
		db->lost |= begins_with_any(sqlstate, gone);
	}
	if (sqlstate)
		snprintf(err->sqlstate, sizeof err->sqlstate, "%s", sqlstate);
	return -1;
}

static void log_notice(void *context, const PGresult *result)
{
	const struct db *db = context;
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

	if (message)
		log_line(db->room, "database: %s", message);
}

/* ---- Connections -------------------------------------------------------- */

static PGconn *connect_to(const char *conninfo)
{
	/* What stands after dbname overrides it; before it, it is a default. */
	const char *const keywords[] = { "connect_timeout", "fallback_application_name",
					 "dbname", "client_encoding", NULL };
	const char *const values[] = { "10", "nq17", conninfo, "UTF8", NULL };

	return PQconnectdbParams(keywords, values, 1);
}

static int pin_session(struct db *db, const struct role *role, struct error *err)
{
	const char *const params[] = { role->statement_timeout, role->lock_timeout,
				       role->idle_timeout, role->name };

	if (PQserverVersion(db->connection) < 150000)
		return error_set(err, ERROR_CONFLICT,
				 "database: version %d.%d is too old, PostgreSQL 15 or "
				 "newer is needed",
				 PQserverVersion(db->connection) / 10000,
				 PQserverVersion(db->connection) % 10000);
	if (db_query(db, PIN_SESSION, params, 4, NULL, err) == 0)
		return 0;
	if (strcmp(err->sqlstate, "22023") == 0)
		return error_set(err, ERROR_NOT_FOUND,
				 "the database has no role %s yet: run `nq17 db init`",
				 role->name);
	if (strcmp(err->sqlstate, "42501") == 0)
		return error_set(err, ERROR_CONFLICT,
				 "the database login %s may not act as %s: let an "
				 "administrator run GRANT %s TO %s",
				 PQuser(db->connection), role->name, role->name,
				 PQuser(db->connection));
	return error_context(err, "database: settings of the session");
}

int db_open(struct db **db, const char *conninfo, enum db_role role, struct error *err)
{
	struct db *made = memory_zeroed(1, sizeof *made);

	*db = NULL;
	snprintf(made->room, sizeof made->room, "base");
	made->connection = connect_to(conninfo);
	if (!made->connection) {
		error_set(err, ERROR_INTERNAL, "database: no memory for a connection");
		goto failed;
	}
	if (PQstatus(made->connection) != CONNECTION_OK) {
		fail_on_connection(made, err);
		goto failed;
	}
	PQsetNoticeReceiver(made->connection, log_notice, made);
	if (pin_session(made, &roles[role], err) != 0)
		goto failed;
	*db = made;
	return 0;
failed:
	db_close(made);
	return -1;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	PQfinish(db->connection);
	free(db);
}

int db_is_alive(const struct db *db)
{
	return !db->lost && PQstatus(db->connection) == CONNECTION_OK;
}

const char *db_role_name(enum db_role role)
{
	return roles[role].name;
}

void db_set_room(struct db *db, const char *room)
{
	snprintf(db->room, sizeof db->room, "%s", room);
}

/* ---- Statements --------------------------------------------------------- */

static void forbid_while_copying(const struct db *db, const char *sql)
{
	if (db->copying)
		BUG("a statement in the middle of COPY: %.60s", sql);
}

static int is_success(const PGresult *result)
{
	switch (PQresultStatus(result)) {
	case PGRES_TUPLES_OK:
	case PGRES_COMMAND_OK:
	case PGRES_EMPTY_QUERY:
		return 1;
	default:
		return 0;
	}
}

int db_query(struct db *db, const char *sql, const char *const *params, int param_count,
	     struct db_rows **rows, struct error *err)
{
	PGresult *result;
	int status = 0;

	forbid_while_copying(db, sql);
	if (rows)
		*rows = NULL;
	result = PQexecParams(db->connection, sql, param_count, NULL, params, NULL, NULL,
			      0);
	if (!is_success(result)) {
		status = fail_on_result(db, result, err);
	} else if (rows) {
		*rows = memory_zeroed(1, sizeof **rows);
		(*rows)->result = result;
		result = NULL;
	}
	PQclear(result);
	return status;
}

int db_script(struct db *db, const char *sql, struct error *err)
{
	PGresult *result;
	int status = 0;

	forbid_while_copying(db, sql);
	result = PQexec(db->connection, sql);
	if (!is_success(result))
		status = fail_on_result(db, result, err);
	PQclear(result);
	return status;
}

void db_rollback(struct db *db)
{
	if (db->copying)
		db_copy_fail(db, "the transaction is taken back");
	if (PQtransactionStatus(db->connection) != PQTRANS_IDLE)
		PQclear(PQexec(db->connection, "ROLLBACK"));
}

int db_in_transaction(const struct db *db)
{
	return PQtransactionStatus(db->connection) != PQTRANS_IDLE;
}

void db_rows_free(struct db_rows *rows)
{
	if (!rows)
		return;
	PQclear(rows->result);
	free(rows);
}

size_t db_rows_count(const struct db_rows *rows)
{
	return (size_t)PQntuples(rows->result);
}

size_t db_columns_count(const struct db_rows *rows)
{
	return (size_t)PQnfields(rows->result);
}

const char *db_column_name(const struct db_rows *rows, size_t column)
{
	const char *name = PQfname(rows->result, (int)column);

	if (!name)
		BUG("no column %zu in an answer of %d", column, PQnfields(rows->result));
	return name;
}

const char *db_cell(const struct db_rows *rows, size_t row, size_t column)
{
	if (row >= db_rows_count(rows) || column >= db_columns_count(rows))
		BUG("no cell (%zu, %zu) in an answer of %zu x %zu", row, column,
		    db_rows_count(rows), db_columns_count(rows));
	if (PQgetisnull(rows->result, (int)row, (int)column))
		return NULL;
	return PQgetvalue(rows->result, (int)row, (int)column);
}

const char *db_value(const struct db_rows *rows, size_t row, const char *column)
{
	for (size_t i = 0; i < db_columns_count(rows); i++)
		if (strcmp(PQfname(rows->result, (int)i), column) == 0)
			return db_cell(rows, row, i);
	BUG("no column \"%s\" in the answer", column);
}

int db_value_of(struct db *db, const char *sql, const char *const *params,
		int param_count, char **value, struct error *err)
{
	struct db_rows *rows = NULL;
	const char *found = NULL;

	*value = NULL;
	if (db_query(db, sql, params, param_count, &rows, err) != 0)
		return -1;
	if (db_rows_count(rows) > 0)
		found = db_cell(rows, 0, 0);
	if (found)
		*value = memory_copy(found);
	db_rows_free(rows);
	return 0;
}

/* ---- COPY --------------------------------------------------------------- */

/* Reads what the server still has to say after a COPY; the first error counts. */
static int finish_copy(struct db *db, struct error *err)
{
	PGresult *result;
	int status = 0;

	while ((result = PQgetResult(db->connection)) != NULL) {
		ExecStatusType kind = PQresultStatus(result);

		if (status == 0 && !is_success(result))
			status = fail_on_result(db, result, err);
		PQclear(result);
		/* A lost connection would answer like this for ever. */
		if (kind == PGRES_COPY_IN || kind == PGRES_COPY_OUT)
			break;
	}
	db->copying = 0;
	return status;
}

static int begin_copy(struct db *db, const char *sql, ExecStatusType wanted,
		      struct error *err)
{
	PGresult *result;
	int status = 0;

	forbid_while_copying(db, sql);
	result = PQexec(db->connection, sql);
	if (PQresultStatus(result) == wanted)
		db->copying = 1;
	else if (result && is_success(result))
		BUG("not a COPY: %.60s", sql);
	else
		status = fail_on_result(db, result, err);
	PQclear(result);
	return status;
}

int db_copy_begin(struct db *db, const char *sql, struct error *err)
{
	return begin_copy(db, sql, PGRES_COPY_IN, err);
}

int db_copy_put(struct db *db, const char *bytes, size_t length, struct error *err)
{
	enum { MOST = 1 << 20 }; /* libpq counts in int, and buffers what it is given */

	if (!db->copying)
		BUG("db_copy_put() without db_copy_begin()");
	while (length > 0) {
		int piece = length > MOST ? MOST : (int)length;

		if (PQputCopyData(db->connection, bytes, piece) != 1) {
			fail_on_connection(db, err);
			db->lost = 1;
			return -1;
		}
		bytes += piece;
		length -= (size_t)piece;
	}
	return 0;
}

int db_copy_end(struct db *db, struct error *err)
{
	if (!db->copying)
		BUG("db_copy_end() without db_copy_begin()");
	if (PQputCopyEnd(db->connection, NULL) != 1) {
		db->copying = 0;
		db->lost = 1;
		return fail_on_connection(db, err);
	}
	return finish_copy(db, err);
}

void db_copy_fail(struct db *db, const char *reason)
{
	struct error refused; /* is what was asked for */

	if (!db->copying)
		return;
	if (PQputCopyEnd(db->connection, reason) != 1)
		db->lost = 1;
	finish_copy(db, &refused);
}

/* Tells the server to stop sending, and reads what was under way. */
static void abandon_copy_out(struct db *db)
{
	PGcancel *cancel = PQgetCancel(db->connection);
	char message[256], *bytes;
	struct error cancelled;

	if (cancel)
		PQcancel(cancel, message, sizeof message);
	PQfreeCancel(cancel);
	while (PQgetCopyData(db->connection, &bytes, 0) > 0)
		PQfreemem(bytes);
	finish_copy(db, &cancelled);
}

int db_copy_out(struct db *db, const char *sql,
		int (*sink)(void *context, const char *bytes, size_t length,
			    struct error *err),
		void *context, struct error *err)
{
	char *bytes = NULL;
	int length;

	if (begin_copy(db, sql, PGRES_COPY_OUT, err) != 0)
		return -1;
	while ((length = PQgetCopyData(db->connection, &bytes, 0)) > 0) {
		int status = sink(context, bytes, (size_t)length, err);

		PQfreemem(bytes);
		if (status != 0) {
			abandon_copy_out(db);
			return -1;
		}
	}
	return finish_copy(db, err);
}
