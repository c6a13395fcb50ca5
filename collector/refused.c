/* refused.c -- refused records on their way into quarantine. */
#include "collector/refused.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct refused {
	FILE *file; /* rows of COPY's text format, without the batch */
	uint64_t count;
	struct text row, clean;
};

int refused_open(struct refused **result, struct error *err)
{
	struct refused *refused = memory_zeroed(1, sizeof *refused);

	refused->file = tmpfile();
	if (!refused->file) {
		free(refused);
		return error_set(err, ERROR_UNAVAILABLE,
				 "no room for a temporary file: %s", strerror(errno));
	}
	*result = refused;
	return 0;
}

void refused_close(struct refused *refused)
{
	if (!refused)
		return;
	fclose(refused->file);
	text_free(&refused->row);
	text_free(&refused->clean);
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

int refused_add(struct refused *refused, const struct refused_record *record,
		struct error *err)
{
	struct text *row = &refused->row;

	text_clear(row);
	text_addf(row, "\t%d\t%llu", (int)record->agency_id,
		  (unsigned long long)record->line);
	add_column(refused, record->dossier);
	add_column(refused, record->field);
	add_column(refused, record->value);
	add_column(refused, record->code);
	add_column(refused, record->message);
	text_add_char(row, '\t');
	text_add_copy(row, make_clean(refused, record->source, record->source_length));
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

int refused_store(struct refused *refused, struct db *db, const char *batch,
		  struct error *err)
{
	char *row = NULL;
	size_t size = 0;
	ssize_t length;
	int status = -1;

	if (refused->count == 0)
		return 0;
	if (fflush(refused->file) != 0 || fseek(refused->file, 0, SEEK_SET) != 0)
		return error_set(err, ERROR_UNAVAILABLE,
				 "no room for the refused records: %s", strerror(errno));
	if (db_copy_begin(db,
			  "COPY quarantine (batch_id, agency_id, line, dossier, field, "
			  "value, code, message, record) FROM STDIN",
			  err) != 0)
		return -1;
	while ((length = getline(&row, &size, refused->file)) > 0)
		if (db_copy_put(db, batch, strlen(batch), err) != 0 ||
		    db_copy_put(db, row, (size_t)length, err) != 0)
			goto done;
	if (ferror(refused->file)) {
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
