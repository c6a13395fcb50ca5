/* refused.c -- refused records on their way into quarantine. */
#include "collector/refused.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/memory.h"
#include "collector/input.h"
#include "collector/json_record.h"
#include "collector/parse_value.h"
#include "collector/personal.h"

struct refused {
	FILE *file;   /* rows of COPY's text format, without the batch */
	FILE *events; /* of COPY's text format; NULL if there are none */
	uint64_t count;
	uint64_t *forgotten; /* lines, rising */
	size_t forgotten_count;
	const struct record_type *type;
	struct text row, clean, normal, plain, masked;
};

int refused_open(struct refused **result, const struct record_type *type,
		 struct error *err)
{
	struct refused *refused = memory_zeroed(1, sizeof *refused);

	refused->file = tmpfile();
	if (!refused->file) {
		free(refused);
		return error_set(err, ERROR_UNAVAILABLE,
				 "no room for a temporary file: %s", strerror(errno));
	}
	refused->type = type;
	*result = refused;
	return 0;
}

void refused_close(struct refused *refused)
{
	if (!refused)
		return;
	fclose(refused->file);
	if (refused->events)
		fclose(refused->events);
	free(refused->forgotten);
	text_free(&refused->row);
	text_free(&refused->clean);
	text_free(&refused->normal);
	text_free(&refused->plain);
	text_free(&refused->masked);
	free(refused);
}

/* The longest valid UTF-8 character at BYTES, or 0. */
static size_t character_at(const char *bytes, size_t length)
{
	for (size_t size = 1; size <= 4 && size <= length; size++)
		if (text_is_utf8(bytes, size))
			return *bytes ? size : 0;
	return 0;
}

/* Text that the database takes: what is no UTF-8, and NUL, becomes U+FFFD. */
static const char *make_clean(struct refused *refused, const char *bytes, size_t length)
{
	struct text *clean = &refused->clean;

	text_clear(clean);
	if (!memchr(bytes, '\0', length) && text_is_utf8(bytes, length)) {
		text_add_bytes(clean, bytes, length);
		return text_string(clean);
	}
	for (size_t at = 0; at < length;) {
		size_t size = character_at(bytes + at, length - at);

		if (size)
			text_add_bytes(clean, bytes + at, size);
		else
			text_add(clean, "\xef\xbf\xbd");
		at += size ? size : 1;
	}
	return text_string(clean);
}

static void add_column(struct refused *refused, const char *value)
{
	text_add_char(&refused->row, '\t');
	text_add_copy(&refused->row,
		      value ? make_clean(refused, value, strlen(value)) : NULL);
}

/* The text as it came, or what may be known of it. */
static const char *mask_source(struct refused *refused,
			       const struct refused_record *record, int *masked)
{
	const char *source = make_clean(refused, record->source, record->source_length);
	const char *shown = source;
	size_t length, characters;

	*masked = 0;
	text_clear(&refused->plain);
	if (*source == '{' &&
	    (strcmp(record->code, "unknown_field") == 0 || strstr(source, "\\u")))
		*masked = json_record_plain(&refused->plain, source, strlen(source),
					    refused->type) > 0;
	if (refused->plain.length)
		shown = refused->plain.data;
	length = strlen(shown);
	parse_text(&shown, &length, &characters, &refused->normal);
	text_clear(&refused->masked);
	if (personal_mask(&refused->masked, shown, length, record->dossier))
		*masked = 1;
	return *masked ? text_string(&refused->masked) : source;
}

/* The source, its length, its hash, and whether it was masked. */
static void add_source(struct refused *refused, const struct refused_record *record)
{
	char hash[65];
	int masked;
	const char *source = mask_source(refused, record, &masked);
	size_t length = strlen(source), kept = length;

	digest_of(source, length, hash);
	if (kept > REFUSED_KEPT)
		for (kept = REFUSED_KEPT; (source[kept] & 0xc0) == 0x80;)
			kept--;
	text_clear(&refused->plain);
	text_add_bytes(&refused->plain, source, kept);
	text_add_char(&refused->row, '\t');
	text_add_copy(&refused->row, text_string(&refused->plain));
	text_addf(&refused->row, "\t%zu\t\\\\x%s\t%s", length, hash, masked ? "t" : "f");
}

int refused_add(struct refused *refused, const struct refused_record *record,
		struct error *err)
{
	struct text *row = &refused->row;

	text_clear(row);
	text_addf(row, "\t%d\t%llu", (int)record->agency_id,
		  (unsigned long long)record->line);
	add_column(refused, record->dossier);
	add_column(refused, record->key);
	add_column(refused, record->field);
	add_column(refused, record->value);
	add_column(refused, record->code);
	add_column(refused, record->message);
	add_source(refused, record);
	text_add_char(row, '\n');
	refused->count++;
	if (fwrite(row->data, 1, row->length, refused->file) != row->length)
		return error_set(err, ERROR_UNAVAILABLE,
				 "no room for the refused records: %s", strerror(errno));
	return 0;
}

uint64_t refused_count(const struct refused *refused)
{
	return refused->count;
}

static int no_room(struct error *err)
{
	return error_set(err, ERROR_UNAVAILABLE, "no room for the refused records: %s",
			 strerror(errno));
}

int refused_add_event(struct refused *refused, uint64_t line, const char *source,
		      const char *id, struct error *err)
{
	struct text *row = &refused->row;

	if (!refused->events && !(refused->events = tmpfile()))
		return no_room(err);
	text_clear(row);
	text_addf(row, "%llu\t", (unsigned long long)line);
	text_add_copy(row, source);
	text_add_char(row, '\t');
	text_add_copy(row, id);
	text_add_char(row, '\n');
	return fwrite(row->data, 1, row->length, refused->events) == row->length
		       ? 0
		       : no_room(err);
}

/* Is this row, behind its agency, of a record that was forgotten? */
static int is_forgotten(const struct refused *refused, const char *row)
{
	const char *tab = strchr(row + 1, '\t');
	uint64_t line = strtoull(tab + 1, NULL, 10);
	size_t low = 0, high = refused->forgotten_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (refused->forgotten[middle] < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low < refused->forgotten_count && refused->forgotten[low] == line;
}

/* Sends every row of FILE to the COPY that has begun, each behind BATCH if given. */
static int copy_rows(const struct refused *refused, FILE *file, struct db *db,
		     const char *batch, struct error *err)
{
	char *row = NULL;
	size_t size = 0;
	ssize_t length;
	int status = -1;

	while ((length = getline(&row, &size, file)) > 0) {
		if (batch && is_forgotten(refused, row))
			continue;
		if ((batch && db_copy_put(db, batch, strlen(batch), err) != 0) ||
		    db_copy_put(db, row, (size_t)length, err) != 0)
			goto done;
	}
	if (ferror(file)) {
		error_set(err, ERROR_UNAVAILABLE, "reading the refused records: %s",
			  strerror(errno));
		db_copy_fail(db, "the refused records cannot be read");
		goto done;
	}
	status = db_copy_end(db, err);
done:
	free(row);
	return status;
}

int refused_store_events(struct refused *refused, struct db *db, struct error *err)
{
	if (!refused->events)
		return 0;
	if (fflush(refused->events) != 0 || fseek(refused->events, 0, SEEK_SET) != 0)
		return no_room(err);
	if (db_copy_begin(db, "COPY event_refused (line, source, id) FROM STDIN", err) !=
	    0)
		return -1;
	return copy_rows(refused, refused->events, db, NULL, err);
}

void refused_forget(struct refused *refused, const uint64_t *lines, size_t count)
{
	refused->forgotten = memory_resize(NULL, count, sizeof *lines);
	memcpy(refused->forgotten, lines, count * sizeof *lines);
	refused->forgotten_count = count;
	refused->count -= count;
}

#define REFUSED_COLUMNS                                                                  \
	"batch_id, agency_id, line, dossier, key, field, value, code, message, record, " \
	"length, sha256, masked"

/* By a table of the session where row-level security lets nobody copy (bulk.c). */
int refused_store(struct refused *refused, struct db *db, const char *batch,
		  struct error *err)
{
	char *guarded = NULL;
	int is_guarded, status;

	if (refused->count == 0)
		return 0;
	if (fflush(refused->file) != 0 || fseek(refused->file, 0, SEEK_SET) != 0)
		return no_room(err);
	if (db_value_of(db, "SELECT row_security_active('quarantine')", NULL, 0, &guarded,
			err) != 0)
		return -1;
	is_guarded = strcmp(guarded, "t") == 0;
	free(guarded);
	if (is_guarded &&
	    db_script(
		    db,
		    "CREATE TEMP TABLE IF NOT EXISTS copied_quarantine (LIKE quarantine "
		    "INCLUDING DEFAULTS); TRUNCATE copied_quarantine",
		    err) != 0)
		return -1;
	if (db_copy_begin(db,
			  is_guarded ? "COPY copied_quarantine (" REFUSED_COLUMNS
				       ") FROM STDIN"
				     : "COPY quarantine (" REFUSED_COLUMNS ") FROM STDIN",
			  err) != 0)
		return -1;
	status = copy_rows(refused, refused->file, db, batch, err);
	if (status == 0 && is_guarded)
		status = db_script(db,
				   "INSERT INTO quarantine (" REFUSED_COLUMNS
				   ") SELECT " REFUSED_COLUMNS " FROM copied_quarantine",
				   err);
	return status;
}
