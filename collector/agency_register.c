/* agency_register.c -- the register in memory. */
#include "collector/agency_register.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "collector/parse_value.h"

struct span {
	int32_t agency_id, heir_id, first, last;
};

struct name {
	const char *name; /* borrowed from the rows */
	size_t length;
	int32_t agency_id, first, last;
	int is_explicit, in_force_first, in_force_last, has_elders;
};

struct agency_register {
	struct db_rows *names_rows;
	struct name *names; /* by name; of one name the plain ones first */
	size_t name_count;
	struct span *heirs; /* by agency and first day */
	size_t heir_count;
	int32_t *first_heir; /* by agency id: its first span in HEIRS */
	int32_t *families;   /* by agency id */
	int32_t agency_limit;
	const struct name *last; /* files come sorted by agency more often than not */
};

static const char SELECT_NAMES[] =
#include "sql/queries/intake_names.sql.inc"
	;
static const char SELECT_HEIRS[] =
#include "sql/queries/intake_heirs.sql.inc"
	;

static int32_t number(const struct db_rows *rows, size_t row, const char *column)
{
	return (int32_t)strtol(db_value(rows, row, column), NULL, 10);
}

static int load_names(struct agency_register *agencies, struct db *db, struct error *err)
{
	if (db_query(db, SELECT_NAMES, NULL, 0, &agencies->names_rows, err) != 0)
		return -1;
	agencies->name_count = db_rows_count(agencies->names_rows);
	agencies->names = memory_zeroed(agencies->name_count + 1, sizeof(struct name));
	for (size_t i = 0; i < agencies->name_count; i++) {
		const struct db_rows *rows = agencies->names_rows;
		const char *name = db_value(rows, i, "name");

		agencies->names[i] = (struct name){
			.name = name,
			.length = strlen(name),
			.agency_id = number(rows, i, "agency_id"),
			.first = number(rows, i, "first_day"),
			.last = number(rows, i, "last_day"),
			.is_explicit = *db_value(rows, i, "explicit") == 't',
			.in_force_first = number(rows, i, "valid_from"),
			.in_force_last = number(rows, i, "valid_to"),
			.has_elders = *db_value(rows, i, "has_elders") == 't',
		};
	}
	return 0;
}

static int load_heirs(struct agency_register *agencies, struct db *db, struct error *err)
{
	struct db_rows *rows = NULL;

	if (db_query(db, SELECT_HEIRS, NULL, 0, &rows, err) != 0)
		return -1;
	agencies->heir_count = db_rows_count(rows);
	agencies->heirs = memory_zeroed(agencies->heir_count + 1, sizeof(struct span));
	for (size_t i = 0; i < agencies->heir_count; i++) {
		struct span span = { number(rows, i, "agency_id"),
				     number(rows, i, "heir_id"),
				     number(rows, i, "first_day"),
				     number(rows, i, "last_day") };

		agencies->heirs[i] = span;
		if (span.agency_id >= agencies->agency_limit)
			agencies->agency_limit = span.agency_id + 1;
	}
	agencies->first_heir =
		memory_zeroed((size_t)agencies->agency_limit + 1, sizeof(int32_t));
	agencies->families = memory_zeroed((size_t)agencies->agency_limit + 1,
					   sizeof *agencies->families);
	for (size_t i = 0; i < agencies->name_count; i++) {
		const struct name *name = &agencies->names[i];

		agencies->families[name->agency_id] =
			number(agencies->names_rows, i, "lineage_id");
	}
	for (size_t i = agencies->heir_count; i-- > 0;)
		agencies->first_heir[agencies->heirs[i].agency_id] = (int32_t)i;
	db_rows_free(rows);
	return 0;
}

int agency_register_load(struct agency_register **result, struct db *db,
			 struct error *err)
{
	struct agency_register *agencies = memory_zeroed(1, sizeof *agencies);

	if (load_names(agencies, db, err) != 0 || load_heirs(agencies, db, err) != 0) {
		agency_register_free(agencies);
		return error_context(err, "reading the register of agencies");
	}
	*result = agencies;
	return 0;
}

void agency_register_free(struct agency_register *agencies)
{
	if (!agencies)
		return;
	db_rows_free(agencies->names_rows);
	free(agencies->names);
	free(agencies->heirs);
	free(agencies->first_heir);
	free(agencies->families);
	free(agencies);
}

static int compare(const char *name, size_t length, const struct name *other)
{
	size_t shorter = length < other->length ? length : other->length;
	int order = memcmp(name, other->name, shorter);

	if (order == 0 && length != other->length)
		order = length < other->length ? -1 : 1;
	return order;
}

/* The first row of that name, or NULL. */
static const struct name *find_name(struct agency_register *agencies, const char *name,
				    size_t length)
{
	size_t low = 0, high = agencies->name_count;

	if (agencies->last && compare(name, length, agencies->last) == 0)
		return agencies->last;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(name, length, &agencies->names[middle]) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == agencies->name_count ||
	    compare(name, length, &agencies->names[low]) != 0)
		return NULL;
	agencies->last = &agencies->names[low];
	return agencies->last;
}

int agency_register_knows(struct agency_register *agencies, const char *name,
			  size_t length)
{
	return find_name(agencies, name, length) != NULL;
}

enum agency_answer agency_register_find(struct agency_register *agencies,
					const char *name, size_t length, int32_t day,
					int32_t *agency_id)
{
	const struct name *end = agencies->names + agencies->name_count;
	const struct name *row = find_name(agencies, name, length);
	enum agency_answer answer = row ? AGENCY_NOT_IN_FORCE : AGENCY_UNKNOWN;

	for (; row && row < end && compare(name, length, row) == 0; row++) {
		if (day < row->first || day > row->last)
			continue;
		*agency_id = row->agency_id;
		if (!row->is_explicit ||
		    (day >= row->in_force_first && day <= row->in_force_last))
			return AGENCY_FOUND;
		if (day < row->in_force_first && row->has_elders)
			return AGENCY_SUCCESSOR;
	}
	return answer;
}

int agency_register_answers_for(const struct agency_register *agencies, int32_t sender,
				int32_t agency_id)
{
	if (agency_id <= 0 || agency_id >= agencies->agency_limit)
		return 0;
	for (size_t i = (size_t)agencies->first_heir[agency_id];
	     i < agencies->heir_count && agencies->heirs[i].agency_id == agency_id; i++)
		if (agencies->heirs[i].heir_id == sender)
			return 1;
	return 0;
}

int32_t agency_register_family(const struct agency_register *agencies, int32_t agency_id)
{
	return agencies->families[agency_id];
}

int32_t agency_register_heir(const struct agency_register *agencies, int32_t agency_id,
			     int32_t day)
{
	if (agency_id < agencies->agency_limit)
		for (size_t i = (size_t)agencies->first_heir[agency_id];
		     i < agencies->heir_count &&
		     agencies->heirs[i].agency_id == agency_id;
		     i++)
			if (day >= agencies->heirs[i].first &&
			    day <= agencies->heirs[i].last)
				return agencies->heirs[i].heir_id;
	BUG("agency %d has no heir on day %d", (int)agency_id, (int)day);
}
