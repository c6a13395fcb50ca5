/* report_burst.c -- the reports of all agencies, each into a file of its own.
 *
 * One question gives all models: what agencies share is computed once, and nothing can
 * change between two of them.  Drawing is shared out among threads. */
#include "reports/report_burst.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "reports/model.h"
#include "reports/report_file.h"
#include "reports/report_models.h"

struct burst {
	const struct burst_request *request;
	const struct db_rows *rows; /* agency, lang, model */
	atomic_size_t next, made, failed;
};

struct burst_worker {
	struct burst *burst;
	struct db *db;
	pthread_t thread;
};

static int keep_file(const struct burst *burst, size_t row, const struct text *file,
		     struct error *err)
{
	const struct burst_request *request = burst->request;
	struct text path = { 0 };
	int status;

	text_addf(&path, "%s/%s-%s-%s-%s.%s", request->folder, request->report.report,
		  request->report.period, db_value(burst->rows, row, "agency"),
		  db_value(burst->rows, row, "lang"), request->format);
	status = file_replace(text_string(&path), file->data, file->length, err);
	text_free(&path);
	return status;
}

static void write_one(struct burst_worker *worker, size_t row)
{
	struct burst *burst = worker->burst;
	const char *bytes = db_value(burst->rows, row, "model");
	const char *language = db_value(burst->rows, row, "lang");
	struct text file = { 0 };
	struct error err = { 0 };
	json_t *model = model_parse(bytes, &err);

	if (model)
		report_file_set_address(model, burst->request->report.site);
	if (model &&
	    report_write(worker->db, model, bytes, burst->request->format, language, 1,
			 &file, &err) == 0 &&
	    keep_file(burst, row, &file, &err) == 0) {
		burst->made++;
	} else {
		log_line("report", "%s, %s: %s", db_value(burst->rows, row, "agency"),
			 language, err.message);
		burst->failed++;
	}
	json_decref(model);
	text_free(&file);
}

static void *work(void *context)
{
	struct burst_worker *worker = context;
	size_t row;

	while ((row = worker->burst->next++) < db_rows_count(worker->burst->rows))
		write_one(worker, row);
	return NULL;
}

/* The first works in this thread, on DB. */
static int share_out(struct burst *burst, struct cluster *cluster, struct db *db,
		     struct error *err)
{
	size_t count = (size_t)burst->request->workers, started = 1;
	struct burst_worker *workers = memory_zeroed(count, sizeof *workers);
	int status = 0;

	workers[0] = (struct burst_worker){ .burst = burst, .db = db };
	for (; status == 0 && started < count; started += status == 0) {
		struct burst_worker *worker = &workers[started];

		worker->burst = burst;
		status = cluster_connect(cluster, DB_REPORTS, &worker->db, err);
		if (status == 0 &&
		    pthread_create(&worker->thread, NULL, work, worker) != 0) {
			db_close(worker->db);
			status =
				error_set(err, ERROR_UNAVAILABLE, "no thread to draw in");
		}
	}
	if (status == 0)
		work(&workers[0]);
	else
		burst->next = db_rows_count(burst->rows);
	for (size_t i = 1; i < started; i++) {
		pthread_join(workers[i].thread, NULL);
		db_close(workers[i].db);
	}
	free(workers);
	return status;
}

int report_burst(struct cluster *cluster, struct db *db,
		 const struct burst_request *request, size_t *made, struct error *err)
{
	const struct report_request *report = &request->report;
	struct burst burst = { .request = request };
	struct db_rows *rows = NULL;
	int status;

	*made = 0;
	if (!report_can(report->report, request->format))
		return error_set(err, ERROR_NOT_FOUND, "no report %s.%s", report->report,
				 request->format);
	mkdir(request->folder, 0777); /* if it cannot, writing says so */
	if (report_models_all(db, report, request->languages, &rows, err) != 0)
		return -1;
	burst.rows = rows;
	status = share_out(&burst, cluster, db, err);
	*made = burst.made;
	if (status == 0 && burst.failed > 0)
		status = error_set(err, ERROR_INTERNAL, "%zu reports were not made",
				   (size_t)burst.failed);
	db_rows_free(rows);
	return status;
}
