/* cluster_test.c -- a cluster held open by a process that stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <unistd.h>

#include "tests/unit/fixture.h"

static pid_t server_of(const struct fixture *fixture)
{
	struct cluster_state state;
	struct error err;

	if (cluster_look(fixture->config, &state, &err) != 0)
		fail_msg("%s", err.message);
	free(state.folder);
	return state.process;
}

static void test_revive(void **state)
{
	struct fixture *fixture = *state;
	struct db *db;
	struct error err;
	pid_t first = server_of(fixture);

	assert_true(first > 0);
	assert_int_equal(cluster_revive(fixture->cluster, &err), 0);
	assert_int_equal(server_of(fixture), first);
	assert_int_equal(kill(first, SIGKILL), 0);
	for (int i = 0; i < 500 && server_of(fixture) == first; i++)
		usleep(10000);
	if (cluster_revive(fixture->cluster, &err) != 0)
		fail_msg("%s", err.message);
	assert_true(server_of(fixture) > 0);
	assert_int_not_equal(server_of(fixture), first);
	db = connect_as(state, DB_WEB);
	assert_answer(db, "SELECT 1", "1");
	db_close(db);
	assert_int_equal(db_query(fixture->db, "SELECT 1", NULL, 0, NULL, &err), -1);
	assert_int_equal(err.kind, ERROR_UNAVAILABLE);
}

static void test_second_user(void **state)
{
	struct fixture *fixture = *state;
	struct cluster *second = NULL;
	struct error err;
	pid_t server;

	if (cluster_open(&second, fixture->config, &err) != 0)
		fail_msg("%s", err.message);
	server = server_of(fixture);
	cluster_close(second);
	assert_int_equal(server_of(fixture), server);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_revive),
					    cmocka_unit_test(test_second_user) };

	return cmocka_run_group_tests(tests, make_fixture, drop_fixture);
}
