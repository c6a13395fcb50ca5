/* guard_test.c -- connections whose client takes too long are closed, others are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "web/guard.h"

enum { SOON = 1500, LATE = 700 }; /* milliseconds; the guard looks each 250 */

/* Ours is guarded, theirs is the client's. */
struct pair {
	int ours, theirs;
};

/* TCP, as the guard throws away what comes in a way that only TCP knows. */
static struct pair make_pair(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t size = sizeof address;
	struct pair pair = { .theirs = socket(AF_INET, SOCK_STREAM, 0) };

	assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
	assert_int_equal(connect(pair.theirs, (struct sockaddr *)&address, size), 0);
	pair.ours = accept(listener, NULL, NULL);
	assert_true(pair.ours >= 0);
	close(listener);
	return pair;
}

static void close_pair(struct pair pair)
{
	close(pair.ours);
	close(pair.theirs);
}

/* Does the client see the end of its connection within MILLISECONDS? */
static int ends_within(int socket, int milliseconds)
{
	struct pollfd event = { .fd = socket, .events = POLLIN };
	char byte;

	return poll(&event, 1, milliseconds) == 1 &&
	       recv(socket, &byte, 1, MSG_DONTWAIT) <= 0;
}

static void who_is_late_is_closed(void **state)
{
	struct pair late = make_pair(), patient = make_pair();
	struct guarded *first, *second;
	struct guard *guard;

	(void)state;
	guard_open(&guard);
	first = guard_add(guard, late.ours, 0);
	second = guard_add(guard, patient.ours, 60);
	assert_true(ends_within(late.theirs, SOON));
	assert_false(ends_within(patient.theirs, LATE));
	guard_set(guard, second, 0);
	assert_true(ends_within(patient.theirs, SOON));
	guard_remove(guard, first);
	guard_remove(guard, second);
	guard_close(guard);
	close_pair(late);
	close_pair(patient);
}

static void time_can_be_had(void **state)
{
	struct pair pair = make_pair();
	struct guarded *guarded;
	struct guard *guard;

	(void)state;
	guard_open(&guard);
	guarded = guard_add(guard, pair.ours, 60);
	/* However much was bought, no more than the most is ahead. */
	guard_extend(guard, guarded, 1000000, 0);
	assert_true(ends_within(pair.theirs, SOON));
	guard_remove(guard, guarded);
	close_pair(pair);

	pair = make_pair();
	guarded = guard_add(guard, pair.ours, 0);
	guard_extend(guard, guarded, 30000, 60);
	assert_false(ends_within(pair.theirs, LATE));
	guard_remove(guard, guarded);
	guard_close(guard);
	close_pair(pair);
}

/* What is removed is not touched, wherever it stood among the others. */
static void removed_ones_are_left_alone(void **state)
{
	struct pair pairs[3];
	struct guarded *guarded[3];
	struct guard *guard;

	(void)state;
	for (int removed = 0; removed < 3; removed++) {
		guard_open(&guard);
		for (int i = 0; i < 3; i++) {
			pairs[i] = make_pair();
			guarded[i] = guard_add(guard, pairs[i].ours, 60);
		}
		guard_set(guard, guarded[removed], 1);
		guard_remove(guard, guarded[removed]);
		for (int i = 0; i < 3; i++)
			if (i != removed)
				guard_set(guard, guarded[i], 0);
		for (int i = 0; i < 3; i++)
			if (i != removed)
				assert_true(ends_within(pairs[i].theirs, SOON));
		assert_false(ends_within(pairs[removed].theirs, LATE));
		for (int i = 0; i < 3; i++) {
			if (i != removed)
				guard_remove(guard, guarded[i]);
			close_pair(pairs[i]);
		}
		guard_close(guard);
	}
}

/* Closed by its owner, the socket still takes what comes, so that the client reads the
 * answer rather than a reset; then it ends as well. */
static void lingering_takes_what_comes(void **state)
{
	static const char piece[64 * 1024];
	struct pair pair = make_pair();
	struct guard *guard;
	char answer[3] = "";

	(void)state;
	guard_open(&guard);
	assert_int_equal(send(pair.ours, "413", 3, 0), 3);
	guard_linger(guard, pair.ours);
	close(pair.ours);
	for (int i = 0; i < 100; i++)
		assert_int_equal(send(pair.theirs, piece, sizeof piece, MSG_NOSIGNAL),
				 sizeof piece);
	assert_int_equal(recv(pair.theirs, answer, 3, 0), 3);
	assert_memory_equal(answer, "413", 3);
	guard_close(guard);
	assert_true(ends_within(pair.theirs, SOON));
	close(pair.theirs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_late_is_closed),
		cmocka_unit_test(time_can_be_had),
		cmocka_unit_test(removed_ones_are_left_alone),
		cmocka_unit_test(lingering_takes_what_comes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
