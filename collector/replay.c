/* replay.c -- refused records sent again as they are. */
#include "collector/replay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "collector/batch.h"

static const char GROUPS[] =
#include "sql/queries/quarantine_groups.sql.inc"
	;
static const char ROWS[] =
#include "sql/queries/quarantine_rows.sql.inc"
	;
static const char SETTLE[] =
#include "sql/queries/quarantine_settle.sql.inc"
	;

/* The records that go into one batch. */
struct group {
	const struct replay_choice *choice;
	const char *type, *format, *header, *agency; /* borrowed */
	const struct decoder *decoder;               /* NULL: not to be read again */
	char path[32];
	FILE *file;
	/* Where each record stood, and stands now; PostgreSQL arrays without the end. */
	struct text batches, lines, new_lines;
	unsigned long long count, new_line;
	char last_batch[24], last_line[24];
};

/* What was kept of a row of a workbook is a line of CSV. */
static const struct decoder *find_decoder(const char *format, const char *header)
{
	if (!format || (strcmp(format, "xlsx") == 0 && !header))
		return NULL;
	return decoder_find(strcmp(format, "xlsx") == 0 ? "csv" : format);
}

static int is_array(const struct group *group)
{
	return strcmp(group->format, "cloudevents") == 0 ||
	       strcmp(group->format, "json") == 0;
}

/* ---- The file ----------------------------------------------------------- */

static int no_room(struct error *err)
{
	return error_set(err, ERROR_UNAVAILABLE, "no room for a temporary file: %s",
			 strerror(errno));
}

static int begin_file(struct group *group, struct error *err)
{
	int fd;

	snprintf(group->path, sizeof group->path, "/tmp/nq17-replay-XXXXXX");
	fd = mkstemp(group->path);
	if (fd < 0 || !(group->file = fdopen(fd, "w"))) {
		if (fd >= 0)
			close(fd);
		group->path[0] = '\0';
		return no_room(err);
	}
	group->new_line = 1;
	if (group->header) {
		fprintf(group->file, "%s\n", group->header);
		group->new_line = 2;
	} else if (is_array(group)) {
		fputs("[", group->file);
	}
	return 0;
}

static void write_record(struct group *group, const char *batch, const char *line,
			 const char *record)
{
	const char *comma = group->count ? "," : "";

	fprintf(group->file, "%s%s\n", is_array(group) ? comma : "", record);
	text_addf(&group->batches, "%s%s", comma, batch);
	text_addf(&group->lines, "%s%s", comma, line);
	text_addf(&group->new_lines, "%s%llu", comma, group->new_line);
	group->count++;
	group->new_line++;
	/* A CSV record is named by the first of its lines. */
	for (; group->header && (record = strchr(record, '\n')); record++)
		group->new_line++;
}

static int write_records(struct group *group, struct db *db, struct error *err)
{
	const struct replay_choice *choice = group->choice;
	size_t count;

	strcpy(group->last_batch, "0");
	strcpy(group->last_line, "0");
	do {
		const char *const params[] = { choice->batch,   choice->code,
					       choice->agency,  group->type,
					       group->format,   group->header,
					       group->agency,   group->last_batch,
					       group->last_line };
		struct db_rows *rows = NULL;

		if (db_query(db, ROWS, params, 9, &rows, err) != 0)
			return -1;
		count = db_rows_count(rows);
		for (size_t i = 0; i < count; i++)
			write_record(group, db_value(rows, i, "batch_id"),
				     db_value(rows, i, "line"),
				     db_value(rows, i, "record"));
		if (count > 0) {
			snprintf(group->last_batch, sizeof group->last_batch, "%s",
				 db_value(rows, count - 1, "batch_id"));
			snprintf(group->last_line, sizeof group->last_line, "%s",
				 db_value(rows, count - 1, "line"));
		}
		db_rows_free(rows);
	} while (count > 0);
	if (is_array(group))
		fputs("]", group->file);
	return fflush(group->file) == 0 ? 0 : no_room(err);
}

/* ---- The batch ---------------------------------------------------------- */

static int settle(struct group *group, struct db *db, const char *batch,
		  struct error *err)
{
	struct text arrays[3] = { 0 };
	const char *params[4] = { batch };
	const struct text *const parts[] = { &group->batches, &group->lines,
					     &group->new_lines };
	int status;

	for (int i = 0; i < 3; i++) {
		text_addf(&arrays[i], "{%s}", text_string(parts[i]));
		params[i + 1] = text_string(&arrays[i]);
	}
	status = db_query(db, SETTLE, params, 4, NULL, err);
	for (int i = 0; i < 3; i++)
		text_free(&arrays[i]);
	return status;
}

/* The receipt of it is added to OUT. */
static int send_group(struct group *group, struct db *db, unsigned long long *refused,
		      struct text *out, struct error *err)
{
	const struct batch_request request = {
		.type = record_type_find(group->type),
		.decoder = group->decoder,
		.path = group->path,
		.agency = group->agency,
		.scope = group->choice->scope,
		.delivery = group->choice->delivery,
		.way = "replay",
		.file = "quarantine",
		.dry_run = group->choice->dry_run,
		.language = group->choice->language,
	};
	struct receipt receipt = { 0 };
	int whole = 0, status = -1;

	if (batch_import(db, &request, &receipt, &whole, err) != 0)
		goto done;
	receipt_print(&receipt, out);
	if (whole) {
		log_line("quarantine", "%s", err->message);
		*refused += group->count;
		status = 0;
		goto done;
	}
	*refused += receipt.rejected;
	status = group->choice->dry_run ? 0 : settle(group, db, receipt.batch, err);
done:
	receipt_free(&receipt);
	return status;
}

static int replay_group(struct group *group, struct db *db, unsigned long long *refused,
			struct text *out, struct error *err)
{
	int status = -1;

	if (begin_file(group, err) == 0 && write_records(group, db, err) == 0)
		status = group->count ? send_group(group, db, refused, out, err) : 0;
	if (group->file)
		fclose(group->file);
	if (group->path[0])
		unlink(group->path);
	text_free(&group->batches);
	text_free(&group->lines);
	text_free(&group->new_lines);
	return status;
}

static int replay_groups(struct db *db, const struct replay_choice *choice,
			 unsigned long long *refused, unsigned long long *left,
			 void (*tell)(struct text *receipt), struct text *receipt,
			 struct error *err)
{
	const char *const params[] = { choice->batch, choice->code, choice->agency };
	struct db_rows *rows = NULL;
	int status = 0;

	*refused = *left = 0;
	if (db_query(db, GROUPS, params, 3, &rows, err) != 0)
		return -1;
	for (size_t i = 0; i < db_rows_count(rows) && status == 0; i++) {
		struct group group = { .choice = choice,
				       .type = db_value(rows, i, "type"),
				       .format = db_value(rows, i, "format"),
				       .header = db_value(rows, i, "header"),
				       .agency = db_value(rows, i, "agency") };

		group.decoder = find_decoder(group.format, group.header);
		*left += strtoull(db_value(rows, i, "others"), NULL, 10);
		if (!group.decoder)
			*left += strtoull(db_value(rows, i, "whole"), NULL, 10);
		else
			status = replay_group(&group, db, refused, receipt, err);
		if (tell)
			tell(receipt);
	}
	db_rows_free(rows);
	return status;
}

static void print(struct text *receipt)
{
	fputs(text_string(receipt), stdout);
	text_clear(receipt);
}

int replay_refused(struct db *db, const struct replay_choice *choice,
		   unsigned long long *refused, unsigned long long *left,
		   struct error *err)
{
	struct text receipt = { 0 };
	int status = replay_groups(db, choice, refused, left, print, &receipt, err);

	text_free(&receipt);
	return status;
}

int replay_batch(struct db *db, const struct replay_choice *choice, char **receipt,
		 struct error *err)
{
	struct text printed = { 0 };
	unsigned long long refused, left;
	int status = replay_groups(db, choice, &refused, &left, NULL, &printed, err);

	*receipt = printed.length > 0 ? text_take(&printed) : NULL;
	text_free(&printed);
	return status;
}
