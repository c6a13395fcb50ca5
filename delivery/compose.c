/* compose.c -- the message of a row: a letter with a report, a correction, a word to the
 * owner, or the JSON of a webhook. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "delivery/archive.h"
#include "delivery/job.h"
#include "delivery/letter.h"
#include "delivery/mime.h"
#include "delivery/prose.h"
#include "reports/reports.h"

static const char EDITION[] =
#include "sql/queries/edition_show.sql.inc"
	;
static const char CHANGES[] =
#include "sql/queries/edition_changes.sql.inc"
	;
static const char PROBLEMS[] =
#include "sql/queries/outbox_problems.sql.inc"
	;

void compose_file_name(struct text *out, const struct job *job, const char *format)
{
	struct text name = { 0 };

	const char *report = job_value(job, "report");
	int is_usual = strcmp(report, "compliance") == 0;

	text_addf(&name, "%s%s%s_%s_%s_%s",
		  format_choose(job_value(job, "lang"), "bao-cao-nq17", "nq17-report"),
		  is_usual ? "" : "-", is_usual ? "" : report, job_value(job, "agency"),
		  job_value(job, "period"), job_value(job, "lang"));
	if (job_is(job, "correction"))
		text_addf(&name, "_v%s", job_value(job, "revision"));
	mime_add_safe_name(out, name.data);
	text_addf(out, ".%s", format);
	text_free(&name);
}

/* ---- The frame of every letter ------------------------------------------- */

static void begin(struct letter *letter, const struct job *job, struct text *from_words)
{
	text_addf(from_words, "NQ17 – %s", job_value(job, "owner"));
	*letter = (struct letter){ .from_words = from_words->data,
				   .from = config_get(job->worker->config, "mail_from"),
				   .to = job->place,
				   .language = job_value(job, "lang"),
				   .message_id = job->message_id,
				   .date = atoll(job_value(job, "queued_at")),
				   .zone_offset = "+0700",
				   .offset_seconds = 7 * 3600 };
}

/* Where the same figures can be looked at, or NULL; belongs to the caller. */
static char *link_of(const struct job *job)
{
	const char *url = config_get(job->worker->config, "public_url");
	const char *vintage = job_value(job, "vintage");
	struct text link = { 0 };
	size_t length = url ? strlen(url) : 0;

	if (!url)
		return NULL;
	while (length && url[length - 1] == '/')
		length--;
	text_add_bytes(&link, url, length);
	if (strcmp(job_value(job, "agency"), "VN") == 0)
		text_add_char(&link, '/');
	else
		text_addf(&link, "/agencies/%s", job_value(job, "agency"));
	text_addf(&link, "?period=%s&lang=%s", job_value(job, "period"),
		  job_value(job, "lang"));
	if (vintage)
		text_addf(&link, "&vintage=%s", vintage);
	return text_take(&link);
}

/* ---- Reports and corrections --------------------------------------------- */

static int add_changes(struct prose *prose, const struct job *job, struct error *err)
{
	const char *const params[] = { job_value(job, "previous"),
				       job_value(job, "vintage") };
	char *answer = NULL;
	json_t *changes;

	if (!job_is(job, "correction") || !params[0])
		return 0;
	if (db_value_of(job->worker->db, CHANGES, params, 2, &answer, err) != 0)
		return -1;
	changes = json_loads(answer, 0, NULL);
	prose_changes(prose, changes, !job_value(job, "previous_vintage"),
		      job_value(job, "lang"));
	json_decref(changes);
	free(answer);
	return 0;
}

static int write_prose(struct prose *prose, const struct job *job,
		       const struct issue_files *files, const char *title,
		       struct error *err)
{
	const struct text *text = issue_part(files, "text");
	const struct text *html = issue_part(files, "html");
	struct prose whole = { 0 };
	char *link = link_of(job);
	int status = add_changes(&whole, job, err);

	if (status == 0 && (!text || !html))
		status = error_set(err, ERROR_INTERNAL, "the edition has no words");
	if (status == 0) {
		text_add(&whole.text, text_string(text));
		text_add(&whole.html, text_string(html));
		prose_end(&whole, job_value(job, "lang"), link);
		text_add(&prose->text, text_string(&whole.text));
		prose_frame(&prose->html, job_value(job, "lang"), title,
			    text_string(&whole.html));
	}
	prose_free(&whole);
	free(link);
	return status;
}

/* The title with whom it is for, where it does not say so, and the edition: what it is of,
 * or that it is provisional. */
static void add_subject(struct text *out, const struct job *job, const char *title)
{
	const char *lang = job_value(job, "lang"), *vintage = job_value(job, "vintage");

	if (job_is(job, "correction"))
		text_addf(out, "%s ", format_choose(lang, "Đính chính:", "Correction:"));
	text_add(out, title);
	if (!strstr(title, job_value(job, "agency_name")))
		text_addf(out, " – %s", job_value(job, "agency_name"));
	if (vintage)
		text_addf(out, " (%s %s)", format_choose(lang, "bản công bố", "vintage"),
			  vintage);
	else
		text_addf(out, " (%s)", format_choose(lang, "tạm tính", "provisional"));
}

static size_t attach(struct letter_file *attached, const struct issue_files *files)
{
	size_t count = 0;

	for (size_t i = 0; i < files->count; i++) {
		const struct issue_file *file = &files->items[i];

		if (*file->name)
			attached[count++] = (struct letter_file){
				.name = file->name,
				.media_type = file->media_type,
				.bytes = text_string(&file->bytes),
				.length = file->bytes.length,
			};
	}
	return count;
}

int compose_letter(const struct job *job, const struct issue_files *files,
		   struct text *out, struct error *err)
{
	const char *const params[] = { job->edition };
	const struct text *picture = issue_part(files, "picture");
	struct letter_file *attached = memory_zeroed(files->count + 1, sizeof *attached);
	struct text from_words = { 0 }, subject = { 0 };
	struct prose prose = { 0 };
	struct db_rows *rows = NULL;
	struct letter letter;
	int status = db_query(job->worker->db, EDITION, params, 1, &rows, err);

	if (status == 0)
		status = write_prose(&prose, job, files, db_value(rows, 0, "title"), err);
	if (status == 0) {
		begin(&letter, job, &from_words);
		add_subject(&subject, job, db_value(rows, 0, "title"));
		letter.subject = subject.data;
		letter.in_reply_to = job_value(job, "previous_message");
		letter.unsubscribe = job_value(job, "alert_to");
		letter.text = text_string(&prose.text);
		letter.html = text_string(&prose.html);
		letter.picture = picture ? text_string(picture) : NULL;
		letter.picture_length = picture ? picture->length : 0;
		letter.files = attached;
		letter.files_count = attach(attached, files);
		letter_write(out, &letter);
	}
	db_rows_free(rows);
	prose_free(&prose);
	text_free(&from_words);
	text_free(&subject);
	free(attached);
	return status;
}

/* ---- To the owner -------------------------------------------------------- */

static void add_problems(struct text *text, const struct db_rows *rows)
{
	for (size_t i = 0; i < db_rows_count(rows); i++) {
		const char *recipient = db_value(rows, i, "recipient");

		text_addf(text, "- %s, %s: %s\n    %s\n", db_value(rows, i, "agency"),
			  *recipient ? recipient : "-", db_value(rows, i, "state"),
			  db_value(rows, i, "answer"));
	}
}

int compose_alert(const struct job *job, struct text *out, struct error *err)
{
	const char *const params[] = { job_value(job, "schedule_id"),
				       job_value(job, "period") };
	const char *lang = job_value(job, "lang");
	struct text from_words = { 0 }, subject = { 0 }, text = { 0 };
	struct db_rows *rows = NULL;
	struct letter letter;

	if (db_query(job->worker->db, PROBLEMS, params, 2, &rows, err) != 0)
		return -1;
	text_addf(&subject,
		  format_choose(lang, "NQ17: báo cáo %s, %s chưa gửi được đầy đủ",
				"NQ17: report %s, %s was not sent to everybody"),
		  job_value(job, "schedule"), job_value(job, "period_name"));
	text_addf(&text, "%s.\n\n", subject.data);
	if (db_rows_count(rows) == 0)
		text_add(&text,
			 format_choose(lang,
				       "Lịch gửi không có người nhận nào trong kỳ này.\n",
				       "The schedule names nobody for this period.\n"));
	add_problems(&text, rows);
	text_addf(&text, "\n%s\n    nq17 outbox list --schedule %s --period %s\n",
		  format_choose(lang,
				"Chi tiết và cách xử lý:", "Details, and what to do:"),
		  job_value(job, "schedule"), job_value(job, "period"));
	begin(&letter, job, &from_words);
	letter.subject = subject.data;
	letter.text = text.data;
	letter_write(out, &letter);
	db_rows_free(rows);
	text_free(&from_words);
	text_free(&subject);
	text_free(&text);
	return 0;
}

/* ---- To a program -------------------------------------------------------- */

static json_t *file_object(const struct job *job, const struct issue_file *file)
{
	struct text name = { 0 }, content = { 0 }, joined = { 0 };
	char sha256[DIGEST_SIZE];
	json_t *object;

	compose_file_name(&name, job, file->format);
	digest_of(text_string(&file->bytes), file->bytes.length, sha256);
	mime_add_base64(&content, text_string(&file->bytes), file->bytes.length);
	for (const char *c = text_string(&content); *c; c++)
		if (*c != '\r' && *c != '\n')
			text_add_char(&joined, *c);
	object = json_pack("{s:s, s:s, s:s, s:s}", "name", name.data, "media_type",
			   file->media_type, "sha256", sha256, "content",
			   text_string(&joined));
	text_free(&name);
	text_free(&content);
	text_free(&joined);
	return object;
}

int compose_hook(const struct job *job, const struct issue_files *files, struct text *out,
		 struct error *err)
{
	const char *const params[] = { job->edition };
	struct db_rows *rows = NULL;
	json_t *list, *object;
	char *bytes;

	if (db_query(job->worker->db, EDITION, params, 1, &rows, err) != 0)
		return -1;
	list = json_array();
	for (size_t i = 0; i < files->count; i++)
		if (*files->items[i].name)
			json_array_append_new(list, file_object(job, &files->items[i]));
	object = json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:s?, s:s, s:s, s:s, s:s, s:o}", "id",
		job->message_id, "schedule", job_value(job, "schedule"), "kind",
		job_value(job, "kind"), "period", job_value(job, "period"), "agency",
		job_value(job, "agency"), "vintage", db_value(rows, 0, "vintage_id"),
		"as_of", db_value(rows, 0, "as_of"), "verification",
		db_value(rows, 0, "verification"), "title", db_value(rows, 0, "title"),
		"sentence", db_value(rows, 0, "sentence"), "files", list);
	bytes = json_dumps(object, JSON_COMPACT);
	text_add(out, bytes);
	free(bytes);
	json_decref(object);
	db_rows_free(rows);
	return 0;
}
