/* schema.h -- brings a database to the schema of this program.
 *
 * sql/migrations are applied once and in order, each in a transaction with its
 * row in schema_migration.  sql/functions, sql/views, sql/catalogue and
 * sql/roles.sql are applied again, all in one transaction, whenever the text of
 * one of them changed; the first of them, 00_reset.sql, drops the old ones, the
 * others may need one another in any order, and function bodies are not checked on
 * the way.  All under an advisory lock.  A database with a migration that this program does not
 * know, or knows with another text, is refused (ERROR_CONFLICT). */
#ifndef BASE_SCHEMA_H
#define BASE_SCHEMA_H

#include "base/db.h"

/* DB is a connection of the owner. */
int schema_migrate(struct db *db, struct error *err);
/* 0 if DB has just the schema of this program, else -1 with the remedy. */
int schema_check(struct db *db, struct error *err);

#endif
