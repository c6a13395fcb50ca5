/* fixture.h -- a throw-away cluster with our schema, for unit tests that need one.
 *
 * cmocka_run_group_tests(tests, make_fixture, drop_fixture).  Include after
 * cmocka.h. */
#ifndef TESTS_UNIT_FIXTURE_H
#define TESTS_UNIT_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cluster.h"
#include "base/text.h"

struct fixture {
	char folder[32];
	struct config *config;
	struct cluster *cluster;
	struct db *db; /* of the owner */
};

static inline int make_fixture(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	struct text flag = { 0 };
	struct error err;
	char program[] = "nq17";
	char *argv[3] = { program };
	int argc = 2;

	*state = fixture;
	snprintf(fixture->folder, sizeof fixture->folder, "/tmp/nq17-db-XXXXXX");
	/* Open to PostgreSQL's account, should we be root. */
	if (!mkdtemp(fixture->folder) || chmod(fixture->folder, 0755) != 0)
		return -1;
	text_addf(&flag, "--data=%s", fixture->folder);
	argv[1] = flag.data;
	if (config_load(&fixture->config, &argc, argv, &err) != 0 ||
	    cluster_open(&fixture->cluster, fixture->config, &err) != 0 ||
	    cluster_connect(fixture->cluster, DB_OWNER, &fixture->db, &err) != 0) {
		fprintf(stderr, "%s\n", err.message);
		return -1;
	}
	text_free(&flag);
	return 0;
}

static inline int drop_fixture(void **state)
{
	struct fixture *fixture = *state;
	struct text command = { 0 };
	int status;

	db_close(fixture->db);
	cluster_close(fixture->cluster);
	config_free(fixture->config);
	text_addf(&command, "rm -rf %s", fixture->folder);
	status = system(text_string(&command));
	text_free(&command);
	free(fixture);
	return status;
}

static inline struct db *connect_as(void **state, enum db_role role)
{
	struct fixture *fixture = *state;
	struct db *db = NULL;
	struct error err;

	if (cluster_connect(fixture->cluster, role, &db, &err) != 0)
		fail_msg("%s", err.message);
	return db;
}

static inline void assert_answer(struct db *db, const char *sql, const char *expected)
{
	struct error err;
	char *value = NULL;

	if (db_value_of(db, sql, NULL, 0, &value, &err) != 0)
		fail_msg("%s: %s", sql, err.message);
	if (expected)
		assert_string_equal(value, expected);
	else
		assert_null(value);
	free(value);
}

#endif
