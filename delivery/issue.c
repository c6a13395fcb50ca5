/* issue.c -- the edition of one agency for one period: drawn once, kept as it is.
 *
 * Whoever comes first draws it and stores its files by their content; the row in the
 * database decides between two who come at once, and both then send the same bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/memory.h"
#include "delivery/archive.h"
#include "delivery/job.h"
#include "delivery/prose.h"
#include "reports/reports.h"

enum { PICTURE_PIXELS = 1280, PICTURE_SHOWN = 640 };

static const char ARCHIVE_ADD[] =
#include "sql/queries/archive_add.sql.inc"
	;
static const char EDITION_ADD[] =
#include "sql/queries/edition_add.sql.inc"
	;
static const char FILE_ADD[] =
#include "sql/queries/edition_file_add.sql.inc"
	;
static const char FIND[] =
#include "sql/queries/edition_find.sql.inc"
	;
static const char FILES[] =
#include "sql/queries/edition_files.sql.inc"
	;

static const struct {
	const char *format, *media_type;
} types[] = {
	{ "pdf", "application/pdf" },
	{ "png", "image/png" },
	{ "svg", "image/svg+xml" },
	{ "json", "application/json" },
	{ "csv", "text/csv" },
	{ "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
	{ "text", "text/plain" },
	{ "html", "text/html" },
	{ "picture", "image/png" },
};

static const char *type_of(const char *format)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(types[i].format, format) == 0)
			return types[i].media_type;
	return "application/octet-stream";
}

/* ---- Drawing ------------------------------------------------------------- */

static void add_file(struct issue_files *files, const char *format, const char *name,
		     struct text *bytes)
{
	files->items =
		memory_resize(files->items, files->count + 1, sizeof *files->items);
	files->items[files->count++] =
		(struct issue_file){ .format = memory_copy(format),
				     .name = memory_copy(name),
				     .media_type = memory_copy(type_of(format)),
				     .bytes = *bytes };
	*bytes = (struct text){ 0 };
}

/* NULL: the usual one. */
static const char *kind_in(const char *report, const char *lang)
{
	static const struct {
		const char *report, *vi, *en;
	} kinds[] = {
		{ "brief", "tóm tắt", "brief" },
		{ "ranking", "xếp hạng", "ranking" },
		{ "indicator", "một chỉ tiêu", "indicator" },
		{ "restatement", "số liệu điều chỉnh", "restatements" },
		{ "evidence", "căn cứ số liệu", "evidence" },
	};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].report, report) == 0)
			return format_choose(lang, kinds[i].vi, kinds[i].en);
	return NULL;
}

/* "Báo cáo NQ17 - xếp hạng - Tỉnh Hà Giang - quý III năm 2020 - bản công bố 3.pdf"; the
 * kind of the compliance report is not named. */
static void add_name(struct text *out, const struct job *job,
		     const struct edition *edition, const char *format)
{
	const char *lang = job_value(job, "lang"), *vintage = job_value(job, "vintage");

	const char *kind = kind_in(job_value(job, "report"), lang);

	text_add(out, format_choose(lang, "Báo cáo NQ17", "NQ17 report"));
	if (kind)
		text_addf(out, " - %s", kind);
	text_addf(out, " - %s - %s", edition_agency_name(edition),
		  edition_period_name(edition));
	if (vintage)
		text_addf(out, " - %s %s", format_choose(lang, "bản công bố", "vintage"),
			  vintage);
	else
		text_addf(out, " - %s %.10s",
			  format_choose(lang, "tạm tính", "provisional"),
			  edition_as_of(edition));
	text_addf(out, ".%s", format);
}

static int draw_formats(const struct job *job, const struct edition *edition,
			struct issue_files *files, struct error *err)
{
	char *formats = memory_copy(job_value(job, "formats")), *rest = formats, *format;
	struct text name = { 0 };
	int status = 0;

	while (status == 0 && (format = strsep(&rest, ",")) != NULL) {
		struct text bytes = { 0 };

		status = edition_file(edition, job->worker->db, format, &bytes, err);
		text_clear(&name);
		add_name(&name, job, edition, format);
		add_file(files, format, text_string(&name), &bytes);
	}
	text_free(&name);
	free(formats);
	return status;
}

static unsigned read_number(const unsigned char *at)
{
	return (unsigned)at[0] << 24 | (unsigned)at[1] << 16 | (unsigned)at[2] << 8 |
	       at[3];
}

/* Its height at the width that the letter shows it with; both are in its first chunk. */
static int height_of(const struct text *png)
{
	const unsigned char *head = (const unsigned char *)png->data;
	unsigned width = png->length < 24 ? 0 : read_number(head + 16);

	return width ? (int)(read_number(head + 20) * PICTURE_SHOWN / width) : 0;
}

/* Whatever is attached is what the picture shows: the targets of the compliance report,
 * of others their first page. */
static int draw_picture(const struct job *job, const struct edition *edition,
			struct text *picture, struct error *err)
{
	const char *report = job_value(job, "report");

	if (prose_shows_targets(report))
		return edition_picture(edition, PICTURE_PIXELS, picture, err);
	if (!edition_can(report, "png"))
		return 0;
	return edition_file(edition, job->worker->db, "png", picture, err);
}

static int is_of_indicator(const char *report)
{
	return strcmp(report, "ranking") == 0 || strcmp(report, "indicator") == 0 ||
	       strcmp(report, "evidence") == 0;
}

static int draw_parts(const struct job *job, const struct edition *edition,
		      const char *silent, struct issue_files *files, struct error *err)
{
	const char *report = job_value(job, "report");
	const char *indicator = job_value(job, "indicator");
	struct prose_subject subject = { .edition = edition,
					 .report = report,
					 .formats = job_value(job, "formats") };
	struct prose prose = { 0 };
	struct text picture = { 0 };

	if (draw_picture(job, edition, &picture, err) != 0) {
		text_free(&picture);
		return -1;
	}
	if (is_of_indicator(report))
		subject.indicator = indicator ? indicator : "online-filing";
	subject.picture_height = height_of(&picture);
	if (silent)
		prose_paragraph(&prose, silent);
	prose_report(&prose, &subject, job_value(job, "lang"));
	add_file(files, "text", "", &prose.text);
	add_file(files, "html", "", &prose.html);
	if (picture.length)
		add_file(files, "picture", "", &picture);
	return 0;
}

/* ---- Keeping ------------------------------------------------------------- */

/* Files first: a row never names what is not there. */
static int keep_file(const struct job *job, const struct issue_file *file,
		     char sha256[DIGEST_SIZE], struct error *err)
{
	const struct worker *worker = job->worker;
	const char *params[3] = { sha256, NULL, file->media_type };
	char length[24];

	snprintf(length, sizeof length, "%zu", file->bytes.length);
	params[1] = length;
	if (archive_store(worker->archive, text_string(&file->bytes), file->bytes.length,
			  sha256, err) != 0)
		return -1;
	return db_query(worker->db, ARCHIVE_ADD, params, 3, NULL, err);
}

static int note_edition(const struct job *job, const struct edition *edition,
			char **number, struct error *err)
{
	const char *const params[] = {
		job_value(job, "agency_id"),   job_value(job, "schedule_id"),
		job_value(job, "period"),      job_value(job, "revision"),
		job_value(job, "vintage"),     edition_as_of(edition),
		edition_verification(edition), edition_title(edition),
		edition_sentence(edition),     edition_figures(edition)
	};

	return db_value_of(job->worker->db, EDITION_ADD, params, 10, number, err);
}

static int note_files(const struct job *job, const struct issue_files *files,
		      char (*digests)[DIGEST_SIZE], const char *number, struct error *err)
{
	for (size_t i = 0; i < files->count; i++) {
		const char *const params[] = { number, files->items[i].format,
					       files->items[i].name, digests[i] };

		if (db_query(job->worker->db, FILE_ADD, params, 4, NULL, err) != 0)
			return -1;
	}
	return 0;
}

/* Another process may have been first: then *NUMBER is that of its edition. */
static int keep(const struct job *job, const struct edition *edition,
		const struct issue_files *files, char **number, struct error *err)
{
	char(*digests)[DIGEST_SIZE] = memory_zeroed(files->count + 1, sizeof *digests);
	const char *const key[] = { job_value(job, "agency_id"),
				    job_value(job, "schedule_id"),
				    job_value(job, "period"),
				    job_value(job, "revision") };
	struct db *db = job->worker->db;
	int status = 0;

	for (size_t i = 0; status == 0 && i < files->count; i++)
		status = keep_file(job, &files->items[i], digests[i], err);
	if (status == 0)
		status = db_query(db, "BEGIN", NULL, 0, NULL, err);
	if (status == 0) {
		status = note_edition(job, edition, number, err);
		if (status == 0 && *number)
			status = note_files(job, files, digests, *number, err);
		if (status == 0)
			status = db_query(db, "COMMIT", NULL, 0, NULL, err);
		if (status != 0)
			db_rollback(db);
	}
	if (status == 0 && !*number)
		status = db_value_of(db, FIND, key, 4, number, err);
	free(digests);
	return status;
}

static int draw(struct job *job, const char *silent, struct error *err)
{
	const struct edition_request request = { .report = job_value(job, "report"),
						 .period = job_value(job, "period"),
						 .lang = job_value(job, "lang"),
						 .agency = job_value(job, "agency"),
						 .indicator = job_value(job, "indicator"),
						 .vintage = job_value(job, "vintage"),
						 .site = config_get(job->worker->config,
								    "public_url"),
						 .notice = silent,
						 .models = job->worker->models };
	struct issue_files files = { 0 };
	struct edition *edition = NULL;
	int status = -1;

	if (edition_make(&edition, job->worker->db, &request, err) == 0 &&
	    draw_formats(job, edition, &files, err) == 0 &&
	    draw_parts(job, edition, silent, &files, err) == 0)
		status = keep(job, edition, &files, &job->edition, err);
	issue_files_free(&files);
	edition_free(edition);
	return status;
}

int issue_make(struct job *job, struct error *err)
{
	const char *readiness = job_value(job, "readiness");
	json_t *model = readiness ? json_loads(readiness, 0, NULL) : NULL;
	struct text silent = { 0 };
	int status = 0;

	if (job_value(job, "made")) {
		job->edition = memory_copy(job_value(job, "made"));
	} else {
		prose_silent(&silent, model, job_value(job, "lang"));
		status = draw(job, silent.length ? silent.data : NULL, err);
	}
	json_decref(model);
	text_free(&silent);
	return status;
}

/* ---- Loading ------------------------------------------------------------- */

int issue_load(const struct job *job, struct issue_files *files, struct error *err)
{
	const char *const params[] = { job->edition };
	struct db_rows *rows = NULL;
	int status = db_query(job->worker->db, FILES, params, 1, &rows, err);

	*files = (struct issue_files){ 0 };
	for (size_t i = 0; status == 0 && i < db_rows_count(rows); i++) {
		struct text bytes = { 0 };

		status = archive_load(job->worker->archive, db_value(rows, i, "sha256"),
				      &bytes, err);
		add_file(files, db_value(rows, i, "format"), db_value(rows, i, "name"),
			 &bytes);
	}
	db_rows_free(rows);
	return status;
}

void issue_files_free(struct issue_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free(files->items[i].format);
		free(files->items[i].name);
		free(files->items[i].media_type);
		text_free(&files->items[i].bytes);
	}
	free(files->items);
	*files = (struct issue_files){ 0 };
}

const struct text *issue_part(const struct issue_files *files, const char *format)
{
	for (size_t i = 0; i < files->count; i++)
		if (!*files->items[i].name && strcmp(files->items[i].format, format) == 0)
			return &files->items[i].bytes;
	return NULL;
}
