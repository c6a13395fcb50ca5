/* batches.c -- what became of what an agency sent: receipts and refused records. */
#include "web/batches.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "web/intake.h"
#include "web/outcome.h"
#include "web/problem.h"

static const char ANSWER[] =
#include "sql/queries/batch_answer.sql.inc"
	;

static const char NOTE[] =
#include "sql/queries/log_action.sql.inc"
	;

/* Refused records are whole records: that somebody read them is written down. */
static int note_reading(const struct visit *visit, const char *batch, struct error *err)
{
	const char *agency = visit->visitor->agency;
	struct text object = { 0 };
	int status;

	text_addf(&object, "batch:%s", batch);
	status = db_query(visit->db, NOTE,
			  (const char *const[]){ "read_refused", text_string(&object),
						 "{}", *agency ? agency : NULL, NULL },
			  5, NULL, err);
	text_free(&object);
	return status;
}

static void refuse(const struct visit *visit, struct reply *reply, const char *code)
{
	problem_fill(reply, code, visit->request->language, visit->request->address, NULL,
		     NULL);
}

/* The batch that was asked for, as rows; NULL where REPLY says why there is none. */
static int find_batch(const struct visit *visit, struct db_rows **rows,
		      struct reply *reply, struct error *err)
{
	const char *const params[] = { request_value(visit->request, ":batch") };

	*rows = NULL;
	if (visit->visitor->role == VISITOR_PUBLIC) {
		refuse(visit, reply, "key_missing");
		return 0;
	}
	if (db_query(visit->db, ANSWER, params, 1, rows, err) != 0)
		return -1;
	if (db_rows_count(*rows) == 0) {
		refuse(visit, reply, "unknown_batch");
		db_rows_free(*rows);
		*rows = NULL;
	}
	return 0;
}

/* A trial leaves no batch, so its receipt is in the spool alone. */
static int answer_from_spool(const struct visit *visit, const char *delivery,
			     struct reply *reply, struct error *err)
{
	/* Asked first: an item that leaves has its receipt before. */
	int waits = spool_is_waiting(visit->intake->spool, delivery);
	char *receipt = NULL;

	if (spool_receipt(visit->intake->spool, delivery, &receipt, err) != 0)
		return -1;
	if (receipt)
		outcome_answer(reply, receipt, visit->request->language,
			       visit->request->address);
	else if (waits)
		outcome_answer_waiting(reply, delivery);
	else
		refuse(visit, reply, "unknown_batch"); /* a trial of days ago */
	free(receipt);
	return 0;
}

int answer_batch(const struct visit *visit, struct reply *reply, struct error *err)
{
	struct db_rows *rows;
	const char *receipt;
	int status = find_batch(visit, &rows, reply, err);

	if (status != 0 || !rows)
		return status;
	receipt = db_value(rows, 0, "receipt");
	if (receipt) {
		reply->status = 200;
		reply->type = "application/json";
		text_add(&reply->body, receipt);
		/* Of what was refused it says dossier and value; as receipt.c prints it. */
		if (db_value(rows, 0, "batch_id") && !strstr(receipt, "\"errors\": []"))
			status = note_reading(visit, db_value(rows, 0, "batch_id"), err);
	} else if (db_value(rows, 0, "delivery")) {
		status = answer_from_spool(visit, db_value(rows, 0, "delivery"), reply,
					   err);
	} else {
		refuse(visit, reply, "unknown_batch");
	}
	db_rows_free(rows);
	return status;
}

/* The file stays readable while it is sent, though its name is gone. */
static int write_errors(const struct visit *visit, const struct db_rows *rows,
			struct reply *reply, struct error *err)
{
	char folder[] = "/tmp/nq17-errors-XXXXXX";
	struct text path = { 0 };
	int status = -1;

	if (!mkdtemp(folder))
		return error_set(err, ERROR_UNAVAILABLE, "%s: %s", folder,
				 strerror(errno));
	text_addf(&path, "%s/errors.csv", folder);
	if (collector_write_errors(
		    text_string(&path), visit->db, db_value(rows, 0, "batch_id"),
		    db_value(rows, 0, "type"), db_value(rows, 0, "header"), err) != 0)
		goto done;
	reply->file = fopen(text_string(&path), "rb");
	if (!reply->file) {
		error_set(err, ERROR_UNAVAILABLE, "%s: %s", text_string(&path),
			  strerror(errno));
		goto done;
	}
	reply->status = 200;
	reply->type = "text/csv; charset=utf-8";
	text_addf(&reply->file_name, "batch-%s.errors.csv",
		  db_value(rows, 0, "batch_id"));
	status = 0;
done:
	unlink(text_string(&path));
	rmdir(folder);
	text_free(&path);
	return status;
}

int answer_batch_errors(const struct visit *visit, struct reply *reply, struct error *err)
{
	struct db_rows *rows;
	int status = find_batch(visit, &rows, reply, err);

	if (status != 0 || !rows)
		return status;
	if (db_value(rows, 0, "batch_id")) {
		status = write_errors(visit, rows, reply, err);
		if (status == 0)
			status = note_reading(visit, db_value(rows, 0, "batch_id"), err);
	} else
		outcome_answer_waiting(reply, db_value(rows, 0, "delivery"));
	db_rows_free(rows);
	return status;
}
