/* report_models.c -- models of reports for a process that makes many of one period. */
#include "reports/report_models.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

static const char ONE[] =
#include "sql/queries/report_model.sql.inc"
	;
static const char ALL[] =
#include "sql/queries/report_models.sql.inc"
	;
static const char VERSION[] =
#include "sql/queries/store_version.sql.inc"
	;

struct report_models {
	char *question;       /* the last one, with the version of the store */
	struct db_rows *rows; /* its models, once it was asked twice */
};

struct report_models *report_models_new(void)
{
	return memory_zeroed(1, sizeof(struct report_models));
}

void report_models_clear(struct report_models *models)
{
	db_rows_free(models->rows);
	free(models->question);
	*models = (struct report_models){ 0 };
}

void report_models_free(struct report_models *models)
{
	if (models)
		report_models_clear(models);
	free(models);
}

static const char *indicator_of(const struct report_request *request)
{
	return request->indicator ? request->indicator : "online-filing";
}

static int ask_one(struct db *db, const struct report_request *request, char **bytes,
		   struct error *err)
{
	const char *const params[] = { request->period,  request->agency,
				       request->lang,    request->as_of,
				       request->vintage, indicator_of(request),
				       request->report };

	return db_value_of(db, ONE, params, 7, bytes, err);
}

int report_models_all(struct db *db, const struct report_request *request,
		      const char *languages, struct db_rows **rows, struct error *err)
{
	const char *const params[] = { request->period,       languages,
				       request->as_of,        request->vintage,
				       indicator_of(request), request->report };

	return db_query(db, ALL, params, 6, rows, err);
}

/* What has to be the same for a model to be the same, but for the agency. */
static char *question_of(const struct report_request *request, const char *version)
{
	const char *const parts[] = { request->report,  request->period,
				      request->lang,    request->as_of,
				      request->vintage, indicator_of(request),
				      version };
	struct text text = { 0 };

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		text_addf(&text, "%s\n", parts[i] ? parts[i] : "");
	return text_take(&text);
}

/* Keeps the models of all when REQUEST is of the kind of the last one. */
static int keep(struct report_models *models, struct db *db,
		const struct report_request *request, struct error *err)
{
	char *version = NULL, *question, languages[16];
	int status;

	if (db_value_of(db, VERSION, NULL, 0, &version, err) != 0)
		return -1;
	question = question_of(request, version);
	free(version);
	if (!models->question || strcmp(models->question, question) != 0) {
		report_models_clear(models);
		models->question = question;
		return 0;
	}
	free(question);
	if (models->rows)
		return 0;
	snprintf(languages, sizeof languages, "{%s}", request->lang);
	status = report_models_all(db, request, languages, &models->rows, err);
	if (status != 0)
		report_models_clear(models);
	return status;
}

static const char *find(const struct db_rows *rows, const char *agency)
{
	for (size_t i = 0; i < db_rows_count(rows); i++)
		if (strcmp(db_value(rows, i, "agency"), agency) == 0)
			return db_value(rows, i, "model");
	return NULL;
}

int report_models_get(struct report_models *models, struct db *db,
		      const struct report_request *request, char **bytes,
		      struct error *err)
{
	const char *found = NULL;

	/* Of the others each is a question of its own. */
	if (models && request->agency && strcmp(request->report, "compliance") == 0) {
		if (keep(models, db, request, err) != 0)
			return -1;
		found = models->rows ? find(models->rows, request->agency) : NULL;
	}
	if (!found) /* the nation, or a name that is no code */
		return ask_one(db, request, bytes, err);
	*bytes = memory_copy(found);
	return 0;
}
