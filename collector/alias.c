/* alias.c -- other codes of procedures and dossiers. */
#include "collector/alias.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static const char SELECT[] =
#include "sql/queries/intake_aliases.sql.inc"
	;

struct alias {
	int32_t agency_id;
	const char *alias; /* NULL: nothing lies here */
	const char *code;
	size_t alias_length, code_length;
};

/* A hash table with open addresses, at most half full. */
struct aliases {
	struct alias *places;
	size_t size;          /* a power of two */
	int for_all;          /* there are some for every agency */
	struct db_rows *rows; /* owns the strings */
};

static size_t place_of(const struct aliases *aliases, int32_t agency_id,
		       const char *bytes, size_t length)
{
	uint64_t hash = 14695981039346656037u ^ (uint32_t)agency_id;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * 1099511628211u;
	return (size_t)(hash ^ (hash >> 32)) & (aliases->size - 1);
}

static const struct alias *find(const struct aliases *aliases, int32_t agency_id,
				const char *bytes, size_t length)
{
	size_t at = place_of(aliases, agency_id, bytes, length);

	for (; aliases->places[at].alias; at = (at + 1) & (aliases->size - 1)) {
		const struct alias *alias = &aliases->places[at];

		if (alias->agency_id == agency_id && alias->alias_length == length &&
		    memcmp(alias->alias, bytes, length) == 0)
			return alias;
	}
	return NULL;
}

static void add(struct aliases *aliases, size_t row)
{
	struct alias alias = {
		.agency_id = atoi(db_value(aliases->rows, row, "agency_id")),
		.alias = db_value(aliases->rows, row, "alias"),
		.code = db_value(aliases->rows, row, "code"),
	};
	size_t at;

	alias.alias_length = strlen(alias.alias);
	alias.code_length = strlen(alias.code);
	aliases->for_all |= alias.agency_id == 0;
	at = place_of(aliases, alias.agency_id, alias.alias, alias.alias_length);
	while (aliases->places[at].alias)
		at = (at + 1) & (aliases->size - 1);
	aliases->places[at] = alias;
}

int aliases_load(struct aliases **result, struct db *db, enum alias_kind kind,
		 struct error *err)
{
	const char *const params[] = { kind == ALIAS_DOSSIER ? "dossier" : "procedure" };
	struct db_rows *rows = NULL;
	struct aliases *aliases;
	size_t count;

	*result = NULL;
	if (db_query(db, SELECT, params, 1, &rows, err) != 0)
		return error_context(err, "reading the aliases");
	count = db_rows_count(rows);
	if (count == 0) {
		db_rows_free(rows);
		return 0;
	}
	aliases = memory_zeroed(1, sizeof *aliases);
	aliases->rows = rows;
	for (aliases->size = 64; aliases->size < 2 * count;)
		aliases->size *= 2;
	aliases->places = memory_zeroed(aliases->size, sizeof *aliases->places);
	for (size_t i = 0; i < count; i++)
		add(aliases, i);
	*result = aliases;
	return 0;
}

void aliases_free(struct aliases *aliases)
{
	if (!aliases)
		return;
	db_rows_free(aliases->rows);
	free(aliases->places);
	free(aliases);
}

void aliases_replace(const struct aliases *aliases, int32_t agency_id, const char **bytes,
		     size_t *length)
{
	const struct alias *found;

	if (!aliases)
		return;
	found = find(aliases, agency_id, *bytes, *length);
	if (!found && aliases->for_all)
		found = find(aliases, 0, *bytes, *length);
	if (!found)
		return;
	*bytes = found->code;
	*length = found->code_length;
}

size_t alias_national_length(const char *bytes, size_t length)
{
	/* 9: a digit; A: G or H, central or local. */
	static const char FORM[] = "9.999999.999.99.99.A99";

	if (length != sizeof FORM - 1)
		return length;
	for (size_t i = 0; i < length; i++) {
		int digit = bytes[i] >= '0' && bytes[i] <= '9';

		if (FORM[i] == '9'   ? !digit
		    : FORM[i] == 'A' ? bytes[i] != 'G' && bytes[i] != 'H'
				     : bytes[i] != '.')
			return length;
	}
	return 8;
}
