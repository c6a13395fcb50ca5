/* db_test.c -- connections, answers, COPY and what an error means, on a throw-away
 * cluster of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "base/text.h"
#include "tests/unit/fixture.h"

static int make_table(void **state)
{
	struct fixture *fixture;
	struct error err;

	if (make_fixture(state) != 0)
		return -1;
	fixture = *state;
	return db_script(fixture->db, "CREATE TABLE tried (a int PRIMARY KEY, b text)",
			 &err);
}

static void test_session_is_pinned(void **state)
{
	static const struct {
		enum db_role role;
		const char *user, *timeout;
	} cases[] = { { DB_OWNER, "nq17_owner", "0" },
		      { DB_COLLECTOR, "nq17_collector", "0" },
		      { DB_WEB, "nq17_web", "30s" },
		      { DB_REPORTS, "nq17_reports", "10min" } };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct db *db = connect_as(state, cases[i].role);

		assert_answer(db, "SELECT current_user", cases[i].user);
		assert_answer(db, "SHOW statement_timeout", cases[i].timeout);
		assert_answer(db, "SHOW search_path", "nq17, pg_catalog");
		assert_answer(db, "SELECT timestamptz '2020-06-30 17:00Z'",
			      "2020-07-01 00:00:00+07");
		assert_answer(db, "SHOW client_encoding", "UTF8");
		db_close(db);
	}
}

static void test_values(void **state)
{
	const char *const params[] = { "Huế", NULL };
	struct fixture *fixture = *state;
	struct db_rows *rows = NULL;
	struct error err;

	assert_int_equal(db_query(fixture->db,
				  "SELECT $1::text AS name, $2::int AS none UNION ALL "
				  "SELECT '', 7 ORDER BY none",
				  params, 2, &rows, &err),
			 0);
	assert_int_equal(db_rows_count(rows), 2);
	assert_int_equal(db_columns_count(rows), 2);
	assert_string_equal(db_column_name(rows, 1), "none");
	assert_string_equal(db_value(rows, 0, "name"), "");
	assert_string_equal(db_value(rows, 1, "name"), "Huế");
	assert_string_equal(db_cell(rows, 0, 1), "7");
	assert_null(db_cell(rows, 1, 1));
	db_rows_free(rows);
	assert_answer(fixture->db, "SELECT 1 WHERE false", NULL);
	assert_answer(fixture->db, "SELECT NULL", NULL);
}

static void test_kinds_of_errors(void **state)
{
	static const struct {
		const char *sql, *sqlstate;
		enum error_kind kind;
	} cases[] = {
		{ "SELECT 'x'::int", "22P02", ERROR_INVALID },
		{ "SELECT 1/0", "22012", ERROR_INVALID },
		{ "INSERT INTO tried VALUES (NULL)", "23502", ERROR_INVALID },
		{ "DO $$ BEGIN RAISE 'no' ; END $$", "P0001", ERROR_INVALID },
		{ "DO $$ BEGIN RAISE 'no' USING ERRCODE = 'no_data_found'; END $$",
		  "P0002", ERROR_NOT_FOUND },
		{ "DO $$ BEGIN RAISE 'no' USING ERRCODE = '40P01'; END $$", "40P01",
		  ERROR_UNAVAILABLE },
		{ "DO $$ BEGIN RAISE 'no' USING ERRCODE = '40001'; END $$", "40001",
		  ERROR_UNAVAILABLE },
		{ "DO $$ BEGIN RAISE 'no' USING ERRCODE = '53100'; END $$", "53100",
		  ERROR_UNAVAILABLE },
		{ "SELECT * FROM nowhere", "42P01", ERROR_INTERNAL },
		{ "SELEC", "42601", ERROR_INTERNAL },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct error err = { 0 };

		assert_int_equal(db_query(fixture->db, cases[i].sql, NULL, 0, NULL, &err),
				 -1);
		assert_string_equal(err.sqlstate, cases[i].sqlstate);
		assert_int_equal(err.kind, cases[i].kind);
		assert_true(db_is_alive(fixture->db));
	}
}

static void test_timeout_is_unavailable(void **state)
{
	struct db *db = connect_as(state, DB_WEB);
	struct error err;

	assert_int_equal(db_script(db, "SET statement_timeout = '50ms'", &err), 0);
	assert_int_equal(db_query(db, "SELECT pg_sleep(5)", NULL, 0, NULL, &err), -1);
	assert_int_equal(err.kind, ERROR_UNAVAILABLE);
	assert_true(db_is_alive(db));
	db_close(db);
}

/* The owner may end connections of its own. */
static void end_connection(struct fixture *fixture, struct db *victim)
{
	struct error err;
	char *process = NULL;
	const char *params[1];

	assert_int_equal(
		db_value_of(victim, "SELECT pg_backend_pid()", NULL, 0, &process, &err),
		0);
	params[0] = process;
	assert_int_equal(db_query(fixture->db,
				  "SELECT pg_terminate_backend($1::int, 5000)", params, 1,
				  NULL, &err),
			 0);
	free(process);
}

static void test_lost_connection(void **state)
{
	struct db *db = connect_as(state, DB_OWNER);
	struct error err;

	end_connection(*state, db);
	for (int i = 0; i < 3; i++) {
		err = (struct error){ 0 };
		assert_int_equal(db_query(db, "SELECT 1", NULL, 0, NULL, &err), -1);
		assert_int_equal(err.kind, ERROR_UNAVAILABLE);
		assert_false(db_is_alive(db));
	}
	db_rollback(db);
	db_close(db);
}

static void test_lost_while_copying(void **state)
{
	struct db *db = connect_as(state, DB_OWNER);
	struct fixture *fixture = *state;
	const char line[] = "1000\tx\n";
	struct error err = { 0 };
	char *process = NULL;
	const char *params[1];
	int status = 0;

	assert_int_equal(
		db_value_of(db, "SELECT pg_backend_pid()", NULL, 0, &process, &err), 0);
	assert_int_equal(db_copy_begin(db, "COPY tried FROM STDIN", &err), 0);
	params[0] = process;
	assert_int_equal(db_query(fixture->db,
				  "SELECT pg_terminate_backend($1::int, 5000)", params, 1,
				  NULL, &err),
			 0);
	for (int i = 0; i < 100000 && status == 0; i++)
		status = db_copy_put(db, line, sizeof line - 1, &err);
	if (status == 0)
		status = db_copy_end(db, &err);
	assert_int_equal(status, -1);
	assert_int_equal(err.kind, ERROR_UNAVAILABLE);
	assert_false(db_is_alive(db));
	free(process);
	db_close(db);
	assert_answer(fixture->db, "SELECT count(*) FROM tried WHERE a = 1000", "0");
}

static void test_copy(void **state)
{
	struct fixture *fixture = *state;
	struct text lines = { 0 };
	struct error err;

	for (int i = 1; i <= 50000; i++)
		text_addf(&lines, "%d\tdòng %d\n", i, i);
	assert_int_equal(db_copy_begin(fixture->db, "COPY tried FROM STDIN", &err), 0);
	/* Pieces need not end with a line. */
	assert_int_equal(db_copy_put(fixture->db, lines.data, 1001, &err), 0);
	assert_int_equal(
		db_copy_put(fixture->db, lines.data + 1001, lines.length - 1001, &err),
		0);
	assert_int_equal(db_copy_end(fixture->db, &err), 0);
	assert_answer(fixture->db, "SELECT count(*) FROM tried", "50000");
	assert_answer(fixture->db, "SELECT b FROM tried WHERE a = 50000", "dòng 50000");
	text_free(&lines);
}

static void test_refused_copy(void **state)
{
	struct fixture *fixture = *state;
	struct error err;

	assert_int_equal(db_copy_begin(fixture->db, "COPY tried FROM STDIN", &err), 0);
	assert_int_equal(db_copy_put(fixture->db, "x\ty\n", 4, &err), 0);
	assert_int_equal(db_copy_end(fixture->db, &err), -1);
	assert_int_equal(err.kind, ERROR_INVALID);
	assert_int_equal(db_copy_begin(fixture->db, "COPY tried FROM STDIN", &err), 0);
	assert_int_equal(db_copy_put(fixture->db, "77777\ty\n", 8, &err), 0);
	db_copy_fail(fixture->db, "the file ended too early");
	assert_answer(fixture->db, "SELECT count(*) FROM tried WHERE a = 77777", "0");
}

struct gathered {
	struct text text;
	int pieces, stop_at;
};

static int gather(void *context, const char *bytes, size_t length, struct error *err)
{
	struct gathered *gathered = context;

	text_add_bytes(&gathered->text, bytes, length);
	if (++gathered->pieces == gathered->stop_at)
		return error_set(err, ERROR_UNAVAILABLE, "the reader is gone");
	return 0;
}

static void test_copy_out(void **state)
{
	struct gathered all = { 0 }, some = { .stop_at = 3 };
	struct fixture *fixture = *state;
	struct error err;

	assert_int_equal(db_copy_out(fixture->db,
				     "COPY (SELECT generate_series(1, 3)) TO STDOUT",
				     gather, &all, &err),
			 0);
	assert_string_equal(text_string(&all.text), "1\n2\n3\n");
	assert_int_equal(
		db_copy_out(fixture->db,
			    "COPY (SELECT generate_series(1, 100000000)) TO STDOUT",
			    gather, &some, &err),
		-1);
	assert_string_equal(err.message, "the reader is gone");
	assert_string_equal(text_string(&some.text), "1\n2\n3\n");
	assert_answer(fixture->db, "SELECT 5", "5");
	text_free(&all.text);
	text_free(&some.text);
}

static void test_rollback(void **state)
{
	struct fixture *fixture = *state;
	struct error err;

	assert_int_equal(
		db_script(fixture->db, "BEGIN; INSERT INTO tried VALUES (-1, 'x')", &err),
		0);
	assert_int_equal(db_copy_begin(fixture->db, "COPY tried FROM STDIN", &err), 0);
	db_rollback(fixture->db);
	assert_answer(fixture->db, "SELECT count(*) FROM tried WHERE a = -1", "0");
	db_rollback(fixture->db);
	assert_answer(fixture->db, "SELECT 1", "1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_session_is_pinned),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_kinds_of_errors),
		cmocka_unit_test(test_timeout_is_unavailable),
		cmocka_unit_test(test_lost_connection),
		cmocka_unit_test(test_lost_while_copying),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_refused_copy),
		cmocka_unit_test(test_copy_out),
		cmocka_unit_test(test_rollback),
	};

	return cmocka_run_group_tests(tests, make_table, drop_fixture);
}
