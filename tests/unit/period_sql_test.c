/* period_sql_test.c -- base/period.c and sql/functions/period.sql read the same
 * names in the same way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/period.h"
#include "tests/unit/fixture.h"

/* Every form with every number that two digits can hold, in years around leap
 * years, long ISO years and the limits. */
static const char QUESTION[] =
	"SELECT prefix || year || form FROM "
	"(VALUES (''), ('ND09-')) p (prefix), "
	"(VALUES (1899), (1900), (2000), (2015), (2019), (2020), (2021), (2026), (2199), "
	"(2200)) y (year), "
	"LATERAL (SELECT '' UNION SELECT '-H' || n FROM generate_series(0, 3) n "
	"UNION SELECT '-Q' || n FROM generate_series(0, 5) n "
	"UNION SELECT '-W' || to_char(n, 'FM00') FROM generate_series(0, 54) n "
	"UNION SELECT '-' || to_char(n, 'FM00') FROM generate_series(0, 13) n "
	"UNION SELECT '-' || to_char(m, 'FM00') || '-' || to_char(d, 'FM00') "
	"  FROM generate_series(0, 13) m, generate_series(0, 32) d) f (form)";

static const char ANSWER[] =
	"SELECT lower(period_range($1)) || ' ' || upper(period_range($1))";

static void compare(struct db *db, const char *code)
{
	char ours[24] = "none", *theirs = NULL;
	struct period period;
	struct error err;

	if (period_parse(&period, code, &err) == 0) {
		period_print_day(period.first, ours);
		ours[10] = ' ';
		period_print_day(period.end, ours + 11);
	}
	if (db_value_of(db, ANSWER, &code, 1, &theirs, &err) != 0)
		assert_string_equal(err.sqlstate, "22023");
	if (strcmp(theirs ? theirs : "none", ours) != 0)
		fail_msg("%s: C says %s, SQL says %s", code, ours,
			 theirs ? theirs : "none");
	free(theirs);
}

static void test_same_names(void **state)
{
	struct fixture *fixture = *state;
	struct db_rows *rows = NULL;
	struct error err;

	assert_int_equal(db_query(fixture->db, QUESTION, NULL, 0, &rows, &err), 0);
	assert_true(db_rows_count(rows) > 10000);
	for (size_t i = 0; i < db_rows_count(rows); i++)
		compare(fixture->db, db_cell(rows, i, 0));
	db_rows_free(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_same_names) };

	return cmocka_run_group_tests(tests, make_fixture, drop_fixture);
}
