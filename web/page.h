/* page.h -- one question to PostgreSQL, one JSON model, in every format. */
#ifndef WEB_PAGE_H
#define WEB_PAGE_H

#include <jansson.h>

#include "web/routes.h"

/* How a model becomes a table: see table.h. */
struct page_table {
	const char *rows;    /* "ranked.cells unranked.cells" */
	const char *columns; /* "agency,indicator,value" */
};

struct page {
	const char *name;       /* of the template and the downloads; NULL: data only */
	const char *sql;        /* one row, one column: the model as JSON text */
	const char *parameters; /* "period agency lang": its $1, $2, ... by name */
	const struct page_table *table; /* NULL: no .csv, no .xlsx */
	const char *charts; /* "ranking map": the members that .svg and .png draw; which
			     * one says the ":chart" of the path, where there is one */
	/* Adds to the model of a page in HTML what the database does not know; or NULL. */
	void (*complete)(const struct visit *visit, json_t *model);
};

/* Answers in the format of the request: the template over the model, the very
 * bytes of the model, or its table. */
int answer_page(const struct visit *visit, struct reply *reply, struct error *err);

/* For a MODEL that no query made: whether what the store holds is a sample. */
int page_add_frame(json_t *model, struct db *db, struct error *err);

#endif
