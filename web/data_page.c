/* data_page.c -- /data: what became of what agencies sent, and what was refused of it. */
#include "web/data_page.h"

#include <stdlib.h>
#include <string.h>

#include "collector/collector.h"
#include "web/page.h"

static const char NOTE[] =
#include "sql/queries/log_action.sql.inc"
	;

/* Refused records are whole records: who read which is written down. */
static int note_reading(const struct visit *visit, struct error *err)
{
	static const char *const names[] = { "agency", "code",  "words", "batch",
					     "state",  "after", "limit" };
	const struct request *request = visit->request;
	const char *batch = request_value(request, ":batch");
	const char *agency = visit->visitor->agency;
	json_t *details = json_object();
	struct text object = { 0 };
	char *printed;
	int status;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (request_value(request, names[i]))
			json_object_set_new(
				details, names[i],
				json_string(request_value(request, names[i])));
	json_object_set_new(details, "address", json_string(request->peer));
	printed = json_dumps(details, 0);
	if (batch)
		text_addf(&object, "batch:%s", batch);
	else
		text_add(&object, "quarantine");
	status = db_query(visit->db, NOTE,
			  (const char *const[]){ "read_refused", text_string(&object),
						 printed, *agency ? agency : NULL, NULL },
			  5, NULL, err);
	text_free(&object);
	free(printed);
	json_decref(details);
	return status;
}

int answer_refused_page(const struct visit *visit, struct reply *reply, struct error *err)
{
	return answer_page(visit, reply, err) != 0 ? -1 : note_reading(visit, err);
}

static void explain(json_t *line, enum message_language language,
		    const struct message_parts *parts, const char *said)
{
	const char *code = json_string_value(json_object_get(line, "code"));
	struct text cause = { 0 }, remedy = { 0 };

	if (code && message_explain(&cause, &remedy, language, code, parts, said)) {
		json_object_set_new(line, "cause", json_string(text_string(&cause)));
		json_object_set_new(line, "remedy", json_string(text_string(&remedy)));
	}
	text_free(&cause);
	text_free(&remedy);
}

static const char *member(const json_t *line, const char *name)
{
	return json_string_value(json_object_get(line, name));
}

void explain_refused(const struct visit *visit, json_t *model)
{
	static const struct message_parts any = { "…", "…", "…" };
	enum message_language language =
		strcmp(visit->request->language, "en") == 0 ? MESSAGE_EN : MESSAGE_VI;
	json_t *line;
	size_t i;

	/* Where a part is lacking, what was said when the record came stays. */
	json_array_foreach(json_object_get(model, "errors"), i, line)
		explain(line, language,
			&(const struct message_parts){ member(line, "field"),
						       member(line, "value"), NULL },
			member(line, "message"));
	json_array_foreach(json_object_get(model, "codes"), i, line)
		explain(line, language, &any, NULL);
}
