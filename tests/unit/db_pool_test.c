/* db_pool_test.c -- jobs for the database: done, late, repeated, refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdatomic.h>
#include <unistd.h>

#include "tests/unit/fixture.h"
#include "web/db_pool.h"

struct count {
	const char *sql;
	atomic_int worked, done, late, released;
};

static int work(void *context, struct db *db, struct error *err)
{
	struct count *count = context;
	int status = db_query(db, count->sql, NULL, 0, NULL, err);

	atomic_fetch_add(&count->worked, 1);
	return status;
}

static void done(void *context, int status, const struct error *err)
{
	struct count *count = context;

	if (status != 0 && err->kind == ERROR_UNAVAILABLE)
		atomic_fetch_add(&count->late, 1);
	atomic_fetch_add(&count->done, 1);
}

static void release(void *context)
{
	struct count *count = context;

	atomic_fetch_add(&count->released, 1);
}

static const struct db_job job = { work, done, release };

static void wait_for(atomic_int *counted, int wanted)
{
	for (int i = 0; i < 1000 && atomic_load(counted) < wanted; i++)
		usleep(10 * 1000);
	assert_true(atomic_load(counted) >= wanted);
}

static struct db_pool *open_pool(void **state, int workers, int deadline_seconds)
{
	const struct fixture *fixture = *state;
	struct db_pool *pool;

	db_pool_open(&pool, cluster_conninfo(fixture->cluster, DB_WEB), DB_WEB, workers,
		     deadline_seconds);
	return pool;
}

static void close_pool(struct db_pool *pool)
{
	db_pool_stop(pool);
	db_pool_free(pool);
}

static void jobs_are_done(void **state)
{
	struct db_pool *pool = open_pool(state, 2, 30);
	struct count count = { .sql = "SELECT 1" };
	struct error err;

	for (int i = 0; i < 20; i++)
		assert_int_equal(db_pool_submit(pool, &job, &count, &err), 0);
	wait_for(&count.released, 20);
	assert_int_equal(count.worked, 20);
	assert_int_equal(count.late, 0);
	db_pool_stop(pool);
	assert_int_equal(db_pool_submit(pool, &job, &count, &err), -1);
	assert_int_equal(err.kind, ERROR_UNAVAILABLE);
	assert_int_equal(count.done, 20);
	db_pool_free(pool);
}

/* One job runs too long, and another waits behind it for too long. */
static void late_jobs_are_answered_once(void **state)
{
	struct db_pool *pool = open_pool(state, 1, 1);
	struct count slow = { .sql = "SELECT pg_sleep(3)" };
	struct count behind = { .sql = "SELECT 1" };
	struct error err;

	assert_int_equal(db_pool_submit(pool, &job, &slow, &err), 0);
	assert_int_equal(db_pool_submit(pool, &job, &behind, &err), 0);
	wait_for(&slow.done, 1);
	wait_for(&behind.done, 1);
	assert_int_equal(slow.worked, 0);
	assert_int_equal(slow.late, 1);
	assert_int_equal(behind.late, 1);
	wait_for(&slow.released, 1);
	assert_int_equal(slow.worked, 1);
	assert_int_equal(behind.worked, 0);
	assert_int_equal(slow.done, 1);
	close_pool(pool);
}

/* At once, then again and again, until the pool stops. */
static void a_job_is_repeated(void **state)
{
	struct db_pool *pool = open_pool(state, 1, 30);
	struct count count = { .sql = "SELECT 1" };
	int before;

	db_pool_repeat(pool, &job, &count, 1);
	wait_for(&count.released, 3);
	assert_in_range(count.worked, 3, 4);
	db_pool_stop(pool);
	before = count.done;
	usleep(1500 * 1000);
	assert_int_equal(count.done, before);
	assert_int_equal(count.released, before);
	db_pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jobs_are_done),
		cmocka_unit_test(late_jobs_are_answered_once),
		cmocka_unit_test(a_job_is_repeated),
	};

	return cmocka_run_group_tests(tests, make_fixture, drop_fixture);
}
