/* page.c -- one question to PostgreSQL, one JSON model, in every format. */
#include "web/page.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/memory.h"
#include "web/picture.h"
#include "web/sheet.h"
#include "web/site.h"
#include "web/table.h"

static const char FRAME[] =
#include "sql/queries/store_frame.sql.inc"
	;

enum { MOST_PARAMETERS = 12, NAME_SIZE = 32 };

/* The values of $1, $2, ..., borrowed from the request: from its path (":agency"),
 * else from its query; NULL where it says nothing. */
static int read_parameters(const struct page *page, const struct request *request,
			   const char *values[MOST_PARAMETERS])
{
	const char *at = page->parameters;
	int count = 0;

	while (*at) {
		size_t length = strcspn(at, " ");
		char name[NAME_SIZE];

		if (count == MOST_PARAMETERS || length > sizeof name - 2)
			BUG("parameters of page: %s", page->parameters);
		name[0] = ':';
		memcpy(name + 1, at, length);
		name[length + 1] = '\0';
		values[count] = request_value(request, name);
		if (!values[count])
			values[count] = strcmp(name, ":lang") == 0
						? request->language
						: request_value(request, name + 1);
		count++;
		at += length + strspn(at + length, " ");
	}
	return count;
}

static int knows(const struct page *page, const char *name)
{
	size_t length = strlen(name);
	const char *at = page->parameters;

	while ((at = strstr(at, name)) != NULL) {
		if ((at == page->parameters || at[-1] == ' ') &&
		    (at[length] == ' ' || !at[length]))
			return 1;
		at += length;
	}
	return strcmp(name, "lang") == 0;
}

/* A misspelt parameter of the API would silently answer another question, and so
 * would an address that cannot go back to an earlier publication. */
static int check_names(const struct visit *visit, struct error *err)
{
	for (size_t i = 0; i < visit->request->count; i++) {
		const char *name = visit->request->values[i].name;

		if (name[0] == ':' || knows(visit->route->page, name))
			continue;
		if (strcmp(name, "as_of") == 0 || strcmp(name, "vintage") == 0)
			return error_set(err, ERROR_NOT_FOUND,
					 "no %s here: nothing of this is published",
					 name);
		/* A figure by another target or reading that nobody sees is another one. */
		if (strcmp(name, "set") == 0 || strcmp(name, "variant") == 0)
			return error_set(err, ERROR_INVALID,
					 "no %s here: ask /api/v1/observations, "
					 "/api/v1/explain or nq17 kpi",
					 name);
		if (visit->route->is_api)
			return error_set(err, ERROR_INVALID,
					 "no parameter \"%s\"; there are: %s", name,
					 visit->route->page->parameters);
	}
	return 0;
}

/* What jansson cannot hold, such as a sum beyond 64 bits, costs one page, not the
 * server.  NULL then. */
static json_t *parse(const char *bytes, struct error *err)
{
	json_error_t fault;
	json_t *model = json_loads(bytes, JSON_DECODE_ANY, &fault);

	if (!model)
		error_set(err, ERROR_INTERNAL, "the model cannot be read: %s",
			  fault.text);
	return model;
}

static int is_sample(const json_t *model)
{
	const json_t *frame = json_object_get(model, "frame");

	return json_is_true(json_object_get(frame ? frame : model, "sample"));
}

/* What the file of a download is called: "nq17-overview-2020-Q3.csv", or
 * "nq17-overview-2020-Q3-SAMPLE.csv": the table itself has no place to say so. */
static void set_file_name(const struct page *page, const json_t *model,
			  const char *ending, struct reply *reply)
{
	const char *period = json_string_value(json_object_get(model, "period"));

	text_addf(&reply->file_name, "nq17-%s%s%s%s%s", page->name ? page->name : "data",
		  period ? "-" : "", period ? period : "",
		  is_sample(model) ? "-SAMPLE" : "", ending);
}

static int answer_sheet(const struct visit *visit, const json_t *model,
			struct reply *reply, struct error *err)
{
	const struct page *page = visit->route->page;
	const char *language = visit->request->language;
	struct text head = { 0 };
	int status = site_print_head(visit->site, page->name, visit->request, model,
				     &head, err);

	if (status == 0)
		status = sheet_write(page->name, text_string(&head), model,
				     page->table->rows, page->table->columns, language,
				     &reply->body, err);
	reply->type = SHEET_TYPE;
	set_file_name(page, model, ".xlsx", reply);
	text_free(&head);
	return status;
}

/* Is NAME one of the words of LIST? */
static int is_one_of(const char *list, const char *name)
{
	size_t length = strlen(name);

	while (length > 0 && *list) {
		size_t word = strcspn(list, " ");

		if (word == length && strncmp(list, name, length) == 0)
			return 1;
		list += word + strspn(list + word, " ");
	}
	return 0;
}

static int answer_picture(const struct visit *visit, const json_t *model,
			  struct reply *reply, struct error *err)
{
	const char *charts = visit->route->page->charts;
	const char *name = request_value(visit->request, ":chart");
	const char *language = visit->request->language;
	const json_t *part;

	if (charts && !name)
		name = charts; /* an address of one chart */
	if (!charts || !is_one_of(charts, name))
		return error_set(err, ERROR_NOT_FOUND, "no such chart; there are: %s",
				 charts ? charts : "none");
	part = json_object_get(model, name);
	if (!part || json_is_null(part))
		return error_set(err, ERROR_NOT_FOUND, "nothing to draw");
	reply->status = 200;
	if (visit->request->format == FORMAT_PNG) {
		reply->type = "image/png";
		return picture_png(name, part, language, &reply->body, err);
	}
	reply->type = "image/svg+xml";
	return picture_svg(name, part, language, &reply->body, err);
}

/* The same question again, from where this page of a list ended. */
static void add_next(const struct request *request, const char *next, struct text *out)
{
	text_add_bytes(out, request->address, strcspn(request->address, "?"));
	text_add(out, "?after=");
	text_add_url(out, next);
	for (size_t i = 0; i < request->count; i++) {
		const char *name = request->values[i].name;

		if (name[0] == ':' || strcmp(name, "after") == 0)
			continue;
		text_add_char(out, '&');
		text_add_url(out, name);
		text_add_char(out, '=');
		text_add_url(out, request->values[i].value);
	}
}

/* The bytes are the model; only a list that goes on is looked into. */
static int answer_json(const struct visit *visit, const char *bytes, struct reply *reply,
		       struct error *err)
{
	json_t *model;
	const char *next;

	reply->type = "application/json";
	text_add(&reply->body, bytes);
	text_add_char(&reply->body, '\n');
	if (!knows(visit->route->page, "after"))
		return 0;
	model = parse(bytes, err);
	if (!model)
		return -1;
	next = json_string_value(json_object_get(model, "next"));
	if (next)
		add_next(visit->request, next, &reply->next);
	json_decref(model);
	return 0;
}

static int answer_model(const struct visit *visit, char *bytes, struct reply *reply,
			struct error *err)
{
	const struct page *page = visit->route->page;
	json_t *model;
	int status = 0;

	reply->status = 200;
	if (visit->request->format == FORMAT_JSON)
		return answer_json(visit, bytes, reply, err);
	model = parse(bytes, err);
	if (!model)
		return -1;
	if (visit->request->format == FORMAT_CSV) {
		reply->type = "text/csv; charset=utf-8; header=present";
		table_add_csv(&reply->body, model, page->table->rows,
			      page->table->columns);
		set_file_name(page, model, ".csv", reply);
	} else if (visit->request->format == FORMAT_XLSX) {
		status = answer_sheet(visit, model, reply, err);
	} else if (visit->request->format == FORMAT_HTML) {
		if (page->complete)
			page->complete(visit, model);
		status = site_render(visit->site, page->name, visit->request, model,
				     reply, err);
	} else {
		status = answer_picture(visit, model, reply, err);
	}
	json_decref(model);
	return status;
}

int answer_page(const struct visit *visit, struct reply *reply, struct error *err)
{
	const struct page *page = visit->route->page;
	const char *parameters[MOST_PARAMETERS];
	char *bytes = NULL;
	int count, status = -1;

	if (check_names(visit, err) != 0)
		goto done;
	count = read_parameters(page, visit->request, parameters);
	if (db_value_of(visit->db, page->sql, parameters, count, &bytes, err) != 0) {
		/* Raised where no publication is old enough. */
		if (strcmp(err->sqlstate, "NQ404") == 0)
			err->kind = ERROR_NOT_FOUND;
		goto done;
	}
	if (!bytes) {
		error_set(err, ERROR_NOT_FOUND, SITE_NOTHING_HERE);
		goto done;
	}
	status = answer_model(visit, bytes, reply, err);
done:
	free(bytes);
	return status;
}

int page_add_frame(json_t *model, struct db *db, struct error *err)
{
	char *bytes = NULL;
	json_t *frame;

	if (db_value_of(db, FRAME, NULL, 0, &bytes, err) != 0)
		return error_context(err, "what the store holds");
	frame = bytes ? json_loads(bytes, 0, NULL) : NULL;
	free(bytes);
	if (!frame)
		BUG("the frame of a page");
	json_object_set_new(model, "frame", frame);
	return 0;
}
