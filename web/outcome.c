/* outcome.c -- what a sender is told of a body that was received. */
#include "web/outcome.h"

#include <jansson.h>

#include "web/problem.h"

enum { RETRY_SECONDS = 5 }; /* until a 202 is worth asking about */

int outcome_is_refusal(const char *receipt)
{
	json_t *read = json_loads(receipt, 0, NULL);
	const json_t *first = json_array_get(json_object_get(read, "errors"), 0);
	int answer = json_integer_value(json_object_get(read, "received")) == 0 &&
		     json_is_object(first) &&
		     json_is_null(json_object_get(first, "line"));

	json_decref(read);
	return answer;
}

void outcome_answer(struct reply *reply, const char *receipt, const char *language,
		    const char *instance)
{
	if (outcome_is_refusal(receipt)) {
		problem_fill(reply, "file_refused", language, instance, NULL, receipt);
		return;
	}
	reply_free(reply);
	reply->status = 200;
	reply->type = "application/json";
	text_add(&reply->body, receipt);
	reply_finish(reply, ENCODING_NONE);
}

void outcome_answer_waiting(struct reply *reply, const char *id)
{
	reply_free(reply);
	reply->status = 202;
	reply->type = "application/json";
	reply->retry_after = RETRY_SECONDS;
	text_addf(&reply->location, "/api/v1/batches/%s", id);
	text_addf(&reply->body,
		  "{\"delivery\": \"%s\", \"status\": \"waiting\", \"location\": "
		  "\"/api/v1/batches/%s\"}\n",
		  id, id);
	reply_finish(reply, ENCODING_NONE);
}
