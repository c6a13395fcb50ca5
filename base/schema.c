/* schema.c -- brings a database to the schema of this program. */
#include "base/schema.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"

/* Any number, the same for ever; "NQ17" in ASCII. */
#define LOCK   "SELECT pg_advisory_lock(1314992439)"
#define UNLOCK "SELECT pg_advisory_unlock(1314992439)"

#define REMEDY "run `nq17 db migrate`"

struct schema_file {
	const char *name, *sha256, *text;
};

/* Made by the Makefile from sql/, in the order in which they are applied. */
static const struct schema_file files[] = {
#include "sql/schema_files.inc"
	{ NULL, NULL, NULL }
};

static const char HISTORY[] =
#include "sql/schema_history.sql.inc"
	;
static const char SELECT_STATE[] =
#include "sql/queries/schema_state.sql.inc"
	;
static const char INSERT_MIGRATION[] =
#include "sql/queries/schema_migration_add.sql.inc"
	;
static const char REPLACE_DEFINITIONS[] =
#include "sql/queries/schema_definition_replace.sql.inc"
	;

static int is_migration(const struct schema_file *file)
{
	return strncmp(file->name, "sql/migrations/", 15) == 0;
}

/* The files as schema_state.sql takes them.  Belongs to the caller. */
static char *list_files(void)
{
	struct text list = { 0 };

	text_add_char(&list, '[');
	for (const struct schema_file *file = files; file->name; file++) {
		text_add(&list, file == files ? "{\"name\":" : ",{\"name\":");
		text_add_json(&list, file->name);
		text_add(&list, ",\"sha256\":");
		text_add_json(&list, file->sha256);
		text_add_char(&list, '}');
	}
	text_add_char(&list, ']');
	return text_take(&list);
}

/* How the database differs; worst first.  *ROWS belongs to the caller. */
static int load_state(struct db *db, struct db_rows **rows, struct error *err)
{
	char *list = list_files();
	const char *const params[] = { list };
	int status = db_query(db, SELECT_STATE, params, 1, rows, err);

	free(list);
	return status;
}

/* Differences that no migration mends. */
static int refuse_foreign(const struct db_rows *state, struct error *err)
{
	const char *worst, *name;

	if (db_rows_count(state) == 0)
		return 0;
	worst = db_value(state, 0, "state");
	name = db_value(state, 0, "name");
	if (strcmp(worst, "newer") == 0)
		return error_set(err, ERROR_CONFLICT,
				 "the database is newer than this nq17: it has %s, which "
				 "this program does not know; use the newer program",
				 name);
	if (strcmp(worst, "edited") == 0)
		return error_set(err, ERROR_CONFLICT,
				 "%s is not the text that was applied to this database; "
				 "restore it and put the change into a new migration",
				 name);
	return 0;
}

/* No table, no schema, or no right to look: nothing of ours is there yet. */
static int is_absent(const struct error *err)
{
	return strcmp(err->sqlstate, "42P01") == 0 ||
	       strcmp(err->sqlstate, "3F000") == 0 || strcmp(err->sqlstate, "42501") == 0;
}

int schema_check(struct db *db, struct error *err)
{
	struct db_rows *state = NULL;
	int status = -1;

	if (load_state(db, &state, err) != 0) {
		if (is_absent(err))
			error_set(err, ERROR_CONFLICT,
				  "the database has no nq17 schema: " REMEDY);
		else
			error_context(err, "checking the schema");
		goto done;
	}
	if (refuse_foreign(state, err) != 0)
		goto done;
	if (db_rows_count(state) > 0) {
		error_set(
			err, ERROR_CONFLICT,
			"the database is older than this nq17 (%s, %zu in all): " REMEDY,
			db_value(state, 0, "name"), db_rows_count(state));
		goto done;
	}
	status = 0;
done:
	db_rows_free(state);
	return status;
}

/* ---- Applying ----------------------------------------------------------- */

static int apply_migration(struct db *db, const struct schema_file *file,
			   struct error *err)
{
	const char *const params[] = { file->name, file->sha256 };

	if (db_script(db, file->text, err) != 0)
		return -1;
	return db_query(db, INSERT_MIGRATION, params, 2, NULL, err);
}

/* Functions and views go before a migration: it may change what they stand on.  They are
 * noted as gone, so that whoever is interrupted before they are made anew is told. */
static int drop_definitions(struct db *db, struct error *err)
{
	const struct schema_file *file = files;

	while (strcmp(file->name, "sql/functions/00_reset.sql") != 0)
		file++;
	if (db_script(db, file->text, err) != 0)
		return error_context(err, "%s", file->name);
	return db_script(db, "DELETE FROM nq17.schema_definition", err);
}

static int apply_migrations(struct db *db, const struct db_rows *state, struct error *err)
{
	int dropped = 0;

	for (size_t i = 0; i < db_rows_count(state); i++) {
		const struct schema_file *file = files;

		if (strcmp(db_value(state, i, "state"), "pending") != 0)
			continue;
		while (strcmp(file->name, db_value(state, i, "name")) != 0)
			file++;
		if (db_script(db, "BEGIN", err) != 0 ||
		    (!dropped && drop_definitions(db, err) != 0) ||
		    apply_migration(db, file, err) != 0 ||
		    db_script(db, "COMMIT", err) != 0)
			return error_context(err, "%s", file->name);
		dropped = 1;
		log_line("base", "applied %s", file->name);
	}
	return 0;
}

/* Something that a later file may still bring: a relation, a function, a type,
 * an object, a column. */
static int may_come_later(const struct error *err)
{
	static const char *const states[] = { "42P01", "42883", "42704", "42703" };

	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (strcmp(err->sqlstate, states[i]) == 0)
			return 1;
	return 0;
}

/* Applies FILE under a savepoint; *DONE tells if it went through.  -1 is an
 * error that waiting for other files cannot mend. */
static int try_definition(struct db *db, const struct schema_file *file, int *done,
			  struct error *err)
{
	struct error aside;

	*done = 0;
	if (db_script(db, "SAVEPOINT definition", err) != 0)
		return -1;
	if (db_script(db, file->text, err) == 0) {
		*done = 1;
		return db_script(db, "RELEASE definition", err);
	}
	error_context(err, "%s", file->name);
	if (!may_come_later(err))
		return -1;
	return db_script(db, "ROLLBACK TO definition", &aside);
}

/* One pass over what is not DONE yet; *PROGRESS counts the files that went
 * through, *LEFT the others, the last of which is in ERR. */
static int pass_definitions(struct db *db, char *done, size_t *progress, size_t *left,
			    struct error *err)
{
	*progress = *left = 0;
	for (size_t i = 0; files[i].name; i++) {
		int went = 0;

		if (done[i] || is_migration(&files[i]))
			continue;
		/* The roles, last of all, get what all the others have made. */
		if (*left > 0 && strcmp(files[i].name, "sql/roles.sql") == 0) {
			(*left)++;
			continue;
		}
		if (try_definition(db, &files[i], &went, err) != 0)
			return -1;
		done[i] = (char)went;
		*progress += (size_t)went;
		*left += !went;
	}
	return 0;
}

static int record_definitions(struct db *db, struct error *err)
{
	char *list = list_files();
	const char *const params[] = { list };
	int status = db_query(db, REPLACE_DEFINITIONS, params, 1, NULL, err);

	free(list);
	return status;
}

/* Functions, views, catalogue and roles, all or none.  They may need one
 * another in any order: what fails for want of another is tried again. */
static int apply_definitions(struct db *db, struct error *err)
{
	char *done = memory_zeroed(sizeof files / sizeof *files, 1);
	size_t progress = 0, left = 0;
	int status = -1;

	if (db_script(db, "BEGIN; SET LOCAL check_function_bodies = off", err) != 0)
		goto done;
	do {
		if (pass_definitions(db, done, &progress, &left, err) != 0)
			goto done;
	} while (left > 0 && progress > 0);
	if (left > 0)
		goto done;
	if (record_definitions(db, err) != 0 || db_script(db, "COMMIT", err) != 0)
		goto done;
	log_line("base", "applied functions, views, catalogue and roles");
	status = 0;
done:
	free(done);
	return status;
}

static int migrate_locked(struct db *db, struct error *err)
{
	struct db_rows *state = NULL;
	int status = -1;

	if (db_script(db, "SET client_min_messages = warning", err) != 0 ||
	    db_script(db, HISTORY, err) != 0 || load_state(db, &state, err) != 0)
		goto done;
	if (refuse_foreign(state, err) != 0)
		goto done;
	if (apply_migrations(db, state, err) != 0)
		goto done;
	if (db_rows_count(state) > 0 && apply_definitions(db, err) != 0)
		goto done;
	status = 0;
done:
	db_rows_free(state);
	return status;
}

int schema_migrate(struct db *db, struct error *err)
{
	struct error aside;
	int status;

	if (schema_check(db, &aside) == 0)
		return 0;
	if (db_script(db, LOCK, err) != 0)
		return error_context(err, "waiting for another migration");
	status = migrate_locked(db, err);
	if (status != 0)
		db_rollback(db);
	db_script(db, UNLOCK "; RESET client_min_messages", &aside);
	return status;
}
