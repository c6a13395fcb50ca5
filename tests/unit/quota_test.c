/* quota_test.c -- how much each API key may send. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "web/quota.h"

static struct quota *open_quota(unsigned requests, unsigned bodies, unsigned queue)
{
	const struct quota_setting setting = { requests, bodies, queue };
	struct quota *quota;

	quota_open(&quota, &setting);
	return quota;
}

static void assert_refused(struct quota *quota, int32_t key, double now, const char *code,
			   int after)
{
	int retry_after = 0;
	const char *problem = quota_begin_body(quota, key, now, &retry_after);

	assert_non_null(problem);
	assert_string_equal(problem, code);
	assert_int_equal(retry_after, after);
}

static void assert_granted(struct quota *quota, int32_t key, double now)
{
	int retry_after = 0;

	assert_null(quota_begin_body(quota, key, now, &retry_after));
	assert_int_equal(retry_after, 0);
}

static void send_whole(struct quota *quota, int32_t key, double now)
{
	assert_granted(quota, key, now);
	quota_end_body(quota, key);
}

/* 60 a minute: all at once, then one a second; never more than a minute's worth. */
static void requests_come_back_evenly(void **state)
{
	struct quota *quota = open_quota(60, 1, 1);

	(void)state;
	for (int i = 0; i < 60; i++)
		send_whole(quota, 1, 1000);
	assert_refused(quota, 1, 1000, "too_many_requests", 2);
	assert_refused(quota, 1, 1000.5, "too_many_requests", 1);
	send_whole(quota, 1, 1001.5);
	assert_refused(quota, 1, 1001.5, "too_many_requests", 1);
	for (int i = 0; i < 60; i++)
		send_whole(quota, 1, 9000);
	assert_refused(quota, 1, 9000, "too_many_requests", 2);
	quota_close(quota);
}

/* Whoever waits as long as was said is let in. */
static void retry_after_is_enough(void **state)
{
	static const unsigned rates[] = { 1, 3, 7, 600 };

	(void)state;
	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
		struct quota *quota = open_quota(rates[i], 1, 1);
		int retry_after = 0;

		for (unsigned sent = 0; sent < rates[i]; sent++)
			send_whole(quota, 1, 50);
		assert_non_null(quota_begin_body(quota, 1, 50, &retry_after));
		assert_in_range(retry_after, 1, 61);
		send_whole(quota, 1, 50 + retry_after);
		quota_close(quota);
	}
}

static void bodies_at_a_time(void **state)
{
	struct quota *quota = open_quota(100, 2, 1);

	(void)state;
	assert_granted(quota, 1, 0);
	assert_granted(quota, 1, 0);
	assert_refused(quota, 1, 0, "too_many_bodies", 5);
	quota_end_body(quota, 1);
	assert_granted(quota, 1, 0);
	assert_refused(quota, 1, 0, "too_many_bodies", 5);
	quota_close(quota);
}

static void bodies_that_wait(void **state)
{
	struct quota *quota = open_quota(100, 9, 2);

	(void)state;
	quota_begin_wait(quota, 1);
	send_whole(quota, 1, 0);
	quota_begin_wait(quota, 1);
	assert_refused(quota, 1, 0, "too_many_waiting", 10);
	quota_end_wait(quota, 1);
	send_whole(quota, 1, 0);
	quota_close(quota);
}

/* What is refused costs nothing. */
static void refusals_are_free(void **state)
{
	struct quota *quota = open_quota(2, 1, 1);

	(void)state;
	assert_granted(quota, 1, 0);
	for (int i = 0; i < 10; i++)
		assert_refused(quota, 1, 0, "too_many_bodies", 5);
	quota_end_body(quota, 1);
	send_whole(quota, 1, 0);
	assert_refused(quota, 1, 0, "too_many_requests", 31);
	quota_close(quota);
}

static void keys_are_apart(void **state)
{
	struct quota *quota = open_quota(1, 1, 1);

	(void)state;
	for (int32_t key = 1; key <= 100; key++)
		assert_granted(quota, key, 0);
	for (int32_t key = 1; key <= 100; key++)
		assert_refused(quota, key, 0, "too_many_requests", 61);
	quota_close(quota);
	quota_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_come_back_evenly),
		cmocka_unit_test(retry_after_is_enough),
		cmocka_unit_test(bodies_at_a_time),
		cmocka_unit_test(bodies_that_wait),
		cmocka_unit_test(refusals_are_free),
		cmocka_unit_test(keys_are_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
