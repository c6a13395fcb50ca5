/* batch.c -- one file, one transaction: decode, check, stage, merge, receipt. */
#include "collector/batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "collector/agency_register.h"
#include "collector/bulk.h"
#include "collector/check.h"
#include "collector/habit.h"
#include "collector/mapping.h"
#include "collector/personal.h"
#include "collector/refused.h"
#include "collector/stage.h"

enum { PROGRESS_EVERY = 20000, ATTEMPTS = 5 };

static const char OPEN[] =
#include "sql/queries/intake_open.sql.inc"
	;
static const char MERGE[] =
#include "sql/queries/intake_merge.sql.inc"
	;
static const char DECIDE[] =
#include "sql/queries/intake_decide.sql.inc"
	;
static const char MARK_SAMPLE[] =
#include "sql/queries/intake_mark_sample.sql.inc"
	;
static const char EVENTS_AGAIN[] =
#include "sql/queries/intake_events_again.sql.inc"
	;
static const char LATE[] =
#include "sql/queries/intake_late.sql.inc"
	;
static const char CLOSE[] =
#include "sql/queries/intake_close.sql.inc"
	;
static const char REFUSE[] =
#include "sql/queries/intake_refuse.sql.inc"
	;
static const char RECEIPT[] =
#include "sql/queries/intake_receipt.sql.inc"
	;
static const char REREAD[] =
#include "sql/queries/intake_reread.sql.inc"
	;
static const char DELIVERED[] =
#include "sql/queries/intake_delivered.sql.inc"
	;
static const char DECLARE_STAGE_REFUSED[] =
#include "sql/queries/intake_stage_refused.sql.inc"
	;

/* Whether sample dossiers may come into the store; the first dossier asks. */
enum samples { SAMPLES_UNASKED, SAMPLES_REFUSED, SAMPLES_WELCOME, SAMPLES_CAME };

struct batch {
	const struct batch_request *request;
	struct db *db;
	struct input *input;
	struct file_refusal refusal;
	struct agency_register *agencies;
	struct level4 *services; /* for dossiers */
	struct aliases *dossiers, *procedures;
	struct profile *profile; /* or NULL */
	struct mapping mapping;
	const struct raw_record *decoded; /* the record at hand, before it was mapped */
	struct checker checker;
	struct stage *stage; /* of all but dossiers, and of events */
	struct bulk *bulk;   /* of dossiers */
	struct habit *habit; /* the same */
	enum samples samples;
	struct refused *refused;
	struct receipt *receipt;
	int key;                    /* the field that names a record */
	unsigned char *agency_seen; /* by agency id */
	int32_t agency_limit;
	struct text header; /* of a CSV file */
	char delimiter;
	struct text key_text, message, value, detail;
	/* While records refused by the merge are looked up again. */
	struct db_rows *found;
	size_t found_at;
};

/* ---- First pass: decode, check, stage ----------------------------------- */

static void note_agency(struct batch *batch, int32_t id)
{
	if (id >= batch->agency_limit) {
		int32_t limit = id * 2 + 64;

		batch->agency_seen = memory_resize(batch->agency_seen, (size_t)limit, 1);
		memset(batch->agency_seen + batch->agency_limit, 0,
		       (size_t)(limit - batch->agency_limit));
		batch->agency_limit = limit;
	}
	batch->agency_seen[id] = 1;
}

static void show_progress(const struct batch *batch, int last)
{
	uint64_t size = input_size(batch->input), at = input_position(batch->input);
	int parts = size ? (int)(at * 30 / size) : 0;
	static const char BAR[] = "##############################";

	if (!batch->request->progress ||
	    (!last && batch->receipt->received % PROGRESS_EVERY != 0))
		return;
	if (last)
		fprintf(stderr, "\r%60s\r", "");
	else if (size)
		fprintf(stderr, "\r[%-30.*s] %3d%% %llu", parts, BAR,
			(int)(at * 100 / size), batch->receipt->received);
	else
		fprintf(stderr, "\r%llu", batch->receipt->received);
	fflush(stderr);
}

/* The text that names RAW in the receipt, or NULL. */
static const char *name_record(struct batch *batch, const struct raw_record *raw)
{
	const struct field_text *field = &raw->fields[batch->key];

	if (field->form == FIELD_ABSENT || !field->bytes)
		return NULL;
	text_clear(&batch->key_text);
	text_add_bytes(&batch->key_text, field->bytes,
		       field->length > 200 ? 200 : field->length);
	return text_string(&batch->key_text);
}

/* VALUE without what is personal in it; NULL for none. */
static const char *mask(struct text *out, const char *value)
{
	text_clear(out);
	if (!value || !*value)
		return NULL;
	personal_mask(out, value, strlen(value), NULL);
	return text_string(out);
}

/* The key of a refused record, NULL for none.  One with something personal in it is not
 * kept; what names the record is no more than that. */
static const char *key_of(struct batch *batch, const struct raw_record *raw,
			  int32_t agency_id, const char *code, const char *name)
{
	const char *key = checker_key(&batch->checker, raw, agency_id, code);

	text_clear(&batch->value);
	if (key && personal_mask(&batch->value, key, strlen(key), name))
		return NULL;
	return key;
}

static int add_refused(struct batch *batch, const struct raw_record *raw,
		       int32_t agency_id, const char *code,
		       const struct message_parts *parts, struct error *err)
{
	struct refused_record record = {
		.agency_id = agency_id,
		.line = raw->line,
		.dossier = name_record(batch, raw),
		.field = parts->field,
		.code = code,
	};
	struct message_parts shown = { .field = parts->field };

	record.key = key_of(batch, raw, agency_id, code, record.dossier);
	mapping_strip(&batch->mapping, batch->decoded, text_string(&batch->header),
		      batch->delimiter, &record.source, &record.source_length);

	/* What is personal in them is told to nobody. */
	shown.value = record.value = mask(&batch->value, parts->value);
	shown.detail = mask(&batch->detail, parts->detail);
	text_clear(&batch->message);
	message_add(&batch->message, batch->request->language, code, &shown);
	record.message = text_string(&batch->message);
	return refused_add(batch->refused, &record, err);
}

static int refuse(struct batch *batch, const struct raw_record *raw, struct error *err)
{
	const struct typed_record *record = &batch->checker.record;
	const struct refusal *refusal = &record->refusal;
	const struct message_parts parts = { refusal->field, text_string(&refusal->value),
					     text_string(&refusal->detail) };

	if (raw->event_id &&
	    refused_add_event(batch->refused, raw->line, raw->event_source, raw->event_id,
			      err) != 0)
		return -1;
	return add_refused(batch, raw, record->agency_id, refusal->code, &parts, err);
}

static int is_sample(const struct typed_record *record)
{
	const struct typed_value *code = &record->values[DOSSIER_CODE];

	return code->length >= 7 && memcmp(code->bytes, "SAMPLE-", 7) == 0;
}

/* The first dossier of a file may decide for the store; see intake_decide(). */
static int ask_for_samples(struct batch *batch, struct error *err)
{
	const char *const params[] = { is_sample(&batch->checker.record) ? "t" : "f" };
	char *welcome = NULL;

	if (db_value_of(batch->db, DECIDE, params, 1, &welcome, err) != 0)
		return -1;
	batch->samples = *welcome == 't' ? SAMPLES_WELCOME : SAMPLES_REFUSED;
	free(welcome);
	return 0;
}

/* *REFUSED: it is a sample, and those may not come. */
static int take_sample(struct batch *batch, const struct raw_record *raw, int *refused,
		       struct error *err)
{
	const struct typed_record *record = &batch->checker.record;
	const struct typed_value *code = &record->values[DOSSIER_CODE];
	struct message_parts parts = { .field = "dossier" };

	*refused = 0;
	if (!is_sample(record))
		return 0;
	if (batch->samples != SAMPLES_REFUSED) {
		batch->samples = SAMPLES_CAME;
		return 0;
	}
	*refused = 1;
	text_clear(&batch->key_text);
	text_add_bytes(&batch->key_text, code->bytes, code->length);
	parts.value = memory_copy(text_string(&batch->key_text));
	int status = add_refused(batch, raw, record->agency_id, "sample_in_real_store",
				 &parts, err);
	free((char *)parts.value);
	return status;
}

static int take_dossier(struct batch *batch, const struct raw_record *raw,
			struct error *err)
{
	const struct typed_record *record = &batch->checker.record;
	int refused;

	if ((batch->samples == SAMPLES_UNASKED && ask_for_samples(batch, err) != 0) ||
	    take_sample(batch, raw, &refused, err) != 0)
		return -1;
	if (refused)
		return 0;
	note_agency(batch, record->agency_id);
	habit_note(batch->habit, record);
	return batch->bulk ? bulk_put(batch->bulk, record, err)
			   : stage_put(batch->stage, record, err);
}

static int take_record(void *context, const struct raw_record *raw, struct error *err)
{
	struct batch *batch = context;
	struct typed_record *record = &batch->checker.record;

	batch->decoded = raw;
	raw = mapping_apply(&batch->mapping, raw);
	if (!raw)
		return 0;
	checker_take(&batch->checker, raw);
	batch->receipt->received++;
	show_progress(batch, 0);
	if (record->refusal.code)
		return refuse(batch, raw, err);
	if (batch->request->type->kind == RECORD_DOSSIER)
		return take_dossier(batch, raw, err);
	note_agency(batch, record->agency_id);
	return stage_put(batch->stage, record, err);
}

static int decode(struct batch *batch, record_sink *sink, struct error *err)
{
	struct decoding decoding = {
		.input = batch->input,
		.type = batch->profile ? &batch->profile->source : batch->request->type,
		.styles = batch->mapping.styles,
		.period = batch->request->period,
		.agency_given = batch->request->agency != NULL,
		.refusal = &batch->refusal,
		.sink = sink,
		.context = batch,
		.header = &batch->header,
		.delimiter = &batch->delimiter,
	};

	return batch->request->decoder->decode(&decoding, err);
}

static int has_events(const struct batch *batch)
{
	return batch->request->decoder->has_events;
}

/* All but dossiers, and dossiers as events: through the stage. */
static int stage_all(struct batch *batch, struct error *err)
{
	if (stage_begin(&batch->stage, batch->db, batch->request->type, has_events(batch),
			err) != 0)
		return -1;
	if (decode(batch, take_record, err) != 0) {
		db_copy_fail(batch->db, "the import was given up");
		return -1;
	}
	if (stage_end(batch->stage, err) != 0)
		return -1;
	return refused_store_events(batch->refused, batch->db, err);
}

static int store_all(struct batch *batch, struct error *err)
{
	struct receipt *receipt = batch->receipt;
	struct bulk_counts counts;

	if (bulk_begin(&batch->bulk, batch->db, receipt->batch, batch->request->type,
		       batch->agencies, err) != 0 ||
	    decode(batch, take_record, err) != 0 ||
	    bulk_end(batch->bulk, &counts, err) != 0)
		return -1;
	receipt->accepted = counts.accepted;
	receipt->corrected = counts.corrected;
	receipt->duplicate = counts.duplicate;
	return 0;
}

static int take_all(struct batch *batch, struct error *err)
{
	int is_dossier = batch->request->type->kind == RECORD_DOSSIER;

	if (is_dossier)
		batch->habit = habit_new();
	if ((is_dossier && !has_events(batch) ? store_all : stage_all)(batch, err) != 0)
		return -1;
	show_progress(batch, 1);
	if (batch->samples == SAMPLES_CAME &&
	    db_query(batch->db, MARK_SAMPLE, NULL, 0, NULL, err) != 0)
		return -1;
	return input_finish(batch->input, batch->receipt->sha256, err);
}

static void warn_of_dropped(struct batch *batch)
{
	char number[24];
	const struct message_parts parts = { .value = number,
					     .detail = batch->request->profile };

	if (batch->mapping.dropped == 0)
		return;
	snprintf(number, sizeof number, "%llu", batch->mapping.dropped);
	text_clear(&batch->message);
	message_add(&batch->message, batch->request->language, "dropped_by_profile",
		    &parts);
	receipt_add_warning(batch->receipt, "dropped_by_profile", batch->request->agency,
			    NULL, text_string(&batch->message));
}

/* Is what records of that type say published with the figures of a period? */
static int is_published(enum record_kind kind)
{
	return kind == RECORD_DOSSIER || kind == RECORD_SERVICE || kind == RECORD_FACT ||
	       kind == RECORD_COUNT || kind == RECORD_NATIONAL;
}

/* What was published stays as it is; who sends for it now should know. */
static int warn_of_late(struct batch *batch, struct error *err)
{
	const char *const params[] = { batch->request->type->name };
	struct db_rows *rows = NULL;

	if (!is_published(batch->request->type->kind))
		return 0;
	if (db_query(batch->db, LATE, params, 1, &rows, err) != 0)
		return -1;
	for (size_t i = 0; i < db_rows_count(rows); i++) {
		const struct message_parts parts = { .value = db_value(rows, i, "value"),
						     .detail = db_value(rows, i,
									"detail") };

		text_clear(&batch->message);
		message_add(&batch->message, batch->request->language,
			    "late_into_published", &parts);
		receipt_add_warning(batch->receipt, "late_into_published",
				    db_value(rows, i, "agency"), NULL,
				    text_string(&batch->message));
	}
	db_rows_free(rows);
	return 0;
}

/* Before the merge, while the totals are those of what was sent before. */
static int warn(struct batch *batch, struct error *err)
{
	warn_of_dropped(batch);
	if (warn_of_late(batch, err) != 0)
		return -1;
	if (!batch->habit)
		return 0;
	return habit_warn(batch->habit, batch->db, batch->receipt,
			  batch->request->language, err);
}

/* ---- Merge -------------------------------------------------------------- */

static unsigned long long read_count(const struct db_rows *rows, const char *column)
{
	return strtoull(db_value(rows, 0, column), NULL, 10);
}

static int merge(struct batch *batch, struct error *err)
{
	struct text agencies = { 0 };
	struct db_rows *rows = NULL;
	const char *params[3] = { batch->request->type->name, batch->receipt->batch };
	struct receipt *receipt = batch->receipt;
	int status;

	text_add_char(&agencies, '{');
	for (int32_t id = 0; id < batch->agency_limit; id++)
		if (batch->agency_seen[id])
			text_addf(&agencies, "%s%d", agencies.length > 1 ? "," : "",
				  (int)id);
	text_add_char(&agencies, '}');
	params[2] = text_string(&agencies);
	status = db_query(batch->db, MERGE, params, 3, &rows, err);
	if (status == 0) {
		receipt->accepted += read_count(rows, "accepted");
		receipt->corrected += read_count(rows, "corrected");
		receipt->duplicate += read_count(rows, "duplicate");
		receipt->stale = read_count(rows, "stale");
	}
	db_rows_free(rows);
	text_free(&agencies);
	return status;
}

/* An event that was taken before is a duplicate, even where what it says now would
 * be refused. */
static int forget_events_again(struct batch *batch, struct error *err)
{
	struct db_rows *rows = NULL;
	uint64_t *lines;
	size_t count;

	if (!has_events(batch))
		return 0;
	if (db_query(batch->db, EVENTS_AGAIN, NULL, 0, &rows, err) != 0)
		return -1;
	count = db_rows_count(rows);
	lines = memory_zeroed(count + 1, sizeof *lines);
	for (size_t i = 0; i < count; i++)
		lines[i] = strtoull(db_value(rows, i, "line"), NULL, 10);
	if (count > 0)
		refused_forget(batch->refused, lines, count);
	free(lines);
	db_rows_free(rows);
	return 0;
}

/* ---- Second pass: the text of records that the merge refused ------------- */

static int next_found(struct batch *batch, struct error *err)
{
	if (batch->found && ++batch->found_at < db_rows_count(batch->found))
		return 0;
	db_rows_free(batch->found);
	batch->found = NULL;
	batch->found_at = 0;
	return db_query(batch->db, "FETCH 1000 FROM stage_refusals", NULL, 0,
			&batch->found, err);
}

static int look_up(void *context, const struct raw_record *raw, struct error *err)
{
	struct batch *batch = context;
	const struct db_rows *rows = batch->found;
	size_t row = batch->found_at;
	struct message_parts parts;

	batch->decoded = raw;
	if (row >= db_rows_count(rows) ||
	    strtoull(db_value(rows, row, "line"), NULL, 10) != raw->line)
		return 0;
	raw = mapping_apply(&batch->mapping, raw);
	parts = (struct message_parts){ db_value(rows, row, "field"),
					db_value(rows, row, "value"),
					db_value(rows, row, "detail") };
	if (add_refused(batch, raw, atoi(db_value(rows, row, "agency_id")),
			db_value(rows, row, "code"), &parts, err) != 0)
		return -1;
	return next_found(batch, err);
}

static int look_up_refused(struct batch *batch, struct error *err)
{
	char sha256[65];

	if (db_query(batch->db, DECLARE_STAGE_REFUSED, NULL, 0, NULL, err) != 0 ||
	    next_found(batch, err) != 0)
		return -1;
	if (db_rows_count(batch->found) == 0)
		return 0;
	if (input_rewind(batch->input, err) != 0 || decode(batch, look_up, err) != 0 ||
	    input_finish(batch->input, sha256, err) != 0)
		return -1;
	if (strcmp(sha256, batch->receipt->sha256) != 0 ||
	    db_rows_count(batch->found) > 0)
		return file_refuse(&batch->refusal, err, "file_read_twice", NULL);
	return 0;
}

/* ---- The transaction ---------------------------------------------------- */

/* What the store calls the file; NULL for standard input. */
static const char *file_name(const struct batch_request *request)
{
	if (request->file)
		return request->file;
	return strcmp(request->path, "-") == 0 ? NULL : request->path;
}

static const char *way_of(const struct batch_request *request)
{
	return request->way ? request->way : "import";
}

/* A profile that is not in use may be tried. */
static int load_profile(struct batch *batch, struct error *err)
{
	const struct batch_request *request = batch->request;

	if (!request->profile)
		return 0;
	if (profile_load(&batch->profile, batch->db, request->profile, request->dry_run,
			 err) != 0)
		return err->kind == ERROR_NOT_FOUND
			       ? file_refuse(&batch->refusal, err, "file_unknown_profile",
					     request->profile)
			       : -1;
	if (batch->profile->type != request->type)
		return file_refuse(&batch->refusal, err, "file_profile_type",
				   batch->profile->type->name);
	batch->mapping.profile = batch->profile;
	return 0;
}

static int open_batch(struct batch *batch, struct error *err)
{
	const struct batch_request *request = batch->request;
	const char *const params[] = { request->type->name, file_name(request),
				       request->agency, request->delivery,
				       way_of(request) };
	struct db_rows *rows = NULL;

	if (db_query(batch->db, "BEGIN", NULL, 0, NULL, err) != 0 ||
	    db_query(batch->db, OPEN, params, 5, &rows, err) != 0)
		return -1;
	snprintf(batch->receipt->batch, sizeof batch->receipt->batch, "%s",
		 db_value(rows, 0, "batch_id"));
	snprintf(batch->receipt->received_at, sizeof batch->receipt->received_at, "%s",
		 db_value(rows, 0, "received_text"));
	batch->checker.arrival = strtoll(db_value(rows, 0, "arrival"), NULL, 10);
	db_rows_free(rows);
	if (agency_register_load(&batch->agencies, batch->db, err) != 0)
		return -1;
	if (request->agency && strcmp(request->agency, "VN") != 0 &&
	    !agency_register_knows(batch->agencies, request->agency,
				   strlen(request->agency)))
		return file_refuse(&batch->refusal, err, "file_unknown_agency",
				   request->agency);
	if (load_profile(batch, err) != 0)
		return -1;
	batch->checker.agencies = batch->agencies;
	if (request->type->kind == RECORD_DOSSIER &&
	    level4_load(&batch->services, batch->db, err) != 0)
		return -1;
	batch->checker.services = batch->services;
	if (aliases_load(&batch->dossiers, batch->db, ALIAS_DOSSIER, err) != 0 ||
	    aliases_load(&batch->procedures, batch->db, ALIAS_PROCEDURE, err) != 0)
		return -1;
	batch->checker.dossiers = batch->dossiers;
	batch->checker.procedures = batch->procedures;
	return 0;
}

static int close_batch(struct batch *batch, struct error *err)
{
	const struct receipt *receipt = batch->receipt;
	char numbers[6][24];
	const unsigned long long counts[6] = { receipt->received,  receipt->accepted,
					       receipt->corrected, receipt->duplicate,
					       receipt->stale,     receipt->rejected };
	const char *params[9] = { receipt->batch, receipt->sha256 };
	struct text printed = { 0 };
	int status;

	for (int i = 0; i < 6; i++) {
		snprintf(numbers[i], sizeof numbers[i], "%llu", counts[i]);
		params[2 + i] = numbers[i];
	}
	receipt_print(receipt, &printed);
	params[8] = text_string(&printed);
	status = db_query(batch->db, CLOSE, params, 9, NULL, err);
	text_free(&printed);
	return status;
}

/* How to read the refused records again. */
static int note_reading(struct batch *batch, struct error *err)
{
	const char *const params[] = { batch->receipt->batch,
				       batch->request->decoder->name,
				       batch->header.length ? batch->header.data : NULL };

	if (batch->receipt->rejected == 0)
		return 0;
	return db_query(batch->db, REREAD, params, 3, NULL, err);
}

static int run_batch(struct batch *batch, struct error *err)
{
	struct receipt *receipt = batch->receipt;

	if (refused_open(&batch->refused, batch->request->type, err) != 0 ||
	    open_batch(batch, err) != 0 || take_all(batch, err) != 0 ||
	    warn(batch, err) != 0 || merge(batch, err) != 0 ||
	    forget_events_again(batch, err) != 0 || look_up_refused(batch, err) != 0)
		return -1;
	receipt->rejected = refused_count(batch->refused);
	if (refused_store(batch->refused, batch->db, receipt->batch, err) != 0 ||
	    receipt_load_errors(receipt, batch->db, receipt->batch, err) != 0 ||
	    note_reading(batch, err) != 0 || close_batch(batch, err) != 0)
		return -1;
	return db_query(batch->db, batch->request->dry_run ? "ROLLBACK" : "COMMIT", NULL,
			0, NULL, err);
}

/* After the transaction was given up: only the attempt is kept. */
static int store_refusal(struct batch *batch, const char *why, struct error *err)
{
	const struct batch_request *request = batch->request;
	struct receipt *receipt = batch->receipt;
	const char *const params[] = { request->type->name,
				       file_name(request),
				       receipt->sha256,
				       receipt->received_at,
				       why,
				       request->delivery,
				       way_of(request) };
	struct text printed = { 0 };
	const char *answer[2] = { receipt->batch };
	char *id = NULL;
	int status;

	receipt->received = receipt->accepted = receipt->corrected = 0;
	receipt->duplicate = receipt->stale = receipt->rejected = 0;
	receipt->batch[0] = '\0';
	text_clear(&receipt->errors);
	text_clear(&receipt->warnings);
	receipt_add_error(receipt, "null", NULL, NULL, NULL, batch->refusal.code, why);
	if (input_finish(batch->input, receipt->sha256, err) != 0)
		return -1;
	if (request->dry_run)
		return 0;
	if (db_query(batch->db, "BEGIN", NULL, 0, NULL, err) != 0 ||
	    db_value_of(batch->db, REFUSE, params, 7, &id, err) != 0)
		return -1;
	snprintf(receipt->batch, sizeof receipt->batch, "%s", id);
	free(id);
	receipt_print(receipt, &printed);
	answer[1] = text_string(&printed);
	status = db_query(batch->db, RECEIPT, answer, 2, NULL, err);
	text_free(&printed);
	return status ? -1 : db_query(batch->db, "COMMIT", NULL, 0, NULL, err);
}

static int write_errors(struct batch *batch, struct error *err)
{
	const struct batch_request *request = batch->request;

	if (!request->errors_path || request->dry_run || batch->receipt->rejected == 0)
		return 0;
	return receipt_write_errors(request->errors_path, batch->db,
				    batch->receipt->batch, request->type,
				    batch->header.length ? batch->header.data : NULL,
				    batch->header.length ? batch->delimiter : ',', err);
}

/* All but the input. */
static void forget(struct batch *batch)
{
	bulk_free(batch->bulk); /* first: its thread may still use the others */
	agency_register_free(batch->agencies);
	level4_free(batch->services);
	mapping_free(&batch->mapping);
	profile_free(batch->profile);
	aliases_free(batch->dossiers);
	aliases_free(batch->procedures);
	checker_free(&batch->checker);
	stage_free(batch->stage);
	habit_free(batch->habit);
	refused_close(batch->refused);
	free(batch->agency_seen);
	text_free(&batch->header);
	text_free(&batch->key_text);
	text_free(&batch->message);
	text_free(&batch->value);
	text_free(&batch->detail);
	db_rows_free(batch->found);
}

static void begin_anew(struct batch *batch)
{
	const struct batch_request *request = batch->request;
	struct input *input = batch->input;
	struct receipt *receipt = batch->receipt;
	struct db *db = batch->db;

	*batch = (struct batch){
		.request = request, .db = db, .input = input, .receipt = receipt
	};
	receipt_free(receipt);
	*receipt = (struct receipt){ .type = request->type->name };
	batch->refusal.language = request->language;
	batch->key = record_type_field(request->type, request->type->key,
				       strlen(request->type->key));
	batch->checker.type = request->type;
	batch->checker.agency = request->agency;
	batch->checker.scope = request->scope;
}

/* Did another importer come in between?  PostgreSQL ended us to break a circle of
 * waiting, a key that was free has been taken, or merge_verify() said so. */
static int was_disturbed(const struct error *err)
{
	static const char *const states[] = { "40001", "40P01", "23505" };

	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (strcmp(err->sqlstate, states[i]) == 0)
			return 1;
	return 0;
}

/* Runs the batch until nobody disturbs it; on failure the transaction is over. */
static int run_undisturbed(struct batch *batch, struct error *err)
{
	struct error ignored;

	for (int attempt = 1;; attempt++) {
		begin_anew(batch);
		if (run_batch(batch, err) == 0)
			return 0;
		bulk_free(batch->bulk); /* before the connection is used */
		batch->bulk = NULL;
		db_query(batch->db, "ROLLBACK", NULL, 0, NULL, &ignored);
		if (!was_disturbed(err) || attempt == ATTEMPTS ||
		    input_rewind(batch->input, &ignored) != 0)
			return -1;
		log_line("import", "begun anew: %s", err->message);
		forget(batch);
		usleep((useconds_t)(attempt * 100000 + getpid() % 100 * 1000));
	}
}

int batch_import(struct db *db, const struct batch_request *request,
		 struct receipt *receipt, int *refused, struct error *err)
{
	struct batch batch = { .request = request, .db = db, .receipt = receipt };
	struct error ignored;
	int status = -1;

	*receipt = (struct receipt){ .type = request->type->name };
	*refused = 0;
	batch.refusal.language = request->language;
	if (input_open(&batch.input, request->path, &batch.refusal, err) != 0)
		goto done;
	status = run_undisturbed(&batch, err);
	if (status != 0) {
		*refused = batch.refusal.code != NULL;
		if (*refused && store_refusal(&batch, err->message, &ignored) == 0)
			status = 0;
		else
			db_rollback(db);
	} else if (write_errors(&batch, &ignored) == 0) {
		receipt->errors_written = receipt->rejected > 0;
	} else {
		/* The batch stands; its errors are in quarantine. */
		log_line("import", "%s", ignored.message);
	}
	if (request->dry_run)
		receipt->batch[0] = '\0';
done:
	forget(&batch);
	input_close(batch.input);
	return status;
}

int batch_delivered(struct db *db, const char *delivery, char **receipt,
		    struct error *err)
{
	const char *const params[] = { delivery };

	return db_value_of(db, DELIVERED, params, 1, receipt, err);
}
