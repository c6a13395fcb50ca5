/* upload_page.c -- /data/upload: a file through a page, as a trial first. */
#include "web/upload_page.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <jansson.h>

#include "collector/collector.h"
#include "web/data_page.h"
#include "web/form.h"
#include "web/intake.h"
#include "web/outcome.h"
#include "web/site.h"

enum {
	SHOWN_ERRORS = 200,
	NAME_MAX_BYTES = 200,
	LOOKS = 20, /* for a receipt, before the page says that it is not there yet */
	LOOK_MILLISECONDS = 50,
	REFRESH_SECONDS = 2,
};

static const char BEGIN[] =
#include "sql/queries/upload_begin.sql.inc"
	;
static const char REPLAY[] =
#include "sql/queries/upload_replay.sql.inc"
	;
static const char PAGE[] =
#include "sql/queries/upload_page.sql.inc"
	;
static const char SEND[] =
#include "sql/queries/upload_send.sql.inc"
	;

static int see_other(const struct visit *visit, struct reply *reply, struct text *address)
{
	if (strcmp(visit->request->language, "en") == 0)
		text_addf(address, "%slang=en", strchr(address->data, '?') ? "&" : "?");
	reply_see_other(reply, text_string(address));
	text_free(address);
	return 0;
}

static enum message_language language_of(const struct visit *visit)
{
	return strcmp(visit->request->language, "en") == 0 ? MESSAGE_EN : MESSAGE_VI;
}

/* ---- The file ----------------------------------------------------------- */

/* Without the folders that some browsers tell. */
static const char *plain_name(const char *name)
{
	for (const char *at = name; *at; at++)
		if (*at == '/' || *at == '\\')
			name = at + 1;
	return name;
}

/* NULL: a file of this name is of no format that is taken. */
static const char *format_of(const char *name)
{
	static const struct {
		const char *ending, *format;
	} formats[] = {
		{ ".csv", "csv" },   { ".ndjson", "ndjson" }, { ".jsonl", "ndjson" },
		{ ".json", "json" }, { ".xlsx", "xlsx" },
	};
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < sizeof formats / sizeof *formats; i++)
		if (strcasecmp(dot, formats[i].ending) == 0)
			return strcmp(formats[i].format, "json") == 0 &&
					       !collector_takes_format("json")
				       ? "cloudevents"
				       : formats[i].format;
	return NULL;
}

/* Refused records are sent again by the number of their batch. */
#define REPLAY_FORMAT "replay"

static const char *way_of(const char *format)
{
	return strcmp(format, REPLAY_FORMAT) == 0 ? "replay" : "form";
}

static int begin_draft(struct spool *spool, const struct text *bytes,
		       struct spool_draft **draft, struct error *err)
{
	if (spool_begin(spool, draft, err) != 0)
		return -1;
	if (spool_write(*draft, bytes->data, bytes->length, err) == 0)
		return 0;
	spool_abandon(*draft);
	return -1;
}

/* The bytes twice: for the trial, and for when it is sent in earnest. */
static int spool_trial(const struct visit *visit, const struct text *bytes,
		       struct spool_note *note, struct error *err)
{
	struct spool *spool = visit->intake->spool;
	struct spool_draft *draft;

	if (begin_draft(spool, bytes, &draft, err) != 0 ||
	    spool_keep(spool, draft, note->id, err) != 0 ||
	    begin_draft(spool, bytes, &draft, err) != 0)
		return -1;
	strcat(note->id, ".try"); /* of 43 letters at the most */
	note->dry_run = 1;
	return spool_hand_over(spool, draft, note, err);
}

/* ROWS say what it is called and whose records may come. */
static int try_bytes(const struct visit *visit, const struct db_rows *rows,
		     const struct text *bytes, const char *name, const char *type,
		     const char *format, struct text *location, struct error *err)
{
	struct spool_note note = { .type = (char *)type,
				   .format = (char *)format,
				   .file = (char *)name,
				   .way = (char *)way_of(format),
				   .language = language_of(visit) };

	snprintf(note.id, sizeof note.id - sizeof ".try", "%s",
		 db_value(rows, 0, "delivery"));
	note.agency = (char *)db_value(rows, 0, "agency");
	note.scope = (int32_t)strtol(db_value(rows, 0, "scope"), NULL, 10);
	text_addf(location, "/data/upload/%s", note.id);
	return spool_trial(visit, bytes, &note, err);
}

static int begin_trial(const struct visit *visit, const struct form_file *file,
		       const char *name, const char *type, const char *format,
		       struct text *location, struct error *err)
{
	char session[24], bytes[24];
	const char *const params[] = {
		session, request_field(visit->request, "agency"), type, format, name,
		bytes,
	};
	struct db_rows *rows = NULL;
	int status;

	snprintf(session, sizeof session, "%" PRId64, visit->visitor->session_id);
	snprintf(bytes, sizeof bytes, "%zu", file->bytes.length);
	if (db_query(visit->db, BEGIN, params, 6, &rows, err) != 0)
		return -1;
	status = try_bytes(visit, rows, &file->bytes, name, type, format, location, err);
	db_rows_free(rows);
	return status;
}

int post_upload(const struct visit *visit, struct reply *reply, struct error *err)
{
	const struct form_file *file = form_file(visit->request->form, "file");
	const char *type = request_field(visit->request, "type");
	const char *name = file ? plain_name(file->name) : "";
	const char *format = format_of(name);
	struct text location = { 0 };

	if (!type || !collector_takes_type(type))
		return error_set(err, ERROR_INVALID, "no such record type");
	if (!file || file->bytes.length == 0 || !format) {
		text_addf(&location, "/data/upload?type=%s&note=%s", type,
			  format ? "no_file"
			  : file ? "format"
				 : "no_file");
		return see_other(visit, reply, &location);
	}
	if (!text_is_utf8(name, strlen(name)) || strlen(name) > NAME_MAX_BYTES)
		return error_set(err, ERROR_INVALID, "the name of the file");
	if (!intake_has_room(visit->intake, 2 * file->bytes.length)) {
		site_refuse(visit->site, visit->request, 0, "disk_full", NULL, reply);
		return 0;
	}
	if (begin_trial(visit, file, name, type, format, &location, err) != 0) {
		text_free(&location);
		return -1;
	}
	return see_other(visit, reply, &location);
}

int post_batch(const struct visit *visit, struct reply *reply, struct error *err)
{
	char session[24];
	const char *const params[] = { session, request_value(visit->request, ":batch") };
	struct text location = { 0 }, number = { 0 };
	struct db_rows *rows = NULL;
	int status;

	snprintf(session, sizeof session, "%" PRId64, visit->visitor->session_id);
	if (db_query(visit->db, REPLAY, params, 2, &rows, err) != 0)
		return -1;
	if (db_rows_count(rows) == 0) {
		db_rows_free(rows);
		return error_set(err, ERROR_NOT_FOUND, SITE_NOTHING_HERE);
	}
	text_add(&number, db_value(rows, 0, "body"));
	status = try_bytes(visit, rows, &number, db_value(rows, 0, "file"),
			   db_value(rows, 0, "type"), REPLAY_FORMAT, &location, err);
	db_rows_free(rows);
	text_free(&number);
	if (status == 0)
		return see_other(visit, reply, &location);
	text_free(&location);
	return -1;
}

/* ---- The verdict -------------------------------------------------------- */

/* The collector mostly takes less than a second.  NULL: it is still at it. */
static int wait_for_receipt(struct spool *spool, const char *id, char **receipt,
			    struct error *err)
{
	const struct timespec pause = { .tv_nsec = LOOK_MILLISECONDS * 1000000L };

	for (int look = 0; look < LOOKS; look++) {
		/* Asked first: an item that leaves has its receipt before. */
		int waits = spool_is_waiting(spool, id);

		if (spool_receipt(spool, id, receipt, err) != 0)
			return -1;
		if (*receipt || !waits)
			return 0;
		nanosleep(&pause, NULL);
	}
	return 0;
}

/* The codes of ERRORS, each once, with how many have it. */
static json_t *count_codes(const json_t *errors)
{
	json_t *counts = json_object(), *codes = json_array(), *line, *count;
	const char *code;
	size_t i;

	json_array_foreach(errors, i, line) {
		code = json_string_value(json_object_get(line, "code"));
		if (code)
			json_object_set_new(
				counts, code,
				json_integer(1 + json_integer_value(
							 json_object_get(counts, code))));
	}
	json_object_foreach(counts, code, count)
		json_array_append_new(
			codes, json_pack("{s:s, s:O}", "code", code, "count", count));
	json_decref(counts);
	return codes;
}

static void add_verdict(const struct visit *visit, const char *receipt, json_t *model)
{
	json_t *verdict = json_loads(receipt, 0, NULL);
	json_t *errors = json_object_get(verdict, "errors"), *shown = json_array(), *line;
	int is_refusal = outcome_is_refusal(receipt);
	size_t i;

	json_array_foreach(errors, i, line) {
		if (i < SHOWN_ERRORS)
			json_array_append(shown, line);
	}
	json_object_set_new(model, "errors", shown);
	json_object_set_new(model, "codes", count_codes(shown));
	json_object_set_new(model, "is_more",
			    json_boolean(json_integer_value(json_object_get(
						 verdict, "rejected")) > SHOWN_ERRORS));
	json_object_set_new(model, "has_errors",
			    json_boolean(!is_refusal && json_array_size(shown) > 0));
	json_object_set_new(model, "is_refusal", json_boolean(is_refusal));
	json_object_set(model, "warnings", json_object_get(verdict, "warnings"));
	explain_refused(visit, model);
	json_object_set_new(model, "verdict", verdict);
}

/* 1: sent, and committed as a batch, which is where to look now. */
static int is_batch(const struct visit *visit, const json_t *model, const char *receipt,
		    struct reply *reply)
{
	json_t *read = receipt ? json_loads(receipt, 0, NULL) : NULL;
	json_int_t batch = json_integer_value(json_object_get(model, "batch"));
	struct text location = { 0 };

	if (batch == 0 && json_is_true(json_object_get(model, "is_sent")))
		batch = json_integer_value(json_object_get(read, "batch"));
	json_decref(read);
	if (batch == 0)
		return 0;
	text_addf(&location, "/data/batches/%" JSON_INTEGER_FORMAT, batch);
	see_other(visit, reply, &location);
	return 1;
}

static int show_trial(const struct visit *visit, json_t *model, struct reply *reply,
		      struct error *err)
{
	const char *delivery = json_string_value(json_object_get(model, "delivery"));
	struct text id = { 0 };
	char *receipt = NULL;
	int status = -1;

	text_addf(&id, "%s%s", delivery,
		  json_is_true(json_object_get(model, "is_sent")) ? "" : ".try");
	if (json_integer_value(json_object_get(model, "batch")) == 0 &&
	    wait_for_receipt(visit->intake->spool, text_string(&id), &receipt, err) != 0)
		goto done;
	if (is_batch(visit, model, receipt, reply)) {
		status = 0;
		goto done;
	}
	if (receipt)
		add_verdict(visit, receipt, model);
	status = site_render(visit->site, "uploaded", visit->request, model, reply, err);
	if (!receipt)
		reply->refresh = REFRESH_SECONDS;
done:
	text_free(&id);
	free(receipt);
	return status;
}

int answer_trial(const struct visit *visit, struct reply *reply, struct error *err)
{
	char session[24];
	const char *const params[] = { session, request_value(visit->request, ":trial") };
	char *bytes = NULL;
	json_t *model;
	int status;

	snprintf(session, sizeof session, "%" PRId64, visit->visitor->session_id);
	if (db_value_of(visit->db, PAGE, params, 2, &bytes, err) != 0)
		return -1;
	model = bytes ? json_loads(bytes, 0, NULL) : NULL;
	free(bytes);
	if (!model)
		return error_set(err, ERROR_NOT_FOUND, "no such trial any more");
	status = show_trial(visit, model, reply, err);
	json_decref(model);
	return status;
}

/* ---- In earnest --------------------------------------------------------- */

/* A body that is not there was sent before: the page says what became of it. */
static int hand_over(const struct visit *visit, const struct db_rows *rows,
		     struct error *err)
{
	struct spool_note note = { .type = (char *)db_value(rows, 0, "type"),
				   .format = (char *)db_value(rows, 0, "format"),
				   .file = (char *)db_value(rows, 0, "file"),
				   .agency = (char *)db_value(rows, 0, "agency"),
				   .language = language_of(visit) };
	struct spool_draft *draft;

	note.way = (char *)way_of(note.format);
	snprintf(note.id, sizeof note.id, "%s", db_value(rows, 0, "delivery"));
	note.scope = (int32_t)strtol(db_value(rows, 0, "scope"), NULL, 10);
	if (spool_resume(visit->intake->spool, note.id, &draft, err) != 0)
		return -1;
	return draft ? spool_hand_over(visit->intake->spool, draft, &note, err) : 0;
}

int post_trial(const struct visit *visit, struct reply *reply, struct error *err)
{
	char session[24];
	const char *delivery = request_value(visit->request, ":trial");
	const char *const params[] = { session, delivery };
	struct text location = { 0 };
	struct db_rows *rows = NULL;
	int status;

	snprintf(session, sizeof session, "%" PRId64, visit->visitor->session_id);
	if (db_query(visit->db, SEND, params, 2, &rows, err) != 0)
		return -1;
	status = db_rows_count(rows) == 1
			 ? hand_over(visit, rows, err)
			 : error_set(err, ERROR_NOT_FOUND, "no such trial any more");
	db_rows_free(rows);
	if (status != 0)
		return -1;
	text_addf(&location, "/data/upload/%s", delivery);
	return see_other(visit, reply, &location);
}
