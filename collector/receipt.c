/* receipt.c -- what became of a file, as JSON and as a file of refused records. */
#include "collector/receipt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/json_record.h"

static const char SELECT_ERRORS[] =
#include "sql/queries/intake_errors.sql.inc"
	;
static const char DECLARE_REFUSED[] =
#include "sql/queries/intake_refused_cursor.sql.inc"
	;

void receipt_free(struct receipt *receipt)
{
	text_free(&receipt->errors);
	text_free(&receipt->warnings);
}

static void add_member(struct text *out, const char *name, const char *value)
{
	text_addf(out, "\"%s\": ", name);
	if (value)
		text_add_json(out, value);
	else
		text_add(out, "null");
}

void receipt_add_error(struct receipt *receipt, const char *line, const char *dossier,
		       const char *field, const char *value, const char *code,
		       const char *message)
{
	struct text *out = &receipt->errors;

	text_addf(out, "%s{\"line\": %s, ", out->length ? ", " : "", line);
	add_member(out, "dossier", dossier);
	text_add(out, ", ");
	add_member(out, "field", field);
	text_add(out, ", ");
	add_member(out, "value", value);
	text_add(out, ", ");
	add_member(out, "code", code);
	text_add(out, ", ");
	add_member(out, "message", message);
	text_add_char(out, '}');
}

void receipt_add_warning(struct receipt *receipt, const char *code, const char *agency,
			 const char *field, const char *message)
{
	struct text *out = &receipt->warnings;

	text_add(out, out->length ? ", {" : "{");
	add_member(out, "code", code);
	text_add(out, ", ");
	add_member(out, "agency", agency);
	text_add(out, ", ");
	add_member(out, "field", field);
	text_add(out, ", ");
	add_member(out, "message", message);
	text_add_char(out, '}');
}

int receipt_load_errors(struct receipt *receipt, struct db *db, const char *batch,
			struct error *err)
{
	const char *const params[] = { batch };
	struct db_rows *rows = NULL;

	if (receipt->rejected == 0)
		return 0;
	if (db_query(db, SELECT_ERRORS, params, 1, &rows, err) != 0)
		return error_context(err, "reading the refused records");
	for (size_t i = 0; i < db_rows_count(rows); i++)
		receipt_add_error(
			receipt, db_value(rows, i, "line"), db_value(rows, i, "dossier"),
			db_value(rows, i, "field"), db_value(rows, i, "value"),
			db_value(rows, i, "code"), db_value(rows, i, "message"));
	receipt->errors_truncated = receipt->rejected > db_rows_count(rows);
	db_rows_free(rows);
	return 0;
}

void receipt_print(const struct receipt *receipt, struct text *out)
{
	text_addf(out, "{\"batch\": %s, ", *receipt->batch ? receipt->batch : "null");
	add_member(out, "type", receipt->type);
	text_add(out, ", ");
	add_member(out, "received_at", receipt->received_at);
	text_add(out, ", ");
	add_member(out, "sha256", receipt->sha256);
	text_addf(out,
		  ", \"received\": %llu, \"accepted\": %llu, \"corrected\": %llu, "
		  "\"duplicate\": %llu, \"stale\": %llu, \"rejected\": %llu, "
		  "\"errors\": [%s], \"errors_truncated\": %s, \"warnings\": [%s]}\n",
		  receipt->received, receipt->accepted, receipt->corrected,
		  receipt->duplicate, receipt->stale, receipt->rejected,
		  text_string(&receipt->errors),
		  receipt->errors_truncated ? "true" : "false",
		  text_string(&receipt->warnings));
}

/* ---- The file of refused records ---------------------------------------- */

struct errors_file {
	FILE *file;
	const struct record_type *type;
	const char *header;
	char delimiter;
	int lines; /* JSON as it came, one record a line */
	struct json_record json;
	struct text row;
};

/* A value in quotes where the delimiter, a quote or a line end asks for them. */
static void add_cell(struct errors_file *errors, const char *value, size_t length)
{
	const char specials[] = { errors->delimiter, '"', '\n', '\r', '\0' };
	size_t plain = 0;

	while (plain < length && !strchr(specials, value[plain]))
		plain++;
	if (plain == length) {
		text_add_bytes(&errors->row, value, length);
		return;
	}
	text_add_char(&errors->row, '"');
	for (size_t i = 0; i < length; i++) {
		if (value[i] == '"')
			text_add_char(&errors->row, '"');
		text_add_char(&errors->row, value[i]);
	}
	text_add_char(&errors->row, '"');
}

/* Can the fields of a JSON record be written as cells without losing anything? */
static int fits_cells(const struct raw_record *record, const struct record_type *type)
{
	for (int i = 0; type->fields[i].name; i++)
		if (record->fields[i].form == FIELD_OTHER)
			return 0;
	return !record->refusal;
}

/* A JSON record as cells and an empty nq17_record; or, where cells cannot tell it,
 * as empty cells (which are refused if they come back so) and itself. */
static void add_fields(struct errors_file *errors, const char *source)
{
	const struct record_field *fields = errors->type->fields;
	int fits;

	json_record_read(&errors->json, source, strlen(source), 1, errors->type, -1);
	fits = fits_cells(&errors->json.record, errors->type);
	for (int i = 0; fields[i].name; i++) {
		const struct field_text *field = &errors->json.record.fields[i];

		if (fits && field->form != FIELD_ABSENT && field->bytes)
			add_cell(errors, field->bytes, field->length);
		text_add_char(&errors->row, errors->delimiter);
	}
	if (!fits)
		add_cell(errors, source, strlen(source));
}

/* A row whose columns cannot be told apart is kept whole in the first. */
static void add_whole(struct errors_file *errors, const char *source)
{
	int quoted = 0;

	add_cell(errors, source, strlen(source));
	for (const char *at = errors->header; *at; at++) {
		quoted ^= *at == '"';
		if (!quoted && *at == errors->delimiter)
			text_add_char(&errors->row, errors->delimiter);
	}
}

static int has_columns(const char *code)
{
	static const char *const without[] = { "record_too_large", "quote_unclosed",
					       "too_many_columns", "too_few_columns" };

	for (size_t i = 0; i < sizeof without / sizeof *without; i++)
		if (strcmp(code, without[i]) == 0)
			return 0;
	return 1;
}

/* Line ends within JSON stand between its values only. */
static void add_line(struct errors_file *errors, const char *source)
{
	for (; *source; source++)
		text_add_char(&errors->row, strchr("\r\n", *source) ? ' ' : *source);
	text_add_char(&errors->row, '\n');
	fwrite(errors->row.data, 1, errors->row.length, errors->file);
}

static void write_row(struct errors_file *errors, const struct db_rows *rows, size_t row)
{
	const char *source = db_value(rows, row, "record");
	const char *code = db_value(rows, row, "code");
	const char *message = db_value(rows, row, "message");

	text_clear(&errors->row);
	if (errors->lines) {
		add_line(errors, source);
		return;
	}
	if (!errors->header)
		add_fields(errors, source);
	else if (has_columns(code) && *db_value(rows, row, "cut") == '0')
		text_add(&errors->row, source);
	else
		add_whole(errors, source);
	text_addf(&errors->row, "%c%s%c%s%c", errors->delimiter,
		  db_value(rows, row, "line"), errors->delimiter, code,
		  errors->delimiter);
	add_cell(errors, message, strlen(message));
	text_add_char(&errors->row, '\n');
	fwrite(errors->row.data, 1, errors->row.length, errors->file);
}

static void write_header(struct errors_file *errors)
{
	const struct record_field *fields;

	if (errors->lines)
		return;
	fields = errors->type->fields;
	if (errors->header)
		fputs(errors->header, errors->file);
	else
		for (int i = 0; fields[i].name; i++)
			fprintf(errors->file, "%s%s", fields[i].name,
				fields[i + 1].name ? "," : ",nq17_record");
	fprintf(errors->file, "%cnq17_line%cnq17_code%cnq17_message\n", errors->delimiter,
		errors->delimiter, errors->delimiter);
}

static int write_rows(struct errors_file *errors, struct db *db, const char *batch,
		      struct error *err)
{
	const char *const params[] = { batch };
	const int is_ours = !db_in_transaction(db); /* the web has one open */
	size_t count;

	if ((is_ours && db_query(db, "BEGIN", NULL, 0, NULL, err) != 0) ||
	    db_query(db, "SELECT set_config('nq17.batch', $1, true)", params, 1, NULL,
		     err) != 0 ||
	    db_query(db, DECLARE_REFUSED, NULL, 0, NULL, err) != 0)
		return -1;
	do {
		struct db_rows *rows = NULL;

		if (db_query(db, "FETCH 20 FROM refused", NULL, 0, &rows, err) != 0)
			return -1;
		count = db_rows_count(rows);
		for (size_t i = 0; i < count; i++)
			write_row(errors, rows, i);
		db_rows_free(rows);
	} while (count > 0);
	return is_ours ? db_query(db, "COMMIT", NULL, 0, NULL, err) : 0;
}

static int write_file(struct errors_file *errors, const char *path, struct db *db,
		      const char *batch, struct error *err)
{
	struct text draft = { 0 };
	int status = -1;

	text_addf(&draft, "%s.new", path);
	errors->file = fopen(draft.data, "w");
	if (!errors->file) {
		error_set(err, ERROR_UNAVAILABLE, "%s: %s", draft.data, strerror(errno));
		goto done;
	}
	write_header(errors);
	if (write_rows(errors, db, batch, err) != 0)
		goto done;
	if (fflush(errors->file) != 0 || fsync(fileno(errors->file)) != 0 ||
	    rename(draft.data, path) != 0) {
		error_set(err, ERROR_UNAVAILABLE, "%s: %s", path, strerror(errno));
		goto done;
	}
	status = 0;
done:
	if (status != 0)
		unlink(draft.data);
	if (errors->file)
		fclose(errors->file);
	json_record_free(&errors->json);
	text_free(&errors->row);
	text_free(&draft);
	return status;
}

int receipt_write_errors(const char *path, struct db *db, const char *batch,
			 const struct record_type *type, const char *header,
			 char delimiter, struct error *err)
{
	struct errors_file errors = { .type = type,
				      .header = header,
				      .delimiter = delimiter };

	return write_file(&errors, path, db, batch, err);
}

int receipt_write_lines(const char *path, struct db *db, const char *batch,
			struct error *err)
{
	struct errors_file errors = { .lines = 1 };

	return write_file(&errors, path, db, batch, err);
}
