/* level4.c -- which services are at level 4 on which days. */
#include "collector/level4.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct span {
	const char *procedure; /* borrowed from the rows */
	size_t length;
	int32_t holder, first, last;
};

struct level4 {
	struct db_rows *rows;
	struct span *spans; /* a hash table: those of one key stand in one run */
	size_t size;        /* a power of two */
};

static const char SELECT_SPANS[] =
#include "sql/queries/intake_level4.sql.inc"
	;

/* FNV-1a */
static size_t hash(int32_t holder, const char *procedure, size_t length)
{
	uint64_t value = 14695981039346656037u ^ (uint32_t)holder;

	for (size_t i = 0; i < length; i++)
		value = (value ^ (unsigned char)procedure[i]) * 1099511628211u;
	return (size_t)(value ^ value >> 32);
}

int level4_load(struct level4 **result, struct db *db, struct error *err)
{
	struct level4 *services = memory_zeroed(1, sizeof *services);
	size_t count;

	if (db_query(db, SELECT_SPANS, NULL, 0, &services->rows, err) != 0) {
		level4_free(services);
		return error_context(err, "reading the services at level 4");
	}
	count = db_rows_count(services->rows);
	for (services->size = 64; services->size < 2 * count; services->size *= 2)
		;
	services->spans = memory_zeroed(services->size, sizeof(struct span));
	for (size_t i = 0; i < count; i++) {
		const struct db_rows *rows = services->rows;
		struct span span = {
			.procedure = db_value(rows, i, "procedure"),
			.holder = atoi(db_value(rows, i, "agency_id")),
			.first = atoi(db_value(rows, i, "first_day")),
			.last = atoi(db_value(rows, i, "last_day")),
		};
		size_t at;

		span.length = strlen(span.procedure);
		at = hash(span.holder, span.procedure, span.length);
		while (services->spans[at & (services->size - 1)].procedure)
			at++;
		services->spans[at & (services->size - 1)] = span;
	}
	*result = services;
	return 0;
}

void level4_free(struct level4 *services)
{
	if (!services)
		return;
	db_rows_free(services->rows);
	free(services->spans);
	free(services);
}

int level4_has(const struct level4 *services, int32_t holder, const char *procedure,
	       size_t length, int32_t day)
{
	for (size_t at = hash(holder, procedure, length);; at++) {
		const struct span *span = &services->spans[at & (services->size - 1)];

		if (!span->procedure)
			return 0;
		if (span->holder == holder && day >= span->first && day <= span->last &&
		    span->length == length &&
		    memcmp(span->procedure, procedure, length) == 0)
			return 1;
	}
}
